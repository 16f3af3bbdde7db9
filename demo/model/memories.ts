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

export interface NamedPoint {
  /** A, B for memories, S for saddles, U for unstable points; numbered from the second S or U on. */
  readonly name: string;
  readonly y: Point;
  readonly kind: FixedPointClass;
  /** Eigenvalues of the Jacobian, by falling real part. */
  readonly spectrum: readonly { readonly re: number; readonly im: number }[];
}

export interface Search {
  readonly points: readonly NamedPoint[];
  readonly seeds: number;
  /** The search looked at |y_i| up to this. */
  readonly reach: number;
}

const REACH = 8;
const SIDE = 41;

const SEARCH_GRID: Grid = {
  kind: 'grid',
  origin: new Float64Array(2),
  axes: [Float64Array.of(1, 0), Float64Array.of(0, 1)],
  extent: [
    [-REACH, REACH],
    [-REACH, REACH],
  ],
  size: [SIDE, SIDE],
};

/** One seed in each quarter, where the other cells of the grid might all lie on one side of a kink. */
const QUARTERS = [
  [0.5, 0.5],
  [0.5, -0.5],
  [-0.5, 0.5],
  [-0.5, -0.5],
] as const;

export function findMemories(problem: Problem, algebra: Algebra): Search {
  const seeds = [...gridSeeds(problem, algebra, SEARCH_GRID), ...QUARTERS.map((q) => Float64Array.from(q))];
  const counts = new Map<string, number>();
  const points = fixedPointsFrom(problem, algebra, seeds).map(
    ({ state, class: kind, spectrum }): NamedPoint => {
      const letter = kind === 'stable' ? 'memory' : kind === 'saddle' ? 'S' : kind === 'unstable' ? 'U' : 'Q';
      const index = counts.get(letter) ?? 0;
      counts.set(letter, index + 1);
      const numbered = index === 0 ? letter : `${letter}${String(index + 1)}`;
      const name = kind === 'stable' ? String.fromCharCode(65 + index) : numbered;
      return { name, y: [state[0], state[1]], kind, spectrum };
    },
  );
  return { points, seeds: seeds.length, reach: REACH };
}
