/** The supervisor of the GPU process: what users of Node get when drivers are missing, and when the process dies. */
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import type * as Library from '../../src/index.js';
import type * as NodeLibrary from '../../src/node.js';
import { attempts } from '../../src/gpu/supervised.node.js';

const dist = (name: string) =>
  import(/* @vite-ignore */ new URL(`../../dist/${name}.js`, import.meta.url).href);
const { createPlan, readModel, resolveProblem } = (await dist('index')) as typeof Library;
const { openSimulator, openSupervisedGpu } = (await dist('node')) as typeof NodeLibrary;

const problem = await resolveProblem(
  await readModel({
    format: 'memscape-model/1',
    layers: [{ size: 40, activation: 'tanh' }],
    weights: { random: 'goe', seed: 1 },
  }),
);
const sampling = {
  kind: 'grid' as const,
  origin: new Float64Array(40),
  axes: [0, 1].map((k) => Float64Array.from({ length: 40 }, (_, i) => Number(i === k))),
  extent: [[-2, 2] as const, [-2, 2] as const],
  size: [640, 640],
};

test('drivers are tried in order: as the user has it, then software in known places, unless the user chose', () => {
  const exists = (path: string) => path.startsWith('/usr/lib/chromium/');
  const found = attempts({ PATH: 'x' }, exists);
  expect(found).toHaveLength(3);
  expect(found[0]).toEqual({ PATH: 'x' });
  expect(found[1].VK_ICD_FILENAMES).toBe('/usr/lib/chromium/vk_swiftshader_icd.json');
  expect(found[2].LD_LIBRARY_PATH).toBe('/usr/lib/chromium');
  expect(attempts({ VK_DRIVER_FILES: 'mine.json' }, exists)).toEqual([{ VK_DRIVER_FILES: 'mine.json' }]);
  expect(attempts({ VK_ICD_FILENAMES: 'mine.json' }, exists)).toHaveLength(1);
  expect(attempts({}, () => false)).toEqual([{}]);
});

test('a driver that the user chose and that does not exist: no adapter, exit code 4, what to install', async () => {
  const env = { ...process.env, VK_ICD_FILENAMES: '/nowhere.json', VK_DRIVER_FILES: '/nowhere.json' };
  await expect(openSupervisedGpu(env)).rejects.toMatchObject({
    code: 'no-adapter',
    exitCode: 4,
    mend: expect.stringContaining('apt install') as string,
  });
});

test('the process killed amid a run: an error with exit code 5, finished tiles kept, no wait without end', async () => {
  const gpu = await openSupervisedGpu();
  expect(gpu.info.software).toBe(true);
  const plan = createPlan({ problem, sampling, quantities: ['energy'] }, gpu.profile);
  expect(plan.tiles.length).toBeGreaterThan(4);
  let tiles = 0;
  const run = gpu.run(plan, {
    onTile: () => {
      if (++tiles === 2) kill();
    },
  });
  await expect(run).rejects.toMatchObject({ code: 'device-lost', exitCode: 5 });
  expect(tiles).toBeGreaterThanOrEqual(2);
  await expect(gpu.run(plan, { onTile: () => undefined })).rejects.toMatchObject({ code: 'device-lost' });
  await gpu.dispose();
});

/** Ends the GPU processes of this test process only. */
function kill(): void {
  const rows = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)])
    .toString()
    .split('\n');
  const pids = rows.filter((row) => row.includes('gpu/child.js')).map((row) => Number.parseInt(row, 10));
  expect(pids.length).toBeGreaterThan(0);
  for (const pid of pids) process.kill(pid, 'SIGKILL');
}

test('an abort settles soon, and the process takes the next run', async () => {
  const { simulator, fallback } = await openSimulator('gpu');
  expect(fallback).toBeUndefined();
  const abort = new AbortController();
  const started = performance.now();
  const run = simulator.evaluate({
    problem,
    sampling: { ...sampling, size: [512, 512] },
    quantities: ['energy'],
    signal: abort.signal,
    onProgress: ({ done }) => {
      if (done === 2) abort.abort(new Error('enough'));
    },
  });
  await expect(run).rejects.toThrow('enough');
  expect(performance.now() - started).toBeLessThan(20_000);
  const { fields } = await simulator.evaluate({
    problem,
    sampling: { ...sampling, size: [8, 8] },
    quantities: ['energy', 'certificate'],
  });
  expect(fields.get('energy')?.computedBy.precision).toBe('f32');
  // Matrices of 40 neurons are built on the CPU, and the result says so.
  expect(fields.get('certificate')?.computedBy.precision).toBe('f64');
  await simulator.dispose();
});
