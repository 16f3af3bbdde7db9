/** Certified sets: the bounds they rest on, and that the flow contracts all over them. */
import { describe, expect, test } from 'vitest';
import { findFixedPoints } from '../../src/analysis/find-fixed-points.js';
import { designTimes, product, residualJacobian } from '../../src/analysis/linearisation.js';
import { symmetricPart } from '../../src/analysis/matrices.js';
import { certify } from '../../src/basins/ball.js';
import { lyapunovMatrix } from '../../src/basins/lyapunov.js';
import { activationNames, activationRow } from '../../src/model/activation.js';
import * as library64 from '../../src/model/library64.js';
import { loadAlgebra } from '../../src/model/algebra.js';
import { Evaluator } from '../../src/model/evaluator.js';
import type { Matrix } from '../../src/types.js';
import { problemOf } from '../problem-of.js';
import { random, randomActivation, randomMatrix } from '../random-model.js';
import { problemFrom } from './kit.js';

const algebra = await loadAlgebra();

test.each(activationNames())(
  '%s: h is as steep between its kinks as the table says, and nearly as steep',
  (name) => {
    const row = activationRow(name);
    if (row.kind === 'blockwise' || !row.hessianSlope) return;
    const r = random(5);
    for (let trial = 0; trial < 4; trial++) {
      const { parameters } = randomActivation(name, r);
      const bound = row.hessianSlope(parameters);
      if (bound === Infinity) continue;
      const { hessian } = row.f64(parameters, library64);
      const kinks = row.kinks(parameters);
      const d = 1e-4;
      let steepest = 0;
      for (let x = -6; x < 6; x += 1e-3) {
        if (kinks.some((k) => k >= x - d && k <= x + 2 * d)) continue;
        steepest = Math.max(steepest, Math.abs(hessian(x + d) - hessian(x)) / d);
      }
      expect(steepest).toBeLessThanOrEqual(bound * (1 + 1e-6) + 1e-9);
      expect(steepest).toBeGreaterThanOrEqual(0.97 * bound);
    }
  },
);

test('the solution of Lyapunov’s equation solves it', () => {
  const r = random(3);
  for (let trial = 0; trial < 20; trial++) {
    const n = r.integer(1, 8);
    const a = randomMatrix(n, r, false);
    const shift = Math.max(...algebra.eigenvalues(a).map(({ re }) => re)) + r.uniform(0.05, 1);
    const j: Matrix = { ...a, data: a.data.map((v, k) => v - (k % (n + 1) === 0 ? shift : 0)) };
    const p = lyapunovMatrix(j, algebra);
    expect(p).toBeDefined();
    if (!p) return;
    const pj = symmetricPart(product(p, j)).data;
    const size = Math.max(...p.data.map(Math.abs));
    pj.forEach((v, k) => {
      expect(Math.abs(2 * v + (k % (n + 1) === 0 ? 1 : 0))).toBeLessThan(1e-10 * (1 + size));
    });
  }
});

test('and has more numbers than a call takes arguments', () => {
  const n = 360;
  const j: Matrix = { rows: n, columns: n, data: new Float64Array(n * n) };
  for (let i = 0; i < n; i++) j.data[i * (n + 1)] = -1 - i / n;
  const p = lyapunovMatrix(j, algebra);
  // Of a diagonal J: 1/(2|J|).
  for (let i = 0; i < n; i++) expect(p?.data[i * (n + 1)]).toBeCloseTo(n / (2 * (n + i)), 12);
});

/** mu_T of the Jacobian at a state. */
function logarithmicNorm(evaluator: Evaluator, transform: Matrix, state: Float64Array): number {
  evaluator.moveTo(state);
  const inverse = algebra.inverse(transform);
  const jacobian = designTimes(evaluator, residualJacobian(evaluator));
  if (!inverse || !jacobian) return NaN;
  const { values } = algebra.symmetricEigen(symmetricPart(product(product(transform, jacobian), inverse)));
  return values[values.length - 1];
}

describe('the flow contracts all over a certified ellipsoid', () => {
  const models = [
    'two-attractor-sigmoid',
    'ctln-two-clique',
    'hopfield-1984',
    'fixed-point-finder-3',
    'winner-take-all-krotov-hopfield',
    'winner-take-all',
  ];
  test.each(models)('%s', async (name) => {
    const problem = await problemFrom(name);
    const { points } = await findFixedPoints(problem, algebra, { starts: 128, box: [-9, 9] });
    await contracts(
      new Evaluator(problem, algebra),
      points.filter((p) => p.class === 'stable').map((p) => p.state),
    );
  });

  test('asymmetric W under a constant R, eqs. 9 and 13', async () => {
    const r = random(11);
    let certified = 0;
    for (const equation of [9, 13] as const)
      for (let trial = 0; trial < 6; trial++) {
        const n = r.integer(2, 5);
        const design = { name: 'matrix', matrix: nearIdentity(n, r) } as const;
        const problem = await problemOf({
          layers: [[r.pick(['tanh', 'softplus', 'silu', 'elu']), n]],
          weights: randomMatrix(n, r, false),
          bias: Array.from({ length: n }, () => r.normal()),
          equation,
          design,
          energy: { equation: equation === 9 ? 10 : 14, coefficients: [0, 0, 1] },
        });
        const { points } = await findFixedPoints(problem, algebra, { starts: 32 });
        const stable = points.filter((p) => p.class === 'stable').map((p) => p.state);
        certified += await contracts(new Evaluator(problem, algebra), stable);
      }
    expect(certified).toBeGreaterThan(5);
  });
});

function nearIdentity(n: number, r: ReturnType<typeof random>): Matrix {
  const { data } = randomMatrix(n, r, false);
  return { rows: n, columns: n, data: data.map((v, k) => 0.2 * v + (k % (n + 1) === 0 ? 1 : 0)) };
}

/** How many of the states have a certified set, in which every sampled Jacobian contracts. */
function contracts(evaluator: Evaluator, states: readonly Float64Array[]): Promise<number> {
  const r = random(1);
  let certified = 0;
  for (const state of states) {
    const certificate = certify(evaluator, algebra, state);
    if (!certificate.certified) continue;
    certified++;
    const { transform, radius } = certificate.ellipsoid;
    const inverse = algebra.inverse(transform);
    const n = state.length;
    for (let k = 0; k < 60; k++) {
      const direction = Float64Array.from({ length: n }, () => r.normal());
      const scale = (radius * (k % 3 === 0 ? 1 : r.uniform())) / Math.hypot(...direction);
      const at = state.map((v, i) => {
        let moved = v;
        for (let j = 0; j < n; j++) moved += (inverse?.data[i * n + j] ?? NaN) * scale * direction[j];
        return moved;
      });
      expect(logarithmicNorm(evaluator, transform, at)).toBeLessThan(0);
    }
    // What stops a flow lies in the ellipsoid.
    const { weights, square } = certificate.stop;
    for (let k = 0; k < 30; k++) {
      const direction = Float64Array.from({ length: n }, () => r.normal());
      const length = Math.sqrt(square / direction.reduce((sum, v, i) => sum + weights[i] * v * v, 0));
      let inside = 0;
      for (let i = 0; i < n; i++) {
        let component = 0;
        for (let j = 0; j < n; j++) component += transform.data[i * n + j] * length * direction[j];
        inside += component * component;
      }
      expect(Math.sqrt(inside)).toBeLessThanOrEqual(radius);
    }
  }
  return Promise.resolve(certified);
}
