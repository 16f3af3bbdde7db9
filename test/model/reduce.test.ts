/**
 * Rotating an identity layer changes nothing: every scalar quantity of the reduced problem equals that of the whole
 * one, on any slice, for every equation, energy and design that the reduction takes.
 */
import { describe, expect, test } from 'vitest';
import { loadAlgebra } from '../../src/model/algebra.js';
import { Evaluator } from '../../src/model/evaluator.js';
import { createNetwork } from '../../src/model/network.js';
import { resolveProblem, type Problem } from '../../src/model/problem.js';
import { reduce, reduceGrid } from '../../src/model/reduce.js';
import { stateAt } from '../../src/model/sampling.js';
import type {
  Coefficients,
  DesignChoice,
  EnergyEquation,
  Equation,
  Grid,
  Quantity,
  WeightBlock,
} from '../../src/types.js';
import { random, randomActivation, type Random } from '../random-model.js';

const SCALARS: readonly Quantity[] = [
  'energy',
  'residual',
  'speed',
  'energy-rate',
  'dead-count',
  'blind-spot',
  'certificate',
];

interface Case {
  readonly equation: Equation;
  readonly energy: EnergyEquation;
  readonly coefficients: Coefficients;
  readonly design: 'identity' | 'gradient' | 'adaptive-polar';
  readonly symmetric: boolean;
  readonly seed: number;
  readonly patterns?: number;
}

const matrix = (rows: number, columns: number, r: Random) => ({
  rows,
  columns,
  data: Float64Array.from({ length: rows * columns }, () => r.normal() / Math.sqrt(columns)),
});

/** identity 30, tanh 3, identity 26, softmax 4: the identity layers are not neighbours. */
const SIZES = [30, 3, 26, 4];
const N = 63;

function weights(r: Random, symmetric: boolean): WeightBlock[] {
  // As one dense block with zeros between identity neurons, so that blocks need not follow the layers.
  const data = new Float64Array(N * N);
  const identity = (i: number) => i < 30 || (i >= 33 && i < 59);
  for (let i = 0; i < N; i++)
    for (let j = 0; j < N; j++) {
      if (identity(i) && identity(j)) continue;
      data[i * N + j] = symmetric && j < i ? data[j * N + i] : r.normal() / 4;
    }
  return [{ row: 0, column: 0, matrix: { rows: N, columns: N, data } }];
}

async function problemOf(c: Case): Promise<Problem> {
  const r = random(c.seed);
  const layers = ['identity', r.pick(['tanh', 'relu', 'smu']), 'identity', 'softmax'].map((name, k) => ({
    name: `layer${String(k)}`,
    size: SIZES[k],
    activation: randomActivation(name, r),
  }));
  const { network } = createNetwork({
    layers,
    weights: c.patterns === undefined ? weights(r, c.symmetric) : [],
    ...(c.patterns === undefined ? {} : { patterns: [{ factor: matrix(c.patterns, N, r), scale: 0.7 }] }),
    bias: Float64Array.from({ length: N }, () => r.normal()),
  });
  const design: DesignChoice = { name: c.design };
  return resolveProblem({
    name: 'reduced',
    network,
    dynamics: { equation: c.equation, design },
    energy: { equation: c.energy, coefficients: c.coefficients },
    notices: [],
    hash: '',
  });
}

const gridOf = (r: Random): Grid => {
  const vector = () => Float64Array.from({ length: N }, () => r.normal());
  return {
    kind: 'grid',
    origin: vector(),
    axes: [vector(), vector()],
    extent: [
      [-1, 2],
      [-2, 1],
    ],
    size: [3, 2],
  };
};

const cases: Case[] = [
  { equation: 1, energy: 4, coefficients: [0, 1, 0], design: 'identity', symmetric: true, seed: 1 },
  { equation: 1, energy: 14, coefficients: [0, 0.7, 1.3], design: 'identity', symmetric: true, seed: 2 },
  { equation: 1, energy: 14, coefficients: [0, 0, 1], design: 'identity', symmetric: false, seed: 3 },
  { equation: 13, energy: 14, coefficients: [0, 0.7, 1.3], design: 'gradient', symmetric: true, seed: 4 },
  { equation: 13, energy: 14, coefficients: [0, 0, 1], design: 'gradient', symmetric: false, seed: 5 },
  { equation: 13, energy: 14, coefficients: [0, 0.4, 1], design: 'adaptive-polar', symmetric: true, seed: 6 },
  { equation: 9, energy: 10, coefficients: [0.3, 0.7, 1.3], design: 'identity', symmetric: true, seed: 7 },
  { equation: 9, energy: 10, coefficients: [0, 0, 1], design: 'gradient', symmetric: false, seed: 8 },
  {
    equation: 9,
    energy: 10,
    coefficients: [0.2, 0.7, 1],
    design: 'adaptive-polar',
    symmetric: true,
    seed: 9,
  },
  {
    equation: 1,
    energy: 14,
    coefficients: [0, 0.7, 1.3],
    design: 'identity',
    symmetric: true,
    seed: 10,
    patterns: 5,
  },
  {
    equation: 9,
    energy: 10,
    coefficients: [0.5, 0.7, 1.3],
    design: 'gradient',
    symmetric: true,
    seed: 11,
    patterns: 5,
  },
];

describe('reduction', () => {
  test.each(cases)(
    'eq. $equation, energy $energy, R = $design, symmetric $symmetric, seed $seed',
    async (c) => {
      const problem = await problemOf(c);
      const algebra = await loadAlgebra();
      const grid = gridOf(random(c.seed + 100));
      const reduced = reduceGrid(problem, grid);
      expect(reduced).toBeDefined();
      if (!reduced) return;
      const size = reduced.problem.network.size;
      expect(size).toBeLessThanOrEqual(31);
      const whole = new Evaluator(problem, algebra);
      const small = new Evaluator(reduced.problem, algebra);
      const [state, projected] = [new Float64Array(N), new Float64Array(size)];
      for (let row = 0; row < 2; row++)
        for (let column = 0; column < 3; column++) {
          stateAt(grid, column, row, state);
          stateAt(reduced.grid, column, row, projected);
          whole.moveTo(state);
          small.moveTo(projected);
          for (const quantity of SCALARS) {
            const [expected, found] = [new Float64Array(1), new Float64Array(1)];
            whole.write(quantity, expected, 0, 1);
            small.write(quantity, found, 0, 1);
            const scale = Math.max(1, Math.abs(expected[0]), Math.abs(whole.energy()));
            expect(Math.abs(found[0] - expected[0]), quantity).toBeLessThan(1e-10 * scale);
          }
        }
    },
  );

  test('fixed points and flows live in the span of W and b: what is lifted is the state again', async () => {
    const problem = await problemOf(cases[1]);
    const seed = gridOf(random(5)).origin;
    const reduction = reduce(problem, [seed]);
    if (!reduction) throw new Error('not reduced');
    const back = reduction.lift(reduction.project(seed));
    seed.forEach((value, i) => {
      expect(back[i]).toBeCloseTo(value, 12);
    });
    const whole = new Evaluator(problem, await loadAlgebra());
    const small = new Evaluator(reduction.problem, await loadAlgebra());
    whole.moveTo(seed);
    small.moveTo(reduction.project(seed));
    const velocity = reduction.lift(small.velocity());
    whole.velocity().forEach((value, i) => {
      expect(velocity[i]).toBeCloseTo(value, 11);
    });
  });

  test('is refused where identity neurons act on each other, and where R is a matrix', async () => {
    const problem = await problemOf(cases[1]);
    const { network } = problem;
    const data = network.weights[0].matrix.data.slice();
    data[1] = 0.1;
    const coupled = {
      ...network,
      weights: [{ row: 0, column: 0, matrix: { rows: N, columns: N, data } }],
    };
    const grid = gridOf(random(1));
    expect(reduceGrid({ ...problem, network: coupled }, grid)).toBeUndefined();
    const design = { kind: 'matrix', matrix: { rows: N, columns: N, data } } as const;
    expect(reduceGrid({ ...problem, design }, grid)).toBeUndefined();
  });
});
