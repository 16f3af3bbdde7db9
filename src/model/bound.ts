/**
 * Running error bounds: how far an f32 kernel may be from the f64 twin at one state, to first order.
 *
 * A tracked number or vector carries a bound of its own error. A sum of n terms adds sqrt(n) u sum|terms|
 * (u = 2^-24; rounding errors behave like a random walk), a function of the table adds 2^-22 max(1, |value|) and
 * what the error of its argument does to it, measured by evaluating at both ends of the argument's interval, so
 * that a kink inside it counts with its full jump. Numbers that f32 cannot hold start with their rounding error.
 * Comparisons allow four times the bound (docs/precision.md).
 */
import type { Matrix, Quantity } from '../types.js';
import type { Algebra } from './algebra.js';
import { DEAD_EIGENVALUE, type Layer64 } from './activation.js';
import { dot, Evaluator, norm, SINGULAR } from './evaluator.js';
import type { Weights } from './network.js';
import type { Problem } from './problem.js';

/** Unit roundoff of f32. */
export const ROUNDOFF = 2 ** -24;
/**
 * What the bounds become for values of the f64 twin: every term of them is proportional to the unit roundoff, and the
 * table's f64 functions lose a few ulp as the f32 ones do (2^-22 becomes 2^-51).
 */
export const F64_SHARE = 2 ** -29;
/** Multiples of the running error bound that a value may be off. */
export const BOUND_FACTOR = 4;
/** Absolute error of a table function, relative to max(1, |value|). */
const FUNCTION = 2 ** -22;
/** Relative window around the dead threshold in which two precisions may disagree on a count or a mask. */
const THRESHOLD_WINDOW = 0.3;

/** Devices may flush numbers below 2^-126 to 0, also on the way to a result. */
const FLUSHED = 2 ** -120;
/** Beyond this, squares and products overflow f32: comparisons of such numbers decide nothing. */
const OVERFLOWING = 1e18;

interface Tracked {
  readonly value: Float64Array;
  readonly error: Float64Array;
}

interface TrackedNumber {
  readonly value: number;
  readonly error: number;
}

const exact = (value: Float64Array): Tracked => ({
  value,
  error: value.map((v) => Math.abs(v - Math.fround(v))),
});

/** Error of a component: `map(i)`. */
function tracked(value: Float64Array, error: (i: number) => number): Tracked {
  const errors = new Float64Array(value.length);
  for (let i = 0; i < errors.length; i++) errors[i] = error(i);
  return { value, error: errors };
}

function add(a: Tracked, b: Tracked, sign = 1): Tracked {
  const value = a.value.map((x, i) => x + sign * b.value[i]);
  return tracked(value, (i) => a.error[i] + b.error[i] + ROUNDOFF * Math.abs(value[i]));
}

function scale(c: number, a: Tracked): Tracked {
  const lost = Math.abs(c - Math.fround(c));
  const value = a.value.map((x) => c * x);
  return tracked(
    value,
    (i) => Math.abs(c) * a.error[i] + lost * Math.abs(a.value[i]) + ROUNDOFF * Math.abs(value[i]),
  );
}

function product(a: Tracked, b: Tracked): TrackedNumber {
  let error = 0;
  let terms = 0;
  for (let i = 0; i < a.value.length; i++) {
    error += Math.abs(a.value[i]) * b.error[i] + Math.abs(b.value[i]) * a.error[i] + a.error[i] * b.error[i];
    terms += Math.abs(a.value[i] * b.value[i]);
  }
  return { value: dot(a.value, b.value), error: error + (Math.sqrt(a.value.length) + 1) * ROUNDOFF * terms };
}

function combine(parts: readonly [number, TrackedNumber][]): TrackedNumber {
  let value = 0;
  let error = 0;
  for (const [c, part] of parts) {
    value += c * part.value;
    error += Math.abs(c) * part.error + 3 * ROUNDOFF * Math.abs(c * part.value);
  }
  return { value, error };
}

/** W times x, errors of the entries included. */
function multiply({ weights, patterns }: Weights, transposed: boolean, x: Tracked): Tracked {
  const n = x.value.length;
  const value = new Float64Array(n);
  const error = new Float64Array(n);
  const terms = new Float64Array(n);
  for (const { row, column, matrix } of weights)
    for (let i = 0; i < matrix.rows; i++)
      for (let j = 0; j < matrix.columns; j++) {
        const w = matrix.data[i * matrix.columns + j];
        const [to, from] = transposed ? [column + j, row + i] : [row + i, column + j];
        const term = w * x.value[from];
        value[to] += term;
        terms[to] += Math.abs(term);
        error[to] += Math.abs(w) * x.error[from] + Math.abs(w - Math.fround(w)) * Math.abs(x.value[from]);
      }
  let count = n;
  for (const { factor, scale: c } of patterns) {
    count += factor.rows;
    for (let k = 0; k < factor.rows; k++) {
      // Two stages, each with its own rounding: the overlap c F_k.x, then its share of every neuron.
      const pattern = exact(factor.data.subarray(k * n, (k + 1) * n));
      const overlap = scaled(c, product(pattern, x));
      for (let i = 0; i < n; i++) {
        const term = pattern.value[i] * overlap.value;
        value[i] += term;
        terms[i] += Math.abs(term);
        error[i] += Math.abs(pattern.value[i]) * overlap.error + pattern.error[i] * Math.abs(overlap.value);
      }
    }
  }
  return tracked(value, (i) => error[i] + (Math.sqrt(count) + 1) * ROUNDOFF * terms[i]);
}

/** c times a number. */
function scaled(c: number, a: TrackedNumber): TrackedNumber {
  const value = c * a.value;
  const lost = Math.abs(c - Math.fround(c));
  return {
    value,
    error: Math.abs(c) * a.error + lost * Math.abs(a.value) + ROUNDOFF * Math.abs(value),
  };
}

const whole = (matrix: Matrix): Weights => ({ weights: [{ row: 0, column: 0, matrix }], patterns: [] });

/** Largest change of `f` over the interval x +- e, from its ends. */
function spread(f: (x: number) => number, x: number, e: number): number {
  const here = f(x);
  return e === 0 ? 0 : Math.max(Math.abs(f(x + e) - here), Math.abs(f(x - e) - here));
}

/** Values and bounds of every quantity at one state. */
export class BoundedEvaluator {
  readonly evaluator: Evaluator;
  readonly #problem: Problem;
  readonly #bias: Tracked;
  #y: Tracked = exact(new Float64Array(0));
  #x: Tracked = this.#y;
  #g: Tracked = this.#y;
  #product: Tracked = this.#y;
  #r: Tracked = this.#y;

  constructor(problem: Problem, algebra: Algebra) {
    this.evaluator = new Evaluator(problem, algebra);
    this.#problem = problem;
    this.#bias = exact(problem.network.bias);
  }

  /**
   * Moves to a state. `stateError` bounds by how much the kernel's state may differ from it, per component; by
   * default the rounding of the state to f32 (free points), for grids see `gridStateError`.
   */
  moveTo(state: Float64Array, stateError?: Float64Array): void {
    const { network, equation } = this.#problem;
    this.evaluator.moveTo(state);
    const rounded = exact(Float64Array.from(state));
    this.#y = stateError ? tracked(rounded.value, (i) => Math.max(rounded.error[i], stateError[i])) : rounded;
    if (equation === 9) {
      this.#product = multiply(network, false, this.#y);
      this.#x = add(this.#product, this.#bias);
      this.#g = this.#activation();
      this.#r = add(this.#g, this.#y, -1);
    } else {
      this.#x = this.#y;
      this.#g = this.#activation();
      this.#product = multiply(network, false, this.#g);
      this.#r = add(add(this.#product, this.#bias), this.#y, -1);
    }
  }

  /** Value and bound of a quantity; masks and counts have the bound 0, or 1 and more near a threshold. */
  evaluate(quantity: Quantity): Tracked {
    const n = this.#problem.network.size;
    const vector =
      quantity === 'rhs' ||
      quantity === 'energy-gradient' ||
      quantity === 'alive-mask' ||
      quantity === 'newton-end';
    const value = new Float64Array(vector ? n : 1);
    this.evaluator.write(quantity, value, 0, 1);
    const scalar = (error: number): Tracked => ({ value, error: Float64Array.of(error + FLUSHED) });
    const vectorOf = (error: Float64Array): Tracked => ({ value, error: error.map((e) => e + FLUSHED) });
    switch (quantity) {
      case 'energy':
        return scalar(this.#energy().error);
      case 'residual':
        return scalar(normError(this.#r));
      case 'speed':
        return scalar(normError(this.#design(this.#r)));
      case 'rhs':
        return vectorOf(this.#design(this.#r).error);
      case 'energy-gradient':
        return vectorOf(this.#metric(this.#r).error);
      case 'energy-rate':
        return scalar(product(this.#metric(this.#r), this.#design(this.#r)).error);
      case 'dead-count':
        return { value, error: Float64Array.of(this.#deadCountError()) };
      case 'alive-mask':
        return { value, error: this.#aliveError(n) };
      case 'certificate':
        return scalar(this.#certificateError());
      case 'blind-spot':
        return { value, error: Float64Array.of(this.#blindError()) };
      case 'newton-end':
        // Steps decide by comparisons: rounding may lead to another fixed point, and nothing is promised.
        return { value, error: new Float64Array(n).fill(Infinity) };
    }
  }

  #layers<T>(map: (part: { offset: number; functions: Layer64; x: Tracked }) => T): T[] {
    return this.evaluator.lifted.layers.map(({ offset, size, functions }) => {
      const cut = (v: Float64Array) => v.subarray(offset, offset + size);
      return map({ offset, functions, x: { value: cut(this.#x.value), error: cut(this.#x.error) } });
    });
  }

  #activation(): Tracked {
    const n = this.#problem.network.size;
    const value = new Float64Array(n);
    const error = new Float64Array(n);
    for (const { offset, functions, x } of this.#layers((part) => part)) {
      const apply = (v: Float64Array, out: Float64Array) => {
        functions.activation(v, out);
      };
      const here = layerSensitivity(functions, x, apply);
      value.set(here.value, offset);
      error.set(
        here.value.map((g, i) => here.error[i] + FUNCTION * Math.max(1, Math.abs(g))),
        offset,
      );
    }
    return { value, error };
  }

  #lagrangian(): TrackedNumber {
    const parts = this.#layers(({ functions, x }): [number, TrackedNumber] => {
      const one = new Float64Array(1);
      if (functions.elementwise) {
        let value = 0;
        let error = 0;
        let terms = 0;
        for (let i = 0; i < x.value.length; i++) {
          const l = functions.elementwise.lagrangian(x.value[i]);
          value += l;
          terms += Math.abs(l);
          error +=
            spread(functions.elementwise.lagrangian, x.value[i], x.error[i]) +
            FUNCTION * Math.max(1, Math.abs(l));
        }
        return [1, { value, error: error + (Math.sqrt(x.value.length) + 1) * ROUNDOFF * terms }];
      }
      const f = layerSensitivity(
        functions,
        x,
        (v, out) => {
          out[0] = functions.lagrangian(v);
        },
        one,
      );
      return [1, { value: f.value[0], error: f.error[0] + FUNCTION * Math.max(1, Math.abs(f.value[0])) }];
    });
    return combine(parts);
  }

  #hessian(v: Tracked): Tracked {
    const n = this.#problem.network.size;
    const value = new Float64Array(n);
    const error = new Float64Array(n);
    for (const { offset, functions, x } of this.#layers((part) => part)) {
      const size = x.value.length;
      const part = (a: Float64Array) => a.subarray(offset, offset + size);
      const here = layerSensitivity(functions, x, (at, out) => {
        functions.hessianApply(at, part(v.value), out);
      });
      const terms = new Float64Array(size);
      functions.hessianTerms(x.value, part(v.value), terms);
      // What the error of v does: |H| times it, bounded by the terms of H |error|.
      const carried = new Float64Array(size);
      functions.hessianTerms(x.value, part(v.error), carried);
      value.set(here.value, offset);
      for (let i = 0; i < size; i++)
        error[offset + i] =
          here.error[i] +
          carried[i] +
          (FUNCTION + (Math.sqrt(size) + 2) * ROUNDOFF) * terms[i] +
          // H itself is only known to FUNCTION absolutely where it is small.
          (functions.elementwise ? FUNCTION * Math.abs(v.value[offset + i]) : 0);
    }
    return { value, error };
  }

  #energy(): TrackedNumber {
    const { energy, network, equation } = this.#problem;
    const [c1, c2, c3] = energy.coefficients;
    const parts: [number, TrackedNumber][] = [];
    const lagrangian = this.#lagrangian();
    if (c1 !== 0) {
      const form =
        equation === 9 ? product(this.#y, this.#product) : this.#inverseForm(add(this.#y, this.#bias, -1));
      parts.push([c1 / 2, form], [-c1, lagrangian]);
    }
    if (c2 !== 0) {
      const d = equation === 9 ? this.#product : add(this.#y, this.#bias, -1);
      const interaction = equation === 9 ? multiply(network, false, this.#g) : this.#product;
      parts.push([c2, product(d, this.#g)], [-c2, lagrangian], [-c2 / 2, product(this.#g, interaction)]);
      // Eq. 5 splits (y - b).g into two sums, each with its own rounding.
      if (energy.equation === 5)
        parts.push([c2, zeroWith(product(this.#y, this.#g))], [c2, zeroWith(product(this.#bias, this.#g))]);
    }
    if (c3 !== 0) parts.push([c3 / 2, product(this.#r, this.#r)]);
    return combine(parts);
  }

  #inverseForm(d: Tracked): TrackedNumber {
    const { inverseWeights } = this.#problem;
    if (inverseWeights === undefined) throw new RangeError('the problem was resolved without W^-1');
    return product(d, multiply(whole(inverseWeights), false, d));
  }

  #metric(v: Tracked): Tracked {
    const { energy, network, equation, inverseWeights } = this.#problem;
    const [c1, c2, c3] = energy.coefficients;
    const apply = (x: Tracked) => multiply(network, false, x);
    const transposed = (x: Tracked) => multiply(network, true, x);
    const zero = new Float64Array(v.value.length);
    let sum: Tracked = { value: zero, error: zero };
    if (c1 !== 0) {
      const first =
        equation === 9 || inverseWeights === undefined ? apply(v) : multiply(whole(inverseWeights), false, v);
      sum = add(sum, scale(c1, first));
    }
    if (c2 !== 0)
      sum = add(sum, scale(c2, equation === 9 ? apply(this.#hessian(apply(v))) : this.#hessian(v)));
    if (c3 !== 0) {
      const back = equation === 9 ? transposed(this.#hessian(v)) : this.#hessian(transposed(v));
      sum = add(sum, scale(c3, add(v, back, -1)));
    }
    return sum;
  }

  #design(v: Tracked): Tracked {
    const { design } = this.#problem;
    switch (design.kind) {
      case 'identity':
        return v;
      case 'matrix':
        return multiply(whole(design.matrix), false, v);
      case 'gradient':
        return this.#metric(v);
      case 'adaptive-polar': {
        const { matrix, error } = this.#matrix((x) => this.#metric(x));
        const s = this.evaluator.singularValues();
        const least = s[s.length - 1];
        // |dQ| <= |dM| / s_min; a dozen sweeps of rotations lose a few units per row besides.
        const turned = (error + ROTATION * ROUNDOFF * s[0]) / least;
        // Where the error of M is as large as its smallest singular value, or that is next to the threshold of a
        // singular M, or squares of M overflow, f32 may give any rotation, or none: nothing is promised.
        const near = Math.abs(least - SINGULAR * s[0]) <= 4 * (error + ROTATION * ROUNDOFF * s[0]);
        if (!(turned < UNDETERMINED) || near || s[0] > OVERFLOWING) return tracked(v.value, () => Infinity);
        const value = new Float64Array(v.value.length);
        this.evaluator.applyDesign(v.value, value);
        const all = turned * norm(v.value) + norm(v.error) + ROTATION * ROUNDOFF * norm(v.value);
        return tracked(value, () => (matrix.rows > 0 ? all : 0));
      }
    }
  }

  /** A matrix column by column with the Frobenius norm of its error. */
  #matrix(apply: (v: Tracked) => Tracked): { matrix: Matrix; error: number } {
    const n = this.#problem.network.size;
    const data = new Float64Array(n * n);
    let error = 0;
    for (let j = 0; j < n; j++) {
      const unit = new Float64Array(n);
      unit[j] = 1;
      const column = apply(exact(unit));
      for (let i = 0; i < n; i++) data[i * n + j] = column.value[i];
      error += dot(column.error, column.error);
    }
    return { matrix: { rows: n, columns: n, data }, error: Math.sqrt(error) };
  }

  #certificateError(): number {
    const m = this.#matrix((v) => this.#metric(v));
    const r = this.#matrix((v) => this.#design(v));
    const [sizeM, sizeR] = [norm(m.matrix.data), norm(r.matrix.data)];
    return m.error * sizeR + sizeM * r.error + ROTATION * ROUNDOFF * sizeM * sizeR;
  }

  #deadCountError(): number {
    const { lifted, x } = this.evaluator;
    const at = (state: Float64Array, tolerance: number) => lifted.deadCount(state, tolerance);
    const here = at(x, DEAD_EIGENVALUE);
    const tolerances = [1 - THRESHOLD_WINDOW, 1 + THRESHOLD_WINDOW].map((f) => f * DEAD_EIGENVALUE);
    const moved = [1, -1].map((sign) => this.#x.value.map((v, i) => v + sign * this.#x.error[i]));
    return Math.max(
      ...tolerances.map((tolerance) => Math.abs(at(x, tolerance) - here)),
      ...moved.flatMap((state) => [DEAD_EIGENVALUE, ...tolerances].map((t) => Math.abs(at(state, t) - here))),
    );
  }

  #aliveError(n: number): Float64Array {
    const { lifted, x } = this.evaluator;
    const diagonal = (state: Float64Array) => {
      const out = new Float64Array(n);
      lifted.hessianDiagonal(state, out);
      return out;
    };
    const states = [0, 1, -1].map((sign) => diagonal(x.map((v, i) => v + sign * this.#x.error[i])));
    // 1 - g and its like lose their last digits beside 1: what the terms of H_ii are rounded to counts as unsure.
    const slack = this.#diagonalTerms(n).map((t) => FUNCTION * t);
    return states[0].map((_, i) => {
      const sizes = states.map((d) => Math.abs(d[i]));
      const [least, most] = [Math.min(...sizes) - slack[i], Math.max(...sizes) + slack[i]];
      return least <= DEAD_EIGENVALUE * (1 + THRESHOLD_WINDOW) &&
        most > DEAD_EIGENVALUE * (1 - THRESHOLD_WINDOW)
        ? 1
        : 0;
    });
  }

  /** Sum of the absolute terms of each H_ii, blockwise layers only: elementwise ones are a single term. */
  #diagonalTerms(n: number): Float64Array {
    const result = new Float64Array(n);
    for (const { offset, functions, x } of this.#layers((part) => part)) {
      if (functions.elementwise) continue;
      const terms = new Float64Array(x.value.length);
      for (let i = 0; i < terms.length; i++) {
        const unit = new Float64Array(terms.length);
        unit[i] = 1;
        functions.hessianTerms(x.value, unit, terms);
        result[offset + i] = terms[i];
      }
    }
    return result;
  }

  #blindError(): number {
    const threshold = 1e-6;
    const r = norm(this.#r.value);
    const errorR = 4 * normError(this.#r);
    const m = this.#metric(this.#r);
    const errorM = 4 * normError(m);
    const edge = Math.abs(r - threshold * (1 + norm(this.#y.value))) <= errorR + threshold;
    const turning = Math.abs(norm(m.value) - threshold * r) <= errorM + threshold * errorR;
    // Negated, so that NaN and infinity count as undecided.
    const decided = r < OVERFLOWING && norm(m.value) < OVERFLOWING && errorM < OVERFLOWING;
    return edge || turning || !decided ? 1 : 0;
  }
}

/** Relative error of M from which its polar factor is not determined. */
const UNDETERMINED = 0.25;
/** Units of rounding that bounded sweeps of Jacobi rotations may lose (N <= 8). */
const ROTATION = 64;

const zeroWith = ({ value, error }: TrackedNumber): TrackedNumber => ({
  value: 0,
  error: error + ROUNDOFF * Math.abs(value),
});

const normError = (v: Tracked): number => norm(v.error) + 2 * ROUNDOFF * norm(v.value);

/**
 * A function of a layer at x and what the error of x does to it: per neuron where H is diagonal, else the sum of
 * the changes along each coordinate. Centring loses a rounding of the largest entry, so blockwise arguments count
 * as wrong by at least that.
 */
function layerSensitivity(
  functions: Layer64,
  x: Tracked,
  apply: (x: Float64Array, out: Float64Array) => void,
  out: Float64Array = new Float64Array(x.value.length),
): Tracked {
  const { value: at, error: wrong } = x;
  const value = out;
  apply(at, value);
  const error = new Float64Array(value.length);
  const compare = (state: Float64Array, take: (i: number, change: number) => void) => {
    const moved = new Float64Array(value.length);
    apply(state, moved);
    for (let i = 0; i < value.length; i++) take(i, Math.abs(moved[i] - value[i]));
  };
  if (functions.elementwise) {
    for (const sign of [1, -1])
      compare(
        at.map((v, i) => v + sign * wrong[i]),
        (i, change) => {
          error[i] = Math.max(error[i], change);
        },
      );
    return { value, error };
  }
  const centring = 2 * ROUNDOFF * at.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  for (let j = 0; j < at.length; j++) {
    const state = Float64Array.from(at);
    state[j] += wrong[j] + centring;
    compare(state, (i, change) => {
      error[i] += change;
    });
  }
  return { value, error };
}
