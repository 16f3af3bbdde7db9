/** What commands of the analysis share: numbers on the command line, and a result that is one JSON file. */
import { quote } from '../model/check.js';
import { plainNumber, readExtent } from './arguments.js';
import { promiseFile } from './outputs.js';
import { usageError } from './usage.js';

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
  const file = await promiseFile(given, 'json', force);
  return (value, signal) => file.write(`${JSON.stringify(value, null, 2)}\n`, signal);
}
