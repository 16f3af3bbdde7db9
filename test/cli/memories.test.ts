/** `memscape retrieve` and `capacity` as a user runs them: files, refusals, Ctrl-C and --resume. */
import { existsSync, readFileSync } from 'node:fs';
import { unzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { cpuMilliseconds, watchTurns } from '../kit/turns.js';
import { bytesOf, cli, freshFolder, jsonOf, model, namesIn } from './helpers.js';

const folder = freshFolder();
const at = (name: string) => `${folder}/${name}`;

/** Within so many milliseconds Ctrl-C ends a command; of CPU time, since the disk and other processes are not ours. */
const PROMPT = 250;

const DIGITS = ['retrieve', model('digits'), '--patterns', 'models/digits.npy'];
const retrieveAll = [
  ...DIGITS,
  '--corruption',
  'noise:4:12:2,mask:0.9',
  '--trials',
  '20',
  '--image',
  '28x28',
];
const capacityAll = 'capacity --size 120 --loads 0.05:0.3:4 --networks 4 --trials 3'.split(' ');

test('retrieve writes arrays, pictures and one JSON', async () => {
  const { code, stdout } = await cli([...retrieveAll, '--out', at('digits')]);
  expect(code).toBe(0);
  expect(stdout).toContain('retrieved');
  expect(namesIn(at('digits'))).toEqual(
    ['images.png', 'images.svg', 'retrieve.json', 'retrieve.npz', 'success.png', 'success.svg'].sort(),
  );
  const json = jsonOf(at('digits'), 'retrieve.json') as {
    dimensions: number;
    levels: { kind: string; level: number; counts: Record<string, number>; interval: number[] }[];
  };
  expect(json.dimensions).toBe(21);
  expect(json.levels.map(({ kind, level }) => [kind, level])).toEqual([
    ['noise', 4],
    ['noise', 12],
    ['mask', 0.9],
  ]);
  for (const { counts } of json.levels) expect(Object.values(counts).reduce((a, b) => a + b)).toBe(20);
  expect(json.levels[0].counts.retrieved).toBe(20);
});

test('the stable fixed points are what is stored where nothing else is said', async () => {
  const argv = [
    'retrieve',
    model('winner-take-all'),
    '--corruption',
    'noise:0.2',
    '--trials',
    '10',
    '--json',
  ];
  const { code, stdout } = await cli([...argv, '--out', at('winner')]);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    patterns: { count: 2, source: 'the stable fixed points found' },
    levels: [{ counts: { undecided: 0 } }],
  });
});

test.each([
  ['--corruption blur:0:1:3', 'blur'],
  ['--corruption flip:0:2:3', 'between 0 and 1'],
  ['--corruption flip:0:1', 'kind:from:to:steps'],
  ['--trials 0', '--trials'],
  ['--image 30x30', '784'],
  ['--device gpu', 'no kernel'],
])('retrieve %s is refused', async (flags, words) => {
  const { code, stderr } = await cli([...DIGITS, '--out', at('no'), ...flags.split(' ')]);
  expect(code).toBe(2);
  expect(stderr).toContain(words);
});

test.each([
  ['--rule hebb', 'hebbian'],
  ['--loads 0.3:0.1:4', '--loads'],
  ['--rule softmax --size 300', '256'],
  ['--rule softmax --size 60 --loads 0.5:1:3', 'too many'],
  ['--flip 0.7', '--flip'],
])('capacity %s is refused', async (flags, words) => {
  const { code, stderr } = await cli(['capacity', '--out', at('no'), ...flags.split(' ')]);
  expect(code).toBe(2);
  expect(stderr).toContain(words);
});

/**
 * A run that is aborted as soon as its journal holds records behind the two lines it begins with: amid the work, however
 * fast the machine is, where the work takes longer than the 250 ms that records may wait.
 */
async function cutShort(argv: readonly string[], journal: string) {
  const controller = new AbortController();
  let asked = NaN;
  const watch = setInterval(() => {
    const lines = existsSync(journal) ? readFileSync(journal, 'utf8').split('\n').length - 1 : 0;
    if (lines < 3 || controller.signal.aborted) return;
    asked = cpuMilliseconds();
    controller.abort();
  }, 1);
  const outcome = await cli(argv, { signal: controller.signal });
  clearInterval(watch);
  return { outcome, took: cpuMilliseconds() - asked };
}

test.each<readonly [string, string]>([
  ['2000 neurons', 'capacity --size 2000 --loads 0.1:0.2:2 --networks 2 --trials 1'],
  ['a pseudo-inverse', 'capacity --rule pseudo-inverse --size 400 --loads 0.4:0.6:2 --networks 2 --trials 1'],
  [
    'exponentially many patterns',
    'capacity --rule softmax --size 30 --loads 0.4:0.5:2 --networks 2 --trials 1',
  ],
])('the event loop never waits long: %s', async (_, words) => {
  const watch = watchTurns();
  expect(await cli([...words.split(' '), '--out', at(words)])).toMatchObject({ code: 0 });
  expect(watch.end()).toBeLessThan(PROMPT);
});

describe.each<readonly [string, readonly string[], string]>([
  ['retrieve', [...DIGITS, '--corruption', 'noise:4:12:2', '--trials', '600'], 'retrieve'],
  ['capacity', 'capacity --size 400 --loads 0.05:0.3:6 --networks 20'.split(' '), 'capacity'],
])('%s', (_, argv, name) => {
  test('Ctrl-C ends it, and --resume has the bytes of a run without it', async () => {
    const [whole, cut] = [at(`${name}-whole`), at(`${name}-cut`)];
    const watch = watchTurns();
    expect(await cli([...argv, '--out', whole])).toMatchObject({ code: 0 });
    expect(watch.end()).toBeLessThan(PROMPT);
    const { outcome: interrupted, took: stopping } = await cutShort(
      [...argv, '--out', cut],
      `${cut}/${name}.journal`,
    );
    expect(stopping).toBeLessThan(PROMPT);
    expect(interrupted.code).toBe(130);
    expect(interrupted.stderr).toContain('--resume');
    expect(namesIn(cut)).toEqual([`${name}.journal`]);
    // Not by accident over what is kept, and not with another question.
    expect(await cli([...argv, '--out', cut])).toMatchObject({ code: 2 });
    const other = await cli([...argv, '--out', cut, '--resume', '--seed', '9']);
    expect(other.code).toBe(2);
    expect(other.stderr).toContain('seed was 1 and is 9');
    const resumed = await cli([...argv, '--out', cut, '--resume']);
    expect(resumed.code).toBe(0);
    expect(resumed.stderr).toContain('taken as they are');
    expect(namesIn(cut)).toEqual(namesIn(whole));
    for (const file of namesIn(whole).filter((n) => !n.endsWith('.json')))
      expect(Buffer.compare(bytesOf(cut, file), bytesOf(whole, file)), file).toBe(0);
    const again = await cli([...argv, '--out', cut, '--resume']);
    expect(again.code).toBe(0);
    expect(again.stderr).toContain('nothing to resume');
    expect((await cli([...argv, '--out', cut, '--resume', '--seed', '9'])).code).toBe(2);
  });
});

test('trajectories: Ctrl-C and --resume', async () => {
  const points = Array.from(
    { length: 400 },
    (_, k) => `${String(2 * Math.cos(k))},${String(2 * Math.sin(k))}`,
  );
  const argv = ['trajectories', model('winner-take-all'), '--points', points.join(';'), '--times', '0.5,2,8'];
  const watch = watchTurns();
  expect(await cli([...argv, '--out', at('whole.npz')])).toMatchObject({ code: 0 });
  expect(watch.end()).toBeLessThan(PROMPT);
  const { outcome: interrupted, took: stopping } = await cutShort(
    [...argv, '--out', at('cut.npz')],
    at('cut.npz.journal'),
  );
  expect(stopping).toBeLessThan(PROMPT);
  expect(interrupted.code).toBe(130);
  expect(namesIn(folder)).toContain('cut.npz.journal');
  expect(await cli([...argv, '--out', at('cut.npz'), '--resume'])).toMatchObject({ code: 0 });
  expect(namesIn(folder)).not.toContain('cut.npz.journal');
  const again = await cli([...argv, '--out', at('cut.npz'), '--resume']);
  expect(again).toMatchObject({ code: 0, stderr: expect.stringContaining('nothing to resume') as string });
  expect((await cli([...argv, '--out', at('cut.npz'), '--resume', '--rtol', '1e-6'])).code).toBe(2);
  const [whole, cut] = ['whole.npz', 'cut.npz'].map((name) => unzipSync(bytesOf(folder, name)));
  expect(Object.keys(cut)).toEqual(Object.keys(whole));
  for (const [name, bytes] of Object.entries(whole))
    if (name !== 'provenance.npy') expect(Buffer.compare(cut[name], bytes), name).toBe(0);
});

test('capacity writes arrays, a picture and one JSON with what is known', async () => {
  expect(await cli([...capacityAll, '--out', at('capacity')])).toMatchObject({ code: 0 });
  expect(namesIn(at('capacity'))).toEqual(['capacity.json', 'capacity.npz', 'capacity.png', 'capacity.svg']);
  const json = jsonOf(at('capacity'), 'capacity.json') as { known: string; levels: { patterns: number }[] };
  expect(json.known).toContain('0.138');
  expect(json.levels.map(({ patterns }) => patterns)).toEqual([6, 16, 26, 36]);
});
