/** Basin maps in f64: whose basins they are, what is in none, and what is refined. */
import { expect, test } from 'vitest';
import type { Backend } from '../../src/backend.js';
import { mapBasins } from '../../src/basins/basins.js';
import { Follower } from '../../src/basins/follow.js';
import { countLabels, LABEL } from '../../src/basins/labels.js';
import { CpuBackend } from '../../src/cpu/backend.js';
import { createFlowPlan } from '../../src/plan/flow.js';
import { problemOf } from '../problem-of.js';
import { cube, doubleWells, prepared, problemFrom, square } from './kit.js';

const cpu = new CpuBackend();

test('three double wells side by side have eight basins of one eighth each', async () => {
  const system = await prepared(await doubleWells(3));
  expect(system.attractors).toHaveLength(8);
  const count = 2000;
  const starts = cube(3, count, 3, 7);
  const states = Float64Array.from(starts.flatMap((y) => [...y]));
  const { labels } = await new Follower(cpu, system).follow({ sampling: { kind: 'points', count, states } });
  const { attractors, others } = countLabels(labels, 8);
  expect(Object.values(others).every((k) => k === 0)).toBe(true);
  const deviation = Math.sqrt((count * 7) / 64);
  for (const found of attractors) expect(Math.abs(found - count / 8)).toBeLessThan(3 * deviation);
  // Each start goes where the signs of its components say.
  labels.forEach((label, k) => {
    const attractor = system.attractors[label];
    expect(attractor.kind === 'fixed-point' && attractor.state.every((v, i) => v * starts[k][i] > 0)).toBe(
      true,
    );
  });
});

test('the CTLN 3-cycle is one limit cycle and no fixed point', async () => {
  const system = await prepared(await problemFrom('ctln-3-cycle'));
  expect(system.attractors).toHaveLength(0);
  const { labels, counts } = await mapBasins(cpu, system, square(3, [12, 12], [-0.1, 1]));
  expect(system.attractors).toHaveLength(1);
  const [cycle] = system.attractors;
  expect(cycle.kind).toBe('limit-cycle');
  expect(counts.attractors).toEqual([144]);
  expect(labels.every((label) => label === 0)).toBe(true);
});

test('starts on the axis between two wells go to the saddle, and to no memory', async () => {
  const system = await prepared(await problemFrom('winner-take-all-krotov-hopfield'));
  const size = 33;
  const { labels, counts } = await mapBasins(cpu, system, square(2, [size, size], [-2, 2]), { full: true });
  for (let k = 0; k < size * size; k++) {
    const [column, row] = [k % size, Math.floor(k / size)];
    if (column === row) expect(labels[k]).toBe(LABEL['saddle-slow']);
    else expect(labels[k]).toBe(labels[column > row ? size - 1 : size * (size - 1)]);
  }
  expect(counts.others['saddle-slow']).toBe(size);
});

test('a slow passage past the saddle ends at the memory', async () => {
  const system = await prepared(await problemFrom('winner-take-all-krotov-hopfield'));
  const states = Float64Array.of(1, 1 + 1e-5, 1 + 1e-5, 1);
  const { labels, times } = await new Follower(cpu, system).follow({
    sampling: { kind: 'points', count: 2, states },
  });
  expect(labels[0]).toBeGreaterThanOrEqual(0);
  expect(labels[1]).toBeGreaterThanOrEqual(0);
  expect(labels[0]).not.toBe(labels[1]);
  expect(times[0]).toBeGreaterThan(10);
});

test('starts that the device cannot bind at once are followed in shares', async () => {
  const system = await prepared(await problemFrom('winner-take-all-krotov-hopfield'));
  const grid = square(2, [20, 16], [-2, 2]);
  const cells = Uint32Array.from({ length: 320 }, (_, k) => (7 * k) % 320);
  const states = Float64Array.from(cube(2, 320, 2, 5).flatMap((y) => [...y]));
  const wholes = [{ sampling: grid, cells }, { sampling: { kind: 'points' as const, count: 320, states } }];
  // Ninety cells, or forty-five states of two neurons.
  const profile = { ...cpu.profile, maxStorageBufferBindingSize: 360 };
  const plans: number[] = [];
  const narrow: Backend = {
    info: cpu.info,
    profile,
    run: (plan, options) => {
      plans.push(plan.tiles.reduce((sum, { columns, rows }) => sum + columns * rows, 0));
      return cpu.run(plan, options);
    },
    dispose: () => Promise.resolve(),
  };
  for (const [k, starts] of wholes.entries()) {
    plans.length = 0;
    const found = await new Follower(narrow, system).follow(starts);
    expect(found).toEqual(await new Follower(cpu, system).follow(starts));
    expect(Math.max(...plans)).toBe([90, 45][k]);
    const { problem, task } = system;
    const request = { problem, ...starts, task, steps: 8 };
    expect(() => createFlowPlan(request, profile)).toThrow(/the starts take .* the device binds 360/);
  }
});

test('flows that diverge, leave the box or run out of time say so', async () => {
  const unstable = await problemOf({
    layers: [['identity', 2]],
    weights: [
      [2, 0],
      [0, 2],
    ],
  });
  const grid = square(2, [4, 4], [-2, 2]);
  const far = await mapBasins(cpu, await prepared(unstable), grid);
  expect(far.counts.others.diverged).toBe(16);
  const boxed = await mapBasins(cpu, await prepared(unstable, { box: [-5, 5] }), grid);
  expect(boxed.counts.others['left-box']).toBe(16);
  const cycle = await prepared(await problemFrom('ctln-3-cycle'), { horizon: 4 });
  const short = await mapBasins(cpu, cycle, square(3, [4, 4], [0.1, 1]));
  expect(short.counts.others.budget + short.counts.attractors.reduce((a, b) => a + b, 0)).toBe(16);
});

test('a refined map is the full map, and follows a fraction of it', async () => {
  const system = await prepared(await problemFrom('winner-take-all-krotov-hopfield'));
  for (const size of [
    [65, 64],
    [71, 96],
  ]) {
    const grid = square(2, size, [-1.7, 2.1]);
    const full = await mapBasins(cpu, system, grid, { full: true });
    const refined = await mapBasins(cpu, system, grid, { probes: 64 });
    expect(refined.labels).toEqual(full.labels);
    expect(refined.refinement?.disagreements).toBe(0);
    expect(refined.followed).toBeLessThan(0.8 * size[0] * size[1]);
  }
});
