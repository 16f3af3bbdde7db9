/**
 * Memory that runs out, at any buffer and at first use: what is unfinished is halved and the bits stay; where nothing
 * helps, an error says how much was asked for. Devices that are lost often say that memory is short: they are lost.
 */
import { create } from 'webgpu';
import { afterEach, describe, expect, test } from 'vitest';
import { openGpu, type GpuBackend } from '../../src/gpu/device.js';
import { LiveField } from '../../src/gpu/live.js';
import type { Plan } from '../../src/plan/plan.js';
import { RecoveringBackend } from '../../src/recovery/backend.js';
import { Remainder } from '../../src/recovery/remainder.js';
import { FaultyGpu } from '../kit/faulty-gpu.js';
import { cutInto, deliver, LONG, planOf, SCENARIOS, WHY_SHORT } from '../kit/scenarios.js';
import { random } from '../random-model.js';

const faulty = new FaultyGpu(create([]));
const gpu: GpuBackend = await openGpu(faulty.gpu, { asynchronousPipelines: false });
const backend = await RecoveringBackend.open(() => Promise.resolve(gpu), { pauses: [0] });

afterEach(() => {
  faulty.faults = {};
  expect(gpu.pool.lent).toEqual({ buffers: 0, bytes: 0, largest: 0 });
  // Every error was taken by a scope, and every scope was closed.
  expect(faulty.uncaptured).toEqual([]);
  expect(faulty.openScopes).toBe(0);
});

/** Refuses buffers of more than `bytes`, as a small GPU would. */
const smallerThan = (bytes: number) => ({ refusesBuffer: (_: number, size: number) => size > bytes });

/** Frees what the pool keeps, so that every buffer is asked for again. */
const forget = () => {
  gpu.pool.shrink();
};

const RUNS = LONG ? 20 : 3;

describe(`memory refused at random (${String(RUNS)} times for each; ${WHY_SHORT})`, () => {
  test.for(SCENARIOS)('$name', async (scenario) => {
    const plan = await planOf(scenario, backend.profile);
    const { bits } = await deliver(backend, plan);
    const r = random(7);
    let refused = 0;
    for (let k = 0; k < RUNS; k++) {
      forget();
      const [buffers, submits] = [faulty.buffers, faulty.submits];
      const atBuffer = buffers + r.integer(1, 8);
      faulty.faults = {
        refusesBuffer: (count) => count === atBuffer && ++refused > 0,
        refusesSubmit: new Set(r.uniform() < 0.5 ? [submits + r.integer(1, 3)] : []),
      };
      const found = await deliver(backend, plan);
      expect(found.bits).toEqual(bits);
      expect(found.times.every((n) => n === 1) && found.strays === 0).toBe(true);
      expect(backend.losses).toBe(0);
    }
    expect(refused).toBeGreaterThan(0);
  });
});

test('a small GPU gets tiles that it can hold, and the result says so', async () => {
  const one = await planOf({ ...SCENARIOS[0], points: [200, 160] }, backend.profile);
  const plan = cutInto(one, 200, 160);
  const { bits } = await deliver(backend, plan);
  forget();
  faulty.faults = smallerThan(64 * 1024);
  const found = await deliver(backend, plan);
  expect(found.bits).toEqual(bits);
  expect(found.times).toEqual([1]);
  expect(found.statistics.notes?.join()).toMatch(/short of memory/);
  forget();
  // Half a megabyte in 32 parts is as small as it gets.
  faulty.faults = smallerThan(8 * 1024);
  await expect(deliver(backend, plan)).rejects.toMatchObject({
    code: 'gpu-memory',
    exitCode: 5,
    what: expect.stringMatching(
      /\d+ bytes were asked for, \d+ of them in one buffer \(its limit is \d+\)/,
    ) as string,
  });
  faulty.faults = {};
  expect((await deliver(backend, plan)).bits).toEqual(bits);
});

test('a real device that is asked for more than it has', async () => {
  const plan = cutInto(await planOf({ ...SCENARIOS[0], points: [64, 64] }, backend.profile), 64, 64);
  // 2^40 bytes of workspace: a plan that no planner makes.
  const tooMuch: Plan = {
    ...plan,
    spec: { ...plan.spec, numbers: 'storage', rowsPerInvocation: 1 },
    lanes: 2 ** 34,
  };
  await expect(gpu.run(tooMuch, { onTile: () => undefined })).rejects.toMatchObject({
    code: expect.stringMatching(/^gpu-(memory|command)$/) as string,
  });
  expect((await deliver(gpu, plan)).times).toEqual([1]);
});

test('a command that the device refuses is an internal error with its words, not garbage', async () => {
  const plan = await planOf(SCENARIOS[0], backend.profile);
  // Bind groups with an entry too few, as a fault in a layout would make them.
  const real = gpu.device.createBindGroup.bind(gpu.device);
  const put = (value: typeof real) =>
    Object.defineProperty(gpu.device, 'createBindGroup', { configurable: true, value });
  put((d) => real({ ...d, entries: [...d.entries].slice(1) }));
  const run = gpu.run(plan, { onTile: () => expect.unreachable() });
  await expect(run).rejects.toMatchObject({
    code: 'gpu-command',
    exitCode: 1,
    what: expect.stringMatching(/bind/i) as string,
  });
  put(real);
  expect((await deliver(gpu, plan)).strays).toBe(0);
});

test('many runs at once, one of them impossible: it alone fails', async () => {
  const plans = await Promise.all(SCENARIOS.slice(0, 4).map((s) => planOf(s, backend.profile)));
  const expected = await Promise.all(plans.map((plan) => deliver(gpu, plan)));
  const impossible: Plan = {
    ...plans[0],
    spec: { ...plans[0].spec, numbers: 'storage', rowsPerInvocation: 1 },
    lanes: 2 ** 34,
  };
  const count = LONG ? 64 : 16;
  const runs = Array.from({ length: count }, (_, k) => deliver(gpu, k === 5 ? impossible : plans[k % 4]));
  const results = await Promise.allSettled(runs);
  expect(results.map(({ status }, k) => (status === 'rejected' ? k : -1)).filter((k) => k >= 0)).toEqual([5]);
  results.forEach((result, k) => {
    if (result.status === 'fulfilled') expect(result.value.bits).toEqual(expected[k % 4].bits);
  });
});

test('memory that is short because the device is gone: it is gone', async () => {
  const lost = new FaultyGpu(create([]));
  const other = await openGpu(lost.gpu, { asynchronousPipelines: false });
  const plan = await planOf(SCENARIOS[0], other.profile);
  lost.faults = { refusesBuffer: () => true };
  lost.lose();
  await expect(deliver(other, plan)).rejects.toMatchObject({ code: 'device-lost' });
  const live = new LiveField(other);
  if (plan.sampling.kind !== 'grid') throw new TypeError('a grid');
  await expect(live.update(plan.spec.problem, plan.sampling, ['energy'])).rejects.toMatchObject({
    code: 'device-lost',
  });
});

test('a live field for which there is no memory says so, and works once there is', async () => {
  const { spec, sampling } = await planOf(SCENARIOS[0], backend.profile);
  if (sampling.kind !== 'grid') throw new TypeError('a grid');
  const live = new LiveField(gpu);
  faulty.faults = smallerThan(4096);
  await expect(live.update(spec.problem, sampling, ['energy'])).rejects.toMatchObject({ code: 'gpu-memory' });
  faulty.faults = {};
  expect((await live.update(spec.problem, sampling, ['energy'])).size).toEqual(sampling.size);
  live.dispose();
});

test('halves cover what is left, to single points, and give whole tiles again', async () => {
  const plan = await planOf(SCENARIOS[1], backend.profile);
  const left = new Remainder(plan);
  const count = (tiles: Plan['tiles']) => tiles.reduce((sum, t) => sum + t.columns * t.rows, 0);
  let halvings = 0;
  while (left.halve()) {
    halvings++;
    expect(count(left.plan().tiles)).toBe(33 * 47);
  }
  expect(halvings).toBeGreaterThan(5);
  expect(
    left.plan().tiles.every(({ columns, rows }) => columns === 1 && rows <= plan.spec.rowsPerInvocation),
  ).toBe(true);
  const whole = left.plan().tiles.flatMap((tile) => {
    const values = new Float32Array(tile.columns * tile.rows);
    for (let row = 0; row < tile.rows; row++) values[row] = 100 * (tile.row + row) + tile.column;
    return left.take({ tile, values }) ?? [];
  });
  expect(whole.map(({ tile }) => tile)).toEqual(plan.tiles);
  for (const { tile, values } of whole)
    values.forEach((value, at) => {
      const [row, column] = [Math.floor(at / tile.columns), at % tile.columns];
      expect(value).toBe(100 * (tile.row + row) + tile.column + column);
    });
});
