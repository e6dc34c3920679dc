// Checks a certificate's signature in the visitor's browser, without asking anybody: Ed25519 (RFC 8032) and SHA-512 of our
// own, because old browsers have none and crypto.subtle exists on https only. The text's form stands in
// handlers/quiz/certificates/signing.py.

// ── SHA-512 ────────────────────────────────────────────────────────────────────────────────────────────────────────────

const LOW = (1n << 64n) - 1n;

function root(number, power) {
  // the first 64 bits behind the point of a prime's root, by whole numbers
  const wanted = BigInt(number) << BigInt(64 * power);
  let low = 0n;
  let high = 1n << 72n;
  while (low < high) {
    const middle = (low + high + 1n) / 2n;
    if (middle ** BigInt(power) <= wanted) low = middle; else high = middle - 1n;
  }
  return low & LOW;
}

const primes = [];
for (let number = 2; primes.length < 80; number += 1) {
  if (primes.every((prime) => number % prime)) primes.push(number);
}
const K = primes.map((prime) => root(prime, 3));
const START = primes.slice(0, 8).map((prime) => root(prime, 2));
const turn = (word, by) => ((word >> BigInt(by)) | (word << BigInt(64 - by))) & LOW;

function compress(state, block) {
  const words = block.slice();
  for (let place = 16; place < 80; place += 1) {
    const x = words[place - 15];
    const y = words[place - 2];
    const small = turn(x, 1) ^ turn(x, 8) ^ (x >> 7n);
    const large = turn(y, 19) ^ turn(y, 61) ^ (y >> 6n);
    words[place] = (words[place - 16] + small + words[place - 7] + large) & LOW;
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let place = 0; place < 80; place += 1) {
    const choice = (e & f) ^ (~e & LOW & g);
    const first = h + (turn(e, 14) ^ turn(e, 18) ^ turn(e, 41)) + choice + K[place] + words[place];
    const second = (turn(a, 28) ^ turn(a, 34) ^ turn(a, 39)) + ((a & b) ^ (a & c) ^ (b & c));
    h = g; g = f; f = e; e = (d + first) & LOW; d = c; c = b; b = a; a = (first + second) & LOW;
  }
  return [a, b, c, d, e, f, g, h].map((word, place) => (word + state[place]) & LOW);
}

function sha512(bytes) {
  const padded = new Uint8Array(Math.ceil((bytes.length + 17) / 128) * 128);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  new DataView(padded.buffer).setUint32(padded.length - 4, bytes.length * 8);
  let state = START;
  for (let at = 0; at < padded.length; at += 128) {
    const block = [];
    for (let place = 0; place < 16; place += 1) block.push(number(padded.slice(at + 8 * place, at + 8 * place + 8).reverse()));
    state = compress(state, block);
  }
  return Uint8Array.from(state.flatMap((word) => bytesOf(word, 8).reverse()));
}

// ── numbers, the smallest byte first ───────────────────────────────────────────────────────────────────────────────────

function number(bytes) {
  let found = 0n;
  for (let place = bytes.length - 1; place >= 0; place -= 1) found = (found << 8n) | BigInt(bytes[place]);
  return found;
}

function bytesOf(value, count) {
  return Array.from({ length: count }, (_, place) => Number((value >> BigInt(8 * place)) & 255n));
}

// ── Ed25519 ────────────────────────────────────────────────────────────────────────────────────────────────────────────

const P = (1n << 255n) - 19n;
const ORDER = (1n << 252n) + 27742317777372353535851937790883648493n;
const mod = (value) => ((value % P) + P) % P;

function power(base, exponent) {
  let result = 1n;
  for (let square = mod(base), left = exponent; left > 0n; left >>= 1n, square = (square * square) % P) {
    if (left & 1n) result = (result * square) % P;
  }
  return result;
}

const D = mod(-121665n * power(121666n, P - 2n));
const ROOT_OF_MINUS_ONE = power(2n, (P - 1n) / 4n);
const NEUTRAL = [0n, 1n, 1n, 0n];

function add([x1, y1, z1, t1], [x2, y2, z2, t2]) {
  const a = mod((y1 - x1) * (y2 - x2));
  const b = mod((y1 + x1) * (y2 + x2));
  const c = mod(2n * t1 * t2 * D);
  const d = mod(2n * z1 * z2);
  const [e, f, g, h] = [b - a, d - c, d + c, b + a];
  return [mod(e * f), mod(g * h), mod(f * g), mod(e * h)];
}

function times(factor, point) {
  let result = NEUTRAL;
  for (let left = factor, doubled = point; left > 0n; left >>= 1n, doubled = add(doubled, doubled)) {
    if (left & 1n) result = add(result, doubled);
  }
  return result;
}

// The point of 32 bytes; null where they are none.
function point(bytes) {
  const whole = number(bytes);
  const sign = whole >> 255n;
  const y = whole & ((1n << 255n) - 1n);
  if (y >= P) return null;
  const u = mod(y * y - 1n);
  const v = mod(D * y * y + 1n);
  let x = mod(u * power(v, 3n) * power(u * power(v, 7n), (P - 5n) / 8n));
  if (mod(v * x * x) === mod(-u)) x = mod(x * ROOT_OF_MINUS_ONE);
  if (mod(v * x * x) !== u || (x === 0n && sign)) return null;
  if ((x & 1n) !== sign) x = P - x;
  return [x, y, 1n, mod(x * y)];
}

const BASE = point(bytesOf(mod(4n * power(5n, P - 2n)), 32));

function isSigned(key, signature, text) {
  if (signature.length !== 64 || key.length !== 32) return false;
  const [holder, drawn, s] = [point(key), point(signature.slice(0, 32)), number(signature.slice(32))];
  if (!holder || !drawn || s >= ORDER) return false;
  const challenge = number(sha512(Uint8Array.from([...signature.slice(0, 32), ...key, ...text]))) % ORDER;
  const [x1, y1, z1] = times(s, BASE);
  const [x2, y2, z2] = add(drawn, times(challenge, holder));
  return mod(x1 * z2) === mod(x2 * z1) && mod(y1 * z2) === mod(y2 * z1);
}

// ── the page ───────────────────────────────────────────────────────────────────────────────────────────────────────────

const FIELDS = ["serial", "issuer", "title", "name", "unit", "result", "date"];
const sentences = Object.fromEntries([...document.querySelectorAll("#sentences li")].map((one) => [one.dataset.key, one.textContent]));
const keys = [...document.querySelectorAll("[data-key].key")].map((one) => Uint8Array.from(one.dataset.key.match(/../g), (pair) => parseInt(pair, 16)));
const verdict = document.querySelector("#verdict");
const pasted = document.querySelector("#pasted");

function decoded(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
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
  const said = Object.fromEntries(FIELDS.map((field, place) => [field, parts[place] ?? ""]));
  said.who = [said.name, said.unit].filter(Boolean).join("，");
  return [true, sentences.certificate_signed.replace(/\{(\w+)\}/g, (_, field) => said[field] ?? "")];
}

document.querySelector("#offline").hidden = false;
pasted.addEventListener("input", () => {
  verdict.replaceChildren();
  if (!pasted.value.trim()) return;
  const [isTrue, sentence] = check(pasted.value);
  const line = document.createElement("li");
  line.textContent = sentence;
  verdict.dataset.state = isTrue ? "true" : "false";
  verdict.append(line);
});
