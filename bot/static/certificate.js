// Checks a certificate's signature in the visitor's browser, without asking anybody: Ed25519 (RFC 8032) and SHA-512 of our
// own, because old browsers have none and crypto.subtle exists on https only. The text's form stands in
// handlers/quiz/certificates/signing.py.

import { behindThePoint, carry, isAbove, primes, product } from "./numbers.js";

const bytesOf = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));

// ── SHA-512: its words of 64 bits are pairs, the high half first ───────────────────────────────────────────────────────

const K = primes.map((prime) => behindThePoint(prime, 3, 64));
const START = primes.slice(0, 8).map((prime) => behindThePoint(prime, 2, 64));

const byHalves = (act) => (...words) => [0, 1].map((half) => act(...words.map((word) => word[half])) >>> 0);
const unlike = byHalves((one, other, third) => one ^ other ^ third);
const choice = byHalves((e, f, g) => (e & f) ^ (~e & g));
const majority = byHalves((a, b, c) => (a & b) ^ (a & c) ^ (b & c));
const shift = ([high, low], by) => [high >>> by, ((low >>> by) | (high << (32 - by))) >>> 0];

function turn([high, low], by) {
  if (by > 32) return turn([low, high], by - 32);
  return [((high >>> by) | (low << (32 - by))) >>> 0, ((low >>> by) | (high << (32 - by))) >>> 0];
}

function sum(...words) {
  const low = words.reduce((all, word) => all + word[1], 0);
  return [words.reduce((all, word) => all + word[0], Math.floor(low / 2 ** 32)) >>> 0, low >>> 0];
}

function compress(state, block) {
  const words = block.slice();
  for (let place = 16; place < 80; place += 1) {
    const x = words[place - 15];
    const y = words[place - 2];
    const small = unlike(turn(x, 1), turn(x, 8), shift(x, 7));
    const large = unlike(turn(y, 19), turn(y, 61), shift(y, 6));
    words.push(sum(words[place - 16], small, words[place - 7], large));
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let place = 0; place < 80; place += 1) {
    const first = sum(h, unlike(turn(e, 14), turn(e, 18), turn(e, 41)), choice(e, f, g), K[place], words[place]);
    const second = sum(unlike(turn(a, 28), turn(a, 34), turn(a, 39)), majority(a, b, c));
    h = g; g = f; f = e; e = sum(d, first); d = c; c = b; b = a; a = sum(first, second);
  }
  return [a, b, c, d, e, f, g, h].map((word, place) => sum(word, state[place]));
}

function sha512(bytes) {
  const padded = new Uint8Array(Math.ceil((bytes.length + 17) / 128) * 128);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 4, bytes.length * 8);
  let state = START;
  for (let at = 0; at < padded.length; at += 128) {
    const block = [];
    for (let place = at; place < at + 128; place += 8) block.push([view.getUint32(place), view.getUint32(place + 4)]);
    state = compress(state, block);
  }
  const digest = new Uint8Array(64);
  const out = new DataView(digest.buffer);
  state.forEach((word, place) => word.forEach((half, at) => out.setUint32(8 * place + 4 * at, half)));
  return digest;
}

// ── the field of 2^255 - 19: sixteen places, any number of those that mean the same ────────────────────────────────────

const small = (number) => { const places = new Float64Array(16); places[0] = number; return places; };
const [ZERO, ONE] = [small(0), small(1)];
const P = Float64Array.from(ZERO, (_, place) => [0xffed, ...Array(14).fill(0xffff), 0x7fff][place]);
const plus = (left, right) => left.map((one, place) => one + right[place]);
const minus = (left, right) => left.map((one, place) => one - right[place]);

function times(left, right) {
  // 2^256 means 38 here; the third round has nothing left to carry over the top
  const places = product(left, right);
  const found = places.slice(0, 16).map((one, place) => one + 38 * places[place + 16]);
  for (let round = 0; round < 3; round += 1) {
    const over = carry(found);
    found[0] += 38 * over;
  }
  return found;
}

// The one of them from 0 to P - 1.
function lowest(number) {
  let found = times(number, ONE);
  for (let round = 0; round < 2; round += 1) {
    const less = minus(found, P);
    if (carry(less) === 0) found = less;
  }
  return found;
}

const isSame = (left, right) => lowest(minus(left, right)).every((place) => place === 0);

// base^(2^bits - less), less up to 32
function power(base, bits, less) {
  let result = base;
  for (let bit = bits - 2; bit >= 0; bit -= 1) {
    result = times(result, result);
    if (bit >= 5 || ((32 - less) >> bit) & 1) result = times(result, base);
  }
  return result;
}

const divided = (left, right) => times(left, power(right, 255, 21)); // right^(P - 2) is 1 / right

// ── Ed25519 ────────────────────────────────────────────────────────────────────────────────────────────────────────────

const D = divided(small(-121665), small(121666));
const ROOT_OF_MINUS_ONE = power(small(2), 253, 5); // 2^((P - 1) / 4)
const ORDER = numberOf(bytesOf(`edd3f55c1a631258d69cf7a2def9de14${"00".repeat(15)}10`));

function numberOf(bytes) {
  return Float64Array.from({ length: bytes.length / 2 }, (_, place) => bytes[2 * place] + 256 * bytes[2 * place + 1]);
}

function add([x1, y1, z1, t1], [x2, y2, z2, t2]) {
  const a = times(minus(y1, x1), minus(y2, x2));
  const b = times(plus(y1, x1), plus(y2, x2));
  const c = times(times(plus(t1, t1), t2), D);
  const d = times(plus(z1, z1), z2);
  const [e, f, g, h] = [minus(b, a), minus(d, c), plus(d, c), plus(b, a)];
  return [times(e, f), times(g, h), times(f, g), times(e, h)];
}

// `factor` as bytes, the smallest first
function multiple(factor, point) {
  let result = [ZERO, ONE, ONE, ZERO];
  for (let bit = factor.length * 8 - 1; bit >= 0; bit -= 1) {
    result = add(result, result);
    if ((factor[bit >> 3] >> (bit & 7)) & 1) result = add(result, point);
  }
  return result;
}

// The point of this height whose x is odd (1) or even (0); null where there is none.
function pointAt(y, parity) {
  const square = times(y, y);
  const u = minus(square, ONE);
  const v = plus(times(D, square), ONE);
  const v3 = times(v, times(v, v));
  let x = times(times(u, v3), power(times(u, times(v, times(v3, v3))), 252, 3)); // the last to the (P - 5) / 8
  if (isSame(times(v, times(x, x)), minus(ZERO, u))) x = times(x, ROOT_OF_MINUS_ONE);
  if (!isSame(times(v, times(x, x)), u)) return null;
  x = lowest(x);
  if (x[0] % 2 !== parity) x = lowest(minus(ZERO, x));
  return x[0] % 2 === parity ? [x, y, ONE, times(x, y)] : null;
}

function point(bytes) {
  const y = numberOf(bytes);
  const parity = y[15] >> 15;
  y[15] %= 32768;
  return isAbove(P, y) ? pointAt(y, parity) : null;
}

const BASE = pointAt(divided(small(4), small(5)), 0);

function isSigned(key, signature, text) {
  if (signature.length !== 64 || key.length !== 32) return false;
  const [start, s] = [signature.slice(0, 32), signature.slice(32)];
  const [holder, drawn] = [point(key), point(start)];
  if (!holder || !drawn || !isAbove(ORDER, numberOf(s))) return false;
  // not reduced by ORDER: our keys are multiples of BASE, for which that changes nothing
  const challenge = sha512(Uint8Array.from([...start, ...key, ...text]));
  const [x1, y1, z1] = multiple(s, BASE);
  const [x2, y2, z2] = add(drawn, multiple(challenge, holder));
  return isSame(times(x1, z2), times(x2, z1)) && isSame(times(y1, z2), times(y2, z1));
}

// ── the page ───────────────────────────────────────────────────────────────────────────────────────────────────────────

const FIELDS = ["serial", "issuer", "title", "name", "unit", "result", "date"];
const sentences = {};
document.querySelectorAll("#sentences li").forEach((one) => { sentences[one.dataset.key] = one.textContent; });
const keys = [...document.querySelectorAll("[data-key].key")].map((one) => bytesOf(one.dataset.key));
const verdict = document.querySelector("#verdict");
const pasted = document.querySelector("#pasted");

function decoded(text) {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
}

// [whether it is signed, the sentence for people]
function check(written) {
  let text;
  let signature;
  try {
    [text, signature] = written.trim().split("c=").pop().split(".").map(decoded);
    if (!signature) return [false, sentences.certificate_no_code];
  } catch {
    return [false, sentences.certificate_no_code];
  }
  if (!keys.some((key) => isSigned(key, signature, text))) return [false, sentences.certificate_forged];
  const [, ...parts] = new TextDecoder().decode(text).split("\n");
  const said = {};
  FIELDS.forEach((field, place) => { said[field] = parts[place] || ""; });
  said.who = [said.name, said.unit].filter(Boolean).join("，");
  return [true, sentences.certificate_signed.replace(/\{(\w+)\}/g, (_, field) => said[field] || "")];
}

pasted.addEventListener("input", () => {
  verdict.textContent = "";
  if (!pasted.value.trim()) return;
  const [isTrue, sentence] = check(pasted.value);
  const line = document.createElement("li");
  line.textContent = sentence;
  verdict.dataset.state = isTrue ? "true" : "false";
  verdict.append(line);
});
document.querySelector("#scripted").hidden = false;
document.querySelector("#unscripted").hidden = true;
