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
  readonly moveTo: (state: Float64Array) => void;
  /** Writes the N x N derivative, row-major; NaN where there is none. */
  readonly derivative: (out: Float64Array) => void;
  /** Writes the Newton step, derivative^-1 value; its smallest over its largest pivot. Absent where none is quicker than LU. */
  readonly newtonStep?: (out: Float64Array) => number;
  /** Writes the inverse of the derivative of the last `newtonStep` times the value here. Present where `newtonStep` is. */
  readonly simplifiedStep?: (out: Float64Array) => void;
  /** A bound of the rounding error of |value| here. */
  readonly rounding: () => number;
}

/** r of eqs. 1, 9 and 13. */
export function residualField(evaluator: Evaluator): StateField {
  const linearisation = new Linearisation(evaluator);
  const step = new NewtonStep(evaluator, linearisation);
  return {
    ...fieldOf(evaluator, linearisation),
    newtonStep: (out) => step.solve(out),
    simplifiedStep: (out) => {
      step.again(out);
    },
  };
}

function fieldOf(evaluator: Evaluator, linearisation: Linearisation): StateField {
  const rounding = roundingOf(evaluator.problem.network);
  return {
    state: evaluator.y,
    value: evaluator.r,
    kinked: hasKinks(evaluator.problem.network),
    moveTo: (state) => {
      evaluator.moveTo(state);
    },
    derivative: (out) => {
      linearisation.update();
      linearisation.residual(out);
    },
    rounding: () => rounding(evaluator),
  };
}

/** R r, the right-hand side. */
export function velocityField(evaluator: Evaluator): StateField {
  const value = new Float64Array(evaluator.y.length);
  return {
    ...fieldOf(evaluator, new Linearisation(evaluator)),
    value,
    moveTo: (state) => {
      evaluator.moveTo(state);
      value.set(evaluator.velocity());
    },
    derivative: (out) => {
      const found = velocityJacobian(evaluator);
      if (found) out.set(found.matrix.data);
      else out.fill(NaN);
    },
  };
}

/** Whether H jumps anywhere. */
function hasKinks({ layers }: Network): boolean {
  return layers.some(({ activation }) => {
    const row = activationRow(activation.name);
    return row.kind === 'elementwise' && row.kinks(activation.parameters).length > 0;
  });
}

/** A bound of the rounding of |r|: with large weights |r| cannot fall to 1e-12. */
function roundingOf({ weights, patterns, bias }: Network): (evaluator: Evaluator) => number {
  const squares = weights.reduce((sum, { matrix }) => sum + sumOfSquares(matrix.data), 0);
  // |F^T F|_F <= |F|_F^2.
  const factors = patterns.reduce(
    (sum, { factor, scale }) => sum + Math.abs(scale) * sumOfSquares(factor.data),
    0,
  );
  const size = Math.sqrt(squares) + factors;
  const offset = norm(bias);
  return ({ y, g }) => 2 * Number.EPSILON * (size * norm(g) + offset + norm(y));
}

const sumOfSquares = (data: Float64Array) => data.reduce((sum, v) => sum + v * v, 0);
