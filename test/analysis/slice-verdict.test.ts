/** The verdict on a slice: counts against cell-by-cell bounds, violations that f64 confirms, tiles that come again. */
import { expect, test } from 'vitest';
import { SliceVerdictSink, sliceVerdictWords } from '../../src/analysis/slice-verdict.js';
import { CpuBackend } from '../../src/cpu/backend.js';
import { EnergyRounding } from '../../src/flow/fall.js';
import { loadAlgebra } from '../../src/model/algebra.js';
import { stateAt } from '../../src/model/sampling.js';
import { Simulator } from '../../src/simulator.js';
import type { Grid } from '../../src/types.js';
import { problemOf, type Given } from '../problem-of.js';

const algebra = await loadAlgebra();
const relu: Given = {
  layers: [['relu', 2]],
  weights: [
    [0, -1.5],
    [-1.5, 0],
  ],
  bias: [1, 1],
  equation: 13,
};
const grid = (side: number, reach = 2): Grid => ({
  kind: 'grid',
  origin: new Float64Array(2),
  axes: [Float64Array.of(1, 0), Float64Array.of(0, 1)],
  extent: [
    [-reach, reach],
    [-reach, reach],
  ],
  size: [side, side],
});

async function verdictOn(given: Given, sampling: Grid) {
  const problem = await problemOf(given);
  const sink = new SliceVerdictSink(problem, algebra, sampling);
  const simulator = new Simulator(new CpuBackend());
  await simulator.stream({ problem, sampling, quantities: ['energy-rate'] }, [sink]);
  return { problem, found: sink.finish() };
}

test.each<readonly [string, Given]>([
  ['certified', relu],
  ['eq. 4', { ...relu, energy: { equation: 4, coefficients: 'default' } }],
  ['b3 alone', { ...relu, energy: { equation: 14, coefficients: [0, 0, 1] } }],
])('%s: the counts are those of a bound for every cell', async (_, given) => {
  const sampling = grid(41);
  const { problem, found } = await verdictOn(given, sampling);
  const rounding = new EnergyRounding(problem, algebra);
  const counts = { holds: 0, violated: 0, belowRounding: 0 };
  const state = new Float64Array(2);
  for (let row = 0; row < 41; row++)
    for (let column = 0; column < 41; column++) {
      stateAt(sampling, column, row, state);
      const { rate, threshold } = rounding.rateAt(state);
      counts[rate > threshold ? 'violated' : rate < -threshold ? 'holds' : 'belowRounding']++;
    }
  expect(found).toMatchObject({ ...counts, undefinedCells: 0 });
  expect(found.verdict).toBe(counts.violated > 0 ? 'violated' : 'holds');
});

test('what is violated has its worst cell, in f64 and with its threshold', async () => {
  const { problem, found } = await verdictOn(
    { ...relu, energy: { equation: 14, coefficients: [0, 0, 1] } },
    grid(64),
  );
  expect(found.violated).toBeGreaterThan(10);
  expect(found.worst?.rate).toBeGreaterThan(found.worst?.threshold ?? Infinity);
  const again = new EnergyRounding(problem, algebra).rateAt(Float64Array.from(found.worst?.state ?? []));
  expect(again).toEqual({ rate: found.worst?.rate, threshold: found.worst?.threshold });
  expect(sliceVerdictWords(found)).toMatch(/^the energy falls in \d+ of 4096 cells, rises in \d+/);
});

test('a slice that is one point of rest tells nothing', async () => {
  const tiny: Grid = { ...grid(8, 1e-17), origin: Float64Array.of(1, -0.5) };
  const { found } = await verdictOn(relu, tiny);
  expect(found).toMatchObject({ verdict: 'below-rounding', holds: 0, violated: 0, belowRounding: 64 });
});

test('R that is not defined counts as that, and not as a verdict', async () => {
  const { found } = await verdictOn(
    {
      layers: [['relu', 2]],
      weights: [
        [2, 0],
        [0, 2],
      ],
      equation: 13,
      design: { name: 'adaptive-polar' },
      energy: { equation: 14, coefficients: [0, 1, 1] },
    },
    grid(16),
  );
  expect(found.undefinedCells).toBeGreaterThan(0);
  expect(found.undefinedCells + found.holds + found.belowRounding).toBe(256);
});
