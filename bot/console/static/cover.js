// A picture chosen as cover is cut to the shape that WeChat shows; the slider moves the piece along the longer side.
const form = document.querySelector("#editor");
const frames = form.querySelector("#cover-frames");
const slider = form.querySelector("#cover-at");
const trouble = form.querySelector("#trouble");
const RATIO = 900 / 383;
const ALMOST = 0.02;
const WAIT_MS = 300;
let whole = form.elements.cover.value;
let timer;

const show = () => {
  const address = form.elements.cover.value;
  frames.hidden = !address;
  for (const picture of frames.querySelectorAll("[data-cover]")) if (address && picture.getAttribute("src") !== address) picture.src = address;
};
const offerToMove = async () => {
  const picture = new Image();
  picture.src = whole;
  try { await picture.decode(); } catch { return; }
  form.querySelector("#cover-move").hidden = Math.abs(picture.naturalWidth / picture.naturalHeight - RATIO) < ALMOST;
};
const cut = async () => {
  const sent = new FormData();
  for (const [name, value] of [["whole", whole], ["at", slider.value], ["csrf_token", form.elements.csrf_token.value]]) sent.append(name, value);
  try {
    const answer = await fetch(form.dataset.covers, { method: "POST", body: sent });
    const told = await answer.json();
    trouble.textContent = told.sentence || "";
    if (!told.address) return;
    form.elements.cover.value = told.address;
    form.elements.cover.dispatchEvent(new Event("input", { bubbles: true }));
  } catch { trouble.textContent = "封面没有裁好：请检查网络后再选一次。"; }
};

form.addEventListener("cover", async (event) => {
  whole = event.detail;
  slider.value = 50;
  await cut();
  await offerToMove();
});
slider.addEventListener("input", (event) => {
  event.stopPropagation(); // the slider itself is nothing that is typed
  clearTimeout(timer);
  timer = setTimeout(cut, WAIT_MS);
});
form.addEventListener("input", show); // also where an older text is taken up again
if (whole) offerToMove();
