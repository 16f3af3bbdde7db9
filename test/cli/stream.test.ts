/** `field` tile by tile, in this process: the same result as in memory, interrupted, gone on, on a full disk. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Backend } from '../../src/backend.js';
import type { Io } from '../../src/cli/run.js';
import { CpuBackend } from '../../src/cpu/backend.js';
import { loadModel, readNpy, writeNpy } from '../../src/node.js';
import { loadAlgebra } from '../../src/model/algebra.js';
import { Evaluator } from '../../src/model/evaluator.js';
import { resolveProblem } from '../../src/model/problem.js';
import { Simulator } from '../../src/simulator.js';
import { bytesOf, cli, freshFolder, jsonOf, model, namesIn } from './helpers.js';

const folder = freshFolder();
const at = (name: string) => join(folder, name);

/** A field of eight tiles: a matrix is decomposed at every point. A volume, as pictures take longer than it. */
const slow = (out: string, ...more: string[]) => [
  'field',
  model('mlp-feedback'),
  '--quantity',
  'certificate,rhs',
  '--size',
  '16x16x16',
  '--device',
  'cpu',
  '--out',
  out,
  ...more,
];

/** The CPU, calling `each` before every tile of the plan that is `slow`. */
function watched(each: (tile: number) => void): Partial<Io> {
  const cpu = new CpuBackend();
  const backend: Backend = {
    info: cpu.info,
    profile: cpu.profile,
    dispose: () => cpu.dispose(),
    run: (plan, options) => {
      let tile = 0;
      const watchedTiles = plan.spec.quantities.includes('certificate') && plan.spec.quantities.length > 1;
      return cpu.run(plan, {
        ...options,
        onTile: async (result) => {
          if (watchedTiles) each(tile++);
          await options.onTile(result);
        },
      });
    },
  };
  return { open: () => Promise.resolve({ simulator: new Simulator(backend) }) };
}

/** Interrupts `slow` at a tile. */
async function interrupted(out: string, atTile: number, ...more: string[]) {
  const abort = new AbortController();
  const io = watched((tile) => {
    if (tile !== atTile) return;
    abort.abort();
    // Before the first tile was taken.
    if (tile === 0) abort.signal.throwIfAborted();
  });
  return await cli(slow(out, ...more), { ...io, signal: abort.signal });
}

interface FieldJson {
  readonly fields: Record<string, unknown>;
}

describe('--stream', () => {
  test('writes what is written without it', async () => {
    const plane = [...slow(at('plane-memory')).slice(0, 4), '--size', '24', '--out'];
    const reference = await cli([...plane, at('plane-memory')]);
    const { code, stderr } = await cli([...plane, at('plane'), '--stream']);
    expect([reference.code, code]).toEqual([0, 0]);
    expect(stderr).toMatch(
      /24 x 24 samples: 45\.\d KiB in certificate\.npy, rhs\.npy of the .* that are free, planned for/,
    );
    expect(namesIn(at('plane'))).toEqual(namesIn(at('plane-memory')));
    for (const name of namesIn(at('plane')).filter((n) => n !== 'field.json'))
      expect(bytesOf(at('plane'), name)).toEqual(bytesOf(at('plane-memory'), name));
    const fields = (name: string) => (jsonOf(at(name), 'field.json') as FieldJson).fields;
    expect(fields('plane')).toEqual(fields('plane-memory'));
  });

  test('a volume with general axes is [q][t][s]', async () => {
    const n = 9;
    const axes = Float64Array.from({ length: 3 * n }, (_, k) => Math.sin(k * k));
    writeFileSync(at('axes.npy'), writeNpy([3, n], axes));
    const argv = ['field', model('mlp-feedback'), '--size', '6x5x4', '--extent', '-1:1,-2:1,0:3'];
    const given = ['--axes', at('axes.npy'), '--quantity', 'energy,rhs', '--out', at('volume'), '--stream'];
    expect(await cli([...argv, ...given])).toMatchObject({ code: 0 });
    expect(namesIn(at('volume'))).toEqual(['energy.npy', 'field.json', 'rhs.npy']);
    const energy = readNpy(bytesOf(at('volume'), 'energy.npy'));
    const rhs = readNpy(bytesOf(at('volume'), 'rhs.npy'));
    expect([energy.shape, rhs.shape]).toEqual([
      [4, 5, 6],
      [4, 5, 6, n],
    ]);
    const twin = new Evaluator(
      await resolveProblem(await loadModel(model('mlp-feedback'))),
      await loadAlgebra(),
    );
    for (let q = 0; q < 4; q++)
      for (let t = 0; t < 5; t++)
        for (let s = 0; s < 6; s++) {
          const [a, b, c] = [-1 + (2 * (s + 0.5)) / 6, -2 + (3 * (t + 0.5)) / 5, (3 * (q + 0.5)) / 4];
          twin.moveTo(
            Float64Array.from({ length: n }, (_, i) => a * axes[i] + b * axes[n + i] + c * axes[2 * n + i]),
          );
          const point = (q * 5 + t) * 6 + s;
          expect(energy.data[point]).toBeCloseTo(twin.energy(), 12);
          expect(rhs.data[point * n + 4]).toBeCloseTo(twin.velocity()[4], 12);
        }
  });

  test('large pictures are drawn from 2048 samples a side, and say so', async () => {
    const argv = ['field', model('winner-take-all'), '--size', '2500x3', '--out', at('wide'), '--stream'];
    expect(await cli(argv)).toMatchObject({ code: 0 });
    expect(readNpy(bytesOf(at('wide'), 'energy.npy')).shape).toEqual([3, 2500]);
    expect(new TextDecoder().decode(bytesOf(at('wide'), 'energy.svg'))).toContain('2,048 × 3');
  });
});

describe('an interrupted run', () => {
  test('keeps its tiles, says so with 130, and --resume ends it with the same bytes', async () => {
    await cli(slow(at('whole'), '--stream'));
    const { code, stderr } = await interrupted(at('cut'), 4, '--stream');
    expect(code).toBe(130);
    expect(stderr).toMatch(/interrupted; 5 of 8 tiles are kept/);
    expect(stderr).toContain('--resume');
    expect(namesIn(at('cut'))).toEqual(['certificate.npy.part', 'field.journal', 'rhs.npy.part']);

    const refused = await cli(slow(at('cut')));
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('"certificate.npy.part", "field.journal", "rhs.npy.part"');
    expect(refused.stderr).toContain('go on from it with --resume, or begin again with --force');

    const other = await cli(slow(at('cut'), '--resume', '--extent', '-1:1'));
    expect(other.code).toBe(2);
    expect(other.stderr).toContain('extent was [[-2,2],[-2,2],[-2,2]] and is [[-1,1],[-1,1],[-1,1]]');

    // Interrupted once more, further on.
    expect((await interrupted(at('cut'), 1, '--resume')).stderr).toMatch(/interrupted; 7 of 8 tiles/);
    let computed = 0;
    const done = await cli(
      slow(at('cut'), '--resume'),
      watched(() => computed++),
    );
    expect(done).toMatchObject({ code: 0 });
    expect(done.stderr).toContain('an earlier run left 7 of 8 tiles');
    expect(computed).toBe(1);
    for (const name of namesIn(at('whole')).filter((n) => n !== 'field.json'))
      expect(bytesOf(at('cut'), name)).toEqual(bytesOf(at('whole'), name));
    expect(namesIn(at('cut'))).toEqual(namesIn(at('whole')));
    const again = await cli(slow(at('cut'), '--resume'));
    expect(again).toMatchObject({ code: 0, stderr: expect.stringContaining('nothing to resume') as string });
  });

  test('is begun again with --force, which removes what was left', async () => {
    await interrupted(at('anew'), 3, '--stream');
    const { code } = await cli([
      'field',
      model('winner-take-all'),
      '--size',
      '8',
      '--out',
      at('anew'),
      '--force',
    ]);
    expect(code).toBe(0);
    expect(namesIn(at('anew'))).toEqual(['energy.npy', 'energy.png', 'energy.svg', 'field.json']);
  });

  test('leaves nothing where nothing was finished; --resume begins then, and says so', async () => {
    const { code, stderr } = await interrupted(at('early'), 0, '--stream');
    expect(code).toBe(130);
    expect(stderr).not.toContain('are kept');
    expect(namesIn(at('early'))).toEqual([]);
    const done = await cli([
      'field',
      model('winner-take-all'),
      '--size',
      '8',
      '--out',
      at('early'),
      '--resume',
    ]);
    expect(done).toMatchObject({ code: 0 });
    expect(done.stderr).toContain('nothing to go on from');
    expect(namesIn(at('early'))).toContain('field.json');
  });
});

/** A disk of some MiB; mounting it needs rights. */
async function onSmallDisk(mebibytes: number, work: (path: string) => Promise<void>): Promise<void> {
  const path = at(`disk-${String(mebibytes)}`);
  mkdirSync(path);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${String(mebibytes)}m`, 'tmpfs', path]);
  try {
    await work(path);
  } finally {
    execFileSync('umount', [path]);
  }
}

describe.skipIf(process.getuid?.() !== 0)(
  'a disk that is full [skipped without root: mounts small disks]',
  () => {
    test('is seen before the start', async () => {
      await onSmallDisk(1, async (disk) => {
        const out = join(disk, 'out');
        const { code, stderr } = await cli(slow(out, '--stream', '--size', '256'));
        expect(code).toBe(3);
        expect(stderr).toMatch(/the field takes 5\.0 MiB more, and (10\d+\.\d KiB|1\.0 MiB) are free/);
        expect(namesIn(disk)).toEqual([]);
      });
    });

    test('ends the run with exit code 3 in the middle, and --resume goes on when there is room', async () => {
      await onSmallDisk(4, async (disk) => {
        const out = join(disk, 'out');
        const fill = (tile: number) => {
          if (tile !== 3) return;
          const { bavail, bsize } = statfsSync(disk);
          writeFileSync(join(disk, 'filler'), new Uint8Array(bavail * bsize));
        };
        const { code, stderr } = await cli(slow(out, '--stream'), watched(fill));
        expect(code).toBe(3);
        expect(stderr).toContain('the disk is full');
        expect(namesIn(out).filter((name) => !/\.part$|\.journal$/.test(name))).toEqual([]);
        rmSync(join(disk, 'filler'));
        expect(await cli(slow(out, '--resume'))).toMatchObject({ code: 0 });
        await cli(slow(at('whole'), '--force'));
        for (const name of ['certificate.npy', 'rhs.npy'])
          expect(bytesOf(out, name)).toEqual(bytesOf(at('whole'), name));
      });
    });
  },
);

test('what no disk holds is refused at once', async () => {
  const argv = ['field', model('winner-take-all'), '--size', '16777216x16777216', '--out', at('huge')];
  const { code, stderr } = await cli(argv);
  expect(code).toBe(3);
  expect(stderr).toContain('the field takes 2.0 PiB more');
  expect(namesIn(folder)).not.toContain('huge');
});
