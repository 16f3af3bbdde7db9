/**
 * A map of basins on a grid: every cell the label of the attractor that its flow goes to. By default blocks of 8 x 8 cells
 * are computed only where their nodes disagree, and where a boundary leaves a computed block; random cells are computed as
 * well, and those that disagree with the map are counted, said and mended. `full` computes every cell.
 */
import type { Backend } from '../backend.js';
import { randomStream } from '../model/random.js';
import { pointCount } from '../plan/plan.js';
import { onOneAdapter } from '../recovery/one-adapter.js';
import type { Grid } from '../types.js';
import { Blocks } from './blocks.js';
import { Follower } from './follow.js';
import { countLabels, type LabelCounts } from './labels.js';
import type { BasinSystem } from './system.js';

/** How to compute a map. */
export interface MapOptions {
  /** Compute every cell. Default false; grids that are not planes are always computed whole. */
  readonly full?: boolean;
  /** Random cells that check a refined map. Default 2048. */
  readonly probes?: number;
  readonly seed?: number;
  readonly signal?: AbortSignal;
  /** Called as starts end. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

/** How a refined map was found, and how its random cells agreed with it. */
export interface Refinement {
  readonly blocks: number;
  readonly computedBlocks: number;
  readonly probes: number;
  /** Random cells that had another label than their block was filled with; it was computed then. */
  readonly disagreements: number;
}

/** A map of basins. */
export interface BasinMap {
  /** [q][t][s]: an index of `system.attractors`, or a `LABEL`. */
  readonly labels: Int32Array;
  readonly counts: LabelCounts;
  /** Time until the label was certain, of each cell; of full maps only. */
  readonly times?: Float32Array;
  readonly refinement?: Refinement;
  /** Starts that were followed. */
  readonly followed: number;
  /** Starts looked at in f64, and starts left undecided because there were too many of them. */
  readonly judged: number;
  readonly unjudged: number;
  readonly gpuMilliseconds: number;
  /** Sentences for the user: what went wrong on the way and was mended. */
  readonly notes: readonly string[];
}

const DEFAULT_PROBES = 2048;
/** Below, blocks save nothing. */
const SMALL = 64;

/**
 * Maps the basins of a prepared system; attractors that are found on the way are added to it.
 * @throws as `Backend.run`; `plan-flow` (exit 2) on a GPU for networks that have no flow kernel.
 */
export async function computeMap(
  backend: Backend,
  system: BasinSystem,
  grid: Grid,
  options: MapOptions = {},
): Promise<BasinMap> {
  const notes = new Set<string>();
  const map = await onOneAdapter(backend, async () => {
    const found = await computeOnce(new Follower(backend, system), system, grid, options);
    found.notes.forEach((note) => notes.add(note));
    return found;
  });
  return { ...map, notes: [...notes] };
}

async function computeOnce(
  follower: Follower,
  system: BasinSystem,
  grid: Grid,
  options: MapOptions,
): Promise<BasinMap> {
  const plane = grid.axes.length === 2 && Math.min(...grid.size) >= SMALL;
  const { followed, ...map } =
    plane && options.full !== true
      ? await refined(follower, grid, options)
      : await whole(follower, grid, options);
  const { judged, unjudged } = follower.judge;
  return {
    ...map,
    followed,
    counts: countLabels(map.labels, system.attractors.length),
    judged,
    unjudged,
    gpuMilliseconds: follower.gpuMilliseconds,
    notes: [...follower.notes],
  };
}

async function whole(follower: Follower, grid: Grid, { signal, onProgress }: MapOptions) {
  const total = pointCount(grid);
  let done = 0;
  const found = await follower.follow(
    { sampling: grid },
    {
      ...(signal ? { signal } : {}),
      onTold: (starts) => {
        // After a loss some are told again.
        done = Math.min(total, done + starts);
        onProgress?.({ done, total });
      },
    },
  );
  return { ...found, followed: total };
}

async function refined(follower: Follower, grid: Grid, options: MapOptions) {
  const { signal, onProgress, seed = 1, probes: wanted = DEFAULT_PROBES } = options;
  const [width, height] = grid.size;
  const blocks = new Blocks([width, height]);
  const labels = new Int32Array(width * height);
  const computed = new Uint8Array(blocks.count);
  let followed = 0;
  const compute = async (cells: Uint32Array) => {
    const found = await follower.follow({ sampling: grid, cells }, signal ? { signal } : {});
    followed += cells.length;
    onProgress?.({ done: followed, total: width * height });
    return found.labels;
  };
  const put = (cells: Uint32Array, found: Int32Array) => {
    for (let k = 0; k < cells.length; k++) labels[cells[k]] = found[k];
  };
  const differing = (cells: Uint32Array, found: Int32Array) =>
    cells.filter((cell, k) => labels[cell] !== found[k]);
  const nodes = blocks.nodeCells();
  const probes = randomCells(width * height, wanted, seed);
  const first = await compute(joined(nodes, probes));
  const ofNodes = first.subarray(0, nodes.length);
  blocks.fill(labels, ofNodes);
  put(nodes, ofNodes);
  const { mixed, beside } = blocks.sorted(ofNodes);
  let front = mixed;
  let looked = blocks.innerNodes(beside);
  let disagreements = 0;
  for (let checked = false; front.length + looked.length > 0 || !checked;) {
    for (const index of front) computed[index] = 1;
    const cells = blocks.cellsOf(front);
    const found = await compute(joined(cells, looked));
    put(cells, found);
    let unlike = differing(looked, found.subarray(cells.length));
    looked = new Uint32Array();
    front = blocks.broken(labels, front, computed);
    if (front.length + unlike.length === 0 && !checked) {
      checked = true;
      unlike = differing(probes, first.subarray(nodes.length));
      disagreements = unlike.length;
    }
    if (unlike.length > 0)
      front = Uint32Array.from(new Set([...front, ...Array.from(unlike, (c) => blocks.blockOf(c))])).sort();
  }
  const refinement: Refinement = {
    blocks: blocks.count,
    computedBlocks: computed.reduce((sum, v) => sum + v, 0),
    probes: probes.length,
    disagreements,
  };
  return { labels, refinement, followed };
}

function randomCells(cells: number, count: number, seed: number): Uint32Array {
  const { uniform } = randomStream(seed, 2);
  return Uint32Array.from({ length: Math.min(count, cells) }, (_, k) => Math.floor(uniform(k) * cells));
}

function joined(a: Uint32Array, b: Uint32Array): Uint32Array {
  const both = new Uint32Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
