/**
 * Seeded random models for the property suites: any layers, any dynamics, any energy. W is asymmetric wherever the
 * combination allows it, b is never zero, R is not a multiple of I and coefficients are mixed, because a symmetric
 * W hides a transposed index and zeros hide terms.
 */
import { activationRow, activationNames } from '../src/model/activation.js';
import { layer64 } from '../src/model/layer64.js';
import { createNetwork } from '../src/model/network.js';
import { resolveProblem, type Problem } from '../src/model/problem.js';
import { randomStream } from '../src/model/random.js';
import type {
  ActivationChoice,
  Coefficients,
  DesignChoice,
  EnergyEquation,
  Equation,
  Matrix,
} from '../src/types.js';

export interface Random {
  uniform(lo?: number, hi?: number): number;
  normal(): number;
  integer(lo: number, hi: number): number;
  pick<T>(from: readonly T[]): T;
}

export function random(seed: number): Random {
  const stream = randomStream(seed);
  let next = 0;
  const uniform = (lo = 0, hi = 1) => lo + (hi - lo) * stream.uniform(next++);
  const integer = (lo: number, hi: number) => Math.min(hi, Math.floor(uniform(lo, hi + 1)));
  return {
    uniform,
    integer,
    normal: () => stream.normal(next++),
    pick: (from) => from[integer(0, from.length - 1)],
  };
}

/** Parameters inside their domains, away from the defaults. */
const PARAMETERS: Readonly<Record<string, readonly [number, number]>> = {
  a: [0.12, 0.6],
  beta: [0.5, 3],
  n: [2, 4],
  t: [0.2, 1],
  mu: [0.5, 2],
  eps: [0.001, 0.1],
};

export function randomActivation(name: string, r: Random): ActivationChoice {
  const names = Object.keys(activationRow(name).parameters);
  return {
    name,
    parameters: Object.fromEntries(names.map((p) => [p, r.uniform(...(PARAMETERS[p] ?? [0.5, 1]))])),
  };
}

export function randomMatrix(n: number, r: Random, symmetric: boolean): Matrix {
  const data = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++)
      data[i * n + j] = symmetric && j < i ? data[j * n + i] : (1.5 * r.normal()) / Math.sqrt(n);
  return { rows: n, columns: n, data };
}

export const DESIGNS: readonly DesignChoice['name'][] = [
  'identity',
  'weights',
  'polar',
  'spectral',
  'sylvester',
  'gradient',
  'adaptive-polar',
  'matrix',
];
const NEEDS_SYMMETRY: ReadonlySet<string> = new Set(['weights', 'polar', 'spectral', 'sylvester']);

function randomDesign(name: DesignChoice['name'], n: number, r: Random): DesignChoice {
  switch (name) {
    case 'spectral':
      return { name, function: r.pick(['linear', 'tanh', 'sign'] as const) };
    case 'sylvester':
      return { name, matrix: 'identity' };
    case 'matrix':
      return { name, matrix: randomMatrix(n, r, false) };
    default:
      return { name };
  }
}

export interface Recipe {
  readonly activation: string;
  readonly equation: Equation;
  readonly design: DesignChoice['name'];
  readonly energy: EnergyEquation;
  /** The third term alone, with asymmetric W where R allows it; else all three terms (or eqs. 4, 5). */
  readonly thirdAlone: boolean;
  readonly size: number;
  readonly seed: number;
}

const isInvertible = (name: string): boolean => {
  const row = activationRow(name);
  if (row.kind === 'blockwise') return false;
  const values = Object.fromEntries(Object.keys(row.parameters).map((p) => [p, row.parameters[p].default]));
  return layer64(name, values).inverseIntegral !== undefined || name === 'smu';
};

/** Sizes of 1 to 3 layers that sum to n. */
function split(n: number, r: Random): number[] {
  if (n < 3 || r.uniform() < 0.3) return [n];
  const first = r.integer(1, n - 2);
  const second = r.integer(1, n - first - 1);
  return [first, second, n - first - second];
}

export function randomProblem(recipe: Recipe): Promise<Problem> {
  const r = random(recipe.seed);
  const { size: n, equation, energy } = recipe;
  const candidates = activationNames().filter((name) => energy !== 5 || isInvertible(name));
  const layers = split(n, r).map((size, k) => ({
    name: `layer${String(k)}`,
    size,
    activation: randomActivation(k === 0 ? recipe.activation : r.pick(candidates), r),
  }));
  const asymmetric =
    recipe.thirdAlone && (energy === 10 || energy === 14) && !NEEDS_SYMMETRY.has(recipe.design) && n > 1;
  const { network } = createNetwork({
    layers,
    weights: [{ row: 0, column: 0, matrix: randomMatrix(n, r, !asymmetric) }],
    bias: Float64Array.from({ length: n }, () => 0.2 + r.normal()),
  });
  const coefficients: Coefficients = recipe.thirdAlone ? [0, 0, 1] : [0.7, 0.4, 1.3];
  return resolveProblem({
    name: JSON.stringify(recipe),
    hash: '',
    network,
    notices: [],
    dynamics: { equation, design: randomDesign(recipe.design, n, r) },
    energy: { equation: energy, coefficients },
  });
}

/** Every combination of an activation with equations, designs and energies that is a legal model. */
export function* combinations(activation: string): Generator<Omit<Recipe, 'size' | 'seed'>> {
  for (const equation of [1, 9, 13] as const)
    for (const design of equation === 1 ? (['identity'] as const) : DESIGNS)
      for (const energy of equation === 9 ? ([10] as const) : ([4, 5, 14] as const)) {
        if (energy === 5 && !isInvertible(activation)) continue;
        for (const thirdAlone of energy === 10 || energy === 14 ? [true, false] : [false])
          yield { activation, equation, design, energy, thirdAlone };
      }
}
