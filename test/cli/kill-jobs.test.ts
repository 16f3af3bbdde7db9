/** `basins`, `trajectories`, `retrieve` and `capacity` as processes that are killed at random moments and gone on with. */
import { spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { unzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { writeNpy } from '../../src/node.js';
import { bytesOf, freshFolder, jsonOf, model, namesIn } from './helpers.js';

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
const arraysOf = (bytes: Uint8Array) =>
  Object.entries(unzipSync(bytes)).filter(([name]) => name !== 'provenance.npy');

/** Everything that a command has written, but for provenances. */
function resultsOf(out: string): Map<string, unknown> {
  if (out.endsWith('.npz')) return new Map(arraysOf(bytesOf(dirname(out), basename(out))));
  return new Map(
    namesIn(out).flatMap((name): [string, unknown][] => {
      if (name.endsWith('.npz')) return arraysOf(bytesOf(out, name));
      if (!name.endsWith('.json')) return [[name, bytesOf(out, name)]];
      return [[name, { ...(jsonOf(out, name) as object), provenance: undefined }]];
    }),
  );
}

const [trajectories, basins, capacity, retrieve] = [
  ['trajectories', model('winner-take-all'), '--points', starts, '--times', '0.5,2,8'],
  // Steps far too short: a second or two of work.
  `basins ${model('two-attractor-sigmoid')} --extent -12:12 --size 80 --full --step 0.01 --device cpu`.split(
    ' ',
  ),
  'capacity --size 200 --loads 0.05:0.3:6 --networks 6'.split(' '),
  ['retrieve', model('digits'), '--patterns', 'models/digits.npy', '--corruption', 'noise:4:12:3'],
] as const;
const commands: readonly (readonly [name: string, argv: readonly string[], ending: string])[] = [
  ['basins', basins, ''],
  ['trajectories', trajectories, '.npz'],
  ['capacity', capacity, ''],
  ['retrieve', [...retrieve, '--trials', '100'], ''],
];

// The journal is one for all of them; each has its own test of Ctrl-C and --resume.
const title = LONG
  ? 'killed 50 times each'
  : 'killed once (four commands, 50 times each with MEMSCAPE_LONG=1)';
describe(title, () => {
  test.each(LONG ? commands : commands.slice(0, 1))(
    '%s',
    { timeout: 3_600_000 },
    async (name, argv, ending) => {
      const whole = `${folder}/${name}-whole${ending}`;
      const undisturbed = await run([...argv, '--out', whole]);
      expect(undisturbed.code).toBe(0);
      const expected = resultsOf(whole);
      let [killed, tries] = [0, 0];
      // Faster than the first time it may end before it is killed: such tries do not count.
      for (; killed < KILLS && tries < 4 * KILLS; tries++) {
        const cut = `${folder}/${name}-cut-${String(tries)}${ending}`;
        const command = [...argv, '--out', cut];
        // Golden-ratio multiples: spread over the whole run, the same every time.
        const { code } = await run(command, 200 + ((tries * 0.618 + 0.5) % 1) * undisturbed.ms);
        expect([null, 0]).toContain(code);
        if (code === null) killed++;
        // Also where it had finished: then there is nothing to go on from, and that is no error.
        expect(await run([...command, '--resume'])).toMatchObject({ code: 0 });
        expect(resultsOf(cut)).toEqual(expected);
        rmSync(cut, { recursive: true });
      }
      console.log(`${name}: killed ${String(killed)} times in ${String(tries)} tries`);
      expect(killed).toBe(KILLS);
    },
  );
});
