/** States from the command line: a .npy file or numbers (`0,1`, rows separated by `;`). Exit 3 for their shapes. */
import { MemscapeError } from '../errors.js';
import { readWhole } from '../io/files.node.js';
import { readNpy } from '../io/npy.js';
import { FLOAT32_MAX, quote } from '../model/check.js';
import { plainNumber } from './arguments.js';

/** Rows of numbers, and how they were shaped where they came from. */
export interface Rows {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** Rows of numbers out of a text, or undefined where it is no list of numbers. */
function numbersOf(text: string): Rows | undefined {
  const plain = text.replace(/\s/g, '');
  if (!/^[-+.\deE,;]+$/.test(plain)) return undefined;
  const rows = plain.split(';').map((row) => row.split(',').map(plainNumber));
  if (rows.some((row) => row.length !== rows[0].length || row.includes(undefined))) return undefined;
  const data = Float64Array.from(rows.flat(), (v) => v ?? NaN);
  return { shape: rows.length === 1 ? [data.length] : [rows.length, rows[0].length], data };
}

/** What an option names: numbers, or the array of a .npy file. */
export async function readRows(text: string, option: string): Promise<Rows> {
  const rows = numbersOf(text) ?? readNpy(await readWhole(text), { label: quote(text) });
  const wrong = rows.data.findIndex((v) => !(Math.abs(v) <= FLOAT32_MAX));
  if (wrong < 0) return rows;
  throw shapeError(
    `${option}: number ${String(wrong)} is ${String(rows.data[wrong])}`,
    'it would be infinite in float32, the numbers of the GPU.',
    'give numbers below 3.4e38 in size',
  );
}

export function shapeError(what: string, why: string, mend: string): MemscapeError {
  return new MemscapeError({ code: 'data-shape', what, why, mend, exitCode: 3 });
}

const shapeWords = (shape: readonly number[]) => `[${shape.join(', ')}]`;

/** One state of N numbers. */
export async function readState(text: string, option: string, n: number): Promise<Float64Array> {
  const { shape, data } = await readRows(text, option);
  const fits = data.length === n && (shape.length <= 1 || (shape.length === 2 && shape[0] === 1));
  if (fits) return data;
  throw shapeError(
    `${option}: expected ${String(n)} ${n === 1 ? 'number' : 'numbers'}, found an array of shape ${shapeWords(shape)}`,
    `the network has ${String(n)} ${n === 1 ? 'neuron' : 'neurons'}.`,
    `give ${String(n)} numbers separated by commas, or a .npy file of shape [${String(n)}]`,
  );
}

/** [P, N] or [N] as states in rows; for one neuron [P] is P states. */
export async function readStates(
  text: string,
  option: string,
  n: number,
): Promise<{ count: number; states: Float64Array }> {
  const { shape, data } = await readRows(text, option);
  const rows = shape.length === 1 ? (n === 1 ? [data.length, 1] : [1, data.length]) : shape;
  if (rows.length === 2 && rows[1] === n && rows[0] > 0) return { count: rows[0], states: data };
  throw shapeError(
    `${option}: expected shape [points, ${String(n)}] or [${String(n)}], found ${shapeWords(shape)}`,
    rows[0] === 0
      ? 'there is nothing to compute.'
      : `the network has ${String(n)} ${n === 1 ? 'neuron' : 'neurons'}.`,
    n > 1 && rows.length === 2 && rows[0] === n
      ? 'save the transposed array'
      : 'save an array with one state in each row',
  );
}
