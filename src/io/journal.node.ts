/**
 * An append-only file of records, one JSON text a line behind its CRC-32. A record that was appended is on the disk
 * when `append` returns; one that a crash cut short fails its checksum, and it and all behind it are dropped.
 */
import { open, readFile, type FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { quote } from '../model/check.js';
import { systemError } from './files.node.js';

/** Eight hexadecimal digits. */
export const checksum = (data: string | Uint8Array, before?: string): string =>
  crc32(data, before === undefined ? 0 : Number.parseInt(before, 16))
    .toString(16)
    .padStart(8, '0');

const lineOf = (record: unknown) => {
  const text = JSON.stringify(record);
  return `${checksum(text)} ${text}\n`;
};

/** The sound records of a journal and the bytes that they take; none where there is no journal. */
export async function readJournal(path: string): Promise<{ records: unknown[]; bytes: number }> {
  const whole = await readFile(path).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw systemError(error, 'data-unreadable', `${quote(path)} cannot be read`, 3);
  });
  const records: unknown[] = [];
  let bytes = 0;
  for (let end = whole?.indexOf('\n') ?? -1; whole && end >= 0; end = whole.indexOf('\n', bytes)) {
    const line = whole.toString('utf8', bytes, end);
    const text = line.slice(9);
    if (line !== `${checksum(text)} ${text}`) break;
    records.push(JSON.parse(text));
    bytes = end + 1;
  }
  return { records, bytes };
}

export class Journal {
  readonly path: string;
  readonly #file: FileHandle;
  #bytes: number;

  private constructor(path: string, file: FileHandle, bytes: number) {
    this.path = path;
    this.#file = file;
    this.#bytes = bytes;
  }

  /**
   * Opens a journal to append behind its first `bytes` bytes, which `readJournal` found sound; 0 begins a new one.
   * @throws MemscapeError `output-unwritable` (exit 3), as `append` does.
   */
  static async open(path: string, bytes: number): Promise<Journal> {
    try {
      const file = await open(path, bytes === 0 ? 'w' : 'r+');
      await file.truncate(bytes);
      return new Journal(path, file, bytes);
    } catch (error) {
      throw systemError(error, 'output-unwritable', `${quote(path)} cannot be written`, 3);
    }
  }

  async append(record: unknown): Promise<void> {
    const line = Buffer.from(lineOf(record));
    try {
      for (let done = 0; done < line.length;) {
        const { bytesWritten } = await this.#file.write(line, done, line.length - done, this.#bytes + done);
        done += bytesWritten;
      }
      await this.#file.sync();
    } catch (error) {
      throw systemError(error, 'output-unwritable', `${quote(this.path)} cannot be written`, 3);
    }
    this.#bytes += line.length;
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
