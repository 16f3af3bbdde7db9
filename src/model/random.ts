/**
 * Random numbers without state: number `index` of stream `stream` under `seed` is a pure function of the three,
 * so any order, any thread and any device gives the same numbers.
 *
 * Philox4x32-10: J. Salmon, M. Moraes, R. Dror, D. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11.
 * The key is the seed (low word, high word), the counter (block low, block high, stream, 0).
 */
import type { Matrix } from '../types.js';

export type Words4 = readonly [number, number, number, number];
export type Words2 = readonly [number, number];

/** High word of the product of two u32 numbers; `Math.imul` gives the low one. */
function multiplyHigh(a: number, b: number): number {
  const a0 = a & 0xffff;
  const a1 = a >>> 16;
  const b0 = b & 0xffff;
  const b1 = b >>> 16;
  const middle = a1 * b0 + ((a0 * b0) >>> 16);
  const carry = a0 * b1 + (middle & 0xffff);
  return (a1 * b1 + Math.floor(middle / 65536) + Math.floor(carry / 65536)) >>> 0;
}

/** Philox4x32-10 of u32 words: 4 random words for a 128-bit counter and a 64-bit key. */
export function philox4x32([c0, c1, c2, c3]: Words4, [k0, k1]: Words2): Words4 {
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(0xd2511f53, c0);
    const low0 = Math.imul(0xd2511f53, c0) >>> 0;
    const high1 = multiplyHigh(0xcd9e8d57, c2);
    const low1 = Math.imul(0xcd9e8d57, c2) >>> 0;
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0;
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  return [c0, c1, c2, c3];
}

export interface RandomStream {
  /** Number `index` (0, 1, ..) of the uniform distribution on the open interval (0, 1), 52 bits. */
  readonly uniform: (index: number) => number;
  /** Number `index` of the standard normal distribution. */
  readonly normal: (index: number) => number;
}

/** 52 bits centred in their cell: never 0 or 1, and exact in f64. */
const unit = (high: number, low: number) => ((high >>> 6) * 2 ** 26 + (low >>> 6) + 0.5) * 2 ** -52;

/** Whether `seed` can key a stream: an integer in 0 .. 2^53 - 1. */
export function isSeed(seed: unknown): seed is number {
  return typeof seed === 'number' && Number.isSafeInteger(seed) && seed >= 0;
}

/**
 * The stream `stream` of `seed`. Block k holds the uniform numbers 2k (words 0, 1) and 2k + 1 (words 2, 3), and,
 * by Box-Muller from this pair (u, v), the normal numbers 2k and 2k + 1: sqrt(-2 log u) times cos and sin of 2 pi v.
 * @param seed integer in 0 .. 2^53 - 1; anything else throws a RangeError.
 * @param stream u32; different streams of a seed are independent (0: weights).
 */
export function randomStream(seed: number, stream = 0): RandomStream {
  if (!isSeed(seed)) throw new RangeError(`a seed is an integer in 0 .. 2^53 - 1, not ${String(seed)}`);
  const key: Words2 = [seed >>> 0, Math.floor(seed / 2 ** 32)];
  let cached = -1;
  let pair: Words2 = [0, 0];
  const block = (k: number): Words2 => {
    if (k !== cached) {
      const [w0, w1, w2, w3] = philox4x32([k >>> 0, Math.floor(k / 2 ** 32), stream >>> 0, 0], key);
      pair = [unit(w0, w1), unit(w2, w3)];
      cached = k;
    }
    return pair;
  };
  return {
    uniform: (index) => block(Math.floor(index / 2))[index % 2],
    normal: (index) => {
      const [u, v] = block(Math.floor(index / 2));
      const radius = Math.sqrt(-2 * Math.log(u));
      const angle = 2 * Math.PI * v;
      return radius * (index % 2 === 0 ? Math.cos(angle) : Math.sin(angle));
    },
  };
}

/**
 * Gaussian orthogonal ensemble, N x N and exactly symmetric: off-diagonal variance scale^2/N, diagonal twice that.
 * Element (i, j) with i <= j is made of normal number i N + j of stream 0; (j, i) repeats it.
 */
export function goe(size: number, seed: number, scale = 1): Matrix {
  const { normal } = randomStream(seed);
  const data = new Float64Array(size * size);
  const deviation = scale / Math.sqrt(size);
  for (let i = 0; i < size; i++) {
    data[i * size + i] = Math.SQRT2 * deviation * normal(i * size + i);
    for (let j = i + 1; j < size; j++)
      data[i * size + j] = data[j * size + i] = deviation * normal(i * size + j);
  }
  return { rows: size, columns: size, data };
}

/** Independent normal entries of variance scale^2/N, N x N; element (i, j) is made of normal number i N + j of stream 0. */
export function gaussian(size: number, seed: number, scale = 1): Matrix {
  const { normal } = randomStream(seed);
  const deviation = scale / Math.sqrt(size);
  const data = Float64Array.from({ length: size * size }, (_, k) => deviation * normal(k));
  return { rows: size, columns: size, data };
}
