/**
 * Kernels against the f64 twin on random models of every activation, equation, energy and design: each value
 * within four running error bounds, masks and counts equal unless a threshold lies within rounding (counted).
 * The quick suite draws a sixth of the combinations for each activation, another sixth for the next one that has the
 * same, so that none is missing; the long one takes all of them, larger networks more often.
 */
import { afterAll, describe, expect, test } from 'vitest';
import { activationNames } from '../../src/model/activation.js';
import { cpuOnly } from '../../src/plan/plan.js';
import type { Quantity } from '../../src/types.js';
import { combinations, random, randomProblem, type Recipe } from '../random-model.js';
import { disagreements, Tally } from './twin.js';

const LONG = process.env.MEMSCAPE_LONG === '1';
const POINTS = LONG ? 12 : 6;
const QUANTITIES: readonly Quantity[] = [
  'energy',
  'residual',
  'speed',
  'rhs',
  'energy-gradient',
  'energy-rate',
  'dead-count',
  'alive-mask',
  'certificate',
  'blind-spot',
];
const SIZES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 17];
const LARGE = [25, 32, 33, 64, 100, 200];

const tally = new Tally();

async function compare(recipe: Recipe): Promise<string[]> {
  const problem = await randomProblem(recipe);
  const r = random(recipe.seed + 1);
  const states = Float64Array.from({ length: POINTS * problem.network.size }, () => 1.5 * r.normal());
  const quantities = QUANTITIES.filter((q) => !cpuOnly(problem, q));
  return disagreements(problem, states, quantities, tally);
}

/** Combinations of an activation with their numbers: all of them, or the sixth whose turn it is. */
function drawn(activation: string) {
  const all = [...combinations(activation)].map((combination, k) => ({ combination, k }));
  const alike = activationNames().filter((name) => [...combinations(name)].length === all.length);
  return all.filter(({ k }) => LONG || (k + alike.indexOf(activation)) % 6 === 0);
}

const key = (combination: Omit<Recipe, 'size' | 'seed'>) =>
  JSON.stringify({ ...combination, activation: '' });

test('no combination of equation, design and energy is left out', () => {
  const [met, all] = [drawn, (name: string) => [...combinations(name)].map((c) => ({ combination: c }))].map(
    (of) => new Set(activationNames().flatMap((name) => of(name).map(({ combination }) => key(combination)))),
  );
  expect(met).toEqual(all);
});

test.each([3, 40])('no term at all: energy, gradient and rate are 0, N = %i', async (size) => {
  for (const equation of [1, 9, 13] as const) {
    const seed = size + equation;
    const drawn = await randomProblem({
      activation: 'tanh',
      equation,
      design: 'identity',
      energy: equation === 9 ? 10 : 14,
      thirdAlone: true,
      size,
      seed,
    });
    const problem = { ...drawn, energy: { ...drawn.energy, coefficients: [0, 0, 0] as const } };
    const r = random(seed);
    const states = Float64Array.from({ length: POINTS * size }, () => 1.5 * r.normal());
    const quantities = QUANTITIES.filter((q) => !cpuOnly(problem, q));
    expect(await disagreements(problem, states, quantities, tally)).toEqual([]);
  }
});

describe.each(activationNames())('%s', (activation) => {
  test('every equation, design and energy agrees with f64', { timeout: 600_000 }, async () => {
    const seed = activationNames().indexOf(activation) * 1000;
    const recipes = drawn(activation).map(({ combination, k }, at): Recipe => {
      // Every sixth network is large, in the quick suite every fourth of the few.
      const large = LONG ? (k + seed / 1000) % 6 === 0 : (at + seed / 1000) % 4 === 0;
      const size = large
        ? LARGE[(k + seed / 1000) % LARGE.length]
        : SIZES[(k * 7 + seed / 1000) % SIZES.length];
      return { ...combination, size, seed: seed + k };
    });
    const faults: string[] = [];
    for (const recipe of recipes) faults.push(...(await compare(recipe)));
    expect(faults.slice(0, 5)).toEqual([]);
    expect(recipes.length).toBeGreaterThan(LONG ? 40 : 6);
  });
});

afterAll(() => {
  expect(tally.undetermined).toBeLessThan(tally.compared / 500);
  console.info(String(tally));
});
