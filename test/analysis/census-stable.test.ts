/** The pruned search against the full census, and on networks that the full census cannot reach. */
import { describe, expect, test } from 'vitest';
import { census, stableCensus } from '../../src/analysis/census.js';
import { jacobian } from '../../src/analysis/linearisation.js';
import { loadAlgebra } from '../../src/model/algebra.js';
import { Evaluator } from '../../src/model/evaluator.js';
import type { Problem } from '../../src/model/problem.js';
import { random, randomActivation } from '../random-model.js';
import { goe, inhibitory, matrix, problemOf, symmetric, vector } from './census-models.js';
import { cellLists, isSameSet, patternsOf, rowsOf } from './naive.js';

const algebra = await loadAlgebra();

function growth(problem: Problem, state: number[]): number {
  const evaluator = new Evaluator(problem, algebra);
  evaluator.moveTo(Float64Array.from(state));
  const j = jacobian(evaluator);
  return j ? algebra.eigenvalues(j)[0].re : NaN;
}

/** Patterns whose M = I - D^1/2 W D^1/2 is positive definite, by eigenvalues. */
function permitted(problem: Problem): number {
  const w = rowsOf(problem);
  const cells = cellLists(problem);
  let count = 0;
  for (const pattern of patternsOf(cells)) {
    const roots = pattern.map((cell, i) => Math.sqrt(cells[i][cell].slope));
    const n = roots.length;
    const data = Float64Array.from({ length: n * n }, (_, k) => {
      const [i, j] = [Math.floor(k / n), k % n];
      return Number(i === j) - roots[i] * w[i][j] * roots[j];
    });
    if (algebra.symmetricEigen({ rows: n, columns: n, data }).values[0] > 0) count++;
  }
  return count;
}

describe('against the full census', () => {
  test.each(['relu', 'leaky-relu', 'hard-tanh', 'shrink', 'mixed'])(
    '%s: the same stable points',
    async (name) => {
      let stablePoints = 0;
      let others = 0;
      for (let seed = 0; seed < 40; seed++) {
        const r = random(seed);
        const many = name === 'relu' || name === 'leaky-relu';
        const n = r.integer(2, many ? 9 : 6);
        const layer = (size: number) => {
          const activation = randomActivation(
            name === 'mixed' ? r.pick(['relu', 'hard-tanh', 'shrink', 'identity', 'leaky-relu']) : name,
            r,
          );
          return [activation.name, size, activation.parameters] as const;
        };
        const first = r.integer(1, n - 1);
        const scale = r.pick([0.7, 1.5, 3]);
        const problem = await problemOf({
          layers: name === 'mixed' ? [layer(first), layer(n - first)] : [layer(n)],
          weights: symmetric(n, () => (scale * r.normal()) / Math.sqrt(n)),
          bias: vector(n, () => r.normal()),
          equation: r.pick([1, 9, 13] as const),
        });
        const full = await census(problem, algebra);
        const search = await stableCensus(problem, algebra);
        const expected = full.points.map((p) => p.state).filter((state) => growth(problem, state) < 0);
        expect(search.complete).toBe('stable points');
        expect([search.marginal, search.continua]).toEqual([[], []]);
        expect(
          isSameSet(
            search.points.map((p) => p.state),
            expected,
            1e-10,
          ),
          `seed ${String(seed)}`,
        ).toBe(true);
        expect(search.patterns).toBe(full.patterns);
        expect(search.visited).toBe(permitted(problem));
        stablePoints += expected.length;
        others += full.points.length - expected.length;
      }
      expect(stablePoints).toBeGreaterThan(10);
      expect(others).toBeGreaterThan(10);
    },
  );

  test('N = 10, 12, 14, inhibitory and from the Gaussian orthogonal ensemble', async () => {
    for (const n of [10, 12, 14])
      for (const make of [goe, inhibitory]) {
        const r = random(n);
        const problem = await problemOf({
          layers: [['relu', n]],
          weights: make(n, r),
          bias: vector(n, () => 1),
        });
        const full = await census(problem, algebra);
        const search = await stableCensus(problem, algebra);
        const expected = full.points.filter(({ state }) => growth(problem, state) < 0);
        const states = (points: readonly { state: number[] }[]) => points.map((p) => p.state);
        expect(isSameSet(states(search.points), states(expected), 1e-10)).toBe(true);
        if (make === inhibitory) expect(search.points.length).toBeGreaterThan(1);
        expect(search.visited).toBeLessThan(search.patterns);
      }
  });
});

describe('ties and zero eigenvalues', () => {
  const relu = (weights: number[][], bias?: number[]) =>
    problemOf({ layers: [['relu', weights.length]], weights, ...(bias ? { bias } : {}) });

  test('a tied point that is stable on every side is stable', async () => {
    // y1 = 0 exactly, and I - W > 0.
    const { points, marginal } = await stableCensus(
      await relu(
        [
          [0.5, -0.25],
          [-0.25, 0.5],
        ],
        [1, 0.5],
      ),
      algebra,
    );
    expect(points.map(({ state, tied }) => [state, tied])).toEqual([[[2, 0], [1]]]);
    expect(marginal).toEqual([]);
  });

  test('a tied point that is unstable on one side is not called stable', async () => {
    // y = 2 [y]+: the origin repels on the right and attracts on the left.
    const { complete, points, marginal } = await stableCensus(await relu([[2]]), algebra);
    expect(complete).toBe('stable points');
    expect(points).toEqual([]);
    expect(marginal.map(({ state, tied }) => [state, tied])).toEqual([[[0], [0]]]);
  });

  test('a tied point next to a permitted and a forbidden pattern, two neurons', async () => {
    // W = [[0, -2], [-2, 0]], b = (1, 2): y = (1 - 4, 2) and, with b = (1, 0.5), y = (1, -1.5) and its like; at
    // b = (1, 2) neuron 0 wins with y1 = 2 - 2 = 0: waking neuron 1 is forbidden (I - W has the eigenvalue -1).
    const { points, marginal } = await stableCensus(
      await relu(
        [
          [0, -2],
          [-2, 0],
        ],
        [1, 2],
      ),
      algebra,
    );
    expect(points.map((p) => p.state)).toEqual([[-3, 2]]);
    expect(marginal.map(({ state, tied }) => [state, tied])).toEqual([[[1, 0], [1]]]);
  });

  test('a zero eigenvalue: the line of fixed points is listed apart', async () => {
    const { complete, points, continua } = await stableCensus(
      await relu(
        [
          [0.5, 0.5],
          [0.5, 0.5],
        ],
        [0, 0],
      ),
      algebra,
    );
    expect(complete).toBe('stable points');
    expect(points).toEqual([]);
    expect(continua).toHaveLength(1);
    expect(continua[0].dimension).toBe(1);
    expect(continua[0].pieces[0].range).toEqual([
      [0, null],
      [0, null],
    ]);
  });

  test('a zero eigenvalue beside an unstable direction is cut off', async () => {
    // I - W = [[0, -1], [-1, 0]] has the eigenvalues -1 and 1 and the diagonal 0.
    const { visited } = await stableCensus(
      await relu([
        [1, 1],
        [1, 1],
      ]),
      algebra,
    );
    expect(visited).toBe(3);
  });
});

test('what the theorem does not cover is refused; what takes too long is given up and says so', async () => {
  const given = { layers: [['relu', 2]] as const, bias: [1, 1] };
  const twisted = await problemOf({
    ...given,
    weights: [
      [0, 1],
      [-1, 0],
    ],
  });
  await expect(stableCensus(twisted, algebra)).rejects.toMatchObject({
    code: 'census-asymmetric',
    exitCode: 2,
  });
  const other = await problemOf({
    ...given,
    weights: matrix(2, () => 0.25),
    equation: 13,
    design: { name: 'gradient' },
  });
  await expect(stableCensus(other, algebra)).rejects.toMatchObject({ code: 'census-asymmetric' });
  const weak = await problemOf({
    layers: [['relu', 20]],
    weights: matrix(20, () => 0.01),
    bias: vector(20, () => 1),
  });
  const result = await stableCensus(weak, algebra, { limit: 10_000 });
  expect(result.complete).toBe(false);
  expect(result.how).toContain('more of them can be stable than the limit of 10,000');
});

describe('N = 24, 2^24 patterns', () => {
  const run = async (weights: number[][], label: string) => {
    const n = weights.length;
    const problem = await problemOf({ layers: [['relu', n]], weights, bias: vector(n, () => 1) });
    const result = await stableCensus(problem, algebra);
    const { visited, patterns, points, seconds } = result;
    console.log(
      `stable census, ${label}, N = ${String(n)}: ${String(points.length)} stable points, visited ` +
        `${String(visited)} of ${String(patterns)} (1/${(patterns / visited).toFixed(1)}), ${seconds.toFixed(2)} s`,
    );
    expect(result.complete).toBe('stable points');
    for (const { state } of points) expect(growth(problem, state)).toBeLessThan(0);
    expect(seconds).toBeLessThan(60);
    return result;
  };

  test('inhibitory', async () => {
    const { points, visited } = await run(inhibitory(24, random(24)), 'inhibitory');
    expect(points.length).toBeGreaterThan(5);
    expect(visited).toBeLessThan(10_000);
  });

  test('Gaussian orthogonal ensemble, strong (scale 2)', async () => {
    const w = goe(24, random(24)).map((row) => row.map((v) => 2 * v));
    const { visited } = await run(w, 'GOE x 2');
    expect(visited).toBeLessThan(2 ** 22);
  });

  test.runIf(process.env.MEMSCAPE_LONG === '1')('Gaussian orthogonal ensemble (scale 1)', async () => {
    await run(goe(24, random(24)), 'GOE');
  });
});
