// The large-type switch of every page. Not a module: it runs before the page is drawn, so that nothing jumps.
(function () {
  var page = document.documentElement;
  function kept() {
    try { return localStorage.getItem("type") === "large"; } catch (error) { return false; }
  }
  function keep(isLarge) {
    try { localStorage.setItem("type", isLarge ? "large" : "normal"); } catch (error) { /* for this page only, then */ }
  }
  page.classList.toggle("large", kept());
  document.addEventListener("DOMContentLoaded", function () {
    var bar = document.querySelector(".bar");
    var button = document.createElement("button");
    function show() {
      var isLarge = page.classList.contains("large");
      button.setAttribute("aria-pressed", String(isLarge));
      button.textContent = isLarge ? "✓ 大字" : "大字";
    }
    button.type = "button";
    button.className = "type";
    button.addEventListener("click", function () {
      keep(page.classList.toggle("large"));
      show();
    });
    show();
    bar.appendChild(button);
  });
})();
