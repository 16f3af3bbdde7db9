/**
 * Whether W = W^T up to rounding, without building W: blocks are compared with their mirror images, so a sparse network
 * of 65536 neurons is tested in the time that its blocks take.
 */
import type { WeightBlock } from '../types.js';

/** |W - W^T| <= this times max|W| counts as symmetric: weights that were computed in f32 differ by rounding. */
const RELATIVE_TOLERANCE = 1e-6;

/** A rectangle of W inside one block: W[row + i][column + j] is data[start + i stride + j]. */
export interface Tile {
  readonly row: number;
  readonly column: number;
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
  readonly start: number;
  readonly stride: number;
}

/**
 * Tests |W - W^T| <= 1e-6 max|W|; if so makes the blocks exactly symmetric in place.
 * @returns whether it holds, max|W - W^T| as it was before, and the `tolerance` it was compared with.
 */
export function symmetrise(blocks: readonly WeightBlock[]): {
  symmetric: boolean;
  difference: number;
  tolerance: number;
} {
  let largest = 0;
  for (const { matrix } of blocks)
    for (const value of matrix.data) largest = Math.max(largest, Math.abs(value));
  const pairs = mirrorPairs(blocks);
  let difference = 0;
  for (const pair of pairs) {
    visit(pair, (x, y) => {
      difference = Math.max(difference, Math.abs(x - y));
      return undefined;
    });
  }
  const tolerance = RELATIVE_TOLERANCE * largest;
  const symmetric = difference <= tolerance;
  // A connection without a partner (at most the tolerance in size) becomes 0, so that no block has to be made.
  if (symmetric && difference > 0)
    for (const pair of pairs) visit(pair, (x, y) => (pair[1] ? (x + y) / 2 : 0));
  return { symmetric, difference, tolerance };
}

/** Where |W_ij - W_ji| is largest, i > j; the first of equals by rows. (0, 0) where W = W^T. */
export function worstPair(blocks: readonly WeightBlock[]): readonly [i: number, j: number] {
  let worst = { gap: 0, i: 0, j: 0 };
  for (const [tile, mirror] of mirrorPairs(blocks)) {
    for (let k = 0; k < tile.rows; k++) {
      for (let l = 0; l < tile.columns; l++) {
        const other = mirror ? mirror.data[mirror.start + l * mirror.stride + k] : 0;
        const gap = Math.abs(tile.data[tile.start + k * tile.stride + l] - other);
        const [row, column] = [tile.row + k, tile.column + l];
        const [i, j] = row > column ? [row, column] : [column, row];
        if (gap > worst.gap || (gap === worst.gap && (i < worst.i || (i === worst.i && j < worst.j))))
          worst = { gap, i, j };
      }
    }
  }
  return [worst.i, worst.j];
}

/** Calls `change` with (W_ij, W_ji) over a tile and its mirror image and stores what it returns in both. */
function visit(
  [tile, mirror]: readonly [Tile, Tile | undefined],
  change: (x: number, y: number) => number | undefined,
) {
  for (let i = 0; i < tile.rows; i++) {
    for (let j = mirror === tile ? i + 1 : 0; j < tile.columns; j++) {
      const here = tile.start + i * tile.stride + j;
      const there = mirror ? mirror.start + j * mirror.stride + i : 0;
      const value = change(tile.data[here], mirror ? mirror.data[there] : 0);
      if (value === undefined) continue;
      tile.data[here] = value;
      if (mirror) mirror.data[there] = value;
    }
  }
}

/**
 * Every tile with its mirror image (itself on the diagonal, undefined where W^T has no block). The blocks are cut
 * along all edges of all blocks, for rows and columns alike, so that mirror images have equal shapes.
 */
export function mirrorPairs(blocks: readonly WeightBlock[]): (readonly [Tile, Tile | undefined])[] {
  const edges = blocks.flatMap(({ row, column, matrix }) => [
    row,
    row + matrix.rows,
    column,
    column + matrix.columns,
  ]);
  const cuts = [...new Set(edges)].sort((a, b) => a - b);
  const place = new Map(cuts.map((cut, index) => [cut, index]));
  const index = (cut: number) => place.get(cut) ?? 0;
  const tiles = new Map<number, Tile>();
  for (const { row, column, matrix } of blocks) {
    const { rows, columns, data } = matrix;
    for (let a = index(row); cuts[a] < row + rows; a++) {
      for (let b = index(column); cuts[b] < column + columns; b++) {
        const start = (cuts[a] - row) * columns + cuts[b] - column;
        tiles.set(a * cuts.length + b, {
          row: cuts[a],
          column: cuts[b],
          rows: cuts[a + 1] - cuts[a],
          columns: cuts[b + 1] - cuts[b],
          data,
          start,
          stride: columns,
        });
      }
    }
  }
  const pairs: (readonly [Tile, Tile | undefined])[] = [];
  for (const [key, tile] of tiles) {
    const a = Math.floor(key / cuts.length);
    const b = key % cuts.length;
    const mirror = tiles.get(b * cuts.length + a);
    if (a <= b || mirror === undefined) pairs.push([tile, mirror]);
  }
  return pairs;
}
