/**
 * A problem made ready to map its basins: its attractors with the sets that stop a flow, the method and the length of its
 * steps. Attractors are the stable fixed points that were found; limit cycles, and stable points that the search has missed,
 * join them while a map is computed (judge.ts).
 */
import type { FoundPoint } from '../analysis/find-run.js';
import type { FixedMethod, ReachTask } from '../flow/task.js';
import { probeStep } from '../flow/trajectory.js';
import type { Algebra } from '../model/algebra.js';
import { applyWeights } from '../model/network.js';
import { Evaluator } from '../model/evaluator.js';
import type { Problem } from '../model/problem.js';
import { certify, type Certificate } from './ball.js';

/** What is asked of fixed points here. */
export type KnownPoint = Pick<FoundPoint, 'state' | 'class'> &
  Partial<Pick<FoundPoint, 'energy' | 'continuum'>>;

/** An attractor: a stable fixed point with what stops a flow near it, or a closed orbit. */
export type Attractor =
  | { readonly kind: 'fixed-point'; readonly state: Float64Array; readonly certificate: Certificate }
  | {
      readonly kind: 'limit-cycle';
      readonly period: number;
      /** States along it at equal times, the first one at time 0. */
      readonly orbit: readonly Float64Array[];
    };

/** How flows are followed; all of it has defaults. */
export interface FlowChoice {
  /** Default `etd4rk` where R = I, else `rk4`. */
  readonly method?: FixedMethod;
  /** Default: by step doubling at the given states. */
  readonly step?: number;
  /** Components that leave [lo, hi] end a flow (`left-box`). */
  readonly box?: readonly [lo: number, hi: number];
  /** Time after which a flow that has not ended is `budget`. Default 1000. */
  readonly horizon?: number;
}

/** A problem with everything that basin maps of it share. */
export interface BasinSystem {
  readonly problem: Problem;
  readonly algebra: Algebra;
  readonly method: FixedMethod;
  readonly step: number;
  readonly horizon: number;
  /** Fixed points of every class. */
  readonly points: readonly KnownPoint[];
  /** In the order of their labels; grows. */
  readonly attractors: Attractor[];
  /** What kernels are asked to do. */
  readonly task: ReachTask;
  /** |y'| at or below it is rounding in f32. */
  readonly rest: number;
  /** Present where not the flow is followed but the map y -> y + R r(y), one Euler step of length 1 (iterate.ts). */
  readonly iterates?: boolean;
}

/** Kernels hold the stop sets as text: more numbers than this are left to rest and the nearest point. */
const MOST_NUMBERS = 2048;
/** f32 has no squares beyond 3e38. */
export const FAR = 1e9;
/** Error of a step, relative to 1 + |y|: what moves a start across a boundary is far below a pixel. */
const STEP_ERROR = 1e-2;
const LONGEST_STEP = 0.5;
const DEFAULT_HORIZON = 1000;
const ROUNDING = 16 * 2 ** -24;

/**
 * Prepares a problem.
 * @param points its fixed points, as `findFixedPoints` gives them: stable ones become attractors in this order.
 * @param probes states at which the length of the step is tried, e.g. some starts of the map.
 */
export function prepareSystem(
  problem: Problem,
  algebra: Algebra,
  points: readonly KnownPoint[],
  probes: readonly Float64Array[],
  choice: FlowChoice = {},
): BasinSystem {
  const evaluator = new Evaluator(problem, algebra);
  const method = choice.method ?? (problem.design.kind === 'identity' ? 'etd4rk' : 'rk4');
  const step = choice.step ?? Math.min(LONGEST_STEP, probeStep(problem, algebra, probes, method, STEP_ERROR));
  const attractors = points
    .filter((p) => p.class === 'stable' && !p.continuum)
    .map(({ state }): Attractor & { kind: 'fixed-point' } => ({
      kind: 'fixed-point',
      state,
      certificate: certify(evaluator, algebra, state),
    }));
  const known = Math.max(1, Math.floor(MOST_NUMBERS / problem.network.size));
  const stops = attractors.slice(0, known).map(({ certificate }) => certificate.stop);
  const rest = restSpeed(evaluator, points);
  return {
    problem,
    algebra,
    method,
    step,
    horizon: choice.horizon ?? DEFAULT_HORIZON,
    points,
    attractors,
    task: { method, step, stops, farSquare: FAR ** 2, ...(choice.box ? { box: choice.box } : {}) },
    rest,
  };
}

/** What rounding leaves of |y'| at the fixed points: 16 u of the terms of r. */
export function restSpeed(evaluator: Evaluator, points: readonly KnownPoint[]): number {
  const { network } = evaluator.problem;
  const n = network.size;
  const product = new Float64Array(n);
  let most = 1;
  for (const { state } of points) {
    evaluator.moveTo(state);
    applyWeights(network, evaluator.g, product);
    for (let i = 0; i < n; i++)
      most = Math.max(most, Math.abs(product[i]) + Math.abs(network.bias[i]) + Math.abs(state[i]));
  }
  return ROUNDING * most;
}
