/** Copositivity against brute force, and whether eq. 4 is bounded below against what it really does. */
import { describe, expect, test } from 'vitest';
import { boundedBelow, copositivity } from '../../src/analysis/bounded.js';
import { loadAlgebra } from '../../src/model/algebra.js';
import { Evaluator } from '../../src/model/evaluator.js';
import type { Matrix } from '../../src/types.js';
import { random, randomMatrix } from '../random-model.js';
import { problemOf } from '../problem-of.js';

const algebra = await loadAlgebra();
const LONG = process.env.MEMSCAPE_LONG === '1';
const quadratic = ({ rows: n, data }: Matrix, x: readonly number[]) =>
  x.reduce((sum, xi, i) => sum + xi * x.reduce((s, xj, j) => s + data[i * n + j] * xj, 0), 0);
const square = (rows: readonly (readonly number[])[]): Matrix => ({
  rows: rows.length,
  columns: rows.length,
  data: Float64Array.from(rows.flat()),
});

describe('copositivity', () => {
  test('the Horn matrix: copositive, neither positive semidefinite nor non-negative', () => {
    const horn = square([
      [1, -1, 1, 1, -1],
      [-1, 1, -1, 1, 1],
      [1, -1, 1, -1, 1],
      [1, 1, -1, 1, -1],
      [-1, 1, 1, -1, 1],
    ]);
    const { verdict, nullRays } = copositivity(algebra, horn);
    expect(verdict).toBe('copositive');
    expect(nullRays.length).toBeGreaterThan(0);
    for (const ray of nullRays) expect(quadratic(horn, ray)).toBeCloseTo(0, 12);
    // A little less on the diagonal and it is not.
    const less = { ...horn, data: horn.data.map((v, k) => (k % 6 === 0 ? v - 1e-3 : v)) };
    const found = copositivity(algebra, less);
    expect(found.verdict).toBe('no');
    expect(quadratic(less, found.ray ?? [])).toBeLessThan(0);
  });

  test('more numbers than a call takes arguments', async () => {
    const n = 400;
    const rows = Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => Number(i === j)));
    expect(copositivity(algebra, square(rows)).verdict).toBe('strictly');
    // Neither its diagonal nor its eigenvalues (2 and -1 of the one pair, 0 and 2 of the other) decide.
    rows[0][1] = rows[1][0] = 2;
    rows[2][3] = rows[3][2] = -1;
    expect(copositivity(algebra, square(rows)).verdict).toBe('unknown');
    const weights = rows.map((row, i) => row.map((v, j) => Number(i === j) - v));
    const { network } = await problemOf({ layers: [['relu', n]], weights });
    expect(boundedBelow(algebra, network).verdict).toBe('undecided');
  });

  test('random matrices: a ray is a violation, and none is found by sampling where there is none', () => {
    const seen = { strictly: 0, no: 0 };
    for (let seed = 1; seed <= (LONG ? 600 : 60); seed++) {
      const r = random(seed);
      const n = r.integer(2, 7);
      const a = randomMatrix(n, r, true);
      for (let i = 0; i < n; i++) a.data[i * (n + 1)] = Math.abs(a.data[i * (n + 1)]) + 1;
      const { verdict, ray } = copositivity(algebra, a);
      if (verdict === 'no') {
        seen.no++;
        expect(ray?.every((x) => x >= 0)).toBe(true);
        expect(quadratic(a, ray ?? [])).toBeLessThan(0);
        continue;
      }
      expect(verdict).toBe('strictly');
      seen.strictly++;
      for (let k = 0; k < 300; k++) {
        const x = Array.from({ length: n }, () => Math.max(0, r.normal()));
        expect(quadratic(a, x)).toBeGreaterThanOrEqual(0);
      }
    }
    expect(seen.no).toBeGreaterThan(10);
    expect(seen.strictly).toBeGreaterThan(10);
  });

  test('beyond the exact size it is said to be unknown, unless the spectrum or the diagonal decides', () => {
    const n = 20;
    const of = (f: (i: number, j: number) => number) =>
      square(Array.from({ length: n }, (_, i) => Array.from({ length: n }, (__, j) => f(i, j))));
    expect(
      copositivity(
        algebra,
        of((i, j) => (i === j ? 2 : 0.1)),
      ).verdict,
    ).toBe('strictly');
    expect(
      copositivity(
        algebra,
        of((i, j) => (i === j ? -1 : 3)),
      ).verdict,
    ).toBe('no');
    expect(
      copositivity(
        algebra,
        of((i, j) => (i === j ? 1 : -0.5)),
      ).verdict,
    ).toBe('unknown');
  });
});

describe('eq. 4 below', () => {
  const verdict = async (given: Parameters<typeof problemOf>[0]) => {
    const problem = await problemOf(given);
    const found = boundedBelow(algebra, problem.network);
    if (found.ray) {
      const four = await problemOf({ ...given, energy: { equation: 4, coefficients: 'default' } });
      const evaluator = new Evaluator(four, algebra);
      const energyAt = (t: number) => {
        evaluator.moveTo(Float64Array.from(found.ray ?? [], (v) => t * v));
        return evaluator.energy();
      };
      // Down without end.
      expect(energyAt(1e4)).toBeLessThan(energyAt(1e3));
      expect(energyAt(1e3)).toBeLessThan(energyAt(1e2));
    }
    return found.verdict;
  };
  const symmetric = (a: number, b: number) => [
    [a, b],
    [b, a],
  ];

  test.each([
    ['saturating: always', [['tanh', 2]], symmetric(9, -4), [0, 0], 'bounded'],
    ['winner-take-all', [['relu', 2]], symmetric(0, -1.5), [1, 1], 'bounded'],
    ['too much self-excitation', [['relu', 2]], symmetric(2, 0), [0, 0], 'unbounded'],
    ['mutual excitation', [['relu', 2]], symmetric(0, 1.5), [0, 0], 'unbounded'],
    ['copositive with the bias against the null ray', [['relu', 2]], symmetric(0, 1), [-1, 0.5], 'bounded'],
    ['copositive with the bias along it', [['relu', 2]], symmetric(0, 1), [1, -0.5], 'unbounded'],
    [
      'Fig. 2a',
      [
        ['tanh', 1],
        ['relu', 1],
      ],
      [
        [2, 0],
        [0, 2],
      ],
      [0, -1],
      'unbounded',
    ],
    [
      'tanh beside relu on the edge: nobody knows',
      [
        ['tanh', 1],
        ['relu', 1],
      ],
      [
        [0, 1],
        [1, 1],
      ],
      [0, 0.5],
      'undecided',
    ],
    ['softplus, small W', [['softplus', 2]], symmetric(0.2, 0.1), [0, 0], 'bounded'],
    ['softplus, large W', [['softplus', 2]], symmetric(2, 0.1), [0, 0], 'undecided'],
  ] as const)('%s', async (_, layers, weights, bias, expected) => {
    expect(await verdict({ layers, weights, bias: [...bias] })).toBe(expected);
  });
});
