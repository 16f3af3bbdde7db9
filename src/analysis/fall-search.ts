/**
 * The Lyapunov property put to the test by many short trajectories: starts drawn from a box, fixed steps of a method in
 * f64, and the energy watched over every one (flow/fall.ts). It is the negative control's tool as well: an R that breaks
 * condition (11) should be caught after few starts.
 */
import { EnergyRounding, FallWatch, type EnergyViolation } from '../flow/fall.js';
import type { MethodName } from '../flow/methods.js';
import { createStepper } from '../flow/steppers.js';
import { probeStep } from '../flow/trajectory.js';
import type { Algebra } from '../model/algebra.js';
import { dot, Evaluator } from '../model/evaluator.js';
import type { Problem } from '../model/problem.js';
import { breathe, STREAM, uniformStates, type Box, type Watch } from './box.js';

/** How many trajectories, and which. */
export interface FallOptions extends Watch {
  /** 1000 by default. */
  readonly starts?: number;
  /** Steps of each; 100 by default. */
  readonly steps?: number;
  /** Default `rk4`; every method takes fixed steps here. */
  readonly method?: MethodName;
  /** Step; by default the longest whose error on eight starts is at most 1e-6 (1 + |y|). */
  readonly step?: number;
  /** States; [-4, 4] in every coordinate by default. */
  readonly box?: Box;
  /** 1 by default. */
  readonly seed?: number;
  /** Go on after a violation; stops at the first one by default. */
  readonly goOn?: boolean;
}

/** What the trajectories showed. */
export interface FallReport {
  readonly starts: number;
  /** Steps in all, and the length of each. */
  readonly steps: number;
  readonly step: number;
  /** Trajectories by verdict. */
  readonly holds: number;
  readonly violated: number;
  readonly belowRounding: number;
  /** The violation with the largest dE/dt, and how many starts it took to find the first. */
  readonly violation?: EnergyViolation;
  readonly startsUntilViolation: number | null;
  /** Largest rise of the energy over a step; null where it never rose. */
  readonly largestRise: number | null;
  /** Largest rise that is an error of a step; 0 where there was none. */
  readonly stepRise: number;
}

const PROBED = 8;
const TOLERANCE = 1e-6;
const BREATH_MILLISECONDS = 20;

/**
 * Follows trajectories from random starts and watches their energy.
 * @throws RangeError for a box that is none; rejects with the signal's reason on abort.
 */
export async function searchRises(
  problem: Problem,
  algebra: Algebra,
  options: FallOptions = {},
): Promise<FallReport> {
  const { starts = 1000, steps = 100, method = 'rk4', box = [-4, 4], seed = 1, goOn = false } = options;
  const stateOf = uniformStates(box, problem.network.size, seed, STREAM.rises);
  const probes = Array.from({ length: Math.min(PROBED, starts) }, (_, k) => stateOf(k));
  const h = options.step ?? probeStep(problem, algebra, probes, method, TOLERANCE);
  const walk = walker(problem, algebra, method, h);
  const counts = { holds: 0, violated: 0, 'below-rounding': 0 };
  let [done, taken, largestRise, stepRise] = [0, 0, -Infinity, 0];
  let violation: EnergyViolation | undefined;
  let startsUntilViolation: number | null = null;
  let breath = performance.now();
  while (done < starts && (goOn || !violation)) {
    const found = walk(stateOf(done++), steps);
    taken += found.steps;
    counts[found.verdict]++;
    largestRise = Math.max(largestRise, found.largestRise);
    stepRise = Math.max(stepRise, found.stepRise);
    if (found.violation) startsUntilViolation ??= done;
    if (found.violation && found.violation.rate > (violation?.rate ?? 0)) violation = found.violation;
    if (performance.now() - breath < BREATH_MILLISECONDS) continue;
    options.onProgress?.(done / starts);
    await breathe(options.signal);
    breath = performance.now();
  }
  return {
    starts: done,
    steps: taken,
    step: h,
    holds: counts.holds,
    violated: counts.violated,
    belowRounding: counts['below-rounding'],
    ...(violation ? { violation } : {}),
    startsUntilViolation,
    largestRise: largestRise > 0 ? largestRise : null,
    stepRise,
  };
}

/** A function that takes `steps` steps of length h from a start; it ends early at a violation or where f is not finite. */
function walker(problem: Problem, algebra: Algebra, method: MethodName, h: number) {
  const evaluator = new Evaluator(problem, algebra);
  const rounding = new EnergyRounding(problem, algebra);
  const n = problem.network.size;
  const stepper = createStepper(method, n, (y, out) => {
    evaluator.moveTo(y);
    out.set(evaluator.velocity());
  });
  const [slope, unused] = [new Float64Array(n), new Float64Array(n)];
  let [y, next] = [new Float64Array(n), new Float64Array(n)];
  /** Slope, energy and dE/dt at a state. */
  const arrive = (state: Float64Array): readonly [energy: number, rate: number] => {
    evaluator.moveTo(state);
    slope.set(evaluator.velocity());
    return [evaluator.energy(), -dot(evaluator.metricTimesResidual(), slope)];
  };
  return (start: Float64Array, steps: number) => {
    const watch = new FallWatch(rounding);
    y.set(start);
    watch.begin(y, ...arrive(y));
    let k = 0;
    for (; k < steps && !watch.violation && slope.every(Number.isFinite); k++) {
      stepper.step(y, slope, h, next, unused);
      const before = y;
      const reached = arrive(next);
      const again = (shorter: number, out: Float64Array) => {
        const there = new Float64Array(n);
        evaluator.moveTo(before);
        there.set(evaluator.velocity());
        stepper.step(before, there, shorter, out, unused);
      };
      watch.see({ time: (k + 1) * h, h, before, after: next, again }, ...reached);
      [y, next] = [next, y];
    }
    return { ...watch.report(), steps: k };
  };
}
