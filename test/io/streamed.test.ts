/** Files that grow: a .npy in any order, and a journal that a crash may cut anywhere. */
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Journal, readJournal } from '../../src/io/journal.node.js';
import { npyBytes, NpyStream } from '../../src/io/npy-stream.node.js';
import { writeNpy } from '../../src/io/npy.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'memscape-stream-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});
const at = (name: string) => join(folder, name);

test.each(['<f4', '<f8'] as const)('a %s written in any order is the file written at once', async (dtype) => {
  const make = (numbers: number[]) =>
    dtype === '<f4' ? Float32Array.from(numbers) : Float64Array.from(numbers);
  const numbers = Array.from({ length: 4 * 5 * 3 }, (_, k) => Math.sin(k));
  const stream = await NpyStream.create(at('a.npy'), [4, 5, 3], dtype);
  expect(statSync(at('a.npy')).size).toBe(npyBytes([4, 5, 3], dtype));
  for (const from of [45, 0, 30, 15]) await stream.write(from, make(numbers.slice(from, from + 15)));
  const back = make(new Array<number>(7).fill(0));
  await stream.read(20, back);
  expect(back).toEqual(make(numbers.slice(20, 27)));
  await stream.sync();
  await stream.close();
  expect(new Uint8Array(readFileSync(at('a.npy')))).toEqual(writeNpy([4, 5, 3], make(numbers)));
});

test('the shape of the whole costs nothing: 1 TiB is a sparse file', async () => {
  const stream = await NpyStream.create(at('a.npy'), [2 ** 19, 2 ** 19], '<f4');
  await stream.write(2 ** 38 - 1, Float32Array.of(7));
  await stream.close();
  const { size, blocks } = statSync(at('a.npy'));
  expect(size).toBeGreaterThan(2 ** 40);
  expect(512 * blocks).toBeLessThan(2 ** 20);
});

test('only the same array is opened again', async () => {
  const stream = await NpyStream.create(at('a.npy'), [4, 5], '<f4');
  await stream.write(3, Float32Array.of(1.5));
  await stream.close();
  const again = await NpyStream.reopen(at('a.npy'), [4, 5], '<f4');
  const back = new Float32Array(1);
  await again?.read(3, back);
  expect(back[0]).toBe(1.5);
  await again?.close();
  expect(await NpyStream.reopen(at('a.npy'), [5, 4], '<f4')).toBeUndefined();
  expect(await NpyStream.reopen(at('a.npy'), [4, 5], '<f8')).toBeUndefined();
  expect(await NpyStream.reopen(at('none.npy'), [4, 5], '<f4')).toBeUndefined();
  truncateSync(at('a.npy'), 100);
  expect(await NpyStream.reopen(at('a.npy'), [4, 5], '<f4')).toBeUndefined();
});

test('a journal cut at any byte, or damaged at any, gives the records before that', async () => {
  const records = [{ format: 'x' }, { tiles: [[0, 1, 2, 3, 4, 'ab']] }, { word: 'ü\n"' }];
  const journal = await Journal.open(at('j'), 0);
  const ends: number[] = [0];
  for (const record of records) {
    await journal.append(record);
    ends.push(statSync(at('j')).size);
  }
  await journal.close();
  const whole = readFileSync(at('j'));
  expect(await readJournal(at('j'))).toEqual({ records, bytes: whole.length });
  for (let cut = 0; cut <= whole.length; cut++) {
    writeFileSync(at('j'), whole.subarray(0, cut));
    const sound = ends.filter((end) => end > 0 && end <= cut).length;
    expect(await readJournal(at('j'))).toEqual({ records: records.slice(0, sound), bytes: ends[sound] });
  }
  for (let byte = 0; byte < whole.length; byte++) {
    const damaged = Buffer.from(whole);
    damaged[byte] ^= 1;
    writeFileSync(at('j'), damaged);
    const sound = ends.filter((end) => end > 0 && end <= byte).length;
    expect((await readJournal(at('j'))).records).toEqual(records.slice(0, sound));
  }
});

test('appending goes on behind the last sound record', async () => {
  const journal = await Journal.open(at('j'), 0);
  await journal.append({ a: 1 });
  await journal.close();
  appendFileSync(at('j'), '01234567 {"torn');
  const { bytes } = await readJournal(at('j'));
  const again = await Journal.open(at('j'), bytes);
  await again.append({ b: 2 });
  await again.close();
  expect((await readJournal(at('j'))).records).toEqual([{ a: 1 }, { b: 2 }]);
  expect(await readJournal(at('none'))).toEqual({ records: [], bytes: 0 });
});

/** A disk of 1 MiB that mounting needs rights for. */
function withSmallDisk(work: (path: string) => Promise<void>): Promise<void> {
  const path = at('disk');
  mkdirSync(path);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', path]);
  return work(path).finally(() => execFileSync('umount', [path]));
}

test.skipIf(process.getuid?.() !== 0)(
  'a full disk is an error with exit code 3 [skipped without root: mounts a disk of 1 MiB]',
  async () => {
    await withSmallDisk(async (path) => {
      const stream = await NpyStream.create(join(path, 'a.npy'), [2 ** 19], '<f4');
      const filled = stream.write(0, new Float32Array(2 ** 19).fill(1));
      await expect(filled).rejects.toMatchObject({
        code: 'output-unwritable',
        exitCode: 3,
        why: 'the disk is full.',
      });
      await stream.close();
    });
  },
);
