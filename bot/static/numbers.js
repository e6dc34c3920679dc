// Whole numbers longer than browsers without BigInt have (Chrome 66, iOS 12): arrays of 16 bits a place, the lowest first.

// Not carried: a place may hold more than 16 bits until `carry`. Up to 64 places nothing is rounded.
export function product(left, right) {
  const places = new Float64Array(left.length + right.length);
  for (let at = 0; at < left.length; at += 1) {
    for (let by = 0; by < right.length; by += 1) places[at + by] += left[at] * right[by];
  }
  return places;
}

// Leaves 16 bits in each place and returns what runs over the top: below zero where the whole number was.
export function carry(places) {
  let over = 0;
  for (let place = 0; place < places.length; place += 1) {
    const whole = places[place] + over;
    over = Math.floor(whole / 65536);
    places[place] = whole - over * 65536;
  }
  return over;
}

export function isAbove(left, right) {
  for (let place = Math.max(left.length, right.length) - 1; place >= 0; place -= 1) {
    const [one, other] = [left[place] || 0, right[place] || 0];
    if (one !== other) return one > other;
  }
  return false;
}

export const primes = [];
for (let number = 2; primes.length < 80; number += 1) {
  if (primes.every((prime) => number % prime)) primes.push(number);
}

// The first bits behind the point of a prime's square (power 2) or cube root (3), as words of 32, the highest first: what
// SHA-256 and SHA-512 begin with (FIPS 180-4). By whole numbers: the largest r with r^power <= prime * 2^(bits * power).
export function behindThePoint(prime, power, bits) {
  const wanted = Array(bits * power / 16).fill(0).concat(prime);
  const found = Array(bits / 16 + 1).fill(0);
  for (let bit = bits + 4; bit >= 0; bit -= 1) {
    const [place, worth] = [Math.floor(bit / 16), 2 ** (bit % 16)];
    found[place] += worth;
    let raised = found;
    for (let times = 1; times < power; times += 1) {
      raised = product(raised, found);
      carry(raised);
    }
    if (isAbove(raised, wanted)) found[place] -= worth;
  }
  const words = [];
  for (let place = bits / 16 - 1; place > 0; place -= 2) words.push(found[place] * 65536 + found[place - 1]);
  return words;
}
