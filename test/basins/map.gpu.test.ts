/** Basin maps on the GPU against the f64 twin. */
import { describe, expect, test } from 'vitest';
import { findFixedPoints } from '../../src/analysis/find-fixed-points.js';
import { mapBasins } from '../../src/basins/basins.js';
import { prepareIterates } from '../../src/basins/measures.js';
import { CpuBackend } from '../../src/cpu/backend.js';
import { LABEL } from '../../src/basins/labels.js';
import { backend } from '../gpu-backend.js';
import { prepared, problemFrom, square } from './kit.js';

const cpu = new CpuBackend();

describe('labels of the kernel are those of f64', () => {
  // Starts within rounding of a boundary may differ: none does here, or few of thousands.
  test.each([
    ['two-attractor-sigmoid', 12, {}],
    ['winner-take-all-krotov-hopfield', 2.1, {}],
    ['winner-take-all', 2.1, {}],
    ['hopfield-1984', 2.1, {}],
    ['fixed-point-finder-3', 2.1, { step: 0.25 }],
    ['ctln-two-clique', 1.3, { method: 'rk4' as const }],
    ['softmax-attention', 2.1, {}],
  ])('%s', async (name, reach, choice) => {
    const problem = await problemFrom(name);
    const grid = square(problem.network.size, [40, 36], [-reach, reach]);
    const [system, twin] = [await prepared(problem, choice), await prepared(problem, choice)];
    const found = await mapBasins(backend, system, grid, { full: true });
    const expected = await mapBasins(cpu, twin, grid, { full: true });
    const differing = found.labels.filter((label, k) => label !== expected.labels[k]).length;
    expect(differing).toBeLessThanOrEqual(2);
    expect(found.counts.attractors.reduce((a, b) => a + b)).toBeGreaterThan(1200);
  });
});

test('iterates of the map have the labels of f64', async () => {
  const problem = await problemFrom('two-attractor-sigmoid');
  const { points, algebra } = await prepared(problem, {}, 12).then(async (system) => ({
    algebra: system.algebra,
    points: (await findFixedPoints(problem, system.algebra, { box: [-12, 12], starts: 64 })).points,
  }));
  const grid = square(2, [40, 36], [-12, 12]);
  const [gpu, f64] = [
    await mapBasins(backend, await prepareIterates(problem, algebra, points), grid, { full: true }),
    await mapBasins(cpu, await prepareIterates(problem, algebra, points), grid, { full: true }),
  ];
  expect(gpu.labels.filter((label, k) => label !== f64.labels[k]).length).toBeLessThanOrEqual(2);
});

test('the CTLN 3-cycle is a limit cycle', async () => {
  const system = await prepared(await problemFrom('ctln-3-cycle'));
  const { counts } = await mapBasins(backend, system, square(3, [16, 16], [-0.1, 1]));
  expect(counts.attractors).toEqual([256]);
  expect(system.attractors[0]).toMatchObject({ kind: 'limit-cycle' });
});

test('starts on the symmetry axis of an odd grid go to the saddle', async () => {
  const system = await prepared(await problemFrom('winner-take-all-krotov-hopfield'));
  const size = 65;
  const { labels } = await mapBasins(backend, system, square(2, [size, size], [-2, 2]));
  for (let k = 0; k < size; k++) expect(labels[k * (size + 1)]).toBe(LABEL['saddle-slow']);
  expect(labels.filter((label) => label < 0)).toHaveLength(size);
});

test('listed cells, free points and the grid give the same bits', async () => {
  const system = await prepared(await problemFrom('two-attractor-sigmoid'), { step: 0.5 }, 12);
  const grid = square(2, [200, 150], [-11, 12]);
  const full = await mapBasins(backend, system, grid, { full: true });
  const refined = await mapBasins(backend, system, grid);
  expect(refined.labels).toEqual(full.labels);
  expect(refined.refinement?.computedBlocks).toBeLessThan(refined.refinement?.blocks ?? 0);
});
