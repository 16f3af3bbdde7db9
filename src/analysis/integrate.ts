/**
 * Trajectories of many starts on a backend: f32 lanes of a GPU, or f64 workers, the same algorithm on both. From each
 * requested time to the next one plan after another advances the lanes that are still on their way, each with steps of its
 * own; so states at the requested times are states of the integration, and nothing is interpolated.
 *
 * Ends are told as in flow/trajectory.ts: rest is polished by Newton in f64 and its spectrum decides; after the last time
 * flows go on to learn the outcome, and what does not come to rest is handed to f64, which knows cycles.
 */
import type { Backend } from '../backend.js';
import { MemscapeError } from '../errors.js';
import type { Tolerance } from '../flow/control.js';
import { methods, type MethodName } from '../flow/methods.js';
import { isOnOrbit, sampleOrbit } from '../flow/orbit.js';
import { outcomes, type Outcome } from '../flow/outcome.js';
import { CLOCK, END } from '../flow/task.js';
import { checkTimes, trajectory } from '../flow/trajectory.js';
import type { Algebra } from '../model/algebra.js';
import { Evaluator, norm } from '../model/evaluator.js';
import type { Problem } from '../model/problem.js';
import { advanceSpec, createAdvancePlan } from '../plan/advance.js';
import type { AdvancePlan } from '../plan/plan.js';
import { onOneAdapter } from '../recovery/one-adapter.js';
import { fixedPointsFrom, type FixedPoint } from './fixed-points.js';
import { Breath } from './jobs.js';

/** How many starts are integrated together. */
export interface IntegrationOptions {
  /** Times at which states are wanted, rising from 0 on. */
  readonly times: readonly number[];
  /** Default `dopri5`. Methods without an embedded one choose their steps by doubling, unless `step` is given. */
  readonly method?: MethodName;
  /** Relative and absolute tolerance, per component. Default 1e-9 and 1e-11 in f64, 1e-5 and 1e-7 in f32. */
  readonly rtol?: number;
  readonly atol?: number;
  /** First step; of methods without an embedded one every step, at most, and then tolerances mean nothing. Default 0.01. */
  readonly step?: number;
  /** Components that leave [lo, hi] end the trajectory (`left-box`). */
  readonly box?: readonly [lo: number, hi: number];
  /** Time up to which outcomes are sought. Default: 1000 after the last of `times`. */
  readonly horizon?: number;
  /** Attempts of a step after which the outcome is `budget`. Default 200 000. */
  readonly budget?: number;
  /** Stops within about one tile's time (50 ms); the promise rejects with its reason. */
  readonly signal?: AbortSignal;
  /** Starts whose outcome is known. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

/** P trajectories at T times; arrays have a row for each start. */
export interface Integrated {
  /** [P][T][N], accurate to the precision of the backend; NaN after the end, unless it is a fixed point. */
  readonly states: Float64Array;
  /** Indices into `outcomes`. */
  readonly outcome: Int8Array;
  /** Indices into `attractors`; -1 where the outcome is not `converged`. */
  readonly attractor: Int32Array;
  /** Stable fixed points that something converged to, polished in f64. */
  readonly attractors: readonly FixedPoint[];
  /** Time at which the outcome was told, and the period of a limit cycle (NaN else). */
  readonly endTime: Float64Array;
  readonly period: Float64Array;
  /** Steps that were accepted and refused. */
  readonly steps: Int32Array;
  readonly refused: Int32Array;
  readonly method: MethodName;
  /** What steps were held to; absent where all have one length. */
  readonly tolerance?: Tolerance;
  readonly gpuMilliseconds: number;
}

const DEFAULT_TOLERANCE = { f64: { rtol: 1e-9, atol: 1e-11 }, f32: { rtol: 1e-5, atol: 1e-7 } } as const;
const FIRST_STEP = 0.01;
const DEFAULT_HORIZON = 1000;
const DEFAULT_BUDGET = 200_000;
/** |y| beyond this never comes back in practice; f32 has no squares beyond 3e38. */
const FAR = 1e12;
/** Ticks are shares of a span: of longer ones they would be as long as steps. A lane makes an attempt in each at least. */
const LONGEST_SPAN = 1024;
/** Starts that are on their way together. */
const BATCH = 2 ** 15;
/** Attempts of the first plan of a span and of the longest. */
const [FIRST_ATTEMPTS, MOST_ATTEMPTS] = [32, 1024];
/** |f| at or below this times (1 + |y|) is rest; its point, polished, is as near. */
const REST = { f64: 1e-11, f32: 2 ** -20 } as const;
/** Refused rest is asked for again when |f| has halved, down to this share of `REST`. */
const LEAST_REST = 1 / 64;
/** After the last time the jitter of the steps counts as rest: so many times rtol. */
const JITTER = 10;
/** Rest farther than this from the polished point (relative to 1 + |y|) is rest somewhere else. */
const NEAR = 1e-4;
/** The same point: polished states agree to rounding. */
const SAME = 1e-7;
/** Time after the last one in which nearly all that comes to rest has done so. */
const CHASE = 128;
/** Steps over which progress is measured; below so many times rtol, or so many ticks, on average, they hide a jump of f. */
const [CHATTER_STEPS, CHATTER_SHARE, CHATTER_TICKS] = [2000, 3, 8];
/** Loose tolerances do not make longer steps than this suspicious. */
const LONGEST_CHATTER = 1e-3;

/**
 * Integrates from `starts`, [P][N], on a backend.
 * @throws MemscapeError `flow-times` and `plan-sampling` (exit 2), `plan-flow` (exit 2) for a GPU where the network has no flow kernel; as
 *   `Backend.run`; rejects with the signal's reason on abort.
 */
export async function integrate(
  problem: Problem,
  algebra: Algebra,
  backend: Backend,
  starts: Float64Array,
  options: IntegrationOptions,
): Promise<Integrated> {
  checkTimes(options.times);
  checkStarts(starts, problem.network.size);
  options.signal?.throwIfAborted();
  return onOneAdapter(backend, async () => {
    const integration = new Integration(problem, algebra, backend, starts, options);
    const { count } = integration;
    for (let first = 0; first < count; first += BATCH)
      await integration.batch(first, Math.min(count, first + BATCH));
    return integration.result;
  });
}

function checkStarts({ length }: Float64Array, n: number): void {
  if (length % n === 0) return;
  throw new MemscapeError({
    code: 'plan-sampling',
    what: `starts: expected rows of ${String(n)} numbers, found ${String(length)} numbers`,
    why: `the network has ${String(n)} neurons.`,
    mend: `give an array of shape [starts, ${String(n)}].`,
    exitCode: 2,
  });
}

/** A flow that is on its way: its start, its state and its clock. */
interface Lane {
  readonly start: number;
  readonly y: Float64Array;
  readonly clock: Float64Array;
  attempts: number;
  /** Accepted steps and time at which progress was looked at last. */
  mark: { steps: number; time: number };
}

class Integration {
  readonly count: number;
  readonly result: Integrated & { attractors: FixedPoint[]; gpuMilliseconds: number };
  readonly #problem: Problem;
  readonly #algebra: Algebra;
  readonly #backend: Backend;
  readonly #starts: Float64Array;
  readonly #options: IntegrationOptions;
  readonly #spec: AdvancePlan['spec'];
  readonly #evaluator: Evaluator;
  readonly #horizon: number;
  readonly #budget: number;
  readonly #rest: number;
  readonly #rtol: number;
  readonly #saddles: Float64Array[] = [];
  readonly #cycles: { readonly period: number; readonly orbit: readonly Float64Array[] }[] = [];
  readonly #breath: Breath;
  #done = 0;

  constructor(
    problem: Problem,
    algebra: Algebra,
    backend: Backend,
    starts: Float64Array,
    options: IntegrationOptions,
  ) {
    const { times, method = 'dopri5', rtol, atol, step, box, horizon, budget, signal } = options;
    const { precision } = backend.info;
    const n = problem.network.size;
    const count = starts.length / n;
    const usual = DEFAULT_TOLERANCE[precision];
    const tolerance = { rtol: rtol ?? usual.rtol, atol: atol ?? usual.atol };
    const chooses = step === undefined || 'error' in methods[method];
    this.count = count;
    this.#problem = problem;
    this.#algebra = algebra;
    this.#backend = backend;
    this.#starts = starts;
    this.#options = options;
    this.#spec = advanceSpec(problem, {
      method,
      farSquare: FAR ** 2,
      ...(chooses ? { tolerance } : {}),
      ...(box ? { box } : {}),
    });
    this.#evaluator = new Evaluator(problem, algebra);
    this.#horizon = horizon ?? times[times.length - 1] + DEFAULT_HORIZON;
    this.#budget = budget ?? DEFAULT_BUDGET;
    this.#rest = REST[precision];
    this.#rtol = tolerance.rtol;
    this.#breath = new Breath(signal);
    this.result = {
      states: new Float64Array(count * times.length * n).fill(NaN),
      outcome: new Int8Array(count).fill(-1),
      attractor: new Int32Array(count).fill(-1),
      attractors: [],
      endTime: new Float64Array(count),
      period: new Float64Array(count).fill(NaN),
      steps: new Int32Array(count),
      refused: new Int32Array(count),
      method,
      ...(chooses ? { tolerance } : {}),
      gpuMilliseconds: 0,
    };
  }

  /** Starts `first` to `end`, to their outcomes. */
  async batch(first: number, end: number): Promise<void> {
    const { times } = this.#options;
    let lanes = Array.from({ length: end - first }, (_, k) => this.#begin(first + k)).filter(
      ({ start, y }) =>
        y.every((v) => Number.isFinite(Math.fround(v))) ||
        this.#tell(start, y.every(Number.isFinite) ? 'diverged' : 'nonfinite', 0),
    );
    let now = 0;
    for (const [k, time] of times.entries()) {
      while (now < time && lanes.length > 0) {
        const next = Math.min(time, now + LONGEST_SPAN);
        lanes = await this.#advance(lanes, now, next, k);
        now = next;
      }
      for (const { start, y } of lanes) this.#store(start, k, y);
      now = time;
    }
    await this.#seekOutcomes(lanes, now);
  }

  #begin(start: number): Lane {
    const n = this.#problem.network.size;
    const { done, step, error, rest } = CLOCK;
    const clock = new Float64Array(CLOCK.size);
    clock[done] = 0;
    clock[step] = this.#options.step ?? FIRST_STEP;
    clock[error] = 1;
    clock[rest] = this.#rest;
    const y = this.#starts.slice(start * n, (start + 1) * n);
    return { start, y, clock, attempts: 0, mark: { steps: 0, time: 0 } };
  }

  /**
   * Advances lanes from one time to another; those that are still on their way then.
   * @param slot index of the first requested time after `from`.
   */
  async #advance(lanes: readonly Lane[], from: number, to: number, slot: number): Promise<Lane[]> {
    const there: Lane[] = [];
    if (to === from) return [...lanes];
    for (const { clock } of lanes) clock[CLOCK.done] = 0;
    let moving = [...lanes];
    for (let attempts = FIRST_ATTEMPTS; moving.length > 0; attempts = Math.min(2 * attempts, MOST_ATTEMPTS)) {
      const { plan, ends } = await this.#run(moving, to - from, attempts);
      const next: Lane[] = [];
      for (const [k, lane] of moving.entries()) {
        if (this.#breath.due) await this.#breath.take();
        const time = from + lane.clock[CLOCK.done] * plan.tick;
        if (!this.#hasEnded(lane, ends[k], time, slot, plan.tick))
          (lane.clock[CLOCK.done] >= plan.ticks ? there : next).push(lane);
      }
      moving = next;
    }
    return there.sort((a, b) => a.start - b.start);
  }

  /** One plan: lanes get their new states and clocks. */
  async #run(
    lanes: readonly Lane[],
    span: number,
    attempts: number,
  ): Promise<{ plan: AdvancePlan; ends: Int32Array }> {
    const { signal, step } = this.#options;
    const n = this.#problem.network.size;
    const states = new Float64Array(lanes.length * n);
    const clocks = new Float64Array(lanes.length * CLOCK.size);
    lanes.forEach(({ y, clock }, k) => {
      states.set(y, k * n);
      clocks.set(clock, k * CLOCK.size);
    });
    const plan = createAdvancePlan(
      { spec: this.#spec, states, clocks, span, steps: attempts, ...(step === undefined ? {} : { step }) },
      this.#backend.profile,
    );
    const ends = new Int32Array(lanes.length);
    const { steps, refused } = this.result;
    const spent = new Int32Array(2 * lanes.length);
    const { gpuMilliseconds } = await this.#backend.run(plan, {
      ...(signal ? { signal } : {}),
      onTile: ({ tile: { column, columns }, values }) => {
        const at = (plane: number, k: number) => values[plane * columns + k];
        for (let k = 0; k < columns; k++) {
          const { y, clock } = lanes[column + k];
          ends[column + k] = at(0, k);
          // A tile may come again: what is added up is added when all have come.
          spent[2 * (column + k)] = at(1, k);
          spent[2 * (column + k) + 1] = at(2, k);
          for (let c = 0; c < CLOCK.rest; c++) clock[c] = at(3 + c, k);
          for (let i = 0; i < n; i++) y[i] = at(6 + i, k) + at(6 + n + i, k);
        }
      },
    });
    lanes.forEach((lane, k) => {
      steps[lane.start] += spent[2 * k];
      refused[lane.start] += spent[2 * k + 1];
      // At least one: a lane that does not even try must not be asked for ever.
      lane.attempts += Math.max(1, spent[2 * k] + spent[2 * k + 1]);
    });
    this.result.gpuMilliseconds += gpuMilliseconds;
    return { plan, ends };
  }

  /** Whether a lane is over at `time`, with its outcome told. */
  #hasEnded(lane: Lane, end: number, time: number, slot: number, tick: number): boolean {
    const { start } = lane;
    if (end === END.rest) return this.#settles(lane, time, slot);
    const outcome = OUTCOME_OF.get(end);
    if (outcome !== undefined) return !this.#tell(start, outcome, time);
    if (this.#chatters(lane, time, tick)) return !this.#tell(start, 'chatter', time);
    return lane.attempts >= this.#budget && !this.#tell(start, 'budget', time);
  }

  #chatters({ start, mark }: Lane, time: number, tick: number): boolean {
    const steps = this.result.steps[start] - mark.steps;
    if (steps < CHATTER_STEPS || !this.#spec.advance.tolerance) return false;
    const average = (time - mark.time) / steps;
    mark.steps += steps;
    mark.time = time;
    return average < Math.max(Math.min(CHATTER_SHARE * this.#rtol, LONGEST_CHATTER), CHATTER_TICKS * tick);
  }

  /**
   * What rest is. While states are wanted only a stable point this close ends the flow, as it then stands for all later
   * states; a saddle does not, because whoever is next to it leaves.
   */
  #settles(lane: Lane, time: number, slot: number): boolean {
    const { start, y, clock } = lane;
    const wanted = slot < this.#options.times.length;
    const size = 1 + norm(y);
    const tight = Math.max(this.#rest, this.#rtol / 10) * size;
    const { attractors } = this.result;
    const found = this.#pointNear(y, wanted ? tight : NEAR * size);
    if (found === undefined || (found < 0 && (wanted || distance(this.#saddles[-1 - found], y) > tight))) {
      this.#evaluator.moveTo(y);
      const speed = norm(this.#evaluator.velocity()) / size;
      const next = Math.min(speed, clock[CLOCK.rest]) / 2;
      clock[CLOCK.rest] = next < LEAST_REST * this.#rest ? -1 : next;
      return false;
    }
    if (found < 0) return !this.#tell(start, 'saddle-slow', time, this.#saddles[-1 - found], slot);
    this.result.attractor[start] = found;
    return !this.#tell(start, 'converged', time, attractors[found].state, slot);
  }

  /** Index of a stable point within `reach` of a state, -1 - index of one that is not stable, or neither. */
  #pointNear(y: Float64Array, reach: number): number | undefined {
    const { attractors } = this.result;
    const near = (limit: number, to: Float64Array): number | undefined => {
      const stable = attractors.findIndex(({ state }) => distance(state, to) <= limit);
      if (stable >= 0) return stable;
      const other = this.#saddles.findIndex((state) => distance(state, to) <= limit);
      return other < 0 ? undefined : -1 - other;
    };
    const known = near(Math.min(reach, REST.f32 * (1 + norm(y))), y);
    if (known !== undefined) return known;
    const point = fixedPointsFrom(this.#problem, this.#algebra, [y]).at(0);
    if (!point || distance(point.state, y) > reach) return undefined;
    const same = near(SAME * (1 + norm(y)), point.state);
    if (same !== undefined) return same;
    return point.class === 'stable' ? attractors.push(point) - 1 : -this.#saddles.push(point.state);
  }

  /** What becomes of lanes after the last time. */
  async #seekOutcomes(lanes: readonly Lane[], from: number): Promise<void> {
    const { times } = this.#options;
    const slot = times.length;
    const rest = Math.max(this.#rest, JITTER * this.#rtol);
    let left: Lane[] = [];
    for (const lane of lanes) {
      if (this.#breath.due) await this.#breath.take();
      lane.clock[CLOCK.rest] = rest;
      this.#evaluator.moveTo(lane.y);
      const speed = norm(this.#evaluator.velocity());
      if (speed > rest * (1 + norm(lane.y)) || !this.#settles(lane, from, slot)) left.push(lane);
    }
    let now = from;
    const end = Math.min(this.#horizon, from + CHASE);
    while (now < end && left.length > 0) {
      const next = Math.min(end, now + Math.max(8, now - from));
      left = await this.#advance(left, now, next, slot);
      now = next;
    }
    for (const lane of left) {
      if (now < this.#horizon) await this.#judge(lane, now);
      else this.#tell(lane.start, 'budget', now);
    }
  }

  /** Follows one lane in f64: cycles, slow passages, whatever has not come to rest. */
  async #judge({ start, y, attempts }: Lane, now: number): Promise<void> {
    const { box } = this.#options;
    const cycle = this.#cycles.find(({ orbit }) => isOnOrbit(orbit, y));
    if (cycle) {
      this.result.period[start] = cycle.period;
      this.#tell(start, 'limit-cycle', now);
      return;
    }
    let at: number | undefined;
    const pieces = trajectory(
      this.#problem,
      this.#algebra,
      y,
      {
        times: [0],
        horizon: this.#horizon - now,
        budget: Math.max(1, this.#budget - attempts),
        ...(box ? { box } : {}),
      },
      (rest) => {
        at = this.#pointNear(rest, NEAR * (1 + norm(rest)));
        if (at === undefined) return undefined;
        return at < 0
          ? { state: this.#saddles[-1 - at], stable: false }
          : { state: this.result.attractors[at].state, stable: true };
      },
    );
    for (;;) {
      const { done, value } = pieces.next();
      if (this.#breath.due) await this.#breath.take();
      if (done !== true) continue;
      const { outcome, endTime, period } = value;
      if (outcome === 'converged' && at !== undefined) this.result.attractor[start] = at;
      if (period !== undefined) {
        this.result.period[start] = period;
        const field = (state: Float64Array, out: Float64Array) => {
          this.#evaluator.moveTo(state);
          out.set(this.#evaluator.velocity());
        };
        this.#cycles.push({ period, orbit: sampleOrbit(y, endTime, period, field) });
      }
      this.#tell(start, outcome, now + endTime);
      return;
    }
  }

  #store(start: number, slot: number, y: Float64Array): void {
    this.result.states.set(y, (start * this.#options.times.length + slot) * y.length);
  }

  /** Notes an outcome; a fixed point is where the flow is at all times from `slot` on. False: the lane is no more. */
  #tell(start: number, outcome: Outcome, time: number, point?: Float64Array, slot = 0): false {
    this.result.outcome[start] = outcomes.indexOf(outcome);
    this.result.endTime[start] = time;
    if (point) for (let k = slot; k < this.#options.times.length; k++) this.#store(start, k, point);
    this.#options.onProgress?.({ done: ++this.#done, total: this.count });
    return false;
  }
}

const OUTCOME_OF: ReadonlyMap<number, Outcome> = new Map([
  [END.leftBox, 'left-box'],
  [END.diverged, 'diverged'],
  [END.nonfinite, 'nonfinite'],
  [END.chatter, 'chatter'],
]);

function distance(a: Float64Array, b: Float64Array): number {
  let square = 0;
  for (let i = 0; i < a.length; i++) square += (a[i] - b[i]) ** 2;
  return Math.sqrt(square);
}
