/**
 * A second writer of .safetensors, by the layout rules of the reference implementation (tensors by falling type, then by
 * name; metadata first; header padded with spaces to 8 bytes), and a file that the reference wrote.
 */

/** A tensor with its bytes as they stand in the file. */
export interface KitTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** Types in the order of the reference, which sorts tensors by the last first. */
const order =
  'BOOL F4 F6_E2M3 F6_E3M2 U8 I8 F8_E5M2 F8_E4M3 F8_E8M0 I16 U16 F16 BF16 I32 U32 F32 C64 F64 I64 U64';

/** A header of any text before any data. */
export function assemble(header: string, data: Uint8Array = new Uint8Array()): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

/** The bytes of a whole file. */
export function writeSafetensors(
  tensors: Readonly<Record<string, KitTensor>>,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array {
  const rank = (dtype: string) => order.split(' ').indexOf(dtype);
  const sorted = Object.entries(tensors).sort(
    ([a, { dtype: x }], [b, { dtype: y }]) => rank(y) - rank(x) || (a < b ? -1 : 1),
  );
  const header: Record<string, unknown> = metadata ? { __metadata__: metadata } : {};
  let end = 0;
  for (const [name, { dtype, shape, bytes }] of sorted)
    header[name] = { dtype, shape, data_offsets: [end, (end += bytes.length)] };
  const text = JSON.stringify(header);
  const data = new Uint8Array(end);
  let offset = 0;
  for (const [, { bytes }] of sorted) {
    data.set(bytes, offset);
    offset += bytes.length;
  }
  return assemble(text + ' '.repeat((8 - (new TextEncoder().encode(text).length % 8)) % 8), data);
}

/** A tensor of f32 numbers. */
export const f32 = (shape: readonly number[], values: readonly number[]): KitTensor => ({
  dtype: 'F32',
  shape,
  bytes: new Uint8Array(Float32Array.from(values).buffer),
});

/** Any typed array as a tensor. */
export const tensorOf = (dtype: string, shape: readonly number[], array: ArrayBufferView): KitTensor => ({
  dtype,
  shape,
  bytes: new Uint8Array(array.buffer, array.byteOffset, array.byteLength),
});

/** What `reference` holds. */
export const contents: Readonly<Record<string, KitTensor>> = {
  'fc1.weight': f32([2, 3], [0, 1, 2, 3, 4, 5]),
  'fc1.bias': tensorOf('F16', [2], Uint16Array.of(0x3800, 0xc000)),
  b: tensorOf('BF16', [2], Uint16Array.of(0x3fc0, 0xc000)),
  w: tensorOf('F64', [1, 1], Float64Array.of(0.1)),
  mask: tensorOf('BOOL', [3], Uint8Array.of(1, 0, 1)),
  n: tensorOf('I64', [], BigInt64Array.of(-5n)),
  empty: f32([0, 4], []),
  u: tensorOf('U8', [1], Uint8Array.of(255)),
};

/** Written by safetensors 0.8.0 for Python with the metadata { format: pt }. */
export const reference = new Uint8Array(
  Buffer.from(
    '+AEAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJmb3JtYXQiOiJwdCJ9LCJuIjp7ImR0eXBlIjoiSTY0Iiwic2hhcGUiOltdLCJkYXRhX29mZnNldHMiOlswLDhdfSwidyI6eyJkdHlwZSI6IkY2NCIsInNoYXBlIjpbMSwxXSwiZGF0YV9vZmZzZXRzIjpbOCwxNl19LCJlbXB0eSI6eyJkdHlwZSI6IkYzMiIsInNoYXBlIjpbMCw0XSwiZGF0YV9vZmZzZXRzIjpbMTYsMTZdfSwiZmMxLndlaWdodCI6eyJkdHlwZSI6IkYzMiIsInNoYXBlIjpbMiwzXSwiZGF0YV9vZmZzZXRzIjpbMTYsNDBdfSwiYiI6eyJkdHlwZSI6IkJGMTYiLCJzaGFwZSI6WzJdLCJkYXRhX29mZnNldHMiOls0MCw0NF19LCJmYzEuYmlhcyI6eyJkdHlwZSI6IkYxNiIsInNoYXBlIjpbMl0sImRhdGFfb2Zmc2V0cyI6WzQ0LDQ4XX0sInUiOnsiZHR5cGUiOiJVOCIsInNoYXBlIjpbMV0sImRhdGFfb2Zmc2V0cyI6WzQ4LDQ5XX0sIm1hc2siOnsiZHR5cGUiOiJCT09MIiwic2hhcGUiOlszXSwiZGF0YV9vZmZzZXRzIjpbNDksNTJdfX0gICAgICD7/////////5qZmZmZmbk/AAAAAAAAgD8AAABAAABAQAAAgEAAAKBAwD8AwAA4AMD/AQAB',
    'base64',
  ),
);
