/**
 * From tiles to arrays and back. A tile holds [component][row][column]; an array is row-major over the sampling with
 * the components of a vector last. Rows that follow each other in the array are one run: a tile of whole rows is one.
 */
import type { TileResult } from '../backend.js';
import { shapeOf, type Plan, type Tile } from '../plan/plan.js';
import type { Plane } from '../wgsl/planes.js';

/** Numbers of either precision. */
export type Values = Float32Array | Float64Array;

/** An array of as many numbers, of the same type. */
export const like = (values: Values, length: number): Values =>
  values instanceof Float32Array ? new Float32Array(length) : new Float64Array(length);

/** Shape of a plane's array: [q][t][s] or [points], and [N] after it for a vector. */
export function planeShape({ sampling }: Plan, { components, vector }: Plane): number[] {
  return vector ? [...shapeOf(sampling), components] : shapeOf(sampling);
}

/** Points along the first axis. */
export const columnsOf = ({ sampling }: Plan): number => shapeOf(sampling).at(-1) ?? 1;

/** Runs of a tile in the array: first point there, first point in the tile, and points. */
export function* runs(
  plan: Plan,
  tile: Tile,
): Generator<{ readonly at: number; readonly from: number; readonly points: number }> {
  const columns = columnsOf(plan);
  if (tile.columns === columns) {
    yield { at: tile.row * columns, from: 0, points: tile.rows * columns };
    return;
  }
  for (let row = 0; row < tile.rows; row++)
    yield { at: (tile.row + row) * columns + tile.column, from: row * tile.columns, points: tile.columns };
}

/** The values of one plane of a tile as [row][column][component]: as they are where there is one component. */
export function interleaved({ tile, values }: TileResult, { first, components }: Plane): Values {
  const points = tile.columns * tile.rows;
  const own = values.subarray(first * points, (first + components) * points);
  if (components === 1) return own;
  const out = like(values, own.length);
  for (let c = 0; c < components; c++)
    for (let k = 0; k < points; k++) out[k * components + c] = own[c * points + k];
  return out;
}

/** The inverse of `interleaved`, into the values of a tile of `points` points. */
export function deinterleave(
  values: Values,
  from: Values,
  { first, components }: Plane,
  points: number,
): void {
  for (let c = 0; c < components; c++)
    for (let k = 0; k < points; k++) values[(first + c) * points + k] = from[k * components + c];
}
