/** Numbers with what they may be wrong by, and which labels count as places to go to. */
import { LABEL } from './labels.js';

/** A mean with its standard error; the error is null where one value says nothing about scatter. */
export interface Estimate {
  readonly value: number;
  readonly standardError: number | null;
}

/** The mean of independent values, with its standard error. */
export function meanOf(values: readonly number[]): Estimate {
  const n = values.length;
  const value = values.reduce((sum, v) => sum + v, 0) / n;
  const square = values.reduce((sum, v) => sum + (v - value) ** 2, 0);
  return { value, standardError: n > 1 ? Math.sqrt(square / (n - 1) / n) : null };
}

/**
 * Whether a label says where a start goes: to an attractor, out of the box or to infinity. Rest at a saddle is the
 * boundary itself, and what is undecided, out of time or not a number is left out of measures, and counted.
 */
export const isTold = (label: number): boolean =>
  label >= 0 || label === LABEL.diverged || label === LABEL['left-box'];
