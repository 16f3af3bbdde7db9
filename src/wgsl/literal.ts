/**
 * Numbers as WGSL text. A bare `3.0` interpolated from JavaScript prints `3`, an i32 in WGSL, and NaN prints an
 * identifier: so every number that enters a shader's text goes through here.
 */

import { MemscapeError } from '../errors.js';

/**
 * `value` rounded to f32, as text that Tint reads back to the same bits.
 * @throws MemscapeError `model-f32` (exit 2) where f32 has no such number.
 */
export function f32(value: number): string {
  const rounded = Math.fround(value);
  if (!Number.isFinite(rounded))
    throw new MemscapeError({
      code: 'model-f32',
      what: `${String(value)}, which the kernels of this model need, is no f32 number`,
      why: 'GPUs compute in f32, whose largest number is 3.4e38; a product of weights, or of R and weights, is larger.',
      mend: 'scale the weights, or use --device cpu.',
      exitCode: 2,
    });
  // Subnormals may be flushed by the device anyway, and some front ends refuse them as literals.
  if (Math.abs(rounded) < 1.1754943508222875e-38) return '0.0f';
  const text = String(rounded);
  return (/[.e]/.test(text) ? text : `${text}.0`) + 'f';
}

/** A non-negative integer below 2^32. */
export function u32(value: number): string {
  if (!Number.isInteger(value) || value < 0 || value > 0xffffffff)
    throw new RangeError(`${String(value)} has no u32 literal`);
  return `${String(value)}u`;
}
