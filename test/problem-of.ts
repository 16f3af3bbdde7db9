/** Problems written down in tests. */
import { createNetwork } from '../src/model/network.js';
import { resolveProblem, type Problem } from '../src/model/problem.js';
import type { DesignChoice, EnergyChoice, Equation, Matrix } from '../src/types.js';

/** A problem in the fewest words: layers as [activation, size, parameters], eq. 1 and R = I where nothing else is said. */
export interface Given {
  readonly layers: readonly (readonly [name: string, size: number, parameters?: Record<string, number>])[];
  readonly weights: readonly (readonly number[])[] | Matrix;
  readonly bias?: readonly number[];
  readonly equation?: Equation;
  readonly design?: DesignChoice;
  readonly energy?: EnergyChoice;
}

export function problemOf({
  layers,
  weights,
  bias,
  equation = 1,
  design = { name: 'identity' },
  energy,
}: Given): Promise<Problem> {
  const matrix: Matrix =
    'data' in weights
      ? weights
      : { rows: weights.length, columns: weights.length, data: Float64Array.from(weights.flat()) };
  const { network } = createNetwork({
    layers: layers.map(([name, size, parameters = {}], k) => ({
      name: `l${String(k)}`,
      size,
      activation: { name, parameters },
    })),
    weights: [{ row: 0, column: 0, matrix }],
    ...(bias ? { bias } : {}),
  });
  return resolveProblem({
    name: 'test',
    hash: '',
    notices: [],
    network,
    dynamics: { equation, design },
    energy: energy ?? { equation: equation === 9 ? 10 : 14, coefficients: 'default' },
  });
}
