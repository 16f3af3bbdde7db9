/** Coordinates come from integer indices alone: however a field is cut, the same bits come back. */
import { describe, expect, test } from 'vitest';
import type { Plan, Tile } from '../../src/plan/plan.js';
import { createPlan } from '../../src/plan/plan.js';
import { loadAlgebra } from '../../src/model/algebra.js';
import { Evaluator } from '../../src/model/evaluator.js';
import { stateAt } from '../../src/model/sampling.js';
import type { Grid, Points } from '../../src/types.js';
import { WORKGROUP } from '../../src/wgsl/lanes.js';
import { Simulator } from '../../src/simulator.js';
import { readModel } from '../../src/io/model-file.js';
import { resolveProblem } from '../../src/model/problem.js';
import { backend } from '../gpu-backend.js';
import { random, randomProblem } from '../random-model.js';

const problemOf = (size: number, activation = 'sigmoid') =>
  randomProblem({ activation, equation: 13, design: 'matrix', energy: 14, thirdAlone: true, size, seed: 5 });

function gridOf(n: number, size: readonly number[]): Grid {
  const r = random(9);
  const vector = () => Float64Array.from({ length: n }, () => r.normal());
  return {
    kind: 'grid',
    origin: vector(),
    axes: size.map(vector),
    extent: size.map((_, k) => [-2 - k, 1.5 + k] as const),
    size,
  };
}

/** All values of a plan as [component][row][column] of the whole rectangle. */
async function whole(plan: Plan, columns: number, rows: number): Promise<Float32Array> {
  const planes = plan.planes.reduce((sum, p) => sum + p.components, 0);
  const out = new Float32Array(planes * columns * rows).fill(NaN);
  await backend.run(plan, {
    onTile: ({ tile, values }) => {
      for (let p = 0; p < planes; p++)
        for (let row = 0; row < tile.rows; row++)
          for (let column = 0; column < tile.columns; column++)
            out[p * columns * rows + (tile.row + row) * columns + tile.column + column] =
              values[(p * tile.rows + row) * tile.columns + column];
    },
  });
  return out;
}

const bits = (values: Float32Array) => new Uint32Array(values.buffer, values.byteOffset, values.length);

describe.each([3, 40])('N = %i', (n) => {
  test('ragged tiles of any shape give the bits of one tile', async () => {
    const problem = await problemOf(n);
    const [columns, rows] = [37, 29];
    const plan = createPlan(
      { problem, sampling: gridOf(n, [columns, rows]), quantities: ['energy', 'rhs'] },
      backend.profile,
    );
    const one: Tile[] = [{ column: 0, columns, row: 0, rows }];
    const reference = await whole({ ...plan, tiles: one, lanes: columns * rows }, columns, rows);
    expect(reference.every(Number.isFinite)).toBe(true);
    for (const [width, height] of [
      [37, 8],
      [5, 29],
      [7, 3],
      [1, 1],
    ]) {
      const tiles: Tile[] = [];
      for (let row = 0; row < rows; row += height)
        for (let column = 0; column < columns; column += width)
          tiles.push({
            column,
            columns: Math.min(width, columns - column),
            row,
            rows: Math.min(height, rows - row),
          });
      const cut = await whole({ ...plan, tiles, lanes: columns * rows }, columns, rows);
      expect(bits(cut)).toEqual(bits(reference));
    }
  });

  test('lines, slices and volumes agree with f64 at every point', async () => {
    const problem = await problemOf(n);
    const evaluator = new Evaluator(problem, await loadAlgebra());
    for (const size of [[23], [9, 7], [5, 4, 3]]) {
      const grid = gridOf(n, size);
      const simulator = new Simulator(backend);
      const { fields } = await simulator.evaluate({ problem, sampling: grid, quantities: ['energy', 'rhs'] });
      const energy = fields.get('energy');
      const rhs = fields.get('rhs');
      expect(energy?.shape).toEqual([...size].reverse());
      expect(rhs?.shape).toEqual([...[...size].reverse(), n]);
      const state = new Float64Array(n);
      const [columns, ...outer] = size;
      for (let row = 0; row < outer.reduce((a, b) => a * b, 1); row++)
        for (let column = 0; column < columns; column++) {
          stateAt(grid, column, row, state);
          evaluator.moveTo(state);
          const point = row * columns + column;
          const scale = 1 + Math.abs(evaluator.energy());
          expect(Math.abs((energy?.data[point] ?? NaN) - evaluator.energy()) / scale).toBeLessThan(2e-5);
          const last = evaluator.velocity()[n - 1];
          expect(Math.abs((rhs?.data[point * n + n - 1] ?? NaN) - last)).toBeLessThan(
            1e-4 * (1 + Math.abs(last)),
          );
        }
    }
  });
});

test(
  'more than 65535 workgroups: the last point is as right as the first',
  { timeout: 300_000 },
  async () => {
    const problem = await problemOf(1, 'relu');
    const count = 65535 * WORKGROUP + 1;
    const states = new Float64Array(count);
    states[0] = 0.25;
    states[count - 1] = -1.75;
    const sampling: Points = { kind: 'points', count, states };
    const plan = createPlan({ problem, sampling, quantities: ['energy'] }, backend.profile);
    const single = { ...plan, tiles: [{ column: 0, columns: count, row: 0, rows: 1 }], lanes: count };
    const values = await whole(single, count, 1);
    const evaluator = new Evaluator(problem, await loadAlgebra());
    for (const index of [0, 1, 65535 * WORKGROUP - 1, count - 1]) {
      evaluator.moveTo(states.subarray(index, index + 1));
      expect(values[index]).toBeCloseTo(evaluator.energy(), 5);
    }
  },
);

test('an abort ends a run after the current tiles, and the device goes on working', async () => {
  const problem = await problemOf(3);
  const sampling = gridOf(3, [512, 512]);
  const plan = createPlan({ problem, sampling, quantities: ['energy'] }, backend.profile);
  const tiles = Array.from({ length: 64 }, (_, k) => ({ column: 0, columns: 512, row: 8 * k, rows: 8 }));
  const abort = new AbortController();
  let seen = 0;
  const run = backend.run(
    { ...plan, tiles },
    {
      signal: abort.signal,
      onTile: () => {
        if (++seen === 3) abort.abort(new Error('enough'));
      },
    },
  );
  await expect(run).rejects.toThrow('enough');
  expect(seen).toBe(3);
  const after = await whole({ ...plan, tiles: tiles.slice(0, 1) }, 512, 8);
  expect(after.every(Number.isFinite)).toBe(true);
});

test('a kernel is compiled once per text', async () => {
  const problem = await problemOf(4);
  const request = { problem, sampling: gridOf(4, [16, 16]), quantities: ['energy'] as const };
  const run = async (live: boolean) => {
    await backend.run(createPlan({ ...request, live }, backend.profile), { onTile: () => undefined });
  };
  await run(true);
  const before = backend.pipelines.size;
  // Other numbers through the uniform buffer: the same text.
  const bias = problem.network.bias.map((b) => b + 1);
  await backend.run(
    createPlan(
      { ...request, problem: { ...problem, network: { ...problem.network, bias } }, live: true },
      backend.profile,
    ),
    { onTile: () => undefined },
  );
  await run(true);
  expect(backend.pipelines.size).toBe(before);
  await run(false);
  expect(backend.pipelines.size).toBe(before + 1);
});

test('text, uniform and storage numbers give the same values within rounding', async () => {
  const problem = await problemOf(5);
  const sampling = gridOf(5, [16, 16]);
  const plan = createPlan({ problem, sampling, quantities: ['energy', 'rhs'] }, backend.profile);
  const results: Float32Array[] = [];
  for (const numbers of ['text', 'uniform', 'storage'] as const) {
    const spec = { ...plan.spec, numbers, rowsPerInvocation: numbers === 'storage' ? 1 : 8 };
    results.push(await whole({ ...plan, spec, lanes: 256 }, 16, 16));
  }
  for (const other of results.slice(1))
    other.forEach((value, i) => {
      expect(Math.abs(value - results[0][i])).toBeLessThan(1e-5 * (1 + Math.abs(value)));
    });
});

test('a small tile does not teach that points are slow', async () => {
  const problem = await problemOf(3);
  const run = async (count: number) => {
    const sampling: Points = { kind: 'points', count, states: new Float64Array(3 * count) };
    const plan = createPlan({ problem, sampling, quantities: ['energy'] }, backend.profile);
    const started = performance.now();
    await backend.run(plan, { onTile: () => undefined });
    return performance.now() - started;
  };
  await run(50_000);
  await run(1);
  expect(await run(50_000)).toBeLessThan(2000);
});

test('what does not fit a binding is refused before it is computed', async () => {
  const problem = await problemOf(1, 'relu');
  const count = 2 ** 25 + 1;
  const sampling: Points = { kind: 'points', count, states: new Float64Array(count) };
  expect(() => createPlan({ problem, sampling, quantities: ['energy'] }, backend.profile)).toThrow(
    /the device binds 134217728/,
  );
});

test('adaptive-polar where M is small everywhere, and masks of a steep softmax, agree with f64', async () => {
  const simulator = new Simulator(backend);
  const models = [
    { layers: [{ size: 1, activation: { name: 'tanh', beta: 1 } }], weights: [[0.5]], points: [25] },
    {
      layers: [{ size: 2, activation: { name: 'tanh', beta: 20 } }],
      weights: [
        [0, -1.5],
        [-1.5, 0],
      ],
      points: [1.9, 1.8],
    },
    {
      layers: [{ size: 2, activation: { name: 'spherical' } }],
      weights: [
        [0, -1.5],
        [-1.5, 0],
      ],
      points: [3, 0.9],
    },
    {
      layers: [{ size: 2, activation: { name: 'softmax', beta: 50 } }],
      weights: [
        [0, -1.5],
        [-1.5, 0],
      ],
      points: [0.345, 0],
    },
  ];
  for (const { points, ...model } of models) {
    const problem = await resolveProblem(
      await readModel({
        format: 'memscape-model/1',
        ...model,
        bias: 1,
        dynamics: { equation: 13, R: 'adaptive-polar' },
        energy: { equation: 4 },
      }),
    );
    const sampling: Points = { kind: 'points', count: 1, states: Float64Array.from(points) };
    // The simulator compares with f64 and throws where the contract is broken.
    const quantities = ['rhs', 'speed', 'energy-rate', 'alive-mask', 'dead-count', 'blind-spot'] as const;
    const { fields } = await simulator.evaluate({ problem, sampling, quantities });
    expect(fields.get('rhs')?.data).toHaveLength(points.length);
  }
});
