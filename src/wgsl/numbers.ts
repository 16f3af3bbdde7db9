/**
 * How the model's numbers (W, b, R, parameters, coefficients) reach a kernel. The rest of the text asks for
 * them by contract and never learns which of these it got:
 *
 * - `text`: literals. On software adapters this is 15 to 27 times faster than loads (performance.md 0.2).
 * - `uniform`: one uniform buffer, so that a slider changes numbers without compiling again.
 * - `storage`: one storage buffer for networks of any size.
 */
import { f32, u32 } from './literal.js';

/** Where the model's numbers stand: in the text, in a uniform buffer or in a storage buffer. */
export type NumberStyle = 'text' | 'uniform' | 'storage';

/** A run of numbers in the store. */
export interface Run {
  /** WGSL expression of number `index`. */
  readonly at: (index: number) => string;
  /** Position of the run in the storage buffer. */
  readonly base: number;
  /** The values, so that a text may leave out what is zero; only with style `text`. */
  readonly known: ArrayLike<number> | undefined;
}

export class NumberStore {
  readonly #style: NumberStyle;
  readonly #values: number[] = [];

  constructor(style: NumberStyle) {
    this.#style = style;
  }

  add(values: ArrayLike<number> & Iterable<number>): Run {
    if (this.#style === 'text') return { at: (i) => f32(values[i]), base: 0, known: values };
    const base = this.#values.length;
    for (const value of values) this.#values.push(value);
    const at =
      this.#style === 'uniform'
        ? (i: number) => `numbers[${u32((base + i) >> 2)}].${'xyzw'[(base + i) & 3]}`
        : (i: number) => `numbers[${u32(base + i)}]`;
    return { at, base, known: undefined };
  }

  /** Contents of the buffer at group 0, binding 0; empty with style `text`. Padded to whole vec4f. */
  data(): Float32Array {
    const padded = new Float32Array(Math.ceil(this.#values.length / 4) * 4);
    padded.set(this.#values);
    return padded;
  }

  declaration(): string {
    const count = Math.max(1, Math.ceil(this.#values.length / 4));
    if (this.#style === 'uniform')
      return `@group(0) @binding(0) var<uniform> numbers: array<vec4f, ${String(count)}>;\n`;
    if (this.#style === 'storage') return '@group(0) @binding(0) var<storage, read> numbers: array<f32>;\n';
    return '';
  }
}
