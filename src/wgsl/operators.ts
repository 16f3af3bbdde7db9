/**
 * Matrices that do not depend on the state (W, W^T, R, W^-1) as WGSL functions of a State. A matrix is a list of
 * blocks plus patterns in factors; what neither covers costs nothing. Two makers: every product written out
 * (registers, unrolled.ts), loops over tiles in storage (workspace, tiled.ts).
 */
import type { Matrix, Network } from '../types.js';

/** A matrix that is never expanded: blocks and factors. */
export type Operator = Pick<Network, 'weights' | 'patterns'>;

/** WGSL of the three uses of an operator A; a kernel keeps what it calls. */
export interface OperatorText {
  /** `fn name(x: State) -> State`: A x. */
  apply(name: string, operator: Operator): string;
  /** `fn name(x: State) -> State`: A^T x. */
  transposed(name: string, operator: Operator): string;
  /** `fn name(x: State) -> Real`: x.A x; half of the products where A is symmetric (performance.md 2.1). */
  form(name: string, operator: Operator, symmetric: boolean): string;
}

export const whole = (matrix: Matrix): Operator => ({
  weights: [{ row: 0, column: 0, matrix }],
  patterns: [],
});
