/**
 * A slice cut into the connected regions in which the same neurons are alive.
 *
 * Two neighbouring cells (they share a side) belong together where the same neurons are alive and the g of dead ones
 * does not move between them: both saturated ends of a hard-tanh are dead, and are two flats. What is narrower than a
 * cell is not seen. The argument of g is affine in the coordinates of the slice, also z = W u + b of eq. 9, so that a
 * cell costs O(N).
 *
 * A blockwise layer (softmax, norms) has no pattern of single neurons: its neurons count as alive, and what tells its
 * regions apart is the number of its dead dimensions.
 */
import { DEAD_EIGENVALUE } from '../model/activation.js';
import { liftNetwork, type Lifted64 } from '../model/lift.js';
import type { Problem } from '../model/problem.js';
import { stateAt } from '../model/sampling.js';
import type { Grid } from '../types.js';
import { forEachWatched, type Watch } from './box.js';
import { FLAT_SLOPE, FlatTest } from './flat-test.js';
import { argumentOf } from './krotov-hopfield.js';

/** What tells a flat region: who is alive there, and where the dead ones rest. */
export interface AliveSet {
  /** Per neuron: false where it is dead. */
  readonly alive: readonly boolean[];
  /** Dead dimensions of the blockwise layers. */
  readonly blockwiseDead: number;
  /** The argument of g, and g. */
  readonly x: Float64Array;
  readonly g: Float64Array;
}

/** Sees the alive set of one argument of g after the other. */
export class AliveSets {
  readonly #lifted: Lifted64;
  readonly #test: FlatTest;
  readonly #mask: Uint8Array;

  constructor({ network }: Problem) {
    this.#lifted = liftNetwork(network.layers);
    this.#test = new FlatTest(this.#lifted, network.size);
    this.#mask = new Uint8Array(network.size);
  }

  at(x: Float64Array): AliveSet {
    this.#test.moveTo(x).aliveNeurons(this.#mask);
    let blockwiseDead = 0;
    for (const { offset, size, functions } of this.#lifted.layers) {
      if (functions.elementwise) continue;
      this.#mask.fill(1, offset, offset + size);
      blockwiseDead += functions.deadCount(x.subarray(offset, offset + size), DEAD_EIGENVALUE);
    }
    const alive = Array.from(this.#mask, (a) => a === 1);
    return { alive, blockwiseDead, x: Float64Array.from(x), g: Float64Array.from(this.#test.g) };
  }
}

/** Whether two arguments of g lie on one flat: the same neurons alive, the g of dead ones the same. */
export function sameFlat(a: AliveSet, b: AliveSet): boolean {
  if (a.blockwiseDead !== b.blockwiseDead) return false;
  return a.alive.every(
    (alive, i) =>
      alive === b.alive[i] && (alive || Math.abs(a.g[i] - b.g[i]) <= FLAT_SLOPE * Math.abs(a.x[i] - b.x[i])),
  );
}

/** The same slice in the argument of g. */
function argumentGrid(problem: Problem, grid: Grid): Grid {
  const origin = argumentOf(problem, grid.origin);
  if (problem.equation !== 9) return { ...grid, origin };
  const { bias } = problem.network;
  return { ...grid, origin, axes: grid.axes.map((a) => argumentOf(problem, a).map((z, i) => z - bias[i])) };
}

/** The root of a cell in a forest of cells; the way is halved while it is gone. */
function rootOf(parents: Int32Array, cell: number): number {
  while (parents[cell] !== cell) {
    parents[cell] = parents[parents[cell]];
    cell = parents[cell];
  }
  return cell;
}

/** A connected region and its cells, in the order of the grid. */
export interface Component {
  readonly cells: readonly number[];
  /** Of its first cell. */
  readonly set: AliveSet;
}

/**
 * The connected regions of constant alive set, by falling size.
 * @param grid one to three axes
 */
export async function aliveComponents(problem: Problem, grid: Grid, watch: Watch): Promise<Component[]> {
  const sets = new AliveSets(problem);
  const arguments_ = argumentGrid(problem, grid);
  const [columns, rows = 1] = grid.size;
  const count = grid.size.reduce((a, b) => a * b, 1);
  const parents = Int32Array.from({ length: count }, (_, cell) => cell);
  const state = new Float64Array(problem.network.size);
  // The cell before, the row before and, in a volume, the layer before: no more is ever compared.
  const steps = [1, columns, columns * rows].slice(0, grid.size.length);
  const kept = steps[steps.length - 1] + 1;
  const recent: AliveSet[] = [];
  const setOf = (cell: number) => {
    stateAt(arguments_, cell % columns, Math.floor(cell / columns), state);
    return sets.at(state);
  };
  await forEachWatched(count, watch, (cell) => {
    const set = setOf(cell);
    recent[cell % kept] = set;
    steps.forEach((step, k) => {
      const first = Math.floor(cell / step) % grid.size[k] === 0;
      if (first || !sameFlat(set, recent[(cell - step) % kept])) return;
      const [a, b] = [rootOf(parents, cell), rootOf(parents, cell - step)];
      // The earlier cell stays root, so that a root is the first cell of its region.
      parents[Math.max(a, b)] = Math.min(a, b);
    });
  });
  const regions = new Map<number, number[]>();
  for (let cell = 0; cell < count; cell++) {
    const root = rootOf(parents, cell);
    const cells = regions.get(root);
    if (cells) cells.push(cell);
    else regions.set(root, [cell]);
  }
  return [...regions]
    .map(([root, cells]) => ({ cells, set: setOf(root) }))
    .sort((a, b) => b.cells.length - a.cells.length);
}
