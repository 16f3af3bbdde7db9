/** States advanced by a span of time on the CPU in f64: the twin of shaders/task/advance.wgsl, written from flow/task.ts. */
import type { TileResult } from '../backend.js';
import { afterAcceptance, afterRefusal, LEAST_LAST, scaledError } from '../flow/control.js';
import { methods } from '../flow/methods.js';
import { createDoubled, createStepper, type Stepper } from '../flow/steppers.js';
import { CLOCK, END, TICK_CHANGE, type AdvanceTask } from '../flow/task.js';
import type { Algebra } from '../model/algebra.js';
import { dot, Evaluator, norm } from '../model/evaluator.js';
import type { AdvancePlan, Tile } from '../plan/plan.js';
import { planeCount } from '../wgsl/planes.js';

/** What rounding leaves of an error estimate in f64, as a share of |y| + h |f| (wgsl/advance.ts). */
const ROUNDING = 2 ** -59;

export function advanceTile(plan: AdvancePlan, tile: Tile, algebra: Algebra): TileResult {
  const { spec, sampling, clocks, planes } = plan;
  const n = spec.problem.network.size;
  const lane = new Lane(new Evaluator(spec.problem, algebra), spec.advance);
  const points = tile.columns;
  const values = new Float64Array(planeCount(planes) * points);
  for (let k = 0; k < points; k++) {
    const at = tile.column + k;
    lane.y.set(sampling.states.subarray(at * n, (at + 1) * n));
    lane.clock.set(clocks.subarray(at * CLOCK.size, (at + 1) * CLOCK.size));
    const end = lane.advance(plan);
    const { done, step, error } = CLOCK;
    const scalars = [end, lane.steps, lane.refused, lane.clock[done], lane.clock[step], lane.clock[error]];
    [...scalars, ...lane.y].forEach((value, plane) => (values[plane * points + k] = value));
  }
  return { tile, values };
}

/** One start after the other: set `y` and `clock`, then `advance`. */
class Lane {
  readonly y: Float64Array;
  readonly clock = new Float64Array(CLOCK.size);
  steps = 0;
  refused = 0;
  readonly #task: AdvanceTask;
  readonly #velocity: (y: Float64Array, out: Float64Array) => void;
  readonly #stepper: Stepper;
  readonly #next: Float64Array;
  readonly #slope: Float64Array;
  readonly #error: Float64Array;

  constructor(evaluator: Evaluator, task: AdvanceTask) {
    const n = evaluator.y.length;
    [this.y, this.#next, this.#slope, this.#error] = Array.from({ length: 4 }, () => new Float64Array(n));
    this.#task = task;
    this.#velocity = (y, out) => {
      evaluator.moveTo(y);
      out.set(evaluator.velocity());
    };
    const doubled = task.tolerance && !('error' in methods[task.method]);
    this.#stepper = (doubled ? createDoubled : createStepper)(task.method, n, this.#velocity);
  }

  /** Attempts of steps until the span, the attempts or the flow end; the code of the end, with y and clock there. */
  advance({ ticks, tick, steps: most }: Pick<AdvancePlan, 'ticks' | 'tick' | 'steps'>): number {
    const { clock, y } = this;
    this.steps = this.refused = 0;
    this.#velocity(y, this.#slope);
    while (clock[CLOCK.done] < ticks && this.steps + this.refused < most) {
      const end = this.#end(norm(this.#slope));
      if (end !== END.running) return end;
      const refusal = this.#attempt(ticks - clock[CLOCK.done], tick);
      if (refusal !== END.running) return refusal;
    }
    return this.#end();
  }

  /** The code of the end where not even one tick is accepted. */
  #attempt(left: number, tick: number): number {
    const { clock, y } = this;
    const [next, slope] = [this.#next, this.#slope];
    const ticks = this.#task.tolerance ? ticksOf(clock[CLOCK.step] / tick, left) : 1;
    const length = ticks * tick;
    this.#stepper.step(y, slope, length, next, this.#error);
    const error = this.#scaledError(length);
    const { errorOrder } = this.#stepper;
    if (!(error <= 1) && ticks > 1) {
      this.refused++;
      clock[CLOCK.step] = length * afterRefusal(error, errorOrder);
      return END.running;
    }
    // Across a jump of f one tick is taken whatever its error.
    if (!(error <= 1) && length * norm(slope) > TICK_CHANGE * (1 + norm(y))) {
      this.refused++;
      return END.diverged;
    }
    if (!Number.isFinite(error)) {
      this.refused++;
      return END.chatter;
    }
    this.steps++;
    clock[CLOCK.done] += ticks;
    // A step that was cut short to meet the end says nothing against longer ones.
    clock[CLOCK.step] =
      Math.max(clock[CLOCK.step], length) * afterAcceptance(error, clock[CLOCK.error], errorOrder);
    clock[CLOCK.error] = Math.max(error, LEAST_LAST);
    y.set(next);
    this.#velocity(y, slope);
    return END.running;
  }

  #scaledError(length: number): number {
    const { tolerance } = this.#task;
    // Steps of one length are refused only where they leave the numbers.
    if (!tolerance) return Number.isFinite(norm(this.#next)) ? 0 : NaN;
    const floor = ROUNDING * (norm(this.y) + length * norm(this.#slope));
    return scaledError(this.#error, this.y, this.#next, tolerance, floor);
  }

  /** What is known of y, with |f| there where it is known. */
  #end(speed?: number): number {
    const { y, clock } = this;
    const { farSquare, box } = this.#task;
    const size = dot(y, y);
    if (Number.isNaN(size) || (speed !== undefined && !Number.isFinite(speed))) return END.nonfinite;
    if (size > farSquare) return END.diverged;
    if (box && y.some((v) => v < box[0] || v > box[1])) return END.leftBox;
    const rests = speed !== undefined && speed <= clock[CLOCK.rest] * (1 + Math.sqrt(size));
    return rests ? END.rest : END.running;
  }
}

/** Ticks of the next step: the last two of a span share what is left, so that none is a splinter. */
function ticksOf(wanted: number, left: number): number {
  const ticks = Math.floor(Math.min(left, Math.max(1, wanted)));
  if (ticks >= left) return left;
  return 2 * ticks > left ? Math.floor((left + 1) / 2) : ticks;
}
