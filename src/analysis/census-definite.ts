/**
 * The stability of patterns under symmetric W and R = I, one neuron at a time. The flow inside a cell has the Jacobian
 * W D - I (eqs. 1, 13) or D W - I (eq. 9), whose eigenvalues are those of -M and -1, M = I - D^1/2 W D^1/2 over the
 * neurons with a slope. They are real, and all negative exactly if M is positive definite.
 *
 * M of a prefix is a principal submatrix of M of every pattern that begins with it. By Cauchy's interlacing theorem
 * its least eigenvalue is no smaller than theirs: a prefix that is not positive semidefinite rules out all of them.
 */
import type { CellSystem } from './census-system.js';

/** Pivots of M within this of 0, relative to the terms they were computed from, are 0. */
const ROUNDING = 1e-12;

/** The Cholesky factor of M, grown along a depth-first walk; a step costs a^2 / 2 for a neurons with a slope. */
export class DefiniteGuard {
  readonly #system: CellSystem;
  /** Neurons with a slope among the decided ones, in order, and the roots of their slopes. */
  readonly #alive: Uint8Array;
  readonly #roots: Float64Array;
  /** How many there are before the neuron decided at each depth. */
  readonly #count: Uint8Array;
  /** Row k of the Cholesky factor starts at k N; zeros on the diagonal stand for themselves. */
  readonly #factor: Float64Array;
  #depth = 0;

  constructor(system: CellSystem) {
    const { size } = system;
    this.#system = system;
    this.#alive = new Uint8Array(size);
    this.#roots = new Float64Array(size);
    this.#count = new Uint8Array(size + 1);
    this.#factor = new Float64Array(size * size);
  }

  /**
   * Puts `neuron` into a cell as the decision number `depth`; forgets decisions from that number on.
   * @returns whether M is still positive semidefinite.
   */
  enter(depth: number, neuron: number, cell: number): boolean {
    const { slope } = this.#system.cells[neuron][cell];
    this.#depth = depth + 1;
    const count = this.#count[depth];
    this.#count[depth + 1] = count;
    if (slope === 0) return true;
    this.#count[depth + 1] = count + 1;
    return this.#grow(count, neuron, Math.sqrt(slope));
  }

  /** Whether M of all that is decided is singular. */
  get marginal(): boolean {
    const n = this.#system.size;
    for (let k = 0; k < this.#count[this.#depth]; k++) if (this.#factor[k * n + k] === 0) return true;
    return false;
  }

  #grow(count: number, neuron: number, root: number): boolean {
    const { size: n, weights } = this.#system;
    const factor = this.#factor;
    const row = count * n;
    this.#alive[count] = neuron;
    this.#roots[count] = root;
    const own = weights.data[neuron * n + neuron] * root * root;
    let rest = 1 - own;
    let terms = 1 + Math.abs(own);
    for (let k = 0; k < count; k++) {
      let entry = -root * this.#roots[k] * weights.data[neuron * n + this.#alive[k]];
      const pivot = factor[k * n + k];
      const size = 1 + Math.abs(entry);
      for (let j = 0; j < k; j++) entry -= factor[row + j] * factor[k * n + j];
      // Beside a zero on the diagonal only zeros leave a matrix semidefinite.
      if (pivot === 0 && Math.abs(entry) > Math.sqrt(ROUNDING) * (size + terms)) return false;
      const value = pivot === 0 ? 0 : entry / pivot;
      factor[row + k] = value;
      rest -= value * value;
      terms += value * value;
    }
    if (rest < -ROUNDING * terms) return false;
    factor[row + count] = rest <= ROUNDING * terms ? 0 : Math.sqrt(rest);
    return true;
  }
}
