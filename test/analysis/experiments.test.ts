/** Props. 1 to 3 as experiments, against ground truth (validation.md 4) and against what they must not be. */
import { describe, expect, test } from 'vitest';
import {
  biasExperiment,
  deadActivations,
  flatsExperiment,
  radiusExperiment,
  runExperiments,
} from '../../src/analysis/experiments.js';
import { spectralRadius } from '../../src/analysis/spectral-radius.js';
import { loadAlgebra } from '../../src/model/algebra.js';
import { goe } from '../../src/model/random.js';

const algebra = await loadAlgebra();
const LONG = process.env.MEMSCAPE_LONG === '1';

describe('spectral radius', () => {
  test('equals that of all eigenvalues, on random and on awkward matrices', () => {
    for (const [n, seed] of [
      [1, 1],
      [2, 3],
      [30, 2],
      [120, 7],
    ] as const) {
      const w = goe(n, seed);
      const { values } = algebra.symmetricEigen(w);
      const expected = Math.max(...values.map(Math.abs));
      expect(Math.abs(spectralRadius(w) - expected)).toBeLessThan(1e-9 * expected);
    }
    const of = (...data: number[]) => ({ rows: 2, columns: 2, data: Float64Array.from(data) });
    expect(spectralRadius(of(3, 0, 0, -5))).toBeCloseTo(5, 12);
    expect(spectralRadius(of(2, 0, 0, 2))).toBeCloseTo(2, 12);
    expect(spectralRadius(of(0, 0, 0, 0))).toBe(0);
    expect(spectralRadius({ rows: 0, columns: 0, data: new Float64Array() })).toBe(0);
  });
});

describe('Prop. 3', () => {
  test('N = 400 with 100, 200, 300 dead: within 5 % of sqrt((N - k)/N), as validation.md has it', async () => {
    const found = await radiusExperiment({ size: 400, draws: LONG ? 10 : 3 });
    expect(found.map(({ dead }) => dead)).toEqual([100, 200, 300]);
    const reference = [0.865, 0.7, 0.484];
    found.forEach(({ mean, expected, ratios, standardError }, k) => {
      // The edge of the spectrum of a small block lies a little inside 2: the last one is low.
      expect(Math.abs(mean / expected - 1)).toBeLessThan(0.05);
      expect(Math.abs(mean - reference[k])).toBeLessThan(0.03);
      expect(standardError).toBeGreaterThan(0);
      expect(standardError).toBeLessThan(0.02);
      expect(new Set(ratios).size).toBe(ratios.length);
    });
  });

  test('N = 1000 takes seconds', async () => {
    const started = performance.now();
    const [half] = await radiusExperiment({ size: 1000, draws: 1, dead: [500] });
    console.log(`N = 1000: ${(performance.now() - started).toFixed(0)} ms, ratio ${half.mean.toFixed(4)}`);
    expect(Math.abs(half.mean - Math.SQRT1_2)).toBeLessThan(0.03);
    expect(performance.now() - started).toBeLessThan(60_000);
  });

  test('misuse is refused, an abort ends it', async () => {
    await expect(radiusExperiment({ size: 10, dead: [10] })).rejects.toThrow(RangeError);
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(radiusExperiment({ size: 400, signal })).rejects.toThrow('enough');
  });
});

describe.each(deadActivations())('%s', (name) => {
  test('Prop. 1: E4 does not change along random flats', async () => {
    const { flats, difference, allowed } = await flatsExperiment(name, algebra);
    expect(flats).toBeGreaterThanOrEqual(20);
    expect(difference).toBeLessThanOrEqual(allowed);
    expect(allowed).toBeLessThan(['layer-norm', 'softmax'].includes(name) ? 1e-3 : 1e-2);
  });

  test('Prop. 2: the bias along dead directions shifts E4 by a constant and nothing else', async () => {
    const found = await biasExperiment(name, algebra);
    expect(found.shiftError).toBeLessThan(1e-9);
    expect(found.gradientChange).toBeLessThan(1e-4);
    expect(found.biasChange).toBeGreaterThan(1e-3);
    // H >= 0 is what makes E4 fall: gelu and silu may climb, gaussian too.
    if (!['gelu', 'silu', 'gaussian'].includes(name)) expect(found.largestRate).toBeLessThan(1e-4);
    if (found.hopfieldSpread !== null) expect(found.hopfieldSpread).toBeLessThan(1e-10);
  });
});

test('all of them as one report, which JSON can hold', async () => {
  const seen: number[] = [];
  const report = await runExperiments({
    size: 40,
    draws: 2,
    networks: 2,
    onProgress: (done) => seen.push(done),
  });
  expect(report.flats.length).toBe(deadActivations().length);
  expect(report.bias.some(({ hopfieldSpread }) => hopfieldSpread !== null)).toBe(true);
  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  expect(seen.at(-1)).toBeCloseTo(1, 12);
});
