/**
 * Many independent jobs, numbered, whose records are plain data: whatever was kept of an earlier run is taken as it is,
 * the rest is computed in order. Job k depends on k alone, so a run that was cut short and gone on with gives the
 * records of one that nobody disturbed.
 */
import { breathe } from './box.js';

/** How a row of jobs is watched, stopped and gone on with. */
export interface JobOptions<R> {
  /** Stops within some 50 ms; the promise rejects with its reason. */
  readonly signal?: AbortSignal;
  /** Called as jobs end. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  /** Records of an earlier run. */
  readonly kept?: ReadonlyMap<number, R>;
  /** Told every new record; a promise holds the next job back. */
  readonly keep?: (job: number, record: R) => void | Promise<void>;
}

const BREATH_MILLISECONDS = 20;
/** Operations between two looks at the clock, some 0.1 ms: looking costs as much as fifty of them. */
const LOOK = 2 ** 16;

/** Lets the event loop run when it is time to; long jobs ask it now and then. */
export class Breath {
  readonly #signal: AbortSignal | undefined;
  #last = performance.now();
  #operations = 0;

  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  /** Whether the event loop has waited long enough; then `await take()`. */
  get due(): boolean {
    return performance.now() - this.#last > BREATH_MILLISECONDS;
  }

  /** The same for tight loops, asked after so many operations. */
  dueAfter(operations: number): boolean {
    this.#operations += operations;
    if (this.#operations < LOOK) return false;
    this.#operations = 0;
    return this.due;
  }

  async take(): Promise<void> {
    await breathe(this.#signal);
    this.#last = performance.now();
  }
}

/** The records of jobs 0 .. total - 1. */
export async function runJobs<R>(
  total: number,
  work: (job: number, breath: Breath) => R | Promise<R>,
  { signal, onProgress, kept, keep }: JobOptions<R> = {},
): Promise<R[]> {
  const breath = new Breath(signal);
  const records: R[] = [];
  signal?.throwIfAborted();
  for (let job = 0; job < total; job++) {
    const known = kept?.get(job);
    if (known !== undefined) {
      records.push(known);
      continue;
    }
    const record = await work(job, breath);
    records.push(record);
    await keep?.(job, record);
    if (!breath.due) continue;
    onProgress?.({ done: job + 1, total });
    await breath.take();
  }
  onProgress?.({ done: total, total });
  return records;
}
