/** Newton steps with neurons left out, against dense ones: dead neurons change nothing, nearly dead ones little. */
import { expect, test } from 'vitest';
import { residualJacobian } from '../../src/analysis/linearisation.js';
import { ResidualField } from '../../src/analysis/state-field.js';
import { loadAlgebra } from '../../src/model/algebra.js';
import { Evaluator, norm } from '../../src/model/evaluator.js';
import { problemOf } from '../problem-of.js';
import { random, randomMatrix, type Random } from '../random-model.js';

const algebra = await loadAlgebra();

async function fieldOf(r: Random, name: string, n: number, equation: 1 | 9) {
  const problem = await problemOf({
    layers: [
      [name, n],
      ['identity', 2],
    ],
    weights: randomMatrix(n + 2, r, false),
    bias: Array.from({ length: n + 2 }, () => r.normal()),
    equation,
  });
  const evaluator = new Evaluator(problem, algebra);
  return { evaluator, field: new ResidualField(evaluator) };
}

const stateOf = (r: Random, n: number, reach: number) =>
  Float64Array.from({ length: n }, () => r.uniform(-reach, reach));

test.each([1, 9] as const)(
  'eq. %i: the step, and the step of another state with the same derivative, where relu is dead',
  async (equation) => {
    let leftOut = 0;
    for (let seed = 0; seed < 60; seed++) {
      const r = random(seed);
      const n = r.integer(1, 6);
      const { evaluator, field } = await fieldOf(r, 'relu', n, equation);
      const [from, to] = [stateOf(r, n + 2, 2), stateOf(r, n + 2, 2)];
      const step = new Float64Array(n + 2);
      evaluator.moveTo(from);
      const derivative = residualJacobian(evaluator);
      leftOut += evaluator.x.subarray(0, n).filter((x) => x <= 0).length;
      expect(field.newtonStep(step)).toBeGreaterThan(0);
      for (const state of [from, to]) {
        evaluator.moveTo(state);
        if (state === to) field.simplifiedStep(step);
        const dense = algebra.solve(derivative, evaluator.r.slice());
        dense?.forEach((d, i) => {
          expect(Math.abs(step[i] - d)).toBeLessThan(1e-9 * (1 + norm(dense)));
        });
      }
    }
    expect(leftOut).toBeGreaterThan(60);
  },
);

test('saturated neurons change the step by at most the forcing term, so the next |r| is as small as promised', async () => {
  for (let seed = 0; seed < 60; seed++) {
    const r = random(seed + 500);
    const { evaluator, field } = await fieldOf(r, 'tanh', r.integer(2, 8), 1);
    const n = evaluator.y.length;
    evaluator.moveTo(stateOf(r, n, 12));
    const derivative = residualJacobian(evaluator);
    const residual = evaluator.r.slice();
    const step = new Float64Array(n);
    field.newtonStep(step);
    const defect = residual.map((v, i) => {
      let sum = v;
      for (let j = 0; j < n; j++) sum -= derivative.data[i * n + j] * step[j];
      return sum;
    });
    expect(norm(defect)).toBeLessThanOrEqual(0.3 * norm(step));
  }
});
