/**
 * The Newton step d = Dr^-1 r of a network in as few unknowns as have a say. A neuron whose h is next to 0 (dead, saturated)
 * leaves in Dr = W H - I (eq. 9: H W - I) a column (a row) that is next to -1 on the diagonal and 0 elsewhere:
 *
 *   eqs. 1, 13:  the others are solved for without it, and d_j = sum_k W_jk h_k d_k - r_j follows
 *   eq. 9:       d_j = -r_j is known beforehand
 *
 * Next to 0 means |W_j| h_j <= 0.03 |r| / (1 + |y|), |W_j| the length of column (row) j: an inexact Newton method with a
 * forcing term that falls with |r|, so it converges as fast (Dembo, Eisenstat, Steihaug 1982). On random networks of 8 to
 * 24 tanh neurons it takes as many steps to as many points, with half of the multiplications (measured).
 */
import { norm, type Evaluator } from '../model/evaluator.js';
import { Lu } from '../math/lu.js';
import { weightsOf, type Linearisation } from './linearisation.js';

const FORCING = 0.03;

/** Newton steps at the evaluator's state; nothing is allocated after construction. */
export class NewtonStep {
  readonly #evaluator: Evaluator;
  readonly #linearisation: Linearisation;
  readonly #weights: Float64Array;
  readonly #lengths: Float64Array;
  readonly #lu: Lu;
  /** The neurons that are solved for, from the start, and the others, from the end. */
  readonly #order: Int32Array;
  readonly #slopes: Float64Array;
  readonly #small: readonly Float64Array[];

  constructor(evaluator: Evaluator, linearisation: Linearisation) {
    const n = evaluator.y.length;
    this.#evaluator = evaluator;
    this.#linearisation = linearisation;
    this.#weights = weightsOf(evaluator.problem.network).data;
    this.#lengths = lengthsOf(this.#weights, n, evaluator.problem.equation === 9);
    this.#lu = new Lu(n);
    this.#order = new Int32Array(n);
    this.#slopes = new Float64Array(n);
    const known = new Float64Array(n);
    this.#small = Array.from({ length: n + 1 }, (_, m) => known.subarray(0, m));
  }

  /** Writes d to `out`; the smallest over the largest pivot, 0 or NaN where there is no d. */
  solve(out: Float64Array): number {
    this.#linearisation.update();
    // H of a layer whose neurons act on each other is no diagonal.
    const m = this.#linearisation.blocks.length > 0 ? out.length : this.#choose();
    if (m === out.length) return this.#solveAll(out);
    return this.#evaluator.problem.equation === 9 ? this.#solveRates(out, m) : this.#solveStates(out, m);
  }

  /** Sorts the neurons; how many are solved for. */
  #choose(): number {
    const { y, r } = this.#evaluator;
    const { diagonal: h } = this.#linearisation;
    const negligible = FORCING * Math.min(1, norm(r) / (1 + norm(y)));
    let first = 0;
    let last = h.length;
    for (let j = 0; j < h.length; j++) {
      if (Math.abs(h[j]) * this.#lengths[j] <= negligible) this.#order[--last] = j;
      else this.#order[first++] = j;
    }
    return first;
  }

  #solveAll(out: Float64Array): number {
    this.#linearisation.residual(this.#lu.matrix);
    const ratio = this.#lu.factor();
    out.set(this.#evaluator.r);
    if (ratio > 0) this.#lu.solve(out);
    return ratio;
  }

  /** W H - I without the columns of the others. */
  #solveStates(out: Float64Array, m: number): number {
    const n = out.length;
    const order = this.#order;
    const w = this.#weights;
    const { r } = this.#evaluator;
    const { diagonal: h } = this.#linearisation;
    const a = this.#lu.matrix;
    const d = this.#small[m];
    const slopes = this.#slopes;
    for (let q = 0; q < m; q++) {
      slopes[q] = h[order[q]];
      d[q] = r[order[q]];
    }
    for (let p = 0, at = 0; p < m; p++) {
      const row = order[p] * n;
      for (let q = 0; q < m; q++) a[at + q] = w[row + order[q]] * slopes[q];
      a[at + p] -= 1;
      at += m;
    }
    const ratio = this.#lu.factor(m);
    if (!(ratio > 0)) return ratio;
    this.#lu.solve(d);
    for (let p = 0; p < m; p++) {
      out[order[p]] = d[p];
      d[p] *= slopes[p];
    }
    for (let p = m; p < n; p++) {
      const row = order[p] * n;
      let sum = -r[order[p]];
      for (let q = 0; q < m; q++) sum += w[row + order[q]] * d[q];
      out[order[p]] = sum;
    }
    return ratio;
  }

  /** H W - I without the rows of the others. */
  #solveRates(out: Float64Array, m: number): number {
    const n = out.length;
    const order = this.#order;
    const w = this.#weights;
    const { r } = this.#evaluator;
    const { diagonal: h } = this.#linearisation;
    const a = this.#lu.matrix;
    const d = this.#small[m];
    for (let p = 0, at = 0; p < m; p++) {
      const i = order[p];
      const row = i * n;
      for (let q = 0; q < m; q++, at++) a[at] = h[i] * w[row + order[q]];
      a[p * m + p] -= 1;
      let sum = 0;
      for (let q = m; q < n; q++) sum += w[row + order[q]] * r[order[q]];
      d[p] = r[i] + h[i] * sum;
    }
    const ratio = this.#lu.factor(m);
    if (!(ratio > 0)) return ratio;
    this.#lu.solve(d);
    for (let p = 0; p < m; p++) out[order[p]] = d[p];
    for (let p = m; p < n; p++) out[order[p]] = -r[order[p]];
    return ratio;
  }
}

/** Lengths of the columns of W, or of its rows. */
function lengthsOf(w: Float64Array, n: number, rows: boolean): Float64Array {
  const squares = new Float64Array(n);
  for (let i = 0, at = 0; i < n; i++)
    for (let j = 0; j < n; j++, at++) squares[rows ? i : j] += w[at] * w[at];
  return squares.map(Math.sqrt);
}
