/**
 * Buffers that go on living between runs: making, clearing and freeing them took a third of a field's time on a
 * software adapter, and Dawn returns freed memory only at a later submit. A borrowed buffer holds old numbers, so
 * whoever borrows one writes all that it reads.
 */
const KEPT_BYTES = 256 * 2 ** 20;

export class BufferPool {
  readonly #device: GPUDevice;
  readonly #free = new Map<string, GPUBuffer[]>();
  #keptBytes = 0;
  #liveBytes = 0;

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** Bytes lent and not given back: 0 between runs. */
  get liveBytes(): number {
    return this.#liveBytes;
  }

  /** A buffer of at least `bytes`, rounded up to a power of two so that neighbouring sizes share one. */
  borrow(label: string, bytes: number, usage: number): GPUBuffer {
    const size = Math.max(256, 2 ** Math.ceil(Math.log2(bytes)));
    this.#liveBytes += size;
    const known = this.#free.get(key(size, usage))?.pop();
    if (known) {
      this.#keptBytes -= size;
      return known;
    }
    return this.#device.createBuffer({ label, size, usage });
  }

  /** Takes back a buffer that must not be lent again, such as one that was refused for want of memory. */
  discard(buffer: GPUBuffer): void {
    this.#liveBytes -= buffer.size;
    buffer.destroy();
  }

  giveBack(buffer: GPUBuffer): void {
    this.#liveBytes -= buffer.size;
    if (buffer.mapState !== 'unmapped' || this.#keptBytes + buffer.size > KEPT_BYTES) {
      buffer.destroy();
      return;
    }
    const name = key(buffer.size, buffer.usage);
    this.#free.set(name, [...(this.#free.get(name) ?? []), buffer]);
    this.#keptBytes += buffer.size;
  }
}

const key = (size: number, usage: number) => `${String(size)}/${String(usage)}`;
