/**
 * GPU processes that are killed, hang, or never come back, under the real supervisor of the built library: the same
 * bits from a new process, exit code 5 where there is none, the CPU where the user left the choice.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import type * as Library from '../../src/index.js';
import type * as NodeLibrary from '../../src/node.js';
import { gpuProcesses, signalGpu } from '../kit/processes.js';
import { random } from '../random-model.js';

const LONG = process.env.MEMSCAPE_LONG === '1';
const WHY_SHORT = `MEMSCAPE_LONG=1 runs the full count${LONG ? ', and is set' : ''}`;
const KILLS = LONG ? 60 : 2;
const ABORTS = LONG ? 300 : 5;

const dist = (name: string) =>
  import(/* @vite-ignore */ new URL(`../../dist/${name}.js`, import.meta.url).href);
const { readModel, resolveProblem, RecoveringBackend, Simulator } = (await dist('index')) as typeof Library;
const { openSimulator, gpuOpener } = (await dist('node')) as typeof NodeLibrary;

const folder = mkdtempSync(join(tmpdir(), 'memscape-loss-'));
const MODEL = {
  format: 'memscape-model/1',
  layers: [{ size: 40, activation: 'tanh' }],
  weights: { random: 'goe', seed: 1 },
};
const modelFile = join(folder, 'model.json');
writeFileSync(modelFile, JSON.stringify(MODEL));
const problem = await resolveProblem(await readModel(MODEL));
const sampling = {
  kind: 'grid' as const,
  origin: new Float64Array(40),
  axes: [0, 1].map((k) => Float64Array.from({ length: 40 }, (_, i) => Number(i === k))),
  extent: [[-2, 2] as const, [-2, 2] as const],
  size: [256, 256],
};
const request = { problem, sampling, quantities: ['energy', 'residual'] as const };

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

let timers: NodeJS.Timeout[] = [];
afterEach(() => {
  for (const timer of timers) clearInterval(timer);
  timers = [];
});

async function reference() {
  const { simulator } = await openSimulator('gpu');
  // The first one compiles as well.
  await simulator.evaluate(request);
  const { fields, wallMilliseconds: milliseconds, tiles } = await simulator.evaluate(request);
  return { simulator, fields, milliseconds, tiles };
}

test(`killed at ${String(KILLS)} random moments: the same bits (${WHY_SHORT})`, async () => {
  const { simulator, fields, milliseconds } = await reference();
  const r = random(21);
  let [kills, losses] = [0, 0];
  while (losses < KILLS) {
    timers.push(
      setTimeout(() => (kills += signalGpu('SIGKILL')), r.uniform(0, milliseconds)),
      // A second one, which often meets the next process while it starts.
      setTimeout(
        () => (kills += r.uniform() < 0.4 ? signalGpu('SIGKILL') : 0),
        milliseconds + r.uniform(0, milliseconds),
      ),
    );
    const found = await simulator.evaluate(request);
    for (const timer of timers.splice(0)) clearTimeout(timer);
    for (const [quantity, { data }] of fields) expect(found.fields.get(quantity)?.data).toEqual(data);
    if (found.notes.some((note) => note.includes('lost and opened again'))) losses++;
  }
  expect(kills).toBeGreaterThanOrEqual(KILLS);
  console.log(`${String(kills)} kills, ${String(losses)} runs that lost their process`);
  await simulator.dispose();
  await expect.poll(() => gpuProcesses().length).toBe(0);
}, 900_000);

test('a process that hangs is ended after the deadline, and another one finishes', async () => {
  const backend = await RecoveringBackend.open(gpuOpener(process.env, { silenceMilliseconds: 700 }));
  const simulator = new Simulator(backend);
  const { fields } = await simulator.evaluate(request);
  let stopped = 0;
  const { fields: again, notes } = await simulator.evaluate({
    ...request,
    onProgress: ({ done }) => {
      if (done === 2 && stopped === 0) stopped = signalGpu('SIGSTOP');
    },
  });
  expect(stopped).toBe(1);
  expect(backend.losses).toBe(1);
  expect(notes.join()).toMatch(/lost and opened again/);
  expect(again.get('energy')?.data).toEqual(fields.get('energy')?.data);
  await simulator.dispose();
});

test('a GPU that is killed as soon as it is there: device-gone for gpu, everything on the CPU for auto', async () => {
  for (const device of ['gpu', 'auto'] as const) {
    const { simulator } = await openSimulator(device);
    timers.push(setInterval(() => signalGpu('SIGKILL'), 60));
    const evaluation = simulator.evaluate({ ...request, quantities: ['energy'] });
    if (device === 'gpu')
      await expect(evaluation).rejects.toMatchObject({ code: 'device-gone', exitCode: 5 });
    else {
      const { fields, notes } = await evaluation;
      expect(fields.get('energy')?.computedBy).toMatchObject({ device: 'cpu', precision: 'f64' });
      expect(notes.join()).toMatch(/the CPU computed everything/);
    }
    for (const timer of timers.splice(0)) clearInterval(timer);
    await simulator.dispose();
  }
});

/** The command line, with its GPU killed amid the work and never coming back. */
function doomed(device: string, out: string): Promise<{ code: number; stdout: string; stderr: string }> {
  const argv = ['field', modelFile, '--size', '250', '--device', device, '--out', out];
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--import', './test/kit/doomed-gpu.mjs', 'dist/cli/main.js', ...argv],
      (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
      },
    );
  });
}

test('the command line: exit code 5 with a mend for --device gpu; auto writes a field of the CPU', async () => {
  const lost = await doomed('gpu', join(folder, 'gpu'));
  expect(lost.stderr).toMatch(/the GPU was lost for good/);
  expect(lost.stderr).toMatch(/mend: .*--device cpu/);
  expect(lost.code).toBe(5);
  const { code, stderr } = await doomed('auto', join(folder, 'auto'));
  expect(stderr).toMatch(/the CPU computed everything/);
  expect(code).toBe(0);
  const { provenance } = JSON.parse(readFileSync(join(folder, 'auto', 'field.json'), 'utf8')) as {
    provenance: { computedBy: unknown };
  };
  expect(provenance.computedBy).toMatchObject({
    requested: 'auto',
    device: 'cpu',
    precision: 'f64',
    fallback: { code: 'device-gone' },
  });
});

test(`${String(ABORTS)} aborts: the process stops soon and takes the next run (${WHY_SHORT})`, async () => {
  const { simulator, fields, milliseconds, tiles } = await reference();
  const processes = gpuProcesses();
  const r = random(31);
  const settles: number[] = [];
  while (settles.length < ABORTS) {
    const abort = new AbortController();
    let aborted = Infinity;
    const timer = setTimeout(
      () => {
        aborted = performance.now();
        abort.abort(new Error('enough'));
      },
      r.uniform(0, 0.9 * milliseconds),
    );
    let late = 0;
    const outcome = await simulator
      .evaluate({
        ...request,
        signal: abort.signal,
        onProgress: () => {
          if (abort.signal.aborted) late++;
        },
      })
      .catch((error: unknown) => error);
    clearTimeout(timer);
    expect(late).toBe(0);
    if (abort.signal.aborted && outcome === abort.signal.reason) settles.push(performance.now() - aborted);
  }
  settles.sort((a, b) => a - b);
  const [median, p99] = [0.5, 0.99].map((q) => settles[Math.ceil(q * settles.length) - 1]);
  console.log(
    `settled after ${median.toFixed(0)} ms in the median, ${p99.toFixed(0)} ms at 99 %; a tile takes ${(milliseconds / tiles).toFixed(0)} ms`,
  );
  // After the tile that is under way; tiles differ in how long they take beside other work.
  expect(p99).toBeLessThan(250 + (3 * milliseconds) / tiles);
  const { fields: next, notes } = await simulator.evaluate(request);
  expect(notes).toEqual([]);
  for (const [quantity, { data }] of fields) expect(next.get(quantity)?.data).toEqual(data);
  expect(gpuProcesses()).toEqual(processes);
  await simulator.dispose();
}, 900_000);
