/**
 * The sink that keeps enough for a picture: every so manyth sample of each axis. A picked sample lies at most half a
 * cell of the full grid beside the centre of its cell of the picture, which is far below a pixel.
 */
import type { TileResult } from '../backend.js';
import { shapeOf } from '../plan/plan.js';
import type { Quantity } from '../types.js';
import type { Plane } from '../wgsl/planes.js';
import { like, type Values } from './layout.js';
import type { StreamPart, TileSink } from './sink.js';

/** Pictures of planes are drawn from at most so many samples along each side (interface.md). */
const SIDE = 2048;
/** And lines from so many. */
const LINE = 8192;
/** Numbers kept of a quantity: a vector of many neurons is picked more coarsely. */
const NUMBERS = 2 ** 24;

/** Picked samples: an array of shape [t][s] or [s], with [N] after it for a vector. */
export interface Picked {
  readonly size: readonly number[];
  readonly data: Values;
}

/** For slices with one or two axes. */
export class PickSink implements TileSink {
  readonly #picked = new Map<Quantity, Picked>();

  get picked(): ReadonlyMap<Quantity, Picked> {
    return this.#picked;
  }

  begin(): void {
    this.#picked.clear();
  }

  take({ plan }: StreamPart, result: TileResult): void {
    const [columns, rows = 1] = shapeOf(plan.sampling).reverse();
    for (const plane of plan.planes) {
      const { width, height } = sideOf(columns, rows, plane);
      let picked = this.#picked.get(plane.quantity);
      if (!picked) {
        const size = rows === 1 && shapeOf(plan.sampling).length === 1 ? [width] : [width, height];
        picked = { size, data: like(result.values, width * height * plane.components) };
        this.#picked.set(plane.quantity, picked);
      }
      pick(result, plane, picked.data, { columns, rows, width, height });
    }
  }
}

function sideOf(columns: number, rows: number, { components }: Plane): { width: number; height: number } {
  if (rows === 1) return { width: Math.min(columns, LINE, Math.floor(NUMBERS / components)), height: 1 };
  const side = Math.max(1, Math.min(SIDE, Math.floor(Math.sqrt(NUMBERS / components))));
  return { width: Math.min(columns, side), height: Math.min(rows, side) };
}

interface Sizes {
  readonly columns: number;
  readonly rows: number;
  readonly width: number;
  readonly height: number;
}

/** The sample that stands for cell `k` of `cells`: the one whose cell holds the centre of that cell. */
const sampleOf = (k: number, cells: number, samples: number) => Math.floor(((k + 0.5) * samples) / cells);

/** A cell at or just before the first whose sample is `at` or beyond it. */
const cellFrom = (at: number, cells: number, samples: number) =>
  Math.max(0, Math.floor((at * cells) / samples - 0.5));

function pick(
  { tile, values }: TileResult,
  { first, components }: Plane,
  out: Values,
  { columns, rows, width, height }: Sizes,
): void {
  const points = tile.columns * tile.rows;
  for (let j = cellFrom(tile.row, height, rows); j < height; j++) {
    const row = sampleOf(j, height, rows) - tile.row;
    if (row < 0) continue;
    if (row >= tile.rows) break;
    for (let i = cellFrom(tile.column, width, columns); i < width; i++) {
      const column = sampleOf(i, width, columns) - tile.column;
      if (column < 0) continue;
      if (column >= tile.columns) break;
      const at = row * tile.columns + column;
      for (let c = 0; c < components; c++)
        out[(j * width + i) * components + c] = values[(first + c) * points + at];
    }
  }
}
