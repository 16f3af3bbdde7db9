/** The command line in this process: streams are strings, and the CPU computes in this thread. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { run, type Io } from '../../src/cli/run.js';
import { CpuBackend } from '../../src/cpu/backend.js';
import { Simulator } from '../../src/simulator.js';

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Worker threads cannot run TypeScript, so the pool of threads stays closed. */
const open: NonNullable<Io['open']> = () => Promise.resolve({ simulator: new Simulator(new CpuBackend()) });

export async function cli(argv: readonly string[], io: Partial<Io> = {}): Promise<Outcome> {
  let stdout = '';
  let stderr = '';
  const code = await run(argv, {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    env: {},
    open,
    ...io,
  });
  return { code, stdout, stderr };
}

/** A fresh folder, removed after the file's tests. */
export function freshFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'memscape-cli-'));
  afterAll(() => {
    rmSync(path, { recursive: true, force: true });
  });
  return path;
}

export const model = (name: string): string => `models/${name}.json`;
export const bytesOf = (...parts: string[]): Uint8Array => new Uint8Array(readFileSync(join(...parts)));
export const jsonOf = (...parts: string[]): unknown => JSON.parse(readFileSync(join(...parts), 'utf8'));
export const namesIn = (folder: string): string[] => readdirSync(folder).sort();
