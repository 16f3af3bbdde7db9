/**
 * Descent of eq. 4 to a minimum, with dead neurons left where they are: E4 does not change along them, so no descent
 * can tell them where to go. That is the situation of Prop. 4.3, and what `recover` starts from.
 *
 * The direction is P r, the residual on range H (steepest descent H r where H >= 0 fails), with a step-halving line
 * search; near the end Newton's method on the alive subspace takes over, which ends a relu network in one step.
 */
import type { Algebra } from '../model/algebra.js';
import { dot, Evaluator, norm } from '../model/evaluator.js';
import { activationRow } from '../model/activation.js';
import type { Problem } from '../model/problem.js';
import { hessianSpace, projectOn, type HessianSpace } from './hessian-space.js';
import { krotovHopfield } from './krotov-hopfield.js';
import { product, residualJacobian } from './linearisation.js';
import { fromColumns, plus, times, transpose } from './matrices.js';

/**
 * `minimum`: the residual vanishes on the alive neurons. `unbounded`: E4 fell without end. `stalled`: no step went
 * down any more, although the alive residual has not vanished (a kink, or H that is not >= 0). `budget`: out of steps.
 */
export type DescentOutcome = 'minimum' | 'unbounded' | 'stalled' | 'budget';

/** The end of a descent. */
export interface Descent {
  readonly outcome: DescentOutcome;
  /** y, N numbers. */
  readonly state: Float64Array;
  /** E4 there. */
  readonly energy: number;
  /** |P r|, the residual on the alive neurons. */
  readonly aliveResidual: number;
  /** |r|: what E4 does not see of it is (1 - P) r. */
  readonly residual: number;
  readonly steps: number;
}

const STEPS = 20_000;
const HALVINGS = 50;
const ARMIJO = 1e-4;
/** |P r| relative to 1 + |y| that counts as 0. */
const DONE = 1e-13;
/** From here Newton is tried. */
const NEAR = 1e-2;
const GONE = 1e9;

/**
 * Descends eq. 4 from a state.
 * @param start y, the argument of g.
 * @throws MemscapeError `analysis-asymmetric` (exit 2) where W is not symmetric.
 */
export function descendE4(problem: Problem, algebra: Algebra, start: Float64Array): Descent {
  const four = krotovHopfield(problem);
  const evaluator = new Evaluator(four, algebra);
  const convex = four.network.layers.every(({ activation: { name, parameters } }) =>
    activationRow(name).convex(parameters),
  );
  let state: Float64Array = Float64Array.from(start);
  const end = (outcome: DescentOutcome, steps: number, alive: number): Descent => {
    evaluator.moveTo(state);
    const residual = norm(evaluator.r);
    return { outcome, state, energy: evaluator.energy(), aliveResidual: alive, residual, steps };
  };
  let alive = Infinity;
  for (let count = 0; count < STEPS; count++) {
    evaluator.moveTo(state);
    const space = hessianSpace(evaluator, algebra);
    const r = Float64Array.from(evaluator.r);
    const projected = projectOn(space.alive, r);
    alive = norm(projected);
    const size = 1 + norm(state);
    if (alive <= DONE * size) return end('minimum', count, alive);
    if (size > GONE) return end('unbounded', count, alive);
    const quick = alive <= NEAR * size ? newtonStep(evaluator, algebra, space, projected, state) : undefined;
    if (quick) {
      state = quick;
      continue;
    }
    const slope = new Float64Array(r.length);
    evaluator.applyMetric(r, slope);
    const next = lineSearch(evaluator, state, convex ? projected : slope, slope);
    // Where Newton and the slope both see nothing but rounding, this is the minimum.
    if (!next) return end(alive <= 1e-9 * size ? 'minimum' : 'stalled', count, alive);
    state = next;
  }
  return end('budget', STEPS, alive);
}

/** y + t d with the largest t = 1, 1/2, .. that makes E4 fall enough; `slope` is -grad E4 at the state. */
function lineSearch(
  evaluator: Evaluator,
  state: Float64Array,
  direction: Float64Array,
  slope: Float64Array,
): Float64Array | undefined {
  evaluator.moveTo(state);
  const before = evaluator.energy();
  const expected = dot(slope, direction);
  if (!(expected > 0)) return undefined;
  for (let halving = 0, t = 1; halving < HALVINGS; halving++, t /= 2) {
    const next = plus(state, t, direction);
    evaluator.moveTo(next);
    if (before - evaluator.energy() >= ARMIJO * t * expected) return next;
  }
  return undefined;
}

/**
 * Newton on the alive subspace, (V'^T Dr V') a = -V'^T r; taken where the alive residual falls to a tenth and E4 does
 * not rise beyond rounding: otherwise a saddle would attract it.
 */
function newtonStep(
  evaluator: Evaluator,
  algebra: Algebra,
  { alive }: HessianSpace,
  projected: Float64Array,
  state: Float64Array,
): Float64Array | undefined {
  const n = state.length;
  const basis = fromColumns(
    alive.map(({ vector }) => vector),
    n,
  );
  const before = evaluator.energy();
  const jacobian = product(transpose(basis), product(residualJacobian(evaluator), basis));
  const solution = algebra.solve(jacobian, times(transpose(basis), projected));
  if (!solution?.every(Number.isFinite)) return undefined;
  const next = plus(state, -1, times(basis, solution));
  evaluator.moveTo(next);
  const after = norm(projectOn(hessianSpace(evaluator, algebra).alive, evaluator.r));
  const rounding = 1e-12 * (1 + Math.abs(before) + norm(state) ** 2);
  const falls = after <= 0.1 * norm(projected) && evaluator.energy() <= before + rounding;
  evaluator.moveTo(state);
  return falls ? next : undefined;
}
