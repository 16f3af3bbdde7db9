/**
 * A GPU that fails on purpose. Real adapters, devices, queues and buffers are overridden in place, method by method,
 * because native calls take native objects only: numbers are real until a fault strikes, and a fault looks like one of
 * a real implementation. After a loss most calls go on succeeding with nothing behind them, and only mappings reject.
 *
 * Every call to a device, and every answer that it promised, counts as one moment; faults are set at moments.
 */

/** What goes wrong; everything else is left to the real GPU. */
export interface Faults {
  /** Times that `requestAdapter` answers null, before anything else. */
  readonly nullAdapters?: number;
  /** Whether `requestAdapter` answers null for good once so many devices were lost. */
  readonly goneAfter?: number;
  /** Moments at which the device in use is lost. */
  readonly lossAt?: readonly number[];
  /** Whether a loss is told alone (as after a crash of the driver) or a real `destroy()`. Default false. */
  readonly destroys?: boolean;
  /** Whether a buffer is refused for want of memory; `count` is 1 for the first buffer of all devices. */
  readonly refusesBuffer?: (count: number, size: number) => boolean;
  /** Submits, from 1, during which memory runs out: some implementations make buffers at their first use. */
  readonly refusesSubmit?: ReadonlySet<number>;
  /** Mappings, from 1, that reject although the device is there. */
  readonly rejectsMapping?: ReadonlySet<number>;
  /** Milliseconds by which each mapping is late. */
  readonly late?: (count: number) => number;
  /** Milliseconds that the thread is held up at each submit. */
  readonly slow?: (count: number) => number;
  /** Spoils the bytes of a mapping, counted from 1. */
  readonly spoils?: (count: number, bytes: Float32Array) => void;
  /** What another adapter than the first calls itself, by devices lost before. */
  readonly description?: (losses: number) => string;
}

/** Dropped objects of Dawn crash Node: everything is held until the process ends. */
const held: unknown[] = [];

/** Replaces a method of one object; `call` is the real one. */
function override<T extends object, K extends keyof T>(object: T, name: K, make: (call: T[K]) => T[K]): void {
  const original = object[name];
  const bound = (typeof original === 'function' ? original.bind(object) : original) as T[K];
  Object.defineProperty(object, name, { value: make(bound), configurable: true });
}

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

export class FaultyGpu {
  /** Moments so far. */
  moments = 0;
  /** Devices given and devices lost by a fault. */
  devices = 0;
  losses = 0;
  buffers = 0;
  submits = 0;
  mappings = 0;
  /** Errors that no scope took: memscape leaves none. */
  readonly uncaptured: string[] = [];
  /** Error scopes that were popped in vain or never. */
  openScopes = 0;
  /** Hears of every moment. */
  onMoment: ((moment: number) => void) | undefined;
  readonly #real: GPU;
  #faults: Faults;
  #asked = 0;
  #lose: (() => void) | undefined;

  constructor(real: GPU, faults: Faults = {}) {
    this.#real = real;
    this.#faults = faults;
    held.push(this, real);
  }

  /** Other faults from now on; moments count on. */
  set faults(faults: Faults) {
    this.#faults = faults;
  }

  /** What `openGpu` takes. */
  get gpu(): GPU {
    return {
      requestAdapter: (options?: GPURequestAdapterOptions) => this.#requestAdapter(options),
    } as GPU;
  }

  /** Loses the device in use, now. */
  lose(): void {
    this.#lose?.();
  }

  async #requestAdapter(options?: GPURequestAdapterOptions): Promise<GPUAdapter | null> {
    const { nullAdapters = 0, goneAfter = Infinity, description } = this.#faults;
    if (this.#asked++ < nullAdapters || this.losses >= goneAfter) return null;
    const adapter = await this.#real.requestAdapter(options);
    if (!adapter) return null;
    held.push(adapter);
    if (description) {
      const { vendor, architecture, device } = adapter.info;
      const info = { vendor, architecture, device, description: description(this.losses) };
      Object.defineProperty(adapter, 'info', { value: info });
    }
    override(adapter, 'requestDevice', (call) => async (descriptor) => {
      const device = await call(descriptor);
      held.push(device);
      this.#spoilDevice(device);
      return device;
    });
    return adapter;
  }

  #moment(): void {
    this.moments++;
    this.onMoment?.(this.moments);
    if (this.#faults.lossAt?.includes(this.moments) === true) this.#lose?.();
  }

  #spoilDevice(device: GPUDevice): void {
    this.devices++;
    const scopes = new Scopes(this, device);
    const refused = new WeakSet<GPUBuffer>();
    let gone = false;
    let tell: (info: GPUDeviceLostInfo) => void = () => undefined;
    const lost = new Promise<GPUDeviceLostInfo>((resolve) => {
      tell = resolve;
    });
    void device.lost.then((info) => {
      gone = true;
      tell(info);
    });
    Object.defineProperty(device, 'lost', { value: lost });
    this.#lose = () => {
      if (gone) return;
      gone = true;
      this.losses++;
      if (this.#faults.destroys === true) device.destroy();
      else tell({ reason: 'unknown', message: 'lost on purpose' } as GPUDeviceLostInfo);
    };
    const isGone = () => gone;
    for (const name of [
      'createShaderModule',
      'createBindGroupLayout',
      'createPipelineLayout',
      'createComputePipeline',
      'createBindGroup',
      'createCommandEncoder',
    ] as const)
      // One signature for all of them: they take a descriptor and give an object.
      override(device as unknown as Record<typeof name, (d: unknown) => unknown>, name, (call) => (d) => {
        this.#moment();
        return call(d);
      });
    override(device, 'createBuffer', (call) => (descriptor) => {
      this.#moment();
      const buffer = call(descriptor);
      if (!isGone() && this.#faults.refusesBuffer?.(++this.buffers, descriptor.size) === true) {
        refused.add(buffer);
        scopes.raise('out-of-memory', `no ${String(descriptor.size)} bytes, on purpose`);
      }
      if ((descriptor.usage & 1) !== 0) this.#spoilMapping(buffer, isGone, lost);
      return buffer;
    });
    scopes.install(isGone, () => {
      this.#moment();
    });
    const { queue } = device;
    override(queue, 'writeBuffer', (call) => (buffer, ...rest) => {
      this.#moment();
      // There is nothing behind a refused buffer.
      if (refused.has(buffer)) scopes.raise('validation', 'the buffer is invalid, on purpose');
      else call(buffer, ...rest);
    });
    override(queue, 'submit', (call) => (buffers) => {
      this.#moment();
      const commands = [...buffers];
      if (commands.length > 0) this.submits++;
      const until = performance.now() + (this.#faults.slow?.(this.submits) ?? 0);
      while (performance.now() < until);
      if (commands.length > 0 && this.#faults.refusesSubmit?.has(this.submits) === true)
        scopes.raise('out-of-memory', 'no memory at first use, on purpose');
      else call(commands);
    });
  }

  #spoilMapping(buffer: GPUBuffer, isGone: () => boolean, lost: Promise<unknown>): void {
    const abort = () => Promise.reject(new DOMException('the device is lost', 'AbortError'));
    let count = 0;
    override(buffer, 'mapAsync', (call) => async (...range) => {
      this.#moment();
      if (isGone()) return abort();
      count = ++this.mappings;
      if (this.#faults.rejectsMapping?.has(count) === true)
        throw new DOMException('no mapping, on purpose', 'OperationError');
      await Promise.race([call(...range), lost.then(abort)]);
      const late = this.#faults.late?.(count) ?? 0;
      if (late > 0) await Promise.race([sleep(late), lost.then(abort)]);
      this.#moment();
      if (isGone()) await abort();
    });
    override(buffer, 'getMappedRange', (call) => (...range) => {
      this.#moment();
      const bytes = call(...range);
      this.#faults.spoils?.(count, new Float32Array(bytes));
      return bytes;
    });
  }
}

/** The stack of error scopes of a device, with errors of our own in it. */
class Scopes {
  readonly #owner: FaultyGpu;
  readonly #device: GPUDevice;
  readonly #stack: { readonly filter: GPUErrorFilter; error?: GPUError }[] = [];

  constructor(owner: FaultyGpu, device: GPUDevice) {
    this.#owner = owner;
    this.#device = device;
    device.addEventListener('uncapturederror', ({ error }) => owner.uncaptured.push(error.message));
  }

  raise(filter: GPUErrorFilter, message: string): void {
    const scope = this.#stack.findLast((open) => open.filter === filter);
    if (scope) scope.error ??= { message } as GPUError;
    else this.#owner.uncaptured.push(message);
  }

  install(isGone: () => boolean, moment: () => void): void {
    override(this.#device, 'pushErrorScope', (call) => (filter) => {
      moment();
      this.#stack.push({ filter });
      this.#owner.openScopes++;
      call(filter);
    });
    override(this.#device, 'popErrorScope', (call) => async () => {
      moment();
      const scope = this.#stack.pop();
      this.#owner.openScopes--;
      const real = await call();
      moment();
      // A lost device tells of nothing any more.
      return isGone() ? null : (real ?? scope?.error ?? null);
    });
  }
}
