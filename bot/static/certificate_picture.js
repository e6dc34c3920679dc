// Turns the certificate into a PNG, so that a long press in WeChat, or a tap, saves it as a photo.
const shown = document.querySelector("#certificate");
const save = document.querySelector("#save");

function paint() {
  const canvas = document.createElement("canvas");
  canvas.width = 2 * 1188;
  canvas.height = 2 * 840;
  canvas.getContext("2d").drawImage(shown, 0, 0, canvas.width, canvas.height);
  const picture = canvas.toDataURL("image/png");
  shown.src = picture;
  save.href = picture;
  save.download = save.download.replace(/\.svg$/, ".png");
}

if (shown && save) {
  if (shown.complete) paint();
  else shown.addEventListener("load", paint, { once: true });
}
