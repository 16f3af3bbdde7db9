/**
 * False memories: R r = 0 although r != 0, where R has lost rank. They are steady states of eqs. 9 and 13 that eq. 1
 * does not have. For a constant singular R they come in continua (as many dimensions as R lost), for R = gradient they
 * are the stationary points of the energy at which M is singular; what is found are examples, not all.
 */
import type { Algebra } from '../model/algebra.js';
import { Evaluator, norm } from '../model/evaluator.js';
import type { Problem } from '../model/problem.js';
import { product } from './linearisation.js';
import { plus, times, transpose } from './matrices.js';
import type { Matrix } from '../types.js';
import { velocityJacobian } from './velocity-jacobian.js';

/** A state at rest under the chosen R only. */
export interface FalseMemory {
  readonly state: readonly number[];
  /** |r|, which is not zero. */
  readonly residual: number;
  /** |R r|, which is. */
  readonly speed: number;
  /** Largest real part of the Jacobian of R r, by differences: above 1e-6 the flow leaves it. */
  readonly growth: number;
  /** Dimensions of the Jacobian's null space: of the continuum that it lies on. */
  readonly continuum: number;
}

const STEPS = 60;
const REST = 1e-10;
/** r must be at least this, relative to 1 + |u|, or the state is a fixed point of eq. 1. */
const MOVING = 1e-5;
const SAME = 1e-4;

/**
 * False memories that Levenberg-Marquardt on |R r|^2 reaches from `seeds`, at most `limit` of them.
 * @param seeds states of the problem.
 */
export function falseMemoryExamples(
  problem: Problem,
  algebra: Algebra,
  seeds: Iterable<Float64Array>,
  limit = 16,
): FalseMemory[] {
  if (problem.design.kind === 'identity') return [];
  const evaluator = new Evaluator(problem, algebra);
  const found: { state: Float64Array; memory: FalseMemory }[] = [];
  for (const seed of seeds) {
    if (found.length >= limit) break;
    const state = atRest(evaluator, algebra, seed);
    if (!state) continue;
    evaluator.moveTo(state);
    const residual = norm(evaluator.r);
    if (residual <= MOVING * (1 + norm(state))) continue;
    if (found.some((f) => norm(plus(f.state, -1, state)) <= SAME * (1 + norm(state)))) continue;
    const speed = norm(evaluator.velocity());
    const jacobian = jacobianAt(evaluator, state);
    if (!jacobian) continue;
    const spectrum = algebra.eigenvalues(jacobian);
    const { s } = algebra.svd(jacobian);
    const continuum = s.filter((value) => value <= 1e-6 * Math.max(1, s[0])).length;
    const growth = Math.max(...spectrum.map(({ re }) => re));
    found.push({ state, memory: { state: [...state], residual, speed, growth, continuum } });
  }
  return found.map(({ memory }) => memory);
}

/** A zero of R r by Levenberg-Marquardt, or undefined. */
function atRest(evaluator: Evaluator, algebra: Algebra, seed: Float64Array): Float64Array | undefined {
  const speedAt = (state: Float64Array) => {
    evaluator.moveTo(state);
    return Float64Array.from(evaluator.velocity());
  };
  let state: Float64Array = Float64Array.from(seed);
  let velocity: Float64Array = speedAt(state);
  let damping = 1e-3;
  for (let step = 0; step < STEPS; step++) {
    const size = norm(velocity);
    if (!Number.isFinite(size)) return undefined;
    if (size <= REST * (1 + norm(state))) return state;
    const jacobian = jacobianAt(evaluator, state);
    if (!jacobian) return undefined;
    const normal = product(transpose(jacobian), jacobian);
    for (let i = 0; i < normal.rows; i++) normal.data[i * (normal.rows + 1)] += damping;
    const delta = algebra.solve(normal, times(transpose(jacobian), velocity));
    if (!delta) return undefined;
    const next = plus(state, -1, delta);
    const nextVelocity = speedAt(next);
    if (norm(nextVelocity) < size) {
      [state, velocity] = [next, nextVelocity];
      damping = Math.max(1e-15, damping / 10);
    } else damping *= 10;
    if (damping > 1e8) return undefined;
  }
  return undefined;
}

function jacobianAt(evaluator: Evaluator, state: Float64Array): Matrix | undefined {
  evaluator.moveTo(state);
  return velocityJacobian(evaluator)?.matrix;
}
