/**
 * Trajectories of eqs. 1, 9 and 13 in f64: y' = R(y) r(y) from a start, states at given times, what happened on the
 * way and how it ended.
 *
 * The driver steps exactly onto the requested times, so nothing is interpolated. After the last of them it goes on, up
 * to a horizon, only to learn the outcome. Rest is not an outcome: the state is polished by Newton and the spectrum of
 * the Jacobian decides whether it is an attractor (`converged`) or the slow passage of a saddle (`saddle-slow`).
 */
import { MemscapeError } from '../errors.js';
import type { Algebra } from '../model/algebra.js';
import { dot, Evaluator } from '../model/evaluator.js';
import type { Problem } from '../model/problem.js';
import { afterAcceptance, afterRefusal, LEAST_LAST, scaledError } from './control.js';
import { EnergyRounding, FallWatch, type Fall } from './fall.js';
import { methods, type MethodName } from './methods.js';
import { norm, Watch, type Outcome } from './outcome.js';
import { TICK_CHANGE } from './task.js';
import { createDoubled, createStepper, type Stepper } from './steppers.js';

/** How trajectories are computed. */
export interface FlowOptions {
  /** Times at which states are wanted, rising from 0 on. */
  readonly times: readonly number[];
  /** Default `dopri5`. Methods without an embedded one choose their steps by doubling, unless `step` is given. */
  readonly method?: MethodName;
  /** Relative and absolute tolerance of a step, per component. Default 1e-9 and 1e-11. */
  readonly rtol?: number;
  readonly atol?: number;
  /** First step; of methods without an embedded one every step, and then tolerances mean nothing. Default 0.01. */
  readonly step?: number;
  /** Components that leave [lo, hi] end the trajectory (`left-box`). */
  readonly box?: readonly [number, number];
  /** Time up to which the outcome is sought after the last of `times`. Default: that time, but at least 1000. */
  readonly horizon?: number;
  /** Steps, rejected ones included, after which the outcome is `budget`. Default 200 000. */
  readonly budget?: number;
}

/** A neuron whose activation stops or starts to react. */
export interface Wake {
  readonly time: number;
  readonly neuron: number;
  /** True where it wakes (H_ii leaves 0), false where it dies. */
  readonly alive: boolean;
}

/** One trajectory, with what its energy did; arrays have a row for each requested time. */
export interface Trajectory extends Fall {
  /** Of shape [T][N]; NaN after the end, unless the end is a fixed point, which fills all later times. */
  readonly states: Float64Array;
  /** The problem's energy, of shape [T]. */
  readonly energy: Float64Array;
  readonly outcome: Outcome;
  /** Where it came to rest, polished; absent where it did not. */
  readonly end?: Float64Array;
  /** Of a limit cycle. */
  readonly period?: number;
  /** When the outcome was told; of a limit cycle that may be before the last of `times`. */
  readonly endTime: number;
  /** Steps that were made in all, up to the last state and the outcome. */
  readonly steps: number;
  readonly rejected: number;
  /** In the order of time; elementwise layers only. */
  readonly wakes: readonly Wake[];
}

/** What rest turns out to be: the attractor's state, or that it is none. */
export type Settle = (
  rest: Float64Array,
) => { readonly state: Float64Array; readonly stable: boolean } | undefined;

const FIRST_STEP = 0.01;
const DEFAULT_HORIZON = 1000;
const DEFAULT_BUDGET = 200_000;
const [RTOL, ATOL] = [1e-9, 1e-11];
/** |f| <= REST (1 + |y|) is rounding. */
const REST = 1e-11;
/** Around a point of rest an adaptive method jumps about by some multiples of its tolerance. */
const JITTER = 100;
/** A point that ends a flow while states are wanted is closer than this share of rtol. */
const TIGHT = 0.1;
/** Steps between two chances for the caller. */
const PIECE = 1000;
/**
 * Integrates from one start, in pieces so that a caller can let other things happen in between.
 * @param settle decides what a state at rest is; trajectories that rest elsewhere end as `saddle-slow`.
 * @yields nothing, about every 1000 steps; returns the trajectory.
 * @throws MemscapeError `flow-times` (exit 2) for times that are negative, not finite or do not rise.
 */
export function trajectory(
  problem: Problem,
  algebra: Algebra,
  start: Float64Array,
  options: FlowOptions,
  settle: Settle,
): Generator<undefined, Trajectory> {
  checkTimes(options.times);
  const fall = new FallWatch(new EnergyRounding(problem, algebra));
  return new Integration(new Evaluator(problem, algebra), start, options, fall).run(settle);
}

/** @throws MemscapeError `flow-times` (exit 2) for times that are negative, not finite or do not rise. */
export function checkTimes(times: readonly number[]): void {
  const bad = times.findIndex((t, k) => !Number.isFinite(t) || t < 0 || (k > 0 && t <= times[k - 1]));
  if (bad < 0 && times.length > 0) return;
  throw new MemscapeError({
    code: 'flow-times',
    what: bad < 0 ? 'times: none was given' : `times[${String(bad)}] is ${String(times[bad])}`,
    why: 'states are stored at rising times from 0 on.',
    mend: 'give for example 0.5, 2, 8.',
    exitCode: 2,
  });
}

class Integration {
  readonly #evaluator: Evaluator;
  readonly #options: FlowOptions;
  readonly #stepper: Stepper;
  readonly #watch: Watch;
  readonly #fall: FallWatch;
  readonly #y: Float64Array;
  readonly #slope: Float64Array;
  readonly #next: Float64Array;
  readonly #error: Float64Array;
  readonly #diagonal: readonly [Float64Array, Float64Array];
  readonly #result: { states: Float64Array; energy: Float64Array; wakes: Wake[] };
  #time = 0;
  #h: number;
  #lastError = 1;
  #askedAt = Infinity;
  #stored = 0;
  /** When a cycle was told: states that are still wanted are integrated all the same. */
  #cycleTime: number | undefined;
  #steps = 0;
  #rejected = 0;
  #energy = NaN;
  #rate = NaN;

  constructor(evaluator: Evaluator, start: Float64Array, options: FlowOptions, fall: FallWatch) {
    const n = start.length;
    const { times, method = 'dopri5', step } = options;
    this.#evaluator = evaluator;
    this.#options = options;
    const isDoubled = step === undefined && !('error' in methods[method]);
    this.#stepper = (isDoubled ? createDoubled : createStepper)(method, n, (y, out) => {
      evaluator.moveTo(y);
      out.set(evaluator.velocity());
    });
    const { rtol = RTOL, atol = ATOL } = options;
    this.#watch = new Watch(start, { rtol, atol }, options.box);
    this.#fall = fall;
    this.#y = Float64Array.from(start);
    this.#slope = new Float64Array(n);
    this.#next = new Float64Array(n);
    this.#error = new Float64Array(n);
    this.#diagonal = [new Float64Array(n), new Float64Array(n)];
    this.#h = step ?? FIRST_STEP;
    this.#result = {
      states: new Float64Array(times.length * n).fill(NaN),
      energy: new Float64Array(times.length).fill(NaN),
      wakes: [],
    };
  }

  *run(settle: Settle): Generator<undefined, Trajectory> {
    const {
      times,
      horizon = Math.max(DEFAULT_HORIZON, times[times.length - 1]),
      budget = DEFAULT_BUDGET,
    } = this.#options;
    this.#arrive(false);
    this.#fall.begin(this.#y, this.#energy, this.#rate);
    let outcome: Outcome | undefined = this.#slope.every(Number.isFinite) ? undefined : 'nonfinite';
    let end: Float64Array | undefined;
    while (outcome === undefined) {
      if ((this.#steps + this.#rejected) % PIECE === PIECE - 1) yield;
      this.#store();
      if (this.#cycleTime !== undefined && !this.#wanted) {
        outcome = 'limit-cycle';
        break;
      }
      const rest = this.#isAtRest() ? this.#restOf(settle) : undefined;
      if (rest) {
        end = rest.state;
        outcome = rest.stable ? 'converged' : 'saddle-slow';
      } else if ((this.#time >= horizon && !this.#wanted) || this.#steps + this.#rejected >= budget)
        outcome = 'budget';
      else outcome = this.#step(times[this.#stored] ?? horizon);
    }
    if (end) this.#fill(end);
    return {
      ...this.#result,
      outcome,
      ...(end ? { end } : {}),
      ...(outcome === 'limit-cycle' ? { period: this.#watch.period } : {}),
      endTime: (outcome === 'limit-cycle' ? this.#cycleTime : undefined) ?? this.#time,
      steps: this.#steps,
      rejected: this.#rejected,
      ...this.#fall.report(),
    };
  }

  /** Whether states are still to come. */
  get #wanted(): boolean {
    return this.#stored < this.#options.times.length;
  }

  /**
   * Whether the state is at rest as far as this method can tell; what kind of rest is for `settle` to say. While states
   * are still wanted that is only where f is rounding: they are to be as exact as the tolerance says. After that the
   * jitter of the stepper counts as rest. Asked again only when f has halved: near a slow passage Newton finds nothing.
   */
  #isAtRest(): boolean {
    const { rtol = RTOL } = this.#options;
    const speed = norm(this.#slope);
    const size = 1 + norm(this.#y);
    if (speed > (this.#wanted ? REST : Math.max(REST, JITTER * rtol)) * size) return false;
    if (speed >= this.#askedAt / 2) return false;
    this.#askedAt = speed;
    return true;
  }

  /**
   * What rest ends the flow. While states are still wanted that is a stable point closer than the tolerance, or a state
   * that does not move at all: whoever is next to a saddle leaves it.
   */
  #restOf(settle: Settle): ReturnType<Settle> {
    const rest = settle(this.#y);
    if (!rest || !this.#wanted || norm(this.#slope) === 0) return rest;
    const { rtol = RTOL } = this.#options;
    const away = norm(this.#y.map((v, i) => v - rest.state[i]));
    const isNear = away <= Math.max(REST, rtol * TIGHT) * (1 + norm(this.#y));
    return rest.stable && isNear ? rest : undefined;
  }

  /** One accepted or rejected step, not beyond `until`. */
  #step(until: number): Outcome | undefined {
    const left = until - this.#time;
    // The last two steps share what is left, so that none is a splinter.
    const h = this.#h >= left ? left : this.#h > left / 2 && this.#stepper.adaptive ? left / 2 : this.#h;
    if (this.#time + h === this.#time) {
      // No step is short enough: f jumps, or it is so large that the state goes to infinity in finite time.
      const change = h * norm(this.#slope);
      return change > TICK_CHANGE * (1 + norm(this.#y)) ? 'diverged' : 'chatter';
    }
    this.#stepper.step(this.#y, this.#slope, h, this.#next, this.#error);
    if (this.#stepper.adaptive && !this.#accept(h)) {
      this.#rejected++;
      return undefined;
    }
    this.#steps++;
    const before = Float64Array.from(this.#y);
    const slope = Float64Array.from(this.#slope);
    this.#y.set(this.#next);
    this.#time = h === left ? until : this.#time + h;
    this.#arrive(true);
    const step = {
      time: this.#time,
      h,
      before,
      after: this.#y,
      again: (shorter: number, out: Float64Array) => {
        this.#stepper.step(before, slope, shorter, out, this.#error);
      },
    };
    this.#fall.see(step, this.#energy, this.#rate);
    const seen = this.#watch.see(step, this.#slope);
    if (seen !== 'limit-cycle') return seen;
    this.#cycleTime = this.#time;
    return undefined;
  }

  /** Compares the estimated error with the tolerance and chooses the next step. */
  #accept(h: number): boolean {
    const { rtol = RTOL, atol = ATOL } = this.#options;
    const { errorOrder } = this.#stepper;
    const error = scaledError(this.#error, this.#y, this.#next, { rtol, atol });
    if (!(error <= 1)) {
      this.#h = h * afterRefusal(error, errorOrder);
      return false;
    }
    // A step that was cut short to meet a time says nothing against longer ones.
    this.#h = Math.max(this.#h, h) * afterAcceptance(error, this.#lastError, errorOrder);
    this.#lastError = Math.max(error, LEAST_LAST);
    return true;
  }

  /** Evaluates f, the energy and the alive neurons at y. */
  #arrive(moved: boolean): void {
    const evaluator = this.#evaluator;
    evaluator.moveTo(this.#y);
    this.#slope.set(evaluator.velocity());
    this.#energy = evaluator.energy();
    this.#rate = -dot(evaluator.metricTimesResidual(), this.#slope);
    this.#compareAlive(moved);
  }

  #compareAlive(moved: boolean): void {
    const [now, before] = this.#diagonal;
    before.set(now);
    this.#evaluator.lifted.hessianDiagonal(this.#evaluator.x, now);
    if (!moved) return;
    for (let i = 0; i < now.length; i++)
      if ((now[i] === 0) !== (before[i] === 0))
        this.#result.wakes.push({ time: this.#time, neuron: i, alive: now[i] !== 0 });
  }

  #store(): void {
    const { times } = this.#options;
    if (this.#stored >= times.length || this.#time !== times[this.#stored]) return;
    this.#result.states.set(this.#y, this.#stored * this.#y.length);
    this.#result.energy[this.#stored] = this.#energy;
    this.#stored++;
    // What was too far away while states were wanted may be rest from now on.
    if (!this.#wanted) this.#askedAt = Infinity;
  }

  /** A fixed point is where the flow is at all later times. */
  #fill(end: Float64Array): void {
    if (this.#stored >= this.#options.times.length) return;
    this.#evaluator.moveTo(end);
    const energy = this.#evaluator.energy();
    for (let k = this.#stored; k < this.#options.times.length; k++) {
      this.#result.states.set(end, k * end.length);
      this.#result.energy[k] = energy;
    }
    this.#stored = this.#options.times.length;
  }
}

/** Step of a fixed-step method whose error on these starts, by step doubling, stays within `tolerance` (1 + |y|). */
export function probeStep(
  problem: Problem,
  algebra: Algebra,
  starts: readonly Float64Array[],
  method: MethodName,
  tolerance: number,
): number {
  const evaluator = new Evaluator(problem, algebra);
  const n = problem.network.size;
  const field = (y: Float64Array, out: Float64Array) => {
    evaluator.moveTo(y);
    out.set(evaluator.velocity());
  };
  const stepper = createStepper(method, n, field);
  const [slope, whole, half, end, unused] = Array.from({ length: 5 }, () => new Float64Array(n));
  let h = 1;
  for (const start of starts) {
    field(start, slope);
    for (; h > 2 ** -20; h /= 2) {
      stepper.step(start, slope, h, whole, unused);
      stepper.step(start, slope, h / 2, half, unused);
      field(half, end);
      stepper.step(half, Float64Array.from(end), h / 2, end, unused);
      const difference = norm(whole.map((v, i) => v - end[i]));
      if (difference <= tolerance * (1 + norm(start))) break;
      field(start, slope);
    }
  }
  return h;
}
