// The button says what it will do: the day with its weekday. An article that is ticked gets the next place.
const WEEKDAYS = "日一二三四五六";
const [day, at, button] = ["#day", "#at", "#plan"].map((name) => document.querySelector(name));
const say = () => {
  const [year, month, date] = day.value.split("-").map(Number);
  if (!button || !year || !at.value) return;
  const weekday = WEEKDAYS[new Date(year, month - 1, date).getDay()];
  button.textContent = `送审并排期到 ${month}月${date}日 ${at.value}（周${weekday}）`;
};
for (const field of [day, at]) field.addEventListener("input", say);
say();

const left = document.querySelector("#left");
day.addEventListener("input", () => {
  const number = JSON.parse(left.dataset.left)[day.value];
  left.textContent = number === undefined ? "" : `，${day.value} 还剩 ${number} 次`;
});

const places = [...document.querySelectorAll(".place")];
for (const box of document.querySelectorAll("[name=article]")) {
  const place = places.find((field) => field.name === `place:${box.value}`);
  box.addEventListener("change", () => {
    place.value = box.checked ? Math.max(0, ...places.map((field) => Number(field.value))) + 1 : "";
  });
  place.addEventListener("input", () => { box.checked = place.value !== ""; });
}
