/**
 * Fixed points with a proof that none is missing, for piecewise linear networks (equations.md section 5): all of them
 * where the network is small (census-all.ts), the stable ones of symmetric networks beyond that (census-stable.ts).
 */
import type { Algebra } from '../model/algebra.js';
import type { Problem } from '../model/problem.js';
import type { Census, CensusOptions } from './census-all.js';
import type { StableCensus } from './census-stable.js';

/**
 * Every fixed point of eqs. 1, 9 or 13 by solving every activation pattern.
 *
 * A point on a border between cells is listed once, with its `tied` neurons. Each |r| is at most 1e-12 (1 + |y|), by
 * the f64 evaluator, or the rounding error of W g where that is larger.
 * @throws MemscapeError `census-smooth` or `census-size` (exit 2): ask `censusSize` first.
 */
export async function census(
  problem: Problem,
  algebra: Algebra,
  options: CensusOptions = {},
): Promise<Census> {
  const { takeCensus } = await import('./census-run.js');
  return takeCensus(problem, algebra, options);
}

/**
 * Every stable fixed point of eqs. 1, 9 or 13 with R = I and W = W^T.
 *
 * How many patterns are visited depends on W: strong inhibition and random matrices leave few of 2^24; with |W| < 1
 * nothing can be cut off (but then there is one fixed point, and any method finds it). `limit` bounds the visits.
 * @throws MemscapeError `census-smooth`, `census-size` (more than 128 neurons) or `census-asymmetric` (exit 2).
 */
export async function stableCensus(
  problem: Problem,
  algebra: Algebra,
  options: CensusOptions = {},
): Promise<StableCensus> {
  const { takeStableCensus } = await import('./census-run.js');
  return takeStableCensus(problem, algebra, options);
}
