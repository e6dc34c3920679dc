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
for (const input of form.querySelectorAll("[data-picture]")) {
  input.addEventListener("change", async () => {
    if (!input.files.length) return;
    const sent = new FormData();
    sent.append("picture", input.files[0]);
    sent.append("csrf_token", form.elements.csrf_token.value);
    trouble.textContent = "正在上传图片……";
    try {
      const answer = await fetch(form.dataset.pictures, { method: "POST", body: sent });
      const told = await answer.json();
      trouble.textContent = told.sentence || "";
      if (told.address && input.dataset.picture === "body") insert(`\n\n![图片](${told.address})\n\n`);
      if (told.address && input.dataset.picture === "cover") {
        form.elements.cover.value = told.address;
        const shown = form.querySelector("#cover-shown");
        shown.src = told.address;
        shown.hidden = false;
        isSaved = false;
      }
    } catch {
      trouble.textContent = "图片没有传上去：请检查网络后再选一次。";
    }
    input.value = "";
  });
}
