/**
 * Is eq. 4 bounded below? In x = g(y) it is x.(A x)/2 - b.x on the values that g takes, up to what saturating
 * activations add, which is bounded. So only neurons with unbounded g matter:
 *
 *   none             always bounded
 *   relu alone       A = I - W on x >= 0: bounded iff A is copositive and b points down every null ray (exact to 16)
 *   others           lambda_max(W) h < 1 suffices, since L*(x) >= |x|^2/(2 h); otherwise it is said to be undecided
 *
 * Copositivity by principal submatrices: if x.A x has a negative minimum on the simplex, then on some face S it is
 * reached at an inner point, A_S x = mu 1 with mu < 0, so A_S^{-1} 1 < 0; and such a solution is a violation.
 */
import { largestMagnitude } from '../math/magnitude.js';
import type { Algebra } from '../model/algebra.js';
import { denseWeights } from '../model/network.js';
import type { Matrix, Network } from '../types.js';
import { column } from './matrices.js';
import { hessianBounds } from './hessian-bounds.js';

/** Whether x.A x >= 0 for all x >= 0. */
export interface Copositivity {
  /** `strictly`: > 0 but at 0. `copositive`: 0 along some rays. `no`: negative along `ray`. `unknown`: too large. */
  readonly verdict: 'strictly' | 'copositive' | 'no' | 'unknown';
  /** x >= 0 with x.A x < 0, of length 1. */
  readonly ray?: readonly number[];
  /** Rays with x.A x = 0 within rounding, where A is copositive. */
  readonly nullRays: readonly (readonly number[])[];
  /** Principal submatrices that were examined. */
  readonly faces: number;
}

/** Up to here all 2^N faces are examined: 65,536 solutions of at most 16 equations, about a second. */
const EXACT = 16;
/** Relative to max|A|: what is smaller counts as 0. */
const ZERO = 1e-10;

/** Copositivity of a symmetric matrix, exact to N = 16; `unknown` beyond unless A >= 0 or a diagonal entry decides. */
export function copositivity(algebra: Algebra, a: Matrix): Copositivity {
  const n = a.rows;
  const size = Math.max(1e-300, largestMagnitude(a.data));
  const values = algebra.symmetricValues(a);
  const least = values.reduce((x, y) => Math.min(x, y));
  if (least > ZERO * size) return { verdict: 'strictly', nullRays: [], faces: 1 };
  for (let i = 0; i < n; i++)
    if (a.data[i * n + i] < -ZERO * size)
      return { verdict: 'no', ray: unit(n, i), nullRays: [], faces: i + 1 };
  if (n > EXACT) return { verdict: 'unknown', nullRays: [], faces: n };
  const nullRays: (readonly number[])[] = [];
  for (let face = 1; face < 2 ** n; face++) {
    const members = Array.from({ length: n }, (_, i) => i).filter((i) => (face >> i) & 1);
    const found = examine(algebra, principal(a, members), size);
    if (found === undefined) continue;
    const ray = new Array<number>(n).fill(0);
    members.forEach((i, k) => (ray[i] = found.x[k]));
    if (found.negative) return { verdict: 'no', ray, nullRays: [], faces: face };
    nullRays.push(ray);
  }
  return { verdict: nullRays.length > 0 ? 'copositive' : 'strictly', nullRays, faces: 2 ** n - 1 };
}

const unit = (n: number, at: number) => Array.from({ length: n }, (_, i) => (i === at ? 1 : 0));

const principal = ({ columns, data }: Matrix, members: readonly number[]): Matrix => ({
  rows: members.length,
  columns: members.length,
  data: Float64Array.from(members.flatMap((i) => members.map((j) => data[i * columns + j]))),
});

/** A positive x with A x = mu 1, mu < 0, or a positive null vector of A; of length 1. */
function examine(
  algebra: Algebra,
  a: Matrix,
  size: number,
): { readonly x: readonly number[]; readonly negative: boolean } | undefined {
  const n = a.rows;
  const normed = (x: Float64Array, sign: number) => {
    const length = sign * Math.hypot(...x);
    return [...x].map((value) => value / length);
  };
  const { values, vectors } = algebra.symmetricEigen(a);
  const flat = [...values.keys()].filter((k) => Math.abs(values[k]) <= ZERO * size);
  if (flat.length > 0) {
    // One null vector: positive or not. Several meet the boundary of the face, where a smaller face has them.
    const v = column(vectors, flat[0]);
    const sign = Math.sign(v[0]);
    const positive = flat.length === 1 && v.every((value) => sign * value > 1e-9);
    return positive ? { x: normed(v, sign), negative: false } : undefined;
  }
  const z = algebra.solve(a, new Float64Array(n).fill(1));
  return z?.every((value) => value < 0) ? { x: normed(z, -1), negative: true } : undefined;
}

/** Whether eq. 4 is bounded below. */
export interface Boundedness {
  readonly verdict: 'bounded' | 'unbounded' | 'undecided';
  readonly why: string;
  /** A direction of x = g along which eq. 4 falls without end. */
  readonly ray?: readonly number[];
  /** Of I - W on the relu neurons, where they decide. */
  readonly copositivity?: Copositivity;
}

/** Activations with bounded g. */
const SATURATING: ReadonlySet<string> = new Set([
  'sigmoid',
  'tanh',
  'arctan',
  'hard-tanh',
  'gaussian',
  'softmax',
  'layer-norm',
  'spherical',
]);

const isRelu = ({ activation: { name, parameters } }: Network['layers'][number]) =>
  name === 'relu' ||
  (name === 'power' && parameters.n === 2) ||
  (name === 'leaky-relu' && parameters.a === 0);

/** Whether eq. 4 of a network with W = W^T is bounded below. */
export function boundedBelow(algebra: Algebra, network: Network): Boundedness {
  if (!network.symmetric)
    return { verdict: 'undecided', why: 'W is not symmetric, so that eq. 4 is no energy of eq. 1' };
  const growing = network.layers.filter(({ activation }) => !SATURATING.has(activation.name));
  if (growing.length === 0) return { verdict: 'bounded', why: 'every activation saturates' };
  const members = growing.flatMap(({ offset, size }) => Array.from({ length: size }, (_, i) => offset + i));
  const weights = denseWeights(network);
  const block = principal(weights, members);
  const top = algebra.symmetricValues(block).reduce((a, b) => Math.max(a, b));
  const rounding = block.data.reduce((most, w) => Math.max(most, ZERO * Math.abs(w)), 0);
  const { sup, convex } = hessianBounds({ layers: growing });
  if (convex && (top + rounding) * sup < 1)
    return {
      verdict: 'bounded',
      why: `lambda_max(W) h = ${(top * sup).toPrecision(4)} < 1 on the neurons that do not saturate`,
    };
  if (!growing.every(isRelu))
    return {
      verdict: 'undecided',
      why: `lambda_max(W) h = ${(top * sup).toPrecision(4)} is not below 1, and the exact test is for relu`,
    };
  return reluBounded(algebra, network, members, weights, block);
}

function reluBounded(
  algebra: Algebra,
  network: Network,
  members: readonly number[],
  weights: Matrix,
  block: Matrix,
): Boundedness {
  const k = members.length;
  const a: Matrix = { ...block, data: block.data.map((w, at) => (at % (k + 1) === 0 ? 1 : 0) - w) };
  const found = copositivity(algebra, a);
  const whole = (ray: readonly number[]) => {
    const out = new Array<number>(network.size).fill(0);
    members.forEach((i, at) => (out[i] = ray[at]));
    return out;
  };
  const words = `I - W on the ${String(k)} relu neurons`;
  if (found.verdict === 'unknown')
    return { verdict: 'undecided', why: `${words}: too many to examine every face`, copositivity: found };
  if (found.verdict === 'no')
    return {
      verdict: 'unbounded',
      why: `${words} is not copositive`,
      ...(found.ray ? { ray: whole(found.ray) } : {}),
      copositivity: found,
    };
  // Along a null ray the linear term decides; saturating neurons add to it what they can.
  const slope = (ray: readonly number[]) => {
    let [own, others] = [0, 0];
    for (let i = 0; i < network.size; i++) {
      const w = members.reduce((sum, m, at) => sum + weights.data[m * network.size + i] * ray[at], 0);
      if (!members.includes(i)) others += Math.abs(w);
    }
    members.forEach((m, at) => (own += network.bias[m] * ray[at]));
    return { own, others };
  };
  const slopes = found.nullRays.map(slope);
  const rising = slopes.findIndex(({ own, others }) => own > others + 1e-12);
  if (rising >= 0)
    return {
      verdict: 'unbounded',
      why: 'the bias points up a null ray of I - W',
      ray: whole(found.nullRays[rising]),
      copositivity: found,
    };
  if (slopes.some(({ own, others }) => own > -others - 1e-12 && (others > 0 || own > 1e-12)))
    return { verdict: 'undecided', why: 'saturating neurons decide along a null ray', copositivity: found };
  return {
    verdict: 'bounded',
    why: `${words} is ${found.verdict === 'strictly' ? 'strictly copositive' : 'copositive, and no null ray has a rising bias'}`,
    copositivity: found,
  };
}
