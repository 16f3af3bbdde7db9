/**
 * Every example model in a page: WebGPU in Chromium against f64, and against Dawn in Node, which runs the same
 * SwiftShader and so must agree in every bit.
 */
import { afterAll, describe, expect, test } from 'vitest';
import { commands } from 'vitest/browser';
import * as memscape from '../../src/index.js';
import type { Quantity } from '../../src/index.js';
import type { DawnResult } from './dawn-command.js';
import { compute, hashes, type Request } from './request.js';

const models = import.meta.glob('../../models/*.json', { query: '?raw', import: 'default', eager: true });

const quantities: Quantity[] = [
  'energy',
  'residual',
  'speed',
  'rhs',
  'energy-gradient',
  'energy-rate',
  'dead-count',
  'alive-mask',
  'blind-spot',
];
// Models that name files need a server for them, and their kernels are no others.
const requests = Object.entries(models)
  .filter(([, model]) => !String(model).includes('"file"'))
  .map(([path, model]): [string, Request] => [
    path.replace(/.*\/(.*)\.json/, '$1'),
    { model: String(model), size: 48, quantities },
  ]);
/** Where a threshold lies within rounding, a mask of f32 may differ from that of f64. */
const MASKS: ReadonlySet<Quantity> = new Set(['dead-count', 'alive-mask', 'blind-spot']);

const gpu = new memscape.Simulator(await memscape.openGpu(navigator.gpu, { asynchronousPipelines: true }));
const cpu = new memscape.Simulator(new memscape.CpuBackend());
afterAll(() => Promise.all([gpu.dispose(), cpu.dispose()]));

test('a page gets WebGPU, in f32', () => {
  expect(gpu.backend.info).toMatchObject({ device: 'gpu', precision: 'f32' });
});

describe.each(requests)('%s', (_, request) => {
  test('agrees with f64', async () => {
    // evaluate() itself throws where a sampled point breaks the numeric contract.
    const { fields } = await compute(memscape, gpu, request);
    const f64 = await compute(memscape, cpu, request);
    for (const [quantity, { data, shape, check }] of fields) {
      expect(shape, quantity).toEqual(f64.fields.get(quantity)?.shape);
      expect(check?.points, quantity).toBeGreaterThan(0);
      const twin = [...(f64.fields.get(quantity)?.data ?? [])];
      const scale = twin.reduce((largest, x) => Math.max(largest, Math.abs(x)), 1);
      const apart = [...data].filter((x, i) => Math.abs(x - twin[i]) > 1e-5 * scale).length;
      expect(apart, quantity).toBeLessThanOrEqual(MASKS.has(quantity) ? data.length / 100 : 0);
    }
  });

  test('agrees with Dawn in every bit', async () => {
    const dawn: DawnResult = await commands.computeWithDawn(request);
    expect(hashes(await compute(memscape, gpu, request))).toEqual(dawn.hashes);
  });
});
