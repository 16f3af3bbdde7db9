/** SHA-256 of pages on http: that of Node, at every length around a block; and the hash of a model stays what it is. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { readModel } from '../../src/index.js';
import { sha256 } from '../../src/io/sha256.js';

const known = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const own = (bytes: Uint8Array) => Buffer.from(sha256(bytes)).toString('hex');

afterEach(() => {
  vi.unstubAllGlobals();
});

test('the hash of FIPS 180-4 for nothing, for "abc", and beside the ends of blocks', () => {
  expect(own(new Uint8Array())).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  expect(own(new TextEncoder().encode('abc'))).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
  for (let length = 50; length < 140; length++) {
    const bytes = Uint8Array.from({ length }, (_, k) => 255 - k);
    expect(own(bytes)).toBe(known(bytes));
  }
});

test('random bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 4000 }), (bytes) => {
      expect(own(bytes)).toBe(known(bytes));
    }),
  );
});

test('a model has the same hash where the platform has no crypto.subtle', async () => {
  const text = await readFile('models/winner-take-all.json', 'utf8');
  const { hash } = await readModel(text);
  vi.stubGlobal('crypto', {});
  expect((await readModel(text)).hash).toBe(hash);
});
