// The phone's behaviour: draws what the sandbox's JSON says and sends what is tapped or typed.
// Nothing that came from the account is ever put into the page as HTML: only text nodes and checked addresses.

const one = (id) => document.getElementById(id);
const chat = one("chat");
const narrow = window.matchMedia("(max-width: 899px)");
const clockText = new Intl.DateTimeFormat("zh-CN", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", hour12: false });
const here = { citizen: "", name: "", last: 0, waiting: 0, following: true, keys: true, menu: "", deliveries: [], same: null, notes: [] };

function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

async function ask(address, body) {
  const options = body ? { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) } : {};
  const response = await fetch(address, options);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error || "沙盒出错了");
  return answer;
}

// ---- the chat ----

function isWebAddress(address) {
  return /^(https?:\/\/|\/sandbox\/)/i.test(address);
}

function outside(className, address, ...children) {
  if (!isWebAddress(address)) return make("span", className, ...children);
  const link = make("a", className, ...children);
  link.href = address;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  return link;
}

function drawPart(part) {
  if (part.type === "link") return outside("link", part.href, part.text);
  if (part.type !== "choice") return part.text;
  const choice = make("a", "link choice", part.text);
  choice.href = "#";
  choice.setAttribute("role", "button");
  choice.addEventListener("click", (event) => {
    event.preventDefault();
    send({ kind: "text", text: part.content, bizmsgmenuid: part.id });
  });
  return choice;
}

function drawPicture(address) {
  const frame = make("span", "picture");
  if (!isWebAddress(address)) return frame;
  const image = make("img");
  image.alt = "";
  image.src = address;
  image.addEventListener("error", () => image.remove());
  frame.append(image);
  return frame;
}

function drawArticle(article) {
  const words = make("span", "article-words", make("strong", "", article.title));
  if (article.description) words.append(make("span", "article-digest", article.description));
  return outside("article", article.url, drawPicture(article.picture), words);
}

const ownKinds = {
  image: (entry) => drawPicture(entry.picture || ""),
  voice: () => "语音 3″ )))",
  video: () => "▶ 视频",
  shortvideo: () => "▶ 小视频",
  link: (entry) => make("span", "", make("strong", "", entry.text || "链接"), make("br"), entry.url || ""),
  location: (entry) => `位置\n北纬 ${Number(entry.latitude).toFixed(3)}，东经 ${Number(entry.longitude).toFixed(3)}`,
};

function drawBubble(entry) {
  if (entry.kind === "news") return make("div", "cards", ...entry.articles.map(drawArticle));
  const bubble = make("div", "bubble");
  const own = entry.side === "citizen" && ownKinds[entry.kind];
  bubble.append(...(own ? [own(entry)] : entry.parts.map(drawPart)));
  return bubble;
}

function drawEntry(entry) {
  if (entry.side === "system") return make("p", "line", entry.text);
  const mine = entry.side === "citizen";
  const face = make("span", "face", (mine ? here.name : document.body.dataset.account).slice(0, 1));
  face.setAttribute("aria-hidden", "true");
  const speaker = make("span", "unseen", mine ? "我：" : `${document.body.dataset.account}：`);
  return make("div", `message ${mine ? "mine" : "theirs"}`, face, make("div", "content", speaker, drawBubble(entry)));
}

function addEntry(entry) {
  if (chat.querySelector(`[data-id="${entry.id}"]`)) return;
  const element = make("div", "entry", drawEntry(entry));
  element.dataset.id = entry.id;
  element.dataset.at = entry.at;
  const later = [...chat.querySelectorAll(".entry")].find((other) => Number(other.dataset.id) > entry.id);
  const before = later ? later.previousElementSibling : [...chat.querySelectorAll(".entry")].pop();
  if (!before || entry.at - Number(before.dataset.at) > 300) {
    element.prepend(make("time", "line", clockText.format(entry.at * 1000)));
  }
  chat.insertBefore(element, later || chat.querySelector(".pending"));
  here.last = Math.max(here.last, entry.id);
}

function addEntries(entries) {
  if (!entries.length) return;
  entries.forEach(addEntry);
  showTop([...chat.querySelectorAll(".entry")].pop());
}

/* A long reply is read from its beginning; a short one stands at the bottom anyway. */
function showTop(entry) {
  chat.scrollTop += entry.getBoundingClientRect().top - chat.getBoundingClientRect().top - 8;
}

function say(text) {
  chat.append(make("p", "line", text));
  chat.scrollTop = chat.scrollHeight;
}

// ---- sending ----

function setWaiting(change) {
  here.waiting += change;
  one("title").textContent = here.waiting ? "对方正在输入…" : document.body.dataset.account;
}

function addPending(act) {
  if (act.kind !== "text") return null;
  const pending = make("div", "pending", drawEntry({ side: "citizen", kind: "text", parts: [{ type: "text", text: act.text }] }));
  pending.setAttribute("aria-hidden", "true");
  chat.append(pending);
  chat.scrollTop = chat.scrollHeight;
  return pending;
}

async function send(act) {
  const citizen = here.citizen;
  const pending = addPending(act);
  const mode = document.querySelector("input[name=mode]:checked").value;
  setWaiting(1);
  try {
    const answer = await ask("/sandbox/phone/send", { ...act, citizen, mode, twice: one("twice").checked });
    pending?.remove();
    Object.assign(here, { deliveries: answer.deliveries, same: answer.same, notes: answer.notes });
    drawWire();
    if (citizen === here.citizen) addEntries(answer.shown);
    if (answer.following !== here.following) await refresh();
  } catch (error) {
    pending?.remove();
    say(error.message);
  } finally {
    setWaiting(-1);
  }
}

function fitText() {
  const text = one("text");
  text.style.height = "auto";
  text.style.height = `${Math.min(text.scrollHeight, 120)}px`;
}

function sendTyped(event) {
  event.preventDefault();
  const text = one("text").value.trim();
  if (!text) return;
  one("text").value = "";
  fitText();
  send({ kind: "text", text });
}

// ---- citizens, menu, bottom bar ----

function drawBottom() {
  const hasMenu = here.menu !== "";
  const keys = here.keys || !hasMenu;
  one("follow").hidden = here.following;
  one("toggle").hidden = !here.following || !hasMenu;
  one("toggle").classList.toggle("to-keys", !keys);
  one("toggle").setAttribute("aria-label", keys ? "切换到菜单" : "切换到键盘");
  one("keys").hidden = !here.following || !keys;
  one("menu").hidden = !here.following || keys;
  one("unfollow").disabled = !here.following;
}

function closeMenus() {
  document.querySelectorAll(".sub-menu").forEach((list) => (list.hidden = true));
  document.querySelectorAll(".top-button[aria-expanded]").forEach((top) => top.setAttribute("aria-expanded", "false"));
}

function pressButton(button) {
  closeMenus();
  if (button.type === "view") window.open(button.url, "_blank", "noopener,noreferrer");
  const target = { view: button.url, miniprogram: button.pagepath }[button.type] || button.key;
  if (!target) return say(`「${button.name}」打开一篇文章，不会通知公众号。`);
  const place = { latitude: one("latitude").value, longitude: one("longitude").value };
  return send({ kind: button.type, key: target, ...place });
}

function drawTop(button) {
  const top = make("button", "top-button", button.name);
  top.type = "button";
  const subs = button.sub_button || [];
  if (!subs.length) {
    top.addEventListener("click", () => pressButton(button));
    return make("div", "menu-item", top);
  }
  const list = make("div", "sub-menu");
  list.hidden = true;
  for (const sub of subs) {
    const item = make("button", "sub-button", sub.name);
    item.type = "button";
    item.addEventListener("click", () => pressButton(sub));
    list.append(item);
  }
  top.classList.add("has-subs");
  top.setAttribute("aria-expanded", "false");
  top.addEventListener("click", () => {
    const opening = list.hidden;
    closeMenus();
    list.hidden = !opening;
    top.setAttribute("aria-expanded", String(opening));
  });
  return make("div", "menu-item", list, top);
}

function drawMenu(menu) {
  const text = menu ? JSON.stringify(menu) : "";
  if (text === here.menu) return;
  here.menu = text;
  one("menu").replaceChildren(...(menu ? menu.button.map(drawTop) : []));
}

function drawCitizens(citizens) {
  const options = citizens.map((citizen) => {
    const option = make("option", "", citizen.following ? citizen.name : `${citizen.name}（未关注）`);
    option.value = citizen.id;
    option.selected = citizen.id === here.citizen;
    return option;
  });
  const select = one("citizen");
  if (document.activeElement !== select || options.length !== select.length) select.replaceChildren(...options);
}

function drawAdvanced(state) {
  const none = (words) => [make("li", "hint", words)];
  const faults = state.faults.map((fault) => make("li", "", `${fault.path} · 延迟 ${fault.delay} 秒 · HTTP ${fault.status} · errcode ${fault.errcode}${fault.lost ? " · 丢失应答" : ""}${fault.times ? ` · 还剩 ${fault.times} 次` : ""}`));
  const calls = [...state.calls].reverse().map((call) => make("li", "", `${clockText.format(call.at * 1000)} ${call.path} · errcode ${call.errcode} · ${call.ms} 毫秒${call.fault ? " · 故障" : ""}`));
  one("faults").replaceChildren(...(faults.length ? faults : none("没有")));
  one("calls").replaceChildren(...(calls.length ? calls : none("还没有")));
}

async function refresh() {
  const query = new URLSearchParams({ citizen: here.citizen, since: here.last });
  const state = await ask(`/sandbox/phone/state?${query}`);
  if (here.citizen && here.citizen !== state.citizen.id) return;
  Object.assign(here, { citizen: state.citizen.id, name: state.citizen.name, following: state.citizen.following });
  one("who").textContent = `你现在是：${state.citizen.name}`;
  drawCitizens(state.citizens);
  drawMenu(state.menu);
  drawBottom();
  drawAdvanced(state);
  addEntries(state.chat);
}

async function become(citizen) {
  Object.assign(here, { citizen, last: 0 });
  chat.replaceChildren();
  await refresh();
}

// ---- behind the scenes ----

function readable(xml) {
  return xml.replace(/(<\/\w+>)(?=<)|(<\w+>)(?=<\w)/g, "$&\n");
}

function drawXml(title, xml) {
  const block = make("pre", "", xml);
  block.tabIndex = 0;
  block.setAttribute("aria-label", title);
  return make("div", "", make("h4", "", title), block);
}

function drawDelivery(delivery, rounds) {
  const raw = document.querySelector("input[name=view]:checked").value === "raw";
  const status = delivery.status === null ? "没有回复" : `HTTP ${delivery.status}`;
  const which = rounds > 1 ? `第 ${delivery.round} 遍，第 ${delivery.attempt} 次` : `第 ${delivery.attempt} 次投递`;
  const head = make("h3", "", `${which} · ${status} · ${delivery.ms} 毫秒`);
  const sent = raw ? `POST ${delivery.request_url}\n\n${delivery.request_raw}` : readable(delivery.request_xml);
  const came = raw ? delivery.response_raw : readable(delivery.response_xml || delivery.response_raw);
  const blocks = make("div", "both", drawXml("送出", sent), drawXml("收到", came || "（空）"));
  return make("article", "delivery", head, ...(delivery.note ? [make("p", "warning", delivery.note)] : []), blocks);
}

function drawWire() {
  if (!here.deliveries.length) return;
  const rounds = here.deliveries.at(-1).round;
  const notes = here.notes.map((note) => make("p", "warning", note));
  if (here.same !== null) notes.unshift(make("p", here.same ? "good" : "warning", here.same ? "两次的回复逐字节相同" : "两次的回复不是逐字节相同"));
  one("wire").replaceChildren(...notes, ...here.deliveries.map((delivery) => drawDelivery(delivery, rounds)));
}

// ---- wiring ----

function fillPlace() {
  const { latitude, longitude } = one("preset").selectedOptions[0].dataset;
  one("latitude").value = latitude;
  one("longitude").value = longitude;
}

const others = {
  image: {},
  voice: {},
  video: {},
  link: { title: "一个链接", description: "", url: "https://www.12348.gov.cn/" },
};

function onSubmit(id, act) {
  one(id).addEventListener("submit", (event) => {
    event.preventDefault();
    Promise.resolve(act()).catch((error) => say(error.message));
  });
}

async function addCitizen() {
  const name = one("name").value.trim();
  if (!name) return;
  one("name").value = "";
  const added = await ask("/sandbox/phone/citizen", { name, following: false });
  await become(added.id);
}

function wire() {
  one("keys").addEventListener("submit", sendTyped);
  one("text").addEventListener("input", fitText);
  one("text").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) sendTyped(event);
  });
  document.querySelectorAll("[data-say]").forEach((chip) => chip.addEventListener("click", () => send({ kind: "text", text: chip.dataset.say })));
  document.querySelectorAll("[data-kind]").forEach((button) => button.addEventListener("click", () => send({ kind: button.dataset.kind, ...others[button.dataset.kind] })));
  document.querySelectorAll("input[name=view]").forEach((input) => input.addEventListener("change", drawWire));
  document.addEventListener("click", (event) => event.target.closest(".menu-item") || closeMenus());
  document.addEventListener("keydown", (event) => event.key === "Escape" && closeMenus());
  one("toggle").addEventListener("click", () => {
    here.keys = !here.keys;
    drawBottom();
    (here.keys ? one("text") : one("menu").querySelector("button")).focus();
  });
  one("follow").addEventListener("click", () => send({ kind: "subscribe" }));
  one("unfollow").addEventListener("click", () => send({ kind: "unsubscribe" }));
  one("citizen").addEventListener("change", (event) => become(event.target.value));
  one("preset").addEventListener("change", fillPlace);
  onSubmit("add", addCitizen);
  onSubmit("scan", () => send({ kind: "scan", scene: one("scene").value.trim() }));
  onSubmit("place", () => send({ kind: "location", latitude: one("latitude").value, longitude: one("longitude").value }));
}

async function watch() {
  if (!here.waiting && !document.hidden) await refresh().catch(() => {});
  setTimeout(watch, 3000);
}

if (narrow.matches) document.querySelectorAll("details.card").forEach((card) => (card.open = false));
fillPlace();
wire();
watch();
one("text").focus({ preventScroll: true });
