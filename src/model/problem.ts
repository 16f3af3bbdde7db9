/**
 * A model made ready to evaluate: R as a matrix or a rule, W^-1 where an energy needs it, the coefficients
 * chosen, every precondition checked.
 */
import { loadOnce } from '../load-once.js';
import type { Model } from '../types.js';
import type { Problem } from './resolved.js';

export type { Design, Energy, Problem } from './resolved.js';

// With the linear algebra that it needs: pages that bring resolved problems load neither.
const loadResolver = loadOnce(() => import('./resolve.js'));

/**
 * Resolves a model into a problem.
 *
 * @throws MemscapeError `model-…` (exit 2) where W is not symmetric although the energy or R needs it, W is
 * singular under b1, `certified` does not apply, or R and W do not fit.
 */
export async function resolveProblem(model: Model): Promise<Problem> {
  const { resolve } = await loadResolver();
  return resolve(model);
}
