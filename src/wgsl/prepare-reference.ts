/** Makes references; how is loaded on demand, as most kernels have none. */
import type { Problem } from '../model/problem.js';
import type { Reference } from './reference.js';

/**
 * Makes a state of `problem` ready to measure energies from: with `reference` in a request, `energy` is
 * E(y) - E(reference), exact in f32 however small a box around it.
 *
 * @param state y of eqs. 1 and 13, u of eq. 9: [N] finite numbers.
 * @throws MemscapeError `reference-activation` (exit 2) where a layer's activation has no exact difference,
 *   `reference-state` (exit 2) where the state is not one of this network.
 */
export async function prepareReference(problem: Problem, state: Float64Array): Promise<Reference> {
  const { referenceOf } = await import('./reference-run.js');
  return referenceOf(problem, state);
}
