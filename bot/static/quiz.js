// A paper, one question a screen. Every tap is kept in this browser first, then sent with its number until the server
// has it: a dead network, a refresh or a closed page loses nothing. The clock is the server's. Written for old phones;
// where it cannot run, the page is a plain form.

const form = document.querySelector("#paper");
const { campaign, paper, mark } = form.dataset;
const HOME = `/h/quiz/${campaign}/`;
const KEPT = `quiz:${campaign}:`;
const PATIENCE = 10000;
const LONGEST_PAUSE = 20000;

const find = (selector) => form.parentNode.querySelector(selector);
const [left, kept, alarm, stopped, sure] = ["#left", "#kept", "#alarm", "#stopped", "#sure"].map(find);
const [back, next, handIn, stay] = ["#back", "#next", "#hand-in", "#stay"].map(find);
const questions = Array.from(form.querySelectorAll(".question"));
const numbers = Array.from(form.querySelectorAll(".numbers a"));
const inputs = (place) => Array.from(questions[place - 1].querySelectorAll("input"));

const [visit] = performance.getEntriesByType("navigation");
const isReload = Boolean(visit) && visit.type === "reload";
let waiting = {}; // place → { letters, seq }: what the server has not said it has
let seq = Number(form.dataset.seq);
let here = 1;
let isOver = false;
let isHandingIn = false;

function say(key, filled = {}) {
  return find(`#sentences [data-key="${key}"]`).textContent.replace(/\{(\w+)\}/g, (whole, name) => filled[name]);
}

const write = (element, text) => { if (element.textContent !== text) element.textContent = text; };
const places = () => Object.keys(waiting).map(Number).sort((one, other) => one - other);
const chosen = (place) => inputs(place).filter((input) => input.checked).map((input) => input.value).join("");

function choose(place, letters) {
  inputs(place).forEach((input) => { input.checked = letters.includes(input.value); });
}

// ── what this browser keeps ──────────────────────────────────────────────────────────────────────────────────────────

function keep() {
  try {
    localStorage.setItem(KEPT + paper, JSON.stringify(waiting));
  } catch (error) { /* full or forbidden: it is held while this page is open */ }
}

function letGo() {
  try { localStorage.removeItem(KEPT + paper); } catch (error) { /* nothing was kept */ }
}

function takeFrom(text) {
  // what another visit or another tab has left; what the server or this page knows better stays
  let found = {};
  try { found = JSON.parse(text) || {}; } catch (error) { return; }
  Object.keys(found).forEach((place) => {
    const { letters, seq: number } = found[place];
    const known = waiting[place] ? waiting[place].seq : Number(questions[place - 1].dataset.seq);
    seq = Math.max(seq, number);
    if (number <= known) return;
    waiting[place] = { letters, seq: number };
    choose(place, letters);
  });
}

function remember() {
  try {
    Object.keys(localStorage).forEach((key) => {
      if (key.startsWith(KEPT) && key !== KEPT + paper) localStorage.removeItem(key);
    });
    takeFrom(localStorage.getItem(KEPT + paper));
  } catch (error) { /* no storage here */ }
}

// ── to the server ────────────────────────────────────────────────────────────────────────────────────────────────────

let isSending = false;
let tries = 0;
let timer = 0;

async function ask(path, options) {
  const stop = new AbortController();
  const patience = setTimeout(() => stop.abort(), PATIENCE);
  const began = performance.now();
  try {
    const response = await fetch(HOME + path, { ...options, signal: stop.signal, cache: "no-store", credentials: "same-origin" });
    if (response.status >= 500 || response.status === 429) throw new Error(String(response.status));
    const told = await response.json();
    if (told.deadline) setClock(told, (began + performance.now()) / 2);
    return told;
  } finally {
    clearTimeout(patience);
  }
}

async function send() {
  clearTimeout(timer);
  if (isSending || isOver || !places().length) return;
  isSending = true;
  const answers = places().map((place) => ({ place, ...waiting[place] })).sort((one, other) => one.seq - other.seq);
  try {
    const body = JSON.stringify({ paper, mark, answers });
    takeIn(await ask("answers", { method: "POST", body, headers: { "Content-Type": "application/json" } }), answers);
    tries = 0;
  } catch (error) {
    tries += 1;
  }
  isSending = false;
  showState();
  if (isOver) return;
  if (!places().length) {
    if (isHandingIn) leaveWithForm();
    return;
  }
  timer = setTimeout(send, tries ? Math.min(LONGEST_PAUSE, 500 * 2 ** tries) * (0.7 + Math.random() * 0.6) : 0);
}

function takeIn(told, answers) {
  if (told.state === "elsewhere" && !isReload) return location.reload(); // bound anew in this browser: the queue stays
  if (told.told) return stop(told.told);
  const changed = [];
  told.saved.forEach((saved, at) => {
    const { place } = saved;
    const mine = waiting[place];
    seq = Math.max(seq, saved.seq);
    questions[place - 1].dataset.seq = saved.seq;
    if (!mine || mine.seq !== answers[at].seq) return; // tapped again meanwhile
    if (saved.state === "over") return;
    delete waiting[place];
    if (saved.letters !== mine.letters) {
      choose(place, saved.letters);
      changed.push(place);
    }
  });
  keep();
  if (changed.length) write(alarm, say("changed", { places: changed.join("、") }));
  if (told.state === "over") end();
}

function stop(sentence) {
  // nothing is taken here any more: another phone plays on, or the paper is not ours
  isOver = true;
  const lost = places();
  write(stopped, sentence + (lost.length ? say("lost", { places: lost.join("、") }) : ""));
  stopped.hidden = false;
  form.hidden = true;
  find(".clock").hidden = true;
  waiting = {};
  letGo();
  scrollTo(0, 0);
}

// ── the server's clock ───────────────────────────────────────────────────────────────────────────────────────────────

const clock = { left: 0, at: 0, last: Infinity };

function setClock(told, at) {
  clock.left = told.deadline - told.server_now;
  clock.at = at;
}

const remaining = () => Math.max(0, clock.left - (performance.now() - clock.at));

function tick() {
  if (isOver) return;
  const rest = Math.ceil(remaining() / 1000);
  const pad = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(rest / 3600);
  write(left, say("left", { left: `${hours ? `${hours}:` : ""}${pad(Math.floor(rest / 60) % 60)}:${pad(rest % 60)}` }));
  [5, 1].forEach((minutes) => {
    if (rest <= minutes * 60 && clock.last > minutes * 60) write(alarm, say("minutes", { minutes }));
  });
  clock.last = rest;
  if (rest <= 0) end();
}

async function lookAtClock() {
  if (isOver) return;
  try {
    const told = await ask(`clock?paper=${paper}`);
    if (told.told) stop(told.told); else if (told.state === "over") end();
  } catch (error) { /* the next one comes */ }
}

async function end() {
  // the time is up, or it was handed in elsewhere: to the result, as soon as the server can be reached
  if (isOver) return;
  isOver = true;
  questions.forEach((question) => { question.disabled = true; });
  handIn.disabled = true;
  const late = places().length === 0 ? "" : remaining() > 0 ? "?late=2" : "?late=1";
  for (;;) {
    try {
      const told = await ask(`clock?paper=${paper}`);
      if (told.state !== "open") break;
      await new Promise((go) => { setTimeout(go, Math.min(remaining(), 1000) + 50); });
    } catch (error) {
      write(stopped, say("time_up_offline"));
      stopped.hidden = false;
      await new Promise((go) => { setTimeout(go, 3000); });
    }
  }
  write(alarm, say("time_up"));
  letGo();
  location.replace(`${HOME}result/${paper}${late}`);
}

// ── what is seen ─────────────────────────────────────────────────────────────────────────────────────────────────────

function showState() {
  const count = places().length;
  let key = "saved";
  if (count) key = navigator.onLine === false || tries > 1 ? "offline" : "waiting";
  write(kept, !count && !seq ? "" : say(key, { count }));
  numbers.forEach((number, at) => {
    const place = at + 1;
    let state = "open";
    if (chosen(place)) state = "done";
    if (waiting[place]) state = "unsaved";
    number.className = state;
    write(number.querySelector("small"), say(state));
    if (place === here) number.setAttribute("aria-current", "step"); else number.removeAttribute("aria-current");
  });
}

function show(place, isAsked) {
  here = Math.min(Math.max(1, place), questions.length);
  questions.forEach((question, at) => { question.hidden = at + 1 !== here; });
  back.disabled = here === 1;
  write(next, say(here === questions.length ? "to_numbers" : "next"));
  showState();
  if (!isAsked) return;
  history.replaceState(null, "", `#q${here}`); // where a refresh comes back to
  questions[here - 1].querySelector("legend").focus();
}

function leaveWithForm() {
  // the form holds what is seen: it is saved once more with the hand-in
  isOver = true;
  letGo();
  form.submit();
}

function askWhether() {
  const open = questions.map((question, at) => at + 1).filter((place) => !chosen(place));
  const told = open.length ? say("still_open", { count: open.length, places: open.join("、") }) : "";
  write(sure, say("sure", { open: told }));
  sure.hidden = false;
  stay.hidden = false;
  write(handIn, say("hand_in"));
  sure.focus();
}

function handItIn() {
  if (sure.hidden) return askWhether();
  if (!places().length) return leaveWithForm();
  isHandingIn = true;
  write(sure, say("wait", { places: places().join("、") }));
  handIn.disabled = true;
  tries = 0;
  return send();
}

function thinkAgain() {
  isHandingIn = false;
  sure.hidden = true;
  stay.hidden = true;
  handIn.disabled = false;
  show(here, true);
}

form.addEventListener("change", (event) => {
  const place = Number(event.target.closest(".question").dataset.place);
  seq += 1;
  waiting[place] = { letters: chosen(place), seq };
  keep();
  showState();
  send();
});
form.addEventListener("submit", (event) => event.preventDefault()); // the return key hands nothing in
handIn.type = "button";
handIn.addEventListener("click", handItIn);
stay.addEventListener("click", thinkAgain);
back.addEventListener("click", () => show(here - 1, true));
next.addEventListener("click", () => {
  if (here < questions.length) show(here + 1, true); else find("#numbers").focus();
});
numbers.forEach((number, at) => number.addEventListener("click", (event) => {
  event.preventDefault();
  show(at + 1, true);
}));
addEventListener("online", () => { tries = 0; send(); });
addEventListener("offline", showState);
addEventListener("storage", (event) => {
  if (event.key !== KEPT + paper || isOver) return;
  takeFrom(event.newValue);
  showState();
  send();  // the other tab may have been closed; whoever is first saves it, the second hears that it is
});
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  tries = 0;
  send();
  lookAtClock();
});

form.querySelectorAll(".save").forEach((save) => save.remove());
find(".steps").hidden = false;
setClock({ deadline: Number(form.dataset.deadline), server_now: Number(form.dataset.now) }, visit ? visit.responseStart : 0);
remember();
const wanted = Number(location.hash.replace("#q", ""));
const first = questions.findIndex((question, at) => !chosen(at + 1));
show(wanted || first + 1 || 1, false);
setInterval(tick, 500);
tick();
send();
