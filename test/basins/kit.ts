/** Basin maps in the fewest words. */
import { findFixedPoints } from '../../src/analysis/find-fixed-points.js';
import { prepareBasins } from '../../src/basins/basins.js';
import type { BasinSystem, FlowChoice } from '../../src/basins/system.js';
import { loadModel } from '../../src/io/files.node.js';
import { loadAlgebra } from '../../src/model/algebra.js';
import { resolveProblem, type Problem } from '../../src/model/problem.js';
import { randomStream } from '../../src/model/random.js';
import type { Grid } from '../../src/types.js';
import { problemOf } from '../problem-of.js';

/** The plane of the first two neurons, [lo, hi] along both. */
export function square(n: number, size: readonly number[], [lo, hi]: readonly [number, number]): Grid {
  const axes = [0, 1].map((k) => Float64Array.from({ length: n }, (_, i) => (i === k ? 1 : 0)));
  return {
    kind: 'grid',
    origin: new Float64Array(n),
    axes,
    extent: [
      [lo, hi],
      [lo, hi],
    ],
    size,
  };
}

/** Points of a cube, from a seed. */
export function cube(n: number, count: number, reach: number, seed: number): Float64Array[] {
  const { uniform } = randomStream(seed, 3);
  return Array.from({ length: count }, (_, k) =>
    Float64Array.from({ length: n }, (_, i) => reach * (2 * uniform(k * n + i) - 1)),
  );
}

export async function prepared(problem: Problem, choice: FlowChoice = {}, reach = 4): Promise<BasinSystem> {
  const algebra = await loadAlgebra();
  const { points } = await findFixedPoints(problem, algebra, { starts: 256, box: [-reach, reach] });
  return prepareBasins(problem, algebra, points, cube(problem.network.size, 64, reach, 1), choice);
}

export async function problemFrom(name: string): Promise<Problem> {
  return resolveProblem(await loadModel(`models/${name}.json`));
}

/** N double wells side by side: 2^N memories, whose basins are the orthants. */
export const doubleWells = (n: number): Promise<Problem> =>
  problemOf({
    layers: [['tanh', n, { beta: 1 }]],
    weights: Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (i === j ? 2 : 0))),
  });
