/**
 * The regions of a slice in which the same neurons are alive, and where each of them drains to (Prop. 4.4).
 *
 * Inside a region dead neurons do not feed back: with their g held as it is, the alive neurons have a system of their
 * own. Where that system rests, dead coordinates converge to V^T (W g* + b), and with them the whole region drains to
 * one steady state, unless that state is not in the region: then an alive neuron dies or a dead one wakes on the way.
 */
import type { Algebra } from '../model/algebra.js';
import { Evaluator, norm } from '../model/evaluator.js';
import type { Problem } from '../model/problem.js';
import { stateAt } from '../model/sampling.js';
import type { Grid } from '../types.js';
import { forEachWatched, type Watch } from './box.js';
import { hessianSpace } from './hessian-space.js';
import { plus } from './matrices.js';
import { settle } from './settle.js';

/** Where the alive neurons of a region come to rest, the dead ones following. */
export type Drain =
  | {
      /** Every start in the region ended in this fixed point, and it lies in the region. */
      readonly kind: 'fixed-point';
      readonly state: readonly number[];
    }
  | {
      /** Starts ended outside of the region: neurons die or wake on the way. */
      readonly kind: 'leaves';
      readonly ends: readonly (readonly number[])[];
    }
  | {
      /** The alive neurons have several places to rest in. */
      readonly kind: 'several';
      readonly ends: readonly (readonly number[])[];
    }
  | {
      /** At least one start did not come to rest. */
      readonly kind: 'open';
      readonly ends: readonly (readonly number[])[];
    };

/** The part of a slice in which one set of neurons is alive. */
export interface FlatRegion {
  /** Value of its cells in `labels`. */
  readonly label: number;
  /** Per neuron: false where its row of H is zero. */
  readonly alive: readonly boolean[];
  /** Dimension of range H: that of the alive system. */
  readonly dimension: number;
  /** N - dimension. */
  readonly deadDimensions: number;
  readonly cells: number;
  /** Part of the slice's cells. */
  readonly share: number;
  readonly drain: Drain;
}

/** A slice cut into its flat regions. */
export interface FlatRegions {
  /** Row-major [t][s] like every field; regions are numbered by falling size. */
  readonly labels: readonly number[];
  readonly size: readonly number[];
  readonly regions: readonly FlatRegion[];
}

/** How many starts of a region are followed. */
export interface RegionOptions extends Watch {
  /** At most this many, spread over the region; 8 by default. */
  readonly starts?: number;
}

/** Ends nearer than this, relative to 1 + |y|, are one. */
const SAME = 1e-6;

/**
 * Cuts a slice into the regions of constant alive set, and says where each drains to under the problem's own flow.
 * @param grid a slice of at most 2^20 cells.
 */
export async function flatRegions(
  problem: Problem,
  algebra: Algebra,
  grid: Grid,
  options: RegionOptions = {},
): Promise<FlatRegions> {
  const [columns, ...others] = grid.size;
  const rows = others.reduce((a, b) => a * b, 1);
  if (columns * rows > 2 ** 20) throw new RangeError('at most 2^20 cells');
  const evaluator = new Evaluator(problem, algebra);
  const state = new Float64Array(problem.network.size);
  const cellsOf = new Map<string, { cells: number[]; alive: readonly boolean[]; dimension: number }>();
  const at = (cell: number) => {
    stateAt(grid, cell % columns, Math.floor(cell / columns), state);
    evaluator.moveTo(state);
    return hessianSpace(evaluator, algebra);
  };
  await forEachWatched(columns * rows, part(options, 0, 0.5), (cell) => {
    const { mask, alive } = at(cell);
    const key = `${mask.map((a) => (a ? '1' : '0')).join('')}/${String(alive.length)}`;
    const known = cellsOf.get(key);
    if (known) known.cells.push(cell);
    else cellsOf.set(key, { cells: [cell], alive: mask, dimension: alive.length });
  });
  const labels = new Array<number>(columns * rows).fill(0);
  const sorted = [...cellsOf.values()].sort((a, b) => b.cells.length - a.cells.length);
  const regions: FlatRegion[] = [];
  await forEachWatched(sorted.length, part(options, 0.5, 1), (label) => {
    const { cells, alive, dimension } = sorted[label];
    for (const cell of cells) labels[cell] = label;
    const starts = spread(cells, options.starts ?? 8).map((cell) => {
      at(cell);
      return Float64Array.from(state);
    });
    regions.push({
      label,
      alive,
      dimension,
      deadDimensions: alive.length - dimension,
      cells: cells.length,
      share: cells.length / labels.length,
      drain: drainOf(problem, algebra, starts, alive),
    });
  });
  return { labels, size: grid.size, regions };
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

/** At most `count` of `cells`, evenly spread, off the ends. */
const spread = (cells: readonly number[], count: number): number[] => {
  const wanted = Math.min(count, cells.length);
  return Array.from({ length: wanted }, (_, k) => cells[Math.floor(((k + 0.5) * cells.length) / wanted)]);
};

function drainOf(
  problem: Problem,
  algebra: Algebra,
  starts: readonly Float64Array[],
  alive: readonly boolean[],
): Drain {
  const ends: Float64Array[] = [];
  let open = false;
  for (const start of starts) {
    const { point, state } = settle(problem, algebra, start);
    open ||= point === undefined;
    if (!ends.some((end) => norm(plus(end, -1, state)) <= SAME * (1 + norm(end)))) ends.push(state);
  }
  const plain = ends.map((end) => [...end]);
  if (open) return { kind: 'open', ends: plain };
  const evaluator = new Evaluator(problem, algebra);
  const stays = ends.every((end) => {
    evaluator.moveTo(end);
    return hessianSpace(evaluator, algebra).mask.every((a, i) => a === alive[i]);
  });
  if (!stays) return { kind: 'leaves', ends: plain };
  return ends.length === 1 ? { kind: 'fixed-point', state: plain[0] } : { kind: 'several', ends: plain };
}
