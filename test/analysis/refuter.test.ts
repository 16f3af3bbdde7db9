/** The refuter, and the certificates that rest on it: proofs, violations with a rising energy, rounding. */
import { describe, expect, test } from 'vitest';
import {
  certifyCondition,
  minimumAt,
  numericalAbscissa,
  rankLosses,
} from '../../src/analysis/certificates.js';
import { proofsOf } from '../../src/analysis/proofs.js';
import { Refuter } from '../../src/analysis/refuter.js';
import { loadAlgebra } from '../../src/model/algebra.js';
import { dot, Evaluator } from '../../src/model/evaluator.js';
import { random, randomActivation, randomMatrix } from '../random-model.js';
import { problemOf, type Given } from '../problem-of.js';

const algebra = await loadAlgebra();
const LONG = process.env.MEMSCAPE_LONG === '1';

/** A closing remark of Ex. 6.2 says that this satisfies (11): the spectrum of W is -10 and 0. */
const remark: Given = {
  layers: [['relu', 2]],
  weights: [
    [-5, -5],
    [-5, -5],
  ],
  equation: 9,
  energy: { equation: 10, coefficients: [0, 0, 1] },
};

describe('the remark of Ex. 6.2', () => {
  test('is refuted with a free bias: H = diag(1, 0), abscissa 1.036, and the energy really rises', async () => {
    const problem = await problemOf(remark);
    const refuter = new Refuter(problem, algebra, { bias: 'free' });
    const { refuted, worst, rise } = refuter.step({ evaluations: 64 });
    expect(refuted).toBe(true);
    expect(worst?.eigenvalue).toBeCloseTo(1 - (-5 + Math.sqrt(50)) / 2, 12);
    expect(worst?.eigenvalue).toBeCloseTo(1 - 1.0355, 4);
    expect(rise?.ownBias).toBe(false);
    expect(rise?.rise).toBeGreaterThan(0);
    // The rise can be had from the model alone: same W, the bias and state that were reported.
    const again = await problemOf({ ...remark, bias: rise?.bias ?? [] });
    const evaluator = new Evaluator(again, algebra);
    const state = Float64Array.from(rise?.state ?? []);
    evaluator.moveTo(state);
    expect(numericalAbscissa(again, algebra, state)).toBeCloseTo((-5 + Math.sqrt(50)) / 2, 12);
    const before = evaluator.energy();
    const velocity = Float64Array.from(evaluator.velocity());
    expect(-dot(evaluator.metricTimesResidual(), velocity)).toBeCloseTo(rise?.rate ?? NaN, 12);
    evaluator.moveTo(state.map((u, i) => u + (rise?.time ?? NaN) * velocity[i]));
    expect(evaluator.energy() - before).toBeCloseTo(rise?.rise ?? NaN, 12);
    expect(evaluator.energy()).toBeGreaterThan(before);
  });

  test('with b = 0 no state of the network gets there: z1 = z2, and H is I or 0', async () => {
    const refuter = new Refuter(await problemOf(remark), algebra);
    expect(refuter.step({ evaluations: 512 })).toMatchObject({ refuted: false });
  });

  test('with b = (6, -6) the network itself violates (11)', async () => {
    const { verdict, how, search } = await certifyCondition(
      await problemOf({ ...remark, bias: [6, -6] }),
      algebra,
    );
    expect([verdict, how]).toEqual(['violated', 'searched']);
    expect(search.worst?.eigenvalue).toBeCloseTo(-0.0355, 3);
    expect(search.rise?.rise).toBeGreaterThan(0);
  });

  test('portions and time budgets come to the same as one go', async () => {
    const problem = await problemOf({ ...remark, bias: [6, -6] });
    const whole = new Refuter(problem, algebra).step({ evaluations: 60 });
    const parts = new Refuter(problem, algebra);
    for (let k = 0; k < 6; k++) parts.step({ evaluations: 10 });
    expect(parts.report()).toEqual(whole);
    const timed = new Refuter(problem, algebra);
    expect(timed.report()).toEqual({ evaluations: 0, undefinedStates: 0, refuted: false });
    const started = performance.now();
    expect(timed.step({ milliseconds: 20 }).evaluations).toBeGreaterThan(1);
    expect(performance.now() - started).toBeLessThan(1000);
    expect(timed.step({ milliseconds: 0 }).evaluations).toBeGreaterThan(2);
  });
});

describe('condition (11)', () => {
  const winner: Given = {
    layers: [['relu', 2]],
    weights: [
      [0, -1.5],
      [-1.5, 0],
    ],
    bias: [1, 1],
    equation: 13,
  };

  test('certified coefficients are proved with every premise checked', async () => {
    const { verdict, how, proofs, search } = await certifyCondition(await problemOf(winner), algebra);
    expect([verdict, how]).toEqual(['holds', 'proved']);
    expect(proofs.find(({ applies }) => applies)?.premises.map(({ met }) => met)).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(search.worst?.eigenvalue).toBeGreaterThan(0.2 - 1e-12);
  });

  test('they are proved for large networks too, by the same bound of |W| that they are made with', async () => {
    const problem = await problemOf({
      layers: [['tanh', 520]],
      weights: randomMatrix(520, random(5), true),
      equation: 13,
      energy: { equation: 14, coefficients: 'certified' },
    });
    const [mixture] = proofsOf(problem, algebra);
    expect(mixture.premises.map(({ met }) => met)).not.toContain(false);
  });

  test.each([
    // [R, coefficients, activation, verdict, how]
    ['identity', [0, 1, 0], 'relu', 'holds', 'proved'],
    ['identity', [0, 0, 1], 'relu', 'violated', 'searched'],
    ['identity', [1, 0, 0], 'relu', 'violated', 'searched'],
    ['weights', [1, 0, 0], 'relu', 'holds', 'proved'],
    ['polar', [1, 0, 0], 'relu', 'holds', 'proved'],
    ['polar', [0, 1, 0], 'relu', 'violated', 'searched'],
    ['gradient', [1, 2, 3], 'gelu', 'holds', 'proved'],
    ['adaptive-polar', [0, 0.5, 1], 'relu', 'holds', 'proved'],
    ['identity', [0, 1, 0], 'gelu', 'violated', 'searched'],
    ['identity', [0, 1, 0], 'softmax', 'holds', 'proved'],
  ] as const)('%s with %j on %s: %s, %s', async (name, coefficients, activation, verdict, how) => {
    const problem = await problemOf({
      ...winner,
      layers: [[activation, 2]],
      design: { name },
      energy: { equation: 14, coefficients: coefficients },
    });
    const report = await certifyCondition(problem, algebra);
    expect([report.verdict, report.how], report.why).toEqual([verdict, how]);
    if (verdict === 'violated') expect(report.search.rise?.rise).toBeGreaterThan(0);
  });

  test('what is not told from 0 and not proved is said to be below rounding', async () => {
    // R = W^-1 by hand: M^T R = W^-2 for b1 alone is fine; here R has an exact null direction instead.
    const problem = await problemOf({
      ...winner,
      design: { name: 'matrix', matrix: { rows: 2, columns: 2, data: Float64Array.of(0, 0, 0, 0) } },
      energy: { equation: 14, coefficients: [0, 0, 1] },
    });
    const { verdict, how, proofs } = await certifyCondition(problem, algebra, { evaluations: 32 });
    expect([verdict, how, proofs]).toEqual(['below-rounding', 'searched', []]);
  });

  test('no proof is contradicted, and small W makes the third term alone a proved one', async () => {
    let proved = 0;
    for (let seed = 1; seed <= (LONG ? 400 : 60); seed++) {
      const r = random(seed);
      const n = r.integer(1, 5);
      const equation = r.pick([9, 13] as const);
      const name = r.pick([
        'relu',
        'tanh',
        'sigmoid',
        'hard-tanh',
        'shrink',
        'softmax',
        'softplus',
        'leaky-relu',
      ]);
      const raw = randomMatrix(n, r, true);
      const weights = { ...raw, data: raw.data.map((w) => w * r.pick([0.1, 1, 3])) };
      const problem = await problemOf({
        layers: [[name, n, { ...randomActivation(name, r).parameters }]],
        weights: {
          ...weights,
          data: weights.data.map(
            (_, k) => (weights.data[k] + weights.data[(k % n) * n + Math.floor(k / n)]) / 2,
          ),
        },
        bias: Array.from({ length: n }, () => r.normal()),
        equation,
        design: {
          name: r.pick(['identity', 'gradient', 'adaptive-polar', 'weights', 'polar']),
        },
        energy: {
          equation: equation === 9 ? 10 : 14,
          coefficients: r.pick([
            [0, 0, 1],
            [0, 1, 1],
            [0, 3, 0.5],
            [0, 1, 0],
            [1, 0, 0],
          ]),
        },
      });
      const { verdict, proofs, search, why } = await certifyCondition(problem, algebra, { evaluations: 40 });
      if (!proofs.some(({ applies }) => applies)) continue;
      proved++;
      expect(verdict, `seed ${String(seed)}: ${why}`).toBe('holds');
      expect(search.rise).toBeUndefined();
    }
    expect(proved).toBeGreaterThan(20);
  });

  test('a state of adaptive-polar at which R is not defined is counted, not invented', async () => {
    // relu, N = 1, W = 2, b2 at equality: M = 0 on the alive half-line.
    const problem = await problemOf({
      layers: [['relu', 1]],
      weights: [[2]],
      equation: 13,
      design: { name: 'adaptive-polar' },
      energy: { equation: 14, coefficients: [0, 1, 1] },
    });
    const refuter = new Refuter(problem, algebra);
    refuter.look(Float64Array.of(1));
    expect(refuter.report()).toMatchObject({ evaluations: 1, undefinedStates: 1, refuted: false });
  });

  test('proofs name the premise that fails', async () => {
    const problem = await problemOf({ ...winner, energy: { equation: 14, coefficients: [0, 0.1, 1] } });
    const [mixture] = proofsOf(problem, algebra);
    expect(mixture.applies).toBe(false);
    expect(mixture.premises.filter(({ met }) => !met).map(({ statement }) => statement)).toEqual([
      'the second coefficient, 0.1, is at least b3 h |W|^2/4 = 0.5625',
    ]);
  });

  test('condition (12): memories are minima of the certified energy and the saddle is not', async () => {
    const problem = await problemOf(winner);
    const verdict = (...state: number[]) => minimumAt(problem, algebra, Float64Array.from(state)).verdict;
    expect([verdict(1, -0.5), verdict(-0.5, 1), verdict(0.4, 0.4)]).toEqual(['yes', 'yes', 'no']);
    const four = await problemOf({ ...winner, energy: { equation: 4, coefficients: 'default' } });
    // E4 is flat along the dead neuron: the memory is a minimum, but not a strict one.
    expect(minimumAt(four, algebra, Float64Array.of(1, -0.5)).verdict).toBe('below-rounding');
  });

  test('W - W H W > 0 is condition (12) of R = weights (Ex. 5)', async () => {
    const problem = await problemOf({
      ...winner,
      weights: [
        [0.5, 0.2],
        [0.2, 0.4],
      ],
      equation: 9,
      design: { name: 'weights' },
      energy: { equation: 10, coefficients: [1, 0, 0] },
    });
    const { eigenvalues } = minimumAt(problem, algebra, Float64Array.of(3, 3));
    // H = I at z > 0: W - W^2 has the eigenvalues lambda (1 - lambda).
    const lambda = algebra.symmetricEigen({
      rows: 2,
      columns: 2,
      data: Float64Array.of(0.5, 0.2, 0.2, 0.4),
    }).values;
    const expected = [...lambda].map((l) => l * (1 - l)).sort((a, b) => a - b);
    eigenvalues.forEach((value, k) => {
      expect(value).toBeCloseTo(expected[k], 12);
    });
  });

  test('rank losses: a singular W as R, a gradient that vanishes, and none', async () => {
    const singular = await problemOf({
      ...winner,
      weights: [
        [1, 1],
        [1, 1],
      ],
      equation: 9,
      design: { name: 'weights' },
    });
    expect(await rankLosses(singular, algebra)).toMatchObject({ lostDimensions: 1, singularShare: 1 });
    const four = await problemOf({
      ...winner,
      design: { name: 'gradient' },
      energy: { equation: 4, coefficients: 'default' },
    });
    const { singularShare } = await rankLosses(four, algebra, { evaluations: 400 });
    expect(singularShare).toBeGreaterThan(0.6);
    expect(singularShare).toBeLessThan(0.9);
    const regular = await rankLosses(await problemOf({ ...winner, design: { name: 'gradient' } }), algebra);
    expect(regular).toMatchObject({ singularShare: 0, lostDimensions: 0 });
    expect(regular.ratio).toBeGreaterThan(0.05);
  });
});
