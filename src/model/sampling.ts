/** The states that a sampling names, one at a time, in f64. */
import type { Grid, Points, Sampling } from '../types.js';

/** Cell centre `index` of an axis: lo + (hi - lo)(index + 1/2)/count. */
export function coordinate([lo, hi]: readonly [number, number], count: number, index: number): number {
  return (lo + hi) / 2 + ((index - (count - 1) / 2) * (hi - lo)) / count;
}

/** Writes y = origin + s axis_0 + t axis_1 + q axis_2 for cell `column` of `row` (rows count t and q together). */
function gridState(grid: Grid, column: number, row: number, out: Float64Array): void {
  const { origin, axes, extent, size } = grid;
  const rowsPerLayer = axes.length === 3 ? size[1] : row + 1;
  const index = [column, row % rowsPerLayer, Math.floor(row / rowsPerLayer)];
  out.set(origin);
  axes.forEach((axis, k) => {
    const c = coordinate(extent[k], size[k], index[k]);
    for (let i = 0; i < out.length; i++) out[i] += c * axis[i];
  });
}

/** The state at `column` of `row`; points lie in one row. */
export function stateAt(sampling: Sampling, column: number, row: number, out: Float64Array): void {
  if (sampling.kind === 'grid') gridState(sampling, column, row, out);
  else out.set(sampling.states.subarray(column * out.length, (column + 1) * out.length));
}

/**
 * The same states as offsets from `reference`. A grid is written from its own middle, so that its coordinates are as small
 * as its box and f32 holds them to the last bits.
 */
export function offsetsFrom(grid: Grid, reference: Float64Array): Grid;
export function offsetsFrom(sampling: Sampling, reference: Float64Array): Sampling;
export function offsetsFrom(sampling: Sampling, reference: Float64Array): Sampling {
  return sampling.kind === 'grid' ? gridOffsets(sampling, reference) : pointOffsets(sampling, reference);
}

function gridOffsets(grid: Grid, reference: Float64Array): Grid {
  const origin = Float64Array.from(grid.origin);
  const extent = grid.extent.map(([lo, hi], k): [number, number] => {
    const middle = (lo + hi) / 2;
    for (let i = 0; i < origin.length; i++) origin[i] += middle * grid.axes[k][i];
    return [(lo - hi) / 2, (hi - lo) / 2];
  });
  for (let i = 0; i < origin.length; i++) origin[i] -= reference[i];
  return { ...grid, origin, extent };
}

const pointOffsets = (points: Points, reference: Float64Array): Points => ({
  ...points,
  states: points.states.map((y, k) => y - reference[k % reference.length]),
});
