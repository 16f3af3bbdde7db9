/** Tone scales: values to positions in [0, 1] of a colour map, monotone, nothing clipped, invertible. */
import type { ToneName } from './picture.js';

export interface ToneScale {
  /** Values at both ends of the colour scale. */
  readonly low: number;
  readonly high: number;
  /** All finite values are equal; everything has the middle tone. */
  readonly constant: boolean;
  /** Non-finite values give NaN. */
  readonly toTone: (value: number) => number;
  readonly toValue: (tone: number) => number;
}

/** A monotone map of [0, range] onto [0, 1] and its inverse. */
interface Curve {
  readonly forward: (x: number) => number;
  readonly inverse: (t: number) => number;
}

const SAMPLE = 65536;

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

/** Median of f over at most 65,536 evenly spread finite values. */
function sampledMedian(values: Float32Array | Float64Array, row: number, f: (v: number) => number): number {
  let stride = Math.max(1, Math.floor(values.length / SAMPLE));
  // A stride that shares a factor with the row length would look at a few columns only.
  while (stride > 1 && gcd(stride, row) !== 1) stride++;
  const sample: number[] = [];
  for (let i = 0; i < values.length; i += stride) if (Number.isFinite(values[i])) sample.push(f(values[i]));
  const sorted = Float64Array.from(sample).sort();
  return sorted[sorted.length >> 1] ?? 0;
}

/** t = ((1 + m/X) x/(x + m))^0.9: wells keep about half of the scale, no value is clipped. */
function toneCurve(range: number, median: number): Curve {
  // A plateau at the minimum that fills half of the picture would make m zero and the curve a step.
  const m = 1.15 * Math.max(median, 0.01 * range);
  const gain = 1 + m / range;
  return {
    forward: (x) => ((gain * x) / (x + m)) ** 0.9,
    inverse: (t) => {
      const u = t ** (1 / 0.9);
      return (u * m) / (gain - u);
    },
  };
}

function linearCurve(range: number): Curve {
  return { forward: (x) => x / range, inverse: (t) => t * range };
}

function logCurve(range: number, unit: number): Curve {
  const scale = Math.log1p(range / unit);
  return { forward: (x) => Math.log1p(x / unit) / scale, inverse: (t) => Math.expm1(t * scale) * unit };
}

const clamp = (t: number): number => (t < 0 ? 0 : t > 1 ? 1 : t);

/** Zero in the middle, both sides by the same curve of |v|. */
function mirrored(curve: Curve): Curve {
  return {
    forward: (v) => 0.5 + 0.5 * Math.sign(v) * curve.forward(Math.abs(v)),
    inverse: (t) => Math.sign(t - 0.5) * curve.inverse(Math.abs(2 * t - 1)),
  };
}

/** Signed logarithm over [low, high]: linear within `unit` of zero. */
function symmetricLog(low: number, high: number, unit: number): Curve {
  const log = (v: number): number => Math.sign(v) * Math.log1p(Math.abs(v) / unit);
  const [from, to] = [log(low), log(high)];
  return {
    forward: (v) => (log(v) - from) / (to - from),
    inverse: (t) => {
      const at = from + t * (to - from);
      return Math.sign(at) * Math.expm1(Math.abs(at)) * unit;
    },
  };
}

function extremes(values: Float32Array | Float64Array): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const v of values) {
    if (v < low && v > -Infinity) low = v;
    if (v > high && v < Infinity) high = v;
  }
  return [low, high];
}

function constantScale(value: number): ToneScale {
  return {
    low: value,
    high: value,
    constant: true,
    toTone: (v) => (Number.isFinite(v) ? 0.5 : NaN),
    toValue: () => value,
  };
}

/** Chooses the curve in units of the largest size, so that neither huge nor tiny values over- or underflow. */
function chooseCurve(
  values: Float32Array | Float64Array,
  row: number,
  name: ToneName,
  signed: boolean,
  bounds: readonly [number, number],
): Curve {
  const [low, high] = bounds;
  const unit = Math.max(Math.abs(low), Math.abs(high));
  const range = signed ? 1 : high / unit - low / unit;
  const distance = signed ? (v: number) => Math.abs(v / unit) : (v: number) => v / unit - low / unit;
  const middle = name === 'linear' ? 0 : sampledMedian(values, row, distance);
  const bend = Math.max(0.05 * middle, 1e-4 * range);
  if (name === 'symlog' && !signed) return symmetricLog(low / unit, high / unit, bend);
  const side =
    name === 'linear'
      ? linearCurve(range)
      : name === 'symlog'
        ? logCurve(range, bend)
        : toneCurve(range, middle);
  if (signed) return mirrored(side);
  const base = low / unit;
  return { forward: (v) => side.forward(v - base), inverse: (t) => side.inverse(t) + base };
}

/**
 * The tone scale of a field.
 * @param row number of values in a row, to spread the sample for the median
 * @param name default `tone`
 * @param signed zero in the middle, ends at -max|v| and max|v|
 * @returns undefined when no value is finite
 */
export function toneScale(
  values: Float32Array | Float64Array,
  row: number,
  name: ToneName = 'tone',
  signed = false,
): ToneScale | undefined {
  const [least, most] = extremes(values);
  if (least > most) return undefined;
  const unit = Math.max(Math.abs(least), Math.abs(most));
  const [low, high] = signed ? [-unit, unit] : [least, most];
  if (low === high || high / unit - low / unit === 0) return constantScale(low);
  const curve = chooseCurve(values, row, name, signed, [low, high]);
  return {
    low,
    high,
    constant: false,
    toTone: (v) => (Number.isFinite(v) ? clamp(curve.forward(v / unit)) : NaN),
    toValue: (t) => Math.min(high, Math.max(low, curve.inverse(t) * unit)),
  };
}
