/**
 * Memories of +-1 patterns under the asynchronous sign map: neuron by neuron, s_i becomes the sign of what lowers the
 * energy, until nothing changes. It is the limit of infinite gain of the flow (tanh(beta x), beta -> infinity), in which
 * the classical capacities are stated, and every energy here can only fall, so it ends.
 *
 *   E = -sum_k F(M_k), M_k = xi_k.s;   s_i = sign sum_k xi_ki (F(a_k + 1) - F(a_k - 1)), a_k = M_k - xi_ki s_i
 *
 *   hebbian         F = x^2: W = xi^T xi / N without its diagonal
 *   dense n         F = x^n (D. Krotov, J. Hopfield, NIPS 2016, arXiv:1606.01164)
 *   softmax         F = e^x (M. Demircigil et al., J. Stat. Phys. 168 (2017) 288), attention at beta = 1 (Ramsauer et al. 2021)
 *   pseudo-inverse  W = xi^+ xi without its diagonal (I. Kanter, H. Sompolinsky, Phys. Rev. A 35 (1987) 380)
 *
 * The overlaps M are integers between -N and N, so F is a table, and no N x N matrix is made: a sweep costs P N.
 */
import type { Algebra } from '../../model/algebra.js';
import type { Matrix } from '../../types.js';
import type { Breath } from '../jobs.js';

/** How patterns are stored. */
export type CapacityRule =
  | { readonly name: 'hebbian' | 'pseudo-inverse' | 'softmax' }
  | { readonly name: 'dense'; readonly n: number };

/** P patterns of N numbers +-1, neuron by neuron: xi[i P + k] is neuron i of pattern k. */
export interface SignPatterns {
  readonly size: number;
  readonly count: number;
  readonly xi: Int8Array;
}

/** What the map needs of a memory: the field of a neuron, and to be told of flips. */
interface Fields {
  /** Operations of one neuron: of each call of `add`, `field` and `flipped`. */
  readonly cost: number;
  /** Forgets the state; then all neurons are added. */
  clear(): void;
  add(i: number, s: Int8Array): void;
  /** Has the sign that s_i should have; 0 where both do as well. */
  field(i: number, s: Int8Array): number;
  /** s_i has just become its opposite. */
  flipped(i: number, s: Int8Array): void;
}

/** Largest N of `softmax`: e^-N is the smallest weight that counts. */
export const MAX_EXPONENTIAL = 256;
const MOST_SWEEPS = 200;

/** A network under the sign map. */
export class SignMemory {
  readonly patterns: SignPatterns;
  readonly #fields: Fields;

  private constructor(patterns: SignPatterns, fields: Fields) {
    this.patterns = patterns;
    this.#fields = fields;
  }

  /**
   * Stores patterns.
   * @throws RangeError where the pseudo-inverse of more than 4096 patterns is asked for.
   */
  static async store(
    rule: CapacityRule,
    patterns: SignPatterns,
    algebra: Algebra,
    breath: Breath,
  ): Promise<SignMemory> {
    if (rule.name !== 'pseudo-inverse')
      return new SignMemory(patterns, overlapFields(patterns, tableOf(rule, patterns.size)));
    const steps = algebra.rowSpaceSteps(matrixOf(patterns));
    for (;;) {
      const { done, value } = steps.next();
      if (done) return new SignMemory(patterns, projectorFields(value));
      if (breath.due) await breath.take();
    }
  }

  /**
   * Sweeps over the neurons in their order until a sweep changes nothing; `s` becomes the end.
   * @returns whether it came to rest within 200 sweeps.
   */
  async settle(s: Int8Array, breath: Breath): Promise<boolean> {
    const fields = this.#fields;
    fields.clear();
    for (let i = 0; i < s.length; i++) {
      fields.add(i, s);
      if (breath.dueAfter(fields.cost)) await breath.take();
    }
    for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
      let changed = false;
      for (let i = 0; i < s.length; i++) {
        if (breath.dueAfter(fields.cost)) await breath.take();
        if (fields.field(i, s) * s[i] >= 0) continue;
        s[i] = -s[i];
        fields.flipped(i, s);
        changed = true;
      }
      if (!changed) return true;
    }
    return false;
  }

  /** Pattern k as a state. */
  pattern(k: number): Int8Array {
    const { size, count, xi } = this.patterns;
    return Int8Array.from({ length: size }, (_, i) => xi[i * count + k]);
  }
}

/** F(a + 1) - F(a - 1) for a = -N .. N, up to a factor; none where F = x^2, for which it is a itself. */
function tableOf(
  rule: Exclude<CapacityRule, { name: 'pseudo-inverse' }>,
  n: number,
): Float64Array | undefined {
  const power = rule.name === 'dense' ? rule.n : 2;
  if (rule.name !== 'softmax' && power === 2) return undefined;
  const step =
    rule.name === 'softmax'
      ? (a: number) => Math.exp(a - n)
      : // Scaled, so that large powers do not overflow.
        (a: number) => ((a + 1) / n) ** power - ((a - 1) / n) ** power;
  return Float64Array.from({ length: 2 * n + 1 }, (_, k) => step(k - n));
}

function overlapFields({ size, count, xi }: SignPatterns, table: Float64Array | undefined): Fields {
  const overlaps = new Int32Array(count);
  return {
    cost: count,
    clear: () => {
      overlaps.fill(0);
    },
    add: (i, s) => {
      for (let k = 0, at = i * count; k < count; k++, at++) overlaps[k] += xi[at] * s[i];
    },
    field: (i, s) => {
      let sum = 0;
      if (!table) {
        // F = x^2: sums of whole numbers, three times as fast as the table.
        for (let k = 0, at = i * count; k < count; k++, at++) sum += xi[at] * overlaps[k];
        return sum - count * s[i];
      }
      for (let k = 0, at = i * count; k < count; k++, at++)
        sum += xi[at] * table[overlaps[k] - xi[at] * s[i] + size];
      return sum;
    },
    flipped: (i, s) => {
      for (let k = 0, at = i * count; k < count; k++, at++) overlaps[k] += 2 * xi[at] * s[i];
    },
  };
}

/** W = Q^T Q without its diagonal, with the rows of Q orthonormal. */
function projectorFields({ rows, columns, data }: Matrix): Fields {
  // Neuron by neuron, as the fields are asked for.
  const q = new Float64Array(data.length);
  const diagonal = new Float64Array(columns);
  for (let k = 0; k < rows; k++)
    for (let i = 0; i < columns; i++) {
      q[i * rows + k] = data[k * columns + i];
      diagonal[i] += data[k * columns + i] ** 2;
    }
  const overlaps = new Float64Array(rows);
  return {
    cost: rows,
    clear: () => {
      overlaps.fill(0);
    },
    add: (i, s) => {
      for (let k = 0, at = i * rows; k < rows; k++, at++) overlaps[k] += q[at] * s[i];
    },
    field: (i, s) => {
      let sum = -diagonal[i] * s[i];
      for (let k = 0, at = i * rows; k < rows; k++, at++) sum += q[at] * overlaps[k];
      // Where all is stored W = I, and what is left is rounding.
      return Math.abs(sum) <= 1e-12 ? 0 : sum;
    },
    flipped: (i, s) => {
      for (let k = 0, at = i * rows; k < rows; k++, at++) overlaps[k] += 2 * q[at] * s[i];
    },
  };
}

function matrixOf({ size, count, xi }: SignPatterns): Matrix {
  const data = new Float64Array(size * count);
  for (let k = 0; k < count; k++) for (let i = 0; i < size; i++) data[k * size + i] = xi[i * count + k];
  return { rows: count, columns: size, data };
}
