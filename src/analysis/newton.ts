/**
 * Newton's method for the zeros of a field of a network (r, or R r), made for thousands of starts: in f64, nothing
 * allocated per step.
 *
 *   one step along the flow    first: it leaves the far corners of a box, where Newton sees only saturation
 *   a share t of the step      d = D^-1 f: the first of two that makes |D^-1 f| fall, D kept (natural monotonicity,
 *                              Deuflhard 2004, 3.3: unlike |f| it does not depend on the scale of f, and takes a quarter
 *                              fewer steps on random networks of 8 to 24 tanh neurons, measured); such a step moves no
 *                              component by more than 1 + max |y_i|, or the ends of neighbouring starts would be the
 *                              same few points: that finds a fifth more points from the same starts (measured)
 *   and one more by the same D  after the longest step, where it makes |D^-1 f| fall: the first step of Broyden's good method
 *                              (Deuflhard 2004, 3.3.2). D^-1 f there is known by then, so it costs one value of f and
 *                              spares a sixth of the factorisations
 *   the longest step, anyhow   where neither does: |f| may rise, but kinks are crossed (semismooth Newton changes the linear
 *                              cell) and minima of |f| left; one along the flow after it spares a tenth of the steps, as it
 *                              takes neurons out of saturation again
 *   regularised step           where the derivative D is singular (saturation, continua): Levenberg-Marquardt,
 *                              (D^T D + mu) d = D^T f with mu falling with |f|, so that it converges fast to the next
 *                              point of a continuum
 *   from the seed again        where all of it fails: capped steps may go round in circles, steps without a cap elsewhere
 *   relaxation                 where that fails too: y += (1 - e^-h) f, which follows the flow, then once again
 *
 * A search ends early in the ball of a zero that is known (`Known`): where Newton would go from there is proved.
 */
import { dot, norm } from '../model/evaluator.js';
import { Lu } from '../math/lu.js';
import type { StateField } from './state-field.js';

/** `converged`: |f| <= 1e-12 (1 + |y|) or its own rounding; `stalled`: no step makes |f| fall. */
export type NewtonOutcome = 'converged' | 'stalled' | 'nonfinite';

/** Zeros that were found before. */
export interface Known {
  /** Whether a state lies where plain Newton is proved to converge to one of them. */
  readonly covers: (state: Float64Array) => boolean;
  /** Whether a state is one of them up to rounding. */
  readonly has: (state: Float64Array) => boolean;
}

const STEPS = 80;
const CONVERGED = 1e-12;
/** Pivot ratio below which a plain step is not tried: it would be rounding. */
const SINGULAR = 1e-14;
/** The least relative fall of |D^-1 f| in units of the share of a step, and how many shares are tried. */
const FALL = 1 / 16;
const TRIES = 2;
/** Longest steps without a fall, for each search. */
const LEAPS = 20;
const RELAXATIONS = 40;
const RELAXATION = 1 - Math.exp(-0.5);
/** Length of a single step along the flow: exponential Euler with h = log 2. */
const EULER = 0.5;
/** Largest move of a component in a plain step, relative to 1 + max |y_i|. */
const REACH = 1;
/** Steps that still make |f| fall after it has converged. */
const POLISHES = 3;

/** One solver for one field; searches leave the field at their end. */
export class Newton {
  readonly #field: StateField;
  readonly #lu: Lu;
  readonly #from: Float64Array;
  readonly #trial: Float64Array;
  readonly #step: Float64Array;
  readonly #simplified: Float64Array;
  readonly #jacobian: Float64Array;

  constructor(field: StateField) {
    const n = field.state.length;
    this.#field = field;
    this.#lu = new Lu(n);
    this.#from = new Float64Array(n);
    this.#trial = new Float64Array(n);
    this.#step = new Float64Array(n);
    this.#simplified = new Float64Array(n);
    this.#jacobian = new Float64Array(n * n);
  }

  /** As `run` without a cap: long steps reach points far outside of the box that the seeds lie in. */
  runFar(seed: Float64Array, known?: Known): NewtonOutcome {
    this.#field.moveTo(seed);
    return this.#descend(known, Infinity);
  }

  /** Searches from `seed`; the end is the field's state, which may lie in the ball of a known zero instead of at it. */
  run(seed: Float64Array, known?: Known): NewtonOutcome {
    this.relax(seed, 1, EULER);
    const first = this.#descend(known, REACH);
    if (first !== 'stalled') return first;
    // Capped steps may go round in circles, and uncapped ones elsewhere.
    const second = this.runFar(seed, known);
    if (second !== 'stalled') return second;
    this.relax(seed, RELAXATIONS);
    return this.#descend(known, Infinity);
  }

  /** Moves along the flow y' = f from `seed`, `steps` steps of exponential Euler, by default with h = 1/2. */
  relax(seed: Float64Array, steps: number, part = RELAXATION): void {
    this.#field.moveTo(seed);
    for (let k = 0; k < steps; k++) this.#follow(part);
  }

  /** One step along the flow. */
  #follow(part: number): void {
    const { state, value } = this.#field;
    for (let i = 0; i < state.length; i++) this.#trial[i] = state[i] + part * value[i];
    this.#field.moveTo(this.#trial);
  }

  #descend(known: Known | undefined, reach: number): NewtonOutcome {
    const { state, value } = this.#field;
    let leaps = LEAPS;
    for (let step = 0; step < STEPS; step++) {
      const size = norm(value);
      if (!Number.isFinite(size)) return 'nonfinite';
      if (known?.covers(state) === true) return 'converged';
      if (this.#isZero(size)) {
        if (known?.has(state) !== true) this.#polish(size);
        return 'converged';
      }
      this.#from.set(state);
      const plain = this.#plainStep();
      const longest = plain ? this.#longest(reach) : 0;
      if (plain && this.#search(longest)) continue;
      if (plain && leaps > 0) {
        leaps--;
        this.#move(longest);
        this.#follow(EULER);
        continue;
      }
      // Across a kink the derivative says nothing about the other side.
      if (plain && this.#field.kinked) return 'stalled';
      this.#field.moveTo(this.#from);
      if (!this.#regularisedSearch(size)) return 'stalled';
    }
    return 'stalled';
  }

  /** Goes to a near zero and to no other: regularised steps only, the shortest that there are. */
  project(seed: Float64Array): NewtonOutcome {
    this.#field.moveTo(seed);
    for (let step = 0; step < STEPS; step++) {
      const size = norm(this.#field.value);
      if (!Number.isFinite(size)) return 'nonfinite';
      if (this.#isZero(size)) return 'converged';
      this.#from.set(this.#field.state);
      if (!this.#regularisedSearch(size)) return 'stalled';
    }
    return 'stalled';
  }

  #isZero(size: number): boolean {
    return size <= CONVERGED * (1 + norm(this.#field.state)) || size <= this.#field.rounding();
  }

  /** A few more steps, as long as they help. */
  #polish(reached: number): void {
    let size = reached;
    for (let k = 0; k < POLISHES && size > 0; k++) {
      this.#from.set(this.#field.state);
      if (!this.#plainStep()) return;
      this.#move(1);
      const now = norm(this.#field.value);
      if (!(now < size)) {
        this.#field.moveTo(this.#from);
        return;
      }
      size = now;
    }
  }

  /** step = D^-1 f; false where the derivative D is singular. */
  #plainStep(): boolean {
    if (this.#field.newtonStep) return this.#field.newtonStep(this.#step) > SINGULAR;
    this.#field.derivative(this.#lu.matrix);
    if (!(this.#lu.factor() > SINGULAR)) return false;
    this.#step.set(this.#field.value);
    this.#lu.solve(this.#step);
    return true;
  }

  /** Moves to from - t step. */
  #move(t: number): void {
    const from = this.#from;
    const step = this.#step;
    const trial = this.#trial;
    for (let i = 0; i < from.length; i++) trial[i] = from[i] - t * step[i];
    this.#field.moveTo(trial);
  }

  /** The share of the step that no component leaves its reach with. */
  #longest(reach: number): number {
    if (reach === Infinity) return 1;
    let largest = 0;
    let most = 0;
    for (let i = 0; i < this.#step.length; i++) {
      largest = Math.max(largest, Math.abs(this.#from[i]));
      most = Math.max(most, Math.abs(this.#step[i]));
    }
    return Math.min(1, (reach * (1 + largest)) / most);
  }

  /**
   * Moves by a share of the step, `longest` or less, that makes |D^-1 f| fall; false where none does. With d' = D^-1 f(y - t d)
   * the next share to try is |d| t^2 / (2 |d' - (1 - t) d|), which is exact where f is quadratic along d.
   */
  #search(longest: number): boolean {
    const d = this.#step;
    const next = this.#simplified;
    const length = norm(d);
    let t = longest;
    for (let tries = 0; tries < TRIES; tries++) {
      this.#move(t);
      this.#simplifiedStep(next);
      if (norm(next) < (1 - FALL * t) * length) {
        if (t === longest) this.#moveOn(t);
        return true;
      }
      let squares = 0;
      for (let i = 0; i < d.length; i++) squares += (next[i] - (1 - t) * d[i]) ** 2;
      const better = (length * t * t) / (2 * Math.sqrt(squares));
      t = better >= t / 8 ? Math.min(better, t / 2) : t / 8;
    }
    return false;
  }

  /**
   * Moves on by Broyden's step after the share t of d that left d' = D^-1 f: d' + e (d.d') / (t |d|^2 - d.e) with
   * e = d' - (1 - t) d, which is 0 where f is linear. Stays where that is longer than the move before.
   */
  #moveOn(t: number): void {
    const d = this.#step;
    const next = this.#simplified;
    const trial = this.#trial;
    const { state } = this.#field;
    const squares = dot(d, d);
    const shared = dot(d, next);
    const share = shared / (squares - shared);
    let length = 0;
    for (let i = 0; i < trial.length; i++) {
      const step = next[i] + share * (next[i] - (1 - t) * d[i]);
      length += step * step;
      trial[i] = state[i] - step;
    }
    if (length <= t * t * squares) this.#field.moveTo(trial);
  }

  /** out = D^-1 f here, D where `#plainStep` was taken last. */
  #simplifiedStep(out: Float64Array): void {
    if (this.#field.simplifiedStep) {
      this.#field.simplifiedStep(out);
      return;
    }
    out.set(this.#field.value);
    this.#lu.solve(out);
  }

  /** Levenberg-Marquardt with rising regularisation until |f| falls. */
  #regularisedSearch(size: number): boolean {
    this.#field.derivative(this.#jacobian);
    const scale = this.#jacobian.reduce((sum, v) => sum + v * v, 0) / this.#from.length;
    if (!Number.isFinite(scale) || scale === 0) return false;
    for (let mu = scale * Math.min(1e-3, size * size) + 1e-15 * scale; mu <= 1e3 * scale; mu *= 30) {
      if (!this.#regularisedStep(mu)) return false;
      this.#move(1);
      if (norm(this.#field.value) < (1 - 1e-4) * size) return true;
      this.#field.moveTo(this.#from);
    }
    return false;
  }

  /** (D^T D + mu) step = Dr^T r. */
  #regularisedStep(mu: number): boolean {
    const n = this.#from.length;
    const [j, a, { value: f }] = [this.#jacobian, this.#lu.matrix, this.#field];
    a.fill(0);
    this.#step.fill(0);
    for (let k = 0; k < n; k++)
      for (let p = 0; p < n; p++) {
        const value = j[k * n + p];
        if (value === 0) continue;
        this.#step[p] += value * f[k];
        for (let q = 0; q < n; q++) a[p * n + q] += value * j[k * n + q];
      }
    for (let p = 0; p < n; p++) a[p * n + p] += mu;
    if (!(this.#lu.factor() > 0)) return false;
    this.#lu.solve(this.#step);
    return true;
  }
}
