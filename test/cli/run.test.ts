import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { MemscapeError } from '../../src/errors.js';
import { cli, freshFolder, model, namesIn } from './helpers.js';

const folder = freshFolder();
const out = join(folder, 'out');
const wta = model('winner-take-all');

describe('help and version', () => {
  test('--help names every command on stdout', async () => {
    const { code, stdout, stderr } = await cli(['--help']);
    expect(code).toBe(0);
    expect(stderr).toBe('');
    for (const command of ['figure', 'field', 'eval', 'trajectories', 'fixed-points', 'doctor'])
      expect(stdout).toContain(command);
  });

  test('every command explains its options', async () => {
    for (const command of ['figure', 'field', 'eval', 'trajectories', 'fixed-points', 'doctor']) {
      const { code, stdout } = await cli([command, '--help']);
      expect(code).toBe(0);
      for (const option of ['--device', '--seed', '--json', '--force']) expect(stdout).toContain(option);
    }
  });

  test('--version is that of the package', async () => {
    expect(await cli(['--version'])).toMatchObject({ code: 0, stdout: '0.1.0\n' });
  });
});

describe('usage errors', () => {
  test.each([
    [
      [],
      'no command was given',
      'figure, field, eval, trajectories, fixed-points, retrieve, capacity, basins, compare, report, experiments, doctor',
    ],
    [['feild'], 'no command "feild"', 'did you mean field?'],
    [['field', wta, '--out', out, '--fource'], '"--fource" is not known', 'did you mean --force?'],
    [['--seed=2', 'field', wta, '--out', out], '"--seed=2" is not known', 'put --seed behind the command'],
    [['field', '--out', out], "missing required argument 'model'", 'memscape field --help'],
    [['field', wta], '--out <dir>', 'memscape field --help'],
    [['field', wta, 'more', '--out', out], 'too many arguments', 'memscape field --help'],
    [['field', wta, '--out'], 'argument missing', 'memscape field --help'],
    [
      ['field', wta, '--out', out, '--quantity', 'enrgy'],
      '"enrgy" is not a quantity',
      'did you mean "energy"?',
    ],
    [['field', wta, '--out', out, '--device', 'cuda'], '"cuda" is not a device', '"cpu"'],
    [['field', wta, '--out', out, '--device', 'CPU'], '"CPU" is not a device', 'did you mean "cpu"?'],
    [['field', wta, '--out', out, '--seed', '-1'], '--seed: expected a whole number', '--seed 1'],
    [['field', wta, '--out', out, '--extent', '2:-2'], 'lo < hi, found "2:-2"', '--extent -2:2,-2:2'],
    [['field', wta, '--out', out, '--extent', '-1:1,-1:1,-1:1,-1:1'], 'found 4 axes', 'at most three'],
    [['field', wta, '--out', out, '--extent', '0:1,0:1', '--axes', 'e0'], '2 parts for 1 axis', 'give 1'],
    [['field', wta, '--out', out, '--size', '0x4'], '--size: expected whole numbers', '--size 1024x1024'],
    [['field', wta, '--out', out, '--size', '99999999'], 'from 1 to 16777216', '--size 1024x1024'],
    [['field', wta, '--out', out, '--axes', 'e0,e2'], 'no axis "e2"', 'e0 .. e1'],
    [['field', wta, '--out', out, '--axes', 'e1,e1'], 'names an axis twice', 'different axes'],
    [
      ['field', wta, '--out', out, '--through', '0,0;1,0;0,1', '--axes', 'e0'],
      '--axes',
      'leave one of them out',
    ],
    [['eval', wta, '--points', '0,0', '--out', join(folder, 'r.npy')], 'does not end in .npz', 'R.npz'],
    [['figure', '3'], 'no figure "3"', '"1", "2", "all"'],
    [['field', join(folder, 'none.json'), '--out', out], 'cannot be read', 'check the name'],
  ])('%j', async (argv, what, mend) => {
    const { code, stdout, stderr } = await cli(argv);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^error: .*\n {2}why: {2}.*\n {2}mend: .*\n$/);
    expect(stderr).toContain(what);
    expect(stderr.split('mend:')[1]).toContain(mend);
    expect(namesIn(folder)).not.toContain('out');
  });

  test('data of the wrong shape is exit 3', async () => {
    for (const [option, value, words] of [
      ['--origin', '1,2,3', 'expected 2 numbers, found an array of shape [3]'],
      ['--origin', join(folder, 'none.npy'), 'cannot be read'],
      ['--through', '0,0;1,0', 'expected three states, found 2'],
      ['--through', '0,0;1,1;2,2', 'lie on a line'],
      ['--axes', '1,0;2,0', 'depend on each other'],
      ['--axes', '1,0,0', 'found shape [3]'],
      ['--origin', '1e39,0', 'number 0 is 1e+39'],
    ] as const) {
      const { code, stderr } = await cli(['field', wta, '--out', out, option, value]);
      expect(stderr).toContain(words);
      expect(code).toBe(3);
    }
  });
});

describe('messages', () => {
  test('escapes of terminals are never passed on', async () => {
    const hostile = 'x\u001b[2J\u0007\u202e';
    for (const argv of [
      [hostile],
      ['field', hostile, '--out', out],
      ['field', wta, '--out', out, `--${hostile}`],
    ]) {
      const { code, stderr } = await cli(argv);
      expect(code).toBe(2);
      for (const sign of ['\u001b', '\u0007', '\u202e']) expect(stderr).not.toContain(sign);
      expect(stderr).toMatch(/\\u001b|\\u\{1b\}/);
    }
  });

  test('colours only on a terminal, and never with NO_COLOR', async () => {
    const terminal = Object.assign(new PassThrough(), { isTTY: true }) as unknown as NodeJS.WriteStream;
    expect((await cli(['feild'])).stderr).not.toContain('\u001b');
    expect((await cli(['feild'], { terminal })).stderr).toContain('\u001b');
    expect((await cli(['feild'], { terminal, env: { NO_COLOR: '1' } })).stderr).not.toContain('\u001b');
  });

  test('in JSON mode the error is data on stdout and text on stderr', async () => {
    const { code, stdout, stderr } = await cli(['field', wta, '--out', out, '--json', '--seed', 'x']);
    expect(code).toBe(2);
    expect(stderr).toContain('error: --seed');
    const { error } = JSON.parse(stdout) as { error: Record<string, unknown> };
    expect(error).toMatchObject({ code: 'usage', exitCode: 2 });
    for (const key of ['what', 'why', 'mend']) expect(error[key]).toBeTypeOf('string');
  });

  test('an unexpected error is one line, with a stack only when asked for', async () => {
    const open = () => Promise.reject(new TypeError('cannot read x of undefined'));
    const argv = ['field', wta, '--out', out];
    const plain = await cli(argv, { open });
    expect(plain.code).toBe(1);
    expect(plain.stderr).toMatch(
      /^error: internal error: TypeError: cannot read x of undefined\. Please report.*\n$/,
    );
    const debug = await cli(argv, { open, env: { MEMSCAPE_DEBUG: '1' } });
    expect(debug.stderr).toContain('    at ');
  });

  test('no GPU under --device gpu is exit 4', async () => {
    const error = new MemscapeError({ code: 'no-adapter', what: 'none', why: 'w', mend: 'm', exitCode: 4 });
    const { code } = await cli(['doctor', '--device', 'gpu'], { open: () => Promise.reject(error) });
    expect(code).toBe(4);
  });
});

describe('outputs', () => {
  test('existing files are refused before anything is computed', async () => {
    const taken = join(folder, 'taken');
    mkdirSync(taken);
    writeFileSync(join(taken, 'field.json'), 'mine');
    const open = () => Promise.reject(new Error('too late'));
    const { code, stderr } = await cli(['field', wta, '--out', taken], { open });
    expect(code).toBe(2);
    expect(stderr).toContain('field.json');
    expect(stderr).toContain('--force');
  });

  test('a folder that is a file is refused before anything is computed', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const open = () => Promise.reject(new Error('too late'));
    for (const path of [file, join(file, 'below')]) {
      const { code, stderr } = await cli(['figure', '1', '--out', path], { open });
      expect(stderr).toContain('cannot be written');
      expect(code).toBe(3);
    }
  });

  test('an abort leaves nothing behind', async () => {
    const abort = new AbortController();
    const place = join(folder, 'aborted');
    const pending = cli(['figure', 'all', '--out', place], { signal: abort.signal });
    setTimeout(() => {
      abort.abort();
    }, 50);
    const { code, stderr } = await pending;
    expect(code).toBe(130);
    expect(stderr).toContain('interrupted');
    expect(namesIn(folder)).not.toContain('aborted');
  });
});
