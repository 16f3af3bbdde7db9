/** Differences of energies in f64, loaded on demand. */
import { loadAlgebra } from './algebra.js';
import type { Problem } from './problem.js';

/**
 * E(y) - E(reference) as a function of y, in f64 and without cancellation: what `energy` is in a request with this
 * reference.
 *
 * @param reference a state of the problem, [N] finite numbers.
 * @throws MemscapeError as `prepareReference`.
 */
export async function energiesFrom(
  problem: Problem,
  reference: Float64Array,
): Promise<(state: Float64Array) => number> {
  const [{ Differences }, algebra] = await Promise.all([import('./difference.js'), loadAlgebra()]);
  const differences = new Differences(problem, reference.slice(), algebra);
  return (state) => differences.value(state.map((y, i) => y - differences.reference[i]));
}
