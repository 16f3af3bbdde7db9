/** What a backend keeps between runs: buffers within the limits of any device, and not every kernel for ever. */
import { expect, test } from 'vitest';
import { BufferUsage } from '../../src/gpu/flags.js';
import { PipelineCache } from '../../src/gpu/pipeline.js';
import { BufferPool } from '../../src/gpu/pool.js';
import type { Kernel } from '../../src/wgsl/compose.js';

/** A device that makes whatever it is asked for, and counts it. */
function fakeDevice(limit: number) {
  const made = { buffers: [] as { size: number; destroyed: boolean }[], pipelines: 0 };
  const device = {
    limits: { maxBufferSize: 4 * limit, maxStorageBufferBindingSize: limit },
    queue: { submit: () => undefined },
    createBuffer: ({ size, usage }: GPUBufferDescriptor) => {
      const buffer = {
        size,
        usage,
        mapState: 'unmapped',
        destroyed: false,
        destroy: () => (buffer.destroyed = true),
      };
      made.buffers.push(buffer);
      return buffer;
    },
    pushErrorScope: () => undefined,
    popErrorScope: () => Promise.resolve(null),
    createShaderModule: () => ({}),
    createBindGroupLayout: () => ({}),
    createPipelineLayout: () => ({}),
    createComputePipeline: () => ({ pipeline: ++made.pipelines }),
  };
  return { device: device as unknown as GPUDevice, made };
}

test('a storage buffer is never larger than what the device binds, which need not be a power of two', () => {
  const limit = 2 ** 31 - 4;
  const { device, made } = fakeDevice(limit);
  const pool = new BufferPool(device);
  for (const bytes of [1, 256, 257, 1.2e9, limit - 4, limit])
    expect(pool.borrow('output', bytes, BufferUsage.STORAGE).size).toBeGreaterThanOrEqual(bytes);
  for (const { size } of made.buffers) {
    expect(size).toBeLessThanOrEqual(limit);
    expect(size % 4).toBe(0);
  }
  expect(made.buffers.slice(0, 3).map(({ size }) => size)).toEqual([256, 256, 512]);
  expect(pool.borrow('staging', 1.2e9, BufferUsage.MAP_READ).size).toBe(2 ** 31);
});

test('a pool that is closed keeps nothing, nor what comes back later', () => {
  const { device, made } = fakeDevice(2 ** 27);
  const pool = new BufferPool(device);
  const [kept, lent] = [1, 2].map((k) => pool.borrow('output', 1000 * k, BufferUsage.STORAGE));
  pool.giveBack(kept);
  expect(pool.keptBytes).toBe(1024);
  pool.close();
  expect(pool.keptBytes).toBe(0);
  expect(made.buffers.map(({ destroyed }) => destroyed)).toEqual([true, false]);
  pool.giveBack(lent);
  expect(made.buffers.map(({ destroyed }) => destroyed)).toEqual([true, true]);
});

test('kernels that were not used for long are dropped, those in use are not', async () => {
  const { device, made } = fakeDevice(2 ** 27);
  const cache = new PipelineCache(device, false);
  const kernel = (code: string) =>
    ({ code, numbers: [], matrices: [], numberStyle: 'text' }) as unknown as Kernel;
  const used = await cache.get(kernel('in use'), true);
  for (let k = 0; k < 500; k++) {
    await cache.get(kernel(`of model ${String(k)}`), true);
    expect(await cache.get(kernel('in use'), true)).toBe(used);
  }
  expect(made.pipelines).toBe(501);
  expect(cache.size).toBe(64);
  // The last one is still there, the first one is made anew.
  await cache.get(kernel('of model 499'), true);
  expect(made.pipelines).toBe(501);
  await cache.get(kernel('of model 0'), true);
  expect(made.pipelines).toBe(502);
});
