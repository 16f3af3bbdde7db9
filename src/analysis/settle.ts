/**
 * Where a state really goes: the flow u' = R r followed in f64 until it rests, leaves, or has used up its steps.
 *
 * Dormand-Prince 5(4), J. Comput. Appl. Math. 6 (1980) 19, with the usual step control. When the flow has slowed down
 * so far that Newton's method from here ends nearby, that end is the answer: a slow last approach is not walked.
 */
import type { Algebra } from '../model/algebra.js';
import { Evaluator, norm } from '../model/evaluator.js';
import type { Problem } from '../model/problem.js';
import { fixedPointsFrom, type FixedPoint } from './fixed-points.js';
import { plus } from './matrices.js';

/** How a trajectory ended. `converged` names a fixed point; `budget` and `diverged` do not. */
export interface Settled {
  readonly outcome: 'converged' | 'diverged' | 'budget';
  /** The fixed point, or the last state. */
  readonly state: Float64Array;
  readonly point?: FixedPoint;
  /** Time at which it was given up or Newton took over. */
  readonly time: number;
}

/** How long and how exactly to follow. */
export interface SettleOptions {
  /** Largest number of accepted and refused steps; 20,000 by default. */
  readonly steps?: number;
  /** Relative and absolute tolerance of a step; 1e-9 by default. */
  readonly tolerance?: number;
}

// Butcher's tableau: nodes are not needed, the flow is autonomous.
const STAGES = [
  [1 / 5],
  [3 / 40, 9 / 40],
  [44 / 45, -56 / 15, 32 / 9],
  [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
  [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
  [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
] as const;
const ERROR = [71 / 57600, 0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40] as const;

/** Beyond this a state does not come back in any network that is bounded. */
const GONE = 1e9;
/** |R r| relative to 1 + |u| below which Newton is asked where the flow ends. */
const SLOW = 1e-4;
/** The flow may end this far away, relative to 1 + |u| and for |R r| = 1: 1/1000 is the slowest rate believed. */
const FARTHEST = 1e3;
/** Nearer than this, relative to 1 + |u|, the flow stands on a point that is not stable. */
const STANDING = 1e-8;

/** Follows the flow of the problem from `start`. */
export function settle(
  problem: Problem,
  algebra: Algebra,
  start: Float64Array,
  { steps = 20_000, tolerance = 1e-9 }: SettleOptions = {},
): Settled {
  const evaluator = new Evaluator(problem, algebra);
  const velocity = (state: Float64Array) => {
    evaluator.moveTo(state);
    return Float64Array.from(evaluator.velocity());
  };
  let state: Float64Array = Float64Array.from(start);
  let first: Float64Array = velocity(state);
  let time = 0;
  let step = 0.01;
  let nextLook = SLOW;
  for (let count = 0; count < steps; count++) {
    const speed = norm(first) / (1 + norm(state));
    if (!Number.isFinite(speed) || norm(state) > GONE) return { outcome: 'diverged', state, time };
    if (speed <= nextLook) {
      const point = restNear(problem, algebra, state, speed);
      if (point) return { outcome: 'converged', state: point.state, point, time };
      // Not yet: ask again when it is ten times slower.
      nextLook = speed / 10;
      if (speed <= 1e-14) break;
    }
    const slopes: Float64Array[] = [first];
    let next: Float64Array = state;
    for (const row of STAGES) {
      next = combine(state, step, row, slopes);
      slopes.push(velocity(next));
    }
    const error = norm(combine(new Float64Array(state.length), step, ERROR, slopes));
    const ratio = error / (tolerance * (1 + norm(state)));
    if (ratio <= 1) {
      state = next;
      first = slopes[6];
      time += step;
    }
    step *= Number.isFinite(ratio) ? Math.min(5, Math.max(0.2, 0.9 * Math.max(ratio, 1e-10) ** -0.2)) : 0.1;
  }
  return { outcome: 'budget', state, time };
}

/** from + step (weights . slopes). */
const combine = (
  from: Float64Array,
  step: number,
  weights: readonly number[],
  slopes: readonly Float64Array[],
): Float64Array =>
  from.map((value, i) => value + step * weights.reduce((sum, weight, k) => sum + weight * slopes[k][i], 0));

/**
 * The fixed point that Newton reaches from a slow state, if it is near enough to be the flow's own end. Beside an
 * unstable direction the flow only rests before it speeds up again: a saddle counts when the flow stands on it, as it
 * does from symmetric starts.
 */
function restNear(
  problem: Problem,
  algebra: Algebra,
  state: Float64Array,
  speed: number,
): FixedPoint | undefined {
  const point = fixedPointsFrom(problem, algebra, [state]).at(0);
  if (!point) return undefined;
  const distance = norm(plus(state, -1, point.state)) / (1 + norm(state));
  const near = point.class === 'stable' ? Math.min(0.01, FARTHEST * speed) : STANDING;
  return distance <= near ? point : undefined;
}
