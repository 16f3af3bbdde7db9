/**
 * Fixed points near a plane, by Newton from the places where |r| is least. Newton solves dense systems, so it runs in
 * few neurons: the network as it is where it is small, else what its identity layers leave of it (model/reduce.ts).
 * That loses no fixed point: r = 0 puts the identity layers into the span that is kept.
 */
import { fixedPointsFrom, type FixedPoint } from '../analysis/fixed-points.js';
import { gridSeeds } from '../analysis/seeds.js';
import type { Algebra } from '../model/algebra.js';
import { Evaluator, norm } from '../model/evaluator.js';
import type { Problem } from '../model/problem.js';
import { reduce } from '../model/reduce.js';
import type { Grid } from '../types.js';
import { resampled } from './slice.js';

const SEED_SIDE = 61;
/** Most neurons for a search, and for one with many seeds. */
const SEARCHED_NEURONS = 64;
const MANY_SEEDS = 8;

/** Fixed points that Newton reaches from a plane, or undefined where the network is too large to search. */
export function searchPlane(problem: Problem, algebra: Algebra, grid: Grid): FixedPoint[] | undefined {
  const n = problem.network.size;
  if (n <= SEARCHED_NEURONS) return search(problem, algebra, grid);
  const reduction = reduce(problem, [grid.origin, ...grid.axes]);
  if (!reduction || reduction.problem.network.size > SEARCHED_NEURONS) return undefined;
  const { project, lift } = reduction;
  const found = search(reduction.problem, algebra, {
    ...grid,
    origin: project(grid.origin),
    axes: grid.axes.map(project),
  });
  const evaluator = new Evaluator(problem, algebra);
  return found.map((point) => {
    const state = lift(point.state);
    evaluator.moveTo(state);
    return { ...point, state, residual: norm(evaluator.r), energy: evaluator.energy() };
  });
}

function search(problem: Problem, algebra: Algebra, grid: Grid): FixedPoint[] {
  const limit = problem.network.size <= MANY_SEEDS ? 128 : 32;
  const seeds = gridSeeds(problem, algebra, resampled(grid, [SEED_SIDE, SEED_SIDE]), limit);
  return fixedPointsFrom(problem, algebra, seeds);
}
