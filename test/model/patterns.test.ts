/** Stored patterns as factors against the same W expanded, in every f64 computation that meets them. */
import { describe, expect, test } from 'vitest';
import { MemscapeError } from '../../src/errors.js';
import { loadAlgebra } from '../../src/model/algebra.js';
import { jacobian } from '../../src/analysis/linearisation.js';
import { BoundedEvaluator, ROUNDOFF } from '../../src/model/bound.js';
import { dot, Evaluator, norm } from '../../src/model/evaluator.js';
import {
  applyWeights,
  applyWeightsTransposed,
  createNetwork,
  denseWeights,
  weightAt,
} from '../../src/model/network.js';
import { resolveProblem, type Problem } from '../../src/model/problem.js';
import type { Coefficients, Equation, Network, PatternTerm, Quantity } from '../../src/types.js';
import { random, randomActivation, randomMatrix, type Random } from '../random-model.js';

const algebra = await loadAlgebra();

const term = (rows: number, columns: number, r: Random, scale: number): PatternTerm => ({
  factor: { rows, columns, data: Float64Array.from({ length: rows * columns }, () => r.normal()) },
  scale,
});
const layer = (size: number, activation = 'tanh') => ({
  name: `${activation}${String(size)}`,
  size,
  activation: randomActivation(activation, random(size)),
});

/** Two layers, blocks (mostly) and one to three terms, some of them subtracted. */
function mixed(seed: number): Network {
  const r = random(seed);
  const n = r.integer(2, 9);
  const first = r.integer(1, n - 1);
  const asymmetric = seed % 3 === 0;
  return createNetwork({
    layers: [layer(first), { ...layer(n - first, 'softplus'), name: 'second' }],
    weights: seed % 4 === 0 ? [] : [{ row: 0, column: 0, matrix: randomMatrix(n, r, !asymmetric) }],
    patterns: Array.from({ length: r.integer(1, 3) }, () =>
      term(r.integer(1, n + 2), n, r, r.uniform(-1, 1) / n),
    ),
    bias: Float64Array.from({ length: n }, () => r.normal()),
  }).network;
}

/** The same W as one block. */
function expanded(network: Network): Network {
  const weights = [{ row: 0, column: 0, matrix: denseWeights(network) }];
  return { ...network, weights, patterns: [] };
}

function resolve(network: Network, equation: Equation, coefficients: Coefficients): Promise<Problem> {
  return resolveProblem({
    name: 'patterns',
    hash: '',
    network,
    notices: [],
    dynamics: { equation, design: { name: equation === 1 ? 'identity' : 'gradient' } },
    energy: { equation: equation === 9 ? 10 : 14, coefficients },
  });
}

const close = (a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number) => {
  expect(a.length).toBe(b.length);
  for (let i = 0; i < a.length; i++)
    expect(Math.abs(a[i] - b[i])).toBeLessThanOrEqual(tolerance * (1 + Math.abs(b[i])));
};

test('products, entries and the dense matrix agree', () => {
  for (let seed = 0; seed < 60; seed++) {
    const network = mixed(seed);
    const n = network.size;
    const { data } = denseWeights(network);
    const r = random(1000 + seed);
    const x = Float64Array.from({ length: n }, () => r.normal());
    const [out, back] = [new Float64Array(n).fill(9), new Float64Array(n).fill(9)];
    applyWeights(network, x, out);
    applyWeightsTransposed(network, x, back);
    const row = (i: number) => data.subarray(i * n, (i + 1) * n);
    close(
      out,
      x.map((_, i) => dot(row(i), x)),
      1e-12,
    );
    close(
      back,
      x.map((_, j) => x.reduce((sum, v, i) => sum + data[i * n + j] * v, 0)),
      1e-12,
    );
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) close([weightAt(network, i, j)], [data[i * n + j]], 1e-12);
    for (const { factor, scale } of network.patterns)
      for (let i = 0; i < n; i++)
        for (let j = 0; j < n; j++) {
          const entry = (a: number, b: number) =>
            weightAt({ weights: [], patterns: [{ factor, scale }] }, a, b);
          close([entry(i, j)], [entry(j, i)], 1e-15);
        }
  }
});

const SCALARS: readonly Quantity[] = ['energy', 'residual', 'speed', 'energy-rate', 'certificate'];
const VECTORS: readonly Quantity[] = ['rhs', 'energy-gradient'];

test('every quantity and Jacobian is that of the expanded W, and grad E the derivative of E', async () => {
  for (let seed = 0; seed < 60; seed++) {
    const network = mixed(seed);
    const n = network.size;
    for (const equation of [1, 9, 13] as const) {
      const coefficients: Coefficients = network.symmetric ? [equation === 9 ? 0.3 : 0, 0.7, 1.1] : [0, 0, 1];
      const problem = await resolve(network, equation, coefficients);
      const factored = new Evaluator(problem, algebra);
      const dense = new Evaluator({ ...problem, network: expanded(network) }, algebra);
      const r = random(seed);
      const state = Float64Array.from({ length: n }, () => r.normal());
      factored.moveTo(state);
      dense.moveTo(state);
      for (const quantity of [...SCALARS, ...VECTORS]) {
        const length = VECTORS.includes(quantity) ? n : 1;
        const [a, b] = [new Float64Array(length), new Float64Array(length)];
        factored.write(quantity, a, 0, 1);
        dense.write(quantity, b, 0, 1);
        close(a, b, 1e-11);
      }
      const [p, q] = [jacobian(factored), jacobian(dense)];
      if (!p || !q) throw new Error('R is not defined');
      close(p.data, q.data, 1e-11);

      const gradient = factored.metricTimesResidual().map((m) => -m);
      const v = Float64Array.from({ length: n }, () => r.normal() / Math.sqrt(n));
      const energy = (t: number) => {
        factored.moveTo(state.map((y, i) => y + t * v[i]));
        return factored.energy();
      };
      const h = 1e-4;
      const slope = (8 * (energy(h) - energy(-h)) - (energy(2 * h) - energy(-2 * h))) / (12 * h);
      const size = 1 + norm(gradient) + Math.abs(energy(0));
      expect(Math.abs(slope - dot(gradient, v)) / size).toBeLessThan(1e-7);
    }
  }
});

describe('the running error bound', () => {
  /** r of eq. 1 in f32, every product and sum rounded, in two stages. */
  function single(network: Network, g: Float64Array, state: Float64Array): Float64Array {
    const f = Math.fround;
    const out = Float64Array.from(network.bias, f);
    for (const { factor, scale } of network.patterns)
      for (let k = 0; k < factor.rows; k++) {
        const pattern = factor.data.subarray(k * network.size, (k + 1) * network.size);
        let overlap = 0;
        for (let j = 0; j < pattern.length; j++) overlap = f(overlap + f(f(pattern[j]) * f(g[j])));
        overlap = f(f(scale) * overlap);
        for (let i = 0; i < out.length; i++) out[i] = f(out[i] + f(f(pattern[i]) * overlap));
      }
    return out.map((value, i) => f(value - f(state[i])));
  }

  test('holds for f32 in two stages, and is not slack', async () => {
    let [used, most] = [0, 0];
    for (let seed = 0; seed < 200; seed++) {
      const r = random(seed);
      const [n, k] = [r.integer(2, 60), r.integer(1, 30)];
      const { network } = createNetwork({
        layers: [{ name: 'x', size: n, activation: { name: 'identity', parameters: {} } }],
        weights: [],
        patterns: [term(k, n, r, r.uniform(-2, 2) / n)],
        bias: Float64Array.from({ length: n }, () => r.normal()),
      });
      const bounded = new BoundedEvaluator(await resolve(network, 1, [0, 0, 1]), algebra);
      const state = Float64Array.from({ length: n }, () => r.normal());
      bounded.moveTo(state);
      const { value, error } = bounded.evaluate('rhs');
      const kernel = single(network, state, state);
      for (let i = 0; i < n; i++) {
        const share = Math.abs(kernel[i] - value[i]) / error[i];
        expect(share).toBeLessThan(4);
        used = Math.max(used, share);
        most = Math.max(most, error[i] / (ROUNDOFF * (1 + Math.abs(value[i]))));
      }
    }
    // A bound of rounding errors, neither idle nor far too large.
    expect(used).toBeGreaterThan(0.05);
    expect(most).toBeLessThan(1e5);
  });

  test('a factor that f32 cannot hold counts with its rounding', async () => {
    const make = async (entry: number) => {
      const { network } = createNetwork({
        layers: [layer(1, 'identity')],
        weights: [],
        patterns: [{ factor: { rows: 1, columns: 1, data: Float64Array.of(entry) }, scale: 1 }],
      });
      const bounded = new BoundedEvaluator(await resolve(network, 1, [0, 0, 1]), algebra);
      bounded.moveTo(Float64Array.of(1));
      return bounded.evaluate('rhs').error[0];
    };
    const [exact, rounded] = [await make(1), await make(1 + 2 ** -25)];
    expect(rounded - exact).toBeGreaterThan(2 ** -25);
  });
});

describe('createNetwork', () => {
  const parts = (patterns: readonly PatternTerm[]) => ({ layers: [layer(2)], weights: [], patterns });
  const matrix = (rows: number, columns: number, data: number[]) => ({
    rows,
    columns,
    data: Float64Array.from(data),
  });

  test('copies the factors', () => {
    const given = { factor: matrix(1, 2, [1, 2]), scale: 2 };
    const { network, notices } = createNetwork(parts([given]));
    given.factor.data[0] = 9;
    expect([...network.patterns[0].factor.data]).toEqual([1, 2]);
    expect(network.symmetric).toBe(true);
    expect(notices).toEqual([]);
  });

  test.each<[string, PatternTerm, string]>([
    ['no rows', { factor: matrix(0, 2, []), scale: 1 }, 'patterns term 0 factor: expected K x 2 numbers'],
    ['too narrow', { factor: matrix(2, 1, [1, 2]), scale: 1 }, 'patterns term 0 factor'],
    ['too few numbers', { factor: matrix(2, 2, [1, 2]), scale: 1 }, 'patterns term 0 factor'],
    ['half a row', { factor: matrix(1.5, 2, [1, 2, 3]), scale: 1 }, 'patterns term 0 factor'],
    ['NaN', { factor: matrix(1, 2, [1, NaN]), scale: 1 }, 'patterns term 0 factor[0][1]'],
    ['float32 overflow', { factor: matrix(2, 2, [1, 1, 1, 4e38]), scale: 1 }, 'patterns term 0 factor[1][1]'],
    ['a scale of NaN', { factor: matrix(1, 2, [1, 1]), scale: NaN }, 'patterns term 0 scale'],
    ['a scale beyond float32', { factor: matrix(1, 2, [1, 1]), scale: -1e39 }, 'patterns term 0 scale'],
    ['W beyond float32', { factor: matrix(1, 2, [1, 1e20]), scale: -1 }, 'W[1][1] = -1e+40'],
  ])('refuses %s', (_, given, what) => {
    let error: unknown;
    try {
      createNetwork(parts([given]));
    } catch (thrown) {
      error = thrown;
    }
    if (!(error instanceof MemscapeError)) throw new Error('was accepted');
    expect(error.what).toContain(what);
    expect(error.exitCode).toBe(2);
  });

  test('refuses very many terms', () => {
    const one = { factor: matrix(1, 2, [1, 1]), scale: 1 };
    expect(() => createNetwork(parts(Array.from({ length: 65 }, () => one)))).toThrow('at most 64 terms');
  });

  test('tells what float32 turns into 0', () => {
    const { notices } = createNetwork(
      parts([
        { factor: matrix(2, 2, [1, 1e-40, 1e-41, 0]), scale: 1 },
        { factor: matrix(1, 2, [1, 1]), scale: 1e-50 },
      ]),
    );
    expect(notices).toHaveLength(1);
    expect(notices[0]).toContain('3 numbers');
    expect(notices[0]).toContain('patterns term 0 factor[0][1] = 1e-40');
  });
});

describe('large networks are never expanded', () => {
  const big = 65536;

  test('certified coefficients, and the refusal of b1', async () => {
    const r = random(5);
    const scale = 1 / big;
    const { network } = createNetwork({
      layers: [{ name: 'x', size: big, activation: { name: 'tanh', parameters: { beta: 1 } } }],
      weights: [],
      patterns: [term(4, big, r, scale)],
    });
    const { energy } = await resolveProblem({
      name: '',
      hash: '',
      network,
      notices: [],
      dynamics: { equation: 1, design: { name: 'identity' } },
      energy: { equation: 14, coefficients: 'certified' },
    });
    const { factor } = network.patterns[0];
    const pattern = (k: number) => factor.data.subarray(k * big, (k + 1) * big);
    const gram = Float64Array.from({ length: 16 }, (_, at) => scale * dot(pattern(at >> 2), pattern(at & 3)));
    const largest = Math.max(...algebra.symmetricEigen({ rows: 4, columns: 4, data: gram }).values);
    expect(energy.coefficients[1]).toBeGreaterThanOrEqual((1.25 * largest ** 2) / 4);
    expect(energy.coefficients[1]).toBeLessThan(((1.25 * largest ** 2) / 4) * (1 + 1e-6));
    await expect(resolve(network, 1, [1, 0, 0])).rejects.toMatchObject({ code: 'model-singular' });
  });

  test('an asymmetric W names its worst pair, patterns included', async () => {
    const { network } = createNetwork({
      layers: [{ name: 'x', size: 9000, activation: { name: 'tanh', parameters: { beta: 1 } } }],
      weights: [{ row: 8000, column: 2, matrix: { rows: 1, columns: 3, data: Float64Array.of(1, 5, -5) } }],
      patterns: [term(1, 9000, random(1), 1)],
    });
    expect(network.symmetric).toBe(false);
    const { energy } = await resolveProblem({
      name: '',
      hash: '',
      network,
      notices: [],
      dynamics: { equation: 1, design: { name: 'identity' } },
      energy: { equation: 14, coefficients: 'default' },
    });
    expect(energy.coefficients).toEqual([0, 0, 1]);
    expect(energy.why).toContain(
      `weights[8000][3] is ${String(weightAt(network, 8000, 3))} and weights[3][8000] is ${String(weightAt(network, 3, 8000))}`,
    );
  });
});
