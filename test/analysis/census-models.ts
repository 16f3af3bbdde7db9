/** Networks for the tests of the census. */
import { createNetwork } from '../../src/model/network.js';
import { resolveProblem, type Problem } from '../../src/model/problem.js';
import type { DesignChoice, Equation } from '../../src/types.js';
import type { Random } from '../random-model.js';

export interface Given {
  readonly layers: readonly (readonly [name: string, size: number, parameters?: Record<string, number>])[];
  readonly weights: readonly (readonly number[])[];
  readonly bias?: readonly number[];
  readonly equation?: Equation;
  readonly design?: DesignChoice;
}

/** A problem with energy |r|^2/2, which takes any W. */
export function problemOf({ layers, weights, bias, equation = 1, design }: Given): Promise<Problem> {
  const { network } = createNetwork({
    layers: layers.map(([name, size, parameters = {}], k) => ({
      name: `l${String(k)}`,
      size,
      activation: { name, parameters },
    })),
    weights: [
      {
        row: 0,
        column: 0,
        matrix: { rows: weights.length, columns: weights.length, data: Float64Array.from(weights.flat()) },
      },
    ],
    ...(bias ? { bias } : {}),
  });
  return resolveProblem({
    name: 'test',
    hash: '',
    notices: [],
    network,
    dynamics: { equation, design: design ?? { name: 'identity' } },
    energy: { equation: equation === 9 ? 10 : 14, coefficients: [0, 0, 1] },
  });
}

export const matrix = (n: number, entry: (i: number, j: number) => number): number[][] =>
  Array.from({ length: n }, (_, i) => Array.from({ length: n }, (__, j) => entry(i, j)));

export const vector = (n: number, entry: (i: number) => number): number[] =>
  Array.from({ length: n }, (_, i) => entry(i));

export function symmetric(n: number, entry: (i: number, j: number) => number): number[][] {
  const w = matrix(n, (i, j) => (j <= i ? entry(i, j) : 0));
  return matrix(n, (i, j) => (j <= i ? w[i][j] : w[j][i]));
}

/** Gaussian orthogonal ensemble: off-diagonal variance 1/n, twice that on the diagonal. */
export const goe = (n: number, r: Random): number[][] =>
  symmetric(n, (i, j) => r.normal() * Math.sqrt((i === j ? 2 : 1) / n));

/** Mutual inhibition of random strength without self-coupling: many permitted sets. */
export const inhibitory = (n: number, r: Random): number[][] =>
  symmetric(n, (i, j) => (i === j ? 0 : -Math.abs(1 + 0.6 * r.normal())));
