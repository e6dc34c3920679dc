// Fetches the page's figures anew every so often, while somebody looks at them; not for ever: a page left open must not
// keep its session alive.
const SECOND = 1000;
const LONGEST_MS = 20 * 60 * SECOND;
const every = Number(document.querySelector("#live").dataset.every) * SECOND;
let since = Date.now();
let isFetching = false;

const say = (words) => { const said = document.querySelector("#live-said"); if (said) said.textContent = words; };
const refresh = async () => {
  if (document.hidden || isFetching) return;
  if (Date.now() - since > LONGEST_MS) { say("已停止自动更新：点一下本页就继续。"); return; }
  isFetching = true;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const fresh = answer.ok && !answer.redirected && new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#live");
    const live = document.querySelector("#live");
    if (fresh && !live.contains(document.activeElement)) live.replaceChildren(...fresh.childNodes);
    else if (!fresh) say("没有更新成：请刷新本页。");
  } catch { say("网络不通，没有更新成；稍后再试。"); } finally { isFetching = false; }
};
for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => { since = Date.now(); });
setInterval(refresh, every);
