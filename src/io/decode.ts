/**
 * Numbers as files store them (.npy, .safetensors), widened to f64. All are little-endian, as is every engine that
 * runs WebGPU or Node 20, so typed arrays read them. Bytes are copied first: they may be unaligned, or shared with
 * another thread (slice() of a Node Buffer does not copy).
 */
import { MemscapeError } from '../errors.js';

/** Kind (float, brain float, integer, unsigned, boolean) and bytes of a number. */
export type NumberType =
  'f8' | 'f4' | 'f2' | 'bf2' | 'i1' | 'i2' | 'i4' | 'i8' | 'u1' | 'u2' | 'u4' | 'u8' | 'b1';

/** Bytes that one number takes. */
export const widthOf = (type: NumberType): number => Number(type.slice(-1));

const widen: Readonly<Record<NumberType, (buffer: ArrayBuffer) => Float64Array>> = {
  f8: (buffer) => new Float64Array(buffer),
  f4: (buffer) => new Float64Array(new Float32Array(buffer)),
  f2: (buffer) => Float64Array.from(new Uint16Array(buffer), half),
  // The upper half of an f32.
  bf2: (buffer) => {
    const bits = Uint32Array.from(new Uint16Array(buffer), (upper) => upper << 16);
    return new Float64Array(new Float32Array(bits.buffer));
  },
  i1: (buffer) => new Float64Array(new Int8Array(buffer)),
  i2: (buffer) => new Float64Array(new Int16Array(buffer)),
  i4: (buffer) => new Float64Array(new Int32Array(buffer)),
  i8: (buffer) => bigToDouble(new BigInt64Array(buffer)),
  u1: (buffer) => new Float64Array(new Uint8Array(buffer)),
  u2: (buffer) => new Float64Array(new Uint16Array(buffer)),
  u4: (buffer) => new Float64Array(new Uint32Array(buffer)),
  u8: (buffer) => bigToDouble(new BigUint64Array(buffer)),
  b1: (buffer) => Float64Array.from(new Uint8Array(buffer), (byte) => (byte === 0 ? 0 : 1)),
};

/** IEEE 754 binary16 to a number. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}

function bigToDouble(from: BigInt64Array | BigUint64Array): Float64Array {
  const out = new Float64Array(from.length);
  for (let i = 0; i < out.length; i++) out[i] = Number(from[i]);
  return out;
}

/** All numbers in `bytes`, whose length is a multiple of the type's; integers beyond 2^53 are rounded. */
export function decode(bytes: Uint8Array, type: NumberType): Float64Array {
  return widen[type](new Uint8Array(bytes).buffer);
}

/** Throws `data-not-finite` (exit 3) with the index of the first NaN or infinity in a row-major array. */
export function refuseNonFinite(data: Float64Array, shape: readonly number[], label: string): void {
  const place = data.findIndex((value) => !Number.isFinite(value));
  if (place < 0) return;
  const index: number[] = [];
  for (let axis = shape.length - 1, rest = place; axis >= 0; axis--) {
    index.unshift(rest % shape[axis]);
    rest = Math.floor(rest / shape[axis]);
  }
  throw new MemscapeError({
    code: 'data-not-finite',
    what: `element [${index.join(', ')}] of ${label}: expected a finite number, found ${String(data[place])}`,
    why: 'NaN and infinities would spread into everything computed from them.',
    mend: 'remove such entries before saving',
    exitCode: 3,
  });
}
