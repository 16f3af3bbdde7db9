/** Regions of constant alive set, where they drain to, and the share of states in which an energy is blind. */
import { describe, expect, test } from 'vitest';
import { blindShare, sampledShare } from '../../src/analysis/blind-spots.js';
import { boxOf } from '../../src/analysis/box.js';
import { flatRegions } from '../../src/analysis/flat-regions.js';
import { loadAlgebra } from '../../src/model/algebra.js';
import type { Grid } from '../../src/types.js';
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
    const drain = of(true, false)?.drain;
    if (drain?.kind !== 'fixed-point') throw new Error('no fixed point');
    expect(drain.state[0]).toBeCloseTo(1, 9);
    expect(drain.state[1]).toBeCloseTo(-0.5, 9);
    // All dead: both want to wake. All alive: the saddle keeps nobody.
    expect(of(false, false)).toMatchObject({ dimension: 0, drain: { kind: 'leaves' } });
    expect(of(true, true)).toMatchObject({ dimension: 2, drain: { kind: 'leaves' } });
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
    expect(regions[0].drain.kind).toBe('several');
    const runaway = await problemOf({
      layers: [['relu', 2]],
      weights: [
        [2, 0],
        [0, 2],
      ],
      bias: [1, 1],
    });
    const open = await flatRegions(runaway, algebra, grid([0, 2], 4));
    expect(open.regions[0].drain.kind).toBe('open');
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
