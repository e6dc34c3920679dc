// Counts down to a moment that must not be missed.
const SECOND = 1000;
const shown = [...document.querySelectorAll("[data-until]")];
const say = () => {
  for (const place of shown) {
    const left = Math.max(0, Math.floor((Date.parse(place.dataset.until) - Date.now()) / SECOND));
    place.textContent = left ? `${Math.floor(left / 60)} 分 ${left % 60} 秒` : "时间已到";
  }
};
if (shown.length) { say(); setInterval(say, SECOND); }
