/** A device that goes away in a page, amid a field: another one finishes it with the same bits, or says why not. */
import { expect, test } from 'vitest';
import * as memscape from '../../src/index.js';
import model from '../../models/mlp-feedback.json?raw';
import { compute, hashes, type Request } from './request.js';

const request: Request = { model, size: 300, quantities: ['energy', 'rhs'] };

/** A recovering simulator, and the devices that it was given so far. */
async function open(): Promise<{ simulator: memscape.Simulator; devices: GPUDevice[] }> {
  const devices: GPUDevice[] = [];
  const backend = await memscape.RecoveringBackend.open(async () => {
    const gpu = await memscape.openGpu(navigator.gpu, { asynchronousPipelines: true });
    devices.push(gpu.device);
    return gpu;
  });
  return { simulator: new memscape.Simulator(backend), devices };
}

async function problemAndGrid() {
  const problem = await memscape.resolveProblem(await memscape.readModel(model));
  const n = problem.network.size;
  const unit = (k: number) => Float64Array.from({ length: n }, (_, i) => Number(i === k));
  const extent = [-2.5, 3] as const;
  return {
    problem,
    quantities: ['energy', 'rhs'] as const,
    sampling: {
      kind: 'grid' as const,
      origin: new Float64Array(n),
      axes: [unit(0), unit(1)],
      extent: [extent, extent],
      size: [900, 700],
    },
  };
}

test('destroy() amid a field: the same bits, and the result says what happened', async () => {
  const { simulator, devices } = await open();
  const wanted = await problemAndGrid();
  const expected = await simulator.evaluate(wanted);
  expect(expected.tiles).toBeGreaterThan(2);
  for (const at of [1, 2]) {
    const found = await simulator.evaluate({
      ...wanted,
      onProgress: ({ done }) => {
        if (done === at) devices.at(-1)?.destroy();
      },
    });
    expect(hashes(found)).toEqual(hashes(expected));
    expect(found.notes.join()).toMatch(/lost and opened again/);
    expect(devices).toHaveLength(1 + at);
  }
  await simulator.dispose();
});

test('a device that is destroyed between fields', async () => {
  const { simulator, devices } = await open();
  const expected = hashes(await compute(memscape, simulator, request));
  devices[0].destroy();
  expect(hashes(await compute(memscape, simulator, request))).toEqual(expected);
  expect(devices).toHaveLength(2);
  await simulator.dispose();
});

test('a live field of a lost device says so', async () => {
  const gpu = await memscape.openGpu(navigator.gpu, { asynchronousPipelines: true });
  const live = new memscape.LiveField(gpu);
  const { problem, sampling } = await problemAndGrid();
  const grid = { ...sampling, size: [32, 32] };
  expect((await live.update(problem, grid, ['energy'])).size).toEqual([32, 32]);
  gpu.device.destroy();
  await gpu.device.lost;
  await expect(live.update(problem, grid, ['energy'])).rejects.toMatchObject({
    code: 'device-lost',
    exitCode: 5,
  });
  live.dispose();
});
