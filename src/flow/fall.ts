/**
 * Does the energy fall along a trajectory? Rounding alone makes it rise now and then, and so does the error of a step,
 * so two things are told apart from both:
 *
 *   dE/dt = -(M r).(R r) at every accepted state, against four f64 error bounds of that very sum (model/bound.ts);
 *   E over every accepted step: where it rises by more than the bounds of both ends, the step is halved again and
 *   again towards the rise, and what is left names a state whose dE/dt is judged as above.
 *
 * So `violated` is a statement on the system at one state, and no artefact of a step; a rise for which no such state is
 * found (a step across a jump of f, a coarse fixed step) is kept apart as the step's own.
 */
import type { Algebra } from '../model/algebra.js';
import { BOUND_FACTOR, BoundedEvaluator, F64_SHARE } from '../model/bound.js';
import { dot, type Evaluator } from '../model/evaluator.js';
import type { Problem } from '../model/problem.js';
import type { AcceptedStep } from './outcome.js';

/** Verdicts in the order of the codes of `verdict` arrays (int8). */
export const fallVerdicts = ['holds', 'violated', 'below-rounding'] as const;
/**
 * `holds`: the energy fell by more than rounding, and rose nowhere by more. `violated`: it rises at a state that is
 * named. `below-rounding`: neither is told from rounding, for example at a fixed point or where the energy is blind.
 */
export type FallVerdict = (typeof fallVerdicts)[number];

/** A state at which the energy rises along the flow. */
export interface EnergyViolation {
  readonly time: number;
  /** N numbers: y of eqs. 1 and 13, u of eq. 9. */
  readonly state: readonly number[];
  /** dE/dt there, and what rounding may have done to it (four error bounds). */
  readonly rate: number;
  readonly threshold: number;
}

/** What one trajectory showed. */
export interface Fall {
  readonly verdict: FallVerdict;
  /** The violation with the largest dE/dt; absent where there is none. */
  readonly violation?: EnergyViolation;
  /** Largest rise of the energy over one step, and the largest dE/dt at a state; -infinity where no step was made. */
  readonly largestRise: number;
  readonly largestRate: number;
  /** Largest rise beyond rounding that halving the step did not trace to a state: an error of the step; 0 without. */
  readonly stepRise: number;
}

/** Halvings of a step in search of the state from which the energy rises. */
const HALVINGS = 30;
/** A sum is rounded by at least this times its value: smaller rises need no bound. */
const SURE = 2 ** -53;

/** Thresholds of energies and rates in f64: four running error bounds. */
export class EnergyRounding {
  readonly evaluator: Evaluator;
  readonly #bounded: BoundedEvaluator;

  constructor(problem: Problem, algebra: Algebra) {
    this.#bounded = new BoundedEvaluator(problem, algebra);
    this.evaluator = this.#bounded.evaluator;
  }

  /** How far the f64 energy at a state may be off. */
  energyAt(state: Float64Array): number {
    this.#bounded.moveTo(state, new Float64Array(state.length));
    return this.#threshold('energy');
  }

  /** dE/dt at a state, and how far it may be off; infinitely far where R is not defined there. */
  rateAt(state: Float64Array): { readonly rate: number; readonly threshold: number } {
    const { evaluator } = this;
    evaluator.moveTo(state);
    const rate = -dot(evaluator.metricTimesResidual(), evaluator.velocity());
    if (!Number.isFinite(rate)) return { rate, threshold: Infinity };
    this.#bounded.moveTo(state, new Float64Array(state.length));
    return { rate, threshold: this.#threshold('energy-rate') };
  }

  #threshold(quantity: 'energy' | 'energy-rate'): number {
    return BOUND_FACTOR * F64_SHARE * this.#bounded.evaluate(quantity).error[0];
  }
}

/** Watches the energy of one trajectory. */
export class FallWatch {
  readonly #rounding: EnergyRounding;
  #first: { readonly energy: number; readonly threshold: number } | undefined;
  #last = { state: new Float64Array(0), energy: NaN };
  #violation: EnergyViolation | undefined;
  #largestRise = -Infinity;
  #largestRate = -Infinity;
  #stepRise = 0;

  /** @param rounding may be shared by the watches of one problem. */
  constructor(rounding: EnergyRounding) {
    this.#rounding = rounding;
  }

  /** Whether a state was found at which the energy rises. */
  get violation(): EnergyViolation | undefined {
    return this.#violation;
  }

  /** The start. `rate` is dE/dt. */
  begin(state: Float64Array, energy: number, rate: number): void {
    this.#first = { energy, threshold: this.#rounding.energyAt(state) };
    this.#last = { state: Float64Array.from(state), energy };
    this.#seeRate(0, state, rate);
  }

  /** The state after a step, with its energy and dE/dt. */
  see(step: AcceptedStep, energy: number, rate: number): void {
    // A trajectory that leaves the numbers ends here; the verdict is on what it was before.
    if (!Number.isFinite(energy)) return;
    const last = this.#last;
    const rise = energy - last.energy;
    if (rise > this.#largestRise) this.#largestRise = rise;
    if (rise > SURE * Math.abs(energy)) this.#seeRise(step, rise);
    this.#seeRate(step.time, step.after, rate);
    last.state.set(step.after);
    last.energy = energy;
  }

  /** The judgement on everything that was seen. */
  report(): Fall {
    const common = {
      largestRise: this.#largestRise,
      largestRate: this.#largestRate,
      stepRise: this.#stepRise,
    };
    if (this.#violation) return { verdict: 'violated', violation: this.#violation, ...common };
    if (!this.#first) throw new RangeError('no start was seen');
    const fall = this.#first.energy - this.#last.energy;
    const fell = fall > this.#first.threshold + this.#rounding.energyAt(this.#last.state);
    return { verdict: fell ? 'holds' : 'below-rounding', ...common };
  }

  #seeRate(time: number, state: Float64Array, rate: number): void {
    if (rate > this.#largestRate) this.#largestRate = rate;
    if (rate > 0) this.#judge(time, state);
  }

  /** Keeps the state where dE/dt > 0 beyond rounding, if it is the worst. */
  #judge(time: number, state: Float64Array): boolean {
    const { rate, threshold } = this.#rounding.rateAt(state);
    if (!(rate > threshold)) return false;
    if (!this.#violation || rate > this.#violation.rate)
      this.#violation = { time, state: [...state], rate, threshold };
    return true;
  }

  /** A rise over a step: rounding, a violation somewhere in the step, or an error of the step. */
  #seeRise({ time, h, before, after, again }: AcceptedStep, rise: number): void {
    const rounding = this.#rounding;
    if (!(rise > rounding.energyAt(before) + rounding.energyAt(after))) return;
    const energyOf = (state: Float64Array) => {
      rounding.evaluator.moveTo(state);
      return rounding.evaluator.energy();
    };
    const begin = time - h;
    const state = new Float64Array(after.length);
    // Steps from `before` of length lo and hi, between which the energy rises.
    let [lo, hi] = [0, h];
    let [low, high] = [energyOf(before), energyOf(after)];
    for (let k = 0; k < HALVINGS; k++) {
      const middle = (lo + hi) / 2;
      again(middle, state);
      if (this.#judge(begin + middle, state)) return;
      const energy = energyOf(state);
      if (energy - low > high - energy) [hi, high] = [middle, energy];
      else [lo, low] = [middle, energy];
    }
    this.#stepRise = Math.max(this.#stepRise, rise);
  }
}
