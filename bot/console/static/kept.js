// What is typed and not yet saved is kept in this browser, for the same person and the same article: after a power cut or
// the end of a session he may go on with it.
const form = document.querySelector("#editor");
const bar = document.querySelector("#kept");
const key = form.dataset.draft;
const WAIT_MS = 500;
const KEPT_MS = 14 * 24 * 3600 * 1000;
const FIELDS = ["title", "author", "digest", "category", "source_url", "cover", "body"];
const typed = () => Object.fromEntries(FIELDS.map((name) => [name, form.elements[name].value]));
const asText = (fields) => JSON.stringify(FIELDS.map((name) => (fields[name] || "").replaceAll("\r\n", "\n").trim()));

const read = (name) => {
  try {
    const found = JSON.parse(localStorage.getItem(name));
    return found && Date.now() - found.at < KEPT_MS ? found : null;
  } catch { return null; }
};
const keep = () => {
  try { localStorage.setItem(key, JSON.stringify({ at: Date.now(), base: form.elements.base.value, fields: typed() })); } catch { /* full or forbidden: nothing is kept */ }
};
const drop = (name) => { try { localStorage.removeItem(name); } catch { /* forbidden */ } };

const first = key.replace(/[^:]*$/, "new"); // what was new is an article of its own once it is saved
const begun = read(first);
if (first !== key && begun && asText(begun.fields) === asText(typed())) drop(first);
const found = read(key);
if (found && asText(found.fields) !== asText(typed())) {
  const at = new Date(found.at);
  const minutes = String(at.getMinutes()).padStart(2, "0");
  const newer = found.base !== form.elements.base.value ? "在那以后文章又存过新的一版，接着写会从您的文字继续。" : "";
  document.querySelector("#kept-said").textContent = `您在 ${at.getMonth() + 1}月${at.getDate()}日 ${at.getHours()}:${minutes} 写的内容没有保存，还留在这台电脑上。${newer}`;
  bar.hidden = false;
  document.querySelector("#kept-take").addEventListener("click", () => {
    for (const name of FIELDS) form.elements[name].value = found.fields[name] || "";
    bar.hidden = true;
    form.elements.body.focus();
    form.elements.body.dispatchEvent(new Event("input", { bubbles: true }));
  });
  document.querySelector("#kept-drop").addEventListener("click", () => { bar.hidden = true; drop(key); });
} else if (found) {
  drop(key);
}

let timer;
form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(keep, WAIT_MS); });
form.addEventListener("submit", (event) => { if (event.submitter?.id !== "show") { clearTimeout(timer); keep(); } });
