import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MemscapeError } from '../../src/errors.js';
import { loadModel, makeFolder, readWhole, writeWhole } from '../../src/io/files.node.js';
import { writeNpy } from '../../src/io/npy.js';
import { winner } from './helpers.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'memscape-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});
const at = (...parts: string[]) => join(folder, ...parts);

async function failure(promise: Promise<unknown>): Promise<MemscapeError> {
  const error: unknown = await promise.then(
    () => new Error('it worked'),
    (reason: unknown) => reason,
  );
  if (error instanceof MemscapeError) return error;
  throw error instanceof Error ? error : new Error(String(error));
}

describe('loadModel', () => {
  const W = writeNpy([2, 2], Float64Array.of(0, -1.5, -1.5, 0));
  const save = (file: string, model: unknown) => {
    writeFileSync(at(file), JSON.stringify(model));
    return at(file);
  };

  test('reads a model and the files beside and below it; the file names the model', async () => {
    mkdirSync(at('data'));
    writeFileSync(at('data', 'W.npy'), W);
    const model = await loadModel(save('my net.json', winner({ weights: { file: 'data/W.npy' } })));
    expect(model.name).toBe('my net');
    expect(model.network.symmetric).toBe(true);
    expect((await loadModel(save('x.json', winner({ name: 'own' })))).name).toBe('own');
  });

  test('a byte order mark is not an error', async () => {
    writeFileSync(at('bom.json'), `\ufeff${JSON.stringify(winner())}`);
    expect((await loadModel(at('bom.json'))).network.size).toBe(2);
  });

  test('a link out of the folder is refused, a link inside is not', async () => {
    mkdirSync(at('inside'));
    writeFileSync(at('W.npy'), W);
    writeFileSync(at('inside', 'real.npy'), W);
    symlinkSync(at('W.npy'), at('inside', 'out.npy'));
    symlinkSync(folder, at('inside', 'up'));
    symlinkSync('real.npy', at('inside', 'in.npy'));
    const load = (file: string) => loadModel(save('inside/m.json', winner({ weights: { file } })));
    expect((await load('in.npy')).network.size).toBe(2);
    for (const file of ['out.npy', 'up/W.npy']) expect((await failure(load(file))).code).toBe('model-path');
  });

  test.each<[string, () => void, number]>([
    ['missing', () => undefined, 2],
    [
      'a folder',
      () => {
        mkdirSync(at('m.json'));
      },
      2,
    ],
    [
      'empty',
      () => {
        writeFileSync(at('m.json'), '');
      },
      2,
    ],
    [
      'not UTF-8',
      () => {
        writeFileSync(at('m.json'), Buffer.from([0x7b, 0xff]));
      },
      2,
    ],
    [
      '300 MiB',
      () => {
        writeFileSync(at('m.json'), '');
        truncateSync(at('m.json'), 300 * 2 ** 20);
      },
      2,
    ],
    [
      'naming a missing file',
      () => {
        save('m.json', winner({ weights: { file: 'W.npy' } }));
      },
      3,
    ],
    [
      'naming a damaged file',
      () => {
        writeFileSync(at('W.npy'), W.subarray(0, W.length - 1));
        save('m.json', winner({ weights: { file: 'W.npy' } }));
      },
      3,
    ],
  ])('%s', async (_, make, exitCode) => {
    make();
    expect((await failure(loadModel(at('m.json')))).exitCode).toBe(exitCode);
  });

  test.skipIf(process.platform === 'win32')('a pipe does not hang', async () => {
    execFileSync('mkfifo', [at('pipe.json')]);
    expect((await failure(loadModel(at('pipe.json')))).what).toContain('not a file');
  });

  test('names are escaped', async () => {
    const error = await failure(loadModel(at('\u001b[2J.json')));
    expect(error.message).not.toContain('\u001b');
    expect(error.why).toContain('no such file');
  });
});

describe('writeWhole', () => {
  test('writes and leaves nothing else', async () => {
    await writeWhole(at('a.txt'), 'text');
    await writeWhole(at('b.bin'), new Uint8Array(20 * 2 ** 20).fill(7));
    expect(readFileSync(at('a.txt'), 'utf8')).toBe('text');
    expect(readFileSync(at('b.bin')).every((byte) => byte === 7)).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(['a.txt', 'b.bin']);
  });

  test('does not replace without force', async () => {
    writeFileSync(at('a'), 'old');
    symlinkSync('nowhere', at('link'));
    for (const name of ['a', 'link']) {
      const error = await failure(writeWhole(at(name), 'new'));
      expect([error.code, error.exitCode]).toEqual(['output-exists', 2]);
    }
    expect(readFileSync(at('a'), 'utf8')).toBe('old');
    await writeWhole(at('a'), 'new', { force: true });
    expect(readFileSync(at('a'), 'utf8')).toBe('new');
    expect(readdirSync(folder).sort()).toEqual(['a', 'link']);
  });

  test('of two writers at once one wins and the other is told', async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, (_, k) => writeWhole(at('a'), `writer ${String(k)}`)),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results) {
      if (result.status === 'rejected') expect((result.reason as MemscapeError).code).toBe('output-exists');
    }
    expect(readdirSync(folder)).toEqual(['a']);
  });

  test('failures are explained and leave nothing', async () => {
    writeFileSync(at('file'), '');
    mkdirSync(at('sub'));
    for (const [path, why] of [
      [at('none', 'a'), 'no such file or folder'],
      [at('file', 'a'), 'not a folder'],
      [at('sub'), ''],
    ]) {
      const error = await failure(writeWhole(path, 'x', { force: true }));
      expect([error.code, error.exitCode]).toEqual(['output-unwritable', 3]);
      expect(error.why).toContain(why);
    }
    expect(readdirSync(folder).sort()).toEqual(['file', 'sub']);
  });

  test('an abort leaves the old file and nothing else', async () => {
    writeFileSync(at('a'), 'old');
    const controller = new AbortController();
    const reason = new Error('stop');
    const writing = writeWhole(at('a'), new Uint8Array(64 * 2 ** 20), {
      force: true,
      signal: controller.signal,
    });
    setTimeout(() => {
      controller.abort(reason);
    }, 5);
    await expect(writing).rejects.toBe(reason);
    expect(readFileSync(at('a'), 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['a']);
    await expect(writeWhole(at('b'), 'x', { signal: controller.signal })).rejects.toBe(reason);
  });

  test('devices are not read', async () => {
    expect((await failure(readWhole('/dev/zero'))).what).toContain('not a file');
  });

  test('folders are made on request', async () => {
    await makeFolder(at('x', 'y'));
    await makeFolder(at('x', 'y'));
    writeFileSync(at('file'), '');
    expect((await failure(makeFolder(at('file', 'z')))).code).toBe('output-unwritable');
    expect(readdirSync(at('x'))).toEqual(['y']);
  });
});
