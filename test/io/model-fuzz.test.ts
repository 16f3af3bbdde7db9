/** Thousands of damaged model files: each loads or is refused in an orderly way, and nothing else ever happens. */
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MemscapeError } from '../../src/errors.js';
import { readModel } from '../../src/io/model-file.js';
import { writeNpy } from '../../src/io/npy.js';
import { winner } from './helpers.js';
import { f32, writeSafetensors } from './safetensors-kit.js';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const folder = new URL('../../models/', import.meta.url);
const shipped = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => readFileSync(new URL(name, folder), 'utf8'));
const more = [
  winner({
    weights: { file: 'W.npy' },
    bias: { file: 'b.npy' },
    dynamics: { equation: 9, R: { spectral: 'tanh' } },
  }),
  winner({
    weights: { random: 'goe', seed: 3, scale: 0.5 },
    dynamics: {
      equation: 13,
      R: {
        sylvester: [
          [2, 0],
          [0, 1],
        ],
      },
    },
  }),
  winner({
    name: 'n',
    layers: [{ size: 2, activation: { name: 'smu', a: 0.3, mu: 2 } }],
    energy: { equation: 5 },
  }),
  winner({
    weights: { patterns: { file: 'P.npy' }, rule: 'pseudo-inverse' },
    bias: { file: 'net.safetensors', tensor: 'b' },
  }),
  winner({ weights: { patterns: [[1, -1]], rule: 'hebbian' } }),
].map((model) => JSON.stringify(model));
const texts = [...shipped, ...more];

const files = new Map([
  ['W.npy', writeNpy([2, 2], Float64Array.of(1, 2, 2, 1))],
  ['b.npy', writeNpy([2], Float64Array.of(1, 2))],
  ['P.npy', writeNpy([3, 2], Float64Array.of(1, 2, -1, 1, 0, 3))],
  ['net.safetensors', writeSafetensors({ b: f32([2], [1, 2]), W: f32([2, 2], [1, 2, 2, 1]) })],
  ...readdirSync(folder)
    .filter((name) => /\.(npy|safetensors)$/.test(name))
    .map((name) => [name, readFileSync(new URL(name, folder))] as const),
]);
const resolve = (path: string) => {
  const bytes = files.get(path);
  return bytes === undefined ? Promise.reject(new Error('missing')) : Promise.resolve(bytes);
};

const before = JSON.stringify(Object.getOwnPropertyNames(Object.prototype));
const arrayBefore = JSON.stringify(Object.getOwnPropertyNames(Array.prototype));

/** Whether it was read; fails the test on anything but a model or a complete refusal. */
async function orderly(json: unknown): Promise<boolean> {
  try {
    const { network, hash } = await readModel(json, resolve);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(network.bias.every(Number.isFinite)).toBe(true);
    expect(network.weights.every(({ matrix }) => matrix.data.every(Number.isFinite))).toBe(true);
    expect(network.patterns.every(({ factor }) => factor.data.every(Number.isFinite))).toBe(true);
    return true;
  } catch (error) {
    if (!(error instanceof MemscapeError)) throw error;
    for (const text of [error.code, error.what, error.why, error.mend]) expect(text).not.toBe('');
    expect([2, 3]).toContain(error.exitCode);
    expect(error.message).not.toMatch(/undefined|\[object|(?!\n)\p{Cc}/u);
    expect(error.message.length).toBeLessThan(3000);
    return false;
  } finally {
    expect(JSON.stringify(Object.getOwnPropertyNames(Object.prototype))).toBe(before);
    expect(JSON.stringify(Object.getOwnPropertyNames(Array.prototype))).toBe(arrayBefore);
  }
}

/** All places in a value: the object or array and the key in it. */
function places(value: Json, found: [Json[] | Record<string, Json>, string][] = []) {
  if (typeof value !== 'object' || value === null) return found;
  for (const [key, child] of Object.entries(value)) {
    found.push([value, key]);
    places(child, found);
  }
  return found;
}

const hostile = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  '',
  '\u001b]0;x\u0007',
  '\u202eabc',
  'a'.repeat(5000),
  'beta',
  'file',
  'tensor',
  'rule',
  'R',
  'name',
];
const values = fc.oneof(
  fc.constantFrom<Json>(
    null,
    true,
    0,
    -1,
    0.5,
    1e308,
    1e39,
    -1e-50,
    2 ** 53,
    65537,
    1e15,
    '',
    'NaN',
    'Infinity',
    '1',
    [],
    {},
    [[]],
    [null],
  ),
  fc.constantFrom<Json>(
    'relu',
    'smu',
    'softmax',
    'gradient',
    'transpose',
    'certified',
    'goe',
    'x',
    '__proto__',
    '../W.npy',
    'W.npy',
    'w.safetensors',
  ),
  fc.constantFrom<Json>(
    { file: 'W.npy' },
    { file: 'b.npy' },
    { file: 'none.npy' },
    { random: 'goe', seed: 1 },
    { blocks: [] },
    { patterns: [] },
    { patterns: [[1, 2]], rule: 'hebbian' },
    { file: 'net.safetensors', tensor: 'W' },
    { file: 'net.safetensors', tensor: 'c' },
  ),
  fc.constantFrom<Json>(
    { spectral: 'sign' },
    {
      matrix: [
        [1, 0],
        [0, 1],
      ],
    },
    { equation: 13 },
    { name: 'tanh' },
  ),
  fc.constant<Json>(Array.from({ length: 3000 }, (_, k) => k)),
  fc.string(),
  fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>,
);

interface Change {
  readonly at: number;
  readonly how: 'replace' | 'remove' | 'add' | 'repeat' | 'shorten' | 'rename';
  readonly value: Json;
  readonly key: string;
}
const change: fc.Arbitrary<Change> = fc.record({
  at: fc.nat(100_000),
  how: fc.constantFrom('replace', 'replace', 'remove', 'add', 'repeat', 'shorten', 'rename'),
  value: values,
  key: fc.constantFrom(...hostile),
});

function apply(model: Json, { at, how, value: shared, key }: Change): void {
  const value = structuredClone(shared);
  const all = places(model);
  if (all.length === 0) return;
  const [owner, name] = all[at % all.length];
  const old = Array.isArray(owner) ? owner[Number(name)] : owner[name];
  const define = (where: object, property: string, content: Json) =>
    Object.defineProperty(where, property, {
      value: content,
      enumerable: true,
      writable: true,
      configurable: true,
    });
  if (how === 'replace') define(owner, name, value);
  else if (how === 'remove') {
    if (Array.isArray(owner)) owner.splice(Number(name), 1);
    else Reflect.deleteProperty(owner, name);
  } else if (how === 'add') {
    if (Array.isArray(owner)) owner.push(value);
    else define(owner, key, value);
  } else if (how === 'repeat' && Array.isArray(owner)) owner.push(...structuredClone<Json[]>(owner));
  else if (how === 'shorten' && Array.isArray(old)) old.pop();
  else if (how === 'rename' && !Array.isArray(owner)) {
    Reflect.deleteProperty(owner, name);
    define(owner, `${name.slice(1)}${name.slice(0, 1)}`, old);
  }
}

describe('damaged model files', () => {
  test('the originals load', async () => {
    for (const text of texts) expect(await orderly(text)).toBe(true);
  });

  test('changed in structure', async () => {
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...texts),
        fc.array(change, { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        async (text, changes, parsed) => {
          const model = JSON.parse(text) as Json;
          for (const one of changes) apply(model, one);
          if (!(await orderly(parsed ? model : JSON.stringify(model)))) refused++;
        },
      ),
      { numRuns: 6000 },
    );
    expect(refused).toBeGreaterThan(2000);
  }, 60_000);

  test('changed as text', async () => {
    const insert = fc.constantFrom(
      '',
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '\\',
      '-',
      '1e999',
      '\u0000',
      '\ud800',
      '[['.repeat(100),
      'NaN',
      '"__proto__":1,',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...texts),
        fc.nat(2000),
        fc.nat(3),
        insert,
        async (text, place, cut, part) => {
          const at = place % text.length;
          await orderly(text.slice(0, at) + part + text.slice(at + cut));
        },
      ),
      { numRuns: 3000 },
    );
  }, 60_000);

  test('cut at every character', async () => {
    const text = texts.at(-1) ?? '';
    for (let length = 0; length < text.length; length++)
      expect(await orderly(text.slice(0, length))).toBe(false);
  });

  test('any value at all', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.anything({
          withBigInt: true,
          withDate: true,
          withMap: true,
          withTypedArray: true,
          withNullPrototype: true,
        }),
        async (value) => {
          await orderly(value);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
