/**
 * The linear systems behind a piecewise linear network. Where every neuron stays in a cell, g(y) = D y + o, and r = 0
 * of eqs. 1 and 13 reads (I - W D) y = b + W o. Eq. 9 has the same systems: y = W u + b and u = g(y) map its fixed
 * points u one to one onto these y.
 */
import { denseWeights } from '../model/network.js';
import type { Cell } from '../model/piecewise.js';
import type { Matrix, Network } from '../types.js';

/** Index of the cell of each neuron. */
export type Pattern = Uint8Array;

/** A network whose neurons are all piecewise linear, W expanded. */
export interface CellSystem {
  readonly size: number;
  readonly weights: Matrix;
  readonly bias: Float64Array;
  /** The cells of each neuron from left to right. */
  readonly cells: readonly (readonly Cell[])[];
  /** max_i |b_i| + sum_j |W_ij| max|o_j| and the largest |kink|: what lengths in y are compared with. */
  readonly scale: number;
}

export function cellSystem(network: Network, cells: CellSystem['cells']): CellSystem {
  const weights = denseWeights(network);
  const n = network.size;
  const offsets = cells.map((own) => Math.max(...own.map((cell) => Math.abs(cell.offset))));
  const kinks = cells.flatMap((own) => own.slice(1).map((cell) => Math.abs(cell.from)));
  let scale = kinks.reduce((a, b) => Math.max(a, b), 0);
  for (let i = 0; i < n; i++) {
    let constant = Math.abs(network.bias[i]);
    for (let j = 0; j < n; j++) constant += Math.abs(weights.data[i * n + j]) * offsets[j];
    scale = Math.max(scale, constant);
  }
  return { size: n, weights, bias: network.bias, cells, scale };
}

/** The cell of each neuron under a pattern. */
export function cellsUnder({ cells }: CellSystem, pattern: ArrayLike<number>): Cell[] {
  return cells.map((own, i) => own[pattern[i]]);
}

/** Powers of two that bring the rows of [I, W] to entries of at most about 1, so that pivots can be compared. */
export function rowScales({ size, weights, cells }: CellSystem): Float64Array {
  const slopes = cells.map((own) => Math.max(...own.map((cell) => Math.abs(cell.slope))));
  return Float64Array.from({ length: size }, (_, i) => {
    let largest = 1;
    for (let j = 0; j < size; j++)
      largest = Math.max(largest, Math.abs(weights.data[i * size + j]) * slopes[j]);
    return 2 ** -Math.ceil(Math.log2(largest));
  });
}

/** A pivot below this, relative to the entries its column was computed from, is rounding error: 64 N eps. */
export const roundingPivot = (size: number): number => 64 * size * Number.EPSILON;
