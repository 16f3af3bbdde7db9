/** A reference state made ready for kernels and for the CPU: plain data, so that it travels with a plan. */
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
