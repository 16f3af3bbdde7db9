/** Flats of the chosen energy and their reason; Prop. 4 on networks with dead neurons. */
import { describe, expect, test } from 'vitest';
import { deadNeuronsAt } from '../../src/analysis/dead.js';
import { energyFlats } from '../../src/analysis/energy-flats.js';
import { fixedPointsFrom } from '../../src/analysis/fixed-points.js';
import { jacobian } from '../../src/analysis/linearisation.js';
import { stabilityAt } from '../../src/analysis/stability.js';
import { loadAlgebra } from '../../src/model/algebra.js';
import { Evaluator } from '../../src/model/evaluator.js';
import type { Coefficients } from '../../src/types.js';
import { random, randomMatrix } from '../random-model.js';
import { problemOf, type Given } from '../problem-of.js';

const algebra = await loadAlgebra();

describe('whose fault a flat is', () => {
  const singular: Given = {
    layers: [['tanh', 2]],
    weights: [
      [1, 1],
      [1, 1],
    ],
    bias: [0.2, -0.1],
    equation: 9,
  };
  const flatsOf = async (given: Given, coefficients: Coefficients, state: readonly number[]) =>
    energyFlats(
      await problemOf({ ...given, energy: { equation: given.equation === 9 ? 10 : 14, coefficients } }),
      algebra,
      Float64Array.from(state),
    ).map(({ reason, flat }) => [reason, flat]);

  test('E1 and E2 are flat along null W although everybody is alive, E3 is not', async () => {
    expect(await flatsOf(singular, [1, 0, 0], [0.3, 0.4])).toEqual([['null-weights', true]]);
    expect(await flatsOf(singular, [0, 1, 0], [0.3, 0.4])).toEqual([['null-weights', true]]);
    expect(await flatsOf(singular, [0, 0, 1], [0.3, 0.4])).toEqual([['null-weights', false]]);
  });

  const relu: Given = {
    layers: [['relu', 2]],
    weights: [
      [0, -1.5],
      [-1.5, 0],
    ],
    bias: [1, 1],
    equation: 13,
  };

  test('the second term is flat along dead neurons, the first and the third are not', async () => {
    for (const equation of [9, 13] as const) {
      const state = equation === 9 ? [1.2, 0.1] : [1.2, -0.7];
      expect(await flatsOf({ ...relu, equation }, [0, 1, 0], state)).toEqual([['dead-neurons', true]]);
      expect(await flatsOf({ ...relu, equation }, [1, 0, 0], state)).toEqual([['dead-neurons', false]]);
      expect(await flatsOf({ ...relu, equation }, [0, 0, 1], state)).toEqual([['dead-neurons', false]]);
    }
  });
});

test('Prop. 4 on 200 networks with dead neurons: the verdict on range H is that of the whole Jacobian', async () => {
  let networks = 0;
  const seen = new Map<string, number>();
  for (let seed = 1; networks < 200; seed++) {
    const r = random(seed);
    const n = r.integer(2, 6);
    const problem = await problemOf({
      layers: [[r.pick(['relu', 'hard-tanh', 'shrink', 'softmax']), n]],
      weights: randomMatrix(n, r, r.uniform() < 0.7),
      bias: Array.from({ length: n }, () => r.normal()),
      energy: { equation: 14, coefficients: [0, 0, 1] },
    });
    const seeds = Array.from({ length: 12 }, () => Float64Array.from({ length: n }, () => 2 * r.normal()));
    const points = fixedPointsFrom(problem, algebra, seeds);
    const evaluator = new Evaluator(problem, algebra);
    let dead = false;
    for (const { state } of points) {
      const stability = stabilityAt(evaluator, algebra, state);
      const { nullDimension, deadDimension, rank } = deadNeuronsAt(problem, algebra, state);
      if (nullDimension === 0) continue;
      dead = true;
      expect(deadDimension).toBe(stability.deadDimensions);
      expect(stability.restrictedSpectrum).toHaveLength(rank);
      evaluator.moveTo(state);
      const whole = jacobian(evaluator);
      if (!whole) throw new Error('no Jacobian');
      const full = algebra.eigenvalues(whole).map(({ re }) => re);
      // Dead directions decay at the rate 1: the rest of the spectrum is the restricted one.
      const restricted = stability.restrictedSpectrum.map(({ re }) => re);
      const joined = [...restricted, ...Array<number>(nullDimension).fill(-1)].sort((a, b) => b - a);
      full.forEach((re, k) => {
        expect(re).toBeCloseTo(joined[k], 6);
      });
      expect(
        restricted.every((re) => re < 0),
        `seed ${String(seed)}`,
      ).toBe(full.every((re) => re < 0));
      seen.set(stability.class, (seen.get(stability.class) ?? 0) + 1);
    }
    if (dead) networks++;
  }
  expect(seen.get('stable')).toBeGreaterThan(50);
  expect(seen.get('saddle')).toBeGreaterThan(10);
});
