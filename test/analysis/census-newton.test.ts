/**
 * The finder measured by the census: on random networks Newton from random seeds must find nothing that the census has
 * not, and every stable point; what else it misses is counted.
 */
import { expect, test } from 'vitest';
import { census } from '../../src/analysis/census.js';
import { fixedPointsFrom } from '../../src/analysis/fixed-points.js';
import { loadAlgebra } from '../../src/model/algebra.js';
import { random, randomActivation } from '../random-model.js';
import { matrix, problemOf, symmetric, vector } from './census-models.js';

const algebra = await loadAlgebra();
const NETWORKS = 500;
const SEEDS = process.env.MEMSCAPE_LONG === '1' ? 1024 : 64;

test(`${String(NETWORKS)} random networks, ${String(SEEDS)} seeds each`, async () => {
  const tally = { points: 0, missed: 0, stable: 0, stableMissed: 0, unknown: 0, tied: 0 };
  for (let seed = 0; seed < NETWORKS; seed++) {
    const r = random(5000 + seed);
    const n = r.integer(2, 6);
    const activation = randomActivation(r.pick(['relu', 'leaky-relu', 'hard-tanh', 'shrink']), r);
    const entry = () => (r.pick([1, 2]) * r.normal()) / Math.sqrt(n);
    const problem = await problemOf({
      layers: [[activation.name, n, activation.parameters]],
      weights: r.uniform() < 0.5 ? symmetric(n, entry) : matrix(n, entry),
      bias: vector(n, () => r.normal()),
      equation: r.pick([1, 9] as const),
    });
    const { complete, points, continua } = await census(problem, algebra);
    expect([complete, continua.length]).toEqual([true, 0]);
    const seeds = Array.from({ length: SEEDS }, () => Float64Array.from({ length: n }, () => 4 * r.normal()));
    const found = fixedPointsFrom(problem, algebra, seeds);
    // The class of each point of the census, from the finder started at it.
    const classes = points.map(({ state }) => {
      const [at] = fixedPointsFrom(problem, algebra, [Float64Array.from(state)]);
      return at.class;
    });
    const isSame = (a: ArrayLike<number>, b: ArrayLike<number>) =>
      Math.hypot(...Array.from(a, (v, i) => v - b[i])) <= 1e-6 * (1 + Math.hypot(...Array.from(a)));
    const missed = points.map(({ state }) => !found.some((p) => isSame(p.state, state)));
    const unknown = found.filter((p) => !points.some(({ state }) => isSame(p.state, state)));
    tally.points += points.length;
    tally.tied += points.filter((p) => p.tied.length > 0).length;
    tally.missed += missed.filter(Boolean).length;
    tally.stable += classes.filter((c) => c === 'stable').length;
    tally.stableMissed += classes.filter((c, k) => c === 'stable' && missed[k]).length;
    tally.unknown += unknown.length;
    expect(unknown, `network ${String(seed)}`).toEqual([]);
  }
  console.log(`census against Newton: ${JSON.stringify(tally)}`);
  expect(tally.unknown).toBe(0);
  expect(tally.stable).toBeGreaterThan(100);
  expect(tally.stableMissed).toBe(0);
});
