import { describe, expect, test } from 'vitest';
import { readDropped, type ArrayOffer, type Choose, type Dropped } from '../../demo/model/dropped.js';
import { FIRST } from '../../demo/state/state.js';
import { writeNpy } from '../../src/node.js';

const file = (name: string, bytes: Uint8Array | string): Dropped => {
  const own = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes;
  return { name, size: own.length, arrayBuffer: () => Promise.resolve(Uint8Array.from(own).buffer) };
};
const npy = (name: string, shape: number[], values: number[]) =>
  file(name, writeNpy(shape, Float64Array.from(values)));

function safetensors(name: string, tensors: Readonly<Record<string, readonly number[]>>): Dropped {
  let offset = 0;
  const header: Record<string, unknown> = {};
  const data: number[] = [];
  for (const [key, [rows, columns, ...values]] of Object.entries(tensors)) {
    const end = offset + 8 * values.length;
    header[key] = {
      dtype: 'F64',
      shape: columns === 0 ? [rows] : [rows, columns],
      data_offsets: [offset, end],
    };
    data.push(...values);
    offset = end;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + offset);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(new Uint8Array(Float64Array.from(data).buffer), 8 + text.length);
  return file(name, bytes);
}

const never: Choose = () => Promise.reject(new Error('nobody was to be asked'));
const W = npy('w.npy', [2, 2], [0, -1, -2, 3]);

describe('arrays alone', () => {
  test('W: one layer of relu under eq. 1, b = 0', async () => {
    const opened = await readDropped([W], never);
    expect(opened?.hasView).toBe(false);
    expect(opened?.state).toMatchObject({
      name: 'w',
      weights: [
        [0, -1],
        [-2, 3],
      ],
      bias: [0, 0],
      tied: false,
      equation: 1,
      layers: [{ size: 2, activation: 'relu' }],
    });
  });

  test('W and b, in either order', async () => {
    const b = npy('b.npy', [2], [5, -7]);
    for (const files of [
      [W, b],
      [b, W],
    ]) {
      const opened = await readDropped(files, never);
      expect(opened?.state.bias).toEqual([5, -7]);
    }
  });

  test('several that fit: the reader is asked, and the answer taken', async () => {
    const given = safetensors('net.safetensors', {
      first: [2, 2, 1, 2, 3, 4],
      second: [2, 2, 5, 6, 7, 8],
      tall: [3, 2, 1, 1, 1, 1, 1, 1],
      bias: [2, 0, 9, 10],
    });
    let asked: ArrayOffer | undefined;
    const opened = await readDropped([given], (offer) => {
      asked = offer;
      return Promise.resolve({ weights: offer.matrices[1], bias: offer.biases[0] });
    });
    expect(asked?.matrices.map(({ label }) => label)).toEqual([
      'first in net.safetensors',
      'second in net.safetensors',
    ]);
    expect(opened?.state.weights).toEqual([
      [5, 6],
      [7, 8],
    ]);
    expect(opened?.state.bias).toEqual([9, 10]);
    expect(await readDropped([given], () => Promise.resolve(undefined))).toBeUndefined();
  });
});

describe('files with words', () => {
  test('a model and the array that it names', async () => {
    const model = file(
      'm.json',
      '{"format":"memscape-model/1","layers":[{"name":"x","size":2,"activation":"tanh"}],"weights":{"file":"sub/w.npy"},"bias":[0,1],"dynamics":{"equation":1},"energy":{"equation":4}}',
    );
    await expect(readDropped([model], never)).rejects.toMatchObject({ code: 'drop-missing' });
    const symmetric = npy('w.npy', [2, 2], [1, 2, 2, 1]);
    const opened = await readDropped([model, symmetric], never);
    expect(opened?.state.weights[0]).toEqual([1, 2]);
    expect(opened?.state.layers[0].activation).toBe('tanh');
  });

  test('what the Export panel saves comes back with its view', async () => {
    const box = { centre: [1, 2], half: 3 };
    const text = JSON.stringify({ format: 'memscape-view/1', state: { ...FIRST, box } });
    const opened = await readDropped([file('view.json', text)], never);
    expect(opened).toEqual({ state: { ...FIRST, box }, hasView: true });
  });
});

const whole = writeNpy([2, 2], Float64Array.of(1, 2, 2, 1));

test.each<[string, Dropped[], RegExp]>([
  ['nothing that is read', [file('x.txt', 'hello')], /^drop-files$/],
  ['two models', [file('a.json', '{}'), file('b.json', '{}')], /^drop-files$/],
  ['no square matrix', [npy('w.npy', [2, 3], [1, 2, 3, 4, 5, 6])], /^drop-shape$/],
  ['an empty matrix', [npy('w.npy', [0, 0], [])], /^drop-shape$/],
  [
    'too many neurons',
    [
      npy(
        'w.npy',
        [33, 33],
        Array.from({ length: 1089 }, () => 0),
      ),
    ],
    /^drop-shape$/,
  ],
  ['a bias of another length', [W, npy('b.npy', [3], [1, 2, 3])], /^drop-shape$/],
  ['a truncated array', [file('w.npy', whole.subarray(0, whole.length - 1))], /^data-/],
  ['an array without its header', [file('w.npy', whole.subarray(0, 5))], /^data-/],
  ['rubbish', [file('w.safetensors', 'PK\u0003\u0004 not tensors')], /^data-/],
  [
    'a header that claims 2^60 bytes',
    [file('w.safetensors', new Uint8Array([0, 0, 0, 0, 0, 0, 0, 16, 1]))],
    /^data-/,
  ],
  ['numbers that are none', [npy('w.npy', [1, 1], [NaN])], /^data-not-finite$/],
  ['numbers beyond f32', [npy('w.npy', [1, 1], [1e300])], /^model-/],
  ['a model that is no JSON', [file('m.json', '{"format":')], /^model-/],
  ['a hostile key', [file('m.json', '{"__proto__":{"format":"memscape-model/1"}}')], /^model-/],
  ['a view that is hostile', [file('v.json', '{"format":"memscape-view/1","state":{"name":5}}')], /^link-/],
  ['64 MiB and more', [{ ...W, size: 2 ** 27 }], /^drop-size$/],
])('refused with what, why and the mend: %s', async (_, files, code) => {
  const error: unknown = await readDropped(files, never).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ code: expect.stringMatching(code) as string });
  const { what, why, mend } = error as Record<string, string>;
  for (const words of [what, why, mend]) expect(words).not.toBe('');
});
