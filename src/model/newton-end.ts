/**
 * The f64 twin of shaders/newton/end.wgsl: damped Newton for r = 0 with a fixed number of steps, as plain as a kernel. It is
 * a first look from thousands of states; the search with all means is analysis/newton.ts.
 *
 *   1. one step along the flow, y += r/2
 *   2. d = Dr^-1 r; no component moves by more than 1 + max |y_i|
 *   3. all of it, a quarter or a sixteenth, while |r| falls; all of it where it does not
 *
 * A pivot that is next to 0 is replaced by a small one: the step is then long and cut, and nothing is ever divided by 0.
 */
import { largestMagnitude } from '../math/magnitude.js';
import type { Network } from '../types.js';
import { applyWeights } from './network.js';

/** What of an evaluator is used. */
interface Movable {
  readonly problem: { readonly equation: number; readonly network: Network };
  readonly y: Float64Array;
  readonly x: Float64Array;
  readonly r: Float64Array;
  readonly moveTo: (state: Float64Array) => void;
  readonly lifted: {
    readonly hessianApply: (x: Float64Array, v: Float64Array, out: Float64Array) => void;
  };
}

const STEPS = 48;
/** A step below this, relative to 1 + max |y_i|, is the last. */
const CLOSE = 1e-5;
const CUTS = [1, 1 / 4, 1 / 16];
/** Smallest pivot, relative to the largest entry (at least 1). */
const PIVOT = 1e-6;

const length = (v: Float64Array) => Math.sqrt(v.reduce((sum, x) => sum + x * x, 0));

/** Moves the evaluator to where damped Newton leads from its state; NaN where the numbers are left. */
export function newtonEnd(at: Movable): void {
  at.moveTo(at.y.map((v, i) => v + at.r[i] / 2));
  for (let step = 0; step < STEPS && Number.isFinite(length(at.r)); step++) {
    const from = at.y.slice();
    const size = length(at.r);
    const d = solve(derivative(at), at.r.slice());
    const reach = 1 + largestMagnitude(from);
    const most = largestMagnitude(d);
    const longest = Math.min(1, reach / most);
    const move = (t: number) => {
      at.moveTo(from.map((v, i) => v - t * d[i]));
    };
    const fits = CUTS.map((cut) => cut * longest).some((t) => {
      move(t);
      return length(at.r) < (1 - t / 4) * size;
    });
    if (!fits) move(longest);
    if (most <= CLOSE * reach) return;
  }
}

/** Dr = W H - I, or H W - I of eq. 9, column by column. */
function derivative({ problem, x, lifted }: Movable): Float64Array[] {
  const n = x.length;
  const rows = Array.from({ length: n }, () => new Float64Array(n));
  const [inner, column] = [new Float64Array(n), new Float64Array(n)];
  for (let j = 0; j < n; j++) {
    const unit = new Float64Array(n);
    unit[j] = 1;
    if (problem.equation === 9) {
      applyWeights(problem.network, unit, inner);
      lifted.hessianApply(x, inner, column);
    } else {
      lifted.hessianApply(x, unit, inner);
      applyWeights(problem.network, inner, column);
    }
    for (let i = 0; i < n; i++) rows[i][j] = column[i] - unit[i];
  }
  return rows;
}

/** Gaussian elimination with partial pivoting, small pivots replaced. */
function solve(a: Float64Array[], b: Float64Array): Float64Array {
  const n = b.length;
  const least = PIVOT * Math.max(1, ...a.map(largestMagnitude));
  for (let k = 0; k < n; k++) {
    for (let i = k + 1; i < n; i++)
      if (Math.abs(a[i][k]) > Math.abs(a[k][k])) {
        [a[i], a[k]] = [a[k], a[i]];
        [b[i], b[k]] = [b[k], b[i]];
      }
    if (Math.abs(a[k][k]) < least) a[k][k] = a[k][k] < 0 ? -least : least;
    for (let i = k + 1; i < n; i++) {
      const factor = a[i][k] / a[k][k];
      for (let j = k + 1; j < n; j++) a[i][j] -= factor * a[k][j];
      b[i] -= factor * b[k];
    }
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let j = i + 1; j < n; j++) b[i] -= a[i][j] * b[j];
    b[i] /= a[i][i];
  }
  return b;
}
