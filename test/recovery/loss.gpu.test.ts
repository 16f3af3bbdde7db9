/**
 * Losses on a real device, at every kind of moment: between calls, while something is awaited, while a recovery is
 * under way. The result has the bits of an undisturbed run, each tile comes once, and nothing stays lent.
 */
import { create } from 'webgpu';
import { describe, expect, test } from 'vitest';
import { openGpu, type GpuBackend } from '../../src/gpu/device.js';
import { CpuBackend } from '../../src/cpu/backend.js';
import { RecoveringBackend } from '../../src/recovery/backend.js';
import { Simulator } from '../../src/simulator.js';
import { FaultyGpu, type Faults } from '../kit/faulty-gpu.js';
import { deliver, LONG, planOf, SCENARIOS, WHY_SHORT } from '../kit/scenarios.js';
import { random } from '../random-model.js';

const dawn = create([]);
const RUNS = LONG ? 240 : 18;
const PAUSES = [0, 1, 5, 20];

/** A recovering backend on a GPU with faults, and every device that it opened. */
async function open(faults: Faults, tries = 1) {
  const faulty = new FaultyGpu(dawn, faults);
  const opened: GpuBackend[] = [];
  const backend = await RecoveringBackend.open(
    async () => {
      const gpu = await openGpu(faulty.gpu, { asynchronousPipelines: false, tries });
      opened.push(gpu);
      return gpu;
    },
    { pauses: PAUSES },
  );
  const expectClean = () => {
    expect(opened.map(({ pool }) => pool.lent.buffers)).toEqual(opened.map(() => 0));
    expect(faulty.uncaptured).toEqual([]);
    expect(faulty.openScopes).toBe(0);
  };
  return { faulty, backend, opened, expectClean };
}

/** An undisturbed run, and the moments that it has on a device that is open. */
async function undisturbed(scenario: (typeof SCENARIOS)[number]) {
  const { faulty, backend } = await open({});
  const opening = faulty.moments;
  const plan = await planOf(scenario, backend.profile);
  const { bits } = await deliver(backend, plan);
  const moments = faulty.moments - opening;
  await backend.dispose();
  return { plan, bits, opening, moments };
}

const references = new Map<string, Awaited<ReturnType<typeof undisturbed>>>(
  await Promise.all(SCENARIOS.map(async (s) => [s.name, await undisturbed(s)] as const)),
);

function reference(name: string) {
  const found = references.get(name);
  if (!found) throw new RangeError(name);
  return found;
}

describe(`losses at random moments (${String(RUNS)} runs; ${WHY_SHORT})`, () => {
  const losses = { injected: 0, during: 0 };

  test.for(SCENARIOS.map(({ name }, index) => ({ name, index })))(
    '$name',
    { timeout: 900_000 },
    async ({ name, index }) => {
      const { plan, bits, opening, moments } = reference(name);
      const r = random(100 + index);
      for (let k = 0; k < RUNS / SCENARIOS.length; k++) {
        const first = opening + r.integer(1, moments);
        // A second and a third loss while the next device is opened, or shortly after.
        const more = r.pick([[], [], [r.integer(1, opening)], [3, r.integer(4, opening + moments)]]);
        const faults = {
          lossAt: [first, ...more.map((later) => first + later)],
          destroys: r.uniform() < 0.5,
        };
        const { faulty, backend, expectClean } = await open(faults);
        const found = await deliver(backend, plan);
        const where = JSON.stringify(faults);
        expect(faulty.losses, where).toBeGreaterThanOrEqual(1);
        expect(Buffer.compare(Buffer.from(found.bits.buffer), Buffer.from(bits.buffer)), where).toBe(0);
        expect(new Set(found.times), where).toEqual(new Set([1]));
        expect(found.strays, where).toBe(0);
        // A loss at the last moment may find everything delivered.
        if (backend.losses > 0) expect(found.statistics.notes?.[0], where).toMatch(/lost and opened again/);
        expectClean();
        losses.injected += faulty.losses;
        losses.during += backend.losses;
        await backend.dispose();
      }
    },
  );

  test('the losses did happen', () => {
    expect(losses.injected).toBeGreaterThanOrEqual(RUNS);
    expect(losses.during).toBeGreaterThan(0.8 * RUNS);
    console.log(`${String(losses.injected)} losses injected, ${String(losses.during)} amid a run`);
  });
});

test('no adapter for some time: openGpu waits for it; none at all is exit code 4', async () => {
  const { backend, faulty } = await open({ nullAdapters: 2 }, 3);
  expect(faulty.devices).toBe(1);
  await backend.dispose();
  await expect(open({ nullAdapters: 2 }, 2)).rejects.toMatchObject({ code: 'no-adapter', exitCode: 4 });
});

test('a device that is lost while it is opened for the first time: an error that says so', async () => {
  await expect(open({ lossAt: [12] })).rejects.toMatchObject({ code: 'device-lost', exitCode: 5 });
});

test('two runs at once survive the loss of their device, one after the other, with one new device', async () => {
  const [one, two] = [reference(SCENARIOS[0].name), reference(SCENARIOS[3].name)];
  const { faulty, backend, expectClean } = await open({ lossAt: [one.opening + 80] });
  const [first, second] = await Promise.all([deliver(backend, one.plan), deliver(backend, two.plan)]);
  expect(first.bits).toEqual(one.bits);
  expect(second.bits).toEqual(two.bits);
  expect(faulty.devices).toBe(2);
  expect(second.statistics.notes).toEqual([]);
  expectClean();
  await backend.dispose();
});

test('a device that dies before each tile: given up after four, exit code 5, and what to do', async () => {
  const { plan } = reference(SCENARIOS[0].name);
  const { faulty, backend, expectClean } = await open({});
  // Every device dies at its first submit of the plan: the canary has one of its own.
  let submits = 0;
  faulty.onMoment = () => {
    if (faulty.submits > submits + 1) {
      submits = faulty.submits;
      faulty.lose();
    }
  };
  submits = faulty.submits - 1;
  await expect(backend.run(plan, { onTile: () => undefined })).rejects.toMatchObject({
    code: 'device-gone',
    exitCode: 5,
    what: expect.stringMatching(/4 in a row did not finish a tile/) as string,
    why: expect.stringMatching(/lost on purpose/) as string,
    mend: expect.stringMatching(/--device cpu/) as string,
  });
  expectClean();
  await backend.dispose();
});

test('a GPU that never comes back: exit code 5 for gpu; auto computes everything on the CPU and says so', async () => {
  const { plan, opening } = reference(SCENARIOS[0].name);
  const { problem, quantities } = plan.spec;
  const request = { problem, quantities, sampling: plan.sampling };
  for (const continueOnCpu of [false, true]) {
    const { backend } = await open({ lossAt: [opening + 20], goneAfter: 1 });
    const simulator = new Simulator(backend, new CpuBackend(), { continueOnCpu });
    if (!continueOnCpu) {
      await expect(simulator.evaluate(request)).rejects.toMatchObject({ code: 'device-gone', exitCode: 5 });
      expect(simulator.fallback).toBeUndefined();
    } else {
      const { fields, notes } = await simulator.evaluate(request);
      const cpu = new Simulator(new CpuBackend());
      const expected = await cpu.evaluate(request);
      for (const [quantity, { data, computedBy }] of fields) {
        expect(computedBy.precision).toBe('f64');
        expect(data).toEqual(expected.fields.get(quantity)?.data);
      }
      expect(notes.join()).toMatch(/lost for good.*the CPU computed everything/);
      expect(simulator.fallback?.code).toBe('device-gone');
      expect(simulator.backend.info.device).toBe('cpu');
    }
    await simulator.dispose();
  }
});

test('another adapter after the loss: every tile comes from it, and the result names it', async () => {
  const { plan, bits, opening } = reference(SCENARIOS[0].name);
  const { backend } = await open({
    lossAt: [opening + 120],
    description: (losses) => (losses === 0 ? 'SwiftShader A' : 'SwiftShader B'),
  });
  const { problem, quantities } = plan.spec;
  let before = 0;
  const found = await deliver(backend, plan, {
    onTile: () => {
      if (backend.info.name.includes('A')) before++;
    },
  });
  expect(before).toBeGreaterThan(0);
  expect(found.times.reduce((a, b) => a + b)).toBe(plan.tiles.length + before);
  expect(Math.min(...found.times)).toBe(1);
  expect(found.bits).toEqual(bits);
  expect(found.statistics.notes?.join()).toMatch(/SwiftShader A.*everything again.*SwiftShader B/);
  const progress: number[] = [];
  const simulator = new Simulator(backend);
  const { fields } = await simulator.evaluate({
    problem,
    quantities,
    sampling: plan.sampling,
    onProgress: ({ done, total }) => progress.push(done / total),
  });
  expect(fields.get('energy')?.computedBy.name).toContain('SwiftShader B');
  expect(Math.max(...progress)).toBe(1);
  await simulator.dispose();
});

test('mappings that come late, and ones that are refused, change no bit', async () => {
  const { plan, bits } = reference(SCENARIOS[0].name);
  const r = random(3);
  const { faulty, backend, expectClean } = await open({
    late: () => (r.uniform() < 0.3 ? r.integer(1, 40) : 0),
    slow: () => (r.uniform() < 0.3 ? 5 : 0),
    rejectsMapping: new Set([4, 9]),
  });
  expect((await deliver(backend, plan)).bits).toEqual(bits);
  expect(faulty.devices).toBe(3);
  expectClean();
  await backend.dispose();
});

test('a driver that computes nonsense is found out by the canary, and later by the check against f64', async () => {
  const spoils = (_: number, bytes: Float32Array) => bytes.reverse();
  await expect(open({ spoils })).rejects.toMatchObject({ code: 'adapter-wrong', exitCode: 4 });
  const { backend } = await open({
    spoils: (count, bytes) => (count > 1 ? bytes.reverse() : undefined),
  });
  const { plan } = reference(SCENARIOS[2].name);
  const simulator = new Simulator(backend);
  const { problem, quantities } = plan.spec;
  await expect(simulator.evaluate({ problem, quantities, sampling: plan.sampling })).rejects.toMatchObject({
    code: 'numeric-contract',
    exitCode: 6,
  });
  await simulator.dispose();
});
