/** Problems, centres and boxes on which differences of energies are held to fixed-point arithmetic. */
import { Evaluator, norm } from '../src/model/evaluator.js';
import { loadAlgebra } from '../src/model/algebra.js';
import { newtonEnd } from '../src/model/newton-end.js';
import { createNetwork } from '../src/model/network.js';
import { resolveProblem, type Problem } from '../src/model/problem.js';
import type { Grid, Matrix } from '../src/types.js';
import { exactEnergy, fixed, toNumber } from './kit/exact-energy.js';
import { random, randomActivation, randomMatrix, type Random } from './random-model.js';

/** Every activation for which differences are exact. */
export const ACTIVATIONS = [
  ...['relu', 'leaky-relu', 'hard-tanh', 'shrink', 'identity'],
  ...['sigmoid', 'tanh', 'softplus', 'softmax'],
] as const;

/** An energy: equation of the dynamics, coefficients, and whether W may be asymmetric. */
export const ENERGIES = [
  { name: 'energy 4', equation: 1, coefficients: [0, 1, 0], asymmetric: false },
  { name: 'energy 14, mixed', equation: 13, coefficients: [0.4, 0.7, 1.3], asymmetric: false },
  { name: 'energy 14, third alone, W asymmetric', equation: 13, coefficients: [0, 0, 1], asymmetric: true },
  { name: 'energy 10, mixed', equation: 9, coefficients: [0.4, 0.7, 1.3], asymmetric: false },
  { name: 'energy 10, third alone, W asymmetric', equation: 9, coefficients: [0, 0, 1], asymmetric: true },
] as const;
export type EnergyCase = (typeof ENERGIES)[number];

/** What is special about the centre of a box. */
export const CENTRES = ['random', 'fixed point', 'kink'] as const;
export type Centre = (typeof CENTRES)[number];

/** A problem of N = 2 (one layer) or N = 5 (the activation beside two others), with b != 0. */
function problemOf(activation: string, energy: EnergyCase, n: 2 | 5, r: Random, bias?: Float64Array) {
  const second = r.pick(ACTIVATIONS);
  const layers =
    n === 2
      ? [[activation, 2] as const]
      : [[activation, 2] as const, [second, 2] as const, ['tanh', 1] as const];
  const parts = {
    layers: layers.map(([name, size], k) => ({
      name: `layer${String(k)}`,
      size,
      // power is piecewise linear at n = 2 alone
      activation: name === 'power' ? { name, parameters: { n: 2 } } : randomActivation(name, r),
    })),
    weights: [{ row: 0, column: 0, matrix: randomMatrix(n, r, !energy.asymmetric) }],
    bias: bias ?? Float64Array.from({ length: n }, () => r.normal()),
  };
  return { parts, resolve: () => resolve(parts, energy) };
}

type Parts = Parameters<typeof createNetwork>[0] & {
  readonly weights: readonly { readonly matrix: Matrix }[];
};

async function resolve(parts: Parts, { equation, coefficients }: EnergyCase): Promise<Problem> {
  const { network } = createNetwork(parts);
  const e = equation === 1 ? 4 : equation === 9 ? 10 : 14;
  return resolveProblem({
    name: 'difference',
    hash: '',
    network,
    notices: [],
    dynamics: { equation, design: { name: 'identity' } },
    energy: { equation: e, coefficients },
  });
}

const algebra = await loadAlgebra();

/** Kinks of an activation, or where it is saturated (softmax: by the distance of its neurons). */
const SPECIAL: Readonly<Record<string, number>> = {
  'hard-tanh': 1,
  sigmoid: 9,
  tanh: -4,
  softplus: -9,
  softmax: 6,
};

/** A problem with a state at its centre; a kink lies within a third of `width` of it. */
export async function centred(
  activation: string,
  energy: EnergyCase,
  n: 2 | 5,
  centre: Centre,
  width: number,
  seed: number,
): Promise<{ problem: Problem; state: Float64Array }> {
  const r = random(seed);
  const { parts, resolve: make } = problemOf(activation, energy, n, r);
  const state = Float64Array.from({ length: n }, () => r.normal());
  if (centre === 'kink') {
    const t = parts.layers[0].activation.parameters.t;
    const target =
      (activation === 'shrink' ? t : (SPECIAL[activation] ?? 0)) + (r.uniform(-1, 1) * width) / 3;
    if (energy.equation === 9) {
      // The argument of g is W u + b: b moves it to the kink.
      const { data } = parts.weights[0].matrix;
      parts.bias[0] = target - state.reduce((sum, u, j) => sum + data[j] * u, 0);
    } else state[0] = target;
    return { problem: await make(), state };
  }
  const problem = await make();
  if (centre === 'fixed point') {
    const evaluator = new Evaluator(problem, algebra);
    evaluator.moveTo(state);
    newtonEnd(evaluator);
    newtonEnd(evaluator);
    // Newton may run away where there is none near by.
    if (norm(evaluator.y) < 30) state.set(evaluator.y);
  }
  return { problem, state };
}

/** A box of half-width `width` around a state, along two directions that are no axes of it. */
export function boxAround(state: Float64Array, width: number, side: number, r: Random): Grid {
  const axes = [0, 1].map(() => state.map(() => Math.fround(r.uniform(-1, 1))));
  return {
    kind: 'grid',
    origin: state,
    axes,
    extent: [
      [-width, width],
      [-width, width],
    ],
    size: [side, side],
  };
}

/** E - E(origin) at the cell centres of a grid, and the range of these numbers. */
export function exactField(problem: Problem, { origin, axes, extent, size }: Grid) {
  const energy = exactEnergy(problem);
  const from = Array.from(origin, fixed);
  const reference = energy(from);
  const directions = axes.map((axis) => Array.from(axis, fixed));
  const values = Array.from({ length: size[0] * size[1] }, (_, at) => {
    const offsets = [at % size[0], Math.floor(at / size[0])].map((index, k) => {
      const [lo, hi] = extent[k].map(fixed);
      return lo + ((hi - lo) * BigInt(2 * index + 1)) / BigInt(2 * size[k]);
    });
    const state = from.map(
      (y, i) => y + offsets.reduce((sum, s, k) => sum + ((s * directions[k][i]) >> 256n), 0n),
    );
    return toNumber(energy(state) - reference);
  });
  return { values, range: Math.max(...values) - Math.min(...values) };
}
