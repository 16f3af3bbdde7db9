/** What the words of the figures say, counted in f64. Pure: test/demo/article.test.ts checks the text of the page by it. */
import type { Algebra } from '../library.js';
import type { Exact, Point } from '../model/exact.js';
import type { Path } from '../model/path.js';

/** Smallest and largest energy on an even grid over [-2, 0]^2, edges included. */
export function rangeOfQuarter(exact: Exact, steps = 16): Point {
  const values: number[] = [];
  for (let i = 0; i <= steps; i++)
    for (let j = 0; j <= steps; j++) values.push(exact.energy([(-2 * i) / steps, (-2 * j) / steps]));
  return [Math.min(...values), Math.max(...values)];
}

/** How far the energy climbs along a path: its largest height above what it was lowest before. */
export function climb({ points }: Path): number {
  let [low, most] = [Infinity, 0];
  for (const { energy } of points) {
    low = Math.min(low, energy);
    most = Math.max(most, energy - low);
  }
  return most;
}

/** Where the flat region around a state drains to (Prop. 4): dead neurons go where the motion sends them. */
export function drain(exact: Exact, [a, b]: Point): Point {
  const state = exact.stateAt([a, b]);
  const { alive } = exact.read(state);
  const [u, v] = exact.velocity([a, b]);
  return [alive[0] ? a : a + u, alive[1] ? b : b + v];
}

/** A relu network of two neurons has four activation patterns, and M is one matrix in each. */
const PATTERNS: readonly Point[] = [
  [1, 1],
  [1, -1],
  [-1, 1],
  [-1, -1],
];

/** Least eigenvalue of sym(M^T R), condition (11), of two relu neurons. */
export const leastEigenvalue = (exact: Exact): number =>
  Math.min(...PATTERNS.map((at) => exact.certificate(at)));

/** The upper left block of a square matrix: what is left when the last neurons are dead. */
function alive(weights: readonly (readonly number[])[], dead: number) {
  const size = weights.length - dead;
  const data = Float64Array.from(weights.slice(0, size).flatMap((row) => row.slice(0, size)));
  return { rows: size, columns: size, data };
}

/** Largest eigenvalue and spectral radius of the block of W that is alive when the last `dead` neurons are not. */
export function spectrumAlive(
  algebra: Algebra,
  weights: readonly (readonly number[])[],
  dead: number,
): { readonly largest: number; readonly radius: number } {
  const { values } = algebra.symmetricEigen(alive(weights, dead));
  const largest = values[values.length - 1];
  return { largest, radius: Math.max(largest, -values[0]) };
}

/** Proposition 3: what the spectral radius of N neurons becomes with `dead` of them, for a large random W. */
export const expectedRadius = (whole: number, dead: number, size: number): number =>
  whole * Math.sqrt((size - dead) / size);
