/**
 * Continua of fixed points: by hand, and on all zeros of r on a lattice in random networks of small whole numbers, where
 * f64 is exact and singular patterns, ties and continua are the rule.
 */
import { describe, expect, test } from 'vitest';
import { census } from '../../src/analysis/census.js';
import type { Census } from '../../src/analysis/census-all.js';
import type { Continuum } from '../../src/analysis/census-continua.js';
import { loadAlgebra } from '../../src/model/algebra.js';
import { Evaluator, norm } from '../../src/model/evaluator.js';
import type { Problem } from '../../src/model/problem.js';
import { random } from '../random-model.js';
import { matrix, problemOf, vector } from './census-models.js';
import { activate, affine, cellLists, isSameSet, naiveCensus, patternsOf } from './naive.js';

const algebra = await loadAlgebra();
const identity = (n: number) => matrix(n, (i, j) => Number(i === j));

async function counted(problem: Problem): Promise<Census> {
  const result = await census(problem, algebra);
  expect(result.complete).toBe(true);
  return result;
}

/** What remains of v without its components along orthonormal directions. */
function offset(v: readonly number[], directions: readonly number[][]): number {
  const rest = [...v];
  for (const d of directions) {
    const along = d.reduce((sum, value, i) => sum + value * v[i], 0);
    d.forEach((value, i) => {
      rest[i] -= along * value;
    });
  }
  return Math.hypot(...rest);
}

/** Whether a state lies on a continuum: in the closed cell of a piece (by its y) and in its affine set. */
function holds(problem: Problem, { pieces }: Continuum, state: readonly number[]): boolean {
  const y = problem.equation === 9 ? affine(problem, state) : state;
  const cells = cellLists(problem);
  return pieces.some(
    (piece) =>
      offset(
        state.map((v, i) => v - piece.state[i]),
        piece.directions,
      ) < 1e-9 &&
      piece.pattern.every((cell, i) => {
        const { from, to } = cells[i][cell];
        return y[i] >= from - 1e-9 && y[i] <= to + 1e-9;
      }),
  );
}

describe('by hand', () => {
  test('relu, W = 1, b = 0: the half-line y >= 0, with the tied origin on it', async () => {
    const { points, continua, singular } = await counted(
      await problemOf({ layers: [['relu', 1]], weights: [[1]] }),
    );
    expect(points).toEqual([]);
    expect(singular).toBe(1);
    expect(continua).toHaveLength(1);
    const [{ dimension, bounded, pieces }] = continua;
    expect([dimension, bounded, pieces.length]).toEqual([1, false, 1]);
    expect(pieces[0]).toMatchObject({ pattern: [1], tied: [], range: [[0, null]] });
    const [[sign]] = pieces[0].directions;
    const [back, ahead] = pieces[0].extent[0];
    expect(
      sign > 0 ? [pieces[0].state[0] + (back ?? NaN), ahead] : [pieces[0].state[0] - (ahead ?? NaN), back],
    ).toEqual([0, null]);
  });

  test('hard-tanh, W = 1: the segment [-1, 1] for b = 0, none for b = 1', async () => {
    const of = (b: number) => problemOf({ layers: [['hard-tanh', 1]], weights: [[1]], bias: [b] });
    const { points, continua } = await counted(await of(0));
    expect(points).toEqual([]);
    expect(continua).toHaveLength(1);
    expect(continua[0]).toMatchObject({ dimension: 1, bounded: true });
    expect(continua[0].pieces).toHaveLength(1);
    expect(continua[0].pieces[0].range).toEqual([[-1, 1]]);
    expect(continua[0].pieces[0].state).toEqual([0]);
    const shifted = await counted(await of(1));
    // y = clamp(y) + 1: saturated at 2 only; the singular cell is empty.
    expect(shifted.points.map((p) => p.state)).toEqual([[2]]);
    expect([shifted.continua, shifted.singular]).toEqual([[], 1]);
  });

  test.each([1, 2, 3, 5])('W = I, N = %i: the closed orthant, one piece, its faces left out', async (n) => {
    const { points, continua, singular } = await counted(
      await problemOf({ layers: [['relu', n]], weights: identity(n) }),
    );
    expect(points).toEqual([]);
    expect(singular).toBe(2 ** n - 1);
    expect(continua).toHaveLength(1);
    expect(continua[0].pieces).toHaveLength(1);
    expect(continua[0].dimension).toBe(n);
    expect(continua[0].pieces[0].range).toEqual(vector(n, () => 0).map(() => [0, null]));
  });

  test('W = I for hard-tanh: the closed cube', async () => {
    const { points, continua } = await counted(
      await problemOf({ layers: [['hard-tanh', 3]], weights: identity(3) }),
    );
    expect(points).toEqual([]);
    expect(continua).toHaveLength(1);
    expect(continua[0]).toMatchObject({ dimension: 3, bounded: true });
    expect(continua[0].pieces).toHaveLength(1);
    expect(continua[0].pieces[0].range).toEqual([
      [-1, 1],
      [-1, 1],
      [-1, 1],
    ]);
  });

  test('two decoupled bistable lines: a product of a half-line and two points is two continua', async () => {
    const { points, continua } = await counted(
      await problemOf({
        layers: [['relu', 2]],
        weights: [
          [1, 0],
          [0, 2],
        ],
        bias: [0, -1],
      }),
    );
    expect(points).toEqual([]);
    expect(continua).toHaveLength(2);
    expect(continua.map(({ pieces }) => pieces[0].range[1][0]).sort()).toEqual([-1, 1]);
    for (const { pieces } of continua) expect(pieces[0].range[0]).toEqual([0, null]);
  });

  test('a line that bends at a kink: two pieces that touch make one continuum', async () => {
    // y0 is free in [-1, 1], y1 repeats it, and y2 reads y1 through relu.
    const problem = await problemOf({
      layers: [
        ['hard-tanh', 1],
        ['relu', 2],
      ],
      weights: [
        [1, 0, 0],
        [1, 0, 0],
        [0, 1, 0],
      ],
    });
    const { points, continua } = await counted(problem);
    expect(points).toEqual([]);
    expect(continua).toHaveLength(1);
    expect(continua[0]).toMatchObject({ dimension: 1, bounded: true });
    expect(continua[0].pieces).toHaveLength(2);
    for (const y of [-1, -0.3, 0, 0.7, 1])
      expect(holds(problem, continua[0], [y, y, Math.max(y, 0)])).toBe(true);
    expect(holds(problem, continua[0], [0.5, 0.5, 0])).toBe(false);
    const ranges = continua[0].pieces
      .map(({ range }) => range[0])
      .sort((a, b) => Number(a[0]) - Number(b[0]));
    expect(ranges.flat().map((v) => Math.round(Number(v) * 1e9) / 1e9 + 0)).toEqual([-1, 0, 0, 1]);
  });

  test('a singular cell that is met in a corner only: a tied point, no continuum', async () => {
    // Both alive: y0 + y1 = 0 with y >= 0.
    const { points, continua, singular } = await counted(
      await problemOf({
        layers: [['relu', 2]],
        weights: [
          [0, -1],
          [-1, 0],
        ],
      }),
    );
    expect(singular).toBe(1);
    expect(continua).toEqual([]);
    expect(points.map(({ state, tied }) => [state, tied])).toEqual([
      [
        [0, 0],
        [0, 1],
      ],
    ]);
  });

  test('parallel lines: singular, consistent, outside of the cell', async () => {
    // Both alive: y0 + y1 = -1.
    const { points, continua } = await counted(
      await problemOf({
        layers: [['relu', 2]],
        weights: [
          [0, -1],
          [-1, 0],
        ],
        bias: [-1, -1],
      }),
    );
    expect(continua).toEqual([]);
    expect(points.map((p) => p.state)).toEqual([[-1, -1]]);
  });

  test('equation 9: the continuum in u', async () => {
    const problem = await problemOf({
      layers: [['hard-tanh', 2]],
      weights: [
        [1, 0],
        [1, 0],
      ],
      equation: 9,
    });
    const { continua, points } = await counted(problem);
    expect(points).toEqual([]);
    expect(continua).toHaveLength(1);
    const [{ pieces, bounded }] = continua;
    expect(bounded).toBe(true);
    expect(pieces).toHaveLength(1);
    const [d] = pieces[0].directions;
    expect(Math.abs(d[0])).toBeCloseTo(Math.SQRT1_2, 14);
    expect(d[0]).toBeCloseTo(d[1], 14);
    const [a, b] = pieces[0].extent[0];
    expect(Number(b) - Number(a)).toBeCloseTo(2 * Math.SQRT2, 12);
    expect(pieces[0].range.flat().map((v) => Math.round(Number(v) * 1e9) / 1e9)).toEqual([-1, 1, -1, 1]);
  });

  test('a network that is degenerate altogether is given up, and says so', async () => {
    const result = await census(await problemOf({ layers: [['relu', 11]], weights: identity(11) }), algebra);
    expect(result.complete).toBe(false);
    expect(result.how).toMatch(
      /^stopped after [\d,]+ activation patterns: continua of fixed points have more than 1024/,
    );
  });
});

describe('random networks of small whole numbers, b = -1, 0, 1', () => {
  test.each([
    ['relu', 2, 2, 300],
    ['relu', 3, 1, 200],
    ['hard-tanh', 2, 2, 100],
    ['hard-tanh', 3, 1, 100],
    ['shrink', 2, 2, 100],
    ['leaky-relu', 2, 2, 200],
  ] as const)(
    '%s, N = %i: every zero of r on the lattice, and nothing else',
    async (name, n, largest, count) => {
      const seen = { points: 0, tied: 0, lines: 0, planes: 0, joined: 0 };
      for (let seed = 0; seed < count; seed++) {
        const r = random(seed);
        const equation = r.pick([1, 9] as const);
        const problem = await problemOf({
          layers: [[name, n, name === 'leaky-relu' ? { a: 0.5 } : {}]],
          weights: matrix(n, () => r.integer(-largest, largest)),
          bias: vector(n, () => r.integer(-1, 1)),
          equation,
        });
        const result = await counted(problem);
        const { points, continua } = result;
        const label = `${name} ${String(n)} seed ${String(seed)}`;
        // All zeros on a lattice of half numbers; r is exact there.
        for (const y of lattice(n)) {
          if (affine(problem, activate(problem, y)).some((v, i) => v !== y[i])) continue;
          const state = equation === 9 ? activate(problem, y) : y;
          const near = points.filter((p) => Math.hypot(...p.state.map((v, i) => v - state[i])) < 1e-9).length;
          const on = continua.filter((c) => holds(problem, c, state)).length;
          // Once: as a point or on one continuum.
          expect(near + on, `${label} at ${String(state)}`).toBe(1);
        }
        // What regular patterns give is all there.
        const naive = naiveCensus(problem);
        expect(result.singular, label).toBe(naive.singular);
        const isolated = naive.points.filter((state) => !continua.some((c) => holds(problem, c, state)));
        const regular = points.filter(({ state }) => isolated.some((p) => isSameSet([p], [state], 1e-8)));
        expect(
          isSameSet(
            regular.map((p) => p.state),
            isolated,
            1e-8,
          ),
          label,
        ).toBe(true);
        for (const point of points)
          if (!regular.includes(point)) expect(point.tied.length, label).toBeGreaterThan(1);
        isZero(problem, continua);
        seen.points += points.length;
        seen.tied += points.filter((p) => p.tied.length > 0).length;
        seen.lines += continua.filter((c) => c.dimension === 1).length;
        seen.planes += continua.filter((c) => c.dimension > 1).length;
        seen.joined += continua.filter((c) => c.pieces.length > 1).length;
      }
      console.log(`${name}, N = ${String(n)}, ${String(count)} networks:`, JSON.stringify(seen));
      expect(seen.tied).toBeGreaterThan(5);
      expect(seen.lines).toBeGreaterThan(5);
    },
  );

  function* lattice(n: number, from = n === 2 ? 3 : 2): Generator<number[]> {
    const steps = 4 * from + 1;
    for (let index = 0; index < steps ** n; index++)
      yield vector(n, (i) => (Math.floor(index / steps ** i) % steps) / 2 - from);
  }

  /** Points of each piece, up to its ends along each direction, are zeros of r. */
  function isZero(problem: Problem, continua: readonly Continuum[]): void {
    const evaluator = new Evaluator(problem, algebra);
    for (const { pieces } of continua)
      for (const { state, directions, extent } of pieces)
        directions.forEach((direction, k) => {
          const [back, ahead] = extent[k];
          for (const t of [back ?? -7, 0, ahead ?? 7]) {
            evaluator.moveTo(Float64Array.from(state, (v, i) => v + t * direction[i]));
            expect(norm(evaluator.r)).toBeLessThan(1e-11);
          }
        });
  }
});

test('the patterns of the reference are all patterns', () => {
  const cell = { from: 0, to: 0, slope: 0, offset: 0 };
  expect([...patternsOf([[cell, cell], [cell], [cell, cell, cell]])]).toHaveLength(6);
});
