/** A coarse look at a whole landscape in f64: range of the colour scale, share that is blind. */
import { toneOf, type Tone } from '../plot/tone.js';
import { fromScreen, type View } from '../plot/view.js';
import type { Exact, Point } from './exact.js';

/** f64 samples along the longer side, for the colour range and the blind share. */
export const SCAN_SIDE = { full: 64, quick: 32 } as const;

export interface Scan {
  readonly tone: Tone;
  readonly high: number;
  readonly samples: number;
  /** Samples where the gradient is zero while the state moves. */
  readonly blind: number;
}

/**
 * @param side samples along the longer side of the view; they are cell centres, so none lies on its edge.
 * @param landmarks states that must lie inside the colour range: minima are sharper than the samples are close.
 * @param least range of the colours at least: energies that differ by less look the same.
 */
export function scan(
  exact: Exact,
  view: View,
  landmarks: readonly Point[],
  side: number,
  least?: number,
): Scan {
  const longer = Math.max(view.width, view.height);
  // Even, so that no row of samples lies on an axis, where relu bends.
  const even = (length: number) => 2 * Math.round((side * length) / longer / 2);
  const [columns, rows] = [even(view.width), even(view.height)];
  const at = (i: number, j: number) =>
    fromScreen(view, [(i / columns) * view.width, (j / rows) * view.height]);
  const values: number[] = [];
  let blind = 0;
  for (let j = 0; j < rows; j++)
    for (let i = 0; i < columns; i++) {
      const state = at(i + 0.5, j + 0.5);
      values.push(exact.energy(state));
      if (exact.isBlind(state)) blind++;
    }
  const median = Float64Array.from(values).sort()[values.length >> 1];
  // Energies are highest at the edge of a view more often than not.
  for (let i = 0; i <= columns; i++) values.push(exact.energy(at(i, 0)), exact.energy(at(i, rows)));
  for (let j = 0; j <= rows; j++) values.push(exact.energy(at(0, j)), exact.energy(at(columns, j)));
  for (const landmark of landmarks) values.push(exact.energy(landmark));
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { tone: toneOf(low, high, median, least), high, samples: columns * rows, blind };
}
