/** Balls around fixed points: plain Newton, which knows nothing of them, converges from all over each. */
import { expect, test } from 'vitest';
import { fixedPointsFrom } from '../../src/analysis/fixed-points.js';
import { residualJacobian } from '../../src/analysis/linearisation.js';
import { ballRadius } from '../../src/analysis/newton-ball.js';
import { loadAlgebra } from '../../src/model/algebra.js';
import { Evaluator, norm } from '../../src/model/evaluator.js';
import { problemOf } from '../problem-of.js';
import { random, randomActivation, randomMatrix } from '../random-model.js';

const algebra = await loadAlgebra();

function plainNewton(evaluator: Evaluator, from: Float64Array): Float64Array {
  let y = from;
  for (let step = 0; step < 40; step++) {
    evaluator.moveTo(y);
    const r = evaluator.r.slice();
    const d = algebra.solve(residualJacobian(evaluator), r);
    if (!d) return y;
    y = y.map((v, i) => v - d[i]);
  }
  return y;
}

test('Newton converges to the point of the ball from its rim, eqs. 1 and 9', async () => {
  let [balls, widest] = [0, 0];
  for (let seed = 0; seed < 24; seed++) {
    const r = random(seed + 300);
    const n = r.integer(1, 6);
    const { name, parameters } = randomActivation(
      ['tanh', 'sigmoid', 'smu', 'silu', 'gelu', 'gaussian', 'softplus', 'arctan'][seed % 8],
      r,
    );
    const problem = await problemOf({
      layers: [[name, n, parameters]],
      weights: { ...randomMatrix(n, r, false), data: randomMatrix(n, r, false).data.map((v) => 2 * v) },
      bias: Array.from({ length: n }, () => r.normal()),
      equation: seed % 3 === 0 ? 9 : 1,
    });
    const evaluator = new Evaluator(problem, algebra);
    const radiusOf = ballRadius(evaluator);
    const seeds = Array.from({ length: 30 }, () => Float64Array.from({ length: n }, () => r.uniform(-4, 4)));
    for (const { state } of fixedPointsFrom(problem, algebra, seeds)) {
      const radius = radiusOf(state);
      expect(radius).toBeGreaterThan(0);
      balls++;
      widest = Math.max(widest, radius);
      for (let k = 0; k < 6; k++) {
        const way = Float64Array.from({ length: n }, () => r.normal());
        const from = state.map((v, i) => v + (radius * way[i]) / norm(way));
        const end = plainNewton(evaluator, from);
        expect(norm(end.map((v, i) => v - state[i]))).toBeLessThan(1e-9 * (1 + norm(state)));
      }
    }
  }
  expect(balls).toBeGreaterThan(20);
  expect(widest).toBeGreaterThan(0.1);
});

test('no ball where H jumps or couples neurons', async () => {
  for (const name of ['relu', 'softmax', 'selu', 'power']) {
    const problem = await problemOf({
      layers: [
        ['tanh', 1],
        [name, 2],
      ],
      weights: randomMatrix(3, random(1), true),
    });
    expect(ballRadius(new Evaluator(problem, algebra))(new Float64Array(3))).toBe(0);
  }
});
