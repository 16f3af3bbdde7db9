/**
 * The regions of a slice in which the same neurons are alive, and where each of them drains to (Prop. 4).
 *
 * Inside a region dead neurons do not feed back: with their g held as it is, the alive neurons have a system of their
 * own. Where that system rests, dead coordinates converge to V^T (W g* + b), and with them the whole region drains to
 * one steady state, unless that state is not in the region: then an alive neuron dies or a dead one wakes on the way.
 * Which of the two it is is seen by following the problem's own flow from starts all over the region.
 */
import type { Algebra } from '../model/algebra.js';
import { norm } from '../model/evaluator.js';
import { liftNetwork } from '../model/lift.js';
import type { Problem } from '../model/problem.js';
import { randomStream } from '../model/random.js';
import { stateAt } from '../model/sampling.js';
import type { Grid } from '../types.js';
import { aliveComponents, AliveSets, sameFlat, type Component } from './alive-sets.js';
import { forEachWatched, STREAM, type Watch } from './box.js';
import { argumentOf } from './krotov-hopfield.js';
import { plus } from './matrices.js';
import { settle } from './settle.js';
import type { FixedPointClass } from './stability.js';

/** Where starts of a region came to rest, or were last seen. */
export interface DrainEnd {
  readonly state: readonly number[];
  /** What the fixed point is; null where the start did not come to rest. */
  readonly class: FixedPointClass | null;
  /** Whether it lies on the flat of the region: then it is the one steady state that this flat supports. */
  readonly inside: boolean;
  /** How many of the starts ended here. */
  readonly starts: number;
}

/**
 * `fixed-point`: every start ended in one fixed point of the region. `leaves`: all ended elsewhere. `several`: some did.
 * `open`: a start did not come to rest. Starts on the way into a saddle are few, and decide nothing.
 */
export type DrainKind = 'fixed-point' | 'leaves' | 'several' | 'open';

/** What becomes of the states of a region under the problem's own flow. */
export interface Drain {
  readonly kind: DrainKind;
  /** Those of most starts first. */
  readonly ends: readonly DrainEnd[];
  /** Neurons dead in the region that woke on the way from a start; empty for blockwise layers. */
  readonly wakes: readonly number[];
  /** Neurons alive in the region that died on the way. */
  readonly dies: readonly number[];
}

/** A connected part of a slice in which one set of neurons is alive. */
export interface FlatRegion {
  /** Value of its cells in `labels`. */
  readonly label: number;
  /** Per neuron: false where it is dead; neurons of blockwise layers, which have no pattern of their own, are alive. */
  readonly alive: readonly boolean[];
  /** Dimension of range H: that of the alive system. */
  readonly dimension: number;
  /** N - dimension. */
  readonly deadDimensions: number;
  readonly cells: number;
  /** Part of the slice's cells. */
  readonly share: number;
  /** Null where the region is too far down the list to be followed. */
  readonly drain: Drain | null;
}

/** A slice cut into its flat regions. */
export interface FlatRegions {
  /** Row-major [t][s] like every field; regions are numbered by falling size, and -1 is a region not listed. */
  readonly labels: Int32Array;
  readonly size: readonly number[];
  /** At most 1024 of them. */
  readonly regions: readonly FlatRegion[];
  /** How many there are. */
  readonly found: number;
  /** Layers whose neurons have no pattern of their own. */
  readonly blockwiseLayers: readonly string[];
}

/** How much of a slice is followed. */
export interface RegionOptions extends Watch {
  /** At most this many starts for each region, spread over it; 8 by default. */
  readonly starts?: number;
  /** The flow is followed from this many of the largest regions; 32 by default. */
  readonly followed?: number;
}

/** Ends nearer than this, relative to 1 + |y|, are one. */
const SAME = 1e-6;
const LISTED = 1024;
/** Most cells, and most numbers of all cells together. */
const CELLS = 2 ** 20;
const NUMBERS = 2 ** 25;

/** Most cells of a slice that `flatRegions` cuts for `neurons` neurons. */
export const mostRegionCells = (neurons: number): number => Math.min(CELLS, Math.floor(NUMBERS / neurons));

/**
 * Cuts a slice into the connected regions of constant alive set, and says where each drains to under the problem's own
 * flow. Regions narrower than a cell are not seen.
 * @param grid a slice of at most 2^20 cells, and 2^25 numbers in all of its states together.
 * @throws RangeError for a larger one.
 */
export async function flatRegions(
  problem: Problem,
  algebra: Algebra,
  grid: Grid,
  options: RegionOptions = {},
): Promise<FlatRegions> {
  const count = grid.size.reduce((a, b) => a * b, 1);
  const most = mostRegionCells(problem.network.size);
  if (count > most) throw new RangeError(`at most ${String(most)} cells`);
  const components = await aliveComponents(problem, grid, part(options, 0, 0.5));
  const labels = new Int32Array(count).fill(-1);
  const listed = components.slice(0, LISTED);
  for (const [label, { cells }] of listed.entries()) for (const cell of cells) labels[cell] = label;
  const drains: Drain[] = [];
  const followed = listed.slice(0, options.followed ?? 32);
  await forEachWatched(followed.length, part(options, 0.5, 1), (k) => {
    drains.push(drainOf(problem, algebra, grid, followed[k], options.starts ?? 8));
  });
  const blockwise = liftNetwork(problem.network.layers).layers.map(({ functions }) => !functions.elementwise);
  return {
    labels,
    size: grid.size,
    regions: listed.map(({ cells, set }, label) => {
      const deadDimensions = set.blockwiseDead + set.alive.filter((alive) => !alive).length;
      return {
        label,
        alive: set.alive,
        dimension: set.alive.length - deadDimensions,
        deadDimensions,
        cells: cells.length,
        share: cells.length / count,
        drain: drains.at(label) ?? null,
      };
    }),
    found: components.length,
    blockwiseLayers: problem.network.layers.filter((_, k) => blockwise[k]).map(({ name }) => name),
  };
}

/** `watch` for a part of the work. */
const part = ({ signal, onProgress }: Watch, from: number, to: number): Watch => ({
  ...(signal ? { signal } : {}),
  ...(onProgress
    ? {
        onProgress: (done) => {
          onProgress(from + (to - from) * done);
        },
      }
    : {}),
});

/** At most `count` of `cells` at random, the same ones every time: even steps would keep to few columns of the grid. */
const spread = (cells: readonly number[], count: number): number[] => {
  const { uniform } = randomStream(1, STREAM.drains);
  const chosen = Array.from({ length: count }, (_, k) => Math.floor(uniform(k) * cells.length));
  return [...new Set(chosen)].map((at) => cells[at]);
};

/** Where a region drains to: its starts followed to their ends. */
function drainOf(problem: Problem, algebra: Algebra, grid: Grid, region: Component, count: number): Drain {
  const sets = new AliveSets(problem);
  const ends: { state: Float64Array; class: FixedPointClass | null; starts: number }[] = [];
  const changed: [wakes: Set<number>, dies: Set<number>] = [new Set(), new Set()];
  for (const cell of spread(region.cells, count)) {
    const start = new Float64Array(problem.network.size);
    stateAt(grid, cell % grid.size[0], Math.floor(cell / grid.size[0]), start);
    const { point, state, wakes } = settle(problem, algebra, start);
    for (const { neuron, alive } of wakes)
      if (alive !== region.set.alive[neuron]) changed[alive ? 0 : 1].add(neuron);
    const known = ends.find((end) => norm(plus(end.state, -1, state)) <= SAME * (1 + norm(end.state)));
    if (known) known.starts++;
    else ends.push({ state, class: point?.class ?? null, starts: 1 });
  }
  const told = ends
    .map((end): DrainEnd => {
      const inside = end.class !== null && sameFlat(region.set, sets.at(argumentOf(problem, end.state)));
      return { ...end, state: [...end.state], inside };
    })
    .sort((a, b) => b.starts - a.starts);
  const [wakes, dies] = changed.map((neurons) => [...neurons].sort((a, b) => a - b));
  return { kind: kindOf(told), ends: told, wakes, dies };
}

function kindOf(ends: readonly DrainEnd[]): DrainKind {
  if (ends.some((end) => end.class === null)) return 'open';
  const lasting = ends.filter((end) => end.class !== 'saddle' && end.class !== 'unstable');
  if (lasting.every(({ inside }) => !inside)) return 'leaves';
  return lasting.length === 1 ? 'fixed-point' : 'several';
}
