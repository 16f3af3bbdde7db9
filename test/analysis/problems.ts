/** Small networks by hand for the tests of the analysis. */
import { createNetwork } from '../../src/model/network.js';
import { resolveProblem, type Problem } from '../../src/model/problem.js';
import type { DesignChoice, EnergyChoice, Equation, Matrix, Model, Network } from '../../src/types.js';

export interface Given {
  readonly layers: readonly (readonly [name: string, size: number, parameters?: Record<string, number>])[];
  readonly weights: readonly (readonly number[])[] | Matrix;
  readonly bias?: ArrayLike<number>;
  readonly equation?: Equation;
  readonly design?: DesignChoice;
  readonly energy?: EnergyChoice;
}

export const matrixOf = (rows: readonly (readonly number[])[]): Matrix => ({
  rows: rows.length,
  columns: rows[0].length,
  data: Float64Array.from(rows.flat()),
});

export function networkOf({ layers, weights, bias }: Given): Network {
  return createNetwork({
    layers: layers.map(([name, size, parameters = {}], k) => ({
      name: `l${String(k)}`,
      size,
      activation: { name, parameters },
    })),
    weights: [{ row: 0, column: 0, matrix: 'data' in weights ? weights : matrixOf(weights) }],
    ...(bias ? { bias } : {}),
  }).network;
}

export function modelOf(given: Given): Model {
  const { equation = 1, design = { name: 'identity' }, energy } = given;
  return {
    name: 'test',
    hash: '',
    notices: [],
    network: networkOf(given),
    dynamics: { equation, design },
    energy: energy ?? { equation: equation === 9 ? 10 : 14, coefficients: 'default' },
  };
}

export const problemOf = (given: Given): Promise<Problem> => resolveProblem(modelOf(given));
