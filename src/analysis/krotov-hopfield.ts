/**
 * The system in which dead neurons live: eq. 1 with the energy of eq. 4, over the same network. Every problem has the
 * steady states of this one (R invertible), in the argument of g: y itself, or z = W u + b for eq. 9.
 */
import { MemscapeError } from '../errors.js';
import { applyWeights } from '../model/network.js';
import type { Problem } from '../model/problem.js';

/**
 * Eq. 1 with eq. 4 on the network of `problem`.
 * @throws MemscapeError `analysis-asymmetric` (exit 2) where W is not symmetric: eq. 4 is then no energy of eq. 1.
 */
export function krotovHopfield(problem: Problem): Problem {
  if (!problem.network.symmetric)
    throw new MemscapeError({
      code: 'analysis-asymmetric',
      what: `${problem.name}: eq. 4 was asked about, but W is not symmetric`,
      why: 'dead neurons flatten the energy of eq. 4, which falls along eq. 1 for W = W^T only (eq. 2).',
      mend: 'make W symmetric, or ask for the null space of H alone.',
      exitCode: 2,
    });
  return {
    ...problem,
    equation: 1,
    design: { kind: 'identity' },
    designName: 'identity',
    energy: { equation: 4, coefficients: [0, 1, 0], certified: false, why: 'eq. 4 as it stands' },
  };
}

/** The argument of g at a state: a copy of y, or z = W u + b for eq. 9. */
export function argumentOf({ network, equation }: Problem, state: Float64Array): Float64Array {
  if (equation !== 9) return Float64Array.from(state);
  const z = new Float64Array(network.size);
  applyWeights(network, state, z);
  return z.map((value, i) => value + network.bias[i]);
}
