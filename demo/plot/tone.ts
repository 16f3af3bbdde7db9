/**
 * Values to positions in the colour map: t = (gain x/(x + m))^0.9 with x = E - low. Monotone, so that order is kept;
 * wells have about half of the scale whatever rises at the edge of the view.
 */
export interface Tone {
  readonly low: number;
  readonly range: number;
  /** Where the curve bends, near the median of x. */
  readonly m: number;
}

export const EXPONENT = 0.9;

export function toneOf(low: number, high: number, median: number, least = 1e-9): Tone {
  // An energy that is the same everywhere has no scale of its own.
  const range = Math.max(high - low, least);
  // A plateau at the minimum that fills half of the view would make m zero and the curve a step.
  return { low, range, m: 1.15 * Math.max(median - low, 0.01 * range) };
}

export const gainOf = ({ range, m }: Tone): number => 1 + m / range;

/** Position of a value, 0 to 1. */
export function toTone(tone: Tone, value: number): number {
  const x = Math.min(tone.range, Math.max(0, value - tone.low));
  return ((gainOf(tone) * x) / (x + tone.m)) ** EXPONENT;
}

export function toValue(tone: Tone, position: number): number {
  const u = position ** (1 / EXPONENT);
  return tone.low + (u * tone.m) / (gainOf(tone) - u);
}

/** A tone that shows what both show: while a slider moves, the range may grow but not shrink. */
export function widened(tone: Tone, by: Tone): Tone {
  const low = Math.min(tone.low, by.low);
  return { low, range: Math.max(tone.low + tone.range, by.low + by.range) - low, m: tone.m };
}

export function mixed(from: Tone, to: Tone, share: number): Tone {
  const mix = (a: number, b: number) => a + (b - a) * share;
  return { low: mix(from.low, to.low), range: mix(from.range, to.range), m: mix(from.m, to.m) };
}
