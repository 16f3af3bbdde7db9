/** The README's picture of three digits, made by the README's command, with fewer samples. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { beforeAll, describe, expect, test } from 'vitest';
import { readNpy } from '../../src/node.js';
import { bytesOf, cli, freshFolder, jsonOf, model } from './helpers.js';

const PIXELS = 784;
const folder = freshFolder();
const images = readNpy(bytesOf('models/digits.npy')).data;

interface Result {
  readonly fixedPoints: readonly {
    readonly name: string;
    readonly class: string;
    readonly state: number[];
  }[];
  readonly grid: { readonly extent: readonly number[]; readonly axes: readonly number[][] };
}

let svg = '';
let result: Result;

/** Cosine of two images, their means taken off. */
function likeness(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const centred = (v: ArrayLike<number>) => {
    const values = Array.from(v);
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    return values.map((x) => x - mean);
  };
  const [u, w] = [centred(a), centred(b)];
  return u.reduce((sum, x, i) => sum + x * w[i], 0) / (Math.hypot(...u) * Math.hypot(...w));
}

const digit = (k: number) => images.slice(k * PIXELS, (k + 1) * PIXELS);

/** The ink of a tile, a number for each of its 28 x 28 pixels. */
function inkOf(uri: string): number[] {
  const { data, width, channels } = decode(Buffer.from(uri.split(',')[1], 'base64'));
  const block = width / 28;
  return Array.from({ length: PIXELS }, (_, i) => {
    const [row, column] = [Math.floor(i / 28) * block, (i % 28) * block];
    return 255 - data[channels * (row * width + column)];
  });
}

beforeAll(async () => {
  const command = /node dist\/cli\/main\.js (field models\/digits.*)/.exec(
    readFileSync('README.md', 'utf8'),
  )?.[1];
  const argv = (command ?? '')
    .replace(/--out \S+/, '')
    .trim()
    .split(' ');
  expect(argv).toContain('--image');
  const { code, stderr } = await cli([...argv, '--size', '40x40', '--device', 'cpu', '--out', folder]);
  expect([code, stderr.includes('error')]).toEqual([0, false]);
  svg = readFileSync(join(folder, 'energy.svg'), 'utf8');
  result = jsonOf(folder, 'field.json') as Result;
}, 60_000);

describe('the plane through three digits', () => {
  test('has orthonormal axes, and a quarter of the triangle around it', () => {
    const [a, b] = result.grid.axes;
    const product = (u: number[], v: number[]) => u.reduce((sum, x, i) => sum + x * v[i], 0);
    expect(product(a, a)).toBeCloseTo(1, 12);
    expect(product(b, b)).toBeCloseTo(1, 12);
    expect(product(a, b)).toBeCloseTo(0, 12);
    const [low, high] = result.grid.extent;
    expect(-low / (high - low)).toBeCloseTo(0.25 / 1.5, 12);
  });

  test('holds the three as memories, and saddles that are blends of two', () => {
    const pixels = (name: string) =>
      result.fixedPoints.find((p) => p.name === name)?.state.slice(0, PIXELS) ?? [];
    const stable = result.fixedPoints.filter((p) => p.class === 'stable').map((p) => p.name);
    expect(stable).toEqual(['A', 'B', 'C']);
    const best = stable.map((name) => [3, 5, 8].find((k) => likeness(pixels(name), digit(k)) > 0.999));
    expect(best.toSorted()).toEqual([3, 5, 8]);
    const pairs = ['S1', 'S2', 'S3'].map((name) =>
      [3, 5, 8].filter((k) => likeness(pixels(name), digit(k)) > 0.7),
    );
    expect(pairs.map(String).toSorted()).toEqual(['3,5', '3,8', '5,8']);
  });

  test('is drawn with the images of its fixed points', () => {
    const uris = [...svg.matchAll(/<image [^>]*href="(data:image\/png[^"]*)"/g)].map(([, uri]) => uri);
    // The field, three memories, three saddles.
    expect(uris).toHaveLength(7);
    const inks = uris.slice(1).map(inkOf);
    for (const k of [3, 5, 8]) expect(inks.some((ink) => likeness(ink, digit(k)) > 0.999)).toBe(true);
    expect(svg).toContain('drawn at their feet');
  });
});

test('--image needs a layer of that many neurons', async () => {
  for (const size of ['27x28', '784', '7x7x16']) {
    const argv = ['field', model('digits'), '--image', size, '--out', join(folder, 'none')];
    const { code, stderr } = await cli(argv);
    expect([size, code]).toEqual([size, 2]);
    expect(stderr).toContain('the layers have 784, 10');
  }
});

test('--axes memories searches what the identity layer leaves of 794 neurons', async () => {
  const out = join(folder, 'principal');
  const argv = ['field', 'models/digits.json', '--axes', 'memories', '--size', '8', '--device', 'cpu'];
  expect(await cli([...argv, '--out', out])).toMatchObject({ code: 0 });
  const { axes } = (jsonOf(out, 'field.json') as Result).grid;
  expect(axes.map((axis) => axis.length)).toEqual([794, 794]);
  expect(axes.map((axis) => Math.hypot(...axis))).toEqual([expect.closeTo(1, 9), expect.closeTo(1, 9)]);
});
