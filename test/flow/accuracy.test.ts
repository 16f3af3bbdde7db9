/**
 * Trajectories of random networks, every activation with every design that does not jump: default tolerances against a
 * hundredth of them. Starts whose flow is chaotic or torn by a kink are counted, and are few.
 */
import { expect, test } from 'vitest';
import { trajectories } from '../../src/analysis/trajectories.js';
import { activationNames } from '../../src/model/activation.js';
import { loadAlgebra } from '../../src/model/algebra.js';
import { combinations, random, randomProblem, type Recipe } from '../random-model.js';

const LONG = process.env.MEMSCAPE_LONG === '1';
const NETWORKS = LONG ? 200 : 57;
const TIMES = [0.5, 2, 8];
const JUMPS: ReadonlySet<string> = new Set(['gradient', 'adaptive-polar']);
if (!LONG) console.log(`trajectories: ${String(NETWORKS)} of 200 random networks; MEMSCAPE_LONG=1 takes all`);

function recipes(): Recipe[] {
  const names = activationNames();
  return Array.from({ length: NETWORKS }, (_, k) => {
    const r = random(9000 + k);
    const all = [...combinations(names[k % names.length])].filter(({ design }) => !JUMPS.has(design));
    return { ...r.pick(all), size: r.integer(1, 6), seed: 700 + k };
  });
}

test('1e-8 relative at t = 0.5, 2, 8', async () => {
  const algebra = await loadAlgebra();
  let [compared, sensitive, worst] = [0, 0, 0];
  for (const recipe of recipes()) {
    const problem = await randomProblem(recipe);
    const n = problem.network.size;
    const r = random(recipe.seed);
    const start = Float64Array.from({ length: n }, () => 2 * r.normal());
    const nudged = start.map((v) => v * (1 + 2 ** -24));
    const options = { times: TIMES, horizon: 8 };
    const [{ trajectories: found }, { trajectories: exact }] = await Promise.all([
      trajectories(problem, algebra, [start, nudged], options),
      trajectories(problem, algebra, [start, nudged], { ...options, rtol: 1e-11, atol: 1e-13 }),
    ]);
    TIMES.forEach((_, k) => {
      const at = (states: Float64Array) => states.subarray(k * n, (k + 1) * n);
      const expected = at(exact[0].states);
      if (!expected.every(Number.isFinite)) return;
      const size = 1 + Math.hypot(...expected);
      const apart = (other: Float64Array) => Math.hypot(...expected.map((v, i) => v - at(other)[i])) / size;
      if (apart(exact[1].states) > 1e-5) {
        sensitive++;
        return;
      }
      compared++;
      const error = apart(found[0].states);
      worst = Math.max(worst, error);
      expect(error, `${problem.name} at t = ${String(TIMES[k])}`).toBeLessThan(1e-8);
    });
  }
  console.log(
    `trajectories: ${String(compared)} states compared, worst ${worst.toExponential(1)}, ${String(sensitive)} starts too sensitive`,
  );
  expect(compared).toBeGreaterThan(2.5 * NETWORKS);
  expect(sensitive).toBeLessThanOrEqual(0.02 * 3 * NETWORKS);
}, 600_000);
