// The editor: the phone follows what is typed, pictures are put where the cursor stands. Works without any of it, too.
const form = document.querySelector("#editor");
const body = form.querySelector("#body");
const trouble = form.querySelector("#trouble");
const show = form.querySelector("#show");
const WAIT_MS = 700;
let timer;

const refresh = () => form.requestSubmit(show);
const later = () => { clearTimeout(timer); timer = setTimeout(refresh, WAIT_MS); };
form.addEventListener("input", later);
refresh();

let isSaved = true;
form.addEventListener("input", () => { isSaved = false; });
form.addEventListener("submit", (event) => { if (event.submitter !== show) isSaved = true; });
window.addEventListener("beforeunload", (event) => { if (!isSaved) event.preventDefault(); });

const insert = (text) => {
  body.setRangeText(text, body.selectionStart, body.selectionEnd, "end");
  body.focus();
  body.dispatchEvent(new Event("input", { bubbles: true }));
};

document.addEventListener("keydown", (event) => {
  if (!event.ctrlKey && !event.metaKey) return;
  const wanted = event.key.toLowerCase();
  const button = wanted === "s" ? form.querySelector("#save") : form.querySelector(`[data-key="${CSS.escape(wanted)}"]`);
  if (!button || (wanted !== "s" && wanted !== "b" && !event.altKey)) return;
  event.preventDefault();
  button.click();
});

for (const button of form.querySelectorAll("[data-around]")) {
  button.addEventListener("click", () => {
    const chosen = body.value.slice(body.selectionStart, body.selectionEnd) || "文字";
    insert(button.dataset.around + chosen + button.dataset.around);
  });
}
for (const button of form.querySelectorAll("[data-before]")) {
  button.addEventListener("click", () => {
    const start = body.value.lastIndexOf("\n", body.selectionStart - 1) + 1;
    body.setSelectionRange(start, start);
    insert(button.dataset.before);
  });
}
for (const button of form.querySelectorAll("[data-block]")) {
  button.addEventListener("click", () => {
    body.setSelectionRange(body.selectionEnd, body.selectionEnd); // behind what is chosen, not instead of it
    insert(`\n\n${button.dataset.block}\n\n`);
  });
}
form.querySelector("[data-link]").addEventListener("click", () => {
  const chosen = body.value.slice(body.selectionStart, body.selectionEnd) || "文字";
  const start = body.selectionStart + chosen.length + 3; // behind [words](
  insert(`[${chosen}](https://)`);
  body.setSelectionRange(start, start + "https://".length);
});
const bar = form.querySelector("#uploading");
const send = (file) => new Promise((resolve, reject) => {
  const sent = new FormData();
  sent.append("picture", file);
  sent.append("csrf_token", form.elements.csrf_token.value);
  const request = new XMLHttpRequest(); // fetch does not tell how far it has come
  request.upload.addEventListener("progress", (event) => { bar.value = event.lengthComputable ? (event.loaded / event.total) * 100 : 0; });
  request.addEventListener("load", () => { try { resolve(JSON.parse(request.responseText)); } catch { reject(request.status); } });
  request.addEventListener("error", () => reject(0));
  request.open("POST", form.dataset.pictures);
  request.send(sent);
});
const take = (address, purpose) => {
  if (purpose === "body") insert(`\n\n![图片](${address})\n\n`);
  else form.dispatchEvent(new CustomEvent("cover", { detail: address })); // cover.js cuts it
};
const upload = async (file, purpose) => {
  trouble.textContent = "正在上传图片……";
  bar.value = 0;
  bar.hidden = false;
  try {
    const told = await send(file);
    trouble.textContent = told.sentence || "";
    if (told.address) take(told.address, purpose);
  } catch (status) {
    trouble.textContent = { 401: "登录已经结束：请先保存文章，按提示重新登录。", 413: "图片太大：最大 40 MB。" }[status] || "图片没有传上去：请检查网络后再选一次。";
  }
  bar.hidden = true;
};
for (const input of form.querySelectorAll("[data-picture]")) {
  input.addEventListener("change", async () => {
    if (input.files.length) await upload(input.files[0], input.dataset.picture);
    input.value = "";
  });
}
body.addEventListener("paste", (event) => {
  const picture = [...event.clipboardData.files].find((file) => file.type.startsWith("image/"));
  if (picture) { event.preventDefault(); upload(picture, "body"); }
});
