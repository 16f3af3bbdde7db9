/** Thousands of command lines that nobody meant: every one ends with a message that helps, and with nothing written. */
import fc from 'fast-check';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MemscapeError } from '../../src/errors.js';
import { cli, freshFolder, model, namesIn, type Outcome } from './helpers.js';

const folder = freshFolder();
const out = join(folder, 'out');
const runs = Number(process.env.MEMSCAPE_FUZZ ?? 3000);

/** Whoever gets as far as opening a device had a valid command line after all. */
const REACHED = 4;
const open = () =>
  Promise.reject(
    new MemscapeError({ code: 'reached', what: 'reached', why: 'a test', mend: 'none', exitCode: REACHED }),
  );

function helps({ code, stderr, stdout }: Outcome, argv: readonly string[]): void {
  expect([2, 3, REACHED]).toContain(code);
  expect(stderr).toMatch(/^error: .+\n {2}why: {2}.+\n {2}mend: .+\n$/su);
  expect(stderr).not.toMatch(/\n {4}at |undefined|\[object/);
  // C0 and C1 controls but the line break, and the characters that turn the direction of text.
  expect(Array.from(stderr).every((sign) => sign === '\n' || !/[\p{Cc}\p{Cf}]/u.test(sign))).toBe(true);
  if (!argv.includes('--json')) expect(stdout).toBe('');
  else expect(JSON.parse(stdout)).toMatchObject({ error: { exitCode: code } });
  expect(namesIn(folder)).toEqual([]);
}

const junk = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ maxLength: 20 }),
  fc.constantFrom(
    '',
    '-',
    '--',
    '-1',
    '--=',
    '__proto__',
    'constructor',
    '\u001b[2J',
    '\u0000',
    '../../x',
    'NaN',
    '1e999',
    '9'.repeat(400),
  ),
  fc.double().map(String),
);
const commands = fc.constantFrom('figure', 'field', 'eval', 'doctor', 'feild', 'figures');
const models = fc.constantFrom(
  model('winner-take-all'),
  model('fig-2b'),
  model('none'),
  'models',
  'package.json',
);
const options = fc.constantFrom(
  '--out',
  '--quantity',
  '--extent',
  '--size',
  '--origin',
  '--axes',
  '--through',
  '--points',
  '--device',
  '--seed',
  '--json',
  '--force',
  '--froce',
  '--Out',
);
const values = fc.oneof(
  junk,
  fc.constantFrom(
    '-2:2,-2:2',
    '2:1',
    '0:1',
    '8x8',
    '0',
    '8x',
    '0,0',
    '1;2',
    'e0,e1',
    'e9',
    'memories',
    'energy',
    'energy,',
    'rhs',
    'cpu',
    'tpu',
    '1',
    '1.5',
    'x.npz',
  ),
);
/** Outputs stay in one folder, so that anything written is found. */
const inside = (argv: readonly string[]) =>
  argv.map((word, k) => (argv[k - 1] === '--out' ? join(out, `${String(word.length)}.npz`) : word));
const isHelp = (word: string) => /^(?:-[hV]|--help|--version|help)/.test(word) || /^-[a-z]*[hV]/.test(word);

test('any words', async () => {
  const words = fc.array(
    fc.oneof({ weight: 3, arbitrary: options }, { weight: 3, arbitrary: values }, models, junk),
    { maxLength: 9 },
  );
  await fc.assert(
    fc.asyncProperty(fc.oneof(commands, junk), words, async (command, rest) => {
      const argv = inside([command, ...rest]);
      // `figure` writes where it stands without --out; help is no mistake.
      fc.pre(!argv.some(isHelp));
      helps(await cli(argv, { open }), argv);
    }),
    { numRuns: runs },
  );
});

test('one mistake in a good command line is exit 2 or 3', async () => {
  const good = fc.constantFrom(
    [
      'field',
      model('winner-take-all'),
      '--out',
      out,
      '--size',
      '4',
      '--extent',
      '-1:1',
      '--origin',
      '0,0',
      '--axes',
      'e0,e1',
    ],
    [
      'eval',
      model('winner-take-all'),
      '--points',
      '0,0',
      '--quantity',
      'energy',
      '--out',
      join(out, 'r.npz'),
    ],
    ['figure', '1', '--out', out, '--device', 'cpu', '--seed', '1'],
    ['doctor', '--device', 'cpu', '--seed', '1'],
  );
  const mistake = fc.constantFrom('unknown option', 'extra word', 'bad value', 'missing value');
  await fc.assert(
    fc.asyncProperty(good, mistake, fc.nat(), junk, async (argv, kind, where, word) => {
      fc.pre(!isHelp(word));
      const spots = argv.flatMap((text, k) => (text.startsWith('--') && text !== '--out' ? [k] : []));
      const spot = spots[where % spots.length];
      // Several of the junk words are values that some option takes.
      const bad = `?${word}`;
      const broken = {
        'unknown option': [...argv, `--x${word}`],
        'extra word': [...argv, 'extra', bad],
        'bad value': argv.map((text, k) => (k === spot + 1 ? bad : text)),
        'missing value': [...argv.slice(0, spot + 1)],
      }[kind];
      const outcome = await cli(broken, { open });
      helps(outcome, broken);
      expect([2, 3]).toContain(outcome.code);
    }),
    { numRuns: runs },
  );
});

test('an output below something that is not a folder is refused', async () => {
  const place = freshFolder();
  mkdirSync(join(place, 'energy.npy'));
  const { code, stderr } = await cli(
    ['field', model('winner-take-all'), '--out', place, '--size', '4', '--force'],
    { open },
  );
  expect(stderr).toContain('it is a folder');
  expect(code).toBe(3);
});
