// The receipt can be printed with one tap; without scripts the browser's own menu does it.
const button = document.querySelector("[data-print]");
if (button) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
