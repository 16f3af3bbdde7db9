/** What commands of the analysis share: numbers on the command line, no kernels, and a result that is one JSON file. */
import { basename, dirname } from 'node:path';
import { MemscapeError } from '../errors.js';
import { quote } from '../model/check.js';
import { plainNumber, readExtent } from './arguments.js';
import { Outputs } from './outputs.js';
import { usageError } from './usage.js';

/** @throws MemscapeError `gpu-not-offered` (exit 2): what has no kernel must not pretend. */
export function refuseGpu(device: string, what: string): void {
  if (device !== 'gpu') return;
  throw new MemscapeError({
    code: 'gpu-not-offered',
    what: `--device gpu: ${what} has no kernel`,
    why: 'it takes eigenvalues and Newton steps of small matrices, on the CPU, in f64.',
    mend: 'leave out --device, or give --device cpu',
    exitCode: 2,
  });
}

/** A whole number between lo and hi. */
export function readCount(text: string, option: string, lo: number, hi: number): number {
  const value = plainNumber(text);
  if (value !== undefined && Number.isInteger(value) && value >= lo && value <= hi) return value;
  throw usageError(
    `${option}: expected a whole number from ${String(lo)} to ${String(hi)}, found ${quote(text)}`,
    'it says how much to compute.',
    `give for example ${option} ${String(Math.min(hi, Math.max(lo, 100)))}`,
  );
}

/** `-4:4`, for every coordinate, or one range for each of n. */
export function readBox(text: string, n: number): readonly (readonly [number, number])[] {
  const ranges = text.split(',').flatMap((part) => readExtent(part));
  if (ranges.length === 1) return Array.from({ length: n }, () => ranges[0]);
  if (ranges.length === n) return ranges;
  throw usageError(
    `--box: found ${String(ranges.length)} ranges for ${String(n)} neurons`,
    'states are drawn from it.',
    `give one range for all, or ${String(n)}`,
  );
}

/** The file of the result, promised before anything is computed; none where --out was not given. */
export async function promiseJson(
  given: unknown,
  force: boolean,
): Promise<(value: unknown, signal?: AbortSignal) => Promise<string[]>> {
  if (typeof given !== 'string') return () => Promise.resolve([]);
  if (!given.endsWith('.json'))
    throw usageError(
      `--out: ${quote(given)} does not end in .json`,
      'the result is a JSON file.',
      'give for example --out R.json',
    );
  const outputs = await Outputs.promise(dirname(given), [basename(given)], force);
  return (value, signal) => {
    outputs.add(basename(given), `${JSON.stringify(value, null, 2)}\n`);
    return outputs.write(signal);
  };
}
