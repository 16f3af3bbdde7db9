/** Sampling a box of states: the same points for the same seed, on any machine. */
import { randomStream } from '../model/random.js';

/** lo and hi of every coordinate; one pair stands for all of them. */
export type Box = readonly [number, number] | readonly (readonly [number, number])[];

/** Streams of random numbers of the analysis; 0 is that of weights. */
export const STREAM = {
  blind: 11,
  search: 12,
  regions: 13,
  experiments: 14,
  rises: 15,
  retrieval: 16,
  capacity: 17,
  drains: 18,
  pushes: 21,
} as const;

/** The box as one pair for each of n coordinates. @throws RangeError where a pair is not lo < hi, or pairs are missing. */
export function boxOf(box: Box, n: number): readonly (readonly [number, number])[] {
  const isPair = (b: Box): b is readonly [number, number] => typeof b[0] === 'number';
  const pairs = isPair(box) ? Array.from({ length: n }, () => box) : box;
  if (pairs.length !== n || pairs.some(([lo, hi]) => !(lo < hi && Number.isFinite(hi - lo))))
    throw new RangeError(`a box is one pair lo < hi, or ${String(n)} of them`);
  return pairs;
}

/** Uniform states of a box; state k is a function of k, the seed and the stream. */
export function uniformStates(box: Box, n: number, seed: number, stream: number) {
  const pairs = boxOf(box, n);
  const { uniform } = randomStream(seed, stream);
  return (k: number): Float64Array =>
    Float64Array.from(pairs, ([lo, hi], i) => lo + (hi - lo) * uniform(k * n + i));
}

/** Lets the event loop run (a page stays alive, an abort arrives) and throws where the signal says so. */
export async function breathe(signal: AbortSignal | undefined): Promise<void> {
  await new Promise((done) => setTimeout(done, 0));
  signal?.throwIfAborted();
}

/** How a long analysis is watched and stopped. */
export interface Watch {
  /** Stops the work soon; the promise rejects with its reason. */
  readonly signal?: AbortSignal;
  /** Called now and then with the part done, 0 to 1. */
  readonly onProgress?: (done: number) => void;
}

/** Calls `work` for 0 .. count - 1, with a breath every 20 milliseconds. */
export async function forEachWatched(
  count: number,
  { signal, onProgress }: Watch,
  work: (index: number) => void,
): Promise<void> {
  let last = performance.now();
  for (let k = 0; k < count; k++) {
    work(k);
    if (performance.now() - last < 20) continue;
    onProgress?.((k + 1) / count);
    await breathe(signal);
    last = performance.now();
  }
  onProgress?.(1);
}
