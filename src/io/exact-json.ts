/** Records as JSON without loss: vectors as base64 of their bytes, and the numbers that JSON does not have by name. */

const VECTOR = '$f64';
const NUMBER = '$number';
const NAMED: Readonly<Record<string, number>> = { NaN, Infinity, '-Infinity': -Infinity, '-0': -0 };

const nameOf = (value: number): string | undefined =>
  Object.is(value, -0) ? '-0' : Number.isFinite(value) ? undefined : String(value);

function toPlain(_: string, value: unknown): unknown {
  if (value instanceof Float64Array) {
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    return { [VECTOR]: btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')) };
  }
  const name = typeof value === 'number' ? nameOf(value) : undefined;
  return name === undefined ? value : { [NUMBER]: name };
}

function fromPlain(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (VECTOR in value) {
    const bytes = Uint8Array.from(atob(String(value[VECTOR])), (letter) => letter.charCodeAt(0));
    return new Float64Array(bytes.buffer);
  }
  return NUMBER in value ? NAMED[String(value[NUMBER])] : value;
}

/** A value of plain data and Float64Arrays as JSON can hold it; bytes in the machine's order (little-endian everywhere). */
export const packed = (value: unknown): unknown => JSON.parse(JSON.stringify(value, toPlain));

/** The value that was packed. */
export const unpacked = (value: unknown): unknown => JSON.parse(JSON.stringify(value), fromPlain);
