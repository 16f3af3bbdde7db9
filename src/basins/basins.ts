/** Basins of attraction, loaded on first use: pages that draw none stay small. */
import type { Backend } from '../backend.js';
import type { Algebra } from '../model/algebra.js';
import type { Problem } from '../model/problem.js';
import type { Grid } from '../types.js';
import type { BasinMap, MapOptions } from './map-run.js';
import type { BasinSystem, FlowChoice, KnownPoint } from './system.js';

/**
 * Prepares a problem for maps of its basins: proves for each stable point a set in which the flow can go nowhere else, and
 * chooses method and step.
 * @param points its fixed points, as `findFixedPoints` gives them: the stable ones become attractors in this order.
 * @param probes states at which the length of the step is tried, e.g. some starts of the map.
 */
export async function prepareBasins(
  problem: Problem,
  algebra: Algebra,
  points: readonly KnownPoint[],
  probes: readonly Float64Array[],
  choice: FlowChoice = {},
): Promise<BasinSystem> {
  const { prepareSystem } = await import('./system.js');
  return prepareSystem(problem, algebra, points, probes, choice);
}

/**
 * Maps the basins of a prepared system on a grid; attractors that are found on the way (limit cycles, stable points that the
 * search has missed) are added to it.
 * @throws MemscapeError as `Backend.run`, and `plan-flow` (exit 2) on a GPU for networks without a flow kernel (N > 32, or
 *   N > 8 with adaptive-polar); rejects with the signal's reason on abort.
 */
export async function mapBasins(
  backend: Backend,
  system: BasinSystem,
  grid: Grid,
  options: MapOptions = {},
): Promise<BasinMap> {
  const { computeMap } = await import('./map-run.js');
  return computeMap(backend, system, grid, options);
}
