/**
 * `field` as a process that is killed at random moments, or whose GPU process is: what is left is nothing, something to
 * go on from, or the whole result, and what was gone on from has the bytes of a run that nobody disturbed.
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bytesOf, freshFolder, model, namesIn } from './helpers.js';

const main = process.env.MEMSCAPE_MAIN ?? 'dist/cli/main.js';
const folder = freshFolder();
const at = (name: string) => join(folder, name);
const long = process.env.MEMSCAPE_LONG === '1';

interface Process {
  readonly pid: number;
  readonly name: 'cli' | 'gpu';
}

/** The command line's process and its GPU process, as Linux shows them. */
function processesOf(pid: number): Process[] {
  const found: Process[] = [{ pid, name: 'cli' }];
  for (const name of readdirSync('/proc').filter((n) => /^\d+$/.test(n))) {
    try {
      const [, parent] = /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${name}/status`, 'utf8')) ?? [];
      if (Number(parent) !== pid) continue;
      if (readFileSync(`/proc/${name}/cmdline`, 'utf8').includes('gpu/child.js'))
        found.push({ pid: Number(name), name: 'gpu' });
    } catch {
      // It has just ended.
    }
  }
  return found;
}

interface End {
  readonly code: number | null;
  readonly stderr: string;
  readonly milliseconds: number;
  /** Largest resident set of each process, in bytes. */
  readonly resident: readonly number[];
}

/** Runs a command; `kill` ends its process or its GPU's after some milliseconds. */
function run(
  argv: readonly string[],
  kill?: { readonly after: number; readonly name: Process['name'] },
  flags: readonly string[] = [],
): Promise<End> {
  const started = performance.now();
  const child = spawn(process.execPath, [...flags, main, ...argv], { stdio: ['ignore', 'ignore', 'pipe'] });
  const pid = child.pid ?? 0;
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const resident = new Map<number, number>();
  const watch = setInterval(() => {
    for (const { pid: of } of processesOf(pid)) {
      try {
        const found = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${String(of)}/status`, 'utf8'));
        if (found) resident.set(of, 1024 * Number(found[1]));
      } catch {
        // It has just ended.
      }
    }
  }, 250);
  const timer = kill
    ? setTimeout(() => {
        const victim = processesOf(pid).find(({ name }) => name === kill.name);
        if (victim) process.kill(victim.pid, 'SIGKILL');
      }, kill.after)
    : undefined;
  return new Promise((resolve) => {
    child.on('close', (code) => {
      clearTimeout(timer);
      clearInterval(watch);
      resolve({
        code,
        stderr,
        milliseconds: performance.now() - started,
        resident: [...resident.values()],
      });
    });
  });
}

/** Deterministic numbers in [0, 1). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const UNFINISHED = /^(energy|certificate)\.npy\.part$|^field\.journal$/;
const TEMPORARY = /^\.memscape-\d+-[0-9a-f]{12}\.tmp$/;

/** Kills a field again and again, going on from what is left, and compares the end with an undisturbed run. */
async function torture(argv: readonly string[], kills: number, seed: number): Promise<string[]> {
  const whole = at(`whole-${String(seed)}`);
  const cut = at(`cut-${String(seed)}`);
  const undisturbed = await run([...argv, '--out', whole]);
  expect(undisturbed.code).toBe(0);
  const next = numbers(seed);
  const gpu = argv.includes('gpu');
  const story: string[] = [];
  const results = namesIn(whole);
  for (let k = 0; k < kills; k++) {
    const name = gpu && next() < 0.4 ? 'gpu' : 'cli';
    const after = 300 + next() * undisturbed.milliseconds;
    const { code, stderr } = await run([...argv, '--out', cut, '--resume'], { after, name });
    // Killed, its GPU lost (perhaps beyond recovery), or it was faster.
    expect([null, 0, 5]).toContain(code);
    // Killed before it made its folder, it left nothing at all.
    const left = existsSync(cut) ? namesIn(cut) : [];
    story.push(
      `${name} at ${after.toFixed(0)} ms: ${String(code)}, ${/left \d+ of \d+/.exec(stderr)?.[0] ?? '-'}`,
    );
    const finished = left.filter((n) => !UNFINISHED.test(n) && !TEMPORARY.test(n));
    // Whatever has its name has its bytes.
    for (const n of finished) {
      expect(results).toContain(n);
      if (n !== 'field.json') expect(Buffer.compare(bytesOf(cut, n), bytesOf(whole, n))).toBe(0);
    }
    if (code === 0) {
      expect(left).toEqual(results);
      rmSync(cut, { recursive: true });
    }
  }
  expect(await run([...argv, '--out', cut, '--resume'])).toMatchObject({ code: 0 });
  expect(namesIn(cut)).toEqual(results);
  for (const n of results.filter((r) => r !== 'field.json'))
    expect(Buffer.compare(bytesOf(cut, n), bytesOf(whole, n))).toBe(0);
  return story;
}

const linux = process.platform === 'linux';

describe.skipIf(!linux)(
  'killed at random moments [skipped beside Linux: processes are found in /proc]',
  () => {
    test('a field on the CPU', { timeout: 300_000 }, async () => {
      const argv = ['field', model('mlp-feedback'), '--quantity', 'certificate,energy', '--size', '32x32x32'];
      await torture([...argv, '--device', 'cpu', '--stream'], long ? 4 : 1, 1);
    });

    test('a field on the GPU', { timeout: 300_000 }, async () => {
      const argv = ['field', model('smu-nonsymmetric'), '--quantity', 'certificate,energy'];
      await torture([...argv, '--size', '64x64x64', '--device', 'gpu', '--stream'], long ? 4 : 1, 2);
    });
  },
);

describe.skipIf(!linux || !long)(
  'at full size [skipped without MEMSCAPE_LONG=1: several minutes, 4 GiB of disk]',
  () => {
    test('20 kills of a field of 4096 x 4096', { timeout: 3_600_000 }, async () => {
      const argv = ['field', model('winner-take-all'), '--quantity', 'energy', '--size', '4096'];
      const story = await torture([...argv, '--device', 'gpu'], 20, 3);
      console.log(story.join('\n'));
    });

    test.each([[[]], [['--max-old-space-size=256']]])(
      '1 GiB with default limits under 1.5 GiB in every process, node %j',
      { timeout: 3_600_000 },
      async (flags) => {
        const out = at('large');
        const argv = ['field', model('winner-take-all'), '--quantity', 'energy', '--size', '16384'];
        const end = await run([...argv, '--device', 'gpu', '--out', out], undefined, flags);
        expect(end.code).toBe(0);
        const mebibytes = end.resident.map((bytes) => (bytes / 2 ** 20).toFixed(0)).join(' and ');
        console.log(`${(end.milliseconds / 1000).toFixed(1)} s, largest resident sets ${mebibytes} MiB`);
        expect(end.resident.length).toBeGreaterThanOrEqual(2);
        for (const bytes of end.resident) expect(bytes).toBeLessThan(1.5 * 2 ** 30);
        rmSync(out, { recursive: true });
      },
    );
  },
);
