/** The built command line as a process of its own: signals, closed pipes, no adapter, worker threads. */
import { execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { bytesOf, freshFolder, jsonOf, model, namesIn, type Outcome } from './helpers.js';

/** MEMSCAPE_MAIN: another build, for example that of an unpacked package. */
const main = process.env.MEMSCAPE_MAIN ?? 'dist/cli/main.js';
const folder = freshFolder();
const at = (name: string) => join(folder, name);

// test/global-setup.ts has built it; a config without that setup gets its build here.
beforeAll(() => {
  if (!existsSync(main)) execFileSync('npx', ['vite', 'build'], { stdio: 'ignore' });
});

function memscape(argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [main, ...argv],
      { env: { ...process.env, ...env } },
      (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr });
      },
    );
  });
}

/** Starts a field that takes minutes, and ends it with a signal. */
function interrupted(
  signal: NodeJS.Signals,
  out: string,
): Promise<{ code: number | null; waited: number; stderr: string }> {
  const argv = [
    'field',
    model('mlp-feedback'),
    '--quantity',
    'certificate',
    '--size',
    // Small enough to be kept in memory: larger fields leave what --resume goes on from (stream.test.ts).
    '2048',
    '--device',
    'cpu',
  ];
  const child = spawn(process.execPath, [main, ...argv, '--out', out], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  let sent = 0;
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  setTimeout(() => {
    sent = performance.now();
    child.kill(signal);
  }, 2500);
  return new Promise((resolve) => {
    child.on('close', (code) => {
      resolve({ code, waited: performance.now() - sent, stderr });
    });
  });
}

test('the bin can be run by itself', () => {
  expect(new TextDecoder().decode(bytesOf(main).subarray(0, 20))).toBe('#!/usr/bin/env node\n');
  expect(statSync(main).isFile()).toBe(true);
});

test('figure 1 works without any adapter, and says why and what to do', async () => {
  const nowhere = { VK_ICD_FILENAMES: '/nowhere/icd.json' };
  const { code, stdout, stderr } = await memscape(['figure', '1', '--out', at('figure')], nowhere);
  expect(code).toBe(0);
  expect(stdout).toContain('figure-1: CPU, f64');
  expect(stderr).toMatch(/^note: no GPU, computing on the CPU in f64: .* To mend it: .*\n$/);
  const { provenance } = jsonOf(at('figure'), 'figure-1.json') as { provenance: Record<string, unknown> };
  expect(provenance.computedBy).toMatchObject({
    requested: 'auto',
    device: 'cpu',
    fallback: { code: 'no-adapter' },
  });
  expect(await memscape(['doctor', '--device', 'gpu'], nowhere)).toMatchObject({ code: 4 });
  const doctor = await memscape(['doctor'], nowhere);
  expect(doctor.code).toBe(0);
  expect(doctor.stdout).toContain('--device auto: computes on the CPU in f64');
  expect(doctor.stdout).toContain('mend: ');
});

test('worker threads compute what one thread computes', async () => {
  const argv = [
    'field',
    model('two-attractor-sigmoid'),
    '--size',
    '420',
    '--device',
    'cpu',
    '--json',
    '--out',
  ];
  const [first, second] = [
    await memscape([...argv, at('a')]),
    await memscape([...argv, at('b'), '--seed', '2']),
  ];
  expect([first.code, second.code]).toEqual([0, 0]);
  expect(bytesOf(at('a'), 'energy.npy')).toEqual(bytesOf(at('b'), 'energy.npy'));
  expect(bytesOf(at('a'), 'energy.svg')).toEqual(bytesOf(at('b'), 'energy.svg'));
});

describe('signals', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('%s ends with 130, soon, and leaves nothing', async (signal) => {
    const out = at(`work-${signal}`);
    mkdirSync(out);
    const { code, waited, stderr } = await interrupted(signal, out);
    expect(stderr).toContain('error: interrupted');
    expect(code).toBe(130);
    expect(waited).toBeLessThan(5000);
    expect(namesIn(out)).toEqual([]);
  });
});

test('a reader that goes away is no error, and the files are written', async () => {
  const out = at('pipe');
  const words = `'${process.execPath}' '${main}' field ${model('fig-2c')} --size 64 --device cpu --out '${out}' --json | head -1`;
  const shell = await new Promise<{ stdout: string; stderr: string; failed: boolean }>((resolve) => {
    execFile('bash', ['-c', `set -o pipefail; ${words}`], (error, stdout, stderr) => {
      resolve({ stdout, stderr, failed: error !== null });
    });
  });
  expect(shell).toEqual({ stdout: '{\n', stderr: '', failed: false });
  expect(namesIn(out)).toContain('field.json');
  const help = await new Promise<string>((resolve) => {
    execFile(
      'bash',
      ['-c', `set -o pipefail; '${process.execPath}' '${main}' --help | true; echo $?`],
      (_, stdout, stderr) => {
        resolve(stdout + stderr);
      },
    );
  });
  expect(help).toBe('0\n');
});
