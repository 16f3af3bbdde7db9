/**
 * The Newton kernel against its f64 twin. Steps are chosen by comparisons, so rounding may send a start to another fixed
 * point: what must hold is that nearly all starts end where the twin's end, and that ends lie at zeros of r as far as f32
 * reaches, for every activation and equation, with asymmetric W and b != 0.
 */
import { afterAll, describe, expect, test } from 'vitest';
import { findFixedPoints } from '../../src/analysis/find-fixed-points.js';
import { CpuBackend } from '../../src/cpu/backend.js';
import { activationNames } from '../../src/model/activation.js';
import { loadAlgebra } from '../../src/model/algebra.js';
import { Evaluator, norm } from '../../src/model/evaluator.js';
import type { Problem } from '../../src/model/problem.js';
import { createPlan } from '../../src/plan/plan.js';
import type { Backend } from '../../src/backend.js';
import { Simulator } from '../../src/simulator.js';
import { backend } from '../gpu-backend.js';
import { problemOf } from '../problem-of.js';
import { random, randomProblem, type Random } from '../random-model.js';

const LONG = process.env.MEMSCAPE_LONG === '1';
const STARTS = LONG ? 256 : 64;
/** Kernels take half a second each to compile on a software adapter: the quick suite takes one equation for each activation. */
const EQUATIONS = [1, 9, 13] as const;
const cpu = new CpuBackend();
const algebra = await loadAlgebra();

async function ends(on: Backend, problem: Problem, states: Float64Array): Promise<Float64Array[]> {
  const n = problem.network.size;
  const count = states.length / n;
  const plan = createPlan(
    { problem, sampling: { kind: 'points', count, states }, quantities: ['newton-end'] },
    on.profile,
  );
  expect(plan.tileMilliseconds).toBeLessThanOrEqual(50);
  const found: Float64Array[] = [];
  await on.run(plan, {
    onTile: ({ tile: { column, columns }, values }) => {
      for (let k = 0; k < columns; k++)
        found[column + k] = Float64Array.from({ length: n }, (_, i) => values[i * columns + k]);
    },
  });
  return found;
}

const starts = (n: number, r: Random, reach = 3) =>
  Float64Array.from({ length: STARTS * n }, () => Math.fround(r.uniform(-reach, reach)));

/** |r| at a state in units of the rounding of its terms in f32. */
function misfit(problem: Problem, state: Float64Array): number {
  const evaluator = new Evaluator(problem, algebra);
  evaluator.moveTo(state);
  return norm(evaluator.r) / (1 + norm(state) + norm(evaluator.g));
}

const tally = { starts: 0, converged: 0, alike: 0 };

test.each(activationNames())(
  `%s: the same ends, ${LONG ? 'eqs. 1, 9 and 13' : 'one of eqs. 1, 9, 13'}`,
  { timeout: 120_000 },
  async (activation) => {
    const index = activationNames().indexOf(activation);
    const here = { converged: 0, alike: 0 };
    for (const [k, equation] of EQUATIONS.entries()) {
      if (!LONG && k !== index % 3) continue;
      for (let repeat = 0; repeat < (LONG ? 8 : 1); repeat++) {
        const seed = 7000 + 100 * repeat + 3 * index + k;
        const size = 1 + ((index + 3 * k + repeat) % (LONG ? 8 : 6));
        const problem = await randomProblem({
          activation,
          equation,
          design: 'identity',
          energy: equation === 9 ? 10 : 14,
          thirdAlone: true,
          size,
          seed,
        });
        const states = starts(size, random(seed));
        const [fast, twin] = [await ends(backend, problem, states), await ends(cpu, problem, states)];
        twin.forEach((expected, start) => {
          tally.starts++;
          if (!(misfit(problem, expected) < 1e-6)) return;
          here.converged++;
          const found = fast[start];
          const apart = norm(found.map((v, i) => v - expected[i])) / (1 + norm(expected));
          // Next to a singular derivative f32 ends lie further off: at most the square root of its rounding.
          if (apart < 2e-3 && misfit(problem, found) < 1e-4) here.alike++;
        });
      }
    }
    tally.converged += here.converged;
    tally.alike += here.alike;
    expect(here.alike).toBeGreaterThanOrEqual(0.75 * here.converged);
  },
);

test('one neuron, a singular derivative, a continuum, and no fixed point at all: every search ends', async () => {
  const one = await problemOf({ layers: [['tanh', 1, { beta: 1 }]], weights: [[2]], bias: [0.1] });
  const found = await ends(backend, one, starts(1, random(1)));
  for (const end of found) expect(misfit(one, end)).toBeLessThan(1e-6);
  expect(new Set(found.map(([y]) => y.toFixed(3))).size).toBe(3);
  // y = tanh y: a triple zero, where every step is singular at the end.
  const triple = await problemOf({
    layers: [['tanh', 2]],
    weights: [
      [1, 0],
      [0, 1],
    ],
  });
  for (const end of await ends(backend, triple, starts(2, random(2)))) expect(norm(end)).toBeLessThan(0.1);
  // Dr = 0 everywhere.
  const line = await problemOf({
    layers: [['identity', 2]],
    weights: [
      [1, 0],
      [0, 1],
    ],
  });
  for (const end of await ends(backend, line, starts(2, random(3))))
    expect(misfit(line, end)).toBeLessThan(1e-6);
  const none = await problemOf({ layers: [['softplus', 1]], weights: [[2]], bias: [1] });
  for (const end of await ends(backend, none, starts(1, random(4))))
    expect(misfit(none, end)).toBeGreaterThan(1e-3);
});

test('numbers that overflow stay in their lane', async () => {
  const problem = await problemOf({ layers: [['power', 1, { n: 30 }]], weights: [[1]], bias: [-1] });
  const states = Float64Array.from({ length: STARTS }, (_, k) => (k % 2 === 0 ? -0.5 : 50));
  const found = await ends(backend, problem, states);
  found.forEach(([end], k) => {
    if (k % 2 === 0) expect(end).toBeCloseTo(-1, 6);
  });
});

afterAll(() => {
  console.info(`Newton ends: ${JSON.stringify(tally)}`);
  expect(tally.alike).toBeGreaterThanOrEqual(0.95 * tally.converged);
});

describe('findFixedPoints with a presolver', () => {
  // Three neurons that nearly ignore each other, with three states each.
  const problemWithMany = () =>
    problemOf({
      layers: [
        ['tanh', 2],
        ['sigmoid', 1, { beta: 4 }],
      ],
      weights: [
        [2.5, 0.1, -0.2],
        [0.15, 3, 0.1],
        [-0.1, 0.2, 4],
      ],
      bias: [0.05, -0.02, -2],
    });
  const states = ({ points }: { readonly points: readonly { readonly state: Float64Array }[] }) =>
    points.map(({ state }) => [...state].map((v) => v.toFixed(8)).join(' ')).sort();

  test('GPU ends polished in f64 are the points of the search in f64, and every start is counted', async () => {
    const problem = await problemWithMany();
    const options = { starts: 1024 };
    const alone = await findFixedPoints(problem, algebra, options);
    const simulator = new Simulator(backend);
    const found = await findFixedPoints(problem, algebra, {
      ...options,
      presolver: simulator,
      presolve: 'always',
    });
    expect(states(found)).toEqual(states(alone));
    expect(found.points).toHaveLength(27);
    for (const { residual } of found.points) expect(residual).toBeLessThan(1e-12);
    expect(found.points.reduce((sum, { hits }) => sum + hits, 0)).toBe(found.outcomes.converged);
    expect(found.outcomes.converged).toBeGreaterThan(1000);
    expect(found.solvedBy).toContain(backend.info.name);
    expect(alone.solvedBy).toBe('Newton in f64 from every start');
  });

  test('a large search times both ways and says so; ends that are no numbers are searched from their starts', async () => {
    const problem = await problemWithMany();
    let asked = 0;
    const broken = {
      newtonEnds: (_: Problem, given: Float64Array) => {
        asked += given.length / 3;
        return Promise.resolve({ ends: new Float32Array(given.length).fill(NaN), by: 'a broken device' });
      },
    };
    const alone = await findFixedPoints(problem, algebra, { starts: 4096 });
    const found = await findFixedPoints(problem, algebra, { starts: 4096, presolver: broken });
    expect(asked).toBeGreaterThanOrEqual(1024);
    expect(found.solvedBy).toMatch(
      /measured on 512 starts: \d+ ms in f64 alone, \d+ ms with a broken device/,
    );
    expect(states(found)).toEqual(states(alone));
    expect(found.points.map(({ hits }) => hits)).toEqual(alone.points.map(({ hits }) => hits));
  });
});
