/**
 * The GPU backend of Node: a child process that owns Dawn, supervised. The child reports every tile before it
 * goes on; if it crashes or hangs, the tiles it sent are kept, what it wrote to stderr is quoted, and the caller
 * gets an error instead of a wait without end.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Backend, BackendInfo, RunOptions, RunStatistics, TileResult } from '../backend.js';
import { MemscapeError } from '../errors.js';
import type { DeviceProfile } from '../plan/device.js';
import type { AnyPlan } from '../plan/plan.js';
import type { FromGpu, ToGpu } from './messages.js';

/** Software Vulkan drivers that browsers bring along. */
const SOFTWARE_DRIVERS = [
  '/usr/lib/chromium/vk_swiftshader_icd.json',
  '/usr/lib/chromium-browser/vk_swiftshader_icd.json',
  '/usr/lib64/chromium-browser/vk_swiftshader_icd.json',
  '/opt/google/chrome/vk_swiftshader_icd.json',
];
const START_MILLISECONDS = 20_000;
const CALIBRATION_MILLISECONDS = 10_000;
/** No word for so long, and for so many times what a tile is planned for, is not slow but stuck. */
const SILENCE_MILLISECONDS = 20_000;
const SILENCE_TILES = 200;
/** The first word comes after compiling, which takes seconds on software adapters. */
const FIRST_SILENCES = 3;
const STDERR_BYTES = 2048;

/** Environment variables as `process.env` has them; VK_DRIVER_FILES and LD_LIBRARY_PATH choose the Vulkan driver. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** How to start the child, in order: as the user has it, then with a software driver in a known place. */
export function attempts(env: Environment, exists: (path: string) => boolean = existsSync): Environment[] {
  const chosen = env.VK_ICD_FILENAMES !== undefined || env.VK_DRIVER_FILES !== undefined;
  if (chosen) return [env];
  const drivers = SOFTWARE_DRIVERS.filter(exists);
  return [
    env,
    ...drivers.map((VK_ICD_FILENAMES) => ({ ...env, VK_ICD_FILENAMES })),
    // Debian's chromium does not depend on libvulkan1 but carries a copy of it.
    ...drivers.map((VK_ICD_FILENAMES) => ({
      ...env,
      VK_ICD_FILENAMES,
      LD_LIBRARY_PATH: [VK_ICD_FILENAMES.replace(/\/[^/]*$/, ''), env.LD_LIBRARY_PATH]
        .filter(Boolean)
        .join(':'),
    })),
  ];
}

/** Opens a GPU in a child process. Rejects with the error of the last attempt (exit 4) where there is none. */
export const openSupervisedGpu = (
  env: Environment = process.env,
  options: GpuProcessOptions = {},
): Promise<SupervisedGpu> => gpuOpener(env, options)(true);

/**
 * Opens GPU processes one after the other, as they are lost: with the driver that worked before, and with another one
 * only at the last try, because another adapter has to compute everything again. For `RecoveringBackend.open`.
 */
export function gpuOpener(
  env: Environment = process.env,
  { silenceMilliseconds }: GpuProcessOptions = {},
): (lastTry: boolean) => Promise<SupervisedGpu> {
  const all = attempts(env);
  let worked: Environment | undefined;
  return async (lastTry) => {
    let last: unknown;
    const others = all.filter((other) => other !== worked);
    for (const attempt of worked ? [worked, ...(lastTry ? others : [])] : all) {
      try {
        const gpu = await SupervisedGpu.start(attempt, silenceMilliseconds);
        worked = attempt;
        return gpu;
      } catch (error) {
        last = error;
        // Without Dawn no driver helps.
        if (error instanceof MemscapeError && error.code === 'no-dawn') break;
      }
    }
    throw last;
  };
}

/** How a GPU process is watched. */
export interface GpuProcessOptions {
  /**
   * Shortest silence amid a plan, in ms, after which the process counts as hung and is ended; 200 times what a tile is
   * planned for where that is longer, and three times as long before the first tile. Default 20 000.
   */
  readonly silenceMilliseconds?: number;
}

interface Job {
  readonly options: RunOptions;
  readonly tileMilliseconds: number;
  /** Whether its first tile has come. */
  started: boolean;
  /** Settles when every tile that has arrived was taken. */
  taken: Promise<void>;
  /** Tiles that have arrived and were not taken yet. */
  waiting: number;
  /** Whether the taker threw: it gets no more. */
  failed: boolean;
  readonly resolve: (statistics: RunStatistics) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * A GPU in a process of its own; open it with `openSupervisedGpu`. A run that gives no
 * sign of life for long (`GpuProcessOptions.silenceMilliseconds`) ends it. Once it is gone every run rejects with `device-lost` (exit 5): open another one. It
 * keeps Node alive while it runs a plan only.
 */
export class SupervisedGpu implements Backend {
  readonly info: BackendInfo;
  #profile: DeviceProfile;
  /** Ends the wait for the measurement: it is here, or the process is gone, and then the next run tells. */
  #calibrated: (() => void) | undefined;
  #calibration: Promise<void> | undefined;
  readonly #child: ChildProcess;
  readonly #jobs = new Map<number, Job>();
  readonly #stderr: () => string;
  readonly #silence: number;
  #next = 0;
  #ended: MemscapeError | undefined;
  #timer: NodeJS.Timeout | undefined;

  private constructor(
    child: ChildProcess,
    ready: Extract<FromGpu, { type: 'ready' }>,
    stderr: () => string,
    silence: number,
  ) {
    this.#silence = silence;
    this.info = ready.info;
    this.#profile = ready.profile;
    this.#child = child;
    this.#stderr = stderr;
    child.on('message', (message: FromGpu) => {
      this.#receive(message);
    });
    child.on('exit', (code, signal) => {
      this.#end(`it ended with ${signal ?? `exit code ${String(code)}`}`);
    });
    // A write to a process that has just died is an event, and one without a listener would end this process.
    child.on('error', (error) => {
      this.#end(error.message);
    });
    // Only a running job keeps the parent alive.
    child.unref();
    child.channel?.unref();
  }

  /** @internal One attempt with one environment; `openSupervisedGpu` makes them in order. */
  static async start(env: Environment, silence = SILENCE_MILLISECONDS): Promise<SupervisedGpu> {
    const child = fork(new URL(/* @vite-ignore */ './child.js', import.meta.url), {
      env: { XDG_RUNTIME_DIR: '/tmp', ...env },
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let stderr = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr = (stderr + chunk.toString('utf8')).slice(-STDERR_BYTES);
    });
    (child.stderr as unknown as { unref?: () => void } | null)?.unref?.();
    const ready = await new Promise<Extract<FromGpu, { type: 'ready' }>>((resolve, reject) => {
      const fail = (why: string) => {
        reject(unusable(why, stderr));
      };
      const timer = setTimeout(() => {
        child.kill('SIGKILL');
        fail(`the GPU process did not start within ${String(START_MILLISECONDS / 1000)} s`);
      }, START_MILLISECONDS);
      child.once('error', (error) => {
        clearTimeout(timer);
        fail(error.message);
      });
      child.once('exit', (code, signal) => {
        clearTimeout(timer);
        fail(`the GPU process ended with ${signal ?? `exit code ${String(code)}`}`);
      });
      child.once('message', (message: FromGpu) => {
        clearTimeout(timer);
        if (message.type === 'ready') resolve(message);
        else if (message.type === 'unusable') reject(new MemscapeError(message.error));
      });
    });
    child.removeAllListeners('exit').removeAllListeners('error');
    return new SupervisedGpu(child, ready, () => stderr, silence);
  }

  get profile(): DeviceProfile {
    return this.#profile;
  }

  calibrate(): Promise<void> {
    this.#calibration ??= new Promise<void>((resolve) => {
      this.#calibrated = resolve;
      if (this.#ended) resolve();
      this.#child.channel?.ref();
      this.#send({ type: 'calibrate' });
      // A device that takes longer than this for a few milliseconds of work is not worth waiting for.
      setTimeout(resolve, CALIBRATION_MILLISECONDS).unref();
    }).finally(() => {
      if (this.#jobs.size === 0) this.#child.channel?.unref();
    });
    return this.#calibration;
  }

  run(plan: AnyPlan, options: RunOptions): Promise<RunStatistics> {
    if (this.#ended) return Promise.reject(this.#ended);
    const { signal } = options;
    if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
    const id = this.#next++;
    const abort = () => {
      this.#send({ type: 'abort', id });
    };
    return new Promise<RunStatistics>((resolve, reject) => {
      this.#jobs.set(id, {
        options,
        tileMilliseconds: plan.tileMilliseconds,
        started: false,
        taken: Promise.resolve(),
        waiting: 0,
        failed: false,
        resolve,
        reject,
      });
      signal?.addEventListener('abort', abort, { once: true });
      this.#child.channel?.ref();
      this.#watch();
      this.#send({ type: 'run', id, plan });
    }).finally(() => {
      signal?.removeEventListener('abort', abort);
      this.#jobs.delete(id);
      if (this.#jobs.size > 0) return;
      clearTimeout(this.#timer);
      this.#child.channel?.unref();
    });
  }

  #send(message: ToGpu): void {
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  #receive(message: FromGpu): void {
    if (message.type === 'ready' || message.type === 'unusable') return;
    if (message.type === 'calibrated') {
      this.#profile = message.profile;
      this.#calibrated?.();
      return;
    }
    const job = this.#jobs.get(message.id);
    // Late words of a job that has ended must not start the clock again.
    if (!job) return;
    job.started = true;
    this.#watch();
    if (message.type === 'tile') this.#take(message.id, job, message.result);
    else
      void job.taken.then(() => {
        const { signal } = job.options;
        if (signal?.aborted === true) job.reject(signal.reason);
        else if (message.type === 'done') job.resolve(message.statistics);
        else job.reject(new MemscapeError(message.error));
      });
  }

  /** Hands tiles to the caller one after the other, and tells the process when there is room for more. */
  #take(id: number, job: Job, result: TileResult): void {
    const { signal, onTile } = job.options;
    job.waiting++;
    job.taken = job.taken
      .then(async () => {
        if (signal?.aborted !== true && !job.failed) await onTile(result);
        this.#send({ type: 'taken', id });
      })
      .catch((error: unknown) => {
        job.failed = true;
        job.reject(error);
        this.#send({ type: 'abort', id });
      })
      .finally(() => {
        job.waiting--;
        if (this.#jobs.has(id)) this.#watch();
      });
  }

  /** Starts the clock of silence anew; it stands still while the process may be waiting for us. */
  #watch(): void {
    clearTimeout(this.#timer);
    if (this.#ended || [...this.#jobs.values()].some(({ waiting }) => waiting > 0)) return;
    const silence = [...this.#jobs.values()].reduce(
      (longest, { tileMilliseconds, started }) =>
        Math.max(
          longest,
          (started ? 1 : FIRST_SILENCES) * Math.max(this.#silence, SILENCE_TILES * tileMilliseconds),
        ),
      0,
    );
    this.#timer = setTimeout(() => {
      this.#child.kill('SIGKILL');
      this.#end(`it sent nothing for ${String(silence / 1000)} s and was ended`);
    }, silence);
  }

  #end(why: string): void {
    clearTimeout(this.#timer);
    const chatter = this.#stderr().trim();
    this.#ended ??= new MemscapeError({
      code: 'device-lost',
      what: 'the GPU process was lost',
      why: chatter === '' ? why : `${why}; its last words: ${chatter}`,
      mend: 'run the command again; if it happens again, update the driver or use --device cpu.',
      exitCode: 5,
    });
    this.#calibrated?.();
    // What it sent before is taken first: finished tiles are kept.
    for (const job of this.#jobs.values()) {
      void job.taken.then(() => {
        job.reject(this.#ended);
      });
    }
  }

  dispose(): Promise<void> {
    this.#ended ??= new MemscapeError({
      code: 'disposed',
      what: 'this GPU was disposed of',
      why: 'dispose() ends its process.',
      mend: 'open another one.',
      exitCode: 1,
    });
    clearTimeout(this.#timer);
    // Its results are here already: nothing is lost by not waiting for Dawn to end by itself.
    this.#child.kill('SIGKILL');
    return Promise.resolve();
  }
}

function unusable(why: string, stderr: string): MemscapeError {
  const chatter = stderr.trim();
  return new MemscapeError({
    code: 'no-adapter',
    what: 'no usable WebGPU adapter was found',
    why: chatter === '' ? why : `${why}: ${chatter}`,
    mend: 'install a Vulkan driver (on Debian without a GPU: `apt install chromium libvulkan1` brings a software one), or use --device cpu.',
    exitCode: 4,
  });
}
