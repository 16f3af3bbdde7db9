/**
 * The f64 side of one landscape: every number that the page writes down comes from here. Places are those of the plane
 * that is drawn; where a network has more neurons than two, motion leaves the plane and is seen in it from above.
 */
import { Evaluator, type Algebra, type Problem } from '../library.js';
import type { Point } from '../state/state.js';
import { along, stateAt, type Plane } from './plane.js';

export type { Point } from '../state/state.js';

interface Glance {
  readonly energy: number;
  readonly speed: number;
  /** Whether the state moves and the energy does not: its gradient vanishes, or the motion goes along its level. */
  readonly still: boolean;
}

export interface Reading extends Glance {
  /** dE/dt along the motion of this landscape. */
  readonly rate: number;
  /** Neurons whose activation has a slope here. */
  readonly alive: readonly boolean[];
}

/** A state that moves along a level of the energy keeps it to this share of |grad E| |R r|; one that moves is faster. */
const LEVEL = 1e-9;
const MOVES = 1e-6;

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, v, k) => sum + v * b[k], 0);
const length = (a: Float64Array): number => Math.sqrt(dot(a, a));

export class Exact {
  readonly problem: Problem;
  readonly plane: Plane;
  readonly #evaluator: Evaluator;
  readonly #state: Float64Array;
  readonly #value: Float64Array;
  readonly #algebra: Algebra;
  #measured: ((state: Float64Array) => number) | undefined;

  constructor(problem: Problem, algebra: Algebra, plane: Plane) {
    this.#algebra = algebra;
    this.problem = problem;
    this.plane = plane;
    this.#evaluator = new Evaluator(problem, algebra);
    this.#state = new Float64Array(problem.network.size);
    this.#value = new Float64Array(problem.network.size);
  }

  /** The state at a place of the plane. */
  stateAt(at: Point): Float64Array {
    const state = new Float64Array(this.#state.length);
    stateAt(this.plane, at, state);
    return state;
  }

  /** The same landscape with `energy` at places measured from elsewhere, as deep boxes draw it. */
  measured(energy: (state: Float64Array) => number): Exact {
    const exact = new Exact(this.problem, this.#algebra, this.plane);
    exact.#measured = energy;
    return exact;
  }

  /** E at a place, or what is measured there. */
  energy(at: Point): number {
    if (this.#measured) {
      stateAt(this.plane, at, this.#state);
      return this.#measured(this.#state);
    }
    this.#moveTo(at);
    return this.#evaluator.energy();
  }

  energyOf(state: Float64Array): number {
    this.#evaluator.moveTo(state);
    return this.#evaluator.energy();
  }

  isBlind(at: Point): boolean {
    this.#moveTo(at);
    return this.#evaluator.isBlind();
  }

  isStillAt(state: Float64Array): boolean {
    this.#evaluator.moveTo(state);
    return this.#isStill(this.#evaluator.velocity());
  }

  /** R r at a place, as seen in the plane. */
  velocity(at: Point): Point {
    this.#moveTo(at);
    return along(this.plane, this.#evaluator.velocity());
  }

  /** Writes R r at a state. */
  velocityOf(state: Float64Array, out: Float64Array): void {
    this.#evaluator.moveTo(state);
    out.set(this.#evaluator.velocity());
  }

  /** What is read at a state. */
  read(state: Float64Array): Reading {
    const glance = this.glance(state);
    this.#evaluator.write('energy-rate', this.#value, 0, 1);
    const rate = this.#value[0];
    this.#evaluator.write('alive-mask', this.#value, 0, 1);
    const alive = [...this.#value].map((mask) => mask === 1);
    return { ...glance, rate, alive };
  }

  /** As much of it as every point of a path is asked for. */
  glance(state: Float64Array): Glance {
    const evaluator = this.#evaluator;
    evaluator.moveTo(state);
    const velocity = evaluator.velocity();
    return { energy: evaluator.energy(), speed: length(velocity), still: this.#isStill(velocity) };
  }

  #isStill(velocity: Float64Array): boolean {
    if (this.#evaluator.isBlind()) return true;
    const slope = this.#evaluator.metricTimesResidual();
    const speed = length(velocity);
    if (!(speed > MOVES * (1 + length(this.#evaluator.y)))) return false;
    return Math.abs(dot(slope, velocity)) <= LEVEL * length(slope) * speed;
  }

  /** Smallest eigenvalue of sym(M^T R), condition (11), at a place. */
  certificate(at: Point): number {
    this.#moveTo(at);
    return this.#evaluator.certificate();
  }

  #moveTo(at: Point): void {
    stateAt(this.plane, at, this.#state);
    this.#evaluator.moveTo(this.#state);
  }
}
