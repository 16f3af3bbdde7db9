/**
 * Fixed points r = 0 of eqs. 1, 9 and 13 in f64: damped Newton from seeds, merged after it has converged, each
 * classified by the spectrum of the Jacobian of the chosen dynamics. R (invertible) does not move them, but it
 * decides which are stable, so the Jacobian is that of R r: at r = 0 it is R Dr.
 */
import type { Algebra } from '../model/algebra.js';
import { dot, Evaluator, norm } from '../model/evaluator.js';
import type { Problem } from '../model/problem.js';
import { stateAt } from '../model/sampling.js';
import type { Grid } from '../types.js';
import { residualJacobian } from './linearisation.js';
import { stabilityAt, type Eigenvalue, type FixedPointClass } from './stability.js';

/** A zero of r with what tells its kind. */
export interface FixedPoint {
  /** N numbers: y of eqs. 1 and 13, u of eq. 9. */
  readonly state: Float64Array;
  /** |r| at it. */
  readonly residual: number;
  /** The problem's energy at it. */
  readonly energy: number;
  readonly class: FixedPointClass;
  /** Eigenvalues of the Jacobian of R r, by falling real part. */
  readonly spectrum: readonly Eigenvalue[];
  /** Seeds that ended here. */
  readonly hits: number;
}

const STEPS = 60;
const HALVINGS = 30;
const CONVERGED = 1e-12;
/** Distance, relative to 1 + |y|, below which two ends are one point. */
const SAME = 1e-7;

/** Newton with step halving from `seed`; the state where |r| <= 1e-12 (1 + |y|), or undefined. */
function newton(evaluator: Evaluator, algebra: Algebra, seed: Float64Array): Float64Array | undefined {
  const y = Float64Array.from(seed);
  evaluator.moveTo(y);
  for (let step = 0; step < STEPS; step++) {
    const size = norm(evaluator.r);
    if (!Number.isFinite(size)) return undefined;
    if (size <= CONVERGED * (1 + norm(y))) return y;
    const jacobian = residualJacobian(evaluator);
    if (!jacobian.data.every(Number.isFinite)) return undefined;
    const delta = algebra.solve(jacobian, evaluator.r);
    if (!delta?.every(Number.isFinite)) return undefined;
    if (!lineSearch(evaluator, y, delta, size)) return undefined;
  }
  return undefined;
}

/** Moves y to y - t delta with the largest t = 1, 1/2, ... that makes |r| fall; leaves the evaluator there. */
function lineSearch(evaluator: Evaluator, y: Float64Array, delta: Float64Array, size: number): boolean {
  const from = Float64Array.from(y);
  for (let halving = 0, t = 1; halving < HALVINGS; halving++, t /= 2) {
    for (let i = 0; i < y.length; i++) y[i] = from[i] - t * delta[i];
    evaluator.moveTo(y);
    if (norm(evaluator.r) < (1 - t / 4) * size) return true;
  }
  // Where rounding is all that is left, no step makes |r| fall: the next test of |r| decides.
  y.set(from);
  evaluator.moveTo(y);
  return false;
}

/** The distinct fixed points that Newton reaches from `seeds`, stable ones first, each class by its energy. */
export function fixedPointsFrom(
  problem: Problem,
  algebra: Algebra,
  seeds: Iterable<Float64Array>,
): FixedPoint[] {
  const evaluator = new Evaluator(problem, algebra);
  const found: { state: Float64Array; hits: number }[] = [];
  for (const seed of seeds) {
    const end = newton(evaluator, algebra, seed);
    if (!end) continue;
    const known = found.find(({ state }) => norm(state.map((v, i) => v - end[i])) <= SAME * (1 + norm(end)));
    if (known) known.hits++;
    else found.push({ state: end, hits: 1 });
  }
  const order: readonly FixedPointClass[] = ['stable', 'undecided', 'saddle', 'unstable'];
  return found
    .map(({ state, hits }): FixedPoint => {
      const { class: kind, spectrum } = stabilityAt(evaluator, algebra, state);
      return {
        state,
        residual: norm(evaluator.r),
        energy: evaluator.energy(),
        class: kind,
        spectrum,
        hits,
      };
    })
    .sort(
      (a, b) =>
        order.indexOf(a.class) - order.indexOf(b.class) || a.energy - b.energy || compare(b.state, a.state),
    );
}

function compare(a: Float64Array, b: Float64Array): number {
  const i = a.findIndex((v, k) => v !== b[k]);
  return i < 0 ? 0 : a[i] - b[i];
}

/** Seeds on a grid: its cells where |r| is no larger than in the neighbouring cells, at most `limit`, lowest first. */
export function gridSeeds(problem: Problem, algebra: Algebra, grid: Grid, limit = 256): Float64Array[] {
  const evaluator = new Evaluator(problem, algebra);
  const [columns, rows = 1] = grid.size;
  const states: Float64Array[] = [];
  const sizes = new Float64Array(columns * rows);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const state = new Float64Array(problem.network.size);
      stateAt(grid, column, row, state);
      evaluator.moveTo(state);
      sizes[states.length] = dot(evaluator.r, evaluator.r);
      states.push(state);
    }
  const isLow = (at: number) => {
    const [column, row] = [at % columns, Math.floor(at / columns)];
    for (let dr = -1; dr <= 1; dr++)
      for (let dc = -1; dc <= 1; dc++) {
        const [c, r] = [column + dc, row + dr];
        if (c < 0 || r < 0 || c >= columns || r >= rows) continue;
        if (sizes[r * columns + c] < sizes[at]) return false;
      }
    return true;
  };
  return [...states.keys()]
    .filter(isLow)
    .sort((a, b) => sizes[a] - sizes[b])
    .slice(0, limit)
    .map((at) => states[at]);
}
