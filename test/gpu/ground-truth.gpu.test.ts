/** Ground truth from outside (validation.md) in f32: the published digits, within four running error bounds. */
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { readModel } from '../../src/io/model-file.js';
import { loadAlgebra } from '../../src/model/algebra.js';
import { BOUND_FACTOR, BoundedEvaluator } from '../../src/model/bound.js';
import { resolveProblem, type Problem } from '../../src/model/problem.js';
import { Simulator } from '../../src/simulator.js';
import type { Quantity } from '../../src/types.js';
import { backend } from '../gpu-backend.js';

const algebra = await loadAlgebra();
const simulator = new Simulator(backend);

async function model(name: string): Promise<Problem> {
  const text = await readFile(new URL(`../../models/${name}.json`, import.meta.url), 'utf8');
  return resolveProblem(await readModel(text));
}

const inline = async (json: Record<string, unknown>) =>
  resolveProblem(await readModel({ format: 'memscape-model/1', ...json }));

/** The f32 value of a quantity at one state, and four error bounds of it. */
async function at(problem: Problem, state: readonly number[], quantity: Quantity) {
  const states = Float64Array.from(state);
  const sampling = { kind: 'points' as const, count: 1, states };
  const { fields } = await simulator.evaluate({ problem, sampling, quantities: [quantity] });
  const twin = new BoundedEvaluator(problem, algebra);
  twin.moveTo(states);
  const { error } = twin.evaluate(quantity);
  return { values: fields.get(quantity)?.data ?? [], bound: error.map((e) => BOUND_FACTOR * e) };
}

test('Hopfield 1984, figure 3: energy and rest at the memories', async () => {
  const problem = await model('hopfield-1984');
  // g = 0.5728729791601916 at y = W g.
  for (const sign of [1, -1]) {
    const y = sign * 0.5728729791601916;
    const energy = await at(problem, [y, y], 'energy');
    expect(Math.abs(energy.values[0] + 0.0530098346002)).toBeLessThan(energy.bound[0] + 5e-14);
    const rhs = await at(problem, [y, y], 'rhs');
    for (const v of rhs.values) expect(Math.abs(v)).toBeLessThan(rhs.bound[0]);
    expect(energy.bound[0]).toBeLessThan(1e-5);
  }
});

test('HAMUX: softmax layers at the zero state', async () => {
  for (const [size, expected] of [
    [8, -2.0794415],
    [9, -2.1972246],
  ] as const) {
    const zeros = Array.from({ length: size }, () => new Array<number>(size).fill(0));
    const problem = await inline({
      layers: [{ size, activation: 'softmax' }],
      weights: zeros,
      energy: { equation: 4 },
    });
    const { values, bound } = await at(problem, new Array<number>(size).fill(0), 'energy');
    expect(Math.abs(values[0] - expected)).toBeLessThan(bound[0] + 5e-8);
  }
});

test('FixedPointFinder: the published fixed points are at rest to the digits given', async () => {
  for (const [name, state, digits] of [
    ['fixed-point-finder-2', [0.9575, -0.9575], 1e-4],
    ['fixed-point-finder-3', [0.9498, -0.4255, -0.87989], 2e-4],
  ] as const) {
    const problem = await model(name);
    for (const sign of [1, -1]) {
      const { values } = await at(
        problem,
        state.map((v) => sign * v),
        'residual',
      );
      expect(values[0]).toBeLessThan(digits);
    }
    const origin = await at(
      problem,
      state.map(() => 0),
      'residual',
    );
    expect(origin.values[0]).toBe(0);
  }
});

test('W = 0: the right-hand side is b - y', async () => {
  const problem = await inline({
    layers: [{ size: 2, activation: 'gelu' }],
    weights: [
      [0, 0],
      [0, 0],
    ],
    bias: [0.25, -2],
  });
  const { values } = await at(problem, [1, 1], 'rhs');
  expect([...values]).toEqual([-0.75, -3]);
});
