/** The states that a sampling names, one at a time, in f64. */
import type { Grid, Sampling } from '../types.js';

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
