// The liaison's desk works without this: here a text is copied and a page printed with one tap.
for (const button of document.querySelectorAll("[data-copies]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copies);
    const told = document.getElementById("copied");
    field.select();
    let copied = false;
    try {
      await navigator.clipboard.writeText(field.value);
      copied = true;
    } catch {
      copied = document.execCommand("copy"); // plain http has no clipboard of its own
    }
    told.textContent = copied ? "已经复制，贴到群里就行。" : "没有复制成：文字已经选中，请长按复制。";
  });
}
for (const button of document.querySelectorAll("[data-prints]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
