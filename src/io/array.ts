/**
 * Numbers of a model file: nested arrays in the JSON itself, or a file beside it (stored.ts). Matrices are row-major;
 * every element is finite and fits float32, and a refusal names it.
 */
import { describe, finiteNumber, FLOAT32_MAX, refuse } from '../model/check.js';
import { has, readArray } from './read.js';
import { readStored, type OpenArray } from './stored.js';
import type { Matrix } from '../types.js';

/** How many rows and columns, and in words why, e.g. `4 (layer "h") x 3 (layer "x")`. */
export interface MatrixShape {
  /** Where absent, the numbers decide: at least 1. */
  readonly rows?: number;
  readonly columns: number;
  readonly meaning: string;
  /** The most numbers that are taken; asked only of files, as JSON is limited by its own size. */
  readonly limit?: number;
}

/** A matrix of the given shape at `path`, from nested arrays or a file. */
export async function readMatrix(
  value: unknown,
  path: string,
  shape: MatrixShape,
  open: OpenArray,
): Promise<Matrix> {
  const { columns, meaning } = shape;
  if (!Array.isArray(value)) {
    if (!has(value, 'file') && typeof value !== 'object') {
      refuse({
        code: 'model-type',
        path,
        expected: 'a matrix: an array of rows, { "file": .. } or { "file": .., "tensor": .. }',
        found: describe(value),
        why: `${meaning}.`,
        mend: 'write [[..], ..] row by row',
      });
    }
    const stored = await open(value, path);
    const { lengths, data } = readStored(stored, { ...shape, lengths: [shape.rows, columns] });
    return { rows: lengths[0], columns, data };
  }
  const rows = shape.rows ?? Math.max(1, value.length);
  checkLength(value.length, path, rows, shape.rows === undefined ? 'or more rows' : 'rows', meaning);
  // All lengths before the allocation: 65536 rows of rubbish must not ask for 32 GiB.
  const lines = value.map((item: unknown, i) => {
    const place = `${path}[${String(i)}]`;
    const row = readArray(item, place, `${String(columns)} numbers`);
    checkLength(row.length, place, columns, 'numbers', meaning);
    return row;
  });
  const data = new Float64Array(rows * columns);
  lines.forEach((row, i) => {
    fill(row, `${path}[${String(i)}]`, data.subarray(i * columns, (i + 1) * columns));
  });
  return { rows, columns, data };
}

/** A vector of `length` numbers at `path`: an array, one number for all, or a file. */
export async function readVector(
  value: unknown,
  path: string,
  length: number,
  open: OpenArray,
): Promise<Float64Array> {
  const meaning = `one number for each of the ${String(length)} neurons`;
  if (typeof value === 'number') return new Float64Array(length).fill(finiteNumber(value, path));
  if (Array.isArray(value)) {
    checkLength(value.length, path, length, 'numbers', meaning);
    const data = new Float64Array(length);
    fill(value, path, data);
    return data;
  }
  if (typeof value === 'object' && value !== null)
    return readStored(await open(value, path), { lengths: [length], meaning }).data;
  return refuse({
    code: 'model-type',
    path,
    expected: 'an array of numbers, a number for all neurons, { "file": .. } or { "file": .., "tensor": .. }',
    found: describe(value),
    why: `it holds ${meaning}.`,
    mend: 'write [.., ..]',
  });
}

function fill(row: readonly unknown[], path: string, out: Float64Array): void {
  for (let j = 0; j < row.length; j++) {
    const value = row[j];
    out[j] =
      typeof value === 'number' && Math.abs(value) <= FLOAT32_MAX
        ? value
        : finiteNumber(value, `${path}[${String(j)}]`, 'a finite number');
  }
}

function checkLength(found: number, path: string, expected: number, of: string, meaning: string): void {
  if (found === expected) return;
  refuse({
    code: 'model-shape',
    path,
    expected: `${String(expected)} ${of}`,
    found: String(found),
    why: `${meaning}.`,
    mend: 'give as many as the layers have neurons, or correct the sizes of the layers',
  });
}
