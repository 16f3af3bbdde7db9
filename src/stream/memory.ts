/** The sink that keeps everything: whole arrays in memory. */
import type { TileResult } from '../backend.js';
import { pointCount } from '../plan/plan.js';
import type { Quantity } from '../types.js';
import { interleaved, runs, type Values } from './layout.js';
import type { StreamPart, TileSink } from './sink.js';

export class MemorySink implements TileSink {
  readonly #arrays = new Map<Quantity, Values>();

  /** Row-major arrays by quantity; complete when the computation is. */
  get arrays(): ReadonlyMap<Quantity, Values> {
    return this.#arrays;
  }

  begin(parts: readonly StreamPart[]): void {
    for (const { plan, computedBy } of parts)
      for (const { quantity, components } of plan.planes) {
        const numbers = pointCount(plan.sampling) * components;
        this.#arrays.set(
          quantity,
          computedBy.precision === 'f32' ? new Float32Array(numbers) : new Float64Array(numbers),
        );
      }
  }

  take({ plan }: StreamPart, result: TileResult): void {
    for (const plane of plan.planes) {
      const array = this.#arrays.get(plane.quantity);
      const values = interleaved(result, plane);
      const { components } = plane;
      for (const { at, from, points } of runs(plan, result.tile))
        array?.set(values.subarray(from * components, (from + points) * components), at * components);
    }
  }
}
