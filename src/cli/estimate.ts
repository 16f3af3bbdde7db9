/** What a field will take, known before it is begun: bytes of its arrays, room on the disk, time. */
import { stat, statfs } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { MemscapeError } from '../errors.js';
import { npyBytes } from '../io/npy-stream.node.js';
import { quote } from '../model/check.js';
import type { Problem } from '../model/problem.js';
import { cpuOnly, shapeOf } from '../plan/plan.js';
import type { BackendInfo } from '../backend.js';
import { partOf } from '../stream/files.node.js';
import type { StreamPart } from '../stream/sink.js';
import type { Quantity, Sampling } from '../types.js';
import { isVector } from '../wgsl/planes.js';

/** Fields from here on are written tile by tile; smaller ones are put together in memory. */
export const STREAMED_BYTES = 64 * 2 ** 20;

/** Bytes of the .npy file of each quantity. */
export function bytesOfFiles(
  problem: Problem,
  sampling: Sampling,
  quantities: readonly Quantity[],
  { precision }: BackendInfo,
): ReadonlyMap<Quantity, number> {
  return new Map(
    quantities.map((quantity) => {
      const shape = [...shapeOf(sampling), ...(isVector(quantity) ? [problem.network.size] : [])];
      const single = precision === 'f32' && !cpuOnly(problem, quantity);
      return [quantity, npyBytes(shape, single ? '<f4' : '<f8')];
    }),
  );
}

export const sumOf = (bytes: ReadonlyMap<Quantity, number>): number =>
  [...bytes.values()].reduce((sum, b) => sum + b, 0);

/** `1.0 GiB`. */
export function sizeWords(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  const unit = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10)));
  return `${(bytes / 2 ** (10 * unit)).toFixed(unit === 0 ? 0 : 1)} ${units[unit]}`;
}

/**
 * The bytes that are free where a folder is or will be.
 * @throws MemscapeError `disk-space` (exit 3) where the files do not fit. What an earlier run has written counts.
 */
export async function refuseFull(folder: string, files: ReadonlyMap<Quantity, number>): Promise<number> {
  const { bavail, bsize } = await freeOf(folder);
  let missing = sumOf(files);
  for (const quantity of files.keys()) {
    const part = await stat(join(folder, partOf(`${quantity}.npy`))).catch(() => undefined);
    // Sparse files take what was written into them, in blocks of 512 bytes whatever the file system.
    missing -= Math.min(files.get(quantity) ?? 0, 512 * (part?.blocks ?? 0));
  }
  const free = bavail * bsize;
  if (missing <= free) return free;
  throw new MemscapeError({
    code: 'disk-space',
    what: `the field takes ${sizeWords(missing)} more, and ${sizeWords(free)} are free where ${quote(folder)} is`,
    why: 'it would fill the disk and could not be finished.',
    mend: 'free some space, choose another disk with --out, or ask for fewer samples or quantities',
    exitCode: 3,
  });
}

/** Of the nearest folder that is there. */
async function freeOf(folder: string): Promise<{ bavail: number; bsize: number }> {
  for (let at = folder; ; at = dirname(at)) {
    const found = await statfs(at).catch(() => undefined);
    if (found) return found;
    if (dirname(at) === at) return { bavail: Infinity, bsize: 1 };
  }
}

/** The planned time of a computation: measured on software adapters and CPUs, a guess for others. */
export function plannedSeconds(parts: readonly StreamPart[]): number {
  return parts.reduce((sum, { plan, computedBy }) => {
    const threads = computedBy.device === 'cpu' ? availableParallelism() : 1;
    return sum + (plan.tiles.length * plan.tileMilliseconds) / threads / 1000;
  }, 0);
}

/** `about 40 s`, `about 3 h`. */
export function durationWords(seconds: number): string {
  if (seconds < 1) return 'a second';
  if (seconds < 120) return `about ${seconds.toFixed(0)} s`;
  if (seconds < 7200) return `about ${(seconds / 60).toFixed(0)} min`;
  if (seconds < 172_800) return `about ${(seconds / 3600).toFixed(0)} h`;
  return `about ${(seconds / 86_400).toFixed(0)} days`;
}
