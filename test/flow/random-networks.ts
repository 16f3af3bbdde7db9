/**
 * 200 random networks for tests of flows: every activation with every design that does not jump, W asymmetric wherever the
 * combination allows it, b never zero, R no multiple of I; with a start and its flow in f64 to 1e-10, which is compared with
 * what a backend integrates.
 */
import { expect } from 'vitest';
import { trajectories } from '../../src/analysis/trajectories.js';
import { activationNames } from '../../src/model/activation.js';
import { loadAlgebra } from '../../src/model/algebra.js';
import type { Problem } from '../../src/model/problem.js';
import { combinations, random, randomProblem, type Recipe } from '../random-model.js';

export const LONG = process.env.MEMSCAPE_LONG === '1';
export const TIMES = [0.5, 2, 8];
const JUMPS: ReadonlySet<string> = new Set(['gradient', 'adaptive-polar']);
/** A start whose flow in f64 moves by more than this when it is changed by one rounding of f32 is not compared. */
const SENSITIVE = 1e-5;
/** Where the flow in f64 has ended without an attractor, no state is smaller. */
const BOUNDED = 1e8;

export function recipes(count: number): Recipe[] {
  const names = activationNames();
  return Array.from({ length: count }, (_, k) => {
    const r = random(9000 + k);
    const all = [...combinations(names[k % names.length])].filter(({ design }) => !JUMPS.has(design));
    return { ...r.pick(all), size: r.integer(1, 8), seed: 59_000 + k };
  });
}

/** What a comparison found. */
export interface Comparison {
  compared: number;
  /** States left out: where the flow tears roundings apart, and where it ends before (f64 has no state there). */
  sensitive: number;
  ended: number;
  worst: number;
  worstName: string;
  errors: number[];
}

/** Distance relative to the size of the expected state, and to 1 below that. */
const apart = (expected: Float64Array, other: Float64Array) =>
  Math.hypot(...expected.map((v, i) => v - other[i])) / Math.max(1, Math.hypot(...expected));

/** f64 states at `TIMES` from a start and from its neighbour one f32 rounding away, at 1e-10. */
async function reference(problem: Problem, start: Float64Array) {
  const nudged = start.map((v) => v * (1 + 2 ** -24));
  const { trajectories: found } = await trajectories(problem, await loadAlgebra(), [start, nudged], {
    times: TIMES,
    horizon: 8,
    rtol: 1e-10,
    atol: 1e-12,
  });
  return found.map(({ states }) => states);
}

/** A way to get states at `TIMES`, [T][N]. */
export type Integrate = (problem: Problem, start: Float64Array) => Promise<Float64Array>;

/** Holds each way to integrate against f64 at 1e-10, on each network. */
export async function compareRandom<Way extends string>(
  ways: Readonly<Record<Way, Integrate>>,
  all: readonly Recipe[],
  limit: number,
): Promise<Record<Way, Comparison>> {
  const names = Object.keys(ways) as Way[];
  const found = Object.fromEntries(
    names.map((name) => [
      name,
      { compared: 0, sensitive: 0, ended: 0, worst: 0, worstName: '', errors: [] } satisfies Comparison,
    ]),
  ) as unknown as Record<Way, Comparison>;
  for (const recipe of all) {
    const problem = await randomProblem(recipe);
    const r = random(recipe.seed);
    const start = Float64Array.from({ length: problem.network.size }, () => 2 * r.normal());
    const [exact, neighbour] = await reference(problem, start);
    for (const name of names)
      tally(found[name], problem, { exact, neighbour, states: await ways[name](problem, start) }, limit);
  }
  return found;
}

function tally(
  found: Comparison,
  { name, network: { size: n } }: Problem,
  { exact, neighbour, states }: Readonly<Record<'exact' | 'neighbour' | 'states', Float64Array>>,
  limit: number,
): void {
  for (const [k, time] of TIMES.entries()) {
    const at = (of: Float64Array) => of.subarray(k * n, (k + 1) * n);
    const expected = at(exact);
    const where = `t = ${String(time)}: ${name}`;
    if (!expected.every(Number.isFinite)) {
      // f64 ends a flow as diverged at 1e9, a backend at 1e12.
      const size = Math.hypot(...at(states));
      expect.soft(size <= BOUNDED, `${where}: over in f64, and |y| = ${String(size)} here`).toBe(false);
      found.ended++;
      continue;
    }
    if (!(apart(expected, at(neighbour)) <= SENSITIVE)) {
      found.sensitive++;
      continue;
    }
    const error = apart(expected, at(states));
    found.compared++;
    found.errors.push(error);
    if (error > found.worst) [found.worst, found.worstName] = [error, where];
    expect.soft(error, where).toBeLessThan(limit);
  }
}

export const inWords = ({ compared, sensitive, ended, worst, worstName, errors }: Comparison): string => {
  const sorted = [...errors].sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? NaN;
  return `${String(compared)} states compared, median ${median.toExponential(1)}, worst ${worst.toExponential(1)} (${worstName}); ${String(sensitive)} too sensitive, ${String(ended)} after the end`;
};
