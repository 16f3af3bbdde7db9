/**
 * What Newton searches zeros of: a vector field on states with its derivative. Fixed points of all dynamics are zeros of
 * r; zeros of R r that are none of r are false memories.
 */
import { activationRow } from '../model/activation.js';
import { norm, type Evaluator } from '../model/evaluator.js';
import type { Network } from '../types.js';
import { Linearisation } from './linearisation.js';
import { NewtonStep } from './newton-step.js';
import { velocityJacobian } from './velocity-jacobian.js';

/** A field at one state: move it, then ask. */
export interface StateField {
  /** Where it is; N numbers, overwritten by the next move. */
  readonly state: Float64Array;
  /** Its value there. */
  readonly value: Float64Array;
  /** Whether its derivative jumps anywhere. */
  readonly kinked: boolean;
  moveTo(state: Float64Array): void;
  /** Writes the N x N derivative, row-major; NaN where there is none. */
  derivative(out: Float64Array): void;
  /** Writes the Newton step, derivative^-1 value; its smallest over its largest pivot. Absent where none is quicker than LU. */
  newtonStep?(out: Float64Array): number;
  /** Writes the inverse of the derivative of the last `newtonStep` times the value here. Present where `newtonStep` is. */
  simplifiedStep?(out: Float64Array): void;
  /** A bound of the rounding error of |value| here. */
  rounding(): number;
}

/** r of eqs. 1, 9 and 13. A class, as all searches then run the same compiled code whatever network they are for. */
export class ResidualField implements StateField {
  readonly state: Float64Array;
  readonly value: Float64Array;
  readonly kinked: boolean;
  readonly #evaluator: Evaluator;
  readonly #linearisation: Linearisation;
  readonly #step: NewtonStep;
  readonly #scale: RoundingScale;

  constructor(evaluator: Evaluator) {
    const { network } = evaluator.problem;
    this.state = evaluator.y;
    this.value = evaluator.r;
    this.kinked = hasKinks(network);
    this.#evaluator = evaluator;
    this.#linearisation = new Linearisation(evaluator);
    this.#step = new NewtonStep(evaluator, this.#linearisation);
    this.#scale = roundingScale(network);
  }

  moveTo(state: Float64Array): void {
    this.#evaluator.moveTo(state);
  }

  derivative(out: Float64Array): void {
    this.#linearisation.update();
    this.#linearisation.residual(out);
  }

  newtonStep(out: Float64Array): number {
    return this.#step.solve(out);
  }

  simplifiedStep(out: Float64Array): void {
    this.#step.again(out);
  }

  rounding(): number {
    return roundingAt(this.#evaluator, this.#scale);
  }
}

/** R r, the right-hand side. */
export class VelocityField implements StateField {
  readonly state: Float64Array;
  readonly value: Float64Array;
  readonly kinked: boolean;
  readonly #evaluator: Evaluator;
  readonly #scale: RoundingScale;

  constructor(evaluator: Evaluator) {
    const { network } = evaluator.problem;
    this.state = evaluator.y;
    this.value = new Float64Array(network.size);
    this.kinked = hasKinks(network);
    this.#evaluator = evaluator;
    this.#scale = roundingScale(network);
  }

  moveTo(state: Float64Array): void {
    this.#evaluator.moveTo(state);
    this.value.set(this.#evaluator.velocity());
  }

  derivative(out: Float64Array): void {
    const found = velocityJacobian(this.#evaluator);
    if (found) out.set(found.matrix.data);
    else out.fill(NaN);
  }

  rounding(): number {
    return roundingAt(this.#evaluator, this.#scale);
  }
}

/** Whether H jumps anywhere. */
function hasKinks({ layers }: Network): boolean {
  return layers.some(({ activation }) => {
    const row = activationRow(activation.name);
    return row.kind === 'elementwise' && row.kinks(activation.parameters).length > 0;
  });
}

/** What bounds the rounding of |r|: with large weights |r| cannot fall to 1e-12. */
interface RoundingScale {
  /** At least |W|. */
  readonly weights: number;
  /** |b|. */
  readonly bias: number;
}

function roundingScale({ weights, patterns, bias }: Network): RoundingScale {
  const squares = weights.reduce((sum, { matrix }) => sum + sumOfSquares(matrix.data), 0);
  // |F^T F|_F <= |F|_F^2.
  const factors = patterns.reduce(
    (sum, { factor, scale }) => sum + Math.abs(scale) * sumOfSquares(factor.data),
    0,
  );
  return { weights: Math.sqrt(squares) + factors, bias: norm(bias) };
}

const roundingAt = ({ y, g }: Evaluator, { weights, bias }: RoundingScale): number =>
  2 * Number.EPSILON * (weights * norm(g) + bias + norm(y));

const sumOfSquares = (data: Float64Array) => data.reduce((sum, v) => sum + v * v, 0);
