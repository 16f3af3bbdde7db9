/**
 * Flows that are known exactly, for every equation and every design of R: with W = 0 and with g(y) = y the right-hand side is
 * A y + c, so y(t) = y* + e^{At} (y(0) - y*), with e^{At} from its series (scaled and squared) and independent of every
 * integrator.
 */
import { expect } from 'vitest';
import { loadAlgebra } from '../../src/model/algebra.js';
import { Evaluator } from '../../src/model/evaluator.js';
import type { Problem } from '../../src/model/problem.js';
import type { DesignChoice, Equation } from '../../src/types.js';
import type { Simulator } from '../../src/simulator.js';
import { problemOf } from '../problem-of.js';

const ASYMMETRIC = [
  [0.4, -1.3, 0.2],
  [0.9, 0.1, -0.7],
  [-0.3, 0.8, 0.5],
];
const SYMMETRIC = [
  [0.4, -0.9, 0.3],
  [-0.9, -0.6, 0.7],
  [0.3, 0.7, 0.5],
];
const BIAS = [0.3, -0.2, 0.5];
/** A matrix that is no multiple of I, with eigenvalues on the right. */
const MATRIX = { rows: 3, columns: 3, data: Float64Array.of(1.2, 0.4, -0.1, -0.3, 0.8, 0.2, 0.5, 0.1, 0.9) };

const DESIGNS: readonly (readonly [DesignChoice, symmetric: boolean])[] = [
  [{ name: 'identity' }, false],
  [{ name: 'matrix', matrix: MATRIX }, false],
  [{ name: 'gradient' }, false],
  [{ name: 'adaptive-polar' }, false],
  [{ name: 'weights' }, true],
  [{ name: 'polar' }, true],
  [{ name: 'spectral', function: 'tanh' }, true],
  [{ name: 'sylvester', matrix: 'identity' }, true],
];

/** A linear system, with its name. */
export interface Linear {
  readonly name: string;
  readonly problem: Problem;
}

/** Every equation with every design: g(y) = y; and W = 0 with a nonlinear g where the design allows it. */
export async function linearSystems(): Promise<Linear[]> {
  const systems: Linear[] = [];
  const add = async (activation: string, weights: number[][], equation: Equation, design: DesignChoice) => {
    const problem = await problemOf({
      layers: [[activation, 3]],
      weights,
      bias: BIAS,
      equation,
      design,
      energy: { equation: equation === 9 ? 10 : 14, coefficients: [0, 0, 1] },
    });
    const zero = weights.every((row) => row.every((w) => w === 0));
    systems.push({
      name: `${activation}, eq. ${String(equation)}, ${design.name}${zero ? ', W = 0' : ''}`,
      problem,
    });
  };
  const zero = SYMMETRIC.map((row) => row.map(() => 0));
  for (const equation of [1, 9, 13] as const)
    for (const [design, symmetric] of DESIGNS) {
      if (equation === 1 && design.name !== 'identity') continue;
      await add('identity', symmetric ? SYMMETRIC : ASYMMETRIC, equation, design);
      // Sylvester's R has no solution where W = 0.
      if (design.name !== 'sylvester') await add('tanh', zero, equation, design);
    }
  return systems;
}

/** y(t) of y' = A y + c, with A and c read off the evaluator: f(0) and f(e_j) - f(0). */
async function exactState({ problem }: Linear, start: Float64Array, time: number): Promise<Float64Array> {
  const n = start.length;
  const evaluator = new Evaluator(problem, await loadAlgebra());
  const f = (y: Float64Array) => {
    evaluator.moveTo(y);
    return Float64Array.from(evaluator.velocity());
  };
  const c = f(new Float64Array(n));
  // [[A, c], [0, 0]]: its exponential has y(t) in it, whether A is invertible or not.
  const m = n + 1;
  const system = new Float64Array(m * m);
  for (let j = 0; j < n; j++) {
    const unit = new Float64Array(n);
    unit[j] = 1;
    f(unit).forEach((v, i) => (system[i * m + j] = v - c[i]));
    system[j * m + n] = c[j];
  }
  const e = exponential(
    system.map((v) => v * time),
    m,
  );
  return Float64Array.from({ length: n }, (_, i) =>
    start.reduce((sum, v, j) => sum + e[i * m + j] * v, e[i * m + n]),
  );
}

/** e^M by its series after halving M until it is small, and squaring. */
function exponential(matrix: Float64Array, n: number): Float64Array {
  const size = Math.max(...matrix.map(Math.abs)) * n;
  const halvings = Math.max(0, Math.ceil(Math.log2(size)) + 3);
  const small = matrix.map((v) => v / 2 ** halvings);
  const identity = Float64Array.from({ length: n * n }, (_, k) => (k % (n + 1) === 0 ? 1 : 0));
  let sum = identity.slice();
  let term = identity.slice();
  for (let k = 1; k <= 16; k++) {
    term = product(term, small, n).map((v) => v / k);
    sum = sum.map((v, i) => v + term[i]);
  }
  for (let k = 0; k < halvings; k++) sum = product(sum, sum, n);
  return sum;
}

const product = (a: Float64Array, b: Float64Array, n: number) =>
  Float64Array.from({ length: n * n }, (_, at) => {
    let sum = 0;
    for (let k = 0; k < n; k++) sum += a[Math.floor(at / n) * n + k] * b[k * n + (at % n)];
    return sum;
  });

/** Integrates systems and expects every state within `limit`, relative to its size or to 1; the worst that was seen. */
export async function checkLinear(
  simulator: Simulator,
  limit: number,
  systems: readonly Linear[],
): Promise<number> {
  const times = [0.5, 2, 8];
  const start = Float64Array.of(1.7, -0.9, 0.4);
  let worst = 0;
  for (const system of systems) {
    const { states } = await simulator.trajectories({
      problem: system.problem,
      starts: start,
      times,
      horizon: 8,
    });
    for (const [k, time] of times.entries()) {
      const exact = await exactState(system, start, time);
      const away =
        Math.hypot(...exact.map((v, i) => v - states[3 * k + i])) / Math.max(1, Math.hypot(...exact));
      expect(away, `${system.name} at t = ${String(time)}`).toBeLessThan(limit);
      worst = Math.max(worst, away);
    }
  }
  return worst;
}
