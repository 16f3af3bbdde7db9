/**
 * Where searches start. In the box: the Richtmyer sequence, frac(shift_j + k sqrt(prime_j)), the simplest low-discrepancy
 * sequence for any number of dimensions (no table of direction numbers as Sobol's needs), shifted by random numbers of
 * the seed. On a plane: the cells of a grid where |r| is lowest.
 */
import type { Algebra } from '../model/algebra.js';
import { dot, Evaluator } from '../model/evaluator.js';
import type { Problem } from '../model/problem.js';
import { randomStream } from '../model/random.js';
import { stateAt } from '../model/sampling.js';
import type { Grid } from '../types.js';

/** Stream of the seed that shifts the sequence; 0 makes weights. */
const STREAM = 3;

/** State `index` of the sequence in [lo, hi]^n is written to `out`. */
export function boxSeeds(
  n: number,
  [lo, hi]: readonly [number, number],
  seed: number,
): (index: number, out: Float64Array) => void {
  const random = randomStream(seed, STREAM);
  const shifts = Float64Array.from({ length: n }, (_, j) => random.uniform(j));
  const steps = primes(n).map((p) => Math.sqrt(p) % 1);
  return (index, out) => {
    for (let j = 0; j < n; j++) out[j] = lo + (hi - lo) * ((shifts[j] + (index + 1) * steps[j]) % 1);
  };
}

function primes(count: number): number[] {
  const found: number[] = [];
  for (let candidate = 2; found.length < count; candidate++)
    if (found.every((p) => p * p > candidate || candidate % p !== 0)) found.push(candidate);
  return found;
}

/** Seeds on a grid: its cells where |r| is no larger than in the neighbouring cells, at most `limit`, lowest first. */
export function gridSeeds(problem: Problem, algebra: Algebra, grid: Grid, limit = 256): Float64Array[] {
  const evaluator = new Evaluator(problem, algebra);
  const [columns, rows = 1] = grid.size;
  const states: Float64Array[] = [];
  const sizes = new Float64Array(columns * rows);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const state = new Float64Array(problem.network.size);
      stateAt(grid, column, row, state);
      evaluator.moveTo(state);
      sizes[states.length] = dot(evaluator.r, evaluator.r);
      states.push(state);
    }
  const isLow = (at: number) => {
    const [column, row] = [at % columns, Math.floor(at / columns)];
    for (let dr = -1; dr <= 1; dr++)
      for (let dc = -1; dc <= 1; dc++) {
        const [c, r] = [column + dc, row + dr];
        if (c < 0 || r < 0 || c >= columns || r >= rows) continue;
        if (sizes[r * columns + c] < sizes[at]) return false;
      }
    return true;
  };
  return [...states.keys()]
    .filter(isLow)
    .sort((a, b) => sizes[a] - sizes[b])
    .slice(0, limit)
    .map((at) => states[at]);
}
