/**
 * The .safetensors format, in which PyTorch and JAX users keep weights: 8 bytes with the length of a JSON header
 * (little-endian), the header (name -> dtype, shape, data_offsets), and the numbers, row-major. What is read is untrusted:
 * the whole header is checked by the rules of the reference implementation (every byte belongs to exactly one tensor) before
 * anything is allocated, and a tensor is decoded only when it is asked for.
 */
import { MemscapeError } from '../errors.js';
import { describe, nearest, quote } from '../model/check.js';
import { decode, refuseNonFinite, widthOf, type NumberType } from './decode.js';
import { parseJson } from './json.js';

/** An array as it was read; every type is widened to f64, integers beyond 2^53 are rounded. */
export interface Tensor {
  /** Lengths of the axes; [] for a single number. */
  readonly shape: readonly number[];
  /** In C order (row-major). */
  readonly data: Float64Array;
  /** As in the file, e.g. `BF16`. */
  readonly dtype: string;
}

/** An opened file: everything is checked, nothing decoded. It holds on to the bytes. */
export interface Safetensors {
  /** In the order of the header. */
  readonly names: readonly string[];
  /** Lengths of the axes, without decoding. Throws as `read` does where there is no such tensor. */
  readonly shapeOf: (name: string) => readonly number[];
  /**
   * One tensor.
   * @throws MemscapeError (exit 3): `data-safetensors` for a name that the file does not have (with the nearest one) or a
   *   type that is not read; `data-not-finite` for NaN or infinity, with its index.
   */
  readonly read: (name: string) => Tensor;
}

/** How a .safetensors file is read. */
export interface SafetensorsOptions {
  /** What to call the file in messages. Default `the .safetensors data`. */
  readonly label?: string;
}

/** The cap of the reference implementation. */
const MAX_HEADER = 100_000_000;
/** How many names a message lists, and how many are compared with a wrong one. */
const SHOWN = 12;
const COMPARED = 2000;

const types: ReadonlyMap<string, NumberType> = new Map([
  ['F64', 'f8'],
  ['F32', 'f4'],
  ['F16', 'f2'],
  ['BF16', 'bf2'],
  ['I8', 'i1'],
  ['I16', 'i2'],
  ['I32', 'i4'],
  ['I64', 'i8'],
  ['U8', 'u1'],
  ['U16', 'u2'],
  ['U32', 'u4'],
  ['U64', 'u8'],
  ['BOOL', 'b1'],
]);
/** Types of the format that are not read, in bits: a file may hold them beside what is asked for. */
const otherTypes: ReadonlyMap<string, number> = new Map([
  ['F8_E4M3', 8],
  ['F8_E5M2', 8],
  ['F8_E8M0', 8],
  ['F8_E4M3FNUZ', 8],
  ['F8_E5M2FNUZ', 8],
  ['F6_E2M3', 6],
  ['F6_E3M2', 6],
  ['F4', 4],
  ['C64', 64],
]);

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  /** From the first byte behind the header. */
  readonly begin: number;
  readonly end: number;
}

/**
 * Opens the bytes of a .safetensors file; they must not change while it is used.
 * @throws MemscapeError `data-safetensors` (exit 3): a header that is cut, above 100 MB, not UTF-8 or not JSON (keys that
 *   occur twice included), an unknown type, a size that does not fit the shape, offsets that overlap, leave holes or do
 *   not end where the file ends.
 */
export function openSafetensors(
  bytes: Uint8Array,
  { label = 'the .safetensors data' }: SafetensorsOptions = {},
): Safetensors {
  const { header, start } = readHeader(bytes, label);
  const entries = readEntries(header, label);
  refuseGaps(entries, bytes.byteLength - start, label);
  const names = [...entries.keys()];
  const find = (name: string): Entry => entries.get(name) ?? missing(name, names, label);
  return {
    names,
    shapeOf: (name) => find(name).shape,
    read: (name) => {
      const { dtype, shape, begin, end } = find(name);
      const place = `tensor ${quote(name)} of ${label}`;
      const type = types.get(dtype);
      if (type === undefined) {
        return fail(
          place,
          `it has the type ${quote(dtype)}`,
          `read are the types ${[...types.keys()].join(' ')}.`,
          'convert it with tensor.to(torch.float32) and save it again',
        );
      }
      const data = decode(bytes.subarray(start + begin, start + end), type);
      refuseNonFinite(data, shape, place);
      return { shape, data, dtype };
    },
  };
}

function fail(label: string, what: string, why: string, mend = 'save or copy it again'): never {
  throw new MemscapeError({
    code: 'data-safetensors',
    what: `${label} cannot be read: ${what}`,
    why,
    mend,
    exitCode: 3,
  });
}

function missing(name: string, names: readonly string[], label: string): never {
  const guess = nearest(name, names.slice(0, COMPARED));
  const all = listNames(names);
  return fail(
    label,
    `it has no tensor ${quote(name)}`,
    names.length === 0 ? 'it holds no tensors at all.' : `it holds ${all}.`,
    guess === undefined ? 'give the name of one of its tensors' : `did you mean ${quote(guess)}?`,
  );
}

/** The first names in words, safe to print. */
export function listNames(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN).map((name) => quote(name));
  const rest = names.length - shown.length;
  return `${shown.join(', ')}${rest > 0 ? ` and ${String(rest)} more` : ''}`;
}

function readHeader(bytes: Uint8Array, label: string): { header: object; start: number } {
  const notOne = (what: string) =>
    fail(
      label,
      what,
      'a .safetensors file begins with 8 bytes that hold the length of its header, and the header with {.',
      'save the tensors with safetensors.torch.save_file; a file of torch.save is not one',
    );
  if (bytes.byteLength < 8) return notOne(`it has ${String(bytes.byteLength)} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
  const length = view.getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER) || 8 + Number(length) > bytes.byteLength) {
    return notOne(
      `its header claims ${String(length)} bytes, the file has ${String(bytes.byteLength)}, and headers above ${String(MAX_HEADER)} are not read`,
    );
  }
  if (length === 0n || bytes[8] !== 0x7b) return notOne('its header does not begin with {');
  const start = 8 + Number(length);
  let text: string;
  try {
    // A copy, because decoders refuse shared memory.
    text = new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array(bytes.subarray(8, start)));
  } catch {
    return fail(label, 'its header is not UTF-8', 'the header is JSON in UTF-8.');
  }
  const header = parseJson(text, {
    code: 'data-safetensors',
    name: `the header of ${label}`,
    exitCode: 3,
    mend: 'save or copy it again',
  });
  // It begins with {, so nothing but an object parses.
  return { header: header as object, start };
}

function readEntries(header: object, label: string): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const [name, value] of Object.entries(header) as [string, unknown][]) {
    if (name === '__metadata__') checkMetadata(value, label);
    else entries.set(name, readEntry(value, `tensor ${quote(name)} of ${label}`));
  }
  return entries;
}

function checkMetadata(value: unknown, label: string): void {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (isObject && Object.values(value).every((text) => typeof text === 'string')) return;
  fail(label, 'its "__metadata__" is damaged', 'it must be an object whose values are texts.');
}

const isLength = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

function readEntry(value: unknown, place: string): Entry {
  const damaged = (key: string, expected: string, found: unknown) =>
    fail(place, `${key} is ${describe(found)}`, `it must be ${expected}.`);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return damaged('its description', 'an object with "dtype", "shape" and "data_offsets"', value);
  const fields = new Map<string, unknown>(Object.entries(value));
  const dtype = fields.get('dtype');
  const shape = fields.get('shape');
  const offsets = fields.get('data_offsets');
  if (fields.size !== 3 || dtype === undefined || shape === undefined || offsets === undefined)
    return damaged('its description', 'an object with "dtype", "shape" and "data_offsets" alone', value);
  const type = typeof dtype === 'string' ? types.get(dtype) : undefined;
  const bits = type ? 8 * widthOf(type) : typeof dtype === 'string' ? otherTypes.get(dtype) : undefined;
  if (typeof dtype !== 'string' || bits === undefined)
    return damaged('its dtype', `a type of the format; read are ${[...types.keys()].join(' ')}`, dtype);
  if (!Array.isArray(shape) || !shape.every(isLength))
    return damaged('its shape', 'an array of lengths', shape);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isLength))
    return damaged('its data_offsets', 'two numbers of bytes', offsets);
  const [begin, end] = offsets;
  const needed = (shape.reduce((product, length) => product * length, 1) * bits) / 8;
  // Negated, so that a product that overflowed (0 x infinity) is refused.
  if (!(needed === end - begin)) {
    fail(
      place,
      `its shape (${shape.slice(0, 8).join(', ')}${shape.length > 8 ? ', ..' : ''}) of ${dtype} needs ${String(needed)} bytes and its offsets ${String(begin)} to ${String(end)} hold ${String(end - begin)}`,
      'the header is wrong.',
    );
  }
  return { dtype, shape, begin, end };
}

/** Every byte behind the header belongs to exactly one tensor. */
function refuseGaps(entries: ReadonlyMap<string, Entry>, size: number, label: string): void {
  const ordered = [...entries].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  let reached = 0;
  for (const [name, { begin, end }] of ordered) {
    if (begin !== reached) {
      fail(
        label,
        `tensor ${quote(name)} begins at byte ${String(begin)} of the data where ${String(reached)} was due`,
        'tensors neither overlap nor leave holes.',
      );
    }
    reached = end;
  }
  if (reached !== size) {
    fail(
      label,
      `its tensors take ${String(reached)} bytes and ${String(size)} are there`,
      'the file was cut, or something was appended, or its header is wrong.',
    );
  }
}
