/**
 * A backend that survives its device. A lost device, a GPU process that died or hung: another one is opened and gets
 * what is unfinished of the plan. Too little memory: what is unfinished is halved. Points are computed from integer
 * indices, so on the same adapter the result has the bits of an undisturbed run.
 *
 * It knows nothing of WebGPU or processes: it is told how to open a backend, and understands `device-lost` and
 * `gpu-memory`. One run at a time, so a run that kills devices costs the others time only.
 */
import { orAbort } from '../abort.js';
import {
  sameAdapter,
  type Backend,
  type BackendInfo,
  type RunOptions,
  type RunStatistics,
} from '../backend.js';
import { MemscapeError } from '../errors.js';
import type { DeviceProfile } from '../plan/device.js';
import type { AnyPlan } from '../plan/plan.js';
import { Remainder } from './remainder.js';

/**
 * Opens a backend, always one of the same precision.
 * @param lastTry whether nobody will ask again; before that, better no device than another one than the lost.
 */
export type OpenBackend = (lastTry: boolean) => Promise<Backend>;

/** How patient a recovery is. */
export interface RecoveryOptions {
  /**
   * Pauses in ms, one before each try to open again: drivers and browsers take their time after a crash. Default
   * 0, 200, 800 and 2000.
   */
  readonly pauses?: readonly number[];
}

const PAUSES = [0, 200, 800, 2000];
/** Losses in a row without one finished tile: the plan kills the device, or the device is broken. */
const LOSSES_IN_VAIN = 4;
const HALVINGS = 5;

/** Wraps whatever can be opened again; `open` makes one. */
export class RecoveringBackend implements Backend {
  readonly #open: OpenBackend;
  readonly #pauses: readonly number[];
  /** The last one that was opened. */
  #latest: Backend;
  /** Whether `#latest` was lost. */
  #lost = false;
  #losses = 0;
  /** Runs that need a device wait for the same one. */
  #opening: Promise<Backend> | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #disposed = false;

  private constructor(first: Backend, open: OpenBackend, { pauses = PAUSES }: RecoveryOptions) {
    this.#latest = first;
    this.#open = open;
    this.#pauses = pauses;
  }

  /**
   * Opens a backend for the first time and stands in for it from then on; both then have one owner.
   * @throws whatever `open` throws: without a first device there is nothing to recover.
   */
  static async open(open: OpenBackend, options: RecoveryOptions = {}): Promise<RecoveringBackend> {
    return new RecoveringBackend(await open(true), open, options);
  }

  /** Of the device in use, which may be another one after a loss. */
  get info(): BackendInfo {
    return this.#latest.info;
  }

  get profile(): DeviceProfile {
    return this.#latest.profile;
  }

  async calibrate(): Promise<void> {
    // A loss while measuring is found by the next run, which opens another device.
    await this.#latest.calibrate?.().catch(() => undefined);
  }

  /** Devices lost so far. */
  get losses(): number {
    return this.#losses;
  }

  /**
   * @throws MemscapeError `device-gone` (exit 5) where devices are lost one after the other without finishing a tile,
   *   or none can be opened any more; `gpu-memory` (exit 5) where tiles of a 32nd are still too large.
   */
  run(plan: AnyPlan, options: RunOptions): Promise<RunStatistics> {
    const before = this.#queue;
    const turn = orAbort(before, options.signal).then(() => this.#run(plan, options));
    this.#queue = Promise.allSettled([before, turn]);
    return turn;
  }

  async #run(plan: AnyPlan, { signal, onTile }: RunOptions): Promise<RunStatistics> {
    const left = new Remainder(plan);
    const notes = new Set<string>();
    let before: BackendInfo | undefined;
    let inVain = 0;
    let halvings = 0;
    for (;;) {
      const backend = await this.#usable(signal);
      if (before && backend.info !== before) notes.add(resume(left, before, backend.info));
      before = backend.info;
      try {
        const statistics = await backend.run(left.plan(), {
          ...(signal ? { signal } : {}),
          onTile: async (piece) => {
            inVain = 0;
            const result = left.take(piece);
            if (result) await onTile(result);
          },
        });
        return { ...statistics, notes: [...(statistics.notes ?? []), ...notes] };
      } catch (error) {
        const code = error instanceof MemscapeError ? error.code : undefined;
        if (code === 'device-lost') this.#retire(backend);
        signal?.throwIfAborted();
        if (code === 'gpu-memory' && ++halvings <= HALVINGS && left.halve()) {
          notes.add('The GPU ran short of memory and computed in smaller tiles.');
          continue;
        }
        if (code !== 'device-lost') throw error;
        if (++inVain >= LOSSES_IN_VAIN) throw gone(`${String(inVain)} in a row did not finish a tile`, error);
        // Operating systems reset a device whose tile takes too long.
        if (inVain > 1) left.halve();
      }
    }
  }

  /** A device that is there, as far as one can know; after a loss another one. */
  async #usable(signal: AbortSignal | undefined): Promise<Backend> {
    if (this.#disposed) throw disposed();
    return this.#lost ? await orAbort(this.#reopen(), signal) : this.#latest;
  }

  #retire(backend: Backend): void {
    this.#losses++;
    this.#lost = true;
    // It is of no use whether or not this succeeds.
    backend.dispose().catch(() => undefined);
  }

  #reopen(): Promise<Backend> {
    this.#opening ??= this.#tryAll().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async #tryAll(): Promise<Backend> {
    let last: unknown;
    for (const [k, pause] of this.#pauses.entries()) {
      if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
      if (this.#disposed) throw disposed();
      try {
        const backend = await this.#open(k === this.#pauses.length - 1);
        if (await this.#adopt(backend)) return backend;
      } catch (error) {
        if (!(error instanceof MemscapeError) || error.code === 'disposed') throw error;
        last = error;
      }
    }
    throw gone('it could not be opened again', last);
  }

  async #adopt(backend: Backend): Promise<boolean> {
    const fits = backend.info.precision === this.#latest.info.precision;
    if (this.#disposed || !fits) await backend.dispose();
    if (this.#disposed) throw disposed();
    if (!fits) return false;
    this.#latest = backend;
    this.#lost = false;
    return true;
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    await this.#latest.dispose();
  }
}

/** Prepares what is left for the device that goes on, and says so. */
function resume(left: Remainder, before: BackendInfo, now: BackendInfo): string {
  if (sameAdapter(before, now))
    return 'The GPU was lost and opened again; what it had not finished was computed again.';
  // Adapters round differently: no result has tiles of two.
  left.restart();
  return `The GPU was lost (${before.name}) and another one computed everything again (${now.name}).`;
}

const gone = (how: string, cause: unknown): MemscapeError =>
  new MemscapeError(
    {
      code: 'device-gone',
      what: `the GPU was lost for good: ${how}`,
      why: cause instanceof MemscapeError ? `${cause.what} (${cause.why})` : 'no reason was given',
      mend: 'close other programs that use the GPU, reload the page or run the command again; update the driver if it happens again, or use --device cpu.',
      exitCode: 5,
    },
    { cause },
  );

const disposed = (): MemscapeError =>
  new MemscapeError({
    code: 'disposed',
    what: 'this GPU was disposed of',
    why: 'dispose() ends its device.',
    mend: 'open another one.',
    exitCode: 1,
  });
