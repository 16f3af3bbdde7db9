/**
 * From `navigator.gpu` (or Dawn's object of the same shape) to a device that can be trusted: an adapter may
 * appear a moment late, may be software, and may compute nonsense (Dawn's null back end does), so a kernel with
 * a known answer runs before anything else does.
 */
import { orAbort } from '../abort.js';
import type { Backend, BackendInfo, RunOptions, RunStatistics } from '../backend.js';
import { MemscapeError } from '../errors.js';
import { canaryPlan, CANARY_ENERGIES } from './canary.js';
import type { DeviceProfile } from '../plan/device.js';
import type { AnyPlan } from '../plan/plan.js';
import { PipelineCache } from './pipeline.js';
import { Pace } from './pace.js';
import { BufferPool } from './pool.js';
import { lostError, runPlan, type Session } from './run.js';

/** How a device is opened and used. */
export interface GpuOptions {
  /** Use the asynchronous pipeline call: in pages yes, in Node no (it crashes Dawn). */
  readonly asynchronousPipelines: boolean;
  /** Times to ask for an adapter, with growing pauses: the first answers may be null while a browser starts. Default 5. */
  readonly tries?: number;
  /** Overrides the test for software adapters, where the caller chose the driver itself. */
  readonly software?: boolean;
}

const PAUSE_MILLISECONDS = 100;
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render|warp/i;

/**
 * Opens a device of its own; `dispose` destroys it.
 * @throws MemscapeError (exit 4) `no-adapter` where there is none, `adapter-wrong` where it fails a known answer;
 *   `device-lost` (exit 5) where it goes away at once.
 */
export async function openGpu(gpu: GPU, options: GpuOptions): Promise<GpuBackend> {
  const adapter = await findAdapter(gpu, options.tries ?? 5);
  const device = await adapter.requestDevice({ label: 'memscape' }).catch((cause: unknown) => {
    throw noAdapter(`'${adapter.info.description}' gives no device: ${String(cause)}`, cause);
  });
  return GpuBackend.trusted(device, adapter.info, options, true);
}

/**
 * Uses a device that the caller owns and goes on owning, so that a page can draw the buffers of a `LiveField`.
 * @throws MemscapeError `adapter-wrong` (exit 4) where it fails a known answer.
 */
export function shareGpu(device: GPUDevice, options: GpuOptions): Promise<GpuBackend> {
  return GpuBackend.trusted(device, device.adapterInfo, options, false);
}

async function findAdapter(gpu: GPU, tries: number): Promise<GPUAdapter> {
  for (let attempt = 0; attempt < tries; attempt++) {
    if (attempt > 0) await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS * 2 ** attempt));
    const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
    if (adapter) return adapter;
  }
  throw noAdapter('WebGPU is there, but no driver that it can use.');
}

const noAdapter = (why: string, cause?: unknown): MemscapeError =>
  new MemscapeError(
    {
      code: 'no-adapter',
      what: 'no WebGPU adapter was found',
      why,
      mend: 'install a Vulkan driver (on Debian without a GPU: `apt install chromium libvulkan1` brings a software one), or use --device cpu.',
      exitCode: 4,
    },
    { cause },
  );

function describe(info: GPUAdapterInfo, options: GpuOptions): BackendInfo {
  const { vendor, architecture, device, description } = info;
  const software = options.software ?? SOFTWARE.test(`${vendor} ${architecture} ${device} ${description}`);
  const name =
    description || [vendor, architecture, device].filter((part) => part !== '').join(' ') || 'unnamed';
  return {
    device: 'gpu',
    name: software ? `${name} (software)` : name,
    adapter: { vendor, architecture, device, description },
    software,
    precision: 'f32',
  };
}

/**
 * A WebGPU device as a backend, in f32; open it with `openGpu` or `shareGpu`, which prove it first. Runs queue up. A
 * device that was lost stays lost: runs reject with `device-lost` (exit 5), and `RecoveringBackend` opens another one.
 * Where memory is short they reject with `gpu-memory` (exit 5) and work with smaller tiles.
 */
export class GpuBackend implements Backend {
  readonly info: BackendInfo;
  #profile: DeviceProfile;
  #calibration: Promise<void> | undefined;
  /** The device, for pages that draw what it computed. */
  readonly device: GPUDevice;
  /** @internal Shared with `LiveField`, and counted by tests. */
  readonly pipelines: PipelineCache;
  /** @internal Its bytes are counted by tests. */
  readonly pool: BufferPool;
  readonly #session: Session;
  readonly #owned: boolean;
  /** One plan at a time: error scopes are a stack per device. */
  #queue: Promise<unknown> = Promise.resolve();

  private constructor(device: GPUDevice, info: BackendInfo, options: GpuOptions, owned: boolean) {
    this.device = device;
    this.info = info;
    this.#owned = owned;
    const { limits } = device;
    this.#profile = {
      kind: 'gpu',
      software: info.software,
      maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
      maxBufferSize: limits.maxBufferSize,
      maxUniformBufferBindingSize: limits.maxUniformBufferBindingSize,
    };
    this.pipelines = new PipelineCache(device, options.asynchronousPipelines);
    this.pool = new BufferPool(device);
    let lost: string | undefined;
    void device.lost.then(({ reason, message }) => {
      lost = message || `reason: ${reason}`;
    });
    this.#session = {
      device,
      pipelines: this.pipelines,
      pool: this.pool,
      pace: new Pace(!options.asynchronousPipelines),
      lost: () => lost,
    };
  }

  /** @internal A backend whose device computed a known answer: `openGpu` and `shareGpu` are the public doors. */
  static async trusted(
    device: GPUDevice,
    adapter: GPUAdapterInfo,
    options: GpuOptions,
    owned: boolean,
  ): Promise<GpuBackend> {
    const backend = new GpuBackend(device, describe(adapter, options), options, owned);
    try {
      await backend.#canary();
    } catch (error) {
      await backend.dispose();
      throw error;
    }
    return backend;
  }

  get profile(): DeviceProfile {
    return this.#profile;
  }

  calibrate(): Promise<void> {
    this.#calibration ??= this.#calibrate().catch((error: unknown) => {
      this.#calibration = undefined;
      throw error;
    });
    return this.#calibration;
  }

  async #calibrate(): Promise<void> {
    const { measurePace } = await import('./probe.js');
    const run = (plan: AnyPlan) => this.run(plan, { onTile: () => undefined });
    this.#profile = { ...this.#profile, pace: await measurePace(run, this.#profile) };
  }

  async #canary(): Promise<void> {
    let found: ArrayLike<number> = [];
    await this.run(canaryPlan(this.profile), {
      onTile: ({ values }) => {
        found = values;
      },
    });
    if (CANARY_ENERGIES.every((expected, i) => Math.abs(found[i] - expected) <= 1e-6)) return;
    throw new MemscapeError({
      code: 'adapter-wrong',
      what: `the adapter '${this.info.name}' computes wrong numbers`,
      why: `a kernel with a known answer gave ${Array.from(found).join(', ')} instead of ${CANARY_ENERGIES.join(', ')}.`,
      mend: 'update the driver, choose another one (VK_DRIVER_FILES), or use --device cpu.',
      exitCode: 4,
    });
  }

  run(plan: AnyPlan, options: RunOptions): Promise<RunStatistics> {
    const before = this.#queue;
    // An abort does not wait for the runs before it; the run after it does.
    const turn = orAbort(before, options.signal).then(() => this.#execute(plan, options));
    this.#queue = Promise.allSettled([before, turn]);
    return turn;
  }

  async #execute(plan: AnyPlan, options: RunOptions): Promise<RunStatistics> {
    try {
      return await runPlan(this.#session, plan, options);
    } catch (error) {
      if (options.signal?.aborted !== true) this.pool.shrink();
      throw error;
    }
  }

  /** @internal For what computes beside `run`. */
  throwIfLost(): void {
    if (this.#session.lost() !== undefined) throw lostError(this.#session);
  }

  dispose(): Promise<void> {
    // A device of somebody else goes on, without what we keep of its memory.
    if (this.#owned) this.device.destroy();
    else this.pool.close();
    return Promise.resolve();
  }
}
