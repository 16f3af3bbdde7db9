/**
 * Damaged .npy and .safetensors files: each is read whole or refused in an orderly way, quickly, and nothing is allocated
 * that the file's own size does not justify. MEMSCAPE_LONG=1 runs above 100,000 cases of each kind.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MemscapeError } from '../../src/errors.js';
import { readNpy, writeNpy } from '../../src/io/npy.js';
import { openSafetensors } from '../../src/io/safetensors.js';
import { bytesOf } from './numpy-fixtures.js';
import { assemble, f32, reference, tensorOf, writeSafetensors } from './safetensors-kit.js';

const LONG = process.env.MEMSCAPE_LONG === '1';
const RUNS = LONG ? 120_000 : 2500;
const TIMEOUT = LONG ? 1_800_000 : 120_000;
/** i8 numbers become f64 eightfold, after one copy of the bytes; a header becomes text. */
const FACTOR = 12;
const SMALL = 4096;
const LIMIT_MS = 2000;

/** Bytes that typed arrays were made with since the last reset; views of existing memory cost nothing. */
let allocated = 0;
const originals = new Map<string, unknown>();
const watched = [
  'Float64Array',
  'Float32Array',
  'Uint8Array',
  'Uint16Array',
  'Uint32Array',
  'ArrayBuffer',
] as const;

beforeAll(() => {
  for (const name of watched) {
    const original = globalThis[name] as unknown as new (...given: unknown[]) => {
      byteLength: number;
    };
    originals.set(name, original);
    const construct = (_: unknown, given: unknown[], target: new (...given: unknown[]) => unknown) => {
      const [first] = given;
      const width = 'BYTES_PER_ELEMENT' in original ? Number(original.BYTES_PER_ELEMENT) : 1;
      // Before it is made, so that a huge claim counts although it would throw.
      if (typeof first === 'number') allocated += first * width;
      else if (
        !(first instanceof ArrayBuffer) &&
        typeof first === 'object' &&
        first !== null &&
        'length' in first
      )
        allocated += Number(first.length) * width;
      return Reflect.construct(original, given, target) as object;
    };
    Reflect.set(globalThis, name, new Proxy(original, { construct }));
  }
});
afterAll(() => {
  for (const [name, original] of originals) Reflect.set(globalThis, name, original);
});

test('the watch sees what is allocated', () => {
  const count = (act: () => unknown) => {
    allocated = 0;
    act();
    return allocated;
  };
  expect(count(() => new Float64Array(10))).toBe(80);
  expect(count(() => Float64Array.from(new Uint16Array(5), (v) => v))).toBe(50);
  expect(count(() => new Uint8Array(new ArrayBuffer(7)))).toBe(7);
  expect(count(() => readNpy(writeNpy([1000], new Float64Array(1000))))).toBeGreaterThan(24_000);
});

type Outcome = 'read' | 'refused';

/** Like expect, which would take most of the time of these tests. */
function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

/** Runs a reader over bytes and holds it to the promises. */
function orderly(bytes: Uint8Array, read: (bytes: Uint8Array) => void): Outcome {
  allocated = 0;
  const begin = performance.now();
  let outcome: Outcome = 'read';
  try {
    read(bytes);
  } catch (error) {
    if (!(error instanceof MemscapeError)) throw error;
    outcome = 'refused';
    const { code, exitCode, what, why, mend, message } = error;
    must(/^data-(?:npy|safetensors|not-finite)$/.test(code) && exitCode === 3, code);
    must(what !== '' && why !== '' && mend !== '', message);
    must(!/undefined|\[object|(?!\n)\p{Cc}/u.test(message) && message.length < 3000, message);
  }
  must(allocated <= FACTOR * bytes.length + SMALL, `${String(allocated)} bytes for ${String(bytes.length)}`);
  must(performance.now() - begin < LIMIT_MS, 'it took too long');
  return outcome;
}

const product = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

const npy = (bytes: Uint8Array) =>
  orderly(bytes, (given) => {
    const { shape, data } = readNpy(given, { label: 'x.npy' });
    must(data.length === product(shape) && data.every(Number.isFinite), 'a partial array');
  });

/** Every tensor is read whole or refused; a refusal of one is the outcome, and does not spoil the others. */
const safetensors = (bytes: Uint8Array) =>
  orderly(bytes, (given) => {
    const file = openSafetensors(given, { label: 'x.safetensors' });
    let refused: unknown;
    for (const name of file.names) {
      try {
        const { shape, data } = file.read(name);
        must(data.length === product(shape) && data.every(Number.isFinite), 'a partial tensor');
      } catch (error) {
        refused ??= error;
      }
    }
    if (refused !== undefined) throw refused instanceof Error ? refused : new Error(JSON.stringify(refused));
  });

/** Overwritten bytes, an insertion or a removal anywhere; half of them within the header. */
const damage = (bytes: Uint8Array, header: number): fc.Arbitrary<Uint8Array> => {
  const place = fc.oneof(fc.nat(header - 1), fc.nat(bytes.length - 1));
  const flip = fc.record({ at: place, mask: fc.integer({ min: 1, max: 255 }) });
  const bit = fc.record({ at: place, mask: fc.nat(7).map((k) => 1 << k) });
  const digit = fc.record({
    at: place,
    to: fc.constantFrom(...Buffer.from('0123456789,[](){}"\' -.eLTF<>|fiubOV')),
  });
  const insert = fc.record({
    at: place,
    put: fc.constantFrom(
      ...['0', '9999999999', ', 2', '{', '"', '\\', '\u0000', '[', '1e9', '-'].map((t) => Buffer.from(t)),
    ),
  });
  return fc.oneof(
    fc.array(fc.oneof(flip, bit), { minLength: 1, maxLength: 4 }).map((changes) => {
      const copy = bytes.slice();
      for (const { at, mask } of changes) copy[at] ^= mask;
      return copy;
    }),
    fc.array(digit, { minLength: 1, maxLength: 3 }).map((changes) => {
      const copy = bytes.slice();
      for (const { at, to } of changes) copy[at] = to;
      return copy;
    }),
    insert.map(({ at, put }) => Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at)])),
    fc
      .tuple(place, fc.integer({ min: 1, max: 9 }))
      .map(([at, cut]) => Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + cut)])),
  );
};

const options = (seed: number) => ({ numRuns: RUNS, seed });

describe('.npy', () => {
  const files = [
    bytesOf('cOrder'),
    bytesOf('fortran'),
    bytesOf('fortran3'),
    writeNpy([4], Int8Array.of(1, 2, 3, 4)),
    writeNpy([], Float32Array.of(1)),
  ];

  test('cut at every byte, and with bytes appended', () => {
    for (const file of files) {
      for (let length = 0; length < file.length; length++) expect(npy(file.slice(0, length))).toBe('refused');
      for (const extra of [1, 8, 1000])
        expect(npy(Buffer.concat([file, Buffer.alloc(extra)]))).toBe('refused');
      expect(npy(file)).toBe('read');
    }
  });

  test(
    'damaged',
    () => {
      const counts = { read: 0, refused: 0 };
      fc.assert(
        fc.property(fc.oneof(...files.map((file) => damage(file, 128))), (bytes) => {
          counts[npy(bytes)]++;
        }),
        options(11),
      );
      expect(Math.min(counts.read, counts.refused)).toBeGreaterThan(RUNS / 200);
    },
    TIMEOUT,
  );

  test(
    'headers that lie: any type, order, shape, version and length',
    () => {
      const length = fc.oneof(
        fc.nat(6).map(String),
        fc.constantFrom(
          '1099511627776',
          '9007199254740991',
          '18446744073709551616',
          '4294967296',
          '-1',
          '0x10',
          '1e9',
          '2L',
          ' 3 ',
        ),
      );
      const counts = { read: 0, refused: 0 };
      const header = fc.record({
        descr: fc.constantFrom(
          ...[
            '<f8',
            '<f4',
            '<f2',
            '|i1',
            '<i8',
            '|u1',
            '<u8',
            '|b1',
            '>f8',
            '|O',
            '<c16',
            '|V8',
            '<U4',
            '<M8[ns]',
            '',
            '=f8',
          ].map((t) => `'${t}'`),
          "[('a', '<f8')]",
        ),
        order: fc.constantFrom('False', 'True', 'None', '0'),
        shape: fc.array(length, { maxLength: 9 }).map((s) => `(${s.join(', ')}${s.length === 1 ? ',' : ''})`),
        version: fc.constantFrom(1, 1, 2, 3, 0, 9),
        claim: fc.oneof(fc.constant(0), fc.constant(0), fc.integer({ min: -200, max: 70000 })),
        data: fc.uint8Array({ maxLength: 100 }),
      });
      fc.assert(
        fc.property(header, ({ descr, order, shape, version, claim, data }) => {
          const text = `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }\n`;
          const claimed = Math.max(0, text.length + claim);
          const size =
            version === 1
              ? [claimed & 255, (claimed >> 8) & 255]
              : [claimed & 255, (claimed >> 8) & 255, claimed >> 16, 0];
          const bytes = Uint8Array.from([
            0x93,
            ...Buffer.from('NUMPY'),
            version,
            0,
            ...size,
            ...Buffer.from(text),
            ...data,
          ]);
          counts[npy(bytes)]++;
        }),
        options(12),
      );
      expect(counts.read).toBeGreaterThan(0);
      expect(counts.refused).toBeGreaterThan(RUNS / 2);
    },
    TIMEOUT,
  );
});

describe('.safetensors', () => {
  const files = [
    reference,
    writeSafetensors({ W: f32([2, 2], [0, -1.5, -1.5, 0]), b: f32([2], [1, 1]) }),
    writeSafetensors(
      { q: tensorOf('F4', [4], new Uint8Array(2)), n: tensorOf('I8', [6], new Uint8Array(6)) },
      { a: 'b' },
    ),
    writeSafetensors({}),
  ];
  const headerOf = (file: Uint8Array) =>
    8 + Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));

  test('cut at every byte, and with bytes appended', () => {
    for (const file of files) {
      for (let length = 0; length < file.length; length++)
        expect(safetensors(file.slice(0, length))).toBe('refused');
      for (const extra of [1, 8, 1000])
        expect(safetensors(Buffer.concat([file, Buffer.alloc(extra)]))).toBe('refused');
    }
  });

  test(
    'damaged',
    () => {
      const counts = { read: 0, refused: 0 };
      fc.assert(
        fc.property(fc.oneof(...files.map((file) => damage(file, headerOf(file)))), (bytes) => {
          counts[safetensors(bytes)]++;
        }),
        options(13),
      );
      expect(Math.min(counts.read, counts.refused)).toBeGreaterThan(RUNS / 200);
    },
    TIMEOUT,
  );

  test(
    'headers that lie: any type, shape, offsets and length',
    () => {
      const count = fc.oneof(
        fc.nat(8),
        fc.constantFrom<unknown>(2 ** 40, 2 ** 53 - 1, 2 ** 53, 1e300, -1, -0, 0.5, '4', null, [], true),
      );
      const tensor = fc.record(
        {
          dtype: fc.constantFrom<unknown>(
            'F64',
            'F32',
            'F16',
            'BF16',
            'I8',
            'U64',
            'BOOL',
            'F8_E4M3',
            'F4',
            'C64',
            'f32',
            '__proto__',
            3,
            null,
          ),
          shape: fc.oneof(
            fc.array(count, { maxLength: 4 }),
            fc.array(fc.nat(3), { maxLength: 2 }),
            fc.constantFrom<unknown>({}, 7, 'x'),
          ),
          data_offsets: fc.oneof(fc.tuple(count, count), fc.array(count, { maxLength: 3 })),
          extra: fc.constant(0),
        },
        { requiredKeys: ['dtype', 'shape', 'data_offsets'] },
      );
      /** True in everything but what one change spoils. */
      const nearly = fc
        .record({ rows: fc.nat(3), columns: fc.nat(3), shift: fc.constantFrom(0, 0, 0, 1, -1, 4) })
        .map(({ rows, columns, shift }) => ({
          dtype: 'F32',
          shape: [rows, columns],
          data_offsets: [Math.max(0, shift), 4 * rows * columns + shift],
        }));
      const counts = { read: 0, refused: 0 };
      fc.assert(
        fc.property(
          fc.dictionary(
            fc.constantFrom('a', 'b', '__metadata__', '__proto__', '\u001b[2J', ''),
            fc.oneof(tensor, nearly, nearly),
            { maxKeys: 3 },
          ),
          fc.uint8Array({ maxLength: 40 }),
          fc.oneof(fc.constant(0n), fc.constant(0n), fc.bigInt({ min: -3n, max: 2n ** 63n })),
          fc.boolean(),
          (header, random, claim, zeros) => {
            const data = zeros ? new Uint8Array(4 * (random.length % 10)) : random;
            const bytes = assemble(JSON.stringify(header), data);
            if (claim !== 0n) {
              const view = new DataView(bytes.buffer);
              view.setBigUint64(0, BigInt.asUintN(64, view.getBigUint64(0, true) + claim), true);
            }
            counts[safetensors(bytes)]++;
          },
        ),
        options(14),
      );
      expect(counts.read).toBeGreaterThan(RUNS / 200);
      expect(counts.refused).toBeGreaterThan(RUNS / 2);
    },
    TIMEOUT,
  );

  test(
    'any bytes at all',
    () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, short) => {
          if (short && bytes.length > 8) bytes.set([bytes.length - 8, 0, 0, 0, 0, 0, 0, 0, 123]);
          if (bytes.length < 10) expect(safetensors(bytes)).toBe('refused');
          else safetensors(bytes);
        }),
        options(15),
      );
    },
    TIMEOUT,
  );
});
