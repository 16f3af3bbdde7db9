/**
 * Arrays in files beside the model, `{ "file": .. }` or `{ "file": .., "tensor": .. }`: opened by the ending of the name,
 * with the shape known before a tensor is decoded. A .safetensors file that many parts of a model name is fetched and
 * checked once.
 */
import { MemscapeError } from '../errors.js';
import { describe, finiteNumber, FLOAT32_MAX, quote, refuse } from '../model/check.js';
import { readNpy } from './npy.js';
import { readFields } from './read.js';
import type { Fields, Resolve } from './read.js';
import { listNames, openSafetensors } from './safetensors.js';
import type { Safetensors } from './safetensors.js';

/** An array of a file, whose shape is known and whose numbers wait. */
interface StoredArray {
  readonly shape: readonly number[];
  /** What it is called in messages, e.g. `tensor "W" of "net.safetensors"`. */
  readonly label: string;
  /** The place in the model that names it. */
  readonly path: string;
  readonly read: () => Float64Array;
}

/** Opens what the value at `path` of the model names. */
export type OpenArray = (value: unknown, path: string) => Promise<StoredArray>;

/** What a stored array must look like. */
export interface StoredShape {
  /** One or two lengths; undefined where the file decides (at least 1). */
  readonly lengths: readonly (number | undefined)[];
  /** Why, e.g. `b has one number for each of the 2 neurons`. */
  readonly meaning: string;
  /** The most numbers that are taken; asked only where a length is free. */
  readonly limit?: number;
}

/** Opens arrays by `resolve`; made for one model, as it remembers the .safetensors files. */
export function arrayOpener(resolve: Resolve): OpenArray {
  const opened = new Map<string, Promise<Safetensors>>();
  return async (value, path) => {
    const fields = readFields(value, path, ['file', 'tensor'], ['file']);
    const place = `${path}.file`;
    const name = checkFileName(fields.get('file'), place);
    const ending = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase();
    if (ending === 'npy') return await openNpy(fields, name, path, resolve);
    if (ending === 'safetensors') {
      const open = async () =>
        openSafetensors(await fetchBytes(name, place, resolve), { label: quote(name) });
      const file = opened.get(name) ?? open();
      opened.set(name, file);
      return openTensor(await file, fields, name, path);
    }
    return refuse({
      code: 'model-file-type',
      path: place,
      expected: 'a file whose name ends in .npy or .safetensors',
      found: describe(name),
      why: 'the ending says how the file is read.',
      mend: 'save the array with numpy.save, or tensors with safetensors.torch.save_file',
    });
  };
}

async function openNpy(fields: Fields, name: string, path: string, resolve: Resolve): Promise<StoredArray> {
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
  const label = quote(name);
  const { shape, data } = readNpy(await fetchBytes(name, `${path}.file`, resolve), { label });
  return { shape, label, path: `${path}.file`, read: () => data };
}

function openTensor(file: Safetensors, fields: Fields, name: string, path: string): StoredArray {
  const place = `${path}.tensor`;
  const tensor = fields.get('tensor');
  if (typeof tensor !== 'string') {
    return refuse({
      code: fields.has('tensor') ? 'model-type' : 'model-missing',
      path: place,
      expected: 'the name of a tensor',
      found: describe(tensor),
      why: 'a .safetensors file holds many tensors.',
      mend:
        file.names.length === 0
          ? `name another file: ${quote(name)} holds no tensors`
          : `add "tensor" with one of ${listNames(file.names)}`,
    });
  }
  return {
    shape: file.shapeOf(tensor),
    label: `tensor ${quote(tensor)} of ${quote(name)}`,
    path: place,
    read: () => file.read(tensor).data,
  };
}

/** The numbers of a stored array of the given shape, and its lengths. */
export function readStored(
  stored: StoredArray,
  wanted: StoredShape,
): { lengths: readonly number[]; data: Float64Array } {
  const { shape, label, path } = stored;
  const { lengths, limit = Infinity } = wanted;
  const fits =
    shape.length === lengths.length &&
    lengths.every((length, k) => (length === undefined ? shape[k] >= 1 : shape[k] === length));
  if (!fits) refuseShape(stored, wanted);
  if (shape.reduce((product, length) => product * length, 1) > limit) {
    refuse({
      code: 'model-size',
      path,
      expected: `at most ${String(limit)} numbers`,
      found: `shape (${shape.join(', ')}) in ${label}`,
      why: 'more would take above 512 MiB.',
      mend: 'keep fewer patterns, or choose smaller layers',
    });
  }
  const data = stored.read();
  for (let k = 0; k < data.length; k++) {
    if (Math.abs(data[k]) <= FLOAT32_MAX) continue;
    const index = shape.length === 1 ? [k] : [Math.floor(k / shape[1]), k % shape[1]];
    finiteNumber(data[k], `element [${index.join(', ')}] of ${label} (${path})`);
  }
  return { lengths: shape, data };
}

function refuseShape({ shape, label, path }: StoredArray, { lengths, meaning }: StoredShape): never {
  const shown = (values: readonly (number | undefined)[]) =>
    `(${values.map((length) => (length === undefined ? 'K' : String(length))).join(', ')})`;
  return refuse({
    code: 'model-shape',
    path,
    expected: `an array of shape ${shown(lengths)}`,
    found: `shape ${shown(shape.slice(0, 8))} in ${label}`,
    why: `${meaning}.`,
    mend: mendShape(shape, lengths),
  });
}

/** What turns the array into the one that is wanted, where one step does. */
function mendShape(shape: readonly number[], lengths: readonly (number | undefined)[]): string {
  const [rows, columns] = lengths;
  const turned = shape.length === 2 && lengths.length === 2 && shape[0] === columns;
  if (turned && (rows === undefined ? shape[1] >= 1 : shape[1] === rows)) {
    return rows === undefined
      ? 'save its transpose: one pattern in each row'
      : 'save its transpose: rows are targets, W[to][from], as (out, in) of torch.nn.Linear; kernels of Flax are (in, out)';
  }
  // One row is the only reading of a vector as K patterns.
  const exact = lengths.map((length) => length ?? 1);
  const count = (values: readonly number[]) => values.reduce((product, length) => product * length, 1);
  const long = (values: readonly number[]) => values.filter((length) => length !== 1);
  if (count(exact) === count(shape) && long(exact).join() === long(shape).join())
    return `save it as array.reshape(${exact.join(', ')})`;
  return 'save an array of this shape, or correct the sizes of the layers';
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
