/** Measures of basins against what is known of them in closed form. */
import { describe, expect, test } from 'vitest';
import { mapBasins } from '../../src/basins/basins.js';
import { basinEntropy, uncertaintyExponent } from '../../src/basins/boundary.js';
import { LABEL } from '../../src/basins/labels.js';
import {
  basinFractions,
  boundaryMeasures,
  compareMaps,
  fatalShock,
  innerBounds,
  shareProved,
  shocksOnSlice,
} from '../../src/basins/measures.js';
import type { Interruptible } from '../../src/basins/pieces.js';
import { searchShock, sliceShocks } from '../../src/basins/shock.js';
import { CpuBackend } from '../../src/cpu/backend.js';
import { watchTurns } from '../kit/turns.js';
import { problemOf } from '../problem-of.js';
import { random } from '../random-model.js';
import { doubleWells, prepared, square } from './kit.js';

const cpu = new CpuBackend();

describe('fractions in N dimensions', () => {
  test('three double wells: eight basins of 1/8 within three standard errors, nothing undecided', async () => {
    const system = await prepared(await doubleWells(3));
    const found = await basinFractions(cpu, system, { box: [-3, 3], points: 128 });
    expect(found.attractors).toHaveLength(8);
    for (const { value, standardError } of found.attractors)
      expect(Math.abs(value - 1 / 8)).toBeLessThanOrEqual(3 * (standardError ?? NaN) + 1e-12);
    for (const { value } of Object.values(found.others)) expect(value).toBe(0);
  });

  test('in a box that the boundaries do not halve, too: their products of 3/8 and 5/8', async () => {
    const system = await prepared(await doubleWells(3));
    const found = await basinFractions(cpu, system, { box: [-1.5, 2.5], points: 128, seed: 4 });
    system.attractors.forEach((attractor, k) => {
      if (attractor.kind !== 'fixed-point') throw new Error('a double well has no cycles');
      const exact = attractor.state.reduce((share, v) => share * (v > 0 ? 2.5 : 1.5), 1) / 64;
      const { value, standardError } = found.attractors[k];
      expect(Math.abs(value - exact)).toBeLessThanOrEqual(3.5 * (standardError ?? NaN) + 1e-12);
    });
  });

  test('what leaves the box is a share of its own, and all shares make one', async () => {
    const system = await prepared(await doubleWells(2), { box: [-3, 3] });
    const { attractors, others } = await basinFractions(cpu, system, { points: 256, scramblings: 8 });
    const { value, standardError } = others['left-box'];
    expect(Math.abs(value - (1 - (3 / 4) ** 2))).toBeLessThanOrEqual(3 * (standardError ?? NaN) + 1e-12);
    const all = [...attractors, ...Object.values(others)].reduce((sum, one) => sum + one.value, 0);
    expect(all).toBeCloseTo(1, 12);
  });

  test('a number of points that is no power of two is refused', async () => {
    const system = await prepared(await doubleWells(1));
    await expect(basinFractions(cpu, system, { points: 100 })).rejects.toThrow(RangeError);
  });
});

describe('entropy of labels', () => {
  const size = [100, 100];
  const map = (of: (x: number, y: number) => number) =>
    Int32Array.from({ length: 10_000 }, (_, k) => of(k % 100, Math.floor(k / 100)));

  test('a straight boundary through the boxes: their entropy, and no more', async () => {
    // Column boxes 50 .. 54 are 2 : 3.
    const found = await basinEntropy(
      map((x) => (x < 52 ? 0 : 1)),
      size,
    );
    const box = -(0.4 * Math.log(0.4) + 0.6 * Math.log(0.6));
    expect(found?.mixed).toBe(20);
    expect(found?.boundaryEntropy?.value).toBeCloseTo(box, 12);
    expect(found?.entropy.value).toBeCloseTo(box / 20, 12);
    expect(found?.exceedsLog2).toBe(false);
  });

  test('three labels at random exceed ln 2; one label has none', async () => {
    const r = random(1);
    const riddled = await basinEntropy(
      map(() => r.integer(0, 2)),
      size,
    );
    expect(riddled?.exceedsLog2).toBe(true);
    expect(riddled?.boundaryEntropy?.value).toBeLessThan(Math.log(3));
    const plain = await basinEntropy(
      map(() => 3),
      size,
    );
    expect(plain).toMatchObject({ mixed: 0, boundaryEntropy: null, exceedsLog2: false });
  });

  test('undecided samples and those at saddles are no label, and are counted', async () => {
    const found = await basinEntropy(
      map((x, y) => (x === 52 ? [LABEL.undecided, LABEL['saddle-slow']][y % 2] : 0)),
      size,
    );
    expect(found).toMatchObject({ mixed: 0, leftOut: 100 });
    // To infinity is a place to go to.
    const leaving = await basinEntropy(
      map((x) => (x < 52 ? 0 : LABEL.diverged)),
      size,
    );
    expect(leaving?.mixed).toBe(20);
  });

  test('maps smaller than a box have none', async () => {
    expect(await basinEntropy(new Int32Array(12), [4, 3])).toBeUndefined();
  });
});

test('where nothing is told there is no entropy, rather than one of 0', async () => {
  expect(await basinEntropy(new Int32Array(100).fill(LABEL.budget), [10, 10])).toBeUndefined();
});

describe('uncertainty exponent', () => {
  const n = 1024;

  test('a smooth boundary has exponent 1', async () => {
    const labels = Int32Array.from({ length: n * n }, (_, k) =>
      (k % n) - 500 > 60 * Math.sin(Math.floor(k / n) / 90) ? 1 : 0,
    );
    const found = await uncertaintyExponent(labels, [n, n]);
    expect(Math.abs((found?.exponent.value ?? NaN) - 1)).toBeLessThan(
      3 * (found?.exponent.standardError ?? NaN) + 0.02,
    );
    expect(found?.dimension.value).toBeCloseTo(1, 1);
  });

  test('a boundary on Cantor’s set has exponent 1 - ln 2 / ln 3', async () => {
    const size = 3 ** 8;
    // The gap in which a point lies has the label of its generation.
    const generation = (x: number): number => {
      for (let k = 1, rest = x; k <= 8; k++) {
        const digit = Math.floor(3 * rest);
        if (digit === 1) return k % 2;
        rest = 3 * rest - digit;
      }
      return 0;
    };
    const labels = Int32Array.from({ length: size }, (_, k) => generation((k + 0.5) / size));
    const found = await uncertaintyExponent(labels, [size]);
    expect(found?.exponent.value).toBeGreaterThan(1 - Math.log(2) / Math.log(3) - 0.06);
    expect(found?.exponent.value).toBeLessThan(1 - Math.log(2) / Math.log(3) + 0.06);
  });

  test('no boundary, or one everywhere, shows no law', async () => {
    expect(await uncertaintyExponent(new Int32Array(n * n), [n, n])).toBeUndefined();
    const r = random(2);
    const noise = Int32Array.from({ length: 65_536 }, () => r.integer(0, 1));
    expect(await uncertaintyExponent(noise, [256, 256])).toBeUndefined();
  });
});

describe('minimal fatal shock', () => {
  test('of double wells: the way to the nearest plane y_i = 0, between its bounds', async () => {
    const problem = await doubleWells(3);
    const system = await prepared(problem);
    const [memory] = system.attractors;
    if (memory.kind !== 'fixed-point') throw new Error('a double well has no cycles');
    const exact = Math.min(...memory.state.map(Math.abs));
    const [bounds] = await innerBounds(system, { complete: true, how: 'known' });
    const found = await fatalShock(cpu, system, 0, bounds, { directions: 64 });
    // Nearer to the saddle than rounding of f32 a start rests there.
    expect(found.distance).toBeGreaterThanOrEqual(exact * (1 - 1e-5));
    expect(found.distance).toBeLessThan(exact * 1.01);
    expect(found.returned).toBeLessThanOrEqual(found.distance ?? NaN);
    expect(found.proved).toBeGreaterThan(0.2 * exact);
    expect(found.proved).toBeLessThanOrEqual(exact);
    expect(found.untold).toBe(0);
  });

  test('is bounded below by what stops flows, too, where no ellipsoid is proved', async () => {
    const system = await prepared(
      await problemOf({
        layers: [['relu', 2]],
        weights: [
          [0, -1.5],
          [-1.5, 0],
        ],
        bias: [1, 1],
        equation: 13,
        design: { name: 'gradient' },
        energy: { equation: 14, coefficients: 'certified' },
      }),
    );
    const [bounds] = await innerBounds(system, { complete: true, how: 'known' });
    expect(bounds?.ellipsoid.certified).toBe(false);
    const { distance, proved } = await fatalShock(cpu, system, 0, bounds, { directions: 8, reach: 0.45 });
    // Around (1, -0.5) up to the kink y_2 = 0.
    expect(proved).toBeGreaterThan(0.3);
    expect(proved).toBeLessThanOrEqual(0.5);
    expect(distance).toBeNull();
  });

  test('on a slice: within half a diagonal of a sample, and none off it', async () => {
    const system = await prepared(await doubleWells(2));
    const grid = square(2, [61, 61], [-3, 3]);
    const { labels } = await mapBasins(cpu, system, grid, { full: true });
    const shocks = await sliceShocks(system, grid, labels);
    system.attractors.forEach((attractor, k) => {
      const shock = shocks[k];
      if (attractor.kind !== 'fixed-point' || !shock) throw new Error('every memory lies in the plane');
      const exact = Math.min(...attractor.state.map(Math.abs));
      expect(Math.abs(shock.distance - exact)).toBeLessThanOrEqual(2 * shock.resolution);
      expect(shock.to).not.toBe(k);
    });
    const aside = {
      ...grid,
      origin: Float64Array.of(0, 0),
      axes: [Float64Array.of(1, 0)],
      size: [64],
      extent: [grid.extent[0]],
    };
    const line = await mapBasins(cpu, system, aside);
    expect(await sliceShocks(system, aside, line.labels)).toEqual([null, null, null, null]);
  });

  test('a proved distance that a followed push contradicts is said to be contradicted', async () => {
    const system = await prepared(await doubleWells(1));
    const search = (proved: number) => searchShock(cpu, system, 0, proved, { directions: 2 });
    const { distance, contradicted } = await search(0.1);
    expect(contradicted).toBe(false);
    expect(await search(1.01 * (distance ?? NaN))).toMatchObject({ contradicted: true });
  });

  test('pushes whose fate is not told are not said to return', async () => {
    const system = await prepared(await doubleWells(1), { step: 0.001, horizon: 0.05 });
    const found = await fatalShock(cpu, system, 0, null, { directions: 2, reach: 40 });
    expect(found.untold).toBeGreaterThan(0);
    expect(found).toMatchObject({ distance: null, returned: 0 });
  });

  test('where nothing goes elsewhere there is none', async () => {
    const weights = [
      [0.4, -0.3],
      [0.1, 0.2],
    ];
    const system = await prepared(await problemOf({ layers: [['tanh', 2]], weights, bias: [0.3, -0.1] }));
    expect(system.attractors).toHaveLength(1);
    const found = await fatalShock(cpu, system, 0, null, { directions: 8, reach: 2 });
    expect(found).toMatchObject({ distance: null, returned: 2, to: null, untold: 0, contradicted: false });
  });
});

test('measures of three million samples let the event loop run, and end where the signal says so', async () => {
  const system = await prepared(await doubleWells(2));
  const size = [1800, 1800] as const;
  const grid = square(2, size, [-3, 3]);
  const labels = Int32Array.from({ length: 1800 ** 2 }, (_, k) => (k % 1800) % 3);
  const bounds = await innerBounds(system, { complete: true, how: 'known' });
  const other = { system, labels };
  const measures: ((watch: Interruptible) => Promise<unknown>)[] = [
    (watch) => boundaryMeasures(labels, size, 1, watch),
    (watch) => shocksOnSlice(system, grid, labels, watch),
    (watch) => shareProved(system, bounds, grid, labels, undefined, watch),
    (watch) => compareMaps(other, other, watch),
  ];
  for (const measure of measures) {
    const turns = watchTurns();
    await measure({});
    expect(turns.end()).toBeLessThan(250);
    await expect(measure({ signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
  }
});
