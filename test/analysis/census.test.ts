/**
 * The census against what is known: published networks (validation.md), a plain implementation on random networks of
 * all piecewise linear activations, and networks made by hand.
 */
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { census } from '../../src/analysis/census.js';
import type { Census } from '../../src/analysis/census-all.js';
import { censusSize } from '../../src/analysis/census-size.js';
import { jacobian } from '../../src/analysis/linearisation.js';
import { loadModel } from '../../src/io/files.node.js';
import { loadAlgebra } from '../../src/model/algebra.js';
import { Evaluator, norm } from '../../src/model/evaluator.js';
import { resolveProblem, type Problem } from '../../src/model/problem.js';
import { random, randomActivation } from '../random-model.js';
import { goe, matrix, problemOf, symmetric, vector } from './census-models.js';
import { isSameSet, naiveCensus, rowsOf, solve } from './naive.js';

const algebra = await loadAlgebra();

/** The largest real part of the spectrum of the flow at a state. */
function growth(problem: Problem, state: number[]): number {
  const evaluator = new Evaluator(problem, algebra);
  evaluator.moveTo(Float64Array.from(state));
  const j = jacobian(evaluator);
  return j ? algebra.eigenvalues(j)[0].re : NaN;
}

/** That a census is well formed: complete, plain data, zeros of r by the oracle. */
function check(problem: Problem, result: Census): void {
  expect(result.undecided).toEqual([]);
  expect(result.complete).toBe(true);
  expect(result.how).toBe(`all ${result.patterns.toLocaleString('en')} activation patterns were solved`);
  expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  const evaluator = new Evaluator(problem, algebra);
  for (const { state, residual } of result.points) {
    evaluator.moveTo(Float64Array.from(state));
    expect(norm(evaluator.r)).toBe(residual);
    expect(residual).toBeLessThanOrEqual(1e-12 * (1 + Math.hypot(...state)));
  }
}

async function counted(problem: Problem): Promise<Census> {
  const result = await census(problem, algebra);
  check(problem, result);
  return result;
}

describe('published networks', () => {
  /** Combinatorial threshold-linear network of a graph: W_ij = -1 + 0.25 for an edge j -> i, else -1 - 0.5; b = 1. */
  const ctln = (n: number, isEdge: (from: number, to: number) => boolean) =>
    problemOf({
      layers: [['relu', n]],
      weights: matrix(n, (i, j) => (i === j ? 0 : isEdge(j, i) ? -0.75 : -1.5)),
      bias: vector(n, () => 1),
      equation: 9,
    });

  test('all 64 digraphs on 3 nodes: stable points are the target-free cliques, the indices sum to 1', async () => {
    const pairs = [0, 1, 2].flatMap((a) => [0, 1, 2].filter((b) => b !== a).map((b) => [a, b] as const));
    let stablePoints = 0;
    for (let graph = 0; graph < 64; graph++) {
      const isEdge = (from: number, to: number) =>
        pairs.some(([a, b], k) => a === from && b === to && (graph >> k) % 2 === 1);
      const problem = await ctln(3, isEdge);
      const { points, continua } = await counted(problem);
      expect(continua).toEqual([]);
      expect(points.length % 2).toBe(1);
      const w = rowsOf(problem);
      const index = points.reduce((sum, { state }) => {
        const support = [0, 1, 2].filter((i) => state[i] > 0);
        const a = support.map((i) => support.map((j) => Number(i === j) - w[i][j]));
        return (
          sum +
          Math.sign(
            solve(
              a,
              support.map(() => 0),
            )?.det ?? NaN,
          )
        );
      }, 0);
      expect(index).toBe(1);
      const cliques = [1, 2, 3, 4, 5, 6, 7]
        .map((mask) => [0, 1, 2].filter((i) => (mask >> i) % 2 === 1))
        .filter((own) => own.every((a) => own.every((b) => a === b || isEdge(a, b))))
        .filter((own) => ![0, 1, 2].some((k) => !own.includes(k) && own.every((a) => isEdge(a, k))));
      const stable = points
        .filter(({ state }) => growth(problem, state) < 0)
        .map(({ state }) => [0, 1, 2].filter((i) => state[i] > 0));
      const sorted = (sets: number[][]) => sets.map(String).sort();
      expect(sorted(stable)).toEqual(sorted(cliques));
      stablePoints += stable.length;
    }
    expect(stablePoints).toBe(85);
  });

  test('3-cycle: one unstable point; two-clique: two stable points and a saddle', async () => {
    const cycle = await ctln(3, (from, to) => to === (from + 1) % 3);
    const { points } = await counted(cycle);
    expect(points).toHaveLength(1);
    for (const u of points[0].state) expect(u).toBeCloseTo(4 / 13, 14);
    expect(growth(cycle, points[0].state)).toBeGreaterThan(0);
    const clique = await counted(await ctln(3, (from, to) => from < 2 && to < 2));
    const expected = [
      [4 / 7, 4 / 7, 0],
      [0, 0, 1],
      [2 / 11, 2 / 11, 5 / 11],
    ];
    expect(
      isSameSet(
        clique.points.map((p) => p.state),
        expected,
        1e-14,
      ),
    ).toBe(true);
  });

  test('the example models: a census or a refusal for each, with the points their page lists', async () => {
    const expected: Readonly<Record<string, number[][]>> = {
      'winner-take-all': [
        [1, -0.5],
        [-0.5, 1],
        [0.4, 0.4],
      ],
      'winner-take-all-krotov-hopfield': [
        [1, -0.5],
        [-0.5, 1],
        [0.4, 0.4],
      ],
      'fig-2b': [[0]],
      'fig-2c': [[-1]],
      'one-neuron': [[2]],
      'ctln-3-cycle': [[4 / 13, 4 / 13, 4 / 13]],
      'ctln-two-clique': [
        [4 / 7, 4 / 7, 0],
        [0, 0, 1],
        [2 / 11, 2 / 11, 5 / 11],
      ],
    };
    let counts = 0;
    for (const file of readdirSync('models').filter((name) => name.endsWith('.json'))) {
      const problem = await resolveProblem(await loadModel(`models/${file}`));
      const size = censusSize(problem.network);
      const known = (expected as Record<string, number[][] | undefined>)[file.replace('.json', '')];
      expect(size.possible, file).toBe(known !== undefined);
      if (!known) continue;
      counts++;
      const { points } = await counted(problem);
      expect(
        isSameSet(
          points.map((p) => p.state),
          known,
          1e-14,
        ),
        file,
      ).toBe(true);
    }
    expect(counts).toBe(Object.keys(expected).length);
  });
});

describe('random networks against one elimination for each pattern', () => {
  const NAMES = ['relu', 'leaky-relu', 'hard-tanh', 'shrink', 'identity'];

  test.each([...NAMES, 'mixed'])('%s, equations 1, 9, 13', async (name) => {
    let total = 0;
    for (let seed = 0; seed < 60; seed++) {
      const r = random(1000 + seed);
      const n = r.integer(2, name === 'relu' || name === 'leaky-relu' ? 8 : 6);
      const equation = r.pick([1, 9, 13] as const);
      const layer = (size: number) => {
        const activation = randomActivation(name === 'mixed' ? r.pick(NAMES) : name, r);
        return [activation.name, size, activation.parameters] as const;
      };
      const first = r.integer(1, n - 1);
      const problem = await problemOf({
        layers: name === 'mixed' ? [layer(first), layer(n - first)] : [layer(n)],
        weights: matrix(n, () => (2.5 * r.normal()) / Math.sqrt(n)),
        bias: vector(n, () => r.normal()),
        equation,
        ...(equation === 13 ? { design: { name: 'gradient' } as const } : {}),
      });
      const result = await counted(problem);
      const naive = naiveCensus(problem);
      expect([result.singular, result.continua.length], problem.name).toEqual([naive.singular, 0]);
      expect(
        isSameSet(
          result.points.map((p) => p.state),
          naive.points,
        ),
        JSON.stringify([seed, n, equation]),
      ).toBe(true);
      total += result.points.length;
    }
    // Networks without any fixed point would prove little.
    expect(total).toBeGreaterThan(40);
  });

  test('badly scaled weights and biases', async () => {
    for (let seed = 0; seed < 60; seed++) {
      const r = random(seed);
      const n = 5;
      const problem = await problemOf({
        layers: [
          ['relu', 3],
          ['hard-tanh', 2],
        ],
        weights: matrix(n, () => r.normal() * 10 ** r.integer(-6, 3)),
        bias: vector(n, () => r.normal() * 10 ** r.integer(-6, 3)),
      });
      const result = await census(problem, algebra);
      expect(result.complete).toBe(true);
      expect(
        isSameSet(
          result.points.map((p) => p.state),
          naiveCensus(problem).points,
          1e-6,
        ),
        String(seed),
      ).toBe(true);
    }
  });

  test('nearly singular patterns are solved to the last digits', async () => {
    for (const gap of [1e-3, 1e-6, 1e-9, 1e-11, 1e-13]) {
      // The pattern (alive, alive) is [[1, -1], [-1, 1 + gap]] y = (1, -1 + gap): y = (2, 1).
      const problem = await problemOf({
        layers: [['relu', 2]],
        weights: [
          [0, 1],
          [1, -gap],
        ],
        bias: [1, -1 + gap],
      });
      const { points } = await counted(problem);
      const w = rowsOf(problem)[1][1];
      // With f64's -gap and -1 + gap, not with the exact ones.
      const second = (1 + problem.network.bias[1]) / -w;
      const alive = points.filter(({ pattern }) => pattern.join('') === '11');
      expect(alive).toHaveLength(1);
      expect(Math.abs(alive[0].state[1] - second)).toBeLessThan(4e-16 * second);
      expect(Math.abs(alive[0].state[0] - 1 - second)).toBeLessThan(1e-15 * second);
    }
  });
});

describe('ties', () => {
  test('a neuron exactly at its kink: one point, the neuron named', async () => {
    for (let seed = 0; seed < 40; seed++) {
      const r = random(seed);
      const n = r.integer(2, 6);
      const name = r.pick(['relu', 'hard-tanh', 'shrink']);
      const kink = { relu: [0], 'hard-tanh': [-1, 1], shrink: [-1, 1] }[name] ?? [];
      const tied = vector(n, (i) => i).filter(() => r.uniform() < 0.4);
      // b is chosen so that the state y is fixed, with its tied neurons at a kink.
      const y = vector(n, (i) => (tied.includes(i) ? r.pick(kink) : 2 * r.normal()));
      const weights = matrix(n, () => r.normal() / Math.sqrt(n));
      const probe = await problemOf({ layers: [[name, n]], weights });
      const evaluator = new Evaluator(probe, algebra);
      evaluator.moveTo(Float64Array.from(y));
      const bias = y.map((v, i) => v - rowsOf(probe)[i].reduce((sum, w, j) => sum + w * evaluator.g[j], 0));
      const problem = await problemOf({ layers: [[name, n]], weights, bias });
      const { points } = await counted(problem);
      const here = points.filter(({ state }) => Math.hypot(...state.map((v, i) => v - y[i])) < 1e-9);
      expect(here).toHaveLength(1);
      expect(here[0].tied).toEqual(tied);
    }
  });

  test('b = 0: the origin is tied in every neuron, and listed once', async () => {
    const r = random(3);
    const { points, patterns } = await counted(
      await problemOf({ layers: [['relu', 10]], weights: matrix(10, () => r.normal() / 4) }),
    );
    expect(patterns).toBe(1024);
    const origin = points.filter(({ state }) => Math.hypot(...state) < 1e-9);
    expect(origin).toHaveLength(1);
    expect(origin[0].tied).toEqual(vector(10, (i) => i));
  });
});

describe('small numbers of fixed points', () => {
  const one = async (name: string, w: number, b: number) =>
    (await counted(await problemOf({ layers: [[name, 1]], weights: [[w]], bias: [b] }))).points.map(
      (p) => p.state[0],
    );

  test('none, one, two, three', async () => {
    // y = 2 max(y, 0) + 1: y = -1 is not alive, y = 1 is not dead.
    expect(await one('relu', 2, 1)).toEqual([]);
    expect(await one('relu', 2, -1)).toEqual([-1, 1]);
    expect(await one('relu', 0.5, -1)).toEqual([-1]);
    expect(await one('hard-tanh', 2, 0)).toEqual([-2, 0, 2]);
    expect(await one('identity', 0.5, 1)).toEqual([2]);
    expect(await one('identity', 1, 1)).toEqual([]);
  });

  test('decoupled bistable neurons: the product of their points', async () => {
    const { points } = await counted(
      await problemOf({
        layers: [['hard-tanh', 6]],
        weights: matrix(6, (i, j) => 2 * Number(i === j)),
      }),
    );
    expect(points).toHaveLength(3 ** 6);
    expect(new Set(points.map(({ state }) => state.map((v) => Math.round(v)).join())).size).toBe(3 ** 6);
  });

  test('R does not move them', async () => {
    const r = random(8);
    const given = {
      layers: [['relu', 4]] as const,
      weights: symmetric(4, () => r.normal()),
      bias: vector(4, () => r.normal()),
    };
    const plain = await counted(await problemOf(given));
    for (const design of ['gradient', 'polar', 'weights'] as const) {
      const { points } = await counted(await problemOf({ ...given, equation: 13, design: { name: design } }));
      expect(points).toEqual(plain.points);
    }
  });
});

describe('as a long task', () => {
  test('what is too large or smooth is refused with its size and the alternatives', async () => {
    const of = async (name: string, n: number) =>
      problemOf({ layers: [[name, n]], weights: matrix(n, (i, j) => Number(i === j) / 2) });
    const large = await of('relu', 21);
    expect(censusSize(large.network)).toMatchObject({ possible: false, patterns: 2 ** 21 });
    await expect(census(large, algebra)).rejects.toMatchObject({
      code: 'census-size',
      exitCode: 2,
      what: 'a census would solve 2,097,152 activation patterns; the limit is 1,048,576',
    });
    expect(censusSize(large.network, 2 ** 21)).toEqual({ possible: true, patterns: 2 ** 21 });
    expect(censusSize((await of('hard-tanh', 12)).network)).toEqual({ possible: true, patterns: 3 ** 12 });
    const smooth = await of('tanh', 2);
    await expect(census(smooth, algebra)).rejects.toMatchObject({ code: 'census-smooth' });
    const wide = censusSize((await of('identity', 200)).network);
    expect(wide).toMatchObject({ possible: false, patterns: 1, refusal: { code: 'census-size' } });
  });

  test('it tells its progress, lets others run and stops on request', async () => {
    const r = random(1);
    const problem = await problemOf({
      layers: [['relu', 21]],
      weights: goe(21, r),
      bias: vector(21, () => r.normal()),
    });
    // Long enough for some breaths: 2^18 patterns take hardly longer than it takes to the first.
    const limit = 2 ** 21;
    const progress: number[] = [];
    let breaths = 0;
    const timer = setInterval(() => breaths++, 0);
    await census(problem, algebra, { limit, onProgress: (done) => progress.push(done) });
    clearInterval(timer);
    expect(breaths).toBeGreaterThan(0);
    expect(progress.at(-1)).toBe(1);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect(progress.length).toBeGreaterThan(1);
    const abort = new AbortController();
    const stopped = census(problem, algebra, {
      limit,
      signal: abort.signal,
      onProgress: () => {
        abort.abort(new Error('enough'));
      },
    });
    await expect(stopped).rejects.toThrow('enough');
  });

  test('N = 20: all 2^20 patterns', async () => {
    const r = random(20);
    const problem = await problemOf({
      layers: [['relu', 20]],
      weights: matrix(20, () => r.normal() / 2),
      bias: vector(20, () => r.normal()),
    });
    const result = await counted(problem);
    console.log(
      `census, relu, N = 20: ${String(result.points.length)} points, ${result.seconds.toFixed(2)} s`,
    );
    expect(result.patterns).toBe(2 ** 20);
    expect(result.seconds).toBeLessThan(60);
  });
});
