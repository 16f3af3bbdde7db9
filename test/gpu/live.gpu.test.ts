/** A field that stays on the GPU: the same numbers as a field that is read back, for any number of rows. */
import { expect, test } from 'vitest';
import { LiveField } from '../../src/gpu/live.js';
import { Simulator } from '../../src/simulator.js';
import type { Grid } from '../../src/types.js';
import { backend } from '../gpu-backend.js';
import { randomProblem } from '../random-model.js';

/** The plane of the first two of n neurons, |y_i| <= reach. */
function sliceOf(n: number, reach: number, size: readonly number[]): Grid {
  const axes = [0, 1].map((k) => Float64Array.from({ length: n }, (_, i) => Number(i === k)));
  const extent = [-reach, reach] as const;
  return { kind: 'grid', origin: new Float64Array(n), axes, extent: [extent, extent], size };
}

test('every row of every plane is there, also when rows do not fill a walk', async () => {
  const problem = await randomProblem({
    activation: 'sigmoid',
    equation: 13,
    design: 'gradient',
    energy: 14,
    thirdAlone: true,
    size: 3,
    seed: 8,
  });
  const live = new LiveField(backend);
  const simulator = new Simulator(backend);
  for (const size of [
    [33, 47],
    [64, 64],
    [16, 5],
  ]) {
    const grid = sliceOf(3, 2, size);
    const quantities = ['energy', 'residual'] as const;
    const { buffer, rows } = await live.update(problem, grid, quantities);
    const { fields } = await simulator.evaluate({ problem, sampling: grid, quantities });
    const [columns, count] = size;
    const staging = backend.device.createBuffer({ size: 8 * columns * rows, usage: 0x9 });
    const encoder = backend.device.createCommandEncoder();
    encoder.copyBufferToBuffer(buffer, 0, staging, 0, 8 * columns * rows);
    backend.device.queue.submit([encoder.finish()]);
    await staging.mapAsync(1);
    const values = new Float32Array(staging.getMappedRange().slice(0));
    staging.unmap();
    quantities.forEach((quantity, plane) => {
      const field = fields.get(quantity)?.data;
      for (let at = 0; at < columns * count; at++)
        expect(Math.abs(values[plane * columns * rows + at] - (field?.[at] ?? NaN))).toBeLessThan(1e-4);
    });
  }
  live.dispose();
});

test('the last result may be drawn until the next one is there, also where that takes more room', async () => {
  const problem = await randomProblem({
    activation: 'sigmoid',
    equation: 1,
    design: 'identity',
    energy: 14,
    thirdAlone: true,
    size: 2,
    seed: 3,
  });
  const live = new LiveField(backend);
  const { device } = backend;
  const isUsable = async (buffer: GPUBuffer) => {
    device.pushErrorScope('validation');
    const encoder = device.createCommandEncoder();
    const copy = device.createBuffer({ size: 64, usage: 0x8 });
    encoder.copyBufferToBuffer(buffer, 0, copy, 0, 64);
    device.queue.submit([encoder.finish()]);
    return (await device.popErrorScope()) === null;
  };
  const { buffer } = await live.update(problem, sliceOf(2, 2, [16, 16]), ['energy']);
  const larger = live.update(problem, sliceOf(2, 2, [64, 64]), ['energy']);
  expect(await isUsable(buffer)).toBe(true);
  expect((await larger).buffer).not.toBe(buffer);
  expect(await isUsable(buffer)).toBe(true);
  await live.update(problem, sliceOf(2, 2, [64, 64]), ['energy']);
  expect(await isUsable(buffer)).toBe(false);
  live.dispose();
});

test('another number of rows, other weights and another box compile nothing', async () => {
  const live = new LiveField(backend);
  const problemOf = (seed: number) =>
    randomProblem({
      activation: 'tanh',
      equation: 1,
      design: 'identity',
      energy: 4,
      thirdAlone: false,
      size: 2,
      seed,
    });
  const compiled: number[] = [];
  for (const [seed, rows, reach] of [
    [1, 64, 2],
    [2, 61, 2],
    [3, 30, 5],
  ]) {
    await live.update(await problemOf(seed), sliceOf(2, reach, [32, rows]), ['energy']);
    compiled.push(backend.pipelines.size);
  }
  expect(compiled).toEqual([compiled[0], compiled[0], compiled[0]]);
  live.dispose();
});
