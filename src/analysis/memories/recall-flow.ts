/**
 * The flow of trials, in fixed steps of `etd4rk`, until it is certain where it goes: inside a set that is proved to lie
 * in the basin of a memory, or at rest. Near a memory and moving towards it would be quicker, and wrong where a basin is
 * narrow.
 */
import { createStepper, type Stepper } from '../../flow/steppers.js';
import type { StopSet } from '../../flow/task.js';
import { probeStep } from '../../flow/trajectory.js';
import type { Algebra } from '../../model/algebra.js';
import { Evaluator, norm } from '../../model/evaluator.js';
import type { Problem } from '../../model/problem.js';
import type { Breath } from '../jobs.js';

/** |f| <= REST (1 + |y|) is rest. */
const REST = 1e-8;
/** States at rest nearer than this times (1 + |y|) are the same: for rates of decay above 10^-4. */
const SAME = 1e-4;
const HORIZON = 500;
/** Error of a step on the probes, relative to 1 + |y|. */
const TOLERANCE = 1e-4;
const LONGEST_STEP = 0.25;

/** A fixed point that a flow may end in. */
export interface Target {
  readonly state: Float64Array;
  /** A set around it from which the flow goes nowhere else; absent where none is proved. */
  readonly basin?: StopSet;
}

/** Where a flow ended. */
export interface End {
  readonly state: Float64Array;
  /** Index of the target that it is, or that it will come to. */
  readonly target?: number;
  readonly rested: boolean;
  /** At which that was known. */
  readonly time: number;
}

/** The flow of a problem. */
export class RecallFlow {
  readonly #evaluator: Evaluator;
  readonly #stepper: Stepper;
  readonly #h: number;
  readonly #slope: Float64Array;
  readonly #unused: Float64Array;

  private constructor(evaluator: Evaluator, h: number) {
    const n = evaluator.problem.network.size;
    this.#evaluator = evaluator;
    this.#h = h;
    this.#stepper = createStepper('etd4rk', n, (y, out) => {
      evaluator.moveTo(y);
      out.set(evaluator.velocity());
    });
    this.#slope = new Float64Array(n);
    this.#unused = new Float64Array(n);
  }

  /** @param probes states at which the length of the step is tried. */
  static async open(
    problem: Problem,
    algebra: Algebra,
    probes: readonly Float64Array[],
    breath: Breath,
  ): Promise<RecallFlow> {
    let h = LONGEST_STEP;
    for (const probe of probes) {
      h = Math.min(h, probeStep(problem, algebra, [probe], 'etd4rk', TOLERANCE));
      if (breath.due) await breath.take();
    }
    return new RecallFlow(new Evaluator(problem, algebra), h);
  }

  /** To a target, to rest elsewhere, or until time is up. */
  async follow(start: Float64Array, targets: readonly (Target | undefined)[], breath: Breath): Promise<End> {
    const [slope, h] = [this.#slope, this.#h];
    let [y, next] = [Float64Array.from(start), new Float64Array(start.length)];
    for (let step = 0; step * h <= HORIZON; step++) {
      if (breath.due) await breath.take();
      const time = step * h;
      const inside = targets.findIndex((target) => target?.basin && isInside(target.basin, y));
      const sure = targets[inside];
      if (sure) return { state: sure.state, target: inside, rested: true, time };
      this.#evaluator.moveTo(y);
      slope.set(this.#evaluator.velocity());
      const speed = norm(slope);
      if (speed <= REST * (1 + norm(y))) {
        const target = targets.findIndex((one) => one && isSame(one.state, y));
        return { state: y, ...(target >= 0 ? { target } : {}), rested: true, time };
      }
      if (!Number.isFinite(speed)) break;
      this.#stepper.step(y, slope, h, next, this.#unused);
      [y, next] = [next, y];
    }
    return { state: y, rested: false, time: HORIZON };
  }
}

function isInside({ centre, weights, square }: StopSet, y: Float64Array): boolean {
  let sum = 0;
  for (let i = 0; i < y.length && sum <= square; i++) sum += weights[i] * (y[i] - centre[i]) ** 2;
  return sum <= square;
}

/** Whether two states at rest are one. */
export function isSame(a: Float64Array, b: Float64Array): boolean {
  let [square, size] = [0, 0];
  for (let i = 0; i < b.length; i++) {
    square += (b[i] - a[i]) ** 2;
    size += a[i] ** 2;
  }
  return square <= (SAME * (1 + Math.sqrt(size))) ** 2;
}
