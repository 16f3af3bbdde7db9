/** Regions of constant alive set, where they drain to, and the share of states in which an energy is blind. */
import { describe, expect, test } from 'vitest';
import { blindShare, sampledShare } from '../../src/analysis/blind-spots.js';
import { boxOf } from '../../src/analysis/box.js';
import { flatRegions } from '../../src/analysis/flat-regions.js';
import { loadAlgebra } from '../../src/model/algebra.js';
import type { Grid } from '../../src/types.js';
import { Evaluator } from '../../src/model/evaluator.js';
import { stateAt } from '../../src/model/sampling.js';
import { random, randomMatrix } from '../random-model.js';
import { problemOf, type Given } from '../problem-of.js';

const algebra = await loadAlgebra();
const winnerTakeAll: Given = {
  layers: [['relu', 2]],
  weights: [
    [0, -1.5],
    [-1.5, 0],
  ],
  bias: [1, 1],
};
const grid = (extent: [number, number], size: number): Grid => ({
  kind: 'grid',
  origin: new Float64Array(2),
  axes: [Float64Array.of(1, 0), Float64Array.of(0, 1)],
  extent: [extent, extent],
  size: [size, size],
});

describe('flat regions', () => {
  test('the four quadrants of the winner-take-all network', async () => {
    const progress: number[] = [];
    const { labels, regions } = await flatRegions(await problemOf(winnerTakeAll), algebra, grid([-2, 2], 8), {
      onProgress: (done) => progress.push(done),
    });
    expect(labels).toHaveLength(64);
    expect(regions.map(({ share, cells }) => [share, cells])).toEqual(Array(4).fill([0.25, 16]));
    const of = (...alive: boolean[]) => regions.find((r) => r.alive.join() === alive.join());
    // A region with one winner drains to its memory, the loser far below or not.
    expect(of(true, false)).toMatchObject({
      dimension: 1,
      deadDimensions: 1,
      drain: { kind: 'fixed-point' },
    });
    const end = of(true, false)?.drain?.ends[0];
    expect(end).toMatchObject({ inside: true, class: 'stable' });
    expect(end?.starts).toBeGreaterThan(4);
    expect(end?.state[0]).toBeCloseTo(1, 9);
    expect(end?.state[1]).toBeCloseTo(-0.5, 9);
    // All dead: both want to wake. All alive: one of them dies.
    expect(of(false, false)).toMatchObject({
      dimension: 0,
      drain: { kind: 'leaves', wakes: [0, 1], dies: [] },
    });
    expect(of(true, true)).toMatchObject({
      dimension: 2,
      drain: { kind: 'leaves', wakes: [], dies: [0, 1] },
    });
    expect(progress.at(-1)).toBe(1);
    // Row 0 is the lowest t: its left half has nobody alive.
    expect(labels[0]).toBe(of(false, false)?.label);
    expect(labels[63]).toBe(of(true, true)?.label);
  });

  test('an abort ends the work', async () => {
    const stopped = AbortSignal.abort(new Error('enough'));
    await expect(
      flatRegions(await problemOf(winnerTakeAll), algebra, grid([-2, 2], 256), { signal: stopped }),
    ).rejects.toThrow('enough');
  });

  test('several places to rest within one region, and none', async () => {
    const two = await problemOf({
      layers: [['tanh', 2]],
      weights: [
        [2, 0],
        [0, 2],
      ],
    });
    const { regions } = await flatRegions(two, algebra, grid([-2, 2], 8));
    expect(regions).toHaveLength(1);
    expect(regions[0].drain?.kind).toBe('several');
    expect(regions[0].drain?.ends.length).toBeGreaterThan(2);
    expect(regions[0].drain?.ends.every(({ inside }) => inside)).toBe(true);
    const runaway = await problemOf({
      layers: [['relu', 2]],
      weights: [
        [2, 0],
        [0, 2],
      ],
      bias: [1, 1],
    });
    const open = await flatRegions(runaway, algebra, grid([0, 2], 4));
    expect(open.regions[0].drain?.kind).toBe('open');
    expect(open.regions[0].drain?.ends.every((end) => end.class === null)).toBe(true);
  });
});

/** Regions by flood fill over the words of each cell, the plainest way. */
function flooded(words: readonly string[], columns: number): number[] {
  const labels = new Array<number>(words.length).fill(-1);
  let next = 0;
  words.forEach((_, from) => {
    if (labels[from] >= 0) return;
    const open = [from];
    while (open.length > 0) {
      const cell = open.pop() ?? 0;
      if (labels[cell] >= 0) continue;
      labels[cell] = next;
      const beside = [cell - columns, cell + columns];
      if (cell % columns > 0) beside.push(cell - 1);
      if (cell % columns < columns - 1) beside.push(cell + 1);
      open.push(...beside.filter((other) => other in words && words[other] === words[from]));
    }
    next++;
  });
  return labels;
}

/** Labels renumbered in the order in which they appear. */
function inOrder(labels: ArrayLike<number>): number[] {
  const seen = new Map<number, number>();
  return Array.from(labels, (label) => {
    const known = seen.get(label) ?? seen.size;
    seen.set(label, known);
    return known;
  });
}

describe('connected regions on slices of larger networks', () => {
  test.each([1, 9] as const)('equal a flood fill over the alive masks of eq. %i', async (equation) => {
    let several = 0;
    for (let seed = 1; seed <= 12; seed++) {
      const r = random(seed);
      const n = r.integer(3, 6);
      const numbers = (count: number) => Array.from({ length: count }, () => r.normal());
      const problem = await problemOf({
        layers: [
          ['relu', 2],
          ['hard-tanh', n - 2],
        ],
        weights: randomMatrix(n, r, false),
        bias: numbers(n),
        equation,
        energy: { equation: equation === 9 ? 10 : 14, coefficients: [0, 0, 1] },
      });
      const slice: Grid = {
        kind: 'grid',
        origin: Float64Array.from(numbers(n)),
        axes: [Float64Array.from(numbers(n)), Float64Array.from(numbers(n))],
        extent: [
          [-2, 2],
          [-3, 1],
        ],
        size: [33, 21],
      };
      const evaluator = new Evaluator(problem, algebra);
      const state = new Float64Array(n);
      const words = Array.from({ length: 33 * 21 }, (_, cell) => {
        stateAt(slice, cell % 33, Math.floor(cell / 33), state);
        evaluator.moveTo(state);
        const mask = new Float64Array(n);
        evaluator.write('alive-mask', mask, 0, 1);
        // Both ends of a hard-tanh are dead, and are two flats.
        return Array.from(mask, (alive, i) => (alive === 1 ? '*' : evaluator.g[i])).join();
      });
      const { labels, regions, found } = await flatRegions(problem, algebra, slice, { followed: 0 });
      expect(inOrder(labels)).toEqual(flooded(words, 33));
      expect(regions).toHaveLength(found);
      expect(regions.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
      expect(regions.every(({ drain }) => drain === null)).toBe(true);
      several += found;
    }
    expect(several).toBeGreaterThan(60);
  });

  test('a line and a volume; a softmax has no pattern, and is told apart by its dead dimensions', async () => {
    const problem = await problemOf({
      layers: [
        ['relu', 1],
        ['softmax', 2, { beta: 10 }],
      ],
      weights: [
        [0, 1, 0],
        [1, 0, 0],
        [0, 0, 0],
      ],
    });
    const axes = [0, 1, 2].map((k) => new Float64Array(3).fill(1, k, k + 1));
    const volume: Grid = {
      kind: 'grid',
      origin: new Float64Array(3),
      axes,
      extent: axes.map(() => [-4, 4] as const),
      size: [4, 6, 8],
    };
    const { labels, regions, blockwiseLayers } = await flatRegions(problem, algebra, volume);
    expect(labels).toHaveLength(192);
    expect(blockwiseLayers).toEqual(['l1']);
    // Per sign of the relu: both neurons of the softmax in the race, or either of them far ahead.
    expect(regions).toHaveLength(6);
    for (const { alive, deadDimensions } of regions) {
      expect(alive.slice(1)).toEqual([true, true]);
      expect([1, 2]).toContain(deadDimensions - (alive[0] ? 0 : 1));
    }
    const line = await flatRegions(problem, algebra, {
      ...volume,
      axes: axes.slice(0, 1),
      extent: [[-4, 4]],
      size: [10],
    });
    expect([...line.labels]).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
  });

  test('too many cells are refused before anything is computed', async () => {
    const large = grid([-2, 2], 2048);
    await expect(flatRegions(await problemOf(winnerTakeAll), algebra, large)).rejects.toThrow(RangeError);
  });
});

describe('blind spots', () => {
  test('E4 is blind where both neurons are dead, within the error of sampling; certified E14 nowhere', async () => {
    const four = await problemOf({ ...winnerTakeAll, energy: { equation: 4, coefficients: 'default' } });
    const found = await blindShare(four, algebra, { box: [-2, 2], samples: 4000 });
    // The quadrant y < 0, and nothing of the quadrants with one alive neuron but the line on which it rests.
    expect(Math.abs(found.share - 0.25)).toBeLessThan(4 * found.standardError);
    const certified = await blindShare(await problemOf(winnerTakeAll), algebra, { samples: 1000 });
    expect(certified).toMatchObject({ share: 0, standardError: 0, upper: 0.003 });
    const again = await blindShare(four, algebra, {
      box: [
        [-2, 2],
        [-2, 2],
      ],
      samples: 4000,
    });
    expect(again).toEqual(found);
  });

  test('shares and boxes', () => {
    expect(sampledShare(25, 100)).toMatchObject({ share: 0.25, samples: 100 });
    expect(sampledShare(25, 100).standardError).toBeCloseTo(0.0433, 4);
    expect(() => boxOf([2, 1], 3)).toThrow(RangeError);
    expect(() => boxOf([[0, 1]], 2)).toThrow(RangeError);
  });
});
