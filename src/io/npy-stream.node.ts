/**
 * A .npy file that grows in any order: the header is written at once for the whole shape, the file has its full length
 * from the start (sparse, as far as the file system can), and numbers go to their places. It is not a result until its
 * owner has synced and renamed it; what was never written reads as zeros.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { dump } from 'npyjs';
import { MemscapeError } from '../errors.js';
import { quote } from '../model/check.js';
import { systemError } from './files.node.js';

/** Numbers of the file: f4 or f8. */
export type NpyDtype = '<f4' | '<f8';
type Numbers = Float32Array | Float64Array;

/** numpy.load reads the header in whole; every engine that runs Node is little-endian. */
function headerOf(shape: readonly number[], dtype: NpyDtype): Uint8Array {
  return new Uint8Array(dump(dtype === '<f4' ? new Float32Array() : new Float64Array(), [...shape]));
}

/** Bytes of the file of an array. */
export function npyBytes(shape: readonly number[], dtype: NpyDtype): number {
  const numbers = shape.reduce((product, length) => product * length, 1);
  return headerOf(shape, dtype).length + numbers * (dtype === '<f4' ? 4 : 8);
}

const bytesOf = (data: Numbers) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

export class NpyStream {
  readonly path: string;
  readonly #file: FileHandle;
  readonly #start: number;

  private constructor(path: string, file: FileHandle, start: number) {
    this.path = path;
    this.#file = file;
    this.#start = start;
  }

  /**
   * A new file, in place of one that is there.
   * @throws MemscapeError `output-unwritable` (exit 3), as all methods do.
   */
  static async create(path: string, shape: readonly number[], dtype: NpyDtype): Promise<NpyStream> {
    return await orExplain(path, async () => {
      const header = headerOf(shape, dtype);
      const file = await open(path, 'w+');
      const stream = new NpyStream(path, file, header.length);
      try {
        await stream.#write(header, 0);
        await file.truncate(npyBytes(shape, dtype));
      } catch (error) {
        await file.close();
        throw error;
      }
      return stream;
    });
  }

  /** An earlier file of the same shape and type; undefined where there is none or it is another one. */
  static async reopen(
    path: string,
    shape: readonly number[],
    dtype: NpyDtype,
  ): Promise<NpyStream | undefined> {
    const file = await open(path, 'r+').catch(() => undefined);
    if (!file) return undefined;
    const header = headerOf(shape, dtype);
    const found = new Uint8Array(header.length);
    const { bytesRead } = await file.read(found, 0, found.length, 0);
    const { size } = await file.stat();
    const same = bytesRead === header.length && header.every((byte, k) => found[k] === byte);
    if (same && size === npyBytes(shape, dtype)) return new NpyStream(path, file, header.length);
    await file.close();
    return undefined;
  }

  /** Writes `data` to the elements from `index` on; its type is that of the file. */
  async write(index: number, data: Numbers): Promise<void> {
    await orExplain(this.path, () =>
      this.#write(bytesOf(data), this.#start + index * data.BYTES_PER_ELEMENT),
    );
  }

  /** Fills `data` from the elements from `index` on. */
  async read(index: number, data: Numbers): Promise<void> {
    await orExplain(this.path, async () => {
      const bytes = bytesOf(data);
      for (let done = 0; done < bytes.length;) {
        const at = this.#start + index * data.BYTES_PER_ELEMENT + done;
        const { bytesRead } = await this.#file.read(bytes, done, bytes.length - done, at);
        if (bytesRead === 0) throw new Error('the file is shorter than it was');
        done += bytesRead;
      }
    });
  }

  /** Returns when everything that was written before is on the disk. */
  async sync(): Promise<void> {
    await orExplain(this.path, () => this.#file.sync());
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async #write(bytes: Uint8Array, at: number): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      const { bytesWritten } = await this.#file.write(bytes, done, bytes.length - done, at + done);
      done += bytesWritten;
    }
  }
}

async function orExplain<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof MemscapeError) throw error;
    throw systemError(error, 'output-unwritable', `${quote(path)} cannot be written`, 3);
  }
}
