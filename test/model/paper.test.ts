/** Relations of the paper and ground truth from outside, in f64 (equations.md, validation.md). */
import { describe, expect, test } from 'vitest';
import { loadAlgebra } from '../../src/model/algebra.js';
import { dot, Evaluator, norm } from '../../src/model/evaluator.js';
import type { Problem } from '../../src/model/problem.js';
import { fixedPointsFrom } from '../../src/analysis/fixed-points.js';
import {
  DESIGNS,
  random,
  randomActivation,
  randomMatrix,
  randomProblem,
  type Random,
} from '../random-model.js';
import { problemOf, type Given } from '../problem-of.js';

const algebra = await loadAlgebra();

const at = (problem: Problem, state: readonly number[]) => {
  const evaluator = new Evaluator(problem, algebra);
  evaluator.moveTo(Float64Array.from(state));
  return evaluator;
};

const seeds = (n: number, r: Random, count = 60) =>
  Array.from({ length: count }, () => Float64Array.from({ length: n }, () => 2 * r.normal()));

describe('ground truth', () => {
  const hopfield = (equation: 4 | 5) =>
    problemOf({
      layers: [['arctan', 2, { beta: 1.4 }]],
      weights: [
        [0, 1],
        [1, 0],
      ],
      energy: { equation, coefficients: 'default' },
    });

  test('Hopfield 1984, figure 3: two memories, their energy by eqs. 4 and 5, eigenvalues, the saddle', async () => {
    for (const equation of [4, 5] as const) {
      const points = fixedPointsFrom(await hopfield(equation), algebra, [
        Float64Array.of(0.1, -0.1),
        Float64Array.of(2, 2),
        Float64Array.of(-2, -2),
      ]);
      expect(points.map((p) => p.class)).toEqual(['stable', 'stable', 'saddle']);
      const [first, , saddle] = points;
      const evaluator = at(await hopfield(equation), [...first.state]);
      for (const g of evaluator.g) expect(Math.abs(g)).toBeCloseTo(0.5728729791601916, 12);
      expect(Math.sign(evaluator.g[0])).toBe(Math.sign(evaluator.g[1]));
      expect(first.energy).toBeCloseTo(-0.0530098346002, 12);
      expect(first.spectrum.map((e) => e.re)[0]).toBeCloseTo(-0.45885982, 8);
      expect(first.spectrum.map((e) => e.re)[1]).toBeCloseTo(-1.54114018, 8);
      expect(saddle.spectrum.map((e) => e.re)[0]).toBeCloseTo(0.4, 12);
      expect(saddle.spectrum.map((e) => e.re)[1]).toBeCloseTo(-2.4, 12);
    }
  });

  test('HAMUX: softmax layers of 8 and 9 units at the zero state', async () => {
    for (const [size, energy] of [
      [8, -2.0794415],
      [9, -2.1972246],
    ] as const) {
      const zero = Array.from({ length: size }, () => Array.from({ length: size }, () => 0));
      const problem = await problemOf({
        layers: [['softmax', size, { beta: 1 }]],
        weights: zero,
        energy: { equation: 4, coefficients: 'default' },
      });
      expect(at(problem, new Array<number>(size).fill(0)).energy()).toBeCloseTo(energy, 7);
    }
  });

  test('FixedPointFinder: three fixed points of h -> tanh(W h) for n = 2 and 3', async () => {
    for (const [n, expected] of [
      [2, [0.9575, -0.9575]],
      [3, [0.9498, -0.4255, -0.87989]],
    ] as const) {
      const line = Array.from({ length: n }, (_, i) => -1 + (2 * i) / (n - 1));
      // numpy.roll(line, -i)[j] is line[(j + i) mod n].
      const weights = line.map((_, i) => line.map((__, j) => -line[(j + i) % n]));
      const problem = await problemOf({ layers: [['tanh', n, { beta: 1 }]], weights, equation: 9 });
      const points = fixedPointsFrom(problem, algebra, seeds(n, random(5)));
      expect(points).toHaveLength(3);
      const stable = points.filter((p) => p.class === 'stable');
      expect(stable).toHaveLength(2);
      const positive = stable.find((p) => p.state[0] > 0);
      expected.forEach((value, i) => {
        expect(positive?.state[i]).toBeCloseTo(value, 4);
      });
      // The pair of n = 3 is unstable as a map but stable as the flow.
      if (n === 3) expect(positive?.spectrum[0].re).toBeCloseTo(-0.7147, 4);
    }
  });

  test('W = 0: the right-hand side is b - y', async () => {
    const problem = await problemOf({
      layers: [['gelu', 2]],
      weights: [
        [0, 0],
        [0, 0],
      ],
      bias: [0.3, -2],
    });
    expect([...at(problem, [1, 1]).velocity()]).toEqual([0.3 - 1, -2 - 1]);
  });

  test('attention: fixed points of eq. 1 are v = X^T softmax(beta X v)', async () => {
    const x = [
      [1, 0.2, -0.5],
      [-0.3, 1.1, 0.4],
    ];
    const beta = 2;
    const weights = Array.from({ length: 5 }, (_, i) =>
      Array.from({ length: 5 }, (__, j) =>
        i < 3 && j >= 3 ? x[j - 3][i] : i >= 3 && j < 3 ? x[i - 3][j] : 0,
      ),
    );
    const problem = await problemOf({
      layers: [
        ['identity', 3],
        ['softmax', 2, { beta }],
      ],
      weights,
      energy: { equation: 4, coefficients: 'default' },
    });
    const points = fixedPointsFrom(problem, algebra, seeds(5, random(2)));
    expect(points.length).toBeGreaterThan(0);
    for (const { state } of points) {
      const v = [...state.subarray(0, 3)];
      const scores = x.map((row) => Math.exp(beta * dot(Float64Array.from(row), Float64Array.from(v))));
      const total = scores.reduce((a, b) => a + b);
      v.forEach((value, i) => {
        expect(value).toBeCloseTo((scores[0] * x[0][i] + scores[1] * x[1][i]) / total, 10);
      });
    }
  });
});

describe('relations of the paper', () => {
  test('the winner-take-all network of Fig. 1: memories, saddle, certified coefficients, both energies', async () => {
    const problem = await problemOf({
      layers: [['relu', 2]],
      weights: [
        [0, -1.5],
        [-1.5, 0],
      ],
      bias: [1, 1],
      equation: 13,
      design: { name: 'gradient' },
    });
    expect(problem.energy.certified).toBe(true);
    expect(problem.energy.coefficients[1]).toBeCloseTo(0.703125, 12);
    const points = fixedPointsFrom(problem, algebra, seeds(2, random(1)));
    expect(points.map((p) => p.class)).toEqual(['stable', 'stable', 'saddle']);
    expect(points.map((p) => [...p.state].map((v) => Math.round(v * 1e9) / 1e9))).toEqual([
      [1, -0.5],
      [-0.5, 1],
      [0.4, 0.4],
    ]);
  });

  test.each([
    // [activation, a state with a dead direction, the direction, how far along it]
    ['relu', [-2, 0.5], [-1, 0], 50],
    ['power', [-2, 0.5], [-1, 0], 50],
    ['hard-tanh', [3, -0.2], [1, 0], 50],
    ['shrink', [0.3, 2], [1, 0], 0.6],
    ['softmax', [0.7, -0.4], [1, 1], 50],
    ['layer-norm', [0.7, -0.4], [1, 1], 50],
  ] as const)(
    '%s: eq. 4 is flat along dead directions, where g does not react (Prop. 1)',
    async (name, state, along, reach) => {
      const r = random(3);
      const problem = await problemOf({
        layers: [
          [name, 2, { ...randomActivation(name, r).parameters, ...(name === 'shrink' ? { t: 1 } : {}) }],
        ],
        weights: randomMatrix(2, r, true),
        bias: [0.4, -0.3],
        energy: { equation: 4, coefficients: 'default' },
      });
      const here = at(problem, state);
      const there = at(
        problem,
        state.map((y, i) => y + reach * along[i]),
      );
      here.g.forEach((g, i) => {
        expect(there.g[i]).toBeCloseTo(g, 12);
      });
      expect(here.lifted.deadCount(here.x)).toBe(1);
      // The definition makes E4(y + V c) = E4(y) + c.(V^T g) - [L(y + V c) - L(y)]: dead neurons may still carry
      // g != 0 (a saturated one), and then L grows by the same amount.
      expect(there.energy()).toBeCloseTo(here.energy(), 10);
    },
  );

  test('E4 = E5 for every invertible activation, by independent formulas (Prop. 2.1)', async () => {
    for (const name of ['identity', 'leaky-relu', 'sigmoid', 'tanh', 'arctan', 'softplus', 'elu', 'selu']) {
      const r = random(name.length);
      const given: Given = {
        layers: [[name, 3, randomActivation(name, r).parameters]],
        weights: randomMatrix(3, r, true),
        bias: [0.3, -0.2, 0.5],
      };
      const four = await problemOf({ ...given, energy: { equation: 4, coefficients: 'default' } });
      const five = await problemOf({ ...given, energy: { equation: 5, coefficients: 'default' } });
      for (let k = 0; k < 20; k++) {
        const state = Array.from({ length: 3 }, () => 2 * r.normal());
        expect(at(five, state).energy(), name).toBeCloseTo(at(four, state).energy(), 10);
      }
    }
  });

  test('condition (11) holds where the designs promise it', async () => {
    let cases = 0;
    for (let k = 0; k < 120; k++) {
      const r = random(k);
      const n = r.integer(1, 5);
      const equation = r.pick([9, 13] as const);
      const name = r.pick(['relu', 'tanh', 'sigmoid', 'hard-tanh', 'softmax', 'softplus', 'smu'] as const);
      const design = r.pick(DESIGNS.filter((d) => d !== 'matrix' && d !== 'sylvester'));
      const own = ['weights', 'polar', 'spectral'].includes(design);
      const problem = await problemOf({
        layers: [[name, n, randomActivation(name, r).parameters]],
        weights: randomMatrix(n, r, true),
        bias: Array.from({ length: n }, () => r.normal()),
        equation,
        design: design === 'spectral' ? { name: design, function: 'tanh' } : { name: design as 'identity' },
      });
      expect(problem.energy.certified).toBe(!own);
      for (let trial = 0; trial < 10; trial++) {
        const evaluator = at(
          problem,
          Array.from({ length: n }, () => 3 * r.normal()),
        );
        const scale = 1 + norm(evaluator.metric().data) ** 2;
        const least = evaluator.certificate();
        if (Number.isNaN(least)) continue;
        // With R = I the margin of `certified` leaves at least 1/5.
        expect(least, JSON.stringify([name, design, equation])).toBeGreaterThan(
          design === 'identity' ? 0.2 - 1e-9 : -1e-10 * scale,
        );
        cases++;
      }
    }
    expect(cases).toBeGreaterThan(800);
  });

  test('a closing remark of Ex. 6.2 is false: H >= 0 and a spectrum of W in Re <= 0 do not suffice for R = I', async () => {
    const problem = await problemOf({
      layers: [['relu', 2]],
      weights: [
        [-5, -5],
        [-5, -5],
      ],
      equation: 9,
      energy: { equation: 10, coefficients: [0, 0, 1] },
      bias: [6, -6],
    });
    // z = b at u = 0, so H = diag(1, 0): the abscissa of H W is 1.036 > 1 and (11) fails.
    expect(at(problem, [0, 0]).certificate()).toBeCloseTo(1 - 1.0355339059327378, 10);
  });

  test('fixed points do not move with R, except where R is singular', async () => {
    for (const design of ['identity', 'polar', 'gradient', 'adaptive-polar'] as const) {
      const problem = await randomProblem({
        activation: 'tanh',
        equation: 9,
        design,
        energy: 10,
        thirdAlone: false,
        size: 3,
        seed: 12,
      });
      const plain: Problem = { ...problem, design: { kind: 'identity' } };
      const states = (p: Problem) =>
        fixedPointsFrom(p, algebra, seeds(3, random(4)))
          .map(({ state }) => [...state].map((v) => v.toFixed(8)).join())
          .sort();
      expect(states(problem)).toEqual(states(plain));
    }
  });

  test('y = W u + b maps fixed points of eq. 9 onto those of eq. 1', async () => {
    const r = random(31);
    const given: Given = {
      layers: [['sigmoid', 3, { beta: 3 }]],
      weights: randomMatrix(3, r, false),
      bias: [0.1, 0.5, -0.4],
    };
    const nine = await problemOf({ ...given, equation: 9 });
    const one = await problemOf({ ...given, equation: 1, energy: { equation: 14, coefficients: [0, 0, 1] } });
    const points = fixedPointsFrom(nine, algebra, seeds(3, r));
    expect(points.length).toBeGreaterThan(0);
    for (const { state } of points) expect(norm(at(one, [...at(nine, [...state]).x]).r)).toBeLessThan(1e-10);
  });

  test('permuting the neurons permutes everything', async () => {
    const r = random(77);
    const w = randomMatrix(3, r, false);
    const order = [2, 0, 1];
    const permuted = Float64Array.from(
      { length: 9 },
      (_, k) => w.data[order[Math.floor(k / 3)] * 3 + order[k % 3]],
    );
    const bias = [0.4, -0.7, 0.2];
    const base: Given = {
      layers: [['gelu', 3]],
      weights: w,
      bias,
      equation: 13,
      energy: { equation: 14, coefficients: [0, 0, 1] },
      design: { name: 'gradient' },
    };
    const one = at(await problemOf(base), [0.3, -0.8, 1.2]);
    const two = at(
      await problemOf({ ...base, weights: { ...w, data: permuted }, bias: order.map((k) => bias[k]) }),
      order.map((k) => [0.3, -0.8, 1.2][k]),
    );
    expect(two.energy()).toBeCloseTo(one.energy(), 13);
    order.forEach((k, i) => {
      expect(two.velocity()[i]).toBeCloseTo(one.velocity()[k], 12);
    });
  });

  test('derived numbers: singular W under an own design, W too large for f32, notices that hold', async () => {
    const ones = [
      [1, 1],
      [1, 1],
    ];
    const singular = await problemOf({
      layers: [['relu', 2]],
      weights: ones,
      equation: 13,
      design: { name: 'polar' },
    });
    expect(singular.energy.coefficients).toEqual([0, 0, 1]);
    expect(singular.energy.why).toMatch(/singular/);
    await expect(problemOf({ layers: [['relu', 1]], weights: [[1e20]] })).rejects.toMatchObject({
      code: 'model-too-large',
      exitCode: 2,
    });
    const notices = async (name: 'identity' | 'gradient') => {
      const given: Given = { layers: [['gelu', 2]], weights: ones, equation: 13, design: { name } };
      return (await problemOf(given)).notices.join();
    };
    expect(await notices('identity')).toMatch(/may rise/);
    expect(await notices('gradient')).not.toMatch(/may rise/);
  });
});

test.each(['identity', 'gradient', 'adaptive-polar'] as const)(
  'the third term alone: %s says whether saddles of eq. 1 become stable',
  async (name) => {
    const { notices } = await problemOf({
      layers: [['relu', 2]],
      weights: [
        [0, -1.5],
        [-1.5, 0],
      ],
      bias: [1, 1],
      equation: 13,
      design: { name },
      energy: { equation: 14, coefficients: [0, 0, 1] },
    });
    expect(notices.some((notice) => notice.includes('saddles of eq. 1 included'))).toBe(name !== 'identity');
  },
);
