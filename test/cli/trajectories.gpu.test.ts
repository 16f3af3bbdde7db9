/** `memscape trajectories --device gpu`, and when `auto` takes a GPU. */
import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { CpuBackend } from '../../src/cpu/backend.js';
import { readNpy, writeNpy } from '../../src/io/npy.js';
import { existsSync, writeFileSync } from 'node:fs';
import { Simulator } from '../../src/simulator.js';
import { backend } from '../gpu-backend.js';
import { bytesOf, cli, freshFolder, model } from './helpers.js';

const folder = freshFolder();
/** The device of this process outlives a command. */
const kept = new Proxy(backend, {
  get: (target, name) => {
    if (name === 'dispose') return () => Promise.resolve();
    const value: unknown = Reflect.get(target, name, target);
    return typeof value === 'function' ? (value.bind(target) as unknown) : value;
  },
});
const asked: string[] = [];
const trajectories = (name: string, ...flags: string[]) =>
  cli(['trajectories', model('winner-take-all'), '--out', `${folder}/${name}.npz`, '--json', ...flags], {
    open: (device) => {
      asked.push(String(device));
      return Promise.resolve({
        simulator: device === 'cpu' ? new Simulator(new CpuBackend()) : new Simulator(kept),
      });
    },
  });
const arraysOf = (name: string) => {
  const files = unzipSync(bytesOf(`${folder}/${name}.npz`));
  return (array: string) => readNpy(files[`${array}.npy`], { nonFinite: true });
};

test('the same states, energies and outcomes as in f64, to f32', async () => {
  const flags = ['--points', '2,0.5;0.5,2;2,2', '--times', '0.5,2,8'];
  const found = await trajectories('gpu', ...flags, '--device', 'gpu');
  expect(found.code).toBe(0);
  expect(JSON.parse(found.stdout)).toMatchObject({
    outcomes: { converged: 2, 'saddle-slow': 1 },
    rtol: 1e-5,
    atol: 1e-7,
    precision: 'f32',
    provenance: { computedBy: { requested: 'gpu', device: 'gpu' } },
  });
  expect((await trajectories('cpu', ...flags)).code).toBe(0);
  expect(asked).toEqual(['gpu', 'cpu']);
  const [gpu, exact] = [arraysOf('gpu'), arraysOf('cpu')];
  for (const name of ['states', 'energy']) {
    expect(gpu(name).shape).toEqual(exact(name).shape);
    gpu(name).data.forEach((v, i) => {
      expect(Math.abs(v - exact(name).data[i])).toBeLessThan(1e-5);
    });
  }
  for (const name of ['outcome', 'attractor']) expect([...gpu(name).data]).toEqual([...exact(name).data]);
});

test('auto takes the GPU for many starts, and f64 where the tolerance asks for it', async () => {
  const count = 5000;
  const starts = Float64Array.from({ length: 2 * count }, (_, k) => 3 * Math.sin(k));
  writeFileSync(`${folder}/starts.npy`, writeNpy([count, 2], starts));
  const flags = ['--points', `${folder}/starts.npy`, '--times', '1'];
  asked.length = 0;
  const { code, stderr, stdout } = await trajectories('many', ...flags);
  expect(code).toBe(0);
  expect(stderr).toContain('f32');
  const { outcomes } = JSON.parse(stdout) as { outcomes: Record<string, number> };
  expect(outcomes).toEqual({ converged: count });
  const few = await trajectories('few', '--points', '1,1;2,2', '--times', '1', '--rtol', '1e-8');
  expect(few.code).toBe(0);
  expect(asked).toEqual(['auto', 'cpu']);
});

test('--resume is refused on a GPU, and so is to write over what an interrupted run left', async () => {
  const flags = ['--points', '2,0.5', '--times', '1', '--device', 'gpu'];
  asked.length = 0;
  const refused = await trajectories('resumed', ...flags, '--resume');
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('--resume') as string });
  expect(asked).toEqual([]);
  const journal = `${folder}/left.npz.journal`;
  writeFileSync(journal, 'hours of work');
  expect(await trajectories('left', ...flags)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--force') as string,
  });
  expect(existsSync(journal)).toBe(true);
  expect((await trajectories('left', ...flags, '--force')).code).toBe(0);
  expect(existsSync(journal)).toBe(false);
});
