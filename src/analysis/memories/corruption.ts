/** Cues: patterns of which a part was flipped, drowned in noise, or masked. */
import type { RandomStream } from '../../model/random.js';

/** Ways to corrupt a pattern, with what a level is. */
export const corruptions = {
  flip: 'share of the neurons that are mirrored between the least and the largest number of the pattern',
  noise: 'standard deviation of Gaussian noise, over that of the pattern',
  mask: 'share of the neurons, a run of neighbours, that are set to the mean of the pattern',
} as const;
/** Name of a way to corrupt a pattern. */
export type CorruptionKind = keyof typeof corruptions;

/** Draws numbers one after the other. */
export class Draw {
  readonly #stream: RandomStream;
  #next: number;

  /** @param first index of the first number in the stream. */
  constructor(stream: RandomStream, first: number) {
    this.#stream = stream;
    this.#next = first;
  }
  uniform(): number {
    return this.#stream.uniform(this.#next++);
  }
  normal(): number {
    return this.#stream.normal(this.#next++);
  }
}

/** Numbers that corrupting n neurons draws at most. */
export const drawsOf = (n: number): number => n + 2;

/**
 * A corrupted copy of a pattern.
 * @param level of flip and mask 0 to 1, of noise at least 0.
 */
export function corrupt(
  pattern: Float64Array,
  kind: CorruptionKind,
  level: number,
  draw: Draw,
): Float64Array {
  const n = pattern.length;
  const cue = Float64Array.from(pattern);
  const mean = pattern.reduce((a, b) => a + b, 0) / n;
  switch (kind) {
    case 'flip': {
      const [least, largest] = [
        pattern.reduce((a, b) => Math.min(a, b)),
        pattern.reduce((a, b) => Math.max(a, b)),
      ];
      for (const i of choose(n, Math.round(level * n), draw)) cue[i] = least + largest - pattern[i];
      return cue;
    }
    case 'noise': {
      const square = pattern.reduce((sum, x) => sum + (x - mean) ** 2, 0);
      const size = level * Math.sqrt(square / n);
      return cue.map((x) => x + size * draw.normal());
    }
    case 'mask': {
      const first = Math.floor(n * draw.uniform());
      for (let k = 0; k < Math.round(level * n); k++) cue[(first + k) % n] = mean;
      return cue;
    }
  }
}

/** `count` of the numbers 0 .. n - 1, every choice as likely (Fisher and Yates). */
function choose(n: number, count: number, draw: Draw): Uint32Array {
  const all = Uint32Array.from({ length: n }, (_, i) => i);
  for (let k = 0; k < count; k++) {
    const other = k + Math.floor((n - k) * draw.uniform());
    [all[k], all[other]] = [all[other], all[k]];
  }
  return all.subarray(0, count);
}
