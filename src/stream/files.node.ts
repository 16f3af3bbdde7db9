/**
 * The sink that writes .npy files, whole or not at all, and can go on after a crash. In the folder of the results stand,
 * while it works, `NAME.npy.part` for each quantity and a journal: what is computed (so that only the same request goes
 * on), who writes, and the tiles that are surely on the disk, each with the checksum of its values. A tile enters the
 * journal after its data was synced; on going on, what fails its checksum is computed again. When all is there, the
 * parts take their names; the journal goes last, after everything that belongs to the result.
 */
import { rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { TileResult } from '../backend.js';
import { MemscapeError } from '../errors.js';
import { publish, syncFolder, systemError } from '../io/files.node.js';
import { checksum, Journal } from '../io/journal.node.js';
import { NpyStream, type NpyDtype } from '../io/npy-stream.node.js';
import { quote } from '../model/check.js';
import type { DevicePace } from '../plan/device.js';
import type { Tile } from '../plan/plan.js';
import { planeCount } from '../wgsl/planes.js';
import { differences, partsFacts, type Earlier, type Identity } from './earlier.node.js';
import { deinterleave, interleaved, like, planeShape, runs } from './layout.js';
import type { StreamPart, TileSink } from './sink.js';

/** The disk is made to keep what was written when so much has come together, or so much time has passed. */
const BATCH_BYTES = 64 * 2 ** 20;
const BATCH_MILLISECONDS = 1000;

/** Names in the folder of the results. */
export const JOURNAL = 'field.journal';
export const partOf = (name: string): string => `${name}.part`;

/** What a `FileSink` writes, and where. */
export interface FileSinkOptions {
  readonly folder: string;
  /** What is computed; facts of the adapters are added. A journal of another request is refused. */
  readonly identity: Identity;
  /** What an earlier run has left and this one goes on from. */
  readonly earlier?: Earlier;
  /** Replace results that are there. */
  readonly force: boolean;
}

/** A tile in the journal: index of its part, its place, the CRC-32 of its values. */
type Entry = readonly [part: number, column: number, row: number, columns: number, rows: number, sum: string];

export class FileSink implements TileSink {
  readonly #options: FileSinkOptions;
  readonly #files = new Map<string, NpyStream>();
  readonly #parts: StreamPart[] = [];
  #earlier: Earlier | undefined;
  /** Who computes, as the journal says it (JSON): another adapter begins another journal. */
  #computers = '';
  #journal: Journal | undefined;
  #batch: Entry[] = [];
  #batchBytes = 0;
  #batchStarted = performance.now();
  /** The sync in progress: the next tiles are written meanwhile. */
  #syncing: Promise<void> = Promise.resolve();
  /** Places of the tiles that are surely on the disk. */
  readonly #durable = new Set<string>();

  constructor(options: FileSinkOptions) {
    this.#options = options;
    this.#earlier = options.earlier;
  }

  get pace(): DevicePace | 'guessed' | undefined {
    return this.#earlier?.pace;
  }

  async begin(parts: readonly StreamPart[]): Promise<void> {
    const { folder } = this.#options;
    if (this.#journal) await this.#forget();
    this.#parts.push(...parts);
    if (this.#earlier) refuseOther(differences(this.#earlier.identity, this.#facts()), folder);
    await this.#openJournal(this.#earlier?.bytes ?? 0);
    for (const { plan, computedBy } of parts)
      for (const plane of plan.planes)
        await this.#open(`${plane.quantity}.npy`, planeShape(plan, plane), dtypeOf(computedBy.precision));
    await syncFolder(folder);
  }

  #facts(): Identity {
    return { ...this.#options.identity, ...partsFacts(this.#parts) };
  }

  async #openJournal(bytes: number): Promise<void> {
    const identity = this.#facts();
    this.#computers = JSON.stringify(partsFacts(this.#parts));
    this.#journal = await Journal.open(join(this.#options.folder, JOURNAL), bytes);
    const pace = this.#parts.find(({ plan }) => plan.pace !== undefined)?.plan.pace;
    if (bytes === 0)
      await this.#journal.append({ format: 'memscape-journal/1', identity, ...(pace ? { pace } : {}) });
    await this.#journal.append({ owner: { pid: process.pid, host: hostname() } });
  }

  /** Another backend begins anew, with other types maybe: nothing of before counts. */
  async #forget(): Promise<void> {
    await this.#dropJournal();
    for (const file of this.#files.values()) await file.close();
    this.#files.clear();
    this.#parts.length = 0;
    this.#earlier = undefined;
  }

  /** Another adapter went on: its tiles come all again, so the files stay and the journal begins anew. */
  async #dropJournal(): Promise<void> {
    await this.#syncing;
    this.#batch = [];
    this.#batchBytes = 0;
    this.#durable.clear();
    await this.#journal?.close();
    this.#journal = undefined;
  }

  async #open(name: string, shape: readonly number[], dtype: NpyDtype): Promise<void> {
    const { folder } = this.#options;
    const earlier = this.#earlier;
    const path = join(folder, partOf(name));
    if (earlier?.whole === true) await takeBack(join(folder, name), path);
    const known = earlier ? await NpyStream.reopen(path, shape, dtype) : undefined;
    this.#files.set(name, known ?? (await NpyStream.create(path, shape, dtype)));
  }

  async *kept(part: StreamPart): AsyncGenerator<TileResult> {
    const index = this.#parts.indexOf(part);
    const planned = new Set(part.plan.tiles.map(placeOf));
    // The last word about a tile counts.
    const sums = new Map<string, string>();
    for (const [of, column, row, columns, rows, sum] of this.#earlier?.tiles ?? [])
      if (of === index) sums.set(placeOf({ column, row, columns, rows }), sum);
    for (const [place, sum] of sums) {
      const [column, row, columns, rows] = place.split(' ').map(Number);
      if (!planned.has(place)) continue;
      const result = await this.#read(part, { column, row, columns, rows });
      if (checksum(bytesOf(result)) !== sum) continue;
      this.#durable.add(`${String(index)} ${place}`);
      yield result;
    }
  }

  async #read({ plan, computedBy }: StreamPart, tile: Tile): Promise<TileResult> {
    const points = tile.columns * tile.rows;
    const numbers = planeCount(plan.planes) * points;
    const values = computedBy.precision === 'f32' ? new Float32Array(numbers) : new Float64Array(numbers);
    for (const plane of plan.planes) {
      const { components } = plane;
      const own = like(values, components * points);
      for (const { at, from, points: run } of runs(plan, tile))
        await this.#file(plane.quantity).read(
          at * components,
          own.subarray(from * components, (from + run) * components),
        );
      deinterleave(values, own, plane, points);
    }
    return { tile, values };
  }

  async take(part: StreamPart, result: TileResult): Promise<void> {
    const { tile, values } = result;
    if (JSON.stringify(partsFacts(this.#parts)) !== this.#computers) {
      await this.#dropJournal();
      await this.#openJournal(0);
    }
    for (const plane of part.plan.planes) {
      const own = interleaved(result, plane);
      const { components } = plane;
      for (const { at, from, points } of runs(part.plan, tile))
        await this.#file(plane.quantity).write(
          at * components,
          own.subarray(from * components, (from + points) * components),
        );
    }
    const { column, row, columns, rows } = tile;
    const index = this.#parts.indexOf(part);
    this.#batch.push([index, column, row, columns, rows, checksum(bytesOf(result))]);
    this.#batchBytes += values.byteLength;
    const waited = performance.now() - this.#batchStarted;
    if (this.#batchBytes >= BATCH_BYTES || waited >= BATCH_MILLISECONDS) await this.#sync();
  }

  /** Begins to make the batch durable, once the one before is. */
  async #sync(): Promise<void> {
    await this.#syncing;
    const batch = this.#batch;
    this.#batch = [];
    this.#batchBytes = 0;
    this.#batchStarted = performance.now();
    if (batch.length === 0) return;
    this.#syncing = (async () => {
      for (const file of this.#files.values()) await file.sync();
      await this.#journal?.append({ tiles: batch });
      for (const entry of batch) this.#durable.add(entry.slice(0, -1).join(' '));
    })();
    // Its failure is told by whoever waits for it next.
    this.#syncing.catch(() => undefined);
  }

  /** Gives the arrays their names, when all tiles were taken; `end` follows when the rest of the result is there too. */
  async publish(): Promise<string[]> {
    const { folder, force } = this.#options;
    await this.#sync();
    await this.#syncing;
    await this.#journal?.append({ whole: true });
    const paths: string[] = [];
    for (const [name, file] of this.#files) {
      const path = join(folder, name);
      await file.close();
      try {
        await (force ? rename(file.path, path) : publish(file.path, path));
      } catch (error) {
        throw systemError(error, 'output-unwritable', `${quote(path)} cannot be written`, 3);
      }
      paths.push(path);
    }
    this.#files.clear();
    await syncFolder(folder);
    return paths;
  }

  /** The result is complete: nothing is left to go on from. */
  async end(): Promise<void> {
    await this.#journal?.close();
    this.#journal = undefined;
    await rm(join(this.#options.folder, JOURNAL), { force: true });
  }

  /**
   * Stops: what can be gone on from stays, else (or unless `keep`) nothing does.
   * @returns the number of tiles that are kept
   */
  async abandon(keep: boolean): Promise<number> {
    const { folder } = this.#options;
    await this.#sync().catch(() => undefined);
    await this.#syncing.catch(() => undefined);
    await this.#journal?.close().catch(() => undefined);
    for (const file of this.#files.values()) await file.close().catch(() => undefined);
    if (keep && this.#durable.size > 0) return this.#durable.size;
    const left = [...this.#files.values()].map(({ path }) => path);
    if (this.#journal) left.push(join(folder, JOURNAL));
    for (const path of left) await rm(path, { force: true }).catch(() => undefined);
    return 0;
  }

  #file(quantity: string): NpyStream {
    const file = this.#files.get(`${quantity}.npy`);
    if (!file) throw new RangeError(`no file of '${quantity}' is open`);
    return file;
  }
}

/** After a run that ended while its parts took their names: the name is the part's again. */
async function takeBack(name: string, part: string): Promise<void> {
  const [whole, left] = await Promise.all([name, part].map((path) => stat(path).catch(() => undefined)));
  if (!whole) return;
  if (!left) await rename(name, part);
  // Linked and not yet unlinked; any other file of that name is not ours.
  else if (left.ino === whole.ino && left.dev === whole.dev) await rm(name);
}

const placeOf = ({ column, row, columns, rows }: Tile) => [column, row, columns, rows].join(' ');
const bytesOf = ({ values }: TileResult) =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
const dtypeOf = (precision: 'f32' | 'f64'): NpyDtype => (precision === 'f32' ? '<f4' : '<f8');

function refuseOther(found: readonly string[], folder: string): void {
  if (found.length === 0) return;
  throw new MemscapeError({
    code: 'resume-differs',
    what: `what an earlier run left in ${quote(folder)} belongs to another request: ${found.join('; ')}`,
    why: 'a field is put together from tiles of one request, one version and one adapter only.',
    mend: 'give the same command as then, or begin again with --force instead of --resume',
    exitCode: 2,
  });
}
