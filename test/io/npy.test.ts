import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MemscapeError } from '../../src/errors.js';
import { readNpy, readNpyTexts, writeNpy, writeNpyTexts } from '../../src/io/npy.js';
import type { NpyArray, NpyOptions } from '../../src/io/npy.js';
import { readNpz, readNpzTexts, writeNpz } from '../../src/io/npz.js';
import { bytesOf } from './numpy-fixtures.js';

/** A .npy file with the given header dictionary and data, aligned as NumPy does unless told otherwise. */
function npy(header: string, data: Uint8Array, { version = 1, align = 64 } = {}): Uint8Array {
  const preamble = version === 1 ? 10 : 12;
  const length = Math.ceil((preamble + header.length + 1) / align) * align - preamble;
  const text = `${header.padEnd(length - 1)}\n`;
  const size = version === 1 ? [length & 255, length >> 8] : [length & 255, length >> 8, 0, 0];
  return new Uint8Array([
    0x93,
    ...Buffer.from('NUMPY'),
    version,
    0,
    ...size,
    ...Buffer.from(text, 'latin1'),
    ...data,
  ]);
}
const dictionary = (descr: string, shape: string, fortran = 'False') =>
  `{'descr': ${descr}, 'fortran_order': ${fortran}, 'shape': ${shape}, }`;
const raw = (array: ArrayBufferView) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

function attempt(bytes: Uint8Array, options?: NpyOptions): NpyArray | MemscapeError {
  try {
    return readNpy(bytes, options);
  } catch (error) {
    if (error instanceof MemscapeError) return error;
    throw error;
  }
}
function refusal(bytes: Uint8Array, options?: NpyOptions): MemscapeError {
  const result = attempt(bytes, options);
  if (!(result instanceof MemscapeError)) throw new Error('was read');
  expect(result.exitCode).toBe(3);
  return result;
}

describe('reading', () => {
  test('C and Fortran order give the same array', () => {
    const expected = { shape: [2, 3], data: Float64Array.of(0, 0.5, 1, 1.5, 2, 2.5), dtype: '<f8' };
    expect(readNpy(bytesOf('cOrder'))).toEqual(expected);
    expect(readNpy(bytesOf('fortran'))).toEqual(expected);
  });

  test('Fortran order of three axes', () => {
    const { shape, data } = readNpy(bytesOf('fortran3'));
    expect(shape).toEqual([2, 3, 4]);
    expect([...data]).toEqual(Array.from({ length: 24 }, (_, k) => k));
  });

  test.each<[string, ArrayBufferView, number[]]>([
    ["'<f4'", Float32Array.of(-1.5, 2), [-1.5, 2]],
    ["'<f8'", Float64Array.of(-1.5, 1e300), [-1.5, 1e300]],
    ["'<f2'", Uint16Array.of(0xbe00, 0x4000), [-1.5, 2]],
    ["'|i1'", Int8Array.of(-1, 2), [-1, 2]],
    ["'<i2'", Int16Array.of(-300, 2), [-300, 2]],
    ["'<i4'", Int32Array.of(-70000, 2), [-70000, 2]],
    ["'<i8'", BigInt64Array.of(-5_000_000_000n, 2n), [-5e9, 2]],
    ["'|u1'", Uint8Array.of(255, 2), [255, 2]],
    ["'<u2'", Uint16Array.of(65535, 2), [65535, 2]],
    ["'<u4'", Uint32Array.of(4294967295, 2), [4294967295, 2]],
    ["'<u8'", BigUint64Array.of(2n ** 64n - 1n, 2n), [2 ** 64, 2]],
    ["'|b1'", Uint8Array.of(1, 0), [1, 0]],
  ])('type %s', (descr, array, values) => {
    expect([...readNpy(npy(dictionary(descr, '(2,)'), raw(array))).data]).toEqual(values);
  });

  test('other versions, key orders, alignments, Python 2 shapes, scalars and empty arrays', () => {
    const eight = raw(Float64Array.of(7));
    for (const bytes of [
      npy(dictionary("'<f8'", '(1,)'), eight, { version: 2 }),
      npy(dictionary("'<f8'", '(1,)'), eight, { version: 3 }),
      npy(dictionary("'<f8'", '(1,)'), eight, { align: 1 }),
      npy(dictionary("'<f8'", '(1L,)'), eight, { align: 16 }),
      npy("{'shape': (1,), 'fortran_order': True, 'descr': '<f8'}", eight),
      npy(dictionary("'<f8'", '()'), eight),
    ]) {
      expect([...readNpy(bytes).data]).toEqual([7]);
    }
    expect(readNpy(npy(dictionary("'<f8'", '(0, 5)'), new Uint8Array())).shape).toEqual([0, 5]);
  });

  test('a view into a larger buffer and shared memory are copied', () => {
    const file = bytesOf('cOrder');
    const shared = new Uint8Array(new SharedArrayBuffer(file.length + 3), 3);
    shared.set(file);
    expect(readNpy(shared).data.buffer).toBeInstanceOf(ArrayBuffer);
    expect([...readNpy(shared).data]).toEqual([0, 0.5, 1, 1.5, 2, 2.5]);
    // A Buffer out of the pool of Node, whose slice() is a view.
    const pooled = Buffer.concat([Buffer.from('abc'), file, Buffer.from('abc')]).subarray(3, 3 + file.length);
    expect([...readNpy(pooled).data]).toEqual([0, 0.5, 1, 1.5, 2, 2.5]);
  });
});

describe('refusals', () => {
  test.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(), 'not a .npy file'],
    ['a zip', new Uint8Array([0x50, 0x4b, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0]), 'not a .npy file'],
    ['version 4', npy(dictionary("'<f8'", '(0,)'), new Uint8Array(), { version: 4 }), 'version 4.0'],
    ['objects', npy(dictionary("'|O'", '(1,)'), new Uint8Array(8)), '"|O"'],
    ['big-endian', npy(dictionary("'>f8'", '(1,)'), new Uint8Array(8)), '">f8"'],
    ['complex', npy(dictionary("'<c16'", '(1,)'), new Uint8Array(16)), '"<c16"'],
    ['long doubles', npy(dictionary("'<f16'", '(1,)'), new Uint8Array(16)), '"<f16"'],
    ['brain floats', npy(dictionary("'|V2'", '(1,)'), new Uint8Array(2)), '"|V2"'],
    ['records', npy(dictionary("[('a', '<f8'), ('b', '<i4')]", '(1,)'), new Uint8Array(12)), 'type'],
    [
      'a lying length',
      npy(dictionary("'<f8'", '(1099511627776,)'), new Uint8Array(8)),
      'needs 8796093022208 bytes',
    ],
    [
      'an overflowing length',
      npy(dictionary("'<f8'", '(4294967296, 4294967296)'), new Uint8Array(8)),
      'needs',
    ],
    [
      'a length beyond integers',
      npy(dictionary("'<f8'", '(99999999999999999999,)'), new Uint8Array(8)),
      'credible',
    ],
    ['trailing bytes', npy(dictionary("'<f8'", '(1,)'), new Uint8Array(9)), '9 are there'],
    ['9 axes', npy(dictionary("'<f8'", '(1, 1, 1, 1, 1, 1, 1, 1, 1)'), new Uint8Array(8)), '9 dimensions'],
    ['a repeated key', npy("{'descr': '<f8', 'descr': '<f4', 'shape': (1,)}", new Uint8Array(8)), 'damaged'],
    ['a missing key', npy("{'descr': '<f8', 'shape': (1,)}", new Uint8Array(8)), 'damaged'],
    ['a negative length', npy(dictionary("'<f8'", '(-1,)'), new Uint8Array(8)), 'damaged'],
    ['code', npy("{'descr': '<f8', 'fortran_order': exit(), 'shape': (1,)}", new Uint8Array(8)), 'damaged'],
  ])('%s', (_, bytes, text) => {
    const error = refusal(bytes, { label: 'W.npy' });
    expect(error.what).toContain('W.npy');
    expect(error.what).toContain(text);
  });

  test('a header that claims 4 GiB', () => {
    const bytes = npy(dictionary("'<f8'", '(1,)'), new Uint8Array(8), { version: 2 });
    bytes.set([255, 255, 255, 255], 8);
    expect(refusal(bytes).what).toContain('4294967295');
  });

  test('NaN and infinity, with the index in C order', () => {
    const data = Float64Array.of(0, 1, 2, Infinity, 4, 5);
    const c = npy(dictionary("'<f8'", '(2, 3)'), raw(data));
    const fortran = npy(dictionary("'<f8'", '(2, 3)', 'True'), raw(data));
    expect(refusal(c).what).toContain('[1, 0]');
    expect(refusal(fortran).what).toContain('[1, 1]');
    expect(refusal(c).code).toBe('data-not-finite');
    expect(readNpy(c, { nonFinite: true }).data[3]).toBe(Infinity);
  });

  test('a file cut at any byte', () => {
    for (const file of [bytesOf('cOrder'), bytesOf('fortran3')]) {
      for (let length = 0; length < file.length; length++) refusal(file.slice(0, length));
    }
  });

  test('a file with random bytes flipped is read or refused, nothing else', () => {
    const file = bytesOf('cOrder');
    const flip = fc.tuple(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }));
    fc.assert(
      fc.property(fc.array(flip, { minLength: 1, maxLength: 4 }), (flips) => {
        const copy = file.slice();
        for (const [index, mask] of flips) copy[index] ^= mask;
        const result = attempt(copy);
        if (result instanceof MemscapeError) expect(result.exitCode).toBe(3);
        else expect(result.data.length).toBe(result.shape.reduce((a, b) => a * b, 1));
      }),
      { numRuns: 5000 },
    );
  });

  test('random bytes and long hostile headers end quickly', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(attempt(bytes)).toBeInstanceOf(MemscapeError);
      }),
    );
    for (const text of [
      `{${' '.repeat(60000)}`,
      `{'shape': (${'1,'.repeat(30000)}`,
      `{'descr': [${']'.repeat(60000)}`,
    ]) {
      const before = performance.now();
      refusal(npy(text, new Uint8Array(8), { version: 1, align: 16 }));
      expect(performance.now() - before).toBeLessThan(1000);
    }
  });
});

describe('writing', () => {
  test('what is written is read back', () => {
    for (const data of [
      Float32Array.of(1.5, -2),
      Float64Array.of(0.1, NaN),
      Int32Array.of(-7, 8),
      Uint8Array.of(0, 255),
      Int8Array.of(-1, 7),
    ]) {
      for (const shape of [[2], [1, 2], [2, 1, 1]]) {
        const { shape: back, data: numbers } = readNpy(writeNpy(shape, data), { nonFinite: true });
        expect(back).toEqual(shape);
        expect([...numbers]).toEqual([...data]);
      }
    }
    expect(readNpy(writeNpy([], Float64Array.of(3))).shape).toEqual([]);
    expect(readNpy(writeNpy([0, 2], new Float32Array())).shape).toEqual([0, 2]);
  });

  test('a view writes its own numbers only', () => {
    expect([...readNpy(writeNpy([1], Float64Array.of(1, 2, 3).subarray(1, 2))).data]).toEqual([2]);
  });

  test('a shape that does not fit is misuse', () => {
    expect(() => writeNpy([3], Float64Array.of(1, 2))).toThrow(RangeError);
  });
});

describe('npz', () => {
  const record = {
    times: { shape: [2], data: Float64Array.of(0.5, 2) },
    states: { shape: [1, 2, 2], data: Float32Array.of(1, NaN, 3, 4) },
    outcome: { shape: [1], data: Int8Array.of(3) },
  };

  test('names, shapes and numbers come back, NaN included', () => {
    const back = readNpz(writeNpz(record));
    expect([...back.keys()]).toEqual(['times', 'states', 'outcome']);
    expect(back.get('states')).toEqual({
      shape: [1, 2, 2],
      data: Float64Array.of(1, NaN, 3, 4),
      dtype: '<f4',
    });
  });

  test('texts are read as texts, and are not in the way of numbers', () => {
    const names = ['converged', 'left-box', '', 'h\u00e4lt \u{1f9e0}'];
    const bytes = writeNpz({ ...record, names, none: [] });
    expect([...readNpz(bytes).keys()]).toEqual(['times', 'states', 'outcome']);
    expect([...readNpzTexts(bytes)]).toEqual([
      ['names', names],
      ['none', []],
    ]);
  });

  test('texts that are cut, too long or no Unicode are refused', () => {
    const file = writeNpyTexts(['ab', 'c']);
    expect(readNpyTexts(file)).toEqual(['ab', 'c']);
    const beyond = file.slice();
    beyond[beyond.length - 6] = 0x11;
    for (const bad of [
      file.slice(0, -4),
      Uint8Array.of(...file, 0, 0, 0, 0),
      beyond,
      writeNpy([1], Int8Array.of(1)),
    ])
      expect(() => readNpyTexts(bad)).toThrow(MemscapeError);
  });

  test('equal arrays give equal bytes at any time', () => {
    expect(writeNpz(record)).toEqual(writeNpz(record));
    // Date and time of the first entry: 1980-01-01 00:00:00 in every time zone.
    expect([...writeNpz(record).subarray(10, 14)]).toEqual([0, 0, 0x21, 0]);
  });

  test('hostile names and damaged files are refused', () => {
    expect(() => writeNpz({ '../x': record.times })).toThrow(RangeError);
    const bytes = writeNpz(record);
    for (let length = 0; length < bytes.length; length += 7) {
      expect(() => readNpz(bytes.slice(0, length))).toThrow(MemscapeError);
    }
  });
});
