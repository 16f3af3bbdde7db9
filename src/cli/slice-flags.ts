/**
 * The slice of `field` and `basins` out of --origin, --axes, --through, --extent and --size (interface.md, Slices and
 * grids): origin 0, axes e0 and e1, extent -2:2 where nothing else is said.
 */
import type { Command } from 'commander';
import { fixedPointsFrom, type FixedPoint } from '../analysis/fixed-points.js';
import { extentOf, principalAxes, throughStates } from '../figures/index.js';
import { unitAxis } from '../figures/slice.js';
import { loadAlgebra } from '../model/algebra.js';
import { quote } from '../model/check.js';
import { norm } from '../model/evaluator.js';
import type { Problem } from '../model/problem.js';
import { randomStream } from '../model/random.js';
import { reduce } from '../model/reduce.js';
import type { Grid } from '../types.js';
import { readExtent, readSize, spread } from './arguments.js';
import { readRows, readState, readStates, shapeError } from './states.js';
import { usageError } from './usage.js';

/** A slice, how its axes were chosen, and what the user should know about it. */
export interface Slice {
  readonly grid: Grid;
  readonly chosen: string;
  readonly notices: readonly string[];
  /** The states of --through. */
  readonly states: readonly Float64Array[];
}

const DEFAULT_SIZE: Readonly<Record<number, number>> = { 1: 1024, 2: 1024, 3: 64 };

/** Adds the flags of a slice to a command. */
export function withSliceOptions(command: Command): Command {
  return command
    .option('--extent <ranges>', 'lo:hi of each axis, joined by commas; one for all (default: -2:2)')
    .option('--size <sizes>', 'samples of each axis, joined by x; one for all (default: 1024x1024)')
    .option('--origin <state>', 'numbers joined by commas, or a .npy file (default: 0)')
    .option('--axes <axes>', 'e0,e3 | memories | a .npy file of one to three rows (default: e0,e1)')
    .option(
      '--through <states>',
      'three states in a .npy file: the plane through them, their triangle and 25 %',
    );
}

type Given = Readonly<Record<string, unknown>>;
const textOf = (given: Given, key: string) => (typeof given[key] === 'string' ? given[key] : undefined);

/** The slice that the flags describe; `seed` keys the search for fixed points of `--axes memories`. */
export async function readSlice(given: Given, problem: Problem, seed: number): Promise<Slice> {
  const [extentText, sizeText] = [textOf(given, 'extent'), textOf(given, 'size')];
  const extents = extentText === undefined ? undefined : readExtent(extentText);
  const sizes = sizeText === undefined ? undefined : readSize(sizeText);
  const {
    origin,
    axes,
    extent: own,
    chosen,
    notices,
    states = [],
  } = await readPlane(given, problem, seed, axesAsked(extents, sizes));
  const extent = spread(extents ?? own ?? [[-2, 2]], axes.length, '--extent');
  const size = spread(sizes ?? [DEFAULT_SIZE[axes.length]], axes.length, '--size');
  const grid: Grid = { kind: 'grid', origin, axes, extent, size };
  return { grid, chosen, notices: notices(grid), states };
}

/** How many axes --extent and --size speak of; one part of either speaks for all axes. */
function axesAsked(extents: readonly unknown[] | undefined, sizes: readonly unknown[] | undefined): number {
  return Math.max(2, extents?.length ?? 0, sizes?.length ?? 0);
}

export const REFERENCE_HELP =
  'deep zoom: energies as E - E(state), exact in boxes of any size; the slice is given as offsets from the state (numbers or a .npy file)';

/** The slice of `field`: with --reference, --origin is an offset from it (default 0). */
export async function readFieldSlice(
  given: Given,
  problem: Problem,
  seed: number,
): Promise<Slice & { readonly from?: Float64Array }> {
  const text = textOf(given, 'reference');
  if (text === undefined) return readSlice(given, problem, seed);
  const { axes, through } = given;
  if (axes === 'memories' || through !== undefined)
    throw usageError(
      `--reference cannot be combined with ${through === undefined ? '--axes memories' : '--through'}`,
      'such a slice is as wide as the distance of the memories, and has an origin of its own.',
      'give the axes as e0,e1 or in a .npy file',
    );
  const from = await readState(text, '--reference', problem.network.size);
  const { grid, ...rest } = await readSlice(given, problem, seed);
  return { ...rest, grid: { ...grid, origin: grid.origin.map((x, i) => x + from[i]) }, from };
}

interface Plane {
  readonly origin: Float64Array;
  readonly axes: readonly Float64Array[];
  readonly extent?: readonly (readonly [number, number])[];
  readonly chosen: string;
  readonly notices: (grid: Grid) => readonly string[];
  readonly states?: readonly Float64Array[];
}

const silent = () => [];

async function readPlane(given: Given, problem: Problem, seed: number, asked: number): Promise<Plane> {
  const n = problem.network.size;
  const [axesText, originText, throughText] = ['axes', 'origin', 'through'].map((key) => textOf(given, key));
  if (throughText !== undefined) {
    if (axesText !== undefined || originText !== undefined)
      throw usageError(
        `--through cannot be combined with ${axesText === undefined ? '--origin' : '--axes'}`,
        'the three states give the origin and the axes.',
        'leave one of them out',
      );
    return await through(throughText, n);
  }
  const origin = originText === undefined ? new Float64Array(n) : await readState(originText, '--origin', n);
  if (axesText === undefined) {
    const axes = Array.from({ length: Math.min(n, asked) }, (_, k) => unitAxis(n, k));
    return { origin, axes, chosen: 'default', notices: silent };
  }
  if (axesText === 'memories') return await memories(origin, problem, seed);
  return { origin, axes: await readAxes(axesText, n), chosen: axesText, notices: silent };
}

async function through(text: string, n: number): Promise<Plane> {
  const { count, states } = await readStates(text, '--through', n);
  if (count !== 3)
    throw shapeError(
      `--through: expected three states, found ${String(count)}`,
      'three states that are not on a line span a plane.',
      `give an array of shape [3, ${String(n)}]`,
    );
  const row = (k: number) => states.slice(k * n, (k + 1) * n);
  const three = [row(0), row(1), row(2)] as const;
  const plane = throughStates(three);
  if (plane) return { ...plane, chosen: 'through three states', notices: silent, states: three };
  throw shapeError(
    '--through: the three states lie on a line',
    'they do not span a plane.',
    n === 1 ? 'draw a line: --axes e0' : 'give three states that form a triangle',
  );
}

/** e0,e3 or the rows of an array. */
async function readAxes(text: string, n: number): Promise<Float64Array[]> {
  const parts = text.split(',').map((part) => part.trim());
  if (parts.every((part) => /^e\d*$/.test(part))) return unitAxes(parts, n);
  const { shape, data } = await readRows(text, '--axes');
  const rows = shape.length === 1 ? 1 : shape[0];
  if (shape.length < 1 || shape.length > 2 || shape[shape.length - 1] !== n || rows < 1 || rows > 3)
    throw shapeError(
      `--axes: expected one to three rows of ${String(n)} numbers, found shape [${shape.join(', ')}]`,
      `the network has ${String(n)} neurons, and a slice one to three axes.`,
      `save an array of shape [2, ${String(n)}]`,
    );
  const axes = Array.from({ length: rows }, (_, k) => data.slice(k * n, (k + 1) * n));
  const algebra = await loadAlgebra();
  const { s } = algebra.svd({ rows, columns: n, data });
  if (rows > n || !(s[rows - 1] > 1e-9 * s[0]))
    throw shapeError(
      '--axes: the rows depend on each other',
      'they do not span a slice.',
      'give independent rows, none of them zero',
    );
  return axes;
}

function unitAxes(parts: readonly string[], n: number): Float64Array[] {
  if (parts.length > 3)
    throw usageError(
      `--axes: found ${String(parts.length)} axes`,
      'a slice has one, two or three.',
      'give at most three',
    );
  const neurons = parts.map((part) => {
    const k = /^e\d{1,9}$/.test(part) ? Number(part.slice(1)) : NaN;
    if (k < n) return k;
    throw usageError(
      `--axes: there is no axis ${quote(part)}`,
      `the network has ${String(n)} ${n === 1 ? 'neuron' : 'neurons'}, counted from 0.`,
      n === 1 ? 'give --axes e0' : `give two of e0 .. e${String(n - 1)}, for example --axes e0,e1`,
    );
  });
  if (new Set(neurons).size < neurons.length)
    throw usageError(
      `--axes: ${quote(parts.join(','))} names an axis twice`,
      'they do not span a slice.',
      'give different axes',
    );
  return neurons.map((k) => unitAxis(n, k));
}

/** Starts of the search for fixed points, and half the side of the box they are drawn from. */
const STARTS = 256;
const BOX = 4;
const MOST_NEURONS = 256;

/** Fixed points that Newton reaches from random starts in [-4, 4]^n, n what the identity layers of N neurons leave. */
async function searchBox(whole: Problem, seed: number): Promise<Pick<FixedPoint, 'state' | 'class'>[]> {
  const reduction = reduce(whole, []);
  const problem = reduction?.problem ?? whole;
  const n = problem.network.size;
  if (n > MOST_NEURONS)
    throw usageError(
      `--axes memories searches fixed points of up to ${String(MOST_NEURONS)} neurons, the model has ${String(n)}`,
      'every step of the search solves a dense system.',
      'give the axes in a .npy file',
    );
  const { uniform } = randomStream(seed, 1);
  const starts = Math.max(16, Math.min(STARTS, Math.floor(STARTS * (32 / n) ** 2)));
  const seeds = Array.from({ length: starts }, (_, k) =>
    Float64Array.from({ length: n }, (_, i) => BOX * (2 * uniform(k * n + i) - 1)),
  );
  const found = fixedPointsFrom(problem, await loadAlgebra(), seeds);
  return reduction ? found.map((point) => ({ ...point, state: reduction.lift(point.state) })) : found;
}

async function memories(origin: Float64Array, problem: Problem, seed: number): Promise<Plane> {
  const points = await searchBox(problem, seed);
  const states = points.map(({ state }) => state);
  const axes = principalAxes(states, await loadAlgebra());
  if (axes.length < 2)
    throw usageError(
      `--axes memories: the ${String(points.length)} fixed points found span no plane`,
      'three that are not on a line are needed.',
      'give --axes e0,e1 or the axes in a .npy file',
    );
  const stable = points.filter((p) => p.class === 'stable').length;
  return {
    origin,
    axes,
    chosen: `principal axes of ${String(points.length)} fixed points (${String(stable)} stable) from random starts in [-4, 4]^N`,
    notices: (grid) => outside(grid, states),
  };
}

/** A word about fixed points that the view does not show, and what would show them. */
function outside(grid: Grid, states: readonly Float64Array[]): string[] {
  const { origin, axes, extent } = grid;
  const coordinates = states.map((state) => axes.map((axis) => dotFrom(state, origin, axis)));
  const missing = coordinates.filter((place) =>
    place.some((c, k) => c < extent[k][0] || c > extent[k][1]),
  ).length;
  const off = Math.max(
    ...states.map((state, j) =>
      norm(
        state.map(
          (v, i) => v - origin[i] - axes.reduce((sum, axis, k) => sum + coordinates[j][k] * axis[i], 0),
        ),
      ),
    ),
  );
  const wide = extentOf(states, origin, axes).map(([lo, hi]) => `${lo.toPrecision(3)}:${hi.toPrecision(3)}`);
  const mean = origin.map((_, i) => states.reduce((sum, y) => sum + y[i], 0) / states.length);
  return [
    ...(missing > 0
      ? [
          `${String(missing)} of ${String(states.length)} fixed points lie outside of this view; --extent ${wide.join(',')} shows them all.`,
        ]
      : []),
    ...(off > 1e-3
      ? [
          `the fixed points lie up to ${off.toPrecision(3)} off this plane; their mean as --origin brings it nearer${mean.length <= 8 ? `: ${[...mean].map((v) => v.toPrecision(6)).join(',')}` : ''}.`,
        ]
      : []),
  ];
}

const dotFrom = (state: Float64Array, origin: Float64Array, axis: Float64Array) =>
  state.reduce((sum, v, i) => sum + (v - origin[i]) * axis[i], 0);
