import { describe, expect, test } from 'vitest';
import { MemscapeError } from '../../src/errors.js';
import {
  applyWeights,
  applyWeightsTransposed,
  createNetwork,
  denseWeights,
} from '../../src/model/network.js';
import type { NetworkParts } from '../../src/model/network.js';
import { randomStream } from '../../src/model/random.js';
import type { WeightBlock } from '../../src/types.js';

const block = (row: number, column: number, rows: number[][]): WeightBlock => ({
  row,
  column,
  matrix: { rows: rows.length, columns: rows[0].length, data: Float64Array.from(rows.flat()) },
});
const layer = (size: number, name = 'x') => ({ name, size, activation: { name: 'relu', parameters: {} } });
const dense = (rows: number[][], bias?: number[]): NetworkParts => ({
  layers: [layer(rows.length)],
  weights: [block(0, 0, rows)],
  ...(bias ? { bias } : {}),
});

function refusal(parts: NetworkParts): MemscapeError {
  try {
    createNetwork(parts);
  } catch (error) {
    if (error instanceof MemscapeError) return error;
    throw error;
  }
  throw new Error('was accepted');
}

describe('symmetry', () => {
  test('exact symmetry gives no notice', () => {
    const { network, notices } = createNetwork(
      dense([
        [0, -1.5],
        [-1.5, 0],
      ]),
    );
    expect(network.symmetric).toBe(true);
    expect(notices).toEqual([]);
    expect([...network.bias]).toEqual([0, 0]);
  });

  test('up to 1e-6 max|W| is symmetrised, with a notice, and the input is not changed', () => {
    const given = dense([
      [2, 1],
      [1 + 1.9e-6, 0],
    ]);
    const { network, notices } = createNetwork(given);
    expect(network.symmetric).toBe(true);
    expect(notices).toHaveLength(1);
    expect(notices[0]).toContain('symmetric');
    const { data } = network.weights[0].matrix;
    expect(data[1]).toBe(data[2]);
    expect(data[1]).toBeCloseTo(1 + 0.95e-6, 12);
    expect(given.weights[0].matrix.data[1]).toBe(1);
  });

  test('beyond that W stays as it is', () => {
    const { network, notices } = createNetwork(
      dense([
        [2, 1],
        [1 + 2.1e-6, 0],
      ]),
    );
    expect(network.symmetric).toBe(false);
    expect(notices).toEqual([]);
    expect(network.weights[0].matrix.data[2]).toBe(1 + 2.1e-6);
  });

  test('blocks are compared with their mirror images, also when cut differently', () => {
    const layers = [layer(2, 'a'), layer(1, 'b'), layer(1, 'c')];
    const up = block(2, 0, [
      [1, 2],
      [3, 4],
    ]);
    const whole = createNetwork({
      layers,
      weights: [
        up,
        block(0, 2, [
          [1, 3],
          [2, 4],
        ]),
      ],
    });
    expect(whole.network.symmetric).toBe(true);
    const cut = createNetwork({ layers, weights: [up, block(0, 2, [[1], [2]]), block(0, 3, [[3], [4]])] });
    expect(cut.network.symmetric).toBe(true);
    const wrong = createNetwork({ layers, weights: [up, block(0, 2, [[1], [2]]), block(0, 3, [[3], [5]])] });
    expect(wrong.network.symmetric).toBe(false);
    expect(createNetwork({ layers, weights: [up] }).network.symmetric).toBe(false);
    expect(createNetwork({ layers, weights: [] }).network.symmetric).toBe(true);
  });

  test('a tiny connection without a partner is dropped', () => {
    const { network, notices } = createNetwork({
      layers: [layer(1, 'a'), layer(1, 'b')],
      weights: [block(0, 0, [[1]]), block(1, 0, [[1e-9]])],
    });
    expect(network.symmetric).toBe(true);
    expect(notices).toHaveLength(1);
    expect([...denseWeights(network).data]).toEqual([1, 0, 0, 0]);
  });
});

describe('products', () => {
  test('blocks and the dense matrix agree', () => {
    const { normal } = randomStream(1);
    let count = 0;
    const make = (rows: number, columns: number) =>
      Array.from({ length: rows }, () => Array.from({ length: columns }, () => normal(count++)));
    const { network } = createNetwork({
      layers: [layer(3, 'a'), layer(4, 'b'), layer(2, 'c')],
      weights: [
        block(3, 0, make(4, 3)),
        block(7, 3, make(2, 4)),
        block(0, 0, make(3, 3)),
        block(0, 7, make(3, 2)),
      ],
    });
    const n = network.size;
    const { data } = denseWeights(network);
    const x = Float64Array.from({ length: n }, () => normal(count++));
    const out = new Float64Array(n).fill(9);
    applyWeights(network, x, out);
    for (let i = 0; i < n; i++)
      expect(out[i]).toBeCloseTo(
        x.reduce((s, v, j) => s + data[i * n + j] * v, 0),
        13,
      );
    applyWeightsTransposed(network, x, out);
    for (let j = 0; j < n; j++)
      expect(out[j]).toBeCloseTo(
        x.reduce((s, v, i) => s + data[i * n + j] * v, 0),
        13,
      );
  });
});

describe('refusals', () => {
  test.each<[string, NetworkParts, string]>([
    [
      'NaN',
      dense([
        [0, NaN],
        [0, 0],
      ]),
      'W[0][1]',
    ],
    [
      'infinity',
      dense([
        [0, 0],
        [-Infinity, 0],
      ]),
      'W[1][0]',
    ],
    [
      'float32 overflow',
      dense([
        [0, 0],
        [0, 3.5e38],
      ]),
      'W[1][1]',
    ],
    ['bias that is not finite', dense([[0]], [NaN]), 'bias[0]'],
    ['bias of the wrong length', dense([[0]], [1, 2]), 'bias'],
    ['no layer', { layers: [], weights: [] }, 'layers'],
    ['layer of size 0', { layers: [layer(0)], weights: [] }, 'layers[0].size'],
    ['too many neurons', { layers: [layer(65536), layer(1, 'y')], weights: [] }, 'layers[1].size'],
    ['two layers of one name', { layers: [layer(1), layer(1)], weights: [] }, 'layers[1].name'],
    ['block outside', { layers: [layer(1)], weights: [block(0, 0, [[1, 2]])] }, 'weights block 0'],
    [
      'blocks that overlap',
      { layers: [layer(2)], weights: [block(0, 0, [[1, 2]]), block(0, 1, [[1], [2]])] },
      'W[0][1]',
    ],
    [
      'unknown activation',
      { layers: [{ name: 'x', size: 1, activation: { name: 'rleu', parameters: {} } }], weights: [] },
      'layers[0].activation',
    ],
    [
      'parameter outside its domain',
      {
        layers: [{ name: 'x', size: 1, activation: { name: 'tanh', parameters: { beta: 0 } } }],
        weights: [],
      },
      'layers[0].activation.beta',
    ],
  ])('%s', (_, parts, path) => {
    const error = refusal(parts);
    expect(error.what).toContain(path);
    expect(error.exitCode).toBe(2);
    expect(error.code).toMatch(/^model-/);
  });

  test('what float32 turns into 0 is told', () => {
    const { notices, network } = createNetwork(
      dense(
        [
          [0, 1e-50],
          [1e-50, 0],
        ],
        [1e-40, 0],
      ),
    );
    expect(notices).toHaveLength(2);
    expect(notices[0]).toContain('W[0][1] = 1e-50');
    expect(notices[1]).toContain('bias[0] = 1e-40');
    expect(network.weights[0].matrix.data[1]).toBe(1e-50);
  });

  test('a dense matrix is refused where it would fill the memory', () => {
    const { network } = createNetwork({ layers: [layer(65536)], weights: [] });
    expect(() => denseWeights(network)).toThrow(MemscapeError);
  });
});
