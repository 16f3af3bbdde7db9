/** Model files whose numbers lie in .npy and .safetensors files, and W made of stored patterns. */
import { describe, expect, test } from 'vitest';
import { readModel } from '../../src/io/model-file.js';
import { writeNpy } from '../../src/io/npy.js';
import { applyWeights, denseWeights } from '../../src/model/network.js';
import { refusal, winner } from './helpers.js';
import { f32, tensorOf, writeSafetensors } from './safetensors-kit.js';

const P = [
  [1, -1, 1, 1],
  [1, 1, -1, 1],
];
const net = writeSafetensors({
  W: f32([2, 2], [0, -1.5, -1.5, 0]),
  b: f32([2], [1, 1]),
  column: f32([2, 1], [1, 1]),
  'fc.weight': f32([1, 2], [5, 6]),
  'fc.turned': f32([2, 1], [5, 6]),
  'fc.flat': f32([2], [5, 6]),
  eye: tensorOf('BOOL', [2, 2], Uint8Array.of(1, 0, 0, 1)),
  bad: f32([2, 2], [0, 0, 0, NaN]),
  big: tensorOf('F64', [2, 2], Float64Array.of(0, 1e39, 0, 0)),
  tiny: tensorOf('F8_E5M2', [2, 2], new Uint8Array(4)),
  P: f32([2, 4], P.flat()),
  PT: f32([4, 2], [1, 1, -1, 1, 1, -1, 1, 1]),
  p: f32([4], P[0]),
  none: f32([0, 4], []),
});
let fetched: string[] = [];
const disk = new Map([
  ['net.safetensors', net],
  ['NET.SafeTensors', net],
  ['cut.safetensors', net.subarray(0, net.length - 1)],
  ['empty.safetensors', writeSafetensors({})],
  ['W.npy', writeNpy([2, 2], Float32Array.of(0, -1.5, -1.5, 0))],
  ['P.npy', writeNpy([2, 4], Float64Array.from(P.flat()))],
  ['row.npy', writeNpy([1, 2], Float64Array.of(1, 1))],
]);
const resolve = (path: string) => {
  fetched.push(path);
  const bytes = disk.get(path);
  return bytes === undefined ? Promise.reject(new Error(`no ${path}`)) : Promise.resolve(bytes);
};
const tensor = (name: unknown, file = 'net.safetensors') => ({ file, tensor: name });
const four = [{ size: 4, activation: 'tanh' }];
const stored = (patterns: unknown, rule: unknown = 'hebbian', size = 4) =>
  winner({ layers: [{ size, activation: 'tanh' }], weights: { patterns, rule }, bias: 0 });

describe('tensors', () => {
  test('weights and bias give the same model and hash as nested arrays, and the file is fetched once', async () => {
    fetched = [];
    const filed = await readModel(winner({ weights: tensor('W'), bias: tensor('b') }), resolve);
    const nested = await readModel(winner());
    expect(filed.network).toEqual(nested.network);
    expect(filed.hash).toBe(nested.hash);
    expect(fetched).toEqual(['net.safetensors']);
    expect((await readModel(winner({ weights: tensor('W', 'NET.SafeTensors') }), resolve)).hash).toBe(
      nested.hash,
    );
  });

  test('blocks, feedback, R and P of sylvester', async () => {
    const layers = [
      { name: 'v', size: 2, activation: 'identity' },
      { name: 'h', size: 1, activation: 'softmax' },
    ];
    // torch.nn.Linear(2, 1).weight has shape (1, 2): as it is.
    const blocks = [{ from: 'v', to: 'h', matrix: tensor('fc.weight'), feedback: tensor('fc.turned') }];
    const { network } = await readModel(winner({ layers, weights: { blocks }, bias: 0 }), resolve);
    expect([...denseWeights(network).data]).toEqual([0, 0, 5, 0, 0, 6, 5, 6, 0]);
    for (const [key, name] of [
      ['matrix', 'matrix'],
      ['sylvester', 'sylvester'],
    ]) {
      const { dynamics } = await readModel(
        winner({ dynamics: { equation: 9, R: { [key]: tensor('eye') } } }),
        resolve,
      );
      expect(dynamics.design).toEqual({
        name,
        matrix: { rows: 2, columns: 2, data: Float64Array.of(1, 0, 0, 1) },
      });
    }
  });

  test.each<[string, unknown, number, string, string]>([
    ['no tensor', { file: 'net.safetensors' }, 2, 'weights.tensor: expected the name of a tensor', '"W"'],
    ['no tensors at all', { file: 'empty.safetensors' }, 2, 'weights.tensor', 'another file'],
    ['a number', tensor(3), 2, 'weights.tensor: expected the name of a tensor, found 3', '"tensor"'],
    ['a tensor of .npy', tensor('W', 'W.npy'), 2, 'weights.tensor: expected no tensor name', 'remove'],
    ['an unknown tensor', tensor('w'), 3, 'no tensor "w"', 'did you mean "W"'],
    ['a cut file', tensor('W', 'cut.safetensors'), 3, '"cut.safetensors" cannot be read', 'again'],
    ['a missing file', tensor('W', 'no.safetensors'), 3, 'weights.file', 'beside'],
    ['a path out of the folder', tensor('W', '../net.safetensors'), 2, 'weights.file', 'relative'],
    ['another ending', tensor('W', 'net.pt'), 2, 'ends in .npy or .safetensors', 'save_file'],
    [
      'a vector',
      tensor('b'),
      2,
      'weights.tensor: expected an array of shape (2, 2), found shape (2) in tensor "b" of "net.safetensors"',
      'sizes of the layers',
    ],
    ['NaN', tensor('bad'), 3, 'element [1, 1] of tensor "bad" of "net.safetensors"', 'remove'],
    [
      'float32 overflow',
      tensor('big'),
      2,
      'element [0, 1] of tensor "big" of "net.safetensors" (weights.tensor)',
      'rescale',
    ],
    ['a type that is not read', tensor('tiny'), 3, '"F8_E5M2"', 'torch.float32'],
    ['an unknown key', { file: 'net.safetensors', tensr: 'W' }, 2, 'weights.tensr', 'did you mean "tensor"'],
  ])('refused: %s', async (_, weights, exitCode, what, mend) => {
    const error = await refusal(winner({ weights }), resolve);
    expect(error.exitCode).toBe(exitCode);
    expect(error.what).toContain(what);
    expect(error.mend).toContain(mend);
  });

  test('a shape that one step would mend is told which', async () => {
    const layers = [
      { name: 'v', size: 2, activation: 'identity' },
      { name: 'h', size: 1, activation: 'softmax' },
    ];
    const block = async (name: string) => {
      const blocks = [{ from: 'v', to: 'h', matrix: tensor(name) }];
      return await refusal(winner({ layers, weights: { blocks }, bias: 0 }), resolve);
    };
    const turned = await block('fc.turned');
    expect(turned.what).toContain(
      'weights.blocks[0].matrix.tensor: expected an array of shape (1, 2), found shape (2, 1)',
    );
    expect(turned.mend).toContain('transpose');
    expect((await block('fc.flat')).mend).toBe('save it as array.reshape(1, 2)');
    expect((await block('W')).mend).toContain('sizes of the layers');
    const bias = await refusal(winner({ bias: tensor('column') }), resolve);
    expect(bias.what).toContain('bias.tensor: expected an array of shape (2), found shape (2, 1)');
    expect(bias.mend).toBe('save it as array.reshape(2)');
    expect((await refusal(winner({ bias: { file: 'row.npy' } }), resolve)).mend).toBe(
      'save it as array.reshape(2)',
    );
  });
});

describe('patterns', () => {
  test('hebbian is P^T P / N with its diagonal, kept as factors', async () => {
    const { network, notices } = await readModel(stored(P));
    expect(network.weights).toEqual([]);
    expect(network.patterns).toEqual([
      { factor: { rows: 2, columns: 4, data: Float64Array.from(P.flat()) }, scale: 0.25 },
    ]);
    expect(network.symmetric).toBe(true);
    expect(notices).toEqual([]);
    const expected = [0, 1, 2, 3].flatMap((i) =>
      [0, 1, 2, 3].map((j) => (P[0][i] * P[0][j] + P[1][i] * P[1][j]) / 4),
    );
    expect([...denseWeights(network).data]).toEqual(expected);
  });

  test('pseudo-inverse makes every pattern a fixed vector of W', async () => {
    const given = [...P, [0.3, 2, 0, -7]];
    const { network, notices } = await readModel(stored(given, 'pseudo-inverse'));
    expect(network.patterns[0].factor.rows).toBe(3);
    expect(notices).toEqual([]);
    const out = new Float64Array(4);
    for (const pattern of given) {
      applyWeights(network, Float64Array.from(pattern), out);
      pattern.forEach((value, i) => {
        expect(out[i]).toBeCloseTo(value, 13);
      });
    }
  });

  test('patterns that depend on others, more patterns than neurons, patterns of zeros', async () => {
    const sum = P[0].map((value, i) => value - 3 * P[1][i]);
    const dependent = await readModel(stored([...P, sum, [0, 0, 0, 0]], 'pseudo-inverse'));
    expect(dependent.network.patterns[0].factor.rows).toBe(2);
    expect(dependent.notices[0]).toContain('4 patterns span only 2 dimensions');
    const many = await readModel(stored([[1], [2], [3]], 'pseudo-inverse', 1));
    expect([...denseWeights(many.network).data]).toEqual([1]);
    const zero = await readModel(stored([[0, 0, 0, 0]], 'pseudo-inverse'));
    expect(zero.network.patterns).toEqual([]);
    expect(zero.notices[0]).toContain('span only 0 dimensions');
    expect((await readModel(stored([[0, 0, 0, 0]]))).network.patterns).toHaveLength(1);
  });

  test('from files, K free, with one hash', async () => {
    const { hash, network } = await readModel(stored(P));
    for (const patterns of [{ file: 'P.npy' }, tensor('P')]) {
      const model = await readModel(stored(patterns), resolve);
      expect(model.network).toEqual(network);
      expect(model.hash).toBe(hash);
    }
    const inverse = await readModel(stored(P, 'pseudo-inverse'));
    const hashes = [
      hash,
      inverse.hash,
      (await readModel(stored([P[1], P[0]]))).hash,
      (await readModel(stored([P[0]]))).hash,
      (await readModel(winner({ layers: four, weights: { blocks: [] }, bias: 0 }))).hash,
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  test('hashes of models without patterns are what they were', async () => {
    expect((await readModel(winner())).hash).toBe(
      'dc08da5702e51c9b3399772506cc76027ef147ba13f211483b95572d78c4f3f0',
    );
  });

  test.each<[string, unknown, string, string]>([
    ['no rule', { patterns: P }, 'weights.rule: expected the key "rule"', 'add "rule"'],
    [
      'another rule',
      { patterns: P, rule: 'hebian' },
      'weights.rule: expected one of "hebbian"',
      'did you mean',
    ],
    ['another key', { patterns: P, rule: 'hebbian', scale: 1 }, 'weights.scale', 'valid'],
    [
      'no patterns',
      { patterns: [], rule: 'hebbian' },
      'weights.patterns: expected 1 or more rows, found 0',
      'neurons',
    ],
    [
      'a short pattern',
      { patterns: [P[0], [1, 1]], rule: 'hebbian' },
      'weights.patterns[1]: expected 4 numbers, found 2',
      '',
    ],
    [
      'text',
      { patterns: [['a', 1, 1, 1]], rule: 'hebbian' },
      'weights.patterns[0][0]: expected a finite number',
      '',
    ],
    ['null', { patterns: null, rule: 'hebbian' }, 'weights.patterns: expected', ''],
    [
      'a transposed file',
      { patterns: tensor('PT'), rule: 'hebbian' },
      'expected an array of shape (K, 4), found shape (4, 2)',
      'one pattern in each row',
    ],
    ['a vector', { patterns: tensor('p'), rule: 'hebbian' }, 'found shape (4)', 'array.reshape(1, 4)'],
    ['no rows', { patterns: tensor('none'), rule: 'hebbian' }, 'found shape (0, 4)', ''],
    ['weights beyond float32', { patterns: [[1e30, 0, 0, 0]], rule: 'hebbian' }, 'W[0][0] = 2.5', 'rescale'],
  ])('refused: %s', async (_, weights, what, mend) => {
    const error = await refusal(winner({ layers: four, weights, bias: 0 }), resolve);
    expect(error.exitCode).toBe(2);
    expect(error.what).toContain(what);
    expect(error.mend).toContain(mend);
  });

  test('a claim of 2^27 patterns in a file is refused before it is decoded', async () => {
    const header = '{"P":{"dtype":"F4","shape":[134217728,1],"data_offsets":[0,67108864]}}';
    const bytes = new Uint8Array(8 + header.length + 67108864);
    bytes[0] = header.length;
    bytes.set(new TextEncoder().encode(header), 8);
    const error = await refusal(stored(tensor('P', 'x.safetensors'), 'hebbian', 1), () =>
      Promise.resolve(bytes),
    );
    expect(error.code).toBe('model-size');
    expect(error.what).toContain('at most 67108864 numbers');
  });
});
