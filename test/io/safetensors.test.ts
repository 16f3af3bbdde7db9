import { describe, expect, test } from 'vitest';
import { MemscapeError } from '../../src/errors.js';
import { openSafetensors } from '../../src/io/safetensors.js';
import { assemble, contents, f32, reference, tensorOf, writeSafetensors } from './safetensors-kit.js';

function refusal(act: () => unknown): MemscapeError {
  try {
    act();
  } catch (error) {
    if (!(error instanceof MemscapeError)) throw error;
    for (const text of [error.what, error.why, error.mend]) expect(text).not.toMatch(/^$|undefined|\[object/);
    expect(error.exitCode).toBe(3);
    return error;
  }
  throw new Error('was accepted');
}
const open = (bytes: Uint8Array) => openSafetensors(bytes, { label: 'net.safetensors' });
const entry = (dtype: string, shape: unknown, offsets: unknown) =>
  JSON.stringify({ dtype, shape, data_offsets: offsets });
const four = new Uint8Array(4);

describe('reading', () => {
  test('the kit writes what the reference implementation writes', () => {
    expect(writeSafetensors(contents, { format: 'pt' })).toEqual(reference);
  });

  test('a file of the reference implementation', () => {
    const file = open(reference);
    expect([...file.names].sort()).toEqual(Object.keys(contents).sort());
    expect(file.read('fc1.weight')).toEqual({
      shape: [2, 3],
      data: Float64Array.of(0, 1, 2, 3, 4, 5),
      dtype: 'F32',
    });
    const numbers = (name: string) => [...file.read(name).data];
    expect(numbers('fc1.bias')).toEqual([0.5, -2]);
    expect(numbers('b')).toEqual([1.5, -2]);
    expect(numbers('w')).toEqual([0.1]);
    expect(numbers('mask')).toEqual([1, 0, 1]);
    expect(numbers('n')).toEqual([-5]);
    expect(file.shapeOf('n')).toEqual([]);
    expect(numbers('empty')).toEqual([]);
    expect(file.shapeOf('empty')).toEqual([0, 4]);
    expect(numbers('u')).toEqual([255]);
  });

  test.each<[string, ArrayBufferView, number[]]>([
    ['F64', Float64Array.of(-1.5, 1e300), [-1.5, 1e300]],
    ['F32', Float32Array.of(-1.5, 2), [-1.5, 2]],
    // 1/3, the largest and the smallest number, the smallest normal one, -0.
    [
      'F16',
      Uint16Array.of(0x3555, 0x7bff, 0x0001, 0x0400, 0x8000),
      [0.333251953125, 65504, 2 ** -24, 2 ** -14, -0],
    ],
    ['BF16', Uint16Array.of(0x3eab, 0x7f7f, 0xbf80), [0.333984375, 3.3895313892515355e38, -1]],
    ['I8', Int8Array.of(-1, 2), [-1, 2]],
    ['I16', Int16Array.of(-300, 2), [-300, 2]],
    ['I32', Int32Array.of(-70000, 2), [-70000, 2]],
    ['I64', BigInt64Array.of(-5_000_000_000n, 2n ** 53n + 1n), [-5e9, 2 ** 53]],
    ['U8', Uint8Array.of(255, 2), [255, 2]],
    ['U16', Uint16Array.of(65535, 2), [65535, 2]],
    ['U32', Uint32Array.of(4294967295, 2), [4294967295, 2]],
    ['U64', BigUint64Array.of(2n ** 64n - 1n, 2n), [2 ** 64, 2]],
    ['BOOL', Uint8Array.of(1, 0), [1, 0]],
  ])('type %s', (dtype, array, values) => {
    const file = open(writeSafetensors({ x: tensorOf(dtype, [values.length], array) }));
    expect([...file.read('x').data]).toEqual(values);
  });

  test('a file byte by byte, without alignment, padding or metadata', () => {
    const header =
      '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"F32","shape":[1],"data_offsets":[1,5]}}';
    expect(header.length).toBe(106);
    const bytes = Uint8Array.from([106, 0, 0, 0, 0, 0, 0, 0, ...Buffer.from(header), 7, 0, 0, 0xc0, 0x3f]);
    const file = open(bytes);
    expect([...file.read('a').data, ...file.read('b').data]).toEqual([7, 1.5]);
    // The same inside a larger buffer, and in shared memory.
    const pooled = Buffer.concat([Buffer.from('abc'), bytes, Buffer.from('abc')]).subarray(
      3,
      3 + bytes.length,
    );
    expect([...open(pooled).read('b').data]).toEqual([1.5]);
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length + 3), 3);
    shared.set(bytes);
    expect([...open(shared).read('b').data]).toEqual([1.5]);
    expect(open(shared).read('b').data.buffer).toBeInstanceOf(ArrayBuffer);
  });

  test('order of the header and of the data may differ; names may be anything', () => {
    const file = open(
      assemble(
        `{"__proto__":${entry('U8', [2], [1, 3])},"constructor":${entry('U8', [], [0, 1])},"":${entry('F32', [0], [3, 3])}}`,
        Uint8Array.of(1, 2, 3),
      ),
    );
    expect(file.names).toEqual(['__proto__', 'constructor', '']);
    expect([...file.read('__proto__').data]).toEqual([2, 3]);
    expect([...file.read('constructor').data]).toEqual([1]);
    expect([...file.read('').data]).toEqual([]);
    expect(open(assemble('{}      ')).names).toEqual([]);
  });

  test('types that are not read may lie beside what is asked for', () => {
    const file = open(
      writeSafetensors({
        big: tensorOf('F8_E4M3', [4], new Uint8Array(4)),
        tiny: tensorOf('F4', [2, 3], new Uint8Array(3)),
        w: f32([1], [2]),
      }),
    );
    expect([...file.read('w').data]).toEqual([2]);
    for (const name of ['big', 'tiny']) {
      const error = refusal(() => file.read(name));
      expect(error.code).toBe('data-safetensors');
      expect(error.what).toContain(`tensor "${name}" of net.safetensors`);
      expect(error.mend).toContain('tensor.to(torch.float32)');
    }
  });

  test('a tensor is decoded when it is asked for: NaN elsewhere does no harm', () => {
    const file = open(writeSafetensors({ bad: f32([1, 2], [0, NaN]), good: f32([2], [1, 2]) }));
    expect([...file.read('good').data]).toEqual([1, 2]);
    const error = refusal(() => file.read('bad'));
    expect(error.code).toBe('data-not-finite');
    expect(error.what).toContain('element [0, 1] of tensor "bad"');
    const half = open(writeSafetensors({ x: tensorOf('F16', [2], Uint16Array.of(0, 0xfc00)) }));
    expect(refusal(() => half.read('x')).what).toContain('-Infinity');
  });

  test('a name that is not there gets the nearest and some others', () => {
    const file = open(reference);
    const error = refusal(() => file.read('fc1.wieght'));
    expect(error.code).toBe('data-safetensors');
    expect(error.what).toContain('"fc1.wieght"');
    expect(error.why).toContain('"fc1.bias"');
    expect(error.mend).toBe('did you mean "fc1.weight"?');
    expect(refusal(() => file.shapeOf('toString')).what).toContain('no tensor "toString"');
    const many = open(
      writeSafetensors(
        Object.fromEntries(Array.from({ length: 500 }, (_, k) => [`t${String(k)}`, f32([1], [k])])),
      ),
    );
    expect(refusal(() => many.read('\u001b[2J')).message).not.toContain('\u001b');
    expect(refusal(() => many.read('zz')).why).toContain('and 488 more');
    expect(refusal(() => open(assemble('{}')).read('x')).why).toContain('no tensors');
  });
});

describe('refusals', () => {
  const good = entry('F32', [1], [0, 4]);
  test.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(), '0 bytes'],
    ['a length alone', new Uint8Array(8), 'does not begin with {'],
    ['a pickle of torch.save', Uint8Array.from(Buffer.from('PK\u0003\u0004 archive/data.pkl')), 'claims'],
    ['a header of 2^63 bytes', Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 128, 123), '9223372036854775808'],
    ['a header of 100 MB and one byte', Uint8Array.of(1, 225, 245, 5, 0, 0, 0, 0, 123), '100000001'],
    ['a header longer than the file', assemble('{}').subarray(0, 9), 'claims 2 bytes'],
    ['a byte order mark', assemble('\ufeff{}'), 'does not begin with {'],
    ['a leading space', assemble(' {}'), 'does not begin with {'],
    ['an array', assemble('[]'), 'does not begin with {'],
    [
      'bytes that are not UTF-8',
      (() => {
        const b = assemble('{"abc":1}');
        b[10] = 0xff;
        return b;
      })(),
      'UTF-8',
    ],
    ['broken JSON', assemble('{"a":}'), 'not JSON: unexpected "}"'],
    ['text behind the object', assemble('{} x'), 'not JSON'],
    ['a repeated tensor', assemble(`{"a":${good},"a":${good}}`, four), '"a" twice'],
    ['a repeated tensor, written otherwise', assemble(`{"a":${good},"\\u0061":${good}}`, four), '"a" twice'],
    [
      'a repeated key in a tensor',
      assemble(`{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, four),
      '"dtype" twice',
    ],
    ['deep nesting', assemble(`{"a":${'['.repeat(70)}${']'.repeat(70)}}`), 'deeper'],
    ['metadata that is not an object', assemble('{"__metadata__":[]}'), '__metadata__'],
    ['metadata that is not text', assemble('{"__metadata__":{"a":1}}'), '__metadata__'],
    ['a tensor that is no object', assemble('{"a":null}'), 'null'],
    ['a missing key', assemble('{"a":{"dtype":"F32","shape":[1]}}'), 'description'],
    [
      'an unknown key',
      assemble(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":0}}`, four),
      'description',
    ],
    [
      'a key __proto__',
      assemble(`{"a":{"dtype":"F32","__proto__":[1],"data_offsets":[0,4]}}`, four),
      'description',
    ],
    ['an unknown type', assemble(`{"a":${entry('F128', [1], [0, 16])}}`, new Uint8Array(16)), '"F128"'],
    [
      'a type like an object property',
      assemble(`{"a":${entry('constructor', [1], [0, 4])}}`, four),
      '"constructor"',
    ],
    ['a negative length', assemble(`{"a":${entry('F32', [-1], [0, 4])}}`, four), 'shape'],
    ['a fraction', assemble(`{"a":${entry('F32', [1.5], [0, 6])}}`, new Uint8Array(6)), 'shape'],
    ['a length that is text', assemble(`{"a":${entry('F32', ['1'], [0, 4])}}`, four), 'shape'],
    ['a length beyond integers', assemble(`{"a":${entry('F32', [1e20], [0, 4])}}`, four), 'shape'],
    [
      'a length of 1e999',
      assemble('{"a":{"dtype":"F32","shape":[1e999],"data_offsets":[0,4]}}', four),
      'shape',
    ],
    ['a shape that is no array', assemble(`{"a":${entry('F32', 1, [0, 4])}}`, four), 'shape'],
    ['three offsets', assemble(`{"a":${entry('F32', [1], [0, 4, 4])}}`, four), 'data_offsets'],
    ['a negative offset', assemble(`{"a":${entry('F32', [1], [-4, 0])}}`, four), 'data_offsets'],
    ['an end before the begin', assemble(`{"a":${entry('F32', [1], [4, 0])}}`, four), 'hold -4'],
    ['a huge claim', assemble(`{"a":${entry('F32', [2 ** 40], [0, 4])}}`, four), '4398046511104 bytes'],
    [
      'a huge claim with offsets to match',
      assemble(`{"a":${entry('F32', [2 ** 40], [0, 2 ** 42])}}`, four),
      '4 are there',
    ],
    [
      'an overflow that ends in 0',
      assemble(`{"a":${entry('F32', [...Array<number>(30).fill(2 ** 52), 0], [0, 0])}}`),
      'needs NaN',
    ],
    [
      'a size that does not fit the type',
      assemble(`{"a":${entry('F64', [1], [0, 4])}}`, four),
      'needs 8 bytes',
    ],
    ['half a byte', assemble(`{"a":${entry('F4', [1], [0, 1])}}`, new Uint8Array(1)), 'needs 0.5 bytes'],
    ['a hole at the begin', assemble(`{"a":${entry('F32', [1], [4, 8])}}`, new Uint8Array(8)), 'byte 4'],
    [
      'a hole between',
      assemble(`{"a":${good},"b":${entry('U8', [1], [5, 6])}}`, new Uint8Array(6)),
      'byte 5',
    ],
    ['an overlap', assemble(`{"a":${good},"b":${entry('F32', [1], [2, 6])}}`, new Uint8Array(6)), 'byte 2'],
    ['the same bytes twice', assemble(`{"a":${good},"b":${good}}`, four), 'overlap'],
    ['data behind the last tensor', assemble(`{"a":${good}}`, new Uint8Array(5)), '5 are there'],
    ['data without tensors', assemble('{}', four), '4 are there'],
    ['data that was cut', assemble(`{"a":${good}}`, new Uint8Array(3)), '3 are there'],
  ])('%s', (_, bytes, text) => {
    const error = refusal(() => open(bytes));
    expect(error.code).toBe('data-safetensors');
    expect(error.message).toContain('net.safetensors');
    expect(error.message.replaceAll('overlap nor', 'overlap')).toContain(text);
  });

  test('a file cut at any byte', () => {
    for (let length = 0; length < reference.length; length++)
      expect(refusal(() => open(reference.slice(0, length))).code).toBe('data-safetensors');
  });

  test('long hostile headers end quickly', () => {
    for (const header of [
      `{${' '.repeat(2_000_000)}`,
      `{"a":"${'\\u0061'.repeat(300_000)}`,
      `{"a":${'[1,'.repeat(300_000)}`,
      `{${Array.from({ length: 40_000 }, (_, k) => `"k${String(k)}":0`).join(',')}}`,
    ]) {
      const before = performance.now();
      refusal(() => open(assemble(header)));
      expect(performance.now() - before).toBeLessThan(3000);
    }
  });
});
