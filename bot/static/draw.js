// Recomputes a published prize draw in the visitor's browser. Shares no code with the program that drew; nothing is sent.
// SHA-256 is our own, because crypto.subtle exists on https only. The rule stands in handlers/quiz/draw.py.

import { behindThePoint, primes } from "./numbers.js";

const K = Uint32Array.from(primes.slice(0, 64), (prime) => behindThePoint(prime, 3, 32)[0]);
const START = Uint32Array.from(primes.slice(0, 8), (prime) => behindThePoint(prime, 2, 32)[0]);

const words = new Uint32Array(64);

function compress(state, bytes, begin) {
  for (let place = 0; place < 16; place += 1) {
    const at = begin + place * 4;
    words[place] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
  }
  for (let place = 16; place < 64; place += 1) {
    const x = words[place - 15];
    const y = words[place - 2];
    const small = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const large = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    words[place] = words[place - 16] + small + words[place - 7] + large;
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let place = 0; place < 64; place += 1) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const first = (h + s1 + ((e & f) ^ (~e & g)) + K[place] + words[place]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const second = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g; g = f; f = e; e = (d + first) | 0; d = c; c = b; b = a; a = (first + second) | 0;
  }
  state[0] += a; state[1] += b; state[2] += c; state[3] += d;
  state[4] += e; state[5] += f; state[6] += g; state[7] += h;
}

// `state` has taken in `before` bytes (whole blocks) already.
function finish(state, bytes, before) {
  const padded = new Uint8Array(Math.ceil((bytes.length + 9) / 64) * 64);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const bits = (before + bytes.length) * 8;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(bits / 2 ** 32));
  view.setUint32(padded.length - 4, bits >>> 0);
  for (let at = 0; at < padded.length; at += 64) compress(state, padded, at);
  const digest = new Uint8Array(32);
  const out = new DataView(digest.buffer);
  state.forEach((word, place) => out.setUint32(place * 4, word));
  return digest;
}

const utf8 = new TextEncoder();
export const sha256 = (bytes) => finish(START.slice(), bytes, 0);
export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

// The key is taken in once, however many messages follow.
export function hmacOf(key) {
  const block = new Uint8Array(64);
  block.set(key.length > 64 ? sha256(key) : key);
  const [inner, outer] = [0x36, 0x5c].map((pad) => {
    const state = START.slice();
    compress(state, block.map((byte) => byte ^ pad), 0);
    return state;
  });
  return (message) => finish(outer.slice(), finish(inner.slice(), message, 64), 64);
}

const compare = (left, right) => {
  for (let place = 0; place < left.length; place += 1) {
    if (left[place] !== right[place]) return left[place] - right[place];
  }
  return 0;
};

// What is to be compared with what was published: draw.Promise, in the same words.
function promised(record) {
  const { lottery, issue } = record;
  return {
    commitment: record.commitment,
    entries: record.entries_sha256,
    lottery: say("draw_named", { lottery, issue, later: record.later_issue }),
    prizes: record.prizes.map(({ name, count }) => say("draw_prize", { name, count })).join("、"),
  };
}

// [sentences with their states, the state of the whole: unknown where this account published no such draw]
function compared(record) {
  const found = promised(record);
  const all = [...document.querySelectorAll("#published li")].map((entry) => entry.dataset);
  const ours = all.find((one) => one.commitment === found.commitment)
    || all.find((one) => one.campaign === record.campaign);
  const lines = Object.entries(found).map(([key, value]) => {
    const told = say(`draw_value_${key}`, { value });
    if (!ours) return [told, "unknown"];
    if (ours[key] === value) return [say("draw_same", { told }), "true"];
    return [say("draw_differs", { told, published: ours[key] }), "false"];
  });
  const state = ["unknown", "false"].find((one) => lines.some((line) => line[1] === one)) || "true";
  const head = say(ours ? "draw_ours" : "draw_not_ours");
  return [[[head, "unknown"], ...lines, [say("draw_numbers_used", record.drawn), "unknown"]], state];
}

// [what is wrong, with which words filled in], in the order of the rule; none where the draw is true.
export function problems(record) {
  const found = [];
  const codes = record.entries;
  if (codes.some((code, place) => place > 0 && codes[place - 1] >= code)) found.push(["draw_entries_order", {}]);
  const list = utf8.encode([...codes].sort().map((code) => `${code}\n`).join(""));
  if (hex(sha256(list)) !== record.entries_sha256) found.push(["draw_entries_changed", {}]);
  if (record.secret !== null && !/^[0-9a-f]{64}$/.test(record.secret)) found.push(["draw_secret_form", {}]);
  if (record.secret !== null && hex(sha256(utf8.encode(record.secret))) !== record.commitment) {
    found.push(["draw_secret_changed", {}]);
  }
  if (record.drawn.lottery !== record.lottery) {
    found.push(["draw_other_lottery", { lottery: record.drawn.lottery, expected: record.lottery }]);
  }
  const expected = record.secret === null ? record.later_issue : record.issue;
  if (record.drawn.issue !== expected) found.push(["draw_other_issue", { issue: record.drawn.issue, expected }]);
  const key = utf8.encode(record.secret === null ? record.commitment : record.secret);
  const seed = hmacOf(key)(utf8.encode(`${record.entries_sha256}\n${record.drawn.numbers}`));
  const lot = hmacOf(seed);
  const drawn = codes.map((code) => [lot(utf8.encode(code)), code]).sort((one, other) => compare(one[0], other[0]));
  const prizes = [].concat(...record.prizes.map((prize) => Array(prize.count).fill(prize.name)));
  const winners = prizes.slice(0, drawn.length).map((prize, place) => `${drawn[place][1]} ${prize}`);
  const published = record.winners.map((winner) => `${winner.code} ${winner.prize}`);
  if (winners.join("\n") !== published.join("\n")) found.push(["draw_other_winners", {}]);
  return found;
}

function say(key, filled = {}) {
  const sentence = document.querySelector(`#sentences [data-key="${key}"]`).textContent;
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => (filled[name] == null ? whole : filled[name]));
}

// A line has the state of the whole where it has none of its own.
function tell(lines, state) {
  const list = document.querySelector("#verdict");
  list.dataset.state = state;
  list.textContent = "";
  list.append(...lines.map((line) => {
    const entry = document.createElement("li");
    [entry.textContent, entry.dataset.state] = Array.isArray(line) ? line : [line, state];
    return entry;
  }));
}

function check(text) {
  let record;
  try {
    record = JSON.parse(text);
    if (record.format !== "pufa-draw/1") throw new Error(String(record.format));
    const found = problems(record);
    if (found.length) {
      tell(found.map(([key, filled]) => say("draw_false", { problem: say(key, filled) })), "false");
    } else {
      const entries = record.entries.length;
      const told = say("draw_true", { campaign: record.campaign, entries, winners: record.winners.length });
      const [lines, state] = compared(record);
      tell([[told, "true"], ...lines], state);
    }
  } catch {
    tell([say("draw_no_record", { place: "" })], "unknown");
  }
}

async function checkPublished(button) {
  button.disabled = true;
  try {
    const answer = await fetch(button.dataset.record);
    if (!answer.ok) throw new Error(String(answer.status));
    check(await answer.text());
  } catch {
    tell([say("draw_not_fetched")], "unknown");
  }
  button.disabled = false;
}

function checkChosen(file) {
  const reader = new FileReader();
  reader.addEventListener("loadend", () => check(reader.result)); // null where it cannot be read
  reader.readAsText(file);
}

if (typeof document !== "undefined") {
  const [chosen, recompute] = ["#record", "#recompute"].map((one) => document.querySelector(one));
  if (chosen) chosen.addEventListener("change", () => { if (chosen.files[0]) checkChosen(chosen.files[0]); });
  if (recompute) recompute.addEventListener("click", () => checkPublished(recompute));
  document.querySelector("#scripted").hidden = false;
  document.querySelector("#unscripted").hidden = true;
}
