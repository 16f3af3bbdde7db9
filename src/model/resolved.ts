/** What resolving a model gives: plain data, so that it travels to workers and to the GPU process as it is. */
import type { Coefficients, DesignChoice, EnergyEquation, Equation, Matrix, Network } from '../types.js';

/** R as it is applied: nothing, a constant matrix, or a rule of M(y). */
export type Design =
  | { readonly kind: 'identity' }
  | { readonly kind: 'matrix'; readonly matrix: Matrix }
  | { readonly kind: 'gradient' }
  | { readonly kind: 'adaptive-polar' };

/** The energy with its coefficients decided. */
export interface Energy {
  readonly equation: EnergyEquation;
  /** (a1, a2, a3) or (b1, b2, b3); (0, 1, 0) for eqs. 4 and 5. */
  readonly coefficients: Coefficients;
  /** Whether they are the certified ones of equations.md section 4. */
  readonly certified: boolean;
  /** How the coefficients were chosen, in words. */
  readonly why: string;
}

/** A model with everything decided and precomputed: what plans, kernels and evaluators take. */
export interface Problem {
  readonly name: string;
  /** SHA-256 of the model, as in `Model`. */
  readonly hash: string;
  readonly network: Network;
  readonly equation: Equation;
  readonly design: Design;
  /** The design's name in the model file. */
  readonly designName: DesignChoice['name'];
  readonly energy: Energy;
  /** W^-1, where b1 of eq. 14 is not zero. */
  readonly inverseWeights?: Matrix;
  /** Notices of the model file, and what the user should know about this combination. */
  readonly notices: readonly string[];
}
