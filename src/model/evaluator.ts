/**
 * Every quantity of the paper at one state, in f64: the oracle of the kernels and the mathematics of the CPU
 * backend. It is written from equations.md, not from shaders/, and in the plainest way.
 *
 *   eqs. 1, 13:  r = W g(y) + b - y        eq. 9:  r = g(W u + b) - u
 *   y' = R r,    grad E = -M r,    dE/dt = -(M r).(R r),    condition (11): sym(M^T R) >= 0
 */
import type { Matrix, Quantity } from '../types.js';
import type { Algebra } from './algebra.js';
import { DEAD_EIGENVALUE } from './activation.js';
import { liftNetwork, type Lifted64 } from './lift.js';
import { newtonEnd } from './newton-end.js';
import { applyWeights, applyWeightsTransposed } from './network.js';
import type { Problem } from './problem.js';

/** Relative size below which the smallest singular value of M counts as 0: Q of `adaptive-polar` is not unique. */
export const SINGULAR = 1e-6;
/** |M r| <= BLIND |r| while |r| > BLIND (1 + |y|) is a blind spot (equations.md section 3). */
const BLIND = 1e-6;

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

export const norm = (a: Float64Array): number => Math.sqrt(dot(a, a));

function multiply({ rows, columns, data }: Matrix, x: Float64Array, out: Float64Array): void {
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let j = 0; j < columns; j++) sum += data[i * columns + j] * x[j];
    out[i] = sum;
  }
}

/**
 * One problem at one state: `moveTo` it, then ask. Vectors are made once and overwritten by the next call, which
 * spares a field millions of them: copy what is to be kept. States have N numbers; nothing has a unit.
 */
export class Evaluator {
  readonly problem: Problem;
  /** The state: y of eqs. 1 and 13, u of eq. 9. */
  readonly y: Float64Array;
  /** The argument of g: y itself, or z = W u + b for eq. 9. */
  readonly x: Float64Array;
  /** g(x). */
  readonly g: Float64Array;
  /** r of eqs. 1, 9, 13. */
  readonly r: Float64Array;
  /** L, g and H of the problem's layers. */
  readonly lifted: Lifted64;
  readonly #algebra: Algebra;
  /** W g (eqs. 1, 13) or W u (eq. 9). */
  readonly #product: Float64Array;
  readonly #velocity: Float64Array;
  readonly #metric: Float64Array;
  readonly #scratch: readonly [Float64Array, Float64Array, Float64Array];

  constructor(problem: Problem, algebra: Algebra) {
    const n = problem.network.size;
    const vector = () => new Float64Array(n);
    this.problem = problem;
    this.#algebra = algebra;
    this.lifted = liftNetwork(problem.network.layers);
    this.y = vector();
    this.x = problem.equation === 9 ? vector() : this.y;
    this.g = vector();
    this.r = vector();
    this.#product = vector();
    this.#velocity = vector();
    this.#metric = vector();
    this.#scratch = [vector(), vector(), vector()];
  }

  /** Moves to a state; everything below is then at it. */
  moveTo(state: Float64Array): void {
    const { network, equation } = this.problem;
    const { y, x, g, r } = this;
    const product = this.#product;
    y.set(state);
    if (equation === 9) {
      applyWeights(network, y, product);
      for (let i = 0; i < x.length; i++) x[i] = product[i] + network.bias[i];
      this.lifted.activation(x, g);
      for (let i = 0; i < r.length; i++) r[i] = g[i] - y[i];
    } else {
      this.lifted.activation(y, g);
      applyWeights(network, g, product);
      for (let i = 0; i < r.length; i++) r[i] = product[i] + network.bias[i] - y[i];
    }
  }

  /** The chosen energy: eq. 4, 5, 10 or 14. */
  energy(): number {
    const { energy } = this.problem;
    const [c1, c2, c3] = energy.coefficients;
    let total = 0;
    if (c1 !== 0) total += c1 * this.#firstTerm();
    if (c2 !== 0) total += c2 * (energy.equation === 5 ? this.#hopfield1984() : this.#krotovHopfield());
    if (c3 !== 0) total += (c3 * dot(this.r, this.r)) / 2;
    return total;
  }

  /** u.W u/2 - L(z) of eq. 10, or (y - b).W^-1 (y - b)/2 - L(y) of eq. 14. */
  #firstTerm(): number {
    const { problem, y, x } = this;
    const lagrangian = this.lifted.lagrangian(x);
    if (problem.equation === 9) return dot(y, this.#product) / 2 - lagrangian;
    const [d, applied] = this.#scratch;
    for (let i = 0; i < d.length; i++) d[i] = y[i] - problem.network.bias[i];
    multiply(this.#inverseWeights(), d, applied);
    return dot(d, applied) / 2 - lagrangian;
  }

  #inverseWeights(): Matrix {
    const { inverseWeights } = this.problem;
    if (inverseWeights === undefined) throw new RangeError('the problem was resolved without W^-1');
    return inverseWeights;
  }

  /** Eq. 4 at x: (x - b).g - L(x) - g.W g/2. */
  #krotovHopfield(): number {
    const { x, g, problem } = this;
    const [interaction] = this.#scratch;
    applyWeights(problem.network, g, interaction);
    let total = -this.lifted.lagrangian(x) - dot(g, interaction) / 2;
    for (let i = 0; i < x.length; i++) total += (x[i] - problem.network.bias[i]) * g[i];
    return total;
  }

  /** Eq. 5 at g(y), by the closed form of the integral where the table has one, else by Legendre's identity. */
  #hopfield1984(): number {
    const { y, g, problem, lifted } = this;
    const integral = lifted.inverseIntegral?.(g) ?? dot(y, g) - lifted.lagrangian(y);
    return integral - dot(g, this.#product) / 2 - dot(problem.network.bias, g);
  }

  /** M v, with grad E = -M r. */
  applyMetric(v: Float64Array, out: Float64Array): void {
    const { problem, x, lifted } = this;
    const { network, equation } = problem;
    const [c1, c2, c3] = problem.energy.coefficients;
    const [, a, b] = this.#scratch;
    out.fill(0);
    const accumulate = (c: number, term: Float64Array) => {
      for (let i = 0; i < out.length; i++) out[i] += c * term[i];
    };
    if (equation === 9) {
      if (c1 !== 0 || c2 !== 0) applyWeights(network, v, a);
      if (c1 !== 0) accumulate(c1, a);
      if (c2 !== 0) {
        lifted.hessianApply(x, a, b);
        applyWeights(network, b, a);
        accumulate(c2, a);
      }
      if (c3 !== 0) {
        lifted.hessianApply(x, v, a);
        applyWeightsTransposed(network, a, b);
        accumulate(c3, v);
        accumulate(-c3, b);
      }
      return;
    }
    if (c1 !== 0) {
      multiply(this.#inverseWeights(), v, a);
      accumulate(c1, a);
    }
    if (c2 !== 0) {
      lifted.hessianApply(x, v, a);
      accumulate(c2, a);
    }
    if (c3 !== 0) {
      applyWeightsTransposed(network, v, a);
      lifted.hessianApply(x, a, b);
      accumulate(c3, v);
      accumulate(-c3, b);
    }
  }

  /** R v; NaN in every component where `adaptive-polar` meets a singular M. */
  applyDesign(v: Float64Array, out: Float64Array): void {
    const { design } = this.problem;
    switch (design.kind) {
      case 'identity':
        out.set(v);
        return;
      case 'matrix':
        multiply(design.matrix, v, out);
        return;
      case 'gradient':
        this.applyMetric(v, out);
        return;
      case 'adaptive-polar': {
        const q = this.polar();
        if (q) multiply(q, v, out);
        else out.fill(NaN);
      }
    }
  }

  /** The matrix whose product with a unit vector `apply` gives. */
  matrixOf(apply: (v: Float64Array, out: Float64Array) => void): Matrix {
    const n = this.y.length;
    const data = new Float64Array(n * n);
    const unit = new Float64Array(n);
    const column = new Float64Array(n);
    for (let j = 0; j < n; j++) {
      unit.fill(0);
      unit[j] = 1;
      apply(unit, column);
      for (let i = 0; i < n; i++) data[i * n + j] = column[i];
    }
    return { rows: n, columns: n, data };
  }

  /** M(y) as a matrix. */
  metric(): Matrix {
    return this.matrixOf((v, out) => {
      this.applyMetric(v, out);
    });
  }

  /** Q = U V^T of M = U S V^T, or undefined where M is singular (s_min <= 1e-6 s_max). */
  polar(): Matrix | undefined {
    const m = this.metric();
    if (!m.data.every(Number.isFinite)) return undefined;
    const { u, s, v } = this.#algebra.svd(m);
    const n = m.rows;
    if (!(s[n - 1] > SINGULAR * s[0])) return undefined;
    const data = new Float64Array(n * n);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let k = 0; k < n; k++) sum += u.data[i * n + k] * v.data[j * n + k];
        data[i * n + j] = sum;
      }
    return { rows: n, columns: n, data };
  }

  /** Singular values of M, falling. */
  singularValues(): Float64Array {
    return this.#algebra.svd(this.metric()).s;
  }

  /** R(y) r(y), the right-hand side. */
  velocity(): Float64Array {
    this.applyDesign(this.r, this.#velocity);
    return this.#velocity;
  }

  /** M(y) r(y) = -grad E. */
  metricTimesResidual(): Float64Array {
    this.applyMetric(this.r, this.#metric);
    return this.#metric;
  }

  /** Smallest eigenvalue of sym(M^T R), condition (11); NaN where R is not defined. */
  certificate(): number {
    const m = this.metric();
    const n = m.rows;
    const r =
      this.problem.design.kind === 'adaptive-polar'
        ? this.polar()
        : this.matrixOf((v, out) => {
            this.applyDesign(v, out);
          });
    if (r === undefined) return NaN;
    const data = new Float64Array(n * n);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let k = 0; k < n; k++) sum += m.data[k * n + i] * r.data[k * n + j];
        data[i * n + j] += sum / 2;
        data[j * n + i] += sum / 2;
      }
    if (!data.every(Number.isFinite)) return NaN;
    return this.#algebra.symmetricValues({ rows: n, columns: n, data }).reduce((a, b) => Math.min(a, b));
  }

  /** Whether the energy has no slope here although the state moves: |M r| <= 1e-6 |r| while |r| > 1e-6 (1 + |y|). */
  isBlind(): boolean {
    const r = norm(this.r);
    return r > BLIND * (1 + norm(this.y)) && norm(this.metricTimesResidual()) <= BLIND * r;
  }

  #writeNewtonEnd(write: (v: Float64Array) => void): void {
    const state = this.y.slice();
    newtonEnd(this);
    write(this.y);
    this.moveTo(state);
  }

  /** Writes a quantity to `out` at `offset`, components `stride` apart; a vector has N of them. */
  write(quantity: Quantity, out: Float64Array, offset: number, stride: number): void {
    const vector = (v: Float64Array, sign = 1) => {
      for (let i = 0; i < v.length; i++) out[offset + i * stride] = sign * v[i];
    };
    switch (quantity) {
      case 'energy':
        out[offset] = this.energy();
        return;
      case 'residual':
        out[offset] = norm(this.r);
        return;
      case 'speed':
        out[offset] = norm(this.velocity());
        return;
      case 'rhs':
        vector(this.velocity());
        return;
      case 'energy-gradient':
        vector(this.metricTimesResidual(), -1);
        return;
      case 'energy-rate':
        out[offset] = -dot(this.metricTimesResidual(), this.velocity());
        return;
      case 'dead-count':
        out[offset] = this.lifted.deadCount(this.x);
        return;
      case 'alive-mask': {
        const [diagonal] = this.#scratch;
        this.lifted.hessianDiagonal(this.x, diagonal);
        vector(diagonal.map((h) => (Math.abs(h) <= DEAD_EIGENVALUE ? 0 : 1)));
        return;
      }
      case 'certificate':
        out[offset] = this.certificate();
        return;
      case 'blind-spot':
        out[offset] = this.isBlind() ? 1 : 0;
        return;
      case 'newton-end':
        this.#writeNewtonEnd(vector);
    }
  }
}
