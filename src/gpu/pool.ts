/**
 * Buffers that go on living between runs: making, clearing and freeing them took a third of a field's time on a
 * software adapter, and Dawn returns freed memory only at a later submit. A borrowed buffer holds old numbers, so
 * whoever borrows one writes all that it reads.
 */
import { BufferUsage } from './flags.js';

const KEPT_BYTES = 256 * 2 ** 20;

export class BufferPool {
  readonly #device: GPUDevice;
  readonly #limits: Pick<GPUSupportedLimits, 'maxBufferSize' | 'maxStorageBufferBindingSize'>;
  readonly #free = new Map<string, GPUBuffer[]>();
  readonly #lent = new Set<GPUBuffer>();
  #keptBytes = 0;
  #closed = false;

  constructor(device: GPUDevice) {
    this.#device = device;
    this.#limits = device.limits;
  }

  /** Buffers lent and not given back, their bytes and those of the largest: all 0 between runs. */
  get lent(): { readonly buffers: number; readonly bytes: number; readonly largest: number } {
    let [bytes, largest] = [0, 0];
    for (const { size } of this.#lent) {
      bytes += size;
      largest = Math.max(largest, size);
    }
    return { buffers: this.#lent.size, bytes, largest };
  }

  /** Bytes that wait to be lent again. */
  get keptBytes(): number {
    return this.#keptBytes;
  }

  /**
   * A buffer of at least `bytes`, rounded up to a power of two so that neighbouring sizes share one, unless that is more
   * than the device allows: buffers are bound as a whole.
   */
  borrow(label: string, bytes: number, usage: number): GPUBuffer {
    const { maxBufferSize, maxStorageBufferBindingSize } = this.#limits;
    const most =
      usage & BufferUsage.STORAGE ? Math.min(maxBufferSize, maxStorageBufferBindingSize) : maxBufferSize;
    const rounded = Math.max(256, 2 ** Math.ceil(Math.log2(bytes)));
    const size = rounded <= most ? rounded : 4 * Math.ceil(bytes / 4);
    const known = this.#free.get(key(size, usage))?.pop();
    if (known) this.#keptBytes -= size;
    const buffer = known ?? this.#device.createBuffer({ label, size, usage });
    this.#lent.add(buffer);
    return buffer;
  }

  giveBack(buffer: GPUBuffer): void {
    this.#lent.delete(buffer);
    if (this.#closed || buffer.mapState !== 'unmapped' || this.#keptBytes + buffer.size > KEPT_BYTES) {
      buffer.destroy();
      return;
    }
    const name = key(buffer.size, buffer.usage);
    this.#free.set(name, [...(this.#free.get(name) ?? []), buffer]);
    this.#keptBytes += buffer.size;
  }

  /** Frees all that is kept: after a failure some of it may have been refused, or memory is short. */
  shrink(): void {
    for (const buffers of this.#free.values()) for (const buffer of buffers) buffer.destroy();
    this.#free.clear();
    this.#keptBytes = 0;
    // Dawn returns freed memory at a submit, also at an empty one.
    this.#device.queue.submit([]);
  }

  /** Keeps nothing from now on, nor what is lent. */
  close(): void {
    this.#closed = true;
    this.shrink();
  }
}

const key = (size: number, usage: number) => `${String(size)}/${String(usage)}`;
