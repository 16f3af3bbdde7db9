/** .npz: a zip of .npy files, stored without compression as numpy.savez does. The same arrays give the same bytes. */
import { unzipSync, zipSync } from 'fflate';
import { MemscapeError } from '../errors.js';
import { holdsTexts, readNpy, readNpyTexts, writeNpy, writeNpyTexts } from './npy.js';
import type { NpyArray, NpySource } from './npy.js';

/** An array to be written under a name. */
export interface NamedArray {
  /** Lengths of the axes; their product is data.length. */
  readonly shape: readonly number[];
  /** In C order (row-major). */
  readonly data: NpySource;
}

const ZIP_LIMIT = 2 ** 32 - 1;
/** What `readNpz` unpacks at most: a small zip can claim terabytes. */
const MAX_UNPACKED = 2 ** 30;

/**
 * The bytes of a .npz file that numpy.load reads, `record` by name and in its order; texts become arrays of str.
 * @throws MemscapeError `output-too-large` (exit 2) above 4 GiB, the limit of zip; RangeError for a name that is
 *   not made of letters, digits, `_`, `-` and `.`, or a shape that does not fit.
 */
export function writeNpz(
  record: Readonly<Record<string, NamedArray | readonly string[]>>,
): Uint8Array<ArrayBuffer> {
  const entries = Object.entries(record);
  const bytes = entries.reduce(
    (sum, [, array]) => sum + ('data' in array ? array.data.byteLength : 256 * array.length) + 1024,
    0,
  );
  if (bytes > ZIP_LIMIT) {
    throw new MemscapeError({
      code: 'output-too-large',
      what: `the arrays take ${(bytes / 2 ** 30).toFixed(1)} GiB and a .npz file holds 4 GiB`,
      why: 'its zip format counts bytes with 32 bits.',
      mend: 'ask for fewer points, times or quantities at once',
      exitCode: 2,
    });
  }
  const files = entries.map(([name, array]) => {
    if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(name))
      throw new RangeError(`'${name}' cannot name an array of a .npz file`);
    return [
      `${name}.npy`,
      'data' in array ? writeNpy(array.shape, array.data) : writeNpyTexts(array),
    ] as const;
  });
  // fflate writes the local fields of the date, so a local date gives equal bytes in every time zone.
  return zipSync(Object.fromEntries(files), { level: 0, mtime: new Date(1980, 0, 1) });
}

/**
 * The arrays of numbers of a .npz file by name; NaN and infinities are kept, because results use them. Texts (`<U`, such as
 * `outcome_names`) are left out: `readNpzTexts` reads them.
 * @throws MemscapeError (exit 3): not a zip, damaged, or more than 1 GiB unpacked.
 */
export function readNpz(bytes: Uint8Array, label = 'the .npz data'): Map<string, NpyArray> {
  return new Map(
    filesOf(bytes, label)
      .filter(({ name, file }) => !holdsTexts(file, name))
      .map(({ key, name, file }) => [key, readNpy(file, { label: name, nonFinite: true })]),
  );
}

/**
 * The arrays of texts of a .npz file by name, in C order.
 * @throws MemscapeError (exit 3) as `readNpz`.
 */
export function readNpzTexts(bytes: Uint8Array, label = 'the .npz data'): Map<string, readonly string[]> {
  return new Map(
    filesOf(bytes, label)
      .filter(({ name, file }) => holdsTexts(file, name))
      .map(({ key, name, file }) => [key, readNpyTexts(file, name)]),
  );
}

/** The .npy files in a zip: what they are called there, and in messages. */
function filesOf(bytes: Uint8Array, label: string): { key: string; name: string; file: Uint8Array }[] {
  let total = 0;
  try {
    const files = unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        total += originalSize;
        if (total > MAX_UNPACKED) throw new RangeError('more than 1 GiB unpacked');
        return name.endsWith('.npy');
      },
    });
    return Object.entries(files).map(([path, file]) => {
      const key = path.slice(0, -'.npy'.length);
      return { key, name: `${JSON.stringify(key)} of ${label}`, file };
    });
  } catch (error) {
    throw new MemscapeError(
      {
        code: 'data-npz',
        what: `${label} cannot be read: ${error instanceof Error ? error.message : 'it is damaged'}`,
        why: 'a .npz file is a zip of .npy files.',
        mend: 'save it again with numpy.savez',
        exitCode: 3,
      },
      { cause: error },
    );
  }
}
