/** Fixed points of a landscape's motion, named as the figures name them. */
import {
  fixedPointsFrom,
  gridSeeds,
  type Algebra,
  type FixedPointClass,
  type Grid,
  type Problem,
} from '../library.js';
import type { Point } from './exact.js';
import { nearest, type Plane } from './plane.js';

export interface FoundPoint {
  /** A, B for memories, S for saddles, U for unstable points; numbered from the second S or U on. */
  readonly name: string;
  readonly state: Float64Array;
  readonly kind: FixedPointClass;
  /** Eigenvalues of the Jacobian, by falling real part. */
  readonly spectrum: readonly { readonly re: number; readonly im: number }[];
}

/** A fixed point and where it is seen. */
export interface NamedPoint extends FoundPoint {
  readonly y: Point;
  /** Its distance from the plane. */
  readonly off: number;
}

export interface Found {
  readonly points: readonly FoundPoint[];
  readonly seeds: number;
  /** The search looked at |y_i| up to this. */
  readonly reach: number;
}

export interface Search extends Found {
  readonly points: readonly NamedPoint[];
}

/** The search looks at least this far, in two neurons, and at most so far. */
const REACH = 8;
const FARTHEST = 64;
const SIDE = 41;
/** Seeds of networks beyond two neurons: some, and more for every neuron. */
const SEEDS = { some: 64, more: 24 } as const;

/** One seed in each quarter, where the other cells of the grid might all lie on one side of a kink. */
const QUARTERS = [
  [0.5, 0.5],
  [0.5, -0.5],
  [-0.5, 0.5],
  [-0.5, -0.5],
] as const;

/** No fixed point of bounded activations lies beyond |b| + sum |W|; of others most do not. */
function reachOf({ network }: Problem): number {
  const sums = [...network.bias].map(Math.abs);
  for (const { row, matrix } of network.weights)
    for (let i = 0; i < matrix.rows; i++)
      for (let j = 0; j < matrix.columns; j++) sums[row + i] += Math.abs(matrix.data[i * matrix.columns + j]);
  const least = network.size === 2 ? REACH : 2;
  return Math.min(FARTHEST, Math.max(least, Math.ceil(1.25 * Math.max(...sums))));
}

function planeSeeds(problem: Problem, algebra: Algebra, reach: number): Float64Array[] {
  const grid: Grid = {
    kind: 'grid',
    origin: new Float64Array(2),
    axes: [Float64Array.of(1, 0), Float64Array.of(0, 1)],
    extent: [
      [-reach, reach],
      [-reach, reach],
    ],
    size: [SIDE, SIDE],
  };
  return [...gridSeeds(problem, algebra, grid), ...QUARTERS.map((q) => Float64Array.from(q))];
}

/** An even spread over the box: multiples of the roots of x^(n+1) = x + 1, the golden ratio in n dimensions. */
function boxSeeds(n: number, reach: number): Float64Array[] {
  let ratio = 2;
  for (let k = 0; k < 40; k++) ratio = (1 + ratio) ** (1 / (n + 1));
  return Array.from({ length: SEEDS.some + SEEDS.more * n }, (_, k) =>
    // Every fourth seed lies near the middle, where most networks have their saddles.
    Float64Array.from(
      { length: n },
      (__, j) => reach * (k % 4 === 0 ? 0.25 : 1) * (2 * ((0.5 + (k + 1) / ratio ** (j + 1)) % 1) - 1),
    ),
  );
}

export function findMemories(problem: Problem, algebra: Algebra): Found {
  const { size } = problem.network;
  const reach = reachOf(problem);
  const seeds = size === 2 ? planeSeeds(problem, algebra, reach) : boxSeeds(size, reach);
  const counts = new Map<string, number>();
  const points = fixedPointsFrom(problem, algebra, seeds).map(
    ({ state, class: kind, spectrum }): FoundPoint => {
      const letter = kind === 'stable' ? 'memory' : kind === 'saddle' ? 'S' : kind === 'unstable' ? 'U' : 'Q';
      const index = counts.get(letter) ?? 0;
      counts.set(letter, index + 1);
      const numbered = index === 0 ? letter : `${letter}${String(index + 1)}`;
      const name = kind === 'stable' ? memoryName(index) : numbered;
      return { name, state, kind, spectrum };
    },
  );
  return { points, seeds: seeds.length, reach };
}

/** A to P, then numbers: S and U are taken. */
const memoryName = (index: number): string =>
  index < 16 ? String.fromCharCode(65 + index) : `A${String(index - 14)}`;

/** What was found, as it is seen in a plane. */
export const seenIn = (plane: Plane, found: Found): Search => ({
  ...found,
  points: found.points.map((point) => {
    const { at, off } = nearest(plane, point.state);
    return { ...point, y: at, off };
  }),
});
