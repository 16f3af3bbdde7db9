/**
 * JSON.parse with what it lacks: a cap on the depth, repeated keys refused (it silently keeps the last one),
 * and the line and column of a syntax error in every engine (V8 gives no position for short texts).
 * Two walks over the text: `survey` before parsing, cheap enough for 256 MiB, and `locate` after a failure.
 */
import { MemscapeError, type ExitCode } from '../errors.js';
import { quote } from '../model/check.js';

export const MAX_DEPTH = 64;

/** Which JSON it is, for messages. */
export interface JsonSource {
  /** Of the errors, e.g. `model-json`. */
  readonly code: string;
  /** What to call it, e.g. `the model file`. */
  readonly name: string;
  readonly exitCode: ExitCode;
  /** What the user can do; by default, correct it, because a person wrote it. */
  readonly mend?: string;
}

const modelFile: JsonSource = { code: 'model-json', name: 'the model file', exitCode: 2 };

/** Line and column, from 1, of a position in the text. */
function position(text: string, index: number): string {
  const before = text.slice(0, index);
  const lines = before.split('\n');
  return `line ${String(lines.length)}, column ${String(lines[lines.length - 1].length + 1)}`;
}

/** The value of a JSON text; throws a MemscapeError (`model-json`, exit 2, by default) for all that is not one. */
export function parseJson(text: string, source: JsonSource = modelFile): unknown {
  const { code, name, exitCode, mend } = source;
  const fault = survey(text);
  if (fault !== undefined) {
    throw new MemscapeError({
      code,
      what: `${name} ${fault.what}`,
      why: fault.why,
      mend: mend ?? fault.mend,
      exitCode,
    });
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const index = locate(text);
    const found =
      index >= text.length ? 'the end of the file' : quote(Array.from(text.slice(index, index + 2))[0]);
    throw new MemscapeError(
      {
        code,
        what: `${name} is not JSON: unexpected ${found} at ${position(text, index)}`,
        why: 'JSON is strict: double quotes, no comments, no trailing commas, no NaN.',
        mend: mend ?? 'correct the file at that place',
        exitCode,
      },
      { cause: error },
    );
  }
}

const QUOTE = 34;
const BACKSLASH = 92;

/** Index just behind the string that opens at `start` (the end of the text if it never closes). */
function skipString(text: string, start: number): number {
  let index = start + 1;
  while (index < text.length) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) return index + 1;
    index += code === BACKSLASH ? 2 : 1;
  }
  return text.length;
}

/** What is wrong, completing a sentence that begins with the name of the text. */
interface Fault {
  readonly what: string;
  readonly why: string;
  readonly mend: string;
}

/** Nesting deeper than `MAX_DEPTH`, or a key that occurs twice in one object. */
function survey(text: string): Fault | undefined {
  const keys: (Set<string> | undefined)[] = [];
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) {
      const end = skipString(text, index);
      const seen = keys.at(-1);
      if (seen !== undefined && isKey(text, end)) {
        const key = keyOf(text.slice(index, end));
        if (seen.has(key)) return repeated(key, position(text, index));
        seen.add(key);
      }
      index = end - 1;
    } else if (code === 123 || code === 91) {
      keys.push(code === 123 ? new Set() : undefined);
      if (keys.length > MAX_DEPTH) {
        return {
          what: `is nested deeper than ${String(MAX_DEPTH)} levels at ${position(text, index)}`,
          why: 'few levels are needed; a deep nesting is a mistake or an attack.',
          mend: 'remove the superfluous brackets',
        };
      }
    } else if (code === 125 || code === 93) keys.pop();
  }
  return undefined;
}

function isKey(text: string, end: number): boolean {
  while (end < text.length && text.charCodeAt(end) <= 32) end++;
  return text[end] === ':';
}

/** A key as JSON.parse will see it: "a" and "\\u0061" are the same one. */
function keyOf(raw: string): string {
  if (!raw.includes('\\')) return raw.slice(1, -1);
  try {
    return String(JSON.parse(raw));
  } catch {
    // The parser will say where it is broken.
    return raw;
  }
}

const repeated = (key: string, place: string): Fault => ({
  what: `has the key ${quote(key)} twice in one object (again at ${place})`,
  why: 'JSON readers keep one of the two without saying which.',
  mend: 'remove one of them',
});

/** Position of the first character that no JSON text could have there. */
function locate(text: string): number {
  // What may come next, as a set of letters: v value, k key, e end of the container, c comma, o colon.
  let allowed = 'v';
  const open: string[] = [];
  let index = 0;
  for (;;) {
    while (index < text.length && ' \t\r\n'.includes(text[index])) index++;
    if (index >= text.length) return text.length;
    const character = text[index];
    const inObject = open.at(-1) === '{';
    const after = () => (open.length === 0 ? '' : 'ce');
    if (character === '"' && (allowed.includes('k') || allowed.includes('v'))) {
      const end = stringEnd(text, index);
      if (end.bad !== undefined) return end.bad;
      index = end.next;
      allowed = allowed.includes('k') ? 'o' : after();
    } else if ((character === '{' || character === '[') && allowed.includes('v')) {
      open.push(character);
      allowed = character === '{' ? 'ke' : 've';
      index++;
    } else if (
      (character === '}' || character === ']') &&
      allowed.includes('e') &&
      inObject === (character === '}')
    ) {
      open.pop();
      allowed = after();
      index++;
    } else if (character === ',' && allowed.includes('c')) {
      allowed = inObject ? 'k' : 'v';
      index++;
    } else if (character === ':' && allowed.includes('o')) {
      allowed = 'v';
      index++;
    } else {
      const scalar = /(?:-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|true|false|null)/y;
      scalar.lastIndex = index;
      if (!allowed.includes('v') || !scalar.test(text)) return index;
      index = scalar.lastIndex;
      allowed = after();
    }
  }
}

function stringEnd(text: string, start: number): { next: number; bad?: number } {
  for (let index = start + 1; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) return { next: index + 1 };
    if (code < 32) return { next: index, bad: index };
    if (code !== BACKSLASH) continue;
    const escape = /["\\/bfnrt]|u[0-9a-fA-F]{4}/y;
    escape.lastIndex = index + 1;
    if (!escape.test(text)) return { next: index, bad: index };
    index = escape.lastIndex - 1;
  }
  return { next: text.length, bad: text.length };
}
