/**
 * The stability of patterns under symmetric W and R = I, one neuron at a time. The flow inside a cell has the Jacobian
 * W D - I (eqs. 1, 13) or D W - I (eq. 9), whose eigenvalues are those of -M and -1, M = I - D^1/2 W D^1/2 over the
 * neurons with a slope. They are real, and all negative exactly if M is positive definite.
 *
 * M of a prefix is a principal submatrix of M of every pattern that begins with it. By Cauchy's interlacing theorem
 * its least eigenvalue is no smaller than theirs: a prefix that is not positive semidefinite rules out all of them.
 */
import type { CellSystem } from './census-system.js';

/** The Cholesky factorisation of M, grown and cut back along a depth-first walk. */
export class DefiniteGuard {
  readonly #system: CellSystem;
  /** Neurons with a slope that are decided, and the roots of their slopes. */
  readonly #alive: number[] = [];
  readonly #roots: number[] = [];
  /** Rows of the Cholesky factor; row k has k + 1 numbers. */
  readonly #factor: Float64Array[] = [];
  /** Neurons in the order of decision; the number of alive ones before each. */
  readonly #decided: number[] = [];
  readonly #before: number[] = [];

  constructor(system: CellSystem) {
    this.#system = system;
  }

  /**
   * Decides `neuron`, and forgets all that was decided since it was decided last.
   * @returns whether M is still positive semidefinite.
   */
  enter(neuron: number, cell: number): boolean {
    const at = this.#decided.indexOf(neuron);
    if (at >= 0) {
      this.#alive.length = this.#before[at];
      this.#roots.length = this.#factor.length = this.#alive.length;
      this.#decided.length = this.#before.length = at;
    }
    this.#decided.push(neuron);
    this.#before.push(this.#alive.length);
    const { slope } = this.#system.cells[neuron][cell];
    return slope === 0 || this.#grow(neuron, Math.sqrt(slope));
  }

  /** Whether M of all that is decided is singular. */
  get marginal(): boolean {
    return this.#factor.some((row, k) => row[k] === 0);
  }

  #grow(neuron: number, root: number): boolean {
    const { size: n, weights } = this.#system;
    const count = this.#alive.length;
    const row = new Float64Array(count + 1);
    const own = weights.data[neuron * n + neuron] * root * root;
    let rest = 1 - own;
    let terms = 1 + Math.abs(own);
    for (let k = 0; k < count; k++) {
      const other = this.#factor[k];
      let entry = -root * this.#roots[k] * weights.data[neuron * n + this.#alive[k]];
      let size = Math.abs(entry);
      for (let j = 0; j < k; j++) {
        entry -= row[j] * other[j];
        size += Math.abs(row[j] * other[j]);
      }
      const isZero = other[k] === 0;
      // Beside a zero on the diagonal only zeros leave a matrix semidefinite.
      if (isZero && Math.abs(entry) > Math.sqrt(ROUNDING) * (1 + size)) return false;
      row[k] = isZero ? 0 : entry / other[k];
      rest -= row[k] * row[k];
      terms += row[k] * row[k];
    }
    if (rest < -ROUNDING * terms) return false;
    row[count] = rest <= ROUNDING * terms ? 0 : Math.sqrt(rest);
    this.#alive.push(neuron);
    this.#roots.push(root);
    this.#factor.push(row);
    return true;
  }
}

/** Pivots of M within this of 0, relative to the terms they were computed from, are 0. */
const ROUNDING = 1e-12;
