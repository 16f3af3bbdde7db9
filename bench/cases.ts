/** The cases, for the command line and the bench page: sigmoid networks, eq. 4, a general plane slice. */
import { createNetwork, resolveProblem, type Grid, type Problem } from '../src/index.js';
import type { SliceCase } from './baseline.js';

/** N and pixels along a side, as in performance.md section 4. */
export const SIZES = [
  { n: 2, size: 1024, goal: 2.5 },
  { n: 16, size: 512, goal: 5 },
  { n: 64, size: 128, goal: undefined },
] as const;

/** Deterministic numbers in (-1/2, 1/2). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
}

/** Inputs are rounded to f32, so that both contestants compute from the same numbers. */
export function sliceCase(n: number, size: number, seed: number): SliceCase {
  const next = numbers(seed);
  const vector = (scale: number) => Float64Array.from({ length: n }, () => Math.fround(scale * next()));
  const weights = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++)
      weights[i * n + j] = weights[j * n + i] = Math.fround((2 * next()) / Math.sqrt(n));
  return { n, size, weights, bias: vector(1), origin: vector(1), axes: [vector(2), vector(2)], reach: 2 };
}

export function gridOf({ size, origin, axes, reach }: SliceCase): Grid {
  const extent = [-reach, reach] as const;
  return { kind: 'grid', origin, axes, extent: [extent, extent], size: [size, size] };
}

export function problemOf({ n, weights, bias }: SliceCase): Promise<Problem> {
  const { network } = createNetwork({
    layers: [{ name: 'x', size: n, activation: { name: 'sigmoid', parameters: { beta: 1 } } }],
    weights: [{ row: 0, column: 0, matrix: { rows: n, columns: n, data: weights } }],
    bias,
  });
  return resolveProblem({
    name: `sigmoid-${String(n)}`,
    hash: '',
    notices: [],
    network,
    dynamics: { equation: 1, design: { name: 'identity' } },
    energy: { equation: 4, coefficients: 'default' },
  });
}
