/** What `memscape basins` computes, on one backend: the map, and whatever else of it was asked for. */
import type { FixedPointSearch } from '../analysis/find-run.js';
import { findFixedPoints } from '../analysis/find-fixed-points.js';
import type { Backend } from '../backend.js';
import { mapBasins, prepareBasins } from '../basins/basins.js';
import type { BasinFractions } from '../basins/fractions.js';
import { countLabels } from '../basins/labels.js';
import type { BasinMap } from '../basins/map-run.js';
import { basinFractions, fatalShock, innerBounds, prepareIterates } from '../basins/measures.js';
import type { InnerBounds } from '../basins/proved.js';
import type { FatalShock } from '../basins/shock.js';
import type { BasinSystem } from '../basins/system.js';
import type { Algebra } from '../model/algebra.js';
import type { Problem } from '../model/problem.js';
import { randomStream } from '../model/random.js';
import { stateAt } from '../model/sampling.js';
import { pointCount } from '../plan/plan.js';
import type { Grid } from '../types.js';
import type { BasinFlags } from './basins-flags.js';

/** What is computed from. */
export interface BasinTask {
  readonly problem: Problem;
  readonly algebra: Algebra;
  readonly search: FixedPointSearch;
  readonly grid: Grid;
  /** Of measures in N dimensions. */
  readonly box: readonly [number, number];
  /** In which fixed points were searched for: around the slice and `box`. */
  readonly searchBox: readonly [number, number];
  readonly flags: BasinFlags;
  /** What is compared with: another problem, or the map of this one. */
  readonly compared?: Problem | 'map';
  /** With the certified energy. */
  readonly certified?: Problem;
  readonly seed: number;
  readonly signal?: AbortSignal;
  readonly onProgress: (progress: { readonly done: number; readonly total: number }) => void;
}

/** Everything that was computed. */
export interface BasinWork {
  readonly system: BasinSystem;
  readonly map: BasinMap;
  readonly second?: { readonly system: BasinSystem; readonly map: BasinMap };
  readonly fractions?: BasinFractions;
  readonly bounds?: readonly (InnerBounds | null)[];
  /** By attractor; null for closed orbits and beyond the first sixteen. */
  readonly shocks?: readonly (FatalShock | null)[];
}

/** States at which the length of a step is tried. */
const STEP_PROBES = 256;
const MOST_SHOCKED = 16;

/** Does the work; everything in it depends on the task alone. */
export async function basinWork(backend: Backend, task: BasinTask): Promise<BasinWork> {
  const { problem, algebra, search, grid, box, flags, compared, certified, seed, signal } = task;
  const abort = signal ? { signal } : {};
  const mapping = { full: flags.full, seed, ...abort, onProgress: task.onProgress };
  const probes = someStarts(grid, seed);
  const system = await prepareBasins(problem, algebra, search.points, probes, flags.choice);
  const map = await mapBasins(backend, system, grid, mapping);
  const second = compared === undefined ? undefined : await secondSystem(compared, { ...task, probes });
  const secondMap = second && (await mapBasins(backend, second, grid, mapping));
  const fractions =
    flags.fractions === undefined
      ? undefined
      : await basinFractions(backend, system, { box, points: flags.fractions, seed, ...abort });
  const bounds = flags.bounds || flags.shocks ? await innerBounds(system, search, certified) : undefined;
  const shocks =
    flags.shocks && bounds ? await shocksOf(backend, system, bounds, { seed, ...abort }) : undefined;
  return {
    system,
    // Attractors may have been found since.
    map: { ...map, counts: countLabels(map.labels, system.attractors.length) },
    ...(second && secondMap ? { second: { system: second, map: secondMap } } : {}),
    ...(fractions ? { fractions } : {}),
    ...(bounds ? { bounds } : {}),
    ...(shocks ? { shocks } : {}),
  };
}

async function secondSystem(
  compared: Problem | 'map',
  {
    problem,
    algebra,
    search,
    searchBox,
    flags,
    seed,
    probes,
    signal,
  }: BasinTask & { probes: readonly Float64Array[] },
): Promise<BasinSystem> {
  if (compared === 'map') return prepareIterates(problem, algebra, search.points);
  // R moves no zero of r, but decides which are stable.
  const { points } = await findFixedPoints(compared, algebra, {
    box: searchBox,
    seed,
    ...(signal ? { signal } : {}),
  });
  const { method, ...choice } = flags.choice;
  const own = compared.design.kind === 'identity' || method?.startsWith('etd') !== true;
  return prepareBasins(compared, algebra, points, probes, own && method ? { ...choice, method } : choice);
}

async function shocksOf(
  backend: Backend,
  system: BasinSystem,
  bounds: readonly (InnerBounds | null)[],
  options: { readonly seed: number; readonly signal?: AbortSignal },
): Promise<(FatalShock | null)[]> {
  const shocks: (FatalShock | null)[] = [];
  // What a search adds to the attractors has no bounds of its own.
  for (const [own, bound] of bounds.entries())
    shocks.push(bound && own < MOST_SHOCKED ? await fatalShock(backend, system, own, bound, options) : null);
  return shocks;
}

/** Fixed points are looked for where the starts are, and around. */
export function boxOf({ origin, axes, extent }: Grid, states: readonly Float64Array[]): [number, number] {
  let reach = 4;
  origin.forEach((o, i) => {
    const span = axes.reduce(
      (sum, axis, k) => sum + Math.abs(axis[i]) * Math.max(...extent[k].map(Math.abs)),
      0,
    );
    reach = Math.max(reach, Math.abs(o) + span, ...states.map((state) => Math.abs(state[i])));
  });
  return [-reach, reach];
}

function someStarts(grid: Grid, seed: number): Float64Array[] {
  const { uniform } = randomStream(seed, 4);
  const columns = grid.size[0];
  const rows = pointCount(grid) / columns;
  return Array.from({ length: STEP_PROBES }, (_, k) => {
    const state = new Float64Array(grid.origin.length);
    stateAt(grid, Math.floor(uniform(2 * k) * columns), Math.floor(uniform(2 * k + 1) * rows), state);
    return state;
  });
}
