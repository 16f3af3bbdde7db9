/** Closed forms of every equation and design on the CPU backend in f64, and the order of steps doubled. */
import { expect, test } from 'vitest';
import { createDoubled, createStepper } from '../../src/flow/steppers.js';
import { methods, type MethodName } from '../../src/flow/methods.js';
import { CpuBackend } from '../../src/cpu/backend.js';
import { loadAlgebra } from '../../src/model/algebra.js';
import { Evaluator } from '../../src/model/evaluator.js';
import { Simulator } from '../../src/simulator.js';
import { problemOf } from '../problem-of.js';
import { checkLinear, linearSystems } from './closed-forms.js';

test('W = 0 and g(y) = y agree with the matrix exponential to 1e-8, for every equation and design', async () => {
  const worst = await checkLinear(new Simulator(new CpuBackend()), 1e-8, await linearSystems());
  console.log(`closed forms in f64: worst ${worst.toExponential(1)}`);
});

const twoSteps = Object.keys(methods).filter(
  (name) => !('error' in methods[name as MethodName]),
) as MethodName[];

test.each(twoSteps)(
  '%s doubled: its estimate is the error of two half steps, to the next order',
  async (name) => {
    const problem = await problemOf({
      layers: [['tanh', 2]],
      weights: [
        [0.4, -1.3],
        [0.9, 0.1],
      ],
      bias: [0.3, -0.2],
      equation: 13,
      design: { name: 'gradient' },
    });
    const evaluator = new Evaluator(problem, await loadAlgebra());
    const field = (y: Float64Array, out: Float64Array) => {
      evaluator.moveTo(y);
      out.set(evaluator.velocity());
    };
    const start = Float64Array.of(1, -0.5);
    const slope = new Float64Array(2);
    field(start, slope);
    const { order } = methods[name];
    const estimates = [0.2, 0.1, 0.05].map((h) => {
      const [out, error, exact, unused] = Array.from({ length: 4 }, () => new Float64Array(2));
      createDoubled(name, 2, field).step(start, slope, h, out, error);
      let [y, k] = [start, slope];
      for (let step = 0; step < 64; step++) {
        createStepper('dopri5', 2, field).step(y, k, h / 64, exact, unused);
        [y, k] = [exact.slice(), new Float64Array(2)];
        field(y, k);
      }
      const truth = Math.hypot(...out.map((v, i) => v - exact[i]));
      return { truth, estimate: Math.hypot(...error) };
    });
    const falls = Math.log2(estimates[1].estimate / estimates[2].estimate);
    expect(falls).toBeGreaterThan(order + 0.75);
    expect(falls).toBeLessThan(order + 1.35);
    for (const { truth, estimate } of estimates.slice(1)) {
      expect(estimate / truth).toBeGreaterThan(0.7);
      expect(estimate / truth).toBeLessThan(1.4);
    }
  },
);
