/**
 * A row of jobs that survives its end: finished records stand in a journal beside the results, and --resume takes them
 * as they are. A record that is lost is computed again, to the same bits, so a resumed result has the bytes of one that
 * nobody disturbed.
 */
import { createHash } from 'node:crypto';
import { rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { MemscapeError } from '../errors.js';
import { makeFolder } from '../io/files.node.js';
import { packed, unpacked } from '../io/exact-json.js';
import { Journal, readJournal } from '../io/journal.node.js';
import { quote } from '../model/check.js';
import { differences, refuseBusy, type Identity } from '../stream/earlier.node.js';
import { version } from './provenance.js';

/** Where the records are, and what they are of. */
export interface ResumableOptions {
  /** The journal's file. */
  readonly path: string;
  /** Everything that determines the records besides the version. */
  readonly identity: Identity;
  readonly resume: boolean;
  readonly force: boolean;
}

interface JournalRecord {
  readonly format?: string;
  readonly identity?: Identity;
  readonly owner?: { readonly pid: number; readonly host: string };
  readonly records?: readonly (readonly [job: number, record: unknown])[];
}

const FORMAT = 'memscape-jobs/1';
/** A crash loses at most the work of so many milliseconds. */
const FLUSH_MILLISECONDS = 250;

/** SHA-256 of states, for an identity. */
export function digest(states: readonly Float64Array[]): string {
  const hash = createHash('sha256');
  for (const state of states) hash.update(new Uint8Array(state.buffer, state.byteOffset, state.byteLength));
  return hash.digest('hex');
}

/** Whether there is something to go on from: a run that ended while it wrote its results may replace them. */
export const isUnfinished = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined)) !== undefined;

/** For a command that keeps no journal: @throws MemscapeError `output-unfinished` (exit 2) where another run left one. */
export async function refuseUnfinished(path: string): Promise<void> {
  if (await isUnfinished(path)) throw unfinished(path);
}

/** The kept records of one command; `end` or `abandon` it. */
export class Resumable<R> {
  /** Of an earlier run; `keep` adds to them. */
  readonly records: ReadonlyMap<number, R>;
  /** How many an earlier run left. */
  readonly left: number;
  readonly #path: string;
  readonly #journal: Journal;
  readonly #known: Map<number, R>;
  #waiting: [number, unknown][] = [];
  #flushed = performance.now();

  private constructor(path: string, journal: Journal, known: Map<number, R>) {
    this.records = known;
    this.left = known.size;
    this.#path = path;
    this.#journal = journal;
    this.#known = known;
  }

  /**
   * Opens the journal: new, or with what an earlier run of the same command left.
   * @throws MemscapeError (exit 2) `output-unfinished` where there is one and neither option was given,
   *   `output-busy` where its process is still there, `resume-differs` where it is of something else.
   */
  static async open<R>({ path, identity, resume, force }: ResumableOptions): Promise<Resumable<R>> {
    const { records, bytes } = await readJournal(path);
    const own = records as readonly JournalRecord[];
    refuseBusy(path, own.findLast(({ owner }) => owner !== undefined)?.owner);
    const whole: Identity = { version: version(), ...identity };
    const before = own.at(0)?.format === FORMAT ? own[0].identity : undefined;
    if (bytes > 0 && !resume && !force) throw unfinished(path);
    const goOn = resume && before !== undefined;
    if (goOn) refuseOther(path, before, whole);
    await makeFolder(dirname(path));
    const journal = await Journal.open(path, goOn ? bytes : 0);
    if (!goOn) await journal.append({ format: FORMAT, identity: whole });
    await journal.append({ owner: { pid: process.pid, host: hostname() } });
    const kept = goOn ? own.flatMap((record) => record.records ?? []) : [];
    return new Resumable(path, journal, new Map(kept.map(([job, record]) => [job, unpacked(record) as R])));
  }

  /** Takes a record; it is on the disk within some 250 ms of work. */
  readonly keep = async (job: number, record: R): Promise<void> => {
    this.#known.set(job, record);
    this.#waiting.push([job, packed(record)]);
    if (performance.now() - this.#flushed > FLUSH_MILLISECONDS) await this.#flush();
  };

  /** After the results were written: the journal is not needed any more. */
  async end(): Promise<void> {
    await this.#journal.close();
    await rm(this.#path, { force: true });
  }

  /** After a failure: what is finished is kept, and the error says how to go on. `total`: jobs in all, or what they are. */
  async abandon(error: unknown, total: number | string, signal: AbortSignal | undefined): Promise<unknown> {
    await this.#flush().catch(() => undefined);
    await this.#journal.close().catch(() => undefined);
    if (this.#known.size === 0) {
      await rm(this.#path, { force: true }).catch(() => undefined);
      return error;
    }
    if (signal?.aborted !== true) return error;
    return new MemscapeError(
      {
        code: 'interrupted',
        what: `interrupted; ${String(this.#known.size)} ${typeof total === 'number' ? `of ${String(total)} jobs` : total} are kept in ${quote(this.#path)}`,
        why: 'Ctrl-C or a signal ended the command; no result was left half-written.',
        mend: 'give the same command with --resume to go on, or with --force to begin again',
        exitCode: 130,
      },
      { cause: error },
    );
  }

  async #flush(): Promise<void> {
    if (this.#waiting.length > 0) await this.#journal.append({ records: this.#waiting });
    this.#waiting = [];
    this.#flushed = performance.now();
  }
}

const unfinished = (path: string) =>
  new MemscapeError({
    code: 'output-unfinished',
    what: `${quote(path)} holds what an interrupted run left`,
    why: 'it may hold hours of work, which a new run would overwrite.',
    mend: 'go on from it with --resume, or begin again with --force',
    exitCode: 2,
  });

function refuseOther(path: string, then: Identity, now: Identity): void {
  const found = differences(then, now);
  if (found.length === 0) return;
  throw new MemscapeError({
    code: 'resume-differs',
    what: `${quote(path)} is of another run: ${found.join('; ')}`,
    why: 'records of two different runs are never mixed.',
    mend: 'give the command that was interrupted, or begin again with --force',
    exitCode: 2,
  });
}
