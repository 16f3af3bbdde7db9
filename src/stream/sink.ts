/**
 * Where tiles go. A computation is a plan for each backend that takes part in it, its tiles flow through any number of
 * sinks, and none of them needs to hold the whole: one assembles arrays in memory, one writes files, one compares
 * sampled points with f64, one keeps the least and the greatest value.
 */
import type { BackendInfo, TileResult } from '../backend.js';
import type { Plan } from '../plan/plan.js';

/** The share of a computation that one backend does: quantities that one kernel gives together. */
export interface StreamPart {
  /** Which quantities, how a tile's values are laid out (`planes`), and how the sampling is cut. */
  readonly plan: Plan;
  /** Of now: after a loss another adapter may go on, and then every tile of the part comes again. */
  readonly computedBy: BackendInfo;
}

/** Takes the tiles of a computation. */
export interface TileSink {
  /** Told what will come, before the first tile; told again where a computation starts anew on another backend. */
  begin?(parts: readonly StreamPart[]): void | Promise<void>;
  /** Tiles that it holds from an earlier run: they are not computed, and the other sinks take them from here. */
  kept?(part: StreamPart): AsyncIterable<TileResult>;
  /**
   * Takes a tile, one at a time; a promise holds the computation back. After a loss a tile may come again: it replaces
   * what came before it. The values are the sink's until the promise has settled, and other sinks read them too.
   */
  take(part: StreamPart, result: TileResult): void | Promise<void>;
}
