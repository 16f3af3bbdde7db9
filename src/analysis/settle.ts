/** Where a state really goes: the flow u' = R r followed in f64 (flow/trajectory.ts), its end polished and classified. */
import type { Outcome } from '../flow/outcome.js';
import { trajectory, type Wake } from '../flow/trajectory.js';
import type { Algebra } from '../model/algebra.js';
import { norm } from '../model/evaluator.js';
import type { Problem } from '../model/problem.js';
import { fixedPointsFrom, type FixedPoint } from './fixed-points.js';
import { plus } from './matrices.js';

/** How a trajectory ended. */
export interface Settled {
  /** `converged` and `saddle-slow` name a fixed point, the others do not. */
  readonly outcome: Outcome;
  /** The fixed point, or the last state. */
  readonly state: Float64Array;
  readonly point?: FixedPoint;
  /** Time at which it was told. */
  readonly time: number;
  /** Neurons of elementwise layers that woke or died on the way. */
  readonly wakes: readonly Wake[];
}

/** Rest farther than this from the polished point (relative to 1 + |u|) is rest somewhere else. */
const NEAR = 1e-3;
/** Slow rates down to 1/1000 come to rest in this time. */
const HORIZON = 2e4;
/** The end is polished by Newton: on the way only the right basin matters. */
const RTOL = 1e-6;

/** Follows the flow of the problem from `start` until its end is known. */
export function settle(problem: Problem, algebra: Algebra, start: Float64Array): Settled {
  const pieces = settling(problem, algebra, start);
  for (;;) {
    const { done, value } = pieces.next();
    if (done === true) return value;
  }
}

/**
 * The same in pieces, so that the caller may breathe in between.
 * @yields nothing, about every 1000 steps; returns what `settle` does.
 */
export function* settling(
  problem: Problem,
  algebra: Algebra,
  start: Float64Array,
): Generator<undefined, Settled> {
  let point: FixedPoint | undefined;
  const first = 1e-3;
  const pieces = trajectory(
    problem,
    algebra,
    start,
    { times: [first], horizon: HORIZON, rtol: RTOL, atol: RTOL / 100 },
    (rest) => {
      const found = fixedPointsFrom(problem, algebra, [rest]).at(0);
      if (!found || norm(plus(found.state, -1, rest)) > NEAR * (1 + norm(rest))) return undefined;
      point = found;
      return { state: found.state, stable: found.class === 'stable' };
    },
  );
  for (;;) {
    const { done, value } = pieces.next();
    if (done !== true) {
      yield;
      continue;
    }
    const { outcome, endTime, states, wakes } = value;
    const state = point?.state ?? states.slice(-start.length);
    return { outcome, state, ...(point ? { point } : {}), time: endTime, wakes };
  }
}
