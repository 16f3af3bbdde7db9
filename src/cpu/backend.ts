/**
 * The CPU as a backend: f64, every tile evaluated by a pool of workers. How a worker is started differs between
 * Node and pages, so it is handed in; without it the tiles are evaluated right here.
 */
import type { Backend, BackendInfo, RunOptions, RunStatistics, TileResult } from '../backend.js';
import { MemscapeError } from '../errors.js';
import type { DeviceProfile } from '../plan/device.js';
import type { AnyPlan, Tile } from '../plan/plan.js';
import { evaluateTile, toolsFor } from './evaluate.js';
import type { FromWorker, ToWorker } from './serve.js';

/** A worker thread of either kind; it runs `memscape/worker` in pages. Messages are plain data. */
export interface WorkerHandle {
  /** Posts a message; buffers are copied, not transferred: other workers need them too. */
  send(message: ToWorker): void;
  /** Sets the listener, in place of the one before it. */
  onMessage(listener: (message: FromWorker) => void): void;
  /** Sets the listener, in place of the one before it, for a worker that did not start or died; `reason` is quoted. */
  onFailure(listener: (reason: string) => void): void;
  /** Ends the thread, also in the middle of a tile. */
  terminate(): Promise<void>;
}

/** How the CPU backend uses threads. */
export interface CpuOptions {
  /** Threads of the pool; 0 evaluates in the caller's thread. Default 0. */
  readonly threads?: number;
  /** Starts a thread of the pool; without it tiles are evaluated in the caller's thread, whatever `threads` says. */
  readonly startWorker?: () => WorkerHandle;
}

/** Starting a pool costs about 50 ms: plans below this are evaluated right here. */
const WORTH_A_POOL_MILLISECONDS = 60;
/** How long the caller's thread may be busy before it lets other things happen. */
const BREATH_MILLISECONDS = 40;

const UNLIMITED = Number.MAX_SAFE_INTEGER;

/**
 * Every quantity in f64, for any N: the reference, and what runs where there is no GPU. Short plans (below 60 ms) are
 * evaluated in the caller's thread, which yields every 40 ms; for longer ones threads are started and kept.
 */
export class CpuBackend implements Backend {
  readonly info: BackendInfo;
  readonly profile: DeviceProfile = {
    kind: 'cpu',
    software: true,
    maxStorageBufferBindingSize: UNLIMITED,
    maxBufferSize: UNLIMITED,
    maxUniformBufferBindingSize: UNLIMITED,
  };
  readonly #options: CpuOptions;
  #pool: WorkerHandle[] = [];
  readonly #cancel = new Set<(reason: unknown) => void>();
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: CpuOptions = {}) {
    this.#options = options;
    const threads = options.startWorker ? Math.max(1, options.threads ?? 1) : 1;
    this.info = {
      device: 'cpu',
      name: `CPU, f64, ${String(threads)} ${threads === 1 ? 'thread' : 'threads'}`,
      adapter: {},
      software: false,
      precision: 'f64',
    };
  }

  run(plan: AnyPlan, options: RunOptions): Promise<RunStatistics> {
    const turn = this.#queue.then(() => this.#run(plan, options));
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  async #run(plan: AnyPlan, options: RunOptions): Promise<RunStatistics> {
    const planned = plan.tiles.length * plan.tileMilliseconds;
    const { startWorker, threads = 0 } = this.#options;
    if (startWorker && threads > 0 && planned > WORTH_A_POOL_MILLISECONDS)
      await this.#runPooled(plan, options, startWorker, Math.min(threads, plan.tiles.length));
    else await runHere(plan, options);
    return { gpuMilliseconds: 0 };
  }

  async #runPooled(
    plan: AnyPlan,
    { signal, onTile }: RunOptions,
    start: () => WorkerHandle,
    threads: number,
  ) {
    signal?.throwIfAborted();
    while (this.#pool.length < threads) this.#pool.push(start());
    const waiting = plan.tiles.values();
    // Tiles are taken one after the other: a slow taker holds up the workers.
    let taken: Promise<void> = Promise.resolve();
    let stopped = false;
    const drain = (worker: WorkerHandle) =>
      new Promise<void>((resolve, reject) => {
        const fail = (reason: unknown) => {
          // The other workers stop after the tile they are at.
          stopped = true;
          reject(reason instanceof Error ? reason : new Error(String(reason)));
        };
        this.#cancel.add(fail);
        const next = () => {
          if (signal?.aborted === true) {
            fail(signal.reason);
            return;
          }
          const { value: tile } = stopped ? {} : waiting.next();
          if (tile === undefined) resolve(taken);
          else worker.send({ tile });
        };
        const take = (result: TileResult) => {
          const before = taken;
          taken = before.then(async () => {
            if (!stopped && signal?.aborted !== true) await onTile(result);
          });
          taken.catch(fail);
          // The worker computes its next tile while this one is taken, and waits where others are before it.
          before.then(next, () => undefined);
        };
        worker.onFailure((reason) => {
          fail(workerError(reason));
        });
        worker.onMessage((message) => {
          if ('failure' in message) fail(workerError(message.failure));
          else take(message.result);
        });
        worker.send({ plan });
        next();
      });
    const results = await Promise.allSettled(this.#pool.slice(0, threads).map(drain));
    this.#cancel.clear();
    await Promise.allSettled([taken]);
    const failed = results.find((r) => r.status === 'rejected');
    if (failed) {
      // A worker that failed may still be busy: the next run starts with new ones.
      if (signal?.aborted !== true) await this.dispose();
      throw failed.reason;
    }
  }

  async dispose(): Promise<void> {
    const pool = this.#pool;
    this.#pool = [];
    // A thread that is ended answers no more: a run in progress is told here.
    for (const fail of this.#cancel) fail(workerError('the backend was disposed of during a run'));
    await Promise.all(pool.map((worker) => worker.terminate()));
  }
}

async function runHere(plan: AnyPlan, { signal, onTile }: RunOptions): Promise<void> {
  const tools = await toolsFor(plan);
  let breath = performance.now();
  for (const tile of plan.tiles) {
    signal?.throwIfAborted();
    await onTile(evaluateTile(plan, tile satisfies Tile, tools));
    if (performance.now() - breath < BREATH_MILLISECONDS) continue;
    await new Promise((resolve) => setTimeout(resolve, 0));
    breath = performance.now();
  }
}

function workerError(reason: string): MemscapeError {
  return new MemscapeError({
    code: 'worker-failed',
    what: 'a worker thread failed',
    why: reason,
    mend: 'run the command again; if it happens again, report it with the model file.',
    exitCode: 1,
  });
}
