// The button says what it will do: the day with its weekday.
const [day, at, button] = ["#day", "#at", "#plan"].map((name) => document.querySelector(name));
const WEEKDAYS = "日一二三四五六";
const say = () => {
  const [year, month, date] = day.value.split("-").map(Number);
  if (!year || !at.value) return;
  const weekday = WEEKDAYS[new Date(year, month - 1, date).getDay()];
  button.textContent = `送审并排期到 ${month}月${date}日 ${at.value}（周${weekday}）`;
};
for (const field of [day, at]) field.addEventListener("input", say);
say();
