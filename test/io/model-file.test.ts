import { afterEach, describe, expect, test } from 'vitest';
import { activationRow, registerActivation } from '../../src/model/activation.js';
import { denseWeights } from '../../src/model/network.js';
import { goe } from '../../src/model/random.js';
import { readModel } from '../../src/io/model-file.js';
import { writeNpy } from '../../src/io/npy.js';
import { refusal, winner } from './helpers.js';

const layers = (activation: unknown) => [{ size: 2, activation }];
const weightsOf = async (weights: unknown, size = 2) => {
  const { network } = await readModel(winner({ layers: [{ size, activation: 'relu' }], weights, bias: 0 }));
  return [...denseWeights(network).data];
};

describe('a minimal model', () => {
  test('has the defaults of the interface', async () => {
    const model = await readModel(JSON.stringify(winner({ bias: undefined })), undefined, { name: 'mine' });
    expect(model.name).toBe('mine');
    expect(model.network.layers).toEqual([
      { name: 'x', offset: 0, size: 2, activation: { name: 'relu', parameters: {} } },
    ]);
    expect([...model.network.bias]).toEqual([0, 0]);
    expect(model.network.symmetric).toBe(true);
    expect(model.dynamics).toEqual({ equation: 1, design: { name: 'identity' } });
    expect(model.energy).toEqual({ equation: 14, coefficients: 'default' });
    expect(model.notices).toEqual([]);
    expect(model.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(structuredClone(model)).toEqual(model);
  });

  test('names its layers layer0, layer1, ..', async () => {
    const given = [
      { size: 1, activation: 'relu' },
      { size: 1, activation: 'tanh' },
    ];
    const { network } = await readModel(winner({ layers: given }));
    expect(network.layers.map(({ name, offset }) => [name, offset])).toEqual([
      ['layer0', 0],
      ['layer1', 1],
    ]);
  });
});

describe('activations', () => {
  test.each<[unknown, Record<string, number>]>([
    ['tanh', { beta: 1 }],
    [{ name: 'tanh', beta: 2 }, { beta: 2 }],
    ['leaky-relu', { a: 0.01 }],
    ['elu', { a: 1 }],
    ['power', { n: 2 }],
    ['shrink', { t: 1 }],
    [
      { name: 'smu', mu: 3 },
      { a: 0.25, mu: 3 },
    ],
    ['layer-norm', { eps: 1e-5 }],
  ])('%j', async (activation, parameters) => {
    const { network } = await readModel(winner({ layers: layers(activation) }));
    expect(network.layers[0].activation.parameters).toEqual(parameters);
  });

  describe('a registered row', () => {
    let remove = (): void => undefined;
    afterEach(() => {
      remove();
    });
    test('works at once', async () => {
      remove = registerActivation('test-tanh', activationRow('tanh'));
      const { network } = await readModel(winner({ layers: layers({ name: 'test-tanh', beta: 3 }) }));
      expect(network.layers[0].activation).toEqual({ name: 'test-tanh', parameters: { beta: 3 } });
      expect((await refusal(winner({ layers: layers('tset-tanh') }))).mend).toContain(
        'did you mean "test-tanh"',
      );
    });
  });

  test.each<[unknown, string, string]>([
    ['rleu', 'layers[0].activation', 'did you mean "relu"'],
    ['Tanh', 'layers[0].activation', 'did you mean "tanh"'],
    [{ name: 'leaky_relu' }, 'layers[0].activation.name', 'did you mean "leaky-relu"'],
    ['constructor', 'layers[0].activation', 'valid: "identity"'],
    [{ name: 'tanh', bta: 1 }, 'layers[0].activation.bta', 'did you mean "beta"'],
    [{ name: 'relu', beta: 1 }, 'layers[0].activation.beta', 'remove it'],
    [{ name: 'tanh', beta: 0 }, 'layers[0].activation.beta', 'beta > 0'],
    [{ name: 'tanh', beta: '1' }, 'layers[0].activation.beta', 'without quotation marks'],
    [{ name: 'tanh', beta: 1e-50 }, 'layers[0].activation.beta', 'beta > 0'],
    [{ name: 'tanh', beta: 1e39 }, 'layers[0].activation.beta', 'rescale'],
    [{ name: 'smu', a: 1 }, 'layers[0].activation.a', '0 <= a < 1'],
    [{ name: 'power', n: 1.5 }, 'layers[0].activation.n', 'n >= 2'],
    [{ beta: 1 }, 'layers[0].activation.name', 'add "name"'],
    [7, 'layers[0].activation', '"tanh"'],
    [null, 'layers[0].activation', '"tanh"'],
  ])('refused: %j', async (activation, path, mend) => {
    const error = await refusal(winner({ layers: layers(activation) }));
    expect(error.what).toMatch(new RegExp(`^${path.replace(/[[\].]/g, '\\$&')}: expected .*, found `));
    expect(error.mend).toContain(mend);
  });
});

describe('weights', () => {
  test('random', async () => {
    expect(await weightsOf({ random: 'goe', seed: 7, scale: 2 }, 5)).toEqual([...goe(5, 7, 2).data]);
    expect(await weightsOf({ random: 'gaussian', seed: 7 }, 3)).toHaveLength(9);
  });

  const two = [
    { name: 'v', size: 2, activation: 'identity' },
    { name: 'h', size: 1, activation: 'softmax' },
  ];
  const blocks = async (given: unknown) => {
    const { network } = await readModel(winner({ layers: two, weights: { blocks: given }, bias: undefined }));
    return { dense: [...denseWeights(network).data], symmetric: network.symmetric };
  };

  test('blocks: feedback none, transposed, of its own', async () => {
    const block = { from: 'v', to: 'h', matrix: [[5, 6]] };
    const forward = [0, 0, 0, 0, 0, 0, 5, 6, 0];
    expect(await blocks([block])).toEqual({ dense: forward, symmetric: false });
    expect(await blocks([{ ...block, feedback: 'none' }])).toEqual({ dense: forward, symmetric: false });
    const both = { dense: [0, 0, 5, 0, 0, 6, 5, 6, 0], symmetric: true };
    expect(await blocks([{ ...block, feedback: 'transpose' }])).toEqual(both);
    const own = { dense: [0, 0, 7, 0, 0, 8, 5, 6, 0], symmetric: false };
    expect(await blocks([{ ...block, feedback: [[7], [8]] }])).toEqual(own);
    expect((await blocks([])).symmetric).toBe(true);
  });

  test.each<[unknown, string, string]>([
    [[{ from: 'v', to: 'hh', matrix: [[5, 6]] }], 'weights.blocks[0].to', 'did you mean "h"'],
    [[{ from: 'v', to: 'h', matrix: [[5], [6]] }], 'weights.blocks[0].matrix', ''],
    [
      [{ from: 'v', to: 'h', matrix: [[5, 6]], feedback: 'transposed' }],
      'weights.blocks[0].feedback',
      '"transpose"',
    ],
    [[{ from: 'v', to: 'h', matrix: [[5, 6]], feedback: [[1, 2]] }], 'weights.blocks[0].feedback', ''],
    [[{ from: 'v', to: 'h', matrix: [[5, 6]], feedback: null }], 'weights.blocks[0].feedback', ''],
    [[{ from: 'v', to: 'h', matrix: [[5, 'x']] }], 'weights.blocks[0].matrix[0][1]', ''],
    [[{ from: 'v', to: 'h' }], 'weights.blocks[0].matrix', 'add "matrix"'],
    [[{ from: 'v', to: 'h', matrx: [[5, 6]] }], 'weights.blocks[0].matrx', 'did you mean "matrix"'],
    [
      [{ from: 'h', to: 'h', matrix: [[5]], feedback: 'transpose' }],
      'weights.blocks[0].feedback',
      'needs no feedback',
    ],
    [
      [
        { from: 'v', to: 'h', matrix: [[5, 6]] },
        { from: 'v', to: 'h', matrix: [[5, 6]] },
      ],
      'weights.blocks[1].matrix',
      'sum',
    ],
    [{}, 'weights.blocks', 'square brackets'],
  ])('blocks refused: %j', async (given, path, mend) => {
    const error = await refusal(winner({ layers: two, weights: { blocks: given }, bias: 0 }));
    expect(error.what.startsWith(`${path}: `)).toBe(true);
    expect(error.mend).toContain(mend);
  });

  test.each<[unknown, string]>([
    [[[0, -1.5], [-1.5]], 'weights[1]: expected 2 numbers, found 1'],
    [[[0, -1.5]], 'weights: expected 2 rows, found 1'],
    [[], 'weights: expected 2 rows, found 0'],
    [
      [
        [0, 'a'],
        [0, 0],
      ],
      'weights[0][1]: expected a finite number, found the text "a"',
    ],
    [
      [
        [0, null],
        [0, 0],
      ],
      'weights[0][1]: expected a finite number, found null',
    ],
    [[[0, 1], { 0: 1 }], 'weights[1]: expected an array of 2 numbers'],
    [
      [
        [0, [1]],
        [0, 0],
      ],
      'weights[0][1]: expected a finite number, found an array of 1',
    ],
    ['W.npy', 'weights: expected an array of rows, or an object'],
    [{ flie: 'W.npy' }, 'weights: expected an array of rows, or an object'],
    [{ random: 'goa', seed: 1 }, 'weights.random: expected one of "goe", "gaussian", found the text "goa"'],
    [{ random: 'goe' }, 'weights.seed: expected the key "seed", found nothing'],
    [{ random: 'goe', seed: -1 }, 'weights.seed: expected an integer'],
    [{ random: 'goe', seed: 1, scale: -1 }, 'weights.scale: expected a number >= 0'],
    [{ random: 'goe', seed: 1, sacle: 1 }, 'weights.sacle: expected a key of weights'],
  ])('refused: %j', async (weights, what) => {
    expect((await refusal(winner({ weights }))).what).toContain(what);
  });

  test('numbers that JSON allows and float32 does not', async () => {
    const text = JSON.stringify(winner()).replace('-1.5', '1e999');
    expect((await refusal(text)).what).toContain('weights[0][1]: expected');
    expect((await refusal(text)).code).toBe('model-not-finite');
    expect(
      (
        await refusal(
          winner({
            weights: [
              [0, 1e39],
              [0, 0],
            ],
          }),
        )
      ).code,
    ).toBe('model-float32');
    const { notices } = await readModel(
      winner({
        weights: [
          [0, 1e-50],
          [1e-50, 0],
        ],
      }),
    );
    expect(notices[0]).toContain('float32');
  });

  test('a dense random W is refused where it would fill the memory', async () => {
    const model = winner({
      weights: { random: 'goe', seed: 1 },
      layers: [{ size: 9000, activation: 'relu' }],
      bias: 0,
    });
    expect((await refusal(model)).what).toContain('8192');
  });

  test('65536 short rows do not ask for 32 GiB', async () => {
    const rows: unknown[] = Array.from({ length: 65536 }, () => [0]);
    const model = winner({ layers: [{ size: 65536, activation: 'relu' }], weights: rows, bias: 0 });
    expect((await refusal(model)).what).toContain('weights[0]: expected 65536 numbers, found 1');
  });
});

describe('files', () => {
  const disk = new Map<string, Uint8Array>([
    ['W.npy', writeNpy([2, 2], Float32Array.of(0, -1.5, -1.5, 0))],
    ['sub/b.npy', writeNpy([2], Float64Array.of(1, 1))],
    ['big.npy', writeNpy([2, 2], Float64Array.of(0, 0, 1e39, 0))],
    ['nan.npy', writeNpy([2, 2], Float64Array.of(0, NaN, 0, 0))],
  ]);
  const resolve = (path: string) => {
    const bytes = disk.get(path);
    return bytes === undefined ? Promise.reject(new Error(`no ${path}`)) : Promise.resolve(bytes);
  };

  test('give the same model and hash as nested arrays', async () => {
    const filed = await readModel(
      winner({ weights: { file: 'W.npy' }, bias: { file: 'sub/b.npy' } }),
      resolve,
    );
    const nested = await readModel(winner());
    expect(filed.network).toEqual(nested.network);
    expect(filed.hash).toBe(nested.hash);
    const blocked = winner({ weights: { blocks: [{ from: 'x', to: 'x', matrix: { file: 'W.npy' } }] } });
    expect((await readModel(blocked, resolve)).hash).toBe(nested.hash);
  });

  test.each<[unknown, number, string]>([
    ['../W.npy', 2, 'leaves the folder'],
    ['sub/../../W.npy', 2, 'leaves the folder'],
    ['/etc/W.npy', 2, 'leave the folder'],
    ['C:/W.npy', 2, 'leave the folder'],
    ['file:///W.npy', 2, 'leave the folder'],
    ['..\\W.npy', 2, 'different systems'],
    ['W.npy\u0000', 2, 'different systems'],
    ['', 2, 'names the file'],
    [7, 2, 'names the file'],
    ['W.csv', 2, 'ending'],
    ['none.npy', 3, 'no none.npy'],
    ['sub/b.npy', 2, 'row and a column'],
    ['nan.npy', 3, 'NaN'],
    ['big.npy', 2, 'float32'],
  ])('refused: %j', async (file, exitCode, why) => {
    const error = await refusal(winner({ weights: { file } }), resolve);
    expect(error.exitCode).toBe(exitCode);
    expect(error.why).toContain(why);
  });

  test('are refused where nothing can read them', async () => {
    expect((await refusal(winner({ weights: { file: 'W.npy' } }))).code).toBe('model-file');
  });
});

describe('bias', () => {
  test('one number for all', async () => {
    expect([...(await readModel(winner({ bias: -2 }))).network.bias]).toEqual([-2, -2]);
  });
  test.each<[unknown, string]>([
    [[1], 'bias: expected 2 numbers, found 1'],
    [[1, true], 'bias[1]: expected a finite number, found true'],
    ['1', 'bias: expected an array of numbers'],
    [null, 'bias: expected an array of numbers'],
    [{}, 'bias.file: expected the key "file"'],
  ])('refused: %j', async (bias, what) => {
    expect((await refusal(winner({ bias }))).what).toContain(what);
  });
});

describe('dynamics', () => {
  test.each<[unknown, unknown]>([
    [{ equation: 9 }, { equation: 9, design: { name: 'identity' } }],
    [
      { equation: 1, R: 'identity' },
      { equation: 1, design: { name: 'identity' } },
    ],
    [
      { equation: 13, R: 'adaptive-polar' },
      { equation: 13, design: { name: 'adaptive-polar' } },
    ],
    [
      { equation: 13, R: { spectral: 'tanh' } },
      { equation: 13, design: { name: 'spectral', function: 'tanh' } },
    ],
    [
      { equation: 9, R: { sylvester: 'identity' } },
      { equation: 9, design: { name: 'sylvester', matrix: 'identity' } },
    ],
    [
      {
        equation: 9,
        R: {
          matrix: [
            [1, 2],
            [3, 4],
          ],
        },
      },
      {
        equation: 9,
        design: { name: 'matrix', matrix: { rows: 2, columns: 2, data: Float64Array.of(1, 2, 3, 4) } },
      },
    ],
    [
      {
        equation: 9,
        R: {
          sylvester: [
            [1, 0],
            [0, 1],
          ],
        },
      },
      {
        equation: 9,
        design: { name: 'sylvester', matrix: { rows: 2, columns: 2, data: Float64Array.of(1, 0, 0, 1) } },
      },
    ],
  ])('%j', async (dynamics, expected) => {
    const model = await readModel(winner({ dynamics }));
    expect(model.dynamics).toEqual(expected);
    expect(model.energy.equation).toBe(model.dynamics.equation === 9 ? 10 : 14);
  });

  test.each<[unknown, string, string]>([
    [{ equation: 2 }, 'dynamics.equation', '9'],
    [{ equation: '13' }, 'dynamics.equation', 'without quotation marks'],
    [{ R: 'gradient' }, 'dynamics.R', '13'],
    [{ equation: 1, R: 'polar' }, 'dynamics.R', '13'],
    [{ equation: 13, R: 'gradeint' }, 'dynamics.R', 'did you mean "gradient"'],
    [{ equation: 13, R: 'spectral' }, 'dynamics.R', '{ "spectral": "tanh" }'],
    [{ equation: 13, R: { spectral: 'tnah' } }, 'dynamics.R.spectral', 'did you mean "tanh"'],
    [{ equation: 13, R: { spectral: 'tanh', matrix: [] } }, 'dynamics.R', 'keep one'],
    [{ equation: 13, R: {} }, 'dynamics.R', 'keep one'],
    [{ equation: 13, R: 3 }, 'dynamics.R', ''],
    [{ equation: 13, R: { matrix: [[1, 2]] } }, 'dynamics.R.matrix', ''],
    [{ equation: 13, R: { sylvester: 'idenity' } }, 'dynamics.R.sylvester', 'did you mean "identity"'],
    [{ equation: 13, r: 'gradient' }, 'dynamics.r', 'did you mean "R"'],
    [null, 'dynamics', ''],
    [13, 'dynamics', '"equation"'],
  ])('refused: %j', async (dynamics, path, mend) => {
    const error = await refusal(winner({ dynamics }));
    expect(error.what.startsWith(`${path}: `)).toBe(true);
    expect(error.mend).toContain(mend);
  });
});

describe('energy', () => {
  const read = async (energy: unknown, equation: number, activation: unknown = 'tanh') =>
    (await readModel(winner({ layers: layers(activation), dynamics: { equation }, energy }))).energy;

  test('goes with its dynamics', async () => {
    expect(await read({ equation: 4 }, 1)).toEqual({ equation: 4, coefficients: 'default' });
    expect(await read({ equation: 5 }, 13)).toEqual({ equation: 5, coefficients: 'default' });
    expect(await read({ coefficients: 'certified' }, 9)).toEqual({ equation: 10, coefficients: 'certified' });
    expect(await read({ equation: 14, coefficients: [0, 1, 2] }, 1)).toEqual({
      equation: 14,
      coefficients: [0, 1, 2],
    });
  });

  test.each(['identity', 'sigmoid', 'arctan', 'softplus', 'selu', 'leaky-relu', 'smu'])(
    '5 with %s',
    async (activation) => {
      expect((await read({ equation: 5 }, 1, activation)).equation).toBe(5);
    },
  );

  test.each([
    'relu',
    'hard-tanh',
    'shrink',
    'gelu',
    'softmax',
    { name: 'leaky-relu', a: 0 },
    { name: 'smu', a: 0.05 },
  ])('not 5 with %j', async (activation) => {
    const error = await refusal(winner({ layers: layers(activation), energy: { equation: 5 } }));
    expect(error.what).toContain('layers[0].activation: expected an activation that is invertible');
  });

  test.each<[unknown, number, string]>([
    [{ equation: 10 }, 1, 'energy.equation: expected 4, 5, 14 for dynamics 1, found 10'],
    [{ equation: 10 }, 13, 'energy.equation: expected 4, 5, 14 for dynamics 13'],
    [{ equation: 4 }, 9, 'energy.equation: expected 10 for dynamics 9'],
    [{ equation: 14 }, 9, 'energy.equation: expected 10 for dynamics 9'],
    [{ equation: 6 }, 1, 'energy.equation: expected one of 4, 5, 10, 14'],
    [{ equation: 4, coefficients: [0, 1, 0] }, 1, 'energy.coefficients: expected no coefficients'],
    [{ coefficients: [0, 1] }, 1, 'energy.coefficients: expected 3 numbers, found 2'],
    [{ coefficients: [0, 1, '2'] }, 1, 'energy.coefficients[2]: expected a number'],
    [{ coefficients: 'certfied' }, 1, 'energy.coefficients: expected one of "certified"'],
    [{ coefficients: 1 }, 1, 'energy.coefficients: expected an array of 3 numbers'],
    [{ coeficients: 1 }, 1, 'energy.coeficients: expected a key of energy'],
  ])('refused: %j for %j', async (energy, equation, what) => {
    expect((await refusal(winner({ dynamics: { equation }, energy }))).what).toContain(what);
  });
});

describe('the model as a whole', () => {
  test.each<[unknown, string, string]>([
    [winner({ wieghts: 1 }), 'wieghts: expected a key of the model', 'did you mean "weights"'],
    [winner({ weights: undefined }), 'weights: expected the key "weights"', 'add "weights"'],
    [winner({ layers: undefined }), 'layers: expected the key "layers"', ''],
    [winner({ layers: [] }), 'layers: expected 1 to', ''],
    [winner({ layers: {} }), 'layers: expected an array of layers', ''],
    [winner({ layers: [{ size: 0, activation: 'relu' }] }), 'layers[0].size: expected an integer from 1', ''],
    [winner({ layers: [{ size: 1e9, activation: 'relu' }] }), 'layers[0].size: expected an integer', ''],
    [winner({ layers: [{ size: 2.5, activation: 'relu' }] }), 'layers[0].size: expected an integer', ''],
    [winner({ layers: [{ size: '2', activation: 'relu' }] }), 'layers[0].size: expected an integer', ''],
    [
      winner({
        layers: [
          { size: 1, activation: 'relu' },
          { size: 65536, activation: 'relu' },
        ],
      }),
      'layers[1].size',
      '',
    ],
    [winner({ layers: [{ size: 2, name: '', activation: 'relu' }] }), 'layers[0].name: expected a text', ''],
    [
      winner({
        layers: [
          { size: 1, name: 'layer1', activation: 'relu' },
          { size: 1, activation: 'relu' },
        ],
      }),
      'layers[1].name: expected a name of its own',
      'rename',
    ],
    [winner({ name: 'a\u001b[2J' }), 'name: expected a text', ''],
    [winner({ format: 'memscape-model/2' }), 'format: expected "memscape-model/1"', 'another version'],
    [winner({ format: undefined }), 'format: expected the key "format"', ''],
    [null, 'the model: expected an object', ''],
    [[], 'the model: expected an object', ''],
    ['"text"', 'the model: expected an object', ''],
  ])('refused: %j', async (json, what, mend) => {
    const error = await refusal(json);
    expect(error.what).toContain(what);
    expect(error.mend).toContain(mend);
    expect(error.exitCode).toBe(2);
    expect(error.code).toMatch(/^model-/);
  });

  test.each(['__proto__', 'constructor', 'prototype', 'toString', '\u001b[2J', 'a b'])(
    'the key %j is refused',
    async (key) => {
      for (const where of ['', '"layers":[{', '"dynamics":{', '"energy":{']) {
        const text = JSON.stringify(winner({ dynamics: { equation: 1 }, energy: { equation: 4 } })).replace(
          where === '' ? '{' : where,
          `${where === '' ? '{' : where}${JSON.stringify(key)}:{"polluted":true},`,
        );
        const error = await refusal(text);
        expect(error.code).toBe('model-key');
        expect(error.message).not.toContain('\u001b');
      }
      expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    },
  );

  test('the hash sees every number and choice, and no name or order of keys', async () => {
    const hash = async (changes: Record<string, unknown>) => (await readModel(winner(changes))).hash;
    const base = await hash({});
    expect(
      await hash({
        name: 'other',
        dynamics: { equation: 1 },
        layers: [{ activation: 'relu', name: 'z', size: 2 }],
      }),
    ).toBe(base);
    const others = await Promise.all([
      hash({
        weights: [
          [0, -1.5],
          [-1.5, 1e-9],
        ],
      }),
      hash({ bias: [1, 1 + 2 ** -52] }),
      hash({ layers: layers('softplus') }),
      hash({ layers: layers({ name: 'tanh', beta: 2 }) }),
      hash({ layers: layers('tanh') }),
      hash({
        layers: [
          { size: 1, activation: 'relu' },
          { size: 1, activation: 'relu' },
        ],
      }),
      hash({ dynamics: { equation: 13 } }),
      hash({ dynamics: { equation: 13, R: 'polar' } }),
      hash({
        dynamics: {
          equation: 13,
          R: {
            matrix: [
              [1, 0],
              [0, 1],
            ],
          },
        },
      }),
      hash({
        dynamics: {
          equation: 13,
          R: {
            matrix: [
              [1, 0],
              [0, 2],
            ],
          },
        },
      }),
      hash({ energy: { equation: 4 } }),
      hash({ energy: { coefficients: [0, 0, 1] } }),
    ]);
    expect(new Set([base, ...others]).size).toBe(others.length + 1);
  });
});
