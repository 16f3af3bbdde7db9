/** The sink that keeps the least and the greatest number of every quantity, and counts what is no number. */
import type { TileResult } from '../backend.js';
import type { Quantity } from '../types.js';
import type { Plane } from '../wgsl/planes.js';
import type { StreamPart, TileSink } from './sink.js';

/** The finite values of a quantity; `least` > `greatest` where there are none. */
export interface ValueRange {
  readonly least: number;
  readonly greatest: number;
  /** NaN and infinities: states that do not exist, overflow. */
  readonly notFinite: number;
}

const NONE: ValueRange = { least: Infinity, greatest: -Infinity, notFinite: 0 };

export class RangeSink implements TileSink {
  /** By the place of a tile, so that one that comes again replaces what it was. */
  readonly #tiles = new Map<Quantity, Map<string, ValueRange>>();

  begin(): void {
    this.#tiles.clear();
  }

  take({ plan }: StreamPart, { tile, values }: TileResult): void {
    const points = tile.columns * tile.rows;
    for (const { quantity, first, components } of plan.planes) {
      const tiles = this.#tiles.get(quantity) ?? new Map<string, ValueRange>();
      this.#tiles.set(quantity, tiles);
      const own = values.subarray(first * points, (first + components) * points);
      tiles.set(`${String(tile.row)} ${String(tile.column)}`, rangeOf(own));
    }
  }

  /** Of all tiles of a quantity so far. */
  of(quantity: Plane['quantity']): ValueRange {
    let [least, greatest, notFinite] = [NONE.least, NONE.greatest, NONE.notFinite];
    for (const range of this.#tiles.get(quantity)?.values() ?? []) {
      least = Math.min(least, range.least);
      greatest = Math.max(greatest, range.greatest);
      notFinite += range.notFinite;
    }
    return { least, greatest, notFinite };
  }
}

/** The range of an array. */
export function rangeOf(values: Float32Array | Float64Array): ValueRange {
  let [least, greatest, notFinite] = [NONE.least, NONE.greatest, NONE.notFinite];
  for (const v of values) {
    if (!Number.isFinite(v)) notFinite++;
    else {
      if (v < least) least = v;
      if (v > greatest) greatest = v;
    }
  }
  return { least, greatest, notFinite };
}
