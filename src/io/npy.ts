/**
 * The .npy format of NumPy (NEP 1, versions 1.0 to 3.0). npyjs writes it; what is read is untrusted, so the header
 * is checked here before anything is allocated: npyjs takes lengths and types on trust, fails on unaligned data,
 * and gives Fortran order back raw.
 */
import { dump } from 'npyjs';
import { MemscapeError } from '../errors.js';
import { quote } from '../model/check.js';
import { decode, refuseNonFinite, widthOf, type NumberType } from './decode.js';

/** An array as it was read; every type is widened to f64, integers beyond 2^53 are rounded. */
export interface NpyArray {
  /** Lengths of the axes; [] for a single number. */
  readonly shape: readonly number[];
  /** In C order (row-major), whatever the order in the file. */
  readonly data: Float64Array;
  /** As in the file, e.g. `<f4`. */
  readonly dtype: string;
}

/** How a .npy file is read. */
export interface NpyOptions {
  /** What to call the file in messages. Default `the .npy data`. */
  readonly label?: string;
  /** Accept NaN and infinities (results hold NaN for states that do not exist). Default false. */
  readonly nonFinite?: boolean;
}

const MAX_DIMENSIONS = 8;
const MAX_HEADER = 65536;
/** NumPy's type of str, with the letters of each. */
const TEXTS = /^<U([0-9]{1,9})$/;
const LAST_CODE_POINT = 0x10ffff;

const types: ReadonlyMap<string, NumberType> = new Map([
  ['<f8', 'f8'],
  ['<f4', 'f4'],
  ['<f2', 'f2'],
  ['|i1', 'i1'],
  ['<i2', 'i2'],
  ['<i4', 'i4'],
  ['<i8', 'i8'],
  ['|u1', 'u1'],
  ['<u2', 'u2'],
  ['<u4', 'u4'],
  ['<u8', 'u8'],
  ['|b1', 'b1'],
]);

/**
 * An array from the bytes of a .npy file; the bytes are not kept.
 * @throws MemscapeError `data-npy` (exit 3): not a .npy file, a version, type or order that is not read, a length
 *   that does not fit the shape (cut or overlong files), more than 8 dimensions; `data-not-finite`: NaN or infinity,
 *   with its index.
 */
export function readNpy(
  bytes: Uint8Array,
  { label = 'the .npy data', nonFinite = false }: NpyOptions = {},
): NpyArray {
  const { start, header } = readPreamble(bytes, label);
  const { dtype, fortran, shape } = readHeader(header, label);
  const type = types.get(dtype);
  if (type === undefined) {
    return fail(
      label,
      `it has the type ${quote(dtype)}`,
      `read are the little-endian types ${[...types.keys()].join(' ')}.`,
      'convert it with array.astype("<f8") and save it again',
    );
  }
  const expected = shape.reduce((product, length) => product * length, 1) * widthOf(type);
  if (bytes.byteLength - start !== expected) {
    fail(
      label,
      `its shape (${shape.join(', ')}) of ${dtype} needs ${String(expected)} bytes and ${String(bytes.byteLength - start)} are there`,
      'the file was cut, or something was appended, or its header is wrong.',
      'save or copy it again',
    );
  }
  const raw = decode(bytes.subarray(start), type);
  const data = fortran ? toRowMajor(raw, shape) : raw;
  if (!nonFinite) refuseNonFinite(data, shape, label);
  return { shape, data, dtype };
}

/**
 * Texts from the bytes of a .npy file (`<U`, as NumPy stores str and `writeNpyTexts` writes them), in C order.
 * @throws MemscapeError `data-npy` (exit 3) as `readNpy`, and for code points that are none.
 */
export function readNpyTexts(bytes: Uint8Array, label = 'the .npy data'): string[] {
  const { start, header } = readPreamble(bytes, label);
  const { dtype, fortran, shape } = readHeader(header, label);
  const width = Number(TEXTS.exec(dtype)?.[1] ?? NaN);
  const count = shape.reduce((product, length) => product * length, 1);
  if (Number.isNaN(width) || (fortran && shape.length > 1))
    return fail(
      label,
      `it has the type ${quote(dtype)}${fortran ? ' in Fortran order' : ''}`,
      'texts are read as <U in C order.',
      'convert it with array.astype(str) and save it again',
    );
  if (bytes.byteLength - start !== 4 * width * count)
    return fail(
      label,
      `its ${String(count)} texts of ${dtype} need ${String(4 * width * count)} bytes and ${String(bytes.byteLength - start)} are there`,
      'the file was cut, or something was appended, or its header is wrong.',
      'save or copy it again',
    );
  // A copy (slice() of a Node Buffer is none): it may be unaligned.
  const points = new Uint32Array(new Uint8Array(bytes.subarray(start)).buffer);
  if (points.some((point) => point > LAST_CODE_POINT))
    return fail(label, 'it holds what is no Unicode', 'texts are stored as UTF-32.', 'save or copy it again');
  return Array.from({ length: count }, (_, k) => {
    const padded = points.subarray(k * width, (k + 1) * width);
    const end = padded.findLastIndex((point) => point !== 0) + 1;
    return Array.from(padded.subarray(0, end), (point) => String.fromCodePoint(point)).join('');
  });
}

/** Whether a .npy file holds texts. @throws MemscapeError as `readNpy`. */
export function holdsTexts(bytes: Uint8Array, label: string): boolean {
  return TEXTS.test(readHeader(readPreamble(bytes, label).header, label).dtype);
}

function fail(label: string, what: string, why: string, mend: string): never {
  throw new MemscapeError({
    code: 'data-npy',
    what: `${label} cannot be read: ${what}`,
    why,
    mend,
    exitCode: 3,
  });
}

function readPreamble(bytes: Uint8Array, label: string): { start: number; header: string } {
  const save = 'save the array with numpy.save';
  const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
  if (bytes.byteLength < 10 || magic.some((byte, k) => bytes[k] !== byte)) {
    fail(label, 'it is not a .npy file', 'a .npy file begins with \\x93NUMPY and a version.', save);
  }
  const [major, minor] = [bytes[6], bytes[7]];
  if (major < 1 || major > 3 || minor !== 0) {
    fail(
      label,
      `it has version ${String(major)}.${String(minor)}`,
      'versions 1.0, 2.0 and 3.0 are read.',
      save,
    );
  }
  const offset = major === 1 ? 10 : 12;
  const long = major === 1 || bytes.byteLength < 12 ? 0 : (bytes[10] << 16) | (bytes[11] << 24);
  const length = (bytes[8] | (bytes[9] << 8) | long) >>> 0;
  if (length > MAX_HEADER || offset + length > bytes.byteLength) {
    fail(
      label,
      `its header claims ${String(length)} bytes`,
      `the file has ${String(bytes.byteLength)} bytes, and headers above ${String(MAX_HEADER)} are not read.`,
      'save or copy it again',
    );
  }
  const header = Array.from(bytes.subarray(offset, offset + length), (byte) =>
    String.fromCharCode(byte),
  ).join('');
  return { start: offset + length, header };
}

/** The Python dictionary of the header: exactly the three keys, in any order. */
function readHeader(header: string, label: string): { dtype: string; fortran: boolean; shape: number[] } {
  const damaged = () =>
    fail(
      label,
      'its header is damaged',
      "it must hold 'descr', 'fortran_order' and 'shape'.",
      'save or copy it again',
    );
  const body = /^\{(.*)\} *\n?$/.exec(header)?.[1] ?? damaged();
  const entries = new Map<string, string>();
  const entry =
    / *'(descr|fortran_order|shape)' *: *('[^']*'|True|False|\([0-9L, ]*\)|\[.*\](?= *(?:, *'|,? *$)))( *, *| *$)/y;
  while (entry.lastIndex < body.length) {
    const match = entry.exec(body);
    if (match === null || entries.has(match[1])) return damaged();
    entries.set(match[1], match[2]);
  }
  const descr = entries.get('descr') ?? damaged();
  const fortran = entries.get('fortran_order') ?? damaged();
  const dimensions = /^\((?:([0-9]+L?(?: *, *[0-9]+L?)*)( *,)?)? *\)$/.exec(entries.get('shape') ?? '');
  if (dimensions === null || !/^(?:True|False)$/.test(fortran) || !/^['[]/.test(descr)) return damaged();
  const [, numbers = '', comma = ''] = dimensions;
  const shape = numbers === '' ? [] : numbers.split(',').map((text) => Number.parseInt(text, 10));
  // (3) is a number in Python, not a tuple of one.
  if (shape.length === 1 && comma === '') return damaged();
  if (shape.length > MAX_DIMENSIONS || shape.some((length) => !Number.isSafeInteger(length))) {
    fail(
      label,
      shape.length > MAX_DIMENSIONS
        ? `it has ${String(shape.length)} dimensions`
        : 'its shape is not credible',
      `at most ${String(MAX_DIMENSIONS)} dimensions are read.`,
      'reshape the array and save it again',
    );
  }
  return { dtype: descr.replace(/^'|'$/g, ''), fortran: fortran === 'True', shape };
}

/** Fortran order (first index fastest) to C order (last index fastest). */
function toRowMajor(raw: Float64Array, shape: readonly number[]): Float64Array {
  const strides = shape.map((_, axis) =>
    shape.slice(0, axis).reduce((product, length) => product * length, 1),
  );
  const index = new Array<number>(shape.length).fill(0);
  let source = 0;
  return raw.map(() => {
    const value = raw[source];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]++;
      source += strides[axis];
      if (index[axis] < shape[axis]) break;
      source -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
    return value;
  });
}

/** Arrays that are written as they are, without conversion: f4, f8, i1, i4, u1 and u4. */
export type NpySource = Float32Array | Float64Array | Int8Array | Int32Array | Uint8Array | Uint32Array;

/**
 * The bytes of a .npy file (version 1.0, C order, little-endian) that numpy.load reads.
 * @param shape lengths of the axes, [] for a single number; their product is data.length, else a RangeError.
 */
export function writeNpy(shape: readonly number[], data: NpySource): Uint8Array<ArrayBuffer> {
  if (shape.reduce((product, length) => product * length, 1) !== data.length) {
    throw new RangeError(`shape (${shape.join(', ')}) does not hold ${String(data.length)} numbers`);
  }
  return new Uint8Array(dump(data, [...shape]));
}

/** The bytes of a .npy file of texts (`<U`, as NumPy stores str): fixed width, UTF-32, padded with zeros. */
export function writeNpyTexts(texts: readonly string[]): Uint8Array<ArrayBuffer> {
  const points = texts.map((text) => Array.from(text, (letter) => letter.codePointAt(0) ?? 0));
  const width = points.reduce((most, p) => Math.max(most, p.length), 1);
  const data = new Uint32Array(texts.length * width);
  points.forEach((p, k) => {
    data.set(p, k * width);
  });
  const words = `{'descr': '<U${String(width)}', 'fortran_order': False, 'shape': (${String(texts.length)},), }`;
  // Magic, version, length and header fill whole blocks of 64 bytes, the last of which is a line feed.
  const header = `${words}${' '.repeat(63 - ((words.length + 10) % 64))}\n`;
  const bytes = new Uint8Array(10 + header.length + data.byteLength);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length & 255, header.length >> 8]);
  bytes.set(new TextEncoder().encode(header), 10);
  bytes.set(new Uint8Array(data.buffer), 10 + header.length);
  return bytes;
}
