/**
 * Where each state of the view goes: coarse first, then shares with their errors, then as fine as the time that the
 * shares took allows. Labels are those of the library; here they get the names of the page's fixed points.
 */
import {
  LABEL,
  mapBasins,
  prepareBasins,
  type Algebra,
  type Backend,
  type BasinSystem,
  type Grid,
  type Problem,
} from '../library.js';
import { gridOf, type View } from '../plot/view.js';
import type { Search } from './memories.js';

/** One region of a map. */
export interface Region {
  /** Its index among attractors, or one of the labels below. */
  readonly label: number;
  readonly name: string;
  /** Share of the view. */
  readonly share: number;
  /** Standard error of the share; undefined before it is known. */
  readonly error?: number;
}

export interface Basins {
  /** Row by row from below, as fields are. */
  readonly labels: Int32Array;
  readonly size: readonly [number, number];
  /** Largest first, what has no attractor last. */
  readonly regions: readonly Region[];
}

export interface BasinJob {
  readonly backend: Backend;
  readonly problem: Problem;
  readonly algebra: Algebra;
  readonly search: Pick<Search, 'points'>;
  readonly view: View;
  readonly signal: AbortSignal;
}

export const UNDECIDED = -1;
export const LEAVES = -2;
/** States on a boundary that end at its saddle: a line of the view where the grid meets it, no region. */
export const SADDLE = -3;
const WITHOUT: Readonly<Record<number, string>> = {
  [UNDECIDED]: 'undecided',
  [LEAVES]: 'runs away',
  [SADDLE]: 'ends at a saddle',
};

/** Cells along the longer side of the first picture; below 64 every cell is followed. */
const COARSE = 48;
/** Of the last one, the finest whose time is expected to be short. */
const FINE = [384, 256, 160, 96] as const;
const PATIENCE = 1500;
/** Independent grids for the shares, and their cells along the longer side. */
const SHIFTS = 8;
const SHARE_SIDE = 24;

/** To run away is a place to go to; every other label without an attractor leaves it open where the state goes. */
function simplified(label: number): number {
  if (label >= 0) return label;
  if (label === LABEL['saddle-slow']) return SADDLE;
  return label === LABEL.diverged || label === LABEL['left-box'] ? LEAVES : UNDECIDED;
}

/** A grid over the view with cells that are as high as they are wide. */
function cells(view: View, side: number): Grid {
  const longer = Math.max(view.width, view.height);
  const along = (length: number) => Math.max(4, Math.round((side * length) / longer));
  return gridOf(view, along(view.width), along(view.height));
}

/** The grid moved by less than half a cell each way: over all such moves every state of the view comes as often. */
function shifted(grid: Grid, k: number): Grid {
  // Multiples of the roots of x^3 = x + 1: evenly spread, and no two alike.
  const move = [0.7548776662466927, 0.5698402909980532].map((ratio) => ((k + 0.5) * ratio) % 1) as [
    number,
    number,
  ];
  const extent = grid.extent.map(([low, high], axis): [number, number] => {
    const by = ((move[axis] - 0.5) * (high - low)) / grid.size[axis];
    return [low + by, high + by];
  });
  return { ...grid, extent };
}

function* probesOf({ origin, axes, extent }: Grid): Generator<Float64Array> {
  const [[a, b], [c, d]] = extent;
  for (let j = 0; j < 8; j++)
    for (let i = 0; i < 8; i++) {
      const [s, t] = [a + ((i + 0.5) / 8) * (b - a), c + ((j + 0.5) / 8) * (d - c)];
      yield origin.map((o, k) => o + s * axes[0][k] + t * axes[1][k]);
    }
}

/** Names of attractors: those of the fixed points of the page; what was found on the way has none there. */
function namesOf({ attractors }: Pick<BasinSystem, 'attractors'>, { points }: BasinJob['search']) {
  let [cycles, others] = [0, 0];
  return attractors.map((attractor) => {
    if (attractor.kind === 'limit-cycle') return `cycle ${String(++cycles)}`;
    const point = points.find(({ state }) => state.every((v, k) => v === attractor.state[k]));
    return point?.name ?? `found ${String(++others)}`;
  });
}

/** How often each label occurs, as a share. */
function sharesOf(labels: Int32Array): Map<number, number> {
  const shares = new Map<number, number>();
  for (const label of labels) shares.set(label, (shares.get(label) ?? 0) + 1 / labels.length);
  return shares;
}

/** Mean and standard error of every label's share, from independent samples of it. */
export function estimates(samples: readonly ReadonlyMap<number, number>[]) {
  const labels = new Set(samples.flatMap((sample) => [...sample.keys()]));
  return new Map(
    [...labels].map((label) => {
      const values = samples.map((sample) => sample.get(label) ?? 0);
      const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
      const square = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1);
      return [label, { share: mean, error: Math.sqrt(square / values.length) }] as const;
    }),
  );
}

function regionsOf(
  shares: ReadonlyMap<number, Pick<Region, 'share' | 'error'>>,
  names: readonly string[],
): Region[] {
  return [...shares]
    .map(([label, share]) => ({ label, name: label < 0 ? WITHOUT[label] : names[label], ...share }))
    .sort((a, b) => Number(a.label < 0) - Number(b.label < 0) || b.share - a.share);
}

const plainShares = (labels: Int32Array) =>
  new Map([...sharesOf(labels)].map(([label, share]) => [label, { share }] as const));

/**
 * Computes a map and shows it as it grows; `done` with the last picture.
 * @throws as `mapBasins`; rejects with the signal's reason on abort.
 */
export async function computeBasins(
  { backend, problem, algebra, search, view, signal }: BasinJob,
  show: (basins: Basins, done: boolean) => void,
): Promise<void> {
  const points = search.points.map(({ state, kind }) => ({ state, class: kind }));
  const coarse = cells(view, COARSE);
  const system = await prepareBasins(problem, algebra, points, [...probesOf(coarse)]);
  const follow = async (grid: Grid) => {
    const { labels } = await mapBasins(backend, system, grid, { signal });
    return labels.map(simplified);
  };
  const rough = await follow(coarse);
  const size = (grid: Grid) => [grid.size[0], grid.size[1]] as const;
  const names = () => namesOf(system, search);
  show({ labels: rough, size: size(coarse), regions: regionsOf(plainShares(rough), names()) }, false);
  const grid = cells(view, SHARE_SIDE);
  const samples: Map<number, number>[] = [];
  const started = performance.now();
  for (let k = 0; k < SHIFTS; k++) samples.push(sharesOf(await follow(shifted(grid, k))));
  const each = (performance.now() - started) / (SHIFTS * grid.size[0] * grid.size[1]);
  const shares = estimates(samples);
  show({ labels: rough, size: size(coarse), regions: regionsOf(shares, names()) }, false);
  // Nodes of blocks, blocks along boundaries, and the random cells that check them (docs/basins.md).
  const expected = (side: number) => each * (side ** 2 / 64 + 64 * side + 2048);
  const side = FINE.find((s) => expected(s) <= PATIENCE) ?? FINE[FINE.length - 1];
  const fine = cells(view, side);
  const labels = await follow(fine);
  // A thin region that no share has seen is named all the same.
  const all = [...plainShares(labels)].filter(([label]) => label !== SADDLE);
  const seen = new Map([...all, ...shares]);
  show({ labels, size: size(fine), regions: regionsOf(seen, names()) }, true);
}
