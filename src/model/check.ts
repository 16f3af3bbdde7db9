/**
 * Refusals that a person can act on: where (a path such as `layers[1].activation.beta`), what was expected,
 * what was found, why it matters and the nearest valid name. Everything that reads user input ends here, so
 * that no reader throws anything but a MemscapeError and no text of the user reaches a terminal unescaped.
 */
import { MemscapeError } from '../errors.js';
import { activationNames, findActivation } from './activation.js';
import type { ActivationChoice } from '../types.js';

/** Largest finite float32; a larger f64 value would be infinite on the GPU. */
export const FLOAT32_MAX = 3.4028234663852886e38;
/** Smallest normal float32: GPUs may flush what is smaller to 0 (both drivers measured do). */
export const FLOAT32_MIN = 2 ** -126;

export interface Refusal {
  /** Stable identifier, `model-...`. */
  readonly code: string;
  /** Where, e.g. `weights[0][1]`. */
  readonly path: string;
  readonly expected: string;
  readonly found: string;
  readonly why: string;
  readonly mend: string;
}

/** Throws the MemscapeError (exit code 2) of a model that cannot be read. */
export function refuse({ code, path, expected, found, why, mend }: Refusal): never {
  throw new MemscapeError({
    code,
    what: `${path}: expected ${expected}, found ${found}`,
    why,
    mend,
    exitCode: 2,
  });
}

/** `text` in double quotes, at most `limit` characters, with control, invisible and direction characters escaped. */
export function quote(text: string, limit = 80): string {
  const characters = Array.from(text.length > 2 * limit ? text.slice(0, 2 * limit) : text);
  const short = characters.slice(0, limit).join('');
  const escaped = JSON.stringify(short).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from(character, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`).join(''),
  );
  return short.length < text.length ? `${escaped}...` : escaped;
}

/** A value of unknown type in a few words, safe to print. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (typeof value === 'string') return `the text ${quote(value, 40)}`;
  if (typeof value === 'number')
    return Number.isFinite(value) ? String(value) : `${String(value)} (not finite)`;
  if (Array.isArray(value))
    return value.length === 0 ? 'an empty array' : `an array of ${String(value.length)}`;
  if (typeof value === 'object') {
    const keys = Object.keys(value);
    const shown = keys.slice(0, 5).map((key) => quote(key, 30));
    return keys.length === 0
      ? 'an empty object'
      : `an object with ${shown.join(', ')}${keys.length > 5 ? ', ...' : ''}`;
  }
  return typeof value === 'boolean' ? String(value) : `a ${typeof value}`;
}

/** Number of insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        row[j] = Math.min(row[j], before[j - 2] + 1);
    }
    before = last;
    last = row;
  }
  return last[b.length];
}

/** The name closest to `word` if it is close enough to be meant, ignoring case, spaces and underscores. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  const plain = (text: string) =>
    text
      .slice(0, 64)
      .toLowerCase()
      .replace(/[\s_-]/g, '');
  let best: string | undefined;
  let least = Infinity;
  for (const name of names) {
    const distance = editDistance(plain(word), plain(name));
    if (distance <= Math.max(1, Math.floor(name.length / 3)) && distance < least) {
      best = name;
      least = distance;
    }
  }
  return best;
}

/** The mend for a wrong name: the nearest valid one, and all of them. */
export function chooseFrom(word: unknown, names: readonly string[]): string {
  const guess = typeof word === 'string' ? nearest(word, names) : undefined;
  const shown = names.slice(0, 40).map((name) => quote(name));
  const all = `valid: ${shown.join(', ')}${names.length > shown.length ? ', ...' : ''}`;
  return guess === undefined ? all : `did you mean ${quote(guess)}? (${all})`;
}

/** The value as a finite number that float32 can hold, else a refusal naming `path`. */
export function finiteNumber(value: unknown, path: string, expected = 'a number'): number {
  if (typeof value !== 'number') {
    refuse({
      code: 'model-type',
      path,
      expected,
      found: describe(value),
      why: 'memscape never guesses a number from something else.',
      mend:
        typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value))
          ? 'write it without quotation marks'
          : `put ${expected} there`,
    });
  }
  if (!(Math.abs(value) <= FLOAT32_MAX)) {
    refuse({
      code: Number.isFinite(value) ? 'model-float32' : 'model-not-finite',
      path,
      expected: `${expected} of at most ${String(FLOAT32_MAX)} in size`,
      found: describe(value),
      why: 'it would be infinite in float32, the numbers of the GPU, and everything computed from it would be meaningless.',
      mend: 'check how the number was made, or rescale the model',
    });
  }
  return value;
}

/**
 * An activation with every parameter checked against its row of the table and the missing ones at their defaults.
 * @param name any value; refused unless the table has a row of that name.
 * @param given parameter values by name; unknown names and values outside the domain are refused.
 * @param path where the activation stands, e.g. `layers[0].activation`.
 */
export function checkActivation(
  name: unknown,
  given: ReadonlyMap<string, unknown>,
  path: string,
): ActivationChoice {
  const row = typeof name === 'string' ? findActivation(name) : undefined;
  if (typeof name !== 'string' || row === undefined) {
    return refuse({
      code: 'model-activation',
      path,
      expected: 'the name of an activation',
      found: describe(name),
      why: 'the activation must be a row of the table (equations.md section 2).',
      mend: chooseFrom(name, activationNames()),
    });
  }
  const known = Object.keys(row.parameters);
  for (const key of given.keys()) {
    if (known.includes(key)) continue;
    refuse({
      code: 'model-key',
      path: keyPath(path, key),
      expected: known.length === 0 ? `no parameter, because '${name}' has none` : `a parameter of '${name}'`,
      found: `the key ${quote(key)}`,
      why: 'a key that is not known would be silently ignored.',
      mend: known.length === 0 ? 'remove it' : chooseFrom(key, known),
    });
  }
  const parameters: Record<string, number> = {};
  for (const [key, { default: preset, accepts, domain }] of Object.entries(row.parameters)) {
    const place = keyPath(path, key);
    const value = given.has(key) ? finiteNumber(given.get(key), place, `a number with ${domain}`) : preset;
    const single = Math.abs(value) < FLOAT32_MIN ? 0 : Math.fround(value);
    if (!accepts(value) || !accepts(single)) {
      refuse({
        code: 'model-domain',
        path: place,
        expected: `a number with ${domain}`,
        found: accepts(value) ? `${String(value)}, which is ${String(single)} in float32` : String(value),
        why: `'${name}' is defined only there.`,
        mend: `leave '${key}' out for its default ${String(preset)}, or choose ${domain}`,
      });
    }
    parameters[key] = value;
  }
  return { name, parameters };
}

/** `path.key`, quoted where the key is not an identifier. */
export function keyPath(path: string, key: string): string {
  if (!/^[A-Za-z_$][\w$-]{0,63}$/.test(key)) return `${path}[${quote(key)}]`;
  return path === '' ? key : `${path}.${key}`;
}
