/**
 * Readers for values of unknown type: each returns the value with its type, or refuses with the path, what was
 * expected and what was found. Only own properties are looked at, and results live in Maps, so a hostile
 * `__proto__` is an unknown key like any other.
 */
import { chooseFrom, describe, keyPath, quote, refuse } from '../model/check.js';

export type Fields = ReadonlyMap<string, unknown>;
/** Bytes of the file at a path relative to the model file. */
export type Resolve = (path: string) => Promise<Uint8Array>;

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);

/** Whether `value` is an object that has the key `key` itself. */
export function has(value: unknown, key: string): boolean {
  return isObject(value) && Object.hasOwn(value, key);
}

/** The own properties of an object at `path` ('' is the model itself), with only `known` keys and all `required`. */
export function readFields(
  value: unknown,
  path: string,
  known: readonly string[],
  required: readonly string[] = [],
): Fields {
  const place = path === '' ? 'the model' : path;
  if (!isObject(value)) {
    return refuse({
      code: 'model-type',
      path: place,
      expected: `an object with the keys ${known.join(', ')}`,
      found: describe(value),
      why: 'its parts are given by name.',
      mend: `write { "${required[0] ?? known[0]}": .. }`,
    });
  }
  const fields = new Map<string, unknown>(Object.entries(value));
  for (const key of fields.keys()) {
    if (known.includes(key)) continue;
    refuse({
      code: 'model-key',
      path: keyPath(path, key),
      expected: `a key of ${place}`,
      found: `the unknown key ${quote(key)}`,
      why: 'a key that is not known would be silently ignored.',
      mend: chooseFrom(key, known),
    });
  }
  for (const key of required) {
    if (fields.has(key)) continue;
    refuse({
      code: 'model-missing',
      path: keyPath(path, key),
      expected: `the key "${key}"`,
      found: describe(undefined),
      why: `${place} is not complete without it.`,
      mend: `add "${key}"`,
    });
  }
  return fields;
}

/** An array; `of` says in words what it holds. */
export function readArray(value: unknown, path: string, of: string): readonly unknown[] {
  if (Array.isArray(value)) return value as unknown[];
  return refuse({
    code: 'model-type',
    path,
    expected: `an array of ${of}`,
    found: describe(value),
    why: 'the order of its elements matters.',
    mend: 'put it in square brackets',
  });
}

/** One of `names`, which may be texts or numbers. */
export function readOneOf<T extends string | number>(
  value: unknown,
  path: string,
  names: readonly T[],
  why: string,
): T {
  const found = names.find((name) => name === value);
  if (found !== undefined) return found;
  const bare = typeof value === 'string' && names.some((name) => String(name) === value);
  return refuse({
    code: 'model-choice',
    path,
    expected: `one of ${names.map((name) => JSON.stringify(name)).join(', ')}`,
    found: describe(value),
    why,
    mend: bare ? 'write it without quotation marks' : chooseFrom(value, names.map(String)),
  });
}

/** A name that is safe to print: 1 to 200 characters, no control characters. */
export function readName(value: unknown, path: string): string {
  if (typeof value === 'string' && value !== '' && value.length <= 200 && !/[\p{C}\p{Zl}\p{Zp}]/u.test(value))
    return value;
  return refuse({
    code: 'model-name',
    path,
    expected: 'a text of 1 to 200 characters without control characters',
    found: describe(value),
    why: 'names are printed in messages, figures and results.',
    mend: 'choose a short plain name',
  });
}

/** An integer in `least` .. `most`. */
export function readInteger(value: unknown, path: string, least: number, most: number, why: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most)
    return value;
  return refuse({
    code: typeof value === 'number' ? 'model-size' : 'model-type',
    path,
    expected: `an integer from ${String(least)} to ${String(most)}`,
    found: describe(value),
    why,
    mend: 'write a whole number in this range, without quotation marks',
  });
}
