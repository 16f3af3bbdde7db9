/**
 * A reference state made ready for kernels and for the CPU: plain data, so that it travels with a plan. What makes it
 * is loaded on demand (reference-run.ts): most kernels have none.
 */
import type { Problem } from '../model/problem.js';
import type { Fragment } from './functions.js';

/** A state from which energies are measured, made by `prepareReference` for one problem. */
export interface Reference {
  /** The state itself, [N] numbers in f64. */
  readonly state: Float64Array;
  /** E there, in f64. */
  readonly energy: number;
  /** Numbers of the state and its neighbourhood that a kernel reads. */
  readonly numbers: Float64Array;
  /** WGSL of `energy_difference(d)` and `plus_reference(d)`; `constant(k)` stands for number k. None beyond N = 32. */
  readonly fragments: readonly Fragment[];
}

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
