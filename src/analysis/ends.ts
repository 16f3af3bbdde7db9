/**
 * The distinct ends of many searches. States are sorted into cells of one projection, so that thousands of ends among
 * thousands of points are compared with their neighbours only.
 *
 * An end may have a ball around it from which Newton is proved to converge to it (newton-ball.ts); balls stand in wider cells
 * of the same projection, each in all the cells that it touches.
 */

/** An end and how many searches reached it. */
export interface End {
  readonly state: Float64Array;
  hits: number;
  /** Radius of the ball from which Newton leads here; 0 where none is known. */
  readonly radius: number;
}

/** Distance, relative to 1 + |y|, below which two ends are one point. */
const SAME = 1e-7;
/** Width of a cell relative to 2^k, the scale of 1 + |y|: a few tolerances. */
const WIDTH = 16 * SAME;
/** Width of a cell of balls, and the largest radius that is used: a ball stands in a few cells. */
const BALL_WIDTH = 1 / 8;
const LARGEST_BALL = 1;
const NONE: readonly End[] = [];

/** A set of states up to rounding. */
export class Ends {
  readonly all: End[] = [];
  readonly #cells = new Map<string, End[]>();
  readonly #balls = new Map<number, End[]>();
  readonly #radiusOf: (state: Float64Array) => number;

  /** @param radiusOf radius of the ball around a new end from which Newton leads to it; none by default. */
  constructor(radiusOf: (state: Float64Array) => number = () => 0) {
    this.#radiusOf = radiusOf;
  }

  /** Counts a hit of the known end that `state` is, or takes a copy of it as a new one. */
  add(state: Float64Array, hits = 1): { end: End; isNew: boolean } {
    const known = this.find(state);
    if (known) {
      known.hits += hits;
      return { end: known, isNew: false };
    }
    const copy = state.slice();
    const end = { state: copy, hits, radius: Math.min(LARGEST_BALL, this.#radiusOf(copy)) };
    this.all.push(end);
    const { scale, place, size } = locate(state);
    put(this.#cells, cell(scale, Math.floor(place)), end);
    // A ball within the tolerance adds nothing; and far out, where all balls are, cells could not be counted one by one.
    if (end.radius > SAME * size) {
      const centre = project(state);
      const last = Math.floor((centre + end.radius) / BALL_WIDTH);
      for (let k = Math.floor((centre - end.radius) / BALL_WIDTH); k <= last; k++) put(this.#balls, k, end);
    }
    return { end, isNew: true };
  }

  /** Whether `state` lies in the ball of an end. */
  covers(state: Float64Array): boolean {
    return this.#ballAround(state) !== undefined;
  }

  /** Whether `state` is an end up to rounding, or in the ball of one. */
  has(state: Float64Array): boolean {
    return this.find(state) !== undefined;
  }

  #ballAround(state: Float64Array): End | undefined {
    if (this.#balls.size === 0) return undefined;
    const near = this.#balls.get(Math.floor(project(state) / BALL_WIDTH)) ?? NONE;
    for (const end of near) if (isClose(end.state, state, end.radius)) return end;
    return undefined;
  }

  /** The end that `state` is, or whose ball it lies in. */
  find(state: Float64Array): End | undefined {
    const covering = this.#ballAround(state);
    if (covering) return covering;
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

function put<K>(cells: Map<K, End[]>, key: K, end: End): void {
  const list = cells.get(key);
  if (list) list.push(end);
  else cells.set(key, [end]);
}

const cell = (scale: number, place: number) => `${String(scale)}:${String(place)}`;

/** Where the projection on a fixed direction of length < 1 lies, in cells of the scale of 1 + |y|. */
function locate(state: Float64Array): { scale: number; place: number; size: number } {
  let squares = 0;
  for (const value of state) squares += value * value;
  const size = 1 + Math.sqrt(squares);
  const scale = Math.ceil(Math.log2(size));
  return { scale, place: project(state) / (WIDTH * 2 ** scale), size };
}

let direction = new Float64Array(0);

/** The component along a fixed direction of length < 1: it differs by less than states do. */
function project(state: Float64Array): number {
  const n = state.length;
  if (direction.length < n) direction = Float64Array.from({ length: n }, (_, i) => Math.sin(1 + i));
  let sum = 0;
  for (let i = 0; i < n; i++) sum += state[i] * direction[i];
  return sum / Math.sqrt(n);
}

/** Whether |a - b| <= tolerance. */
function isClose(a: Float64Array, b: Float64Array, tolerance: number): boolean {
  const limit = tolerance * tolerance;
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    sum += (a[i] - b[i]) ** 2;
    if (sum > limit) return false;
  }
  return true;
}
