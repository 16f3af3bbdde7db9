/** The search for all fixed points, loaded on its first use: pages that only draw a few stay small. */
import type { Algebra } from '../model/algebra.js';
import type { Problem } from '../model/problem.js';
import type { FixedPointSearch } from './find-run.js';
import type { SearchOptions } from './search.js';

/**
 * Every fixed point that can be found, what it is, and how sure that is: by census where the network is piecewise linear
 * and small enough, else by search.
 * @param options `starts`, `box`, `seed`: 4096 starts (fewer above 64 neurons) in [-4, 4]^N by default.
 * @throws MemscapeError `fixed-points-size` (exit 2) above 2048 neurons that cannot be reduced; the signal's reason where it
 *   aborts; RangeError for a box that is none.
 */
export async function findFixedPoints(
  problem: Problem,
  algebra: Algebra,
  options: SearchOptions = {},
): Promise<FixedPointSearch> {
  const { search } = await import('./find-run.js');
  return search(problem, algebra, options);
}
