/**
 * SHA-256 (FIPS 180-4) for pages without `crypto.subtle`, which browsers give to https and to this machine only: the page
 * of a class on http must open its models too. Loaded there alone; everywhere else the platform's own is faster.
 */

/** The first 32 bits of the fractional part of `root(p)` for the first `count` primes. */
function fractions(count: number, root: (p: number) => number): Uint32Array {
  const primes: number[] = [];
  for (let p = 2; primes.length < count; p++) if (primes.every((q) => p % q !== 0)) primes.push(p);
  return Uint32Array.from(primes, (p) => (root(p) % 1) * 2 ** 32);
}

const START = fractions(8, Math.sqrt);
const ROUNDS = fractions(64, Math.cbrt);
/** Bytes of a block. */
const BLOCK = 64;

const turn = (word: number, bits: number): number => (word >>> bits) | (word << (32 - bits));

/** The message, a 1 bit, zeros, and its length in bits: whole blocks. */
function padded(bytes: Uint8Array): DataView {
  const view = new DataView(new ArrayBuffer(BLOCK * Math.ceil((bytes.length + 9) / BLOCK)));
  new Uint8Array(view.buffer).set(bytes);
  view.setUint8(bytes.length, 0x80);
  view.setBigUint64(view.byteLength - 8, BigInt(bytes.length) * 8n);
  return view;
}

/** One block mixed into the state. */
function mix(state: Uint32Array, words: Uint32Array): void {
  for (let t = 16; t < 64; t++) {
    const [a, b] = [words[t - 15], words[t - 2]];
    const early = turn(a, 7) ^ turn(a, 18) ^ (a >>> 3);
    const late = turn(b, 17) ^ turn(b, 19) ^ (b >>> 10);
    words[t] = words[t - 16] + early + words[t - 7] + late;
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let t = 0; t < 64; t++) {
    const choice = (e & f) ^ (~e & g);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    const first = h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + choice + ROUNDS[t] + words[t];
    const second = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + majority;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
  }
  [a, b, c, d, e, f, g, h].forEach((word, k) => {
    state[k] += word;
  });
}

/** The 32 bytes of the hash. */
export function sha256(bytes: Uint8Array): Uint8Array {
  const message = padded(bytes);
  const state = START.slice();
  const words = new Uint32Array(64);
  for (let at = 0; at < message.byteLength; at += BLOCK) {
    for (let k = 0; k < 16; k++) words[k] = message.getUint32(at + 4 * k);
    mix(state, words);
  }
  const out = new DataView(new ArrayBuffer(32));
  state.forEach((word, k) => {
    out.setUint32(4 * k, word);
  });
  return new Uint8Array(out.buffer);
}
