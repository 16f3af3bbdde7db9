/**
 * How a trajectory ends, told while it runs. A watch sees every accepted step and says when there is nothing more to
 * see; it never guesses: slow is not converged (the spectrum decides that, in `trajectory.ts`), and a return counts as
 * a cycle only when it happens twice with one period.
 */

import type { Tolerance } from './control.js';

/** Outcomes in the order of the codes of `outcome` arrays (int8). */
export const outcomes = [
  'converged',
  'saddle-slow',
  'limit-cycle',
  'left-box',
  'diverged',
  'chatter',
  'budget',
  'nonfinite',
] as const;
/** How a trajectory ends. */
export type Outcome = (typeof outcomes)[number];

/** |y| beyond this times (1 + |y(0)|) never comes back in practice: growth is exponential. */
const FAR = 1e9;
/** A return counts when it is this close, relative to how far the trajectory went in between. */
const RETURN = 1e-6;
/** Two laps have one period when they differ by no more than this share of it: the first may still hold a transient. */
const SAME_PERIOD = 1e-4;
/** The closed orbit that returns tend to is no farther than this from them, relative to the loop. */
const ORBIT = 1e-4;
/** Laps after a return in which the next one must come. */
const LATEST_LAP = 1.5;
/** Loops smaller than this times (1 + |y|) are the jitter of a stepper around a point of rest. */
const SMALLEST_LOOP = 1e-5;
/** Steps over which progress is measured, and how little of it means that the step hides a jump of f. */
const CHATTER_STEPS = 2000;
const CHATTER_TIME = 1e-5;
/** Steps of the search for the crossing of a section. */
const CROSSING_STEPS = 60;

export const norm = (v: Float64Array): number => {
  let sum = 0;
  for (const x of v) sum += x * x;
  return Math.sqrt(sum);
};

/** An accepted step, and a way to take it again with another length: to `out`. */
export interface AcceptedStep {
  readonly time: number;
  readonly h: number;
  readonly before: Float64Array;
  readonly after: Float64Array;
  readonly again: (h: number, out: Float64Array) => void;
}

/** One trajectory under watch. */
export class Watch {
  readonly #far: number;
  readonly #box: readonly [number, number] | undefined;
  readonly #section: Section;
  #steps = 0;
  #mark = 0;

  /**
   * @param tolerance of the steps: returns that miss by less are closed.
   * @param box every component stays in it, or the trajectory has left the box.
   */
  constructor(start: Float64Array, tolerance: Tolerance, box?: readonly [number, number]) {
    this.#far = FAR * (1 + norm(start));
    this.#box = box;
    this.#section = new Section(start.length, tolerance);
  }

  /** Period of the limit cycle that was found; NaN before. */
  get period(): number {
    return this.#section.period;
  }

  /** The outcome after a step, or undefined while there is none; a limit cycle is told once. */
  see(step: AcceptedStep, slope: Float64Array): Outcome | undefined {
    const { time, after } = step;
    if (!after.every(Number.isFinite) || !slope.every(Number.isFinite)) return 'nonfinite';
    if (norm(after) > this.#far) return 'diverged';
    if (this.#box) {
      const [lo, hi] = this.#box;
      if (after.some((v) => v < lo || v > hi)) return 'left-box';
    }
    if (++this.#steps % CHATTER_STEPS === 0) {
      if (time - this.#mark < CHATTER_TIME) return 'chatter';
      this.#mark = time;
    }
    return this.#section.returns(step, slope) ? 'limit-cycle' : undefined;
  }
}

/**
 * Poincare's section through a reference state, across the flow there. The reference is renewed at times 1, 2, 4, ...
 * (as Brent looks for cycles), so that transients are forgotten, but not between two returns. A spiral into a point does
 * not come back: each of its loops misses the reference by a share of its own size. That share may be as small as a
 * transient's; but misses of a spiral add up, and those of a cycle, shrinking by one factor, have a limit nearby.
 */
class Section {
  period = NaN;
  readonly #tolerance: Tolerance;
  readonly #state: Float64Array;
  readonly #normal: Float64Array;
  readonly #trial: Float64Array;
  #time = NaN;
  #next = 1;
  #farthest = 0;
  #first: { readonly time: number; readonly miss: number } | undefined;

  constructor(n: number, tolerance: Tolerance) {
    this.#tolerance = tolerance;
    this.#state = new Float64Array(n);
    this.#normal = new Float64Array(n);
    this.#trial = new Float64Array(n);
  }

  /** Whether the step ends the second lap of a closed orbit, whose period is known from then on. */
  returns(step: AcceptedStep, slope: Float64Array): boolean {
    if (!Number.isNaN(this.period)) return false;
    const { time, after, before } = step;
    if (time >= this.#next && !this.#mayReturn(time)) {
      this.#state.set(after);
      this.#normal.set(slope);
      this.#time = time;
      this.#next = 2 * time;
      this.#farthest = 0;
      this.#first = undefined;
      return false;
    }
    if (Number.isNaN(this.#time)) return false;
    this.#farthest = Math.max(this.#farthest, this.#distance(after));
    if (!(this.#side(before) < 0 && this.#side(after) >= 0)) return false;
    if (this.#farthest <= SMALLEST_LOOP * (1 + norm(after))) return false;
    // Loops that cross elsewhere are not worth a search.
    if (this.#distance(after) > this.#farthest / 2 && this.#distance(before) > this.#farthest / 2)
      return false;
    const h = this.#crossing(step);
    const miss = this.#distance(this.#trial);
    // Of a transient that hardly shrinks the second miss is twice the first.
    if (miss > (this.#first ? 2 : 1) * RETURN * this.#farthest) return false;
    return this.#isSecond({ time: time - step.h + h, miss });
  }

  /** Whether the second return may still come. */
  #mayReturn(time: number): boolean {
    return (
      this.#first !== undefined && time < this.#first.time + LATEST_LAP * (this.#first.time - this.#time)
    );
  }

  #isSecond(second: { readonly time: number; readonly miss: number }): boolean {
    const first = this.#first;
    if (!first) {
      this.#first = second;
      return false;
    }
    const lap = second.time - first.time;
    const before = first.time - this.#time;
    if (Math.abs(lap - before) <= SAME_PERIOD * lap && this.#closes(first.miss, second.miss)) {
      this.period = lap;
      return true;
    }
    // Not with this reference.
    this.#time = NaN;
    this.#first = undefined;
    return false;
  }

  /** Whether misses are what the tolerance leaves, or their limit d1 / (1 - q), where d2 = d1 (1 + q), is nearby. */
  #closes(first: number, second: number): boolean {
    const { rtol, atol } = this.#tolerance;
    if (second <= atol + rtol * norm(this.#state)) return true;
    return first * first <= ORBIT * this.#farthest * (2 * first - second);
  }

  /** Length of the step that ends on the section; the state there is left in the trial vector. */
  #crossing({ h, again }: AcceptedStep): number {
    let [lo, hi] = [0, h];
    for (let k = 0; k < CROSSING_STEPS && hi - lo > 1e-14 * h; k++) {
      const middle = (lo + hi) / 2;
      again(middle, this.#trial);
      if (this.#side(this.#trial) < 0) lo = middle;
      else hi = middle;
    }
    again(hi, this.#trial);
    return hi;
  }

  #side(y: Float64Array): number {
    let sum = 0;
    for (let i = 0; i < y.length; i++) sum += this.#normal[i] * (y[i] - this.#state[i]);
    return sum;
  }

  #distance(y: Float64Array): number {
    let sum = 0;
    for (let i = 0; i < y.length; i++) sum += (y[i] - this.#state[i]) ** 2;
    return Math.sqrt(sum);
  }
}
