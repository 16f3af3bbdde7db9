/**
 * A set around a stable point that is proved to lie in its basin: {|y - y*|_T <= rho} with |v|_T = |T v|. Where the
 * logarithmic norm mu_T(J(y)) = lambda_max(sym(T J T^-1)) is negative all over it, the flow contracts in that norm, so the
 * set is invariant and all of it goes to y*. J is affine in H for constant R: J = A H B - R with A = R W, B = I (eqs. 1,
 * 13) or A = R, B = W (eq. 9); over the set H = middle +- radius (slopes.ts), hence
 *   mu_T(J(y)) <= mu_T(J(middle)) + |T A diag(radius)^s| |diag(radius)^(1-s) B T^-1|   for any s.
 * Clarke's Jacobian at a kink is a mixture of one-sided ones, so the bound holds across kinks too. R = gradient and R =
 * adaptive-polar depend on the state through H alone: where no kink is near a piecewise-linear network, R is constant too.
 *
 * Which norm is best depends on the point: T = I, T = H^(1/2) (J is symmetric there where W is), the square root of the
 * solution of Lyapunov's equation. Starts are tested in diagonal norms only: of an oblique ellipsoid the largest ball inside.
 */
import type { StopSet } from '../flow/task.js';
import type { Algebra } from '../model/algebra.js';
import type { Evaluator } from '../model/evaluator.js';
import { norm } from '../model/evaluator.js';
import { designTimes, product, residualJacobian, weightsOf } from '../analysis/linearisation.js';
import { symmetricPart, transpose } from '../analysis/matrices.js';
import type { Matrix } from '../types.js';
import { lyapunovMatrix } from './lyapunov.js';
import { slopesOf, type Enclose, type Slopes } from './slopes.js';

/** The ellipsoid |T (y - y*)| <= radius, proved to lie in the basin of y*. */
export interface CertifiedEllipsoid {
  readonly transform: Matrix;
  readonly radius: number;
}

/** What a flow near a stable point may be stopped by. */
export type Certificate =
  | {
      readonly certified: true;
      readonly stop: StopSet;
      readonly ellipsoid: CertifiedEllipsoid;
      readonly norm: string;
    }
  | { readonly certified: false; readonly stop: StopSet; readonly why: string };

/** Kept off the edge: starts are tested in f32. */
const MARGIN = 1e-4;
/** Without a proof: this close to the point, relative to 1 + |y|, and nearly at rest. */
const [NEAR, SLOW] = [1e-3, 1e-4];
const [LEAST_RADIUS, MOST_RADIUS] = [1e-6, 1e6];
const HALVINGS = 12;
/** h below these shares of the largest counts as that share in the norm H^(1/2): dead neurons have none of their own. */
const FLOORS = [0.3, 0.03, 0.003];

export interface Norm {
  readonly name: string;
  /** The diagonal of T, or T itself. */
  readonly diagonal?: Float64Array;
  readonly full?: Matrix;
}

/** The largest of the sets that the norms prove; the evaluator is left at `state`, which is a stable point. */
export function certify(evaluator: Evaluator, algebra: Algebra, state: Float64Array): Certificate {
  evaluator.moveTo(state);
  const { kind } = evaluator.problem.design;
  const varies = kind === 'gradient' || kind === 'adaptive-polar';
  const enclose = slopesOf(evaluator.problem.network.layers);
  if (typeof enclose === 'string') return unproved(state, enclose);
  const family = familyOf(evaluator, varies ? whereConstant(enclose) : enclose);
  if (!family) return unproved(state, `R = ${kind} is not defined at this point`);
  let best: (Certificate & { certified: true }) | undefined;
  let bestVolume = -Infinity;
  for (const candidate of normsOf(evaluator, algebra)) {
    const metric = metricOf(candidate, algebra);
    if (!metric) continue;
    const radius = largestRadius(family, metric, algebra);
    if (radius === undefined) continue;
    const stop = stopOf(state, metric, radius, algebra);
    const volume = stop.weights.reduce((sum, w) => sum + Math.log(stop.square / w) / 2, 0);
    if (volume <= bestVolume) continue;
    bestVolume = volume;
    best = {
      certified: true,
      stop,
      ellipsoid: { transform: metric.transform, radius },
      norm: candidate.name,
    };
  }
  if (best) return best;
  const why = 'no norm was found in which the flow contracts around it';
  return unproved(state, varies ? `${why}, with R = ${kind}, while H is constant` : why);
}

/** Radius of the largest ball around the point that is proved to lie in its basin; 0 where nothing is. */
export function provedBall({ certified, stop: { weights, square } }: Certificate): number {
  return certified ? Math.sqrt(square / weights.reduce((most, w) => Math.max(most, w), 0)) : 0;
}

/** Encloses what does not change over the interval only. */
const whereConstant =
  (enclose: Enclose): Enclose =>
  (x, width) => {
    const slopes = enclose(x, width);
    return slopes?.radius.every((r) => r === 0) === true ? slopes : undefined;
  };

function unproved(state: Float64Array, why: string): Certificate {
  const size = 1 + norm(state);
  const stop = {
    centre: state.slice(),
    weights: new Float64Array(state.length).fill(1),
    square: (NEAR * size) ** 2,
    slow: SLOW * size,
  };
  return { certified: false, stop, why };
}

/** J(H) = A H B - R, the argument of H at the point, and how far it moves with the state. */
export interface Family {
  readonly a: Matrix;
  readonly b: Matrix | undefined;
  readonly r: Matrix;
  readonly x: Float64Array;
  readonly enclose: Enclose;
}

/** Undefined where R is. */
export function familyOf(evaluator: Evaluator, enclose: Enclose): Family | undefined {
  const { problem, x } = evaluator;
  const weights = weightsOf(problem.network);
  const r = designTimes(evaluator, identityMatrix(x.length));
  const inRates = problem.equation === 9;
  const a = inRates ? r : designTimes(evaluator, weights);
  if (!a || !r) return undefined;
  return {
    a,
    b: inRates ? weights : undefined,
    r,
    x: x.slice(),
    enclose,
  };
}

const identityMatrix = (n: number): Matrix => ({
  rows: n,
  columns: n,
  data: Float64Array.from({ length: n * n }, (_, k) => (k % (n + 1) === 0 ? 1 : 0)),
});

export function* normsOf(evaluator: Evaluator, algebra: Algebra): Generator<Norm> {
  const n = evaluator.y.length;
  yield { name: 'Euclidean', diagonal: new Float64Array(n).fill(1) };
  const h = new Float64Array(n);
  evaluator.lifted.hessianDiagonal(evaluator.x, h);
  const most = h.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  // In u the symmetric form is H^(1/2) W H^(1/2) seen through H^(-1/2).
  const power = evaluator.problem.equation === 9 ? -1 / 2 : 1 / 2;
  if (most > 0)
    for (const floor of FLOORS)
      yield {
        name: power > 0 ? 'H^(1/2)' : 'H^(-1/2)',
        diagonal: h.map((v) => Math.max(Math.abs(v) / most, floor) ** power),
      };
  const jacobian = designTimes(evaluator, residualJacobian(evaluator));
  const p = jacobian && lyapunovMatrix(jacobian, algebra);
  if (!p) return;
  const { values, vectors } = algebra.symmetricEigen(p);
  if (!(values[0] > 0)) return;
  const full = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) full[i * n + j] = Math.sqrt(values[i]) * vectors.data[j * n + i];
  yield { name: 'Lyapunov', full: { rows: n, columns: n, data: full } };
}

/** T, T^-1, and the diagonal where T is one. */
export interface Metric {
  readonly transform: Matrix;
  readonly inverse: Matrix;
  readonly diagonal: Float64Array | undefined;
}

export function metricOf({ diagonal, full }: Norm, algebra: Algebra): Metric | undefined {
  if (full) {
    const inverse = algebra.inverse(full);
    return inverse && { transform: full, inverse, diagonal: undefined };
  }
  if (!diagonal) return undefined;
  const n = diagonal.length;
  const matrix = (of: (v: number) => number): Matrix => {
    const data = new Float64Array(n * n);
    diagonal.forEach((v, i) => (data[i * n + i] = of(v)));
    return { rows: n, columns: n, data };
  };
  return { transform: matrix((v) => v), inverse: matrix((v) => 1 / v), diagonal };
}

export function largestRadius(family: Family, metric: Metric, algebra: Algebra): number | undefined {
  const holds = contraction(family, metric, algebra);
  if (!holds(LEAST_RADIUS)) return undefined;
  let lo = LEAST_RADIUS;
  while (lo < MOST_RADIUS && holds(lo * 4)) lo *= 4;
  let hi = lo * 4;
  for (let k = 0; k < HALVINGS; k++) {
    const middle = Math.sqrt(lo * hi);
    if (holds(middle)) lo = middle;
    else hi = middle;
  }
  return lo;
}

/** Whether mu_T(J) < 0 all over the ball of a radius. */
function contraction(
  { a, b, r, x, enclose }: Family,
  { transform, inverse, diagonal }: Metric,
  algebra: Algebra,
) {
  const left = product(transform, a);
  const right = b ? product(b, inverse) : inverse;
  const reach = rowNorms(right);
  const through = product(product(transform, r), inverse);
  // A diagonal T commutes with H: then H stands at one end, and what it can do is not more than |T A T^-1 radius|.
  const ends: readonly [Matrix, Matrix] =
    diagonal && !b ? [product(left, inverse), identityMatrix(x.length)] : [left, right];
  const inside: readonly [Matrix, Matrix] =
    diagonal && b ? [product(left, inverse), product(transform, right)] : ends;
  return (radius: number): boolean => {
    const slopes = enclose(
      x,
      reach.map((v) => radius * v),
    );
    if (!slopes) return false;
    const middle = product(scaledColumns(inside[0], slopes.middle, 1), inside[1]);
    const jacobian = { ...middle, data: middle.data.map((v, k) => v - through.data[k]) };
    if (!jacobian.data.every(Number.isFinite)) return false;
    const values = algebra.symmetricValues(symmetricPart(jacobian));
    const most = values[values.length - 1];
    const rounding = 1e-12 * (1 + Math.abs(values[0]) + Math.abs(most));
    return most + rounding + deviation(inside, slopes, algebra, -most) < 0;
  };
}

/** A bound of |L diag(e) M| for |e_i| <= radius_i, no better than it need be to be below `enough`. */
function deviation(
  [l, m]: readonly [Matrix, Matrix],
  { radius }: Slopes,
  algebra: Algebra,
  enough: number,
): number {
  let least = Infinity;
  for (const share of [1, 0.5, 0]) {
    const first = algebra.spectralNorm(scaledColumns(l, radius, share));
    if (first === 0) return 0;
    const second = algebra.spectralNorm(transpose(scaledColumns(transpose(m), radius, 1 - share)));
    least = Math.min(least, first * second);
    if (least < enough) break;
  }
  return least;
}

function scaledColumns({ rows, columns, data }: Matrix, by: Float64Array, power: number): Matrix {
  const scale = power === 1 ? by : by.map((v) => v ** power);
  return { rows, columns, data: data.map((v, k) => v * scale[k % columns]) };
}

function rowNorms({ rows, columns, data }: Matrix): Float64Array {
  return Float64Array.from({ length: rows }, (_, i) => norm(data.subarray(i * columns, (i + 1) * columns)));
}

function stopOf(
  state: Float64Array,
  { transform, diagonal }: Metric,
  radius: number,
  algebra: Algebra,
): StopSet {
  const centre = state.slice();
  const kept = radius * (1 - MARGIN);
  if (diagonal) return { centre, weights: diagonal.map((d) => d * d), square: kept * kept, slow: Infinity };
  const ball = kept / algebra.spectralNorm(transform);
  return { centre, weights: new Float64Array(state.length).fill(1), square: ball * ball, slow: Infinity };
}
