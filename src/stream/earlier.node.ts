/** What an earlier run has left: its journal read back, and whether it belongs to what is asked now. */
import { hostname } from 'node:os';
import { MemscapeError } from '../errors.js';
import { readJournal } from '../io/journal.node.js';
import { quote } from '../model/check.js';
import type { DevicePace } from '../plan/device.js';
import type { StreamPart } from './sink.js';

/** Everything that determines the numbers of a result, by name; values are compared as JSON. */
export type Identity = Readonly<Record<string, unknown>>;

/** A journal that was read back. */
export interface Earlier {
  readonly identity: Identity;
  /** How fast the device was taken to be when the tiles were cut. */
  readonly pace: DevicePace | 'guessed';
  /** Tiles that were on the disk: index of the part, column, row, columns, rows, CRC-32. */
  readonly tiles: readonly (readonly [number, number, number, number, number, string])[];
  /** Whether every tile was, and the files began to take their names. */
  readonly whole: boolean;
  /** Bytes of the journal that are sound. */
  readonly bytes: number;
}

interface JournalRecord {
  readonly format?: string;
  readonly identity?: Identity;
  readonly pace?: DevicePace;
  readonly owner?: { readonly pid: number; readonly host: string };
  readonly tiles?: Earlier['tiles'];
  readonly whole?: boolean;
}

/**
 * Reads the journal of an earlier run; undefined where there is none that can be gone on from.
 * @throws MemscapeError `output-busy` (exit 2) where its process is still there.
 */
export async function readEarlier(path: string): Promise<Earlier | undefined> {
  const { records, bytes } = await readJournal(path);
  // Checksums make sure that these are our own words.
  const own = records as readonly JournalRecord[];
  const owner = own.findLast((record) => record.owner !== undefined)?.owner;
  refuseBusy(path, owner);
  const identity = own.at(0)?.format === 'memscape-journal/1' ? own[0].identity : undefined;
  if (!identity) return undefined;
  return {
    identity,
    pace: own[0].pace ?? 'guessed',
    tiles: own.flatMap((record) => record.tiles ?? []),
    whole: own.some((record) => record.whole === true),
    bytes,
  };
}

/**
 * Two runs never write into the same files.
 * @throws MemscapeError `output-busy` (exit 2) where the process that wrote a journal is still there.
 */
export function refuseBusy(
  path: string,
  owner: { readonly pid: number; readonly host: string } | undefined,
): void {
  if (owner?.host !== hostname() || owner.pid === process.pid || !isAlive(owner.pid)) return;
  throw new MemscapeError({
    code: 'output-busy',
    what: `${quote(path)} is in use by process ${String(owner.pid)}`,
    why: 'two runs would write into the same files.',
    mend: `wait for it or end it, or choose another place with --out (if that process is another program: delete ${quote(path)})`,
    exitCode: 2,
  });
}

/** Signal 0 asks whether a process is there; one that we may not signal is there too. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Who computes what, as far as it determines bits. */
export function partsFacts(parts: readonly StreamPart[]): Identity {
  return Object.fromEntries(
    parts.map(({ plan, computedBy: { name, device, precision, adapter } }, k) => [
      `computation ${String(k + 1)}`,
      {
        quantities: plan.planes.map(({ quantity }) => quantity),
        // The CPU's name counts its threads, which change nothing.
        ...(device === 'gpu' ? { adapter: name, facts: adapter } : {}),
        device,
        precision,
      },
    ]),
  );
}

const LONGEST = 120;

/** What differs, in words. */
export function differences(then: Identity, now: Identity): string[] {
  const words = (value: unknown) => {
    const text = value === undefined ? 'nothing' : JSON.stringify(value);
    return text.length > LONGEST ? `${text.slice(0, LONGEST)}..` : text;
  };
  return [...new Set([...Object.keys(then), ...Object.keys(now)])]
    .filter((key) => JSON.stringify(then[key]) !== JSON.stringify(now[key]))
    .map((key) => `${key} was ${words(then[key])} and is ${words(now[key])}`);
}
