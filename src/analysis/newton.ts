/**
 * Newton's method for the zeros of a field of a network (r, or R r), made for thousands of starts: in f64, nothing
 * allocated per step.
 *
 *   full step, or 1/4, 1/16    of it, while |f| falls
 *   full step, come what may   where it does not: |f| may rise, but kinks are crossed (semismooth Newton changes the
 *                              linear cell) and minima of |f| left. Of 1000 starts on 16 tanh neurons all arrive, in a
 *                              third of the time of ever shorter steps, and at as many points
 *   regularised step           where the derivative D is singular (saturation, continua): Levenberg-Marquardt,
 *                              (D^T D + mu) d = D^T f with mu falling with |f|, so that it converges fast to the next
 *                              point of a continuum
 *   relaxation                 where all of it fails: y += (1 - e^-h) f, which follows the flow, then once again
 */
import { norm } from '../model/evaluator.js';
import { Lu } from '../math/lu.js';
import type { StateField } from './state-field.js';

/** `converged`: |f| <= 1e-12 (1 + |y|) or its own rounding; `stalled`: no step makes |f| fall. */
export type NewtonOutcome = 'converged' | 'stalled' | 'nonfinite';

const STEPS = 80;
const CUTS = 3;
const CONVERGED = 1e-12;
/** Pivot ratio below which a plain step is not tried: it would be rounding. */
const SINGULAR = 1e-14;
/** Full steps, come what may, for each start. */
const LEAPS = 20;
const RELAXATIONS = 40;
const RELAXATION = 1 - Math.exp(-0.5);
/** Steps that still make |f| fall after it has converged. */
const POLISHES = 3;

/** One solver for one field; searches leave the field at their end. */
export class Newton {
  readonly #field: StateField;
  readonly #lu: Lu;
  readonly #from: Float64Array;
  readonly #trial: Float64Array;
  readonly #step: Float64Array;
  readonly #jacobian: Float64Array;

  constructor(field: StateField) {
    const n = field.state.length;
    this.#field = field;
    this.#lu = new Lu(n);
    this.#from = new Float64Array(n);
    this.#trial = new Float64Array(n);
    this.#step = new Float64Array(n);
    this.#jacobian = new Float64Array(n * n);
  }

  /** Searches from `seed`; the end is the field's state. */
  run(seed: Float64Array): NewtonOutcome {
    this.#field.moveTo(seed);
    const first = this.#descend();
    if (first !== 'stalled') return first;
    this.relax(seed, RELAXATIONS);
    return this.#descend();
  }

  /** Moves along the flow y' = f from `seed`, `steps` steps of exponential Euler with h = 1/2. */
  relax(seed: Float64Array, steps: number): void {
    const { state, value } = this.#field;
    this.#field.moveTo(seed);
    for (let k = 0; k < steps; k++) {
      for (let i = 0; i < state.length; i++) this.#trial[i] = state[i] + RELAXATION * value[i];
      this.#field.moveTo(this.#trial);
    }
  }

  #descend(): NewtonOutcome {
    const { state, value } = this.#field;
    let leaps = LEAPS;
    for (let step = 0; step < STEPS; step++) {
      const size = norm(value);
      if (!Number.isFinite(size)) return 'nonfinite';
      if (this.#isZero(size)) {
        this.#polish(size);
        return 'converged';
      }
      this.#from.set(state);
      const plain = this.#plainStep();
      if (plain && this.#search(size)) continue;
      if (plain && leaps > 0) {
        leaps--;
        this.#move(1);
        continue;
      }
      // Across a kink the derivative says nothing about the other side.
      if ((plain && this.#field.kinked) || !this.#regularisedSearch(size)) return 'stalled';
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
    this.#field.derivative(this.#lu.matrix);
    if (!(this.#lu.factor() > SINGULAR)) return false;
    this.#step.set(this.#field.value);
    this.#lu.solve(this.#step);
    return true;
  }

  /** Moves to from - t step. */
  #move(t: number): void {
    const [from, step, trial] = [this.#from, this.#step, this.#trial];
    for (let i = 0; i < from.length; i++) trial[i] = from[i] - t * step[i];
    this.#field.moveTo(trial);
  }

  /** Moves by the largest of 1, 1/4, 1/16 of the step that makes |f| fall; false, and back at the start, where none does. */
  #search(size: number): boolean {
    for (let cut = 0, t = 1; cut < CUTS; cut++, t /= 4) {
      this.#move(t);
      if (norm(this.#field.value) < (1 - t / 4) * size) return true;
    }
    this.#field.moveTo(this.#from);
    return false;
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
