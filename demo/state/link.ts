/**
 * The state in the address: `#1` and the base64url text of its JSON, deflated. `1` is the version; the dictionary that
 * primes the deflation belongs to it, so links of small networks stay short and old links stay readable. The first
 * state needs no text. A link is written by anybody: it is inflated up to a limit, and read.ts checks every part of it.
 */
import { deflateSync, Inflate, strFromU8, strToU8 } from 'fflate';
import { MemscapeError } from '../library.js';
import { readState } from './read.js';
import { FIRST, type State } from './state.js';

const VERSION = '1';
/** Characters of a link, bytes of its JSON: 32 neurons with 17 digits an entry take a third of it. */
const MOST_CHARACTERS = 60_000;
const MOST_BYTES = 200_000;
/** Bytes that are inflated at a time; each may become a thousand. */
const PIECE = 256;

/** What most links say. Part of version 1: changing a letter here breaks every link. */
const DICTIONARY = strToU8(
  '{"spectral":"sylvester":"matrix":"weights","polar","adaptive-polar","gradient","linear","sign"' +
    '"leaky-relu","parameters":{"a":0.01}"power","n":2"arctan","hard-tanh","shrink","t":1"softplus","elu","selu","gelu",' +
    '"silu","gaussian","smu","mu":1"layer-norm","eps":0.00001"spherical","softmax","sigmoid","tanh","beta":1' +
    '"coefficients":[0,0,1]"coefficients":"certified""how":"principal axes""how":"through A, B, S"' +
    '{"name":"winner-take-all","layers":[{"name":"x","size":2,"activation":"relu","parameters":{}}],"weights":[[0,-1.5],[-1.5,0]],"bias":[1,1],"tied":true,"equation":1,"design":"identity","left":{"equation":4},"right":{"equation":14},"plane":{"how":"neurons 1 and 2","origin":[0,0],"axes":[[1,0],[0,1]]},"box":{"centre":[0,0],"half":2},"start":[-1.8,-1.2],"cursor":{"time":0.35},"shown":{"flow":true,"isolines":true,"points":true,"hatch":true}}',
);

/** The state without what came after the first links and is as it was there: those links stay short, and the same. */
function written({ layout, map, sight, shown: { nullclines, basins, ...shown }, ...state }: State): object {
  const moved = sight.turn !== FIRST.sight.turn || sight.tilt !== FIRST.sight.tilt;
  return {
    ...state,
    shown: { ...shown, ...(nullclines ? { nullclines } : {}), ...(basins ? { basins } : {}) },
    ...(layout === FIRST.layout ? {} : { layout }),
    ...(map === FIRST.map ? {} : { map }),
    ...(moved ? { sight } : {}),
  };
}

/** The part of an address from its `#` on; empty for the first state. */
export function linkOf(state: State): string {
  const json = JSON.stringify(written(state));
  if (json === JSON.stringify(written(FIRST))) return '';
  const deflated = deflateSync(strToU8(json), { level: 9, dictionary: DICTIONARY });
  const letters = btoa(Array.from(deflated, (byte) => String.fromCharCode(byte)).join(''));
  return `#${VERSION}${letters.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`;
}

/**
 * The state of a link.
 * @param hash the part of an address from its `#` on; empty means the first state.
 * @throws MemscapeError `link-…` (exit 3) for everything that is not a link of this page, saying what, why and the mend.
 */
export function stateFrom(hash: string): State {
  const text = hash.replace(/^#/, '');
  if (text === '') return FIRST;
  if (text.length > MOST_CHARACTERS)
    refuse('size', `the link has ${String(text.length)} characters`, 'this page writes none so long.');
  const version = text[0];
  if (version !== VERSION)
    refuse(
      'version',
      `the link begins with ${JSON.stringify(version)}`,
      `this page reads version ${VERSION}.`,
    );
  let value: unknown;
  try {
    value = JSON.parse(inflate(text.slice(1)));
  } catch (error) {
    if (error instanceof MemscapeError) throw error;
    refuse('damaged', 'the link is damaged', 'a part of it is missing or was changed on its way.');
  }
  return readState(value);
}

function inflate(letters: string): string {
  const binary = atob(letters.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  const parts: Uint8Array[] = [];
  let total = 0;
  const ends: boolean[] = [];
  const stream = new Inflate({ dictionary: DICTIONARY }, (part, final) => {
    parts.push(part);
    total += part.length;
    ends.push(final);
  });
  // Piece by piece, so that what grows beyond all links is left where it does.
  for (let at = 0; at < bytes.length; at += PIECE) {
    stream.push(bytes.subarray(at, at + PIECE), at + PIECE >= bytes.length);
    if (total > MOST_BYTES)
      refuse(
        'size',
        `the link holds more than ${String(MOST_BYTES)} bytes`,
        'no network of this page takes so many.',
      );
  }
  if (ends.at(-1) !== true) throw new RangeError('the link ends in the middle');
  const all = new Uint8Array(total);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return strFromU8(all);
}

function refuse(code: string, what: string, why: string): never {
  throw new MemscapeError({
    code: `link-${code}`,
    what,
    why,
    mend: 'copy the link again from where it was made, or go on with the network shown here.',
    exitCode: 3,
  });
}
