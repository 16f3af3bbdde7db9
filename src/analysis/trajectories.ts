/**
 * Many trajectories of one problem, and the attractors that they end in: rest is polished by Newton, told apart by its
 * spectrum, and numbered in the order of arrival.
 */
import type { Algebra } from '../model/algebra.js';
import { norm } from '../flow/outcome.js';
import { trajectory, type FlowOptions, type Trajectory } from '../flow/trajectory.js';
import type { Problem } from '../model/problem.js';
import { fixedPointsFrom, type FixedPoint } from './fixed-points.js';
import type { JobOptions } from './jobs.js';

/** A trajectory, and the attractor that it converged to. */
export interface LabelledTrajectory extends Trajectory {
  /** Index into `attractors`; -1 where the outcome is not `converged`. */
  readonly attractor: number;
}

/** What `trajectories` found. */
export interface TrajectorySet {
  readonly trajectories: readonly LabelledTrajectory[];
  /** Stable fixed points that something converged to. */
  readonly attractors: readonly FixedPoint[];
}

/** A finished trajectory as an interrupted run keeps it. */
export interface TrajectoryRecord {
  readonly trajectory: LabelledTrajectory;
  /** Attractors that it was the first to find. */
  readonly attractors: readonly FixedPoint[];
}

/** Rest farther than this from the polished point (relative to 1 + |y|) is rest somewhere else. */
const NEAR = 1e-4;
/** How long the caller's thread may be busy. */
const BREATH_MILLISECONDS = 40;
/** The same point: polished states agree to rounding. */
const SAME = 1e-7;

/**
 * Integrates from every start (f64).
 * @param starts states of N numbers.
 * @throws MemscapeError `flow-times` (exit 2); rejects with the signal's reason within about 50 ms of an abort.
 */
export async function trajectories(
  problem: Problem,
  algebra: Algebra,
  starts: readonly Float64Array[],
  options: FlowOptions & JobOptions<TrajectoryRecord>,
): Promise<TrajectorySet> {
  const attractors: FixedPoint[] = [];
  const indexOf = (at: Float64Array) =>
    attractors.findIndex(({ state }) => distance(state, at) <= SAME * (1 + norm(at)));
  /** Stable points that are not attractors yet: a flow may be near one and end elsewhere. */
  let candidates: FixedPoint[] = [];
  const settle = (rest: Float64Array) => {
    const known = indexOf(rest);
    if (known >= 0) return { state: attractors[known].state, stable: true };
    const point = fixedPointsFrom(problem, algebra, [rest]).at(0);
    if (!point || distance(point.state, rest) > NEAR * (1 + norm(rest))) return undefined;
    if (point.class !== 'stable') return { state: point.state, stable: false };
    // Rest is only near its point: which one it is can be told when both are polished.
    const same = indexOf(point.state);
    if (same >= 0) return { state: attractors[same].state, stable: true };
    candidates.push(point);
    return { state: point.state, stable: true };
  };
  /** Index of the attractor that a flow ended in, the next one where it is the first to; undefined where none is known. */
  const numberOf = ({ outcome, end }: Trajectory, points: readonly FixedPoint[]): number | undefined => {
    if (outcome !== 'converged' || !end) return -1;
    const known = indexOf(end);
    if (known >= 0) return known;
    const point = points.find(({ state }) => distance(state, end) <= SAME * (1 + norm(end)));
    return point && attractors.push(point) - 1;
  };
  const found: LabelledTrajectory[] = [];
  let breath = performance.now();
  /** Lets other things happen every 40 ms, an abort among them. */
  const finish = async (pieces: Generator<undefined, Trajectory>): Promise<Trajectory> => {
    for (;;) {
      const { done, value } = pieces.next();
      if (performance.now() - breath >= BREATH_MILLISECONDS) {
        await new Promise((resolve) => setTimeout(resolve, 0));
        options.signal?.throwIfAborted();
        breath = performance.now();
      }
      if (done) return value;
    }
  };
  for (const [index, start] of starts.entries()) {
    options.signal?.throwIfAborted();
    const known = options.kept?.get(index);
    // The numbers of a kept trajectory are of its run: here others may have come before.
    const number = known && numberOf(known.trajectory, known.attractors);
    if (known && number !== undefined) {
      found.push({ ...known.trajectory, attractor: number });
      continue;
    }
    const before = attractors.length;
    candidates = [];
    const run = await finish(trajectory(problem, algebra, start, options, settle));
    const labelled = { ...run, attractor: numberOf(run, candidates) ?? -1 };
    found.push(labelled);
    await options.keep?.(index, { trajectory: labelled, attractors: attractors.slice(before) });
    options.onProgress?.({ done: found.length, total: starts.length });
  }
  return { trajectories: found, attractors };
}

function distance(a: Float64Array, b: Float64Array): number {
  let square = 0;
  for (let i = 0; i < a.length; i++) square += (a[i] - b[i]) ** 2;
  return Math.sqrt(square);
}
