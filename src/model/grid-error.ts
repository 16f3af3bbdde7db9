/** How far the f32 coordinates of a grid cell may be from the f64 ones (shaders/task/tile.wgsl, `coordinate`). */
import type { Grid } from '../types.js';
import { ROUNDOFF } from './bound.js';
import { coordinate } from './sampling.js';

/** Roundings on the way to y: middle, step, difference, two products and the sums. */
const ROUNDINGS = 4;

/** Bound per component of the state at cell `column`, `row`. */
export function gridStateError(
  { origin, axes, extent, size }: Grid,
  column: number,
  row: number,
): Float64Array {
  const rowsPerLayer = axes.length === 3 ? size[1] : row + 1;
  const index = [column, row % rowsPerLayer, Math.floor(row / rowsPerLayer)];
  const terms = origin.map(Math.abs);
  axes.forEach((axis, k) => {
    const [lo, hi] = extent[k];
    const middle = Math.abs(lo + hi) / 2;
    const reach = Math.abs(coordinate(extent[k], size[k], index[k]) - (lo + hi) / 2);
    for (let i = 0; i < terms.length; i++) terms[i] += Math.abs(axis[i]) * (middle + reach);
  });
  return terms.map((t) => ROUNDINGS * ROUNDOFF * t);
}
