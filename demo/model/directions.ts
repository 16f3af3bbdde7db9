/** Eigen-directions of a saddle: the arms that its glyph points along. */
import type { Exact, Point } from './exact.js';
import type { NamedPoint } from './memories.js';

/** Small against a region where the motion is linear, large against rounding. */
const H = 1e-5;

/** Empty where the plane does not hold all of the motion: the eigen-directions of a larger network leave it. */
export function eigenDirections(exact: Exact, { y, spectrum }: NamedPoint): Point[] {
  if (exact.problem.network.size !== 2) return [];
  const difference = (u: Point): Point => {
    const [a, b] = exact.velocity([y[0] + H * u[0], y[1] + H * u[1]]);
    const [c, d] = exact.velocity([y[0] - H * u[0], y[1] - H * u[1]]);
    return [(a - c) / (2 * H), (b - d) / (2 * H)];
  };
  const [first, second] = [difference([1, 0]), difference([0, 1])];
  return spectrum
    .filter(({ im }) => im === 0)
    .map(({ re }): Point => {
      // A vector that (J - re I) takes to zero, from its longer row.
      const rows: readonly Point[] = [
        [first[0] - re, second[0]],
        [first[1], second[1] - re],
      ];
      const row = Math.hypot(...rows[0]) > Math.hypot(...rows[1]) ? rows[0] : rows[1];
      return [-row[1], row[0]];
    });
}
