/**
 * The distinct ends of many searches. States are sorted into cells of one projection, so that thousands of ends among
 * thousands of points are compared with their neighbours only.
 */

/** An end and how many searches reached it. */
export interface End {
  readonly state: Float64Array;
  hits: number;
}

/** Distance, relative to 1 + |y|, below which two ends are one point. */
export const SAME = 1e-7;
/** Width of a cell relative to 2^k, the scale of 1 + |y|: a few tolerances. */
const WIDTH = 16 * SAME;

/** A set of states up to rounding. */
export class Ends {
  readonly all: End[] = [];
  readonly #cells = new Map<string, End[]>();

  /** Counts a hit of the known end that `state` is, or takes a copy of it as a new one. */
  add(state: Float64Array, hits = 1): { end: End; isNew: boolean } {
    const known = this.find(state);
    if (known) {
      known.hits += hits;
      return { end: known, isNew: false };
    }
    const end = { state: state.slice(), hits };
    this.all.push(end);
    const { scale, place } = locate(state);
    const key = cell(scale, Math.floor(place));
    const list = this.#cells.get(key);
    if (list) list.push(end);
    else this.#cells.set(key, [end]);
    return { end, isNew: true };
  }

  /** The end that `state` is. */
  find(state: Float64Array): End | undefined {
    const { scale, place, size } = locate(state);
    // The neighbour may lie in the next cell, or on the other side of a power of two.
    for (const near of [scale, scale - 1, scale + 1]) {
      const centre = place * 2 ** (scale - near);
      for (const shift of [-1, 0, 1]) {
        const list = this.#cells.get(cell(near, Math.floor(centre) + shift));
        const found = list?.find((end) => isClose(end.state, state, SAME * size));
        if (found) return found;
      }
    }
    return undefined;
  }
}

const cell = (scale: number, place: number) => `${String(scale)}:${String(place)}`;

/** Where the projection on a fixed direction of length < 1 lies, in cells of the scale of 1 + |y|. */
function locate(state: Float64Array): { scale: number; place: number; size: number } {
  let squares = 0;
  let projection = 0;
  for (let i = 0; i < state.length; i++) {
    squares += state[i] * state[i];
    projection += state[i] * Math.sin(1 + i);
  }
  const size = 1 + Math.sqrt(squares);
  const scale = Math.ceil(Math.log2(size));
  return { scale, place: projection / Math.sqrt(state.length) / (WIDTH * 2 ** scale), size };
}

/** Whether |a - b| <= tolerance. */
export function isClose(a: Float64Array, b: Float64Array, tolerance: number): boolean {
  const limit = tolerance * tolerance;
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    sum += (a[i] - b[i]) ** 2;
    if (sum > limit) return false;
  }
  return true;
}
