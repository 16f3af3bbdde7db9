/** `retrieve`, `capacity` and `trajectories` as processes that are killed at random moments and gone on with. */
import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { unzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { writeNpy } from '../../src/node.js';
import { bytesOf, freshFolder, model, namesIn } from './helpers.js';

const main = process.env.MEMSCAPE_MAIN ?? 'dist/cli/main.js';
const folder = freshFolder();
const LONG = process.env.MEMSCAPE_LONG === '1';
const KILLS = LONG ? 50 : 1;

function run(argv: readonly string[], killAfter?: number): Promise<{ code: number | null; ms: number }> {
  const started = performance.now();
  const child = spawn(process.execPath, [main, ...argv], { stdio: 'ignore' });
  const timer = killAfter === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfter);
  return new Promise((resolve) => {
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, ms: performance.now() - started });
    });
  });
}

const starts = `${folder}/starts.npy`;
writeFileSync(
  starts,
  writeNpy(
    [400, 2],
    Float64Array.from({ length: 800 }, (_, k) => 2 * Math.cos(1.7 * k)),
  ),
);

/** Everything of a .npz but its provenance, which has times in it. */
function arraysOf(path: string): Map<string, Uint8Array> {
  const entries = Object.entries(unzipSync(bytesOf(dirname(path), basename(path))));
  return new Map(entries.filter(([name]) => name !== 'provenance.npy'));
}

const commands: readonly (readonly [string, readonly string[], string, string])[] = [
  ['capacity', 'capacity --size 200 --loads 0.05:0.3:6 --networks 6'.split(' '), '', '/capacity.npz'],
  [
    'retrieve',
    [
      'retrieve',
      model('digits'),
      '--patterns',
      'models/digits.npy',
      '--corruption',
      'noise:4:12:3',
      '--trials',
      '100',
    ],
    '',
    '/retrieve.npz',
  ],
  [
    'trajectories',
    ['trajectories', model('winner-take-all'), '--points', starts, '--times', '0.5,2,8'],
    '.npz',
    '.npz',
  ],
];

// The journal is one for all of them; each has its own test of Ctrl-C and --resume (memories.test.ts).
const title = LONG
  ? 'killed 50 times each'
  : 'killed once (three commands, 50 times each with MEMSCAPE_LONG=1)';
describe(title, () => {
  test.each(LONG ? commands : commands.slice(0, 1))(
    '%s',
    { timeout: 3_600_000 },
    async (name, argv, ending, array) => {
      const whole = `${folder}/${name}-whole`;
      const undisturbed = await run([...argv, '--out', `${whole}${ending}`]);
      expect(undisturbed.code).toBe(0);
      const expected = arraysOf(`${whole}${array}`);
      for (let k = 0; k < KILLS; k++) {
        const cut = `${folder}/${name}-cut-${String(k)}`;
        const command = [...argv, '--out', `${cut}${ending}`];
        // Golden-ratio multiples: spread over the whole run, the same every time.
        const { code } = await run(command, 200 + ((k * 0.618 + 0.5) % 1) * undisturbed.ms);
        expect([null, 0]).toContain(code);
        // Killed after it had removed its journal, it had finished, and there is nothing to go on from.
        const journal = ending === '' ? `${cut}/${name}.journal` : `${cut}${ending}.journal`;
        const finished = existsSync(`${cut}${array}`) && !existsSync(journal);
        if (!finished) expect(await run([...command, '--resume'])).toMatchObject({ code: 0 });
        expect(arraysOf(`${cut}${array}`)).toEqual(expected);
        if (ending === '') expect(namesIn(cut)).toEqual(namesIn(whole));
      }
    },
  );
});
