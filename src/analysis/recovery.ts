/**
 * Prop. 4.3: from a minimum y of eq. 4 to the steady state it stands for,
 *
 *   y* = (1 - P) y + P (W g(y) + b),   P the projector on null H(y),
 *
 * since dead neurons follow the alive ones and the whole flat region drains to y*. That is so only while g(y*) = g(y).
 * Where a dead neuron of y wakes on the way, the minimum is spurious (ours): E4 cannot see that it wants to. Then the
 * waking neurons are named, and the flow is followed from y* to where it really goes.
 */
import type { Algebra } from '../model/algebra.js';
import { Evaluator, norm } from '../model/evaluator.js';
import type { Problem } from '../model/problem.js';
import type { FixedPointClass } from './stability.js';
import { hessianSpace, projectOn } from './hessian-space.js';
import { krotovHopfield } from './krotov-hopfield.js';
import { plus } from './matrices.js';
import { settle, type Settled } from './settle.js';

/** `recovered`: y* is the steady state. `spurious`: neurons wake. `not-a-minimum`: the alive neurons are not at rest. */
export type RecoveryVerdict = 'recovered' | 'spurious' | 'not-a-minimum';

/** What a minimum of eq. 4 stands for. */
export interface Recovery {
  readonly verdict: RecoveryVerdict;
  /** y*, N numbers, the argument of g. */
  readonly state: readonly number[];
  /** |r| at the minimum and at y*. */
  readonly residualBefore: number;
  readonly residualAfter: number;
  /** |P_alive r| at the minimum: 0 at a minimum. */
  readonly aliveResidual: number;
  /** Dimension of null H at the minimum. */
  readonly deadDimensions: number;
  /** Neurons whose activation differs between y and y*: those that wake. */
  readonly wakes: readonly number[];
  /** Where the flow of eq. 1 goes from y* (from y where the alive neurons are not at rest). */
  readonly flow: {
    readonly outcome: Settled['outcome'];
    readonly state: readonly number[];
    readonly class: FixedPointClass | null;
    readonly time: number;
  };
}

/** |r(y*)| relative to 1 + |y*| up to which a steady state is recovered. */
const RECOVERED = 1e-10;
/** A neuron has woken when its activation changed by more than this, relative to 1 + |g|. */
const AWAKE = 1e-9;

/**
 * Recovers the steady state behind a minimum of eq. 4 (Prop. 4.3), or says why there is none.
 * @param minimum y, the argument of g, for example the end of `descendE4`.
 * @throws MemscapeError `analysis-asymmetric` (exit 2) where W is not symmetric.
 */
export function recover(problem: Problem, algebra: Algebra, minimum: Float64Array): Recovery {
  const four = krotovHopfield(problem);
  const evaluator = new Evaluator(four, algebra);
  evaluator.moveTo(minimum);
  const { dead, alive } = hessianSpace(evaluator, algebra);
  const r = Float64Array.from(evaluator.r);
  const g = Float64Array.from(evaluator.g);
  // (1 - P) y + P (W g + b) = y + P r.
  const star = plus(minimum, 1, projectOn(dead, r));
  const aliveResidual = norm(projectOn(alive, r));
  evaluator.moveTo(star);
  const residualAfter = norm(evaluator.r);
  const changed = AWAKE * (1 + norm(g));
  const wakes = [...g.keys()].filter((i) => Math.abs(evaluator.g[i] - g[i]) > changed);
  const rests = aliveResidual <= RECOVERED * (1 + norm(minimum));
  const verdict = !rests
    ? 'not-a-minimum'
    : residualAfter <= RECOVERED * (1 + norm(star))
      ? 'recovered'
      : 'spurious';
  const end = settle(four, algebra, rests ? star : minimum);
  return {
    verdict,
    state: [...star],
    residualBefore: norm(r),
    residualAfter,
    aliveResidual,
    deadDimensions: dead.length,
    wakes,
    flow: {
      outcome: end.outcome,
      state: [...end.state],
      class: end.point?.class ?? null,
      time: end.time,
    },
  };
}

/**
 * Fixed points that share a flat region: those with the same g. A steady state is y = W g(y) + b, so a flat region
 * supports at most one; anything but groups of one is an error of the points.
 * @param states y, the argument of g.
 * @returns indices of `states`, grouped by g within 1e-6 (1 + |g|).
 */
export function byFlatRegion(
  problem: Problem,
  algebra: Algebra,
  states: readonly Float64Array[],
): readonly (readonly number[])[] {
  const evaluator = new Evaluator({ ...problem, equation: 1 }, algebra);
  const groups: { g: Float64Array; members: number[] }[] = [];
  states.forEach((state, at) => {
    evaluator.moveTo(state);
    const g = Float64Array.from(evaluator.g);
    const group = groups.find((other) => norm(plus(g, -1, other.g)) <= 1e-6 * (1 + norm(g)));
    if (group) group.members.push(at);
    else groups.push({ g, members: [at] });
  });
  return groups.map(({ members }) => members);
}
