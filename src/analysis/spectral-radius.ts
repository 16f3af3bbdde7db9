/**
 * The spectral radius of a large dense symmetric matrix by Lanczos' method, with full reorthogonalisation: N = 1000
 * takes about a second, where all eigenvalues would take minutes.
 *
 * C. Lanczos, J. Res. Natl. Bur. Stand. 45 (1950) 255. The extreme eigenvalues of the tridiagonal matrix are found by
 * bisection on Sturm counts; the iteration ends when both move by less than the tolerance over ten steps. (A residual
 * bound is not needed: the radius serves as a measured number beside which sampling errors are a thousand times larger.)
 */
import { dot, norm } from '../model/evaluator.js';
import { randomStream } from '../model/random.js';
import type { Matrix } from '../types.js';
import { times } from './matrices.js';

const LOOK_EVERY = 10;
/** Relative to the spectral radius. */
const TOLERANCE = 1e-10;

/** max |lambda| of a symmetric matrix, to about 1e-10 relative; 0 for an empty one. */
export function spectralRadius(a: Matrix): number {
  const n = a.rows;
  if (n === 0) return 0;
  const { normal } = randomStream(1);
  const start = Float64Array.from({ length: n }, (_, i) => normal(i));
  const basis: Float64Array[] = [start.map((v) => v / norm(start))];
  const diagonal: number[] = [];
  const beside: number[] = [];
  let last = NaN;
  for (let step = 0; step < n; step++) {
    let next: Float64Array = times(a, basis[step]);
    diagonal.push(dot(next, basis[step]));
    for (let pass = 0; pass < 2; pass++) for (const q of basis) next = subtract(next, dot(next, q), q);
    const length = norm(next);
    const scale = Math.max(...diagonal.map(Math.abs), ...beside);
    const exhausted = step === n - 1 || length <= 1e-14 * scale;
    if (exhausted || step % LOOK_EVERY === LOOK_EVERY - 1) {
      const radius = tridiagonalRadius(diagonal, beside);
      if (exhausted || Math.abs(radius - last) <= TOLERANCE * radius) return radius;
      last = radius;
    }
    beside.push(length);
    basis.push(next.map((v) => v / length));
  }
  return last;
}

/** a - c b, in place. */
function subtract(a: Float64Array, c: number, b: Float64Array): Float64Array {
  for (let i = 0; i < a.length; i++) a[i] -= c * b[i];
  return a;
}

/** max |lambda| of the symmetric tridiagonal matrix with this diagonal and what stands beside it. */
function tridiagonalRadius(diagonal: readonly number[], beside: readonly number[]): number {
  const bound = diagonal.reduce(
    (most, d, i) => Math.max(most, Math.abs(d) + (beside[i - 1] ?? 0) + (beside[i] ?? 0)),
    0,
  );
  /** Number of eigenvalues below x: of negative pivots of T - x. */
  const below = (x: number) => {
    let [count, pivot] = [0, 1];
    diagonal.forEach((d, i) => {
      const b = i > 0 ? beside[i - 1] : 0;
      pivot = d - x - (b * b) / pivot;
      if (pivot === 0) pivot = -Number.EPSILON * bound;
      if (pivot < 0) count++;
    });
    return count;
  };
  const edge = (wanted: number) => {
    let [lo, hi] = [-bound, bound];
    while (hi - lo > 1e-14 * bound) {
      const middle = (lo + hi) / 2;
      if (middle <= lo || middle >= hi) break;
      if (below(middle) >= wanted) hi = middle;
      else lo = middle;
    }
    return (lo + hi) / 2;
  };
  return Math.max(Math.abs(edge(1)), Math.abs(edge(diagonal.length)));
}
