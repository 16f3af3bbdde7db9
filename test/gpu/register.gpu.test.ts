/** Adding an activation is one row: nothing else is edited, and everything knows it. */
import { afterAll, expect, test } from 'vitest';
import { activationNames, registerActivation } from '../../src/model/activation.js';
import { readModel } from '../../src/io/model-file.js';
import { resolveProblem } from '../../src/model/problem.js';
import { Simulator } from '../../src/simulator.js';
import { backend } from '../gpu-backend.js';
import { random } from '../random-model.js';

const remove = registerActivation('algebraic', {
  kind: 'elementwise',
  parameters: { c: { default: 2, accepts: (c) => c > 0, domain: 'c > 0' } },
  wgsl: {
    lagrangian: 'sqrt(c + x * x)',
    activation: 'x / sqrt(c + x * x)',
    hessian: 'c / ((c + x * x) * sqrt(c + x * x))',
  },
  f64: ({ c }) => ({
    lagrangian: (x) => Math.hypot(Math.sqrt(c), x),
    activation: (x) => x / Math.hypot(Math.sqrt(c), x),
    hessian: (x) => c / Math.hypot(Math.sqrt(c), x) ** 3,
    inverseIntegral: (x) => Math.sqrt(c) * (1 - Math.sqrt(1 - x * x)),
  }),
  supHessian: ({ c }) => 1 / Math.sqrt(c),
  convex: () => true,
  kinks: () => [],
  dead: 'in saturation',
  source: 'this test',
});
afterAll(() => {
  remove();
});

test('a row added at run time works in model files, kernels, twins and certificates', async () => {
  expect(activationNames()).toContain('algebraic');
  const model = await readModel({
    format: 'memscape-model/1',
    layers: [
      { size: 3, activation: { name: 'algebraic', c: 0.5 } },
      { size: 40, activation: 'algebraic' },
    ],
    weights: { random: 'goe', seed: 3, scale: 2 },
    bias: 0.3,
    dynamics: { equation: 13, R: 'gradient' },
  });
  const problem = await resolveProblem(model);
  expect(problem.energy.certified).toBe(true);
  const r = random(1);
  const states = Float64Array.from({ length: 43 * 40 }, () => 2 * r.normal());
  const simulator = new Simulator(backend);
  // The simulator compares with f64 and throws where four error bounds are exceeded.
  const { fields } = await simulator.evaluate({
    problem,
    sampling: { kind: 'points', count: 40, states },
    quantities: ['energy', 'rhs', 'energy-rate', 'alive-mask', 'dead-count'],
  });
  expect(fields.get('energy')?.check?.points).toBe(40);
  expect(fields.get('energy')?.check?.errorBound).toBeGreaterThan(0);
});

test('a misspelt parameter, a name in use and a bad name are refused', async () => {
  const layer = { size: 2, activation: { name: 'algebraic', d: 1 } };
  await expect(
    readModel({
      format: 'memscape-model/1',
      layers: [layer],
      weights: [
        [0, 1],
        [1, 0],
      ],
    }),
  ).rejects.toThrow(/layers\[0\]\.activation/);
  expect(() => registerActivation('relu', undefined as never)).toThrow(/already/);
  expect(() => registerActivation('Bad name', undefined as never)).toThrow(/not a name/);
});
