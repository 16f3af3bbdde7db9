/** The f64 side of one landscape: every number that the page writes down comes from here. */
import { Evaluator, type Algebra, type Problem } from '../library.js';

export type Point = readonly [number, number];

export interface Reading {
  readonly energy: number;
  /** dE/dt along the motion of this landscape. */
  readonly rate: number;
  readonly speed: number;
  /** Whether the gradient vanishes while the state moves. */
  readonly blind: boolean;
  /** Neurons whose activation has a slope here. */
  readonly alive: readonly boolean[];
}

export class Exact {
  readonly problem: Problem;
  readonly #evaluator: Evaluator;
  readonly #state = new Float64Array(2);
  readonly #value = new Float64Array(2);

  constructor(problem: Problem, algebra: Algebra) {
    this.problem = problem;
    this.#evaluator = new Evaluator(problem, algebra);
  }

  energy(y: Point): number {
    this.#moveTo(y);
    return this.#evaluator.energy();
  }

  isBlind(y: Point): boolean {
    this.#moveTo(y);
    return this.#evaluator.isBlind();
  }

  /** R r at y. */
  velocity(y: Point): Point {
    this.#moveTo(y);
    const v = this.#evaluator.velocity();
    return [v[0], v[1]];
  }

  read(y: Point): Reading {
    const evaluator = this.#evaluator;
    this.#moveTo(y);
    const number = (quantity: 'energy' | 'energy-rate' | 'speed') => {
      evaluator.write(quantity, this.#value, 0, 1);
      return this.#value[0];
    };
    const [energy, rate, speed] = [number('energy'), number('energy-rate'), number('speed')];
    evaluator.write('alive-mask', this.#value, 0, 1);
    const alive = [...this.#value].map((mask) => mask === 1);
    return { energy, rate, speed, blind: evaluator.isBlind(), alive };
  }

  /** Smallest eigenvalue of sym(M^T R), condition (11), at y. */
  certificate(y: Point): number {
    this.#moveTo(y);
    return this.#evaluator.certificate();
  }

  #moveTo(y: Point): void {
    this.#state.set(y);
    this.#evaluator.moveTo(this.#state);
  }
}
