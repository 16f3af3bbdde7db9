/**
 * The Newton step d = Dr^-1 r of a network in as few unknowns as have a say. A neuron whose h is next to 0 (dead, saturated)
 * leaves in Dr = W H - I (eq. 9: H W - I) a column (a row) that is next to -1 on the diagonal and 0 elsewhere:
 *
 *   eqs. 1, 13:  the others are solved for without it, and d_j = sum_k W_jk h_k d_k - r_j follows
 *   eq. 9:       d_j = -r_j is known beforehand
 *
 * Next to 0 means |W_j| h_j <= 0.3 |r| / (1 + |y|), |W_j| the length of column (row) j: an inexact Newton method with a
 * forcing term that falls with |r| (0.3 for each neuron left out), so it converges as fast (Dembo, Eisenstat, Steihaug
 * 1982). On random networks of 8 to 24 tanh neurons it takes as many steps to as many points, with half of the
 * multiplications (measured).
 */
import { norm, type Evaluator } from '../model/evaluator.js';
import { Lu } from '../math/lu.js';
import { weightsOf, type Linearisation } from './linearisation.js';

const FORCING = 0.3;

/** Newton steps at the evaluator's state; nothing is allocated after construction. */
export class NewtonStep {
  readonly #evaluator: Evaluator;
  readonly #linearisation: Linearisation;
  readonly #weights: Float64Array;
  readonly #lengths: Float64Array;
  readonly #lu: Lu;
  /** The neurons that are solved for, from the start, and the others, from the end. */
  readonly #order: Int32Array;
  /** h of those that are solved for. */
  readonly #slopes: Float64Array;
  readonly #small: readonly Float64Array[];
  /** How many neurons are solved for. */
  #m = 0;

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
    this.#m = this.#linearisation.blocks.length > 0 ? out.length : this.#choose();
    const ratio = this.#factor();
    if (ratio > 0) this.again(out);
    return ratio;
  }

  /** Writes Dr^-1 r to `out`: Dr where `solve` was called last, r where the evaluator is now. */
  again(out: Float64Array): void {
    if (this.#m === out.length) {
      out.set(this.#evaluator.r);
      this.#lu.solve(out);
    } else if (this.#evaluator.problem.equation === 9) this.#applyRates(out);
    else this.#applyStates(out);
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

  /** Factors Dr, or its rows and columns of the neurons that are solved for. */
  #factor(): number {
    const m = this.#m;
    const n = this.#order.length;
    if (m === n) {
      this.#linearisation.residual(this.#lu.matrix);
      return this.#lu.factor();
    }
    const order = this.#order;
    const w = this.#weights;
    const { diagonal: h } = this.#linearisation;
    const a = this.#lu.matrix;
    const slopes = this.#slopes;
    for (let q = 0; q < m; q++) slopes[q] = h[order[q]];
    const rates = this.#evaluator.problem.equation === 9;
    for (let p = 0, at = 0; p < m; p++) {
      const row = order[p] * n;
      if (rates) for (let q = 0; q < m; q++) a[at + q] = slopes[p] * w[row + order[q]];
      else for (let q = 0; q < m; q++) a[at + q] = w[row + order[q]] * slopes[q];
      a[at + p] -= 1;
      at += m;
    }
    return this.#lu.factor(m);
  }

  /** W H - I without the columns of the others. */
  #applyStates(out: Float64Array): void {
    const m = this.#m;
    const n = out.length;
    const order = this.#order;
    const w = this.#weights;
    const { r } = this.#evaluator;
    const d = this.#small[m];
    for (let p = 0; p < m; p++) d[p] = r[order[p]];
    this.#lu.solve(d);
    for (let p = 0; p < m; p++) {
      out[order[p]] = d[p];
      d[p] *= this.#slopes[p];
    }
    for (let p = m; p < n; p++) {
      const row = order[p] * n;
      let sum = -r[order[p]];
      for (let q = 0; q < m; q++) sum += w[row + order[q]] * d[q];
      out[order[p]] = sum;
    }
  }

  /** H W - I without the rows of the others. */
  #applyRates(out: Float64Array): void {
    const m = this.#m;
    const n = out.length;
    const order = this.#order;
    const w = this.#weights;
    const { r } = this.#evaluator;
    const d = this.#small[m];
    for (let p = 0; p < m; p++) {
      const row = order[p] * n;
      let sum = 0;
      for (let q = m; q < n; q++) sum += w[row + order[q]] * r[order[q]];
      d[p] = r[order[p]] + this.#slopes[p] * sum;
    }
    this.#lu.solve(d);
    for (let p = 0; p < m; p++) out[order[p]] = d[p];
    for (let p = m; p < n; p++) out[order[p]] = -r[order[p]];
  }
}

/** Lengths of the columns of W, or of its rows. */
function lengthsOf(w: Float64Array, n: number, rows: boolean): Float64Array {
  const squares = new Float64Array(n);
  for (let i = 0, at = 0; i < n; i++)
    for (let j = 0; j < n; j++, at++) squares[rows ? i : j] += w[at] * w[at];
  return squares.map(Math.sqrt);
}
