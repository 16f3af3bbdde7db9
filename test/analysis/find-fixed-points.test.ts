/** Every fixed point, what it is: ground truth, named outcomes, and searches that are independent of the finder. */
import { describe, expect, test } from 'vitest';
import { findFixedPoints } from '../../src/analysis/find-fixed-points.js';
import type { FixedPointSearch } from '../../src/analysis/find-run.js';
import { loadAlgebra } from '../../src/model/algebra.js';
import { Evaluator, norm } from '../../src/model/evaluator.js';
import { resolveProblem, type Problem } from '../../src/model/problem.js';
import { loadModel } from '../../src/node.js';
import { problemOf } from '../problem-of.js';
import { random, randomActivation, randomMatrix, type Random } from '../random-model.js';

const algebra = await loadAlgebra();
const find = (problem: Problem, starts = 1024) => findFixedPoints(problem, algebra, { starts });
const modelProblem = async (name: string) => resolveProblem(await loadModel(`models/${name}.json`));
const classes = ({ points }: FixedPointSearch) => points.map((p) => p.class);
const identity = (n: number, scale = 1) =>
  Array.from({ length: n }, (_, i) => Array.from({ length: n }, (__, j) => (i === j ? scale : 0)));

describe('ground truth (validation.md 1-3, 7)', () => {
  test.each([
    ['fixed-point-finder-2', [0.9575, -0.9575]],
    ['fixed-point-finder-3', [0.9498, -0.4255, -0.87989]],
  ])('%s: 0 and a pair of mirror images, which are one orbit', async (name, expected) => {
    const found = await find(await modelProblem(name));
    expect(classes(found)).toEqual(['stable', 'stable', 'saddle']);
    const [first, second, origin] = found.points;
    const positive = first.state[0] > 0 ? first : second;
    expected.forEach((value, i) => {
      expect(positive.state[i]).toBeCloseTo(value, 4);
    });
    expect(first.orbit).toBe(second.orbit);
    expect(origin.orbit).not.toBe(first.orbit);
    expect(norm(origin.state)).toBeLessThan(1e-12);
    expect(found).toMatchObject({ outcome: 'saturated', complete: false, method: 'newton', unseenMass: 0 });
    if (expected.length === 3) {
      expect(first.asMap.modulus).toBeCloseTo(1.0064, 4);
      expect(first.asMap.class).toBe('saddle');
    }
  });

  test('CTLN: the 3-cycle has one point and it does not attract; two-clique', async () => {
    const cycle = await find(await modelProblem('ctln-3-cycle'));
    expect(classes(cycle)).toEqual(['saddle']);
    for (const x of cycle.points[0].state) expect(x).toBeCloseTo(4 / 13, 14);
    expect(cycle).toMatchObject({ complete: true, outcome: 'proved', method: 'census' });
    const clique = await find(await modelProblem('ctln-two-clique'));
    const states = clique.points.map(({ class: kind, state }) => [
      kind,
      ...[...state].map((v) => Number(v.toFixed(12))),
    ]);
    const expected = (...values: number[]) => values.map((v) => Number(v.toFixed(12)));
    expect(states).toEqual([
      ['stable', ...expected(4 / 7, 4 / 7, 0)],
      ['stable', ...expected(0, 0, 1)],
      ['saddle', ...expected(2 / 11, 2 / 11, 5 / 11)],
    ]);
    expect(clique.points.map((p) => p.deadDimensions)).toEqual([1, 2, 0]);
  });

  test('Hopfield 1984, figure 3', async () => {
    const { points } = await find(await modelProblem('hopfield-1984'));
    expect(points.map((p) => p.class)).toEqual(['stable', 'stable', 'saddle']);
    expect(points[0].spectrum.map((e) => e.re)).toEqual([
      expect.closeTo(-0.45885982, 8) as number,
      expect.closeTo(-1.54114018, 8) as number,
    ]);
    expect(points[2].spectrum.map((e) => e.re)).toEqual([expect.closeTo(0.4, 12), expect.closeTo(-2.4, 12)]);
  });

  test('attention: every point satisfies v = X^T softmax(beta X v)', async () => {
    const problem = await modelProblem('softmax-attention-density');
    const { points } = await find(problem);
    expect(points).toHaveLength(7);
    expect(points.filter((p) => p.class === 'stable')).toHaveLength(3);
    for (const { state, deadDimensions } of points) {
      const evaluator = new Evaluator(problem, algebra);
      evaluator.moveTo(state);
      expect(norm(evaluator.r)).toBeLessThan(1e-12);
      expect(deadDimensions).toBeGreaterThanOrEqual(1);
    }
  });
});

describe('outcomes', () => {
  test('none at all', async () => {
    const softplus = await problemOf({ layers: [['softplus', 1]], weights: [[2]], bias: [1] });
    expect(await find(softplus, 64)).toMatchObject({
      outcome: 'none-found',
      points: [],
      unseenMass: 1,
      complete: false,
    });
    const relu = await problemOf({ layers: [['relu', 1]], weights: [[2]], bias: [1] });
    expect(await find(relu, 64)).toMatchObject({
      outcome: 'proved',
      points: [],
      complete: true,
      method: 'census',
    });
  });

  test('numbers that overflow everywhere', async () => {
    const problem = await problemOf({
      layers: [['power', 2, { n: 300 }]],
      weights: identity(2, 1e30),
      bias: [1e3, 1e3],
    });
    const found = await findFixedPoints(problem, algebra, { starts: 32, box: [1e4, 1e6] });
    expect(found.outcomes.nonfinite).toBe(32);
    expect(found).toMatchObject({ outcome: 'nonfinite', points: [], unseenMass: 1 });
  });

  test('a region of NaN beside points that are found', async () => {
    const problem = await problemOf({ layers: [['power', 1, { n: 200 }]], weights: [[1]], bias: [-1] });
    const found = await findFixedPoints(problem, algebra, { starts: 256, box: [-100, 100] });
    expect(found.outcomes.nonfinite).toBeGreaterThan(0);
    expect(found.points.some((p) => p.class === 'stable' && Math.abs(p.state[0] + 1) < 1e-12)).toBe(true);
  });

  test('thousands of points: seven neurons that do not see each other have 3^7 of them in 8 orbits', async () => {
    const problem = await problemOf({ layers: [['tanh', 7]], weights: identity(7, 2) });
    const found = await find(problem, 16384);
    expect(found.parts).toBe(7);
    expect(found.points).toHaveLength(3 ** 7);
    expect(new Set(found.points.map((p) => p.orbit)).size).toBe(8);
    expect(found.points.filter((p) => p.class === 'stable')).toHaveLength(2 ** 7);
    expect(found.points.filter((p) => p.class === 'unstable')).toHaveLength(1);
  });

  test('a contraction is proved to have one point', async () => {
    const problem = await problemOf({ layers: [['tanh', 3]], weights: identity(3, 0.5), bias: [1, 2, 3] });
    expect(await find(problem, 16)).toMatchObject({ outcome: 'proved', complete: true, method: 'newton' });
  });

  test('an abort stops the search', async () => {
    const problem = await problemOf({ layers: [['tanh', 7]], weights: identity(7, 2) });
    const searching = findFixedPoints(problem, algebra, { starts: 1e6, signal: AbortSignal.timeout(100) });
    await expect(searching).rejects.toThrow(/timeout/i);
  });
});

describe('continua', () => {
  test('a line of fixed points is one continuum with its direction, not beads', async () => {
    const problem = await problemOf({
      layers: [
        ['identity', 2],
        ['tanh', 1],
      ],
      weights: [
        [0.5, 0.5, 0],
        [0.5, 0.5, 0],
        [0, 0, 0],
      ],
    });
    const { points, outcome } = await find(problem, 512);
    expect(points).toHaveLength(1);
    expect(points[0].continuum?.dimension).toBe(1);
    const [direction] = points[0].continuum?.directions ?? [];
    expect(Math.abs(direction[0])).toBeCloseTo(Math.SQRT1_2, 9);
    expect(direction[0]).toBeCloseTo(direction[1], 9);
    expect(points[0].hits).toBe(512);
    expect(outcome).toBe('saturated');
  });

  test('a ring around an unstable point', async () => {
    // y = 2 y / |y|: the circle of radius 2 (eps = 1e-5), and the origin.
    const problem = await problemOf({ layers: [['spherical', 2]], weights: identity(2, 2) });
    const { points } = await find(problem, 256);
    expect(points.map((p) => p.continuum?.dimension ?? 0)).toEqual([1, 0]);
    expect(points.map((p) => p.class)).toEqual(['undecided', 'unstable']);
    const ring = points.find((p) => p.continuum);
    expect(norm(ring?.state ?? new Float64Array(2))).toBeCloseTo(2, 4);
    for (const [k, end] of [...(ring?.continuum?.lower ?? []), ...(ring?.continuum?.upper ?? [])].entries())
      expect(end * (k < 2 ? -1 : 1)).toBeGreaterThan(1.8);
  });

  test('a plane has two directions', async () => {
    const problem = await problemOf({
      layers: [['identity', 3]],
      weights: [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 0.5],
      ],
    });
    const { points } = await find(problem, 128);
    expect(points).toHaveLength(1);
    expect(points[0].continuum?.dimension).toBe(2);
  });

  const both = (values: readonly number[]) => values.map((v) => [v, v] as const);
  test.each([
    // [what, layers, W, b, equation, boxes of the continua (the second number of a free coordinate is larger)]
    [
      'three lines of winner-take-all beside an integrator',
      [
        ['relu', 2],
        ['identity', 1],
      ],
      [
        [0, -1.5, 0],
        [-1.5, 0, 0],
        [0, 0, 1],
      ],
      [1, 1, 0],
      1,
      [
        [1, -0.5],
        [-0.5, 1],
        [0.4, 0.4],
      ].map((y) => [...both(y), undefined]),
    ],
    [
      'three lines of hard-tanh',
      [
        ['hard-tanh', 1],
        ['identity', 1],
      ],
      [
        [2, 0],
        [0, 1],
      ],
      [0, 0],
      1,
      [-2, 0, 2].map((y) => [...both([y]), undefined]),
    ],
    [
      'three lines of tanh, without a census',
      [
        ['tanh', 1],
        ['identity', 1],
      ],
      [
        [2, 0],
        [0, 1],
      ],
      [0, 0],
      1,
      [-1.9150080481545, 0, 1.9150080481545].map((y) => [...both([y]), undefined]),
    ],
    ['a half-line that ends at a kink', [['relu', 1]], [[1]], [0], 1, [[undefined]]],
    ['a segment between two kinks', [['hard-tanh', 1]], [[1]], [0], 1, [[[-1, 1]]]],
    [
      'critical winner-take-all',
      [['relu', 2]],
      [
        [0, -1],
        [-1, 0],
      ],
      [1, 1],
      1,
      [
        [
          [0, 1],
          [0, 1],
        ],
      ],
    ],
    [
      'critical winner-take-all, eq. 9',
      [['relu', 2]],
      [
        [0, -1],
        [-1, 0],
      ],
      [1, 1],
      9,
      [
        [
          [0, 1],
          [0, 1],
        ],
      ],
    ],
    [
      'a triangle',
      [['relu', 3]],
      [
        [0, -1, -1],
        [-1, 0, -1],
        [-1, -1, 0],
      ],
      [1, 1, 1],
      1,
      [
        [
          [0, 1],
          [0, 1],
          [0, 1],
        ],
      ],
    ],
    [
      'a quadrant',
      [['relu', 2]],
      [
        [1, 0],
        [0, 1],
      ],
      [0, 0],
      1,
      [[undefined, undefined]],
    ],
    [
      'three segments',
      [['hard-tanh', 2]],
      [
        [1, 0],
        [0, 3],
      ],
      [0, 0],
      1,
      [-3, 0, 3].map((y) => [[-1, 1] as const, ...both([y])]),
    ],
    [
      'a half-line of shrink',
      [['shrink', 2]],
      [
        [1, 0],
        [0, 1],
      ],
      [1, 0],
      1,
      [[undefined, [0, 0]]],
    ],
  ] as const)('%s: each is found, and no bead of it', async (_, layers, weights, bias, equation, boxes) => {
    const { points, complete } = await find(await problemOf({ layers, weights, bias, equation }), 1024);
    expect(points).toHaveLength(boxes.length);
    expect(complete).toBe(layers[0][0] !== 'tanh');
    expect(points.reduce((sum, { hits }) => sum + hits, 0)).toBe(1024);
    const found = points
      .map(({ continuum }) => continuum)
      .sort((a, b) => (a?.lower[0] ?? 0) - (b?.lower[0] ?? 0));
    // Lines along y2 are told apart by y1, segments along y1 by y2.
    const close = (lower: number, upper: number, [low, high]: readonly [number, number]) =>
      Math.abs(lower - low) < 0.02 && Math.abs(upper - high) < 0.02;
    for (const box of boxes)
      expect(
        found.filter((continuum) =>
          box.every((range, i) => {
            const [lower, upper] = [continuum?.lower[i] ?? NaN, continuum?.upper[i] ?? NaN];
            return range ? close(lower, upper, range) : upper - lower > 2.5;
          }),
        ),
      ).toHaveLength(1);
  });

  test('a curve of false memories that folds back is one', async () => {
    for (const [a, b] of [
      [2, 1],
      [3, 2],
    ]) {
      // -y1 + a tanh y1 + b tanh y2 = 0: from left to right, back, and on.
      const problem = await problemOf({
        layers: [['tanh', 2]],
        weights: [
          [a, b],
          [b, a],
        ],
        equation: 13,
        design: { name: 'matrix', matrix: { rows: 2, columns: 2, data: Float64Array.of(1, 0, 0, 0) } },
        energy: { equation: 14, coefficients: [0, 0, 1] },
      });
      for (const seed of [1, 2, 3, 4, 5]) {
        const { points } = await findFixedPoints(problem, algebra, { starts: 64, seed });
        expect(points.filter(({ falseMemory }) => falseMemory)).toHaveLength(1);
      }
    }
  });

  test('lines of false memories side by side stay apart', async () => {
    const problem = await problemOf({
      layers: [['tanh', 2]],
      weights: identity(2, 2),
      equation: 13,
      design: { name: 'matrix', matrix: { rows: 2, columns: 2, data: Float64Array.of(1, 0, 0, 0) } },
      energy: { equation: 14, coefficients: [0, 0, 1] },
    });
    const { points } = await find(problem, 512);
    const lines = points.filter(({ falseMemory }) => falseMemory).map(({ continuum }) => continuum);
    expect(lines).toHaveLength(3);
    const places = lines.map((line) => line?.lower[0] ?? NaN).sort((a, b) => a - b);
    [-1.9150080481545, 0, 1.9150080481545].forEach((y, k) => {
      expect(places[k]).toBeCloseTo(y, 6);
    });
    for (const line of lines) expect(line?.upper[0]).toBeCloseTo(line?.lower[0] ?? NaN, 6);
  });

  test('ends scattered around a triple zero are one point', async () => {
    const problem = await problemOf({
      layers: [['tanh', 2]],
      weights: [
        [1, 0],
        [0, 0.5],
      ],
    });
    const { points } = await find(problem, 512);
    expect(points).toHaveLength(1);
    expect(points[0]).not.toHaveProperty('continuum');
    expect(points[0]).toMatchObject({ class: 'undecided', hits: 512 });
  });
});

describe('false memories', () => {
  test('descent of |r|^2 gets stuck where M r = 0', async () => {
    // r = 2 exp(-y^2) - 1 - y has one zero, and a minimum of |r|^2 beside it.
    const problem = await problemOf({
      layers: [['gaussian', 1]],
      weights: [[2]],
      bias: [-1],
      equation: 13,
      design: { name: 'gradient' },
      energy: { equation: 14, coefficients: [0, 0, 1] },
    });
    const { points } = await find(problem, 512);
    const evaluator = new Evaluator(problem, algebra);
    const deceptive = points.filter((p) => p.falseMemory);
    expect(deceptive.length).toBeGreaterThan(0);
    for (const { state, residual } of deceptive) {
      evaluator.moveTo(state);
      expect(residual).toBeGreaterThan(1e-3);
      expect(norm(evaluator.velocity())).toBeLessThan(1e-9);
    }
    for (const { residual } of points.filter((p) => !p.falseMemory)) expect(residual).toBeLessThan(1e-12);
  });

  test('a constant singular R has curves of them; an invertible one none', async () => {
    const given = (data: number[]) =>
      problemOf({
        layers: [['tanh', 2]],
        weights: [
          [0.5, 0.2],
          [0.2, 0.5],
        ],
        equation: 9,
        design: { name: 'matrix', matrix: { rows: 2, columns: 2, data: Float64Array.from(data) } },
      });
    const { points } = await find(await given([1, 0, 0, 0]), 256);
    const deceptive = points.filter((p) => p.falseMemory);
    expect(deceptive).toHaveLength(1);
    expect(deceptive[0].continuum?.dimension).toBe(1);
    const invertible = await find(await given([1, 0, 0, 2]), 256);
    expect(invertible.points.map((p) => p.falseMemory)).toEqual([false]);
  });
});

test('more than 64 neurons: rotated away where they can be, by Newton where not', async () => {
  const r = random(8);
  const [visible, hidden] = [90, 5];
  const block = Array.from({ length: hidden }, () => Array.from({ length: visible }, () => r.normal() / 9));
  const w = identity(visible + hidden, 0);
  block.forEach((row, h) => {
    row.forEach((value, v) => {
      w[visible + h][v] = w[v][visible + h] = value;
    });
  });
  const layers = [
    ['identity', visible],
    ['softmax', hidden, { beta: 8 }],
  ] as const;
  const attention = await find(await problemOf({ layers, weights: w }), 128);
  expect(attention.points.filter((p) => p.class === 'stable').length).toBeGreaterThanOrEqual(2);
  const problem = await problemOf({ layers: [['tanh', 80]], weights: randomMatrix(80, r, true) });
  const found = await find(problem, 24);
  expect(found.points.length).toBeGreaterThan(0);
  for (const [of, { points }] of [
    [await problemOf({ layers, weights: w }), attention],
    [problem, found],
  ] as const) {
    const evaluator = new Evaluator(of, algebra);
    for (const { state } of points) {
      evaluator.moveTo(state);
      expect(norm(evaluator.r)).toBeLessThan(1e-10);
    }
  }
});

/** Undamped Newton with a Jacobian of differences and elimination of its own: nothing of the finder is in it. */
function plainNewton(evaluator: Evaluator, y: Float64Array): Float64Array | undefined {
  const n = y.length;
  const a = Array.from({ length: n }, () => new Float64Array(n + 1));
  for (let step = 0; step < 60; step++) {
    evaluator.moveTo(y);
    const r = evaluator.r.slice();
    const size = norm(r);
    if (!(size < 1e6)) return undefined;
    if (size < 1e-11 * (1 + norm(y))) return y;
    for (let j = 0; j < n; j++) {
      const h = 1e-7 * (1 + Math.abs(y[j]));
      evaluator.moveTo(y.map((v, i) => (i === j ? v + h : v)));
      for (let i = 0; i < n; i++) a[i][j] = (evaluator.r[i] - r[i]) / h;
    }
    for (let i = 0; i < n; i++) a[i][n] = r[i];
    for (let k = 0; k < n; k++) {
      const pivot = a.slice(k).reduce((best, row) => (Math.abs(row[k]) > Math.abs(best[k]) ? row : best));
      a.splice(a.indexOf(pivot), 1);
      a.splice(k, 0, pivot);
      for (let i = 0; i < n; i++) {
        if (i === k) continue;
        const factor = a[i][k] / pivot[k];
        for (let j = k; j <= n; j++) a[i][j] -= factor * pivot[j];
      }
    }
    y = y.map((v, i) => v - a[i][n] / a[i][i]);
  }
  return undefined;
}

function randomSmooth(r: Random): Promise<Problem> {
  const n = r.integer(2, 6);
  const first = r.integer(1, n);
  const sizes = first === n ? [n] : [first, n - first];
  return problemOf({
    layers: sizes.map((size) => {
      const { name, parameters } = randomActivation(r.pick(['tanh', 'sigmoid', 'smu', 'gelu', 'softmax']), r);
      return [name, size, parameters] as const;
    }),
    weights: {
      ...randomMatrix(n, r, r.uniform() < 0.5),
      data: randomMatrix(n, r, r.uniform() < 0.5).data.map((v) => 4 * v),
    },
    bias: Array.from({ length: n }, () => r.normal()),
    equation: r.pick([1, 9]),
  });
}

const LONG = process.env.MEMSCAPE_LONG !== undefined;

test(
  `${LONG ? '200' : '24'} random smooth networks: nothing that 2000 plain Newton starts find is missing`,
  { timeout: 1_800_000 },
  async () => {
    const r = random(2026);
    const counts = { networks: 0, points: 0, independent: 0, missing: 0, undecided: 0 };
    for (; counts.networks < (LONG ? 200 : 24); counts.networks++) {
      const problem = await randomSmooth(r);
      const evaluator = new Evaluator(problem, algebra);
      const n = problem.network.size;
      const known: Float64Array[] = [];
      for (let k = 0; k < 2000; k++) {
        const end = plainNewton(
          evaluator,
          Float64Array.from({ length: n }, () => r.uniform(-4, 4)),
        );
        if (end && !known.some((y) => norm(y.map((v, i) => v - end[i])) < 1e-5 * (1 + norm(end))))
          known.push(end);
      }
      const { points } = await findFixedPoints(problem, algebra);
      counts.points += points.length;
      counts.independent += known.length;
      counts.undecided += points.filter((p) => p.class === 'undecided').length;
      counts.missing += known.filter(
        (y) => !points.some(({ state }) => norm(state.map((v, i) => v - y[i])) < 1e-5 * (1 + norm(y))),
      ).length;
    }
    console.log('fixed points of random smooth networks:', counts);
    expect(counts.independent).toBeGreaterThan(1.8 * counts.networks);
    expect(counts.missing).toBe(0);
  },
);
