/** `memscape fixed-points` as a user runs it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bytesOf, cli, freshFolder, jsonOf, model, namesIn } from './helpers.js';

const folder = freshFolder();
const wta = model('winner-take-all');

interface Result {
  readonly complete: boolean;
  readonly method: string;
  readonly starts: number;
  readonly unseenMass: number;
  readonly memories: Readonly<Record<string, number[]>>;
  readonly points: readonly Readonly<Record<string, unknown>>[];
  readonly provenance: { readonly command: string; readonly seed: number };
}

test('R.json has what interface.md names; --json says the same on stdout', async () => {
  const out = join(folder, 'R.json');
  const { code, stdout } = await cli(['fixed-points', wta, '--starts', '256', '--out', out, '--json']);
  expect(code).toBe(0);
  const result = jsonOf(out) as Result;
  expect(JSON.parse(stdout)).toEqual(result);
  expect(result).toMatchObject({ complete: true, method: 'census', starts: 256, unseenMass: 0 });
  expect(result.memories).toEqual({ kept: [0, 1], lost: [], added: [] });
  expect(result.provenance).toMatchObject({
    seed: 1,
    command: expect.stringContaining('fixed-points') as string,
  });
  expect(result.points.map((p) => p.class)).toEqual(['stable', 'stable', 'saddle']);
  for (const point of result.points)
    for (const key of [
      'state',
      'residual',
      'energy',
      'spectrum',
      'restrictedSpectrum',
      'alive',
      'deadDimensions',
      'hits',
    ])
      expect(point).toHaveProperty(key);
  expect(result.points[0]).toMatchObject({ alive: [true, false], deadDimensions: 1, falseMemory: false });
  expect(result.points.reduce((sum, p) => sum + Number(p.hits), 0)).toBe(256);
});

test('the table names every point; the same seed gives the same bytes but for times', async () => {
  const [a, b] = [join(folder, 'a.json'), join(folder, 'b.json')];
  const first = await cli([
    'fixed-points',
    model('hopfield-1984'),
    '--starts',
    '64',
    '--seed',
    '7',
    '--out',
    a,
  ]);
  await cli(['fixed-points', model('hopfield-1984'), '--starts', '64', '--seed', '7', '--out', b]);
  expect(first.stdout).toMatch(/stable .*\n.*stable .*\n.*saddle /);
  expect(first.stdout).toContain('saturated');
  const withoutProvenance = (path: string) => ({ ...(jsonOf(path) as object), provenance: undefined });
  expect(withoutProvenance(a)).toEqual(withoutProvenance(b));
});

test('a design that loses memories says so', async () => {
  const path = join(folder, 'lost.json');
  writeFileSync(
    path,
    JSON.stringify({
      ...(jsonOf(wta) as object),
      dynamics: { equation: 13, R: 'weights' },
      energy: undefined,
    }),
  );
  const out = join(folder, 'lost-R.json');
  expect((await cli(['fixed-points', path, '--starts', '64', '--out', out])).code).toBe(0);
  const { memories } = jsonOf(out) as Result;
  expect(memories.kept).toEqual([]);
  expect(memories.lost).toHaveLength(2);
});

describe('errors', () => {
  test.each([
    [['--box', '4:-4'], 'lo:hi with lo < hi', 2],
    [['--box', '-4:4,-2:2'], 'lo:hi with lo < hi', 2],
    [['--starts', '0'], 'a whole number from 1', 2],
    [['--starts', '1.5'], 'a whole number from 1', 2],
    [['--seed', 'x'], '--seed', 2],
  ])('%j', async (options, message, exit) => {
    const out = join(folder, 'never.json');
    const { code, stderr } = await cli(['fixed-points', wta, ...options, '--out', out]);
    expect(code).toBe(exit);
    expect(stderr).toContain(message);
    expect(namesIn(folder)).not.toContain('never.json');
  });

  test('a GPU for more than 8 neurons is refused', async () => {
    const out = join(folder, 'never.json');
    const { code, stderr } = await cli([
      'fixed-points',
      model('mlp-feedback'),
      '--device',
      'gpu',
      '--out',
      out,
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain('there is no kernel for fixed points of more than 8 neurons');
    expect(namesIn(folder)).not.toContain('never.json');
  });

  test('results are not overwritten without --force, and end in .json', async () => {
    const out = join(folder, 'kept.json');
    writeFileSync(out, 'kept');
    expect((await cli(['fixed-points', wta, '--out', out])).code).toBe(2);
    expect(new TextDecoder().decode(bytesOf(out))).toBe('kept');
    expect((await cli(['fixed-points', wta, '--starts', '8', '--out', out, '--force'])).code).toBe(0);
    const wrong = await cli(['fixed-points', wta, '--out', join(folder, 'R.txt')]);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('does not end in .json');
  });

  test('an interrupted search writes nothing', async () => {
    const out = join(folder, 'interrupted.json');
    const signal = AbortSignal.timeout(300);
    const { code } = await cli(['fixed-points', model('mlp-feedback'), '--starts', '9999999', '--out', out], {
      signal,
    });
    expect(code).not.toBe(0);
    expect(namesIn(folder)).not.toContain('interrupted.json');
  });
});
