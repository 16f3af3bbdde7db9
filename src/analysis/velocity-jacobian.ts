/**
 * Jacobian of the right-hand side R r. At r = 0 the derivative of R does not matter and it is R Dr, exactly; for a
 * constant R that holds everywhere. Only false memories of `gradient` (M r = 0, r != 0) need the derivative of M, with third
 * derivatives of L that no table has: there central differences with one Richardson step are taken, and their error
 * estimated.
 */
import { norm, type Evaluator } from '../model/evaluator.js';
import type { Matrix } from '../types.js';
import { frobenius } from './eigenvalue-error.js';
import { designTimes, residualJacobian } from './linearisation.js';

/** |r| above this, relative to 1 + |y|, is no rounding. */
export const NOT_A_ZERO = 1e-9;

const STEP = 1e-3;

/** D(R r) where the evaluator is; undefined where R is not. */
export function velocityJacobian(evaluator: Evaluator): { matrix: Matrix; error: number } | undefined {
  const atZero = norm(evaluator.r) <= NOT_A_ZERO * (1 + norm(evaluator.y));
  if (!atZero && evaluator.problem.design.kind === 'gradient') return byDifferences(evaluator);
  const inner = residualJacobian(evaluator);
  const matrix = designTimes(evaluator, inner);
  return matrix && { matrix, error: 0 };
}

function byDifferences(evaluator: Evaluator): { matrix: Matrix; error: number } | undefined {
  const state = evaluator.y.slice();
  const step = STEP * (1 + norm(state));
  const coarse = centralDifferences(evaluator, state, step);
  const fine = centralDifferences(evaluator, state, step / 2);
  evaluator.moveTo(state);
  const data = fine.data.map((v, k) => v + (v - coarse.data[k]) / 3);
  const matrix = { ...fine, data };
  const error = frobenius({ ...fine, data: data.map((v, k) => v - fine.data[k]) });
  return Number.isFinite(error) ? { matrix, error } : undefined;
}

function centralDifferences(evaluator: Evaluator, state: Float64Array, step: number): Matrix {
  const moved = state.slice();
  return evaluator.matrixOf((v, out) => {
    for (const sign of [-1, 1]) {
      for (let i = 0; i < v.length; i++) moved[i] = state[i] + sign * step * v[i];
      evaluator.moveTo(moved);
      const velocity = evaluator.velocity();
      for (let i = 0; i < v.length; i++)
        out[i] = sign < 0 ? -velocity[i] : (out[i] + velocity[i]) / (2 * step);
    }
  });
}
