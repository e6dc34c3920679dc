// The part of the form that the chosen sort needs is unfolded, and one in which the browser finds something wrong: what is
// folded could not be pointed at.
const form = document.querySelector("#campaign-form");
const sort = form.elements.sort;
sort.addEventListener("change", () => {
  for (const part of form.querySelectorAll("details[data-sort]")) if (part.dataset.sort === sort.value) part.open = true;
});
form.addEventListener("invalid", (event) => {
  const folded = event.target.closest("details");
  if (folded) folded.open = true;
}, true);
const faults = document.querySelector("#faults");
if (faults) faults.focus();
