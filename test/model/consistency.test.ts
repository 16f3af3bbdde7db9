/**
 * The f64 twin against itself by finite differences: L, g and H of every row of the table, and E, grad E and M of
 * every combination of equation, energy and coefficients. Kinks are kept out of the stencils.
 */
import { describe, expect, test } from 'vitest';
import { activationNames, activationRow } from '../../src/model/activation.js';
import { layer64 } from '../../src/model/layer64.js';
import { loadAlgebra } from '../../src/model/algebra.js';
import { dot, Evaluator, norm } from '../../src/model/evaluator.js';
import type { Problem } from '../../src/model/problem.js';
import { combinations, random, randomActivation, randomProblem } from '../random-model.js';

const H = 1e-5;
const TOLERANCE = 1e-6;
const algebra = await loadAlgebra();

/** Distance of x to the nearest point where H jumps. */
function clearance(name: string, parameters: Readonly<Record<string, number>>, x: number): number {
  const row = activationRow(name);
  if (row.kind === 'blockwise') return Infinity;
  return Math.min(Infinity, ...row.kinks(parameters).map((kink) => Math.abs(x - kink)));
}

describe.each(activationNames())('%s', (name) => {
  test('g is the gradient of L and H v the derivative of g', () => {
    const r = random(activationNames().indexOf(name) + 40);
    for (let trial = 0; trial < 60; trial++) {
      const { parameters } = randomActivation(name, r);
      const layer = layer64(name, parameters);
      const n = r.integer(1, 5);
      const x = Float64Array.from({ length: n }, () => 2 * r.normal());
      if (x.some((v) => clearance(name, parameters, v) < 10 * H)) continue;
      const v = Float64Array.from({ length: n }, () => r.normal());
      const moved = (sign: number) => x.map((value, i) => value + sign * H * v[i]);
      const g = new Float64Array(n);
      const [plus, minus, applied, diagonal, unitApplied] = [0, 1, 2, 3, 4].map(() => new Float64Array(n));
      layer.activation(x, g);
      const slope = (layer.lagrangian(moved(1)) - layer.lagrangian(moved(-1))) / (2 * H);
      expect(Math.abs(slope - dot(g, v))).toBeLessThan(TOLERANCE * (1 + norm(g) * norm(v)));
      layer.activation(moved(1), plus);
      layer.activation(moved(-1), minus);
      layer.hessianApply(x, v, applied);
      layer.hessianDiagonal(x, diagonal);
      for (let i = 0; i < n; i++) {
        expect(Math.abs((plus[i] - minus[i]) / (2 * H) - applied[i])).toBeLessThan(
          TOLERANCE * (1 + norm(applied)),
        );
        const unit = new Float64Array(n);
        unit[i] = 1;
        layer.hessianApply(x, unit, unitApplied);
        expect(Math.abs(unitApplied[i] - diagonal[i])).toBeLessThan(1e-12 * (1 + Math.abs(diagonal[i])));
      }
    }
  });

  test('sup H and H >= 0 are what the table says', () => {
    const r = random(activationNames().indexOf(name) + 80);
    let largest = -Infinity;
    let least = Infinity;
    const row = activationRow(name);
    const { parameters } = randomActivation(name, r);
    const layer = layer64(name, parameters);
    for (let trial = 0; trial < 400; trial++) {
      const n = row.kind === 'blockwise' ? 2 : 1;
      // Small states too: layer-norm and spherical are steepest at 0, softmax where its neurons are equal.
      const size = 4 ** r.uniform(-6, 2.5);
      const x = Float64Array.from({ length: n }, () => size * r.normal());
      const data = new Float64Array(n * n);
      const column = new Float64Array(n);
      for (let j = 0; j < n; j++) {
        const unit = new Float64Array(n);
        unit[j] = 1;
        layer.hessianApply(x, unit, column);
        column.forEach((value, i) => (data[i * n + j] = value));
      }
      const { values } = algebra.symmetricEigen({ rows: n, columns: n, data });
      largest = Math.max(largest, ...values);
      least = Math.min(least, ...values);
    }
    const sup = row.supHessian(parameters);
    expect(largest).toBeLessThanOrEqual(sup * (1 + 1e-12));
    // A bound that is never nearly reached would be wrong too: `certified` would be larger than it has to be.
    if (Number.isFinite(sup)) expect(largest).toBeGreaterThan(0.9 * sup);
    if (row.convex(parameters)) expect(least).toBeGreaterThanOrEqual(-1e-12);
    else expect(least).toBeLessThan(0);
  });
});

test('the Lipschitz constant of h between its kinks is one, and no smaller one is', () => {
  let rows = 0;
  for (const name of activationNames()) {
    const row = activationRow(name);
    if (row.kind === 'blockwise') continue;
    const { parameters } = randomActivation(name, random(activationNames().indexOf(name) + 120));
    const bound = row.hessianSlope?.(parameters) ?? Infinity;
    if (!Number.isFinite(bound)) continue;
    rows++;
    const hessian = layer64(name, parameters).elementwise?.hessian ?? (() => NaN);
    const kinks = row.kinks(parameters);
    let steepest = 0;
    for (let x = -12; x < 12; x += 1e-3)
      if (!kinks.some((kink) => kink >= x - 1e-9 && kink <= x + 1e-3 + 1e-9))
        steepest = Math.max(steepest, Math.abs(hessian(x + 1e-3) - hessian(x)) / 1e-3);
    expect(steepest, name).toBeLessThanOrEqual(bound * (1 + 1e-9));
    expect(steepest, name).toBeGreaterThanOrEqual(bound * 0.99);
  }
  expect(rows).toBe(15);
});

test('the dead count is the number of small eigenvalues of H', () => {
  for (const name of ['softmax', 'layer-norm', 'spherical']) {
    const r = random(7);
    for (let trial = 0; trial < 200; trial++) {
      const layer = layer64(name, { beta: r.uniform(0.5, 3), eps: 10 ** r.uniform(-9, -1) });
      const n = r.integer(1, 6);
      const size = 10 ** r.uniform(-3, 4);
      const x = Float64Array.from({ length: n }, () => size * r.normal());
      const data = new Float64Array(n * n);
      const column = new Float64Array(n);
      for (let j = 0; j < n; j++) {
        const unit = new Float64Array(n);
        unit[j] = 1;
        layer.hessianApply(x, unit, column);
        column.forEach((value, i) => (data[i * n + j] = value));
      }
      const sizes = algebra.symmetricEigen({ rows: n, columns: n, data }).values.map(Math.abs);
      // Eigenvalues next to the threshold, or computed with an error of that size, decide nothing.
      const noise = 1e-14 * Math.max(...sizes);
      if (sizes.some((s) => Math.abs(s - 1e-6) < 1e-8 + noise)) continue;
      expect(layer.deadCount(x, 1e-6)).toBe(sizes.filter((s) => s <= 1e-6).length);
    }
  }
});

function clear(problem: Problem, evaluator: Evaluator): boolean {
  return problem.network.layers.every(({ offset, size, activation }) =>
    evaluator.x
      .subarray(offset, offset + size)
      .every((x) => clearance(activation.name, activation.parameters, x) > 1e-3),
  );
}

test('grad E is the derivative of E, dE/dt its rate along the flow, for every combination', async () => {
  let compared = 0;
  for (const activation of activationNames()) {
    const recipes = [...combinations(activation)].filter((_, k) => k % 3 === 0);
    for (const [k, combination] of recipes.entries()) {
      const problem = await randomProblem({ ...combination, size: 1 + (k % 5), seed: 9000 + k });
      const evaluator = new Evaluator(problem, algebra);
      const r = random(k);
      const n = problem.network.size;
      const state = Float64Array.from({ length: n }, () => r.normal());
      evaluator.moveTo(state);
      if (!clear(problem, evaluator)) continue;
      const gradient = evaluator.metricTimesResidual().map((m) => -m);
      const rhs = Float64Array.from(evaluator.velocity());
      const rate = new Float64Array(1);
      evaluator.write('energy-rate', rate, 0, 1);
      const along = (v: Float64Array) => {
        const energy = (t: number) => {
          evaluator.moveTo(state.map((y, i) => y + t * v[i]));
          return evaluator.energy();
        };
        // Fourth order: H of the energy's third derivative would show at second.
        return (8 * (energy(H) - energy(-H)) - (energy(2 * H) - energy(-2 * H))) / (12 * H);
      };
      const v = Float64Array.from({ length: n }, () => r.normal() / Math.sqrt(n));
      const size = 1 + norm(gradient) * (1 + norm(rhs)) + Math.abs(evaluator.energy());
      expect(Math.abs(along(v) - dot(gradient, v)) / size, problem.name).toBeLessThan(TOLERANCE);
      if (rhs.every(Number.isFinite) && norm(rhs) < 1e3)
        expect(Math.abs(along(rhs) - rate[0]) / size, problem.name).toBeLessThan(TOLERANCE * (1 + norm(rhs)));
      compared++;
    }
  }
  expect(compared).toBeGreaterThan(150);
});
