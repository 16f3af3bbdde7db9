/** What every computing command has: its common options, a simulator that is closed again, and a word about falling back. */
import type { Command } from 'commander';
import { orAbort } from '../abort.js';
import { MemscapeError } from '../errors.js';
import { openSimulator, type DeviceChoice } from '../node.js';
import type { Simulator } from '../simulator.js';
import { readDevice, readSeed } from './arguments.js';
import { Console } from './console.js';
import type { Io } from './io.js';

/** Options that every command has. */
export interface CommonOptions {
  readonly device: DeviceChoice;
  readonly seed: number;
  readonly json: boolean;
  readonly force: boolean;
}

/** One run of the command line. */
export interface Invocation {
  readonly argv: readonly string[];
  readonly io: Io;
}

/** Adds the common options to a command. */
export function withCommonOptions(command: Command): Command {
  return command
    .option('--device <device>', 'where to compute: auto, gpu or cpu', 'auto')
    .option('--seed <n>', 'seed of everything random', '1')
    .option('--json', 'the result as JSON on stdout; messages on stderr', false)
    .option('--force', 'overwrite existing files', false);
}

/** The common options as commander found them, checked. */
export function commonOptions(options: Readonly<Record<string, unknown>>): CommonOptions {
  return {
    device: readDevice(String(options.device)),
    seed: readSeed(String(options.seed)),
    json: options.json === true,
    force: options.force === true,
  };
}

/** Refuses `--device gpu` for what is computed on the CPU only. */
export function refuseGpu(device: DeviceChoice, what: string): void {
  if (device !== 'gpu') return;
  throw new MemscapeError({
    code: 'gpu-not-offered',
    what: `--device gpu: there is no kernel for ${what} in this version`,
    why: 'that is computed on the CPU, in f64.',
    mend: 'leave out --device, or give --device cpu',
    exitCode: 2,
  });
}

/** A simulator at work, and how it was chosen. */
export interface Session {
  readonly simulator: Simulator;
  readonly console: Console;
  readonly requested: DeviceChoice;
  /** Why `auto` computes on the CPU. */
  readonly fallback: MemscapeError | undefined;
  readonly signal?: AbortSignal;
}

/** Opens a simulator, does the work, and closes it whatever happens. */
export async function withSimulator<T>(
  { io }: Invocation,
  options: CommonOptions & { readonly quiet?: boolean },
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const console = new Console(io, options.json);
  io.signal?.throwIfAborted();
  const { simulator, fallback } = await orAbort((io.open ?? openSimulator)(options.device), io.signal);
  try {
    if (fallback && options.quiet !== true)
      console.note(
        `no GPU, computing on the CPU in f64: ${fallback.what} (${oneLine(fallback.why)}). To mend it: ${fallback.mend}`,
      );
    return await work({
      simulator,
      console,
      requested: options.device,
      get fallback() {
        return fallback ?? simulator.fallback;
      },
      ...(io.signal ? { signal: io.signal } : {}),
    });
  } finally {
    await simulator.dispose();
  }
}

/** A text on one line, without the full stop at its end. */
export const oneLine = (text: string): string => text.replace(/\s+/g, ' ').replace(/\.$/, '');
