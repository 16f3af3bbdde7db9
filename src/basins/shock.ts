/**
 * Minimal fatal shock: how far a memory has to be pushed until it does not come back (the distance to the boundary of its
 * basin, in the Euclidean norm of states). No sampling proves a distance, so it is held between two bounds: below by a ball
 * that is proved to lie in the basin (inner.ts, ball.ts), above by a push that was followed and does not return.
 *
 * On a slice the nearest sample of another fate is taken. In N dimensions rays are followed outwards in the directions of all
 * known points and of scrambled Sobol points on the sphere; where one leaves the basin the crossing is found by bisection; then
 * rays around the best one are tried in cones that become narrower.
 */
import type { Backend } from '../backend.js';
import { norm } from '../model/evaluator.js';
import { randomStream } from '../model/random.js';
import { stateAt } from '../model/sampling.js';
import { onOneAdapter } from '../recovery/one-adapter.js';
import type { Grid } from '../types.js';
import { isTold } from './estimate.js';
import { Follower } from './follow.js';
import { LABEL } from './labels.js';
import { inPieces, type Interruptible } from './pieces.js';
import { scrambledSobol } from './sobol.js';
import type { BasinSystem } from './system.js';

/** The nearest sample of a slice that goes elsewhere. */
export interface SliceShock {
  /** From the memory, in states. */
  readonly distance: number;
  /** Half the diagonal of a sample: the boundary of the slice is that much nearer at most, where it is not thinner. */
  readonly resolution: number;
  readonly state: Float64Array;
  /** Where it goes: a label. */
  readonly to: number;
}

/** What a search in all dimensions found. */
export interface FatalShock {
  /** The smallest push that was found not to return; null where none was within `reach`. */
  readonly distance: number | null;
  /** On the same ray, the largest push below it that returned; without one `reach`, or 0 where some fate was not told. */
  readonly returned: number;
  /** Pushes below are proved to return; 0 where nothing is proved. */
  readonly proved: number;
  /** Whether a push well below `proved` was followed elsewhere: then one of the two is wrong. */
  readonly contradicted: boolean;
  /** The pushed state, and where it goes. */
  readonly state: Float64Array | null;
  readonly to: number | null;
  readonly reach: number;
  readonly directions: number;
  /** Starts followed, and those among them whose fate was not told. */
  readonly followed: number;
  readonly untold: number;
}

/** How shocks are searched for. */
export interface ShockOptions {
  /** First directions beside those to known points. Default 256. */
  readonly directions?: number;
  /** Longest push. Default: to the farthest known point, at least 4. */
  readonly reach?: number;
  readonly seed?: number;
  readonly signal?: AbortSignal;
}

/** A memory this close to a slice lies in it, relative to 1 + |y|. */
const IN_SLICE = 1e-6;
/** Pushes along a ray, first and in the cones. */
const [PUSHES, CONE_PUSHES] = [16, 8];
const BISECTIONS = 20;
const CONE_RAYS = 48;
/** Widths of the cones: tangents of their half angles. */
const CONES = [0.6, 0.3, 0.15, 0.08, 0.04, 0.02];
const STREAM = 6;
/** Of distances that are found by following in f32. */
const ROUNDING = 1e-4;

/** Whether a start does not come back to attractor `own`, and that is known. */
const isFatal = (label: number, own: number) =>
  label !== own && (isTold(label) || label === LABEL['saddle-slow']);

/**
 * The nearest samples of other fates, by attractor; null for those that do not lie in the slice, for cycles, and where no
 * sample goes elsewhere.
 */
export async function sliceShocks(
  { attractors }: BasinSystem,
  grid: Grid,
  labels: Int32Array,
  watch: Interruptible = {},
): Promise<(SliceShock | null)[]> {
  const columns = grid.size[0];
  const state = new Float64Array(grid.origin.length);
  const resolution =
    norm(Float64Array.from(grid.axes, (axis, k) => (norm(axis) * widthOf(grid, k)) / grid.size[k])) / 2;
  const nearest = attractors.map((attractor) =>
    attractor.kind === 'fixed-point' && isInSlice(grid, attractor.state)
      ? { centre: attractor.state, square: Infinity, cell: -1 }
      : undefined,
  );
  const place = (cell: number) => {
    stateAt(grid, cell % columns, Math.floor(cell / columns), state);
  };
  const look = (cell: number) => {
    place(cell);
    nearest.forEach((best, own) => {
      if (!best || !isFatal(labels[cell], own)) return;
      const square = squareOf(state, best.centre);
      if (square < best.square) [best.square, best.cell] = [square, cell];
    });
  };
  await inPieces(labels.length, watch, (from, to) => {
    for (let cell = from; cell < to; cell++) look(cell);
  });
  return nearest.map((best) => {
    if (!best || best.cell < 0) return null;
    place(best.cell);
    return { distance: Math.sqrt(best.square), resolution, state: state.slice(), to: labels[best.cell] };
  });
}

const widthOf = ({ extent }: Grid, k: number) => extent[k][1] - extent[k][0];

function squareOf(a: Float64Array, b: Float64Array): number {
  let square = 0;
  for (let i = 0; i < a.length; i++) square += (a[i] - b[i]) ** 2;
  return square;
}

/** By Gram-Schmidt: what the axes leave of the way from the origin is nothing. */
function isInSlice({ origin, axes }: Grid, state: Float64Array): boolean {
  const rest = state.map((v, i) => v - origin[i]);
  const basis: Float64Array[] = [];
  const remove = (from: Float64Array, along: Float64Array) => {
    const part = from.reduce((sum, v, i) => sum + v * along[i], 0);
    along.forEach((v, i) => (from[i] -= part * v));
  };
  for (const axis of axes) {
    const own = axis.slice();
    for (const before of basis) remove(own, before);
    const length = norm(own);
    basis.push(own.map((v) => v / length));
  }
  for (const axis of basis) remove(rest, axis);
  return norm(rest) <= IN_SLICE * (1 + norm(state));
}

/**
 * What `fatalShock` does.
 * @param proved radius of a ball around the memory that is proved to lie in its basin.
 */
export function searchShock(
  backend: Backend,
  system: BasinSystem,
  own: number,
  proved: number,
  options: ShockOptions = {},
): Promise<FatalShock> {
  return onOneAdapter(backend, () => searchOnce(backend, system, own, proved, options));
}

async function searchOnce(
  backend: Backend,
  system: BasinSystem,
  own: number,
  proved: number,
  { directions = 256, reach, seed = 1, signal }: ShockOptions,
): Promise<FatalShock> {
  const attractor = system.attractors[own];
  if (attractor.kind !== 'fixed-point') throw new RangeError('a shock pushes a fixed point');
  const centre = attractor.state;
  const ways = system.points
    .map(({ state }) => state.map((v, i) => v - centre[i]))
    .filter((way) => norm(way) > IN_SLICE * (1 + norm(centre)));
  const farthest = reach ?? Math.max(4, ...ways.map(norm));
  const rays = new Rays(new Follower(backend, system), own, centre, signal);
  const first = [...ways.map(unit), ...sphere(centre.length, directions, seed)];
  let best = nearestOf(await rays.leave(first, farthest, PUSHES));
  const { normal } = randomStream(seed, STREAM);
  let drawn = 0;
  for (const width of CONES) {
    if (!best) break;
    const { direction, distance } = best;
    const around = Array.from({ length: CONE_RAYS }, () => {
      const aside = direction.map(() => normal(drawn++));
      const scale = width / Math.max(norm(aside), Number.MIN_VALUE);
      return unit(direction.map((v, i) => v + scale * aside[i]));
    });
    best = nearestOf([best, ...(await rays.leave(around, distance, CONE_PUSHES))]);
  }
  return {
    distance: best?.distance ?? null,
    returned: best?.returned ?? (rays.untold === 0 ? farthest : 0),
    proved,
    contradicted: best !== undefined && best.distance < (1 - ROUNDING) * proved,
    state: best ? centre.map((v, i) => v + best.distance * best.direction[i]) : null,
    to: best?.to ?? null,
    reach: farthest,
    directions: first.length,
    followed: rays.followed,
    untold: rays.untold,
  };
}

/** Where a ray was seen to leave the basin. */
interface Exit {
  readonly direction: Float64Array;
  readonly returned: number;
  readonly distance: number;
  readonly to: number;
}

const unit = (v: Float64Array) => {
  const length = norm(v);
  return v.map((x) => x / length);
};

const nearestOf = (exits: readonly Exit[]) =>
  exits.reduce<Exit | undefined>(
    (best, exit) => (best && best.distance <= exit.distance ? best : exit),
    undefined,
  );

/** Directions by Box-Muller from scrambled Sobol points; in one dimension there are two. */
function sphere(n: number, count: number, seed: number): Float64Array[] {
  if (n === 1) return [Float64Array.of(1), Float64Array.of(-1)];
  const even = n + (n % 2);
  const points = scrambledSobol(even, 2 ** Math.ceil(Math.log2(Math.max(1, count))), seed, 0);
  return Array.from({ length: count }, (_, k) =>
    unit(
      Float64Array.from({ length: n }, (_, i) => {
        const pair = k * even + i - (i % 2);
        const angle = 2 * Math.PI * points[pair + 1];
        return Math.sqrt(-2 * Math.log(points[pair])) * (i % 2 === 0 ? Math.cos(angle) : Math.sin(angle));
      }),
    ),
  );
}

/** Pushes of one memory, followed many at a time. */
class Rays {
  followed = 0;
  untold = 0;
  readonly #follower: Follower;
  readonly #own: number;
  readonly #centre: Float64Array;
  readonly #signal: AbortSignal | undefined;

  constructor(follower: Follower, own: number, centre: Float64Array, signal: AbortSignal | undefined) {
    this.#follower = follower;
    this.#own = own;
    this.#centre = centre;
    this.#signal = signal;
  }

  /** The first exits of rays, as far as `pushes` equal steps up to `reach` see them, by bisection. */
  async leave(directions: readonly Float64Array[], reach: number, pushes: number): Promise<Exit[]> {
    const length = (k: number) => (reach * (k + 1)) / pushes;
    const labels = await this.#labels(
      directions.flatMap((direction) =>
        Array.from({ length: pushes }, (_, k) => ({ direction, by: length(k) })),
      ),
    );
    let exits = directions.flatMap((direction, at): Exit[] => {
      const row = labels.subarray(at * pushes, (at + 1) * pushes);
      const k = row.findIndex((label) => isFatal(label, this.#own));
      if (k < 0) return [];
      // What was not told below the exit did not return either, as far as anybody knows.
      const below = row.subarray(0, k).lastIndexOf(this.#own);
      return [{ direction, returned: below < 0 ? 0 : length(below), distance: length(k), to: row[k] }];
    });
    for (let round = 0; round < BISECTIONS && exits.length > 0; round++) {
      const middle = exits.map(({ returned, distance }) => (returned + distance) / 2);
      const found = await this.#labels(exits.map(({ direction }, k) => ({ direction, by: middle[k] })));
      exits = exits.map((exit, k) => {
        if (found[k] === this.#own) return { ...exit, returned: middle[k] };
        return isFatal(found[k], this.#own) ? { ...exit, distance: middle[k], to: found[k] } : exit;
      });
    }
    return exits;
  }

  async #labels(
    pushes: readonly { readonly direction: Float64Array; readonly by: number }[],
  ): Promise<Int32Array> {
    const n = this.#centre.length;
    const states = new Float64Array(pushes.length * n);
    pushes.forEach(({ direction, by }, k) => {
      for (let i = 0; i < n; i++) states[k * n + i] = this.#centre[i] + by * direction[i];
    });
    const { labels } = await this.#follower.follow(
      { sampling: { kind: 'points', count: pushes.length, states } },
      this.#signal ? { signal: this.#signal } : {},
    );
    this.followed += pushes.length;
    this.untold += labels.filter((label) => label !== this.#own && !isFatal(label, this.#own)).length;
    return labels;
  }
}
