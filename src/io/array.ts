/**
 * Numbers of a model file: nested arrays in the JSON itself, or `{ "file": "W.npy" }` beside it. Matrices are
 * row-major; every element is finite and fits float32, and a refusal names it.
 */
import { MemscapeError } from '../errors.js';
import { describe, finiteNumber, FLOAT32_MAX, quote, refuse } from '../model/check.js';
import { readNpy } from './npy.js';
import { has, readArray, readFields } from './read.js';
import type { Resolve } from './read.js';
import type { Matrix } from '../types.js';

/** How many rows and columns, and in words why, e.g. `4 (layer "h") x 3 (layer "x")`. */
export interface MatrixShape {
  readonly rows: number;
  readonly columns: number;
  readonly meaning: string;
}

/** A matrix of the given shape at `path`, from nested arrays or a file. */
export async function readMatrix(
  value: unknown,
  path: string,
  shape: MatrixShape,
  resolve: Resolve,
): Promise<Matrix> {
  const { rows, columns, meaning } = shape;
  if (!Array.isArray(value)) {
    if (!has(value, 'file') && typeof value !== 'object') {
      refuse({
        code: 'model-type',
        path,
        expected: 'a matrix: an array of rows, or { "file": .. }',
        found: describe(value),
        why: `${meaning}.`,
        mend: 'write [[..], ..] row by row',
      });
    }
    return { rows, columns, data: await readFile(value, path, [rows, columns], meaning, resolve) };
  }
  checkLength(value.length, path, rows, 'rows', meaning);
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
  resolve: Resolve,
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
    return await readFile(value, path, [length], meaning, resolve);
  return refuse({
    code: 'model-type',
    path,
    expected: 'an array of numbers, a number for all neurons, or { "file": .. }',
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

/** What a file name's ending is read by; later formats are added here. */
const formats: Readonly<
  Record<string, (bytes: Uint8Array, label: string) => { shape: readonly number[]; data: Float64Array }>
> = {
  npy: (bytes, label) => readNpy(bytes, { label }),
};

/** `{ "file": .., "tensor"?: .. }` with exactly the given shape. */
async function readFile(
  value: unknown,
  path: string,
  shape: readonly number[],
  meaning: string,
  resolve: Resolve,
): Promise<Float64Array> {
  const fields = readFields(value, path, ['file', 'tensor'], ['file']);
  const place = `${path}.file`;
  const name = checkFileName(fields.get('file'), place);
  const ending = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? '';
  if (ending === 'safetensors')
    unsupported(
      place,
      'the file format .safetensors',
      'save the array with numpy.save and name the .npy file',
    );
  if (!Object.hasOwn(formats, ending)) {
    refuse({
      code: 'model-file-type',
      path: place,
      expected: 'a file whose name ends in .npy',
      found: describe(name),
      why: 'the ending says how the file is read.',
      mend: 'save the array with numpy.save',
    });
  }
  if (fields.has('tensor')) {
    refuse({
      code: 'model-key',
      path: `${path}.tensor`,
      expected: 'no tensor name with a .npy file',
      found: describe(fields.get('tensor')),
      why: 'a .npy file holds one array without a name.',
      mend: 'remove "tensor"',
    });
  }
  const bytes = await fetchBytes(name, place, resolve);
  const array = formats[ending](bytes, quote(name));
  if (array.shape.length !== shape.length || array.shape.some((length, k) => length !== shape[k])) {
    refuse({
      code: 'model-shape',
      path: place,
      expected: `an array of shape (${shape.join(', ')})`,
      found: `shape (${array.shape.slice(0, 8).join(', ')}) in ${quote(name)}`,
      why: `${meaning}.`,
      mend: 'save an array of this shape, or correct the sizes of the layers',
    });
  }
  array.data.forEach((number, k) => {
    if (Math.abs(number) <= FLOAT32_MAX) return;
    const index = shape.length === 1 ? [k] : [Math.floor(k / shape[1]), k % shape[1]];
    finiteNumber(number, `element [${index.join(', ')}] of ${quote(name)} (${path})`);
  });
  return array.data;
}

async function fetchBytes(name: string, path: string, resolve: Resolve): Promise<Uint8Array> {
  try {
    return await resolve(name);
  } catch (error) {
    if (error instanceof MemscapeError) throw error;
    throw new MemscapeError(
      {
        code: 'data-unreadable',
        what: `${path}: the file ${quote(name)} could not be read`,
        why: error instanceof Error ? quote(error.message, 200) : 'the reader gave no reason.',
        mend: 'check that it lies beside the model file and may be read',
        exitCode: 3,
      },
      { cause: error },
    );
  }
}

/** A relative path with `/` that stays in its folder; links are checked where the file is opened. */
function checkFileName(value: unknown, path: string): string {
  const wrong = (why: string) =>
    refuse({
      code: 'model-path',
      path,
      expected: 'the name of a file in the folder of the model file or below it',
      found: describe(value),
      why,
      mend: 'put the file beside the model file and give its relative name, with / between folders',
    });
  if (typeof value !== 'string' || value === '' || value.length > 1024)
    return wrong('it names the file to read.');
  if (/\p{Cc}|\\/u.test(value))
    return wrong('backslashes and control characters mean different things on different systems.');
  if (/^(?:\/|[A-Za-z][A-Za-z0-9+.-]*:)/.test(value))
    return wrong('absolute paths and addresses leave the folder of the model file.');
  if (value.split('/').includes('..')) return wrong('".." leaves the folder of the model file.');
  return value;
}

/** The one place that refuses what a later version reads. */
export function unsupported(path: string, what: string, mend: string): never {
  throw new MemscapeError({
    code: 'model-unsupported',
    what: `${path}: ${what} is not supported by this version of memscape`,
    why: 'it is planned, and not written yet.',
    mend,
    exitCode: 2,
  });
}
