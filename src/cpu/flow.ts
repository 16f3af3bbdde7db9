/**
 * Flows on the CPU in f64: the twin of shaders/task/reach.wgsl and reach-follow.wgsl, written from flow/task.ts with the
 * steppers of trajectories.
 */
import type { TileResult } from '../backend.js';
import { createStepper, type Stepper } from '../flow/steppers.js';
import { CLOSE_RETURN, END, SMALLEST_LOOP, type ReachTask } from '../flow/task.js';
import type { Algebra } from '../model/algebra.js';
import { dot, Evaluator, norm } from '../model/evaluator.js';
import { stateAt } from '../model/sampling.js';
import type { FlowPlan, Tile } from '../plan/plan.js';
import { planeCount } from '../wgsl/planes.js';

export function flowTile(plan: FlowPlan, tile: Tile, algebra: Algebra): TileResult {
  const { spec, cells, sampling, planes, steps } = plan;
  const flow = new Flow(new Evaluator(spec.problem, algebra), spec.flow);
  const points = tile.columns * tile.rows;
  const values = new Float64Array(planeCount(planes) * points);
  const width = sampling.kind === 'grid' ? sampling.size[0] : 1;
  for (let row = 0, at = 0; row < tile.rows; row++)
    for (let column = 0; column < tile.columns; column++, at++) {
      if (cells) {
        const cell = cells[tile.column + column];
        stateAt(sampling, cell % width, Math.floor(cell / width), flow.y);
      } else stateAt(sampling, tile.column + column, tile.row + row, flow.y);
      values[at] = flow.reach(steps);
      values[points + at] = flow.steps;
      if (spec.flow.follow) flow.y.forEach((y, i) => (values[(2 + i) * points + at] = y));
    }
  return { tile, values };
}

/** One flow after the other: set `y`, then `reach`. */
class Flow {
  readonly y: Float64Array;
  steps = 0;
  readonly #evaluator: Evaluator;
  readonly #task: ReachTask;
  readonly #stepper: Stepper;
  readonly #next: Float64Array;
  readonly #slope: Float64Array;
  readonly #start: Float64Array;
  readonly #normal: Float64Array;
  readonly #unused: Float64Array;

  constructor(evaluator: Evaluator, task: ReachTask) {
    const vector = () => new Float64Array(evaluator.y.length);
    this.#evaluator = evaluator;
    this.#task = task;
    [this.y, this.#next, this.#slope, this.#start, this.#normal, this.#unused] = Array.from(
      { length: 6 },
      vector,
    );
    this.#stepper = createStepper(task.method, evaluator.y.length, (y, out) => {
      this.#velocity(y, out);
    });
  }

  #velocity(y: Float64Array, out: Float64Array): void {
    this.#evaluator.moveTo(y);
    out.set(this.#evaluator.velocity());
  }

  /** Steps from y on until something is known, at most `steps` of them; the code of the end, with y there. */
  reach(steps: number): number {
    const { follow, step: h } = this.#task;
    const { y } = this;
    const [next, slope] = [this.#next, this.#slope];
    this.#velocity(y, slope);
    this.#start.set(y);
    this.#normal.set(slope);
    let [side, farthest] = [0, 0];
    let end = this.#end();
    for (this.steps = 0; end === END.running && this.steps < steps;) {
      if (follow && norm(slope) <= follow.rest) return END.rest;
      this.#stepper.step(y, slope, h, next, this.#unused);
      this.steps++;
      if (!follow) y.set(next);
      else {
        const from = next.map((v, i) => v - this.#start[i]);
        farthest = Math.max(farthest, norm(from));
        const now = dot(this.#normal, from);
        const crosses = side < 0 && now >= 0 && farthest > SMALLEST_LOOP * (1 + norm(next));
        const missed = crosses ? this.#missed(h) : Infinity;
        y.set(next);
        side = now;
        end = this.#end();
        if (end === END.running && missed <= CLOSE_RETURN * farthest) end = END.returned;
      }
      this.#velocity(y, slope);
      if (!follow) end = this.#end();
    }
    return end;
  }

  #end(): number {
    const { stops, farSquare, box } = this.#task;
    const { y } = this;
    for (let k = 0; k < stops.length; k++) {
      const { centre, weights, square, slow } = stops[k];
      let sum = 0;
      for (let i = 0; i < y.length; i++) sum += weights[i] * (y[i] - centre[i]) * (y[i] - centre[i]);
      if (sum <= square && (slow === Infinity || this.#speed() <= slow)) return k;
    }
    const size = dot(y, y);
    if (Number.isNaN(size)) return END.nonfinite;
    if (size > farSquare) return END.diverged;
    return box && y.some((v) => v < box[0] || v > box[1]) ? END.leftBox : END.running;
  }

  #speed(): number {
    this.#velocity(this.y, this.#unused);
    return norm(this.#unused);
  }

  /** How far from the start the plane across the flow there is crossed on the way to `next`: by halving the step. */
  #missed(h: number): number {
    let [lo, hi] = [0, h];
    const at = new Float64Array(this.y.length);
    const short = () => at.map((v, i) => v - this.#start[i]);
    for (let k = 0; k < 40; k++) {
      this.#stepper.step(this.y, this.#slope, (lo + hi) / 2, at, this.#unused);
      if (dot(this.#normal, short()) < 0) lo = (lo + hi) / 2;
      else hi = (lo + hi) / 2;
    }
    return norm(short());
  }
}
