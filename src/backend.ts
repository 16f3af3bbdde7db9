/**
 * One interface for everything that can execute a plan: a GPU (in a page or in Node's GPU process) and the CPU
 * (f64, in worker threads). Results arrive tile by tile, in any order, and a tile is either whole or absent.
 */
import type { DeviceProfile } from './plan/device.js';
import type { Plan, Tile } from './plan/plan.js';

/** What computes, for people and for provenance: results are stored together with it. */
export interface BackendInfo {
  readonly device: 'gpu' | 'cpu';
  /** For people, e.g. `SwiftShader driver 5.0.0 (software)`. */
  readonly name: string;
  /** Adapter facts as the API reports them; empty on the CPU. */
  readonly adapter: Readonly<Record<string, string>>;
  /** Whether a GPU is emulated on the CPU; false on the CPU backend, which emulates nothing. */
  readonly software: boolean;
  /** Of every value it returns; f32 values are checked against f64 by the simulator. */
  readonly precision: 'f32' | 'f64';
}

/** Values of one tile as [component][row][column], components in the order of the plan's planes. */
export interface TileResult {
  readonly tile: Tile;
  readonly values: Float32Array | Float64Array;
}

/** How a plan is run. */
export interface RunOptions {
  /** Stops between tiles: at most one tile's time passes. */
  readonly signal?: AbortSignal;
  /**
   * Takes the tiles, in any order, one at a time: the next comes when the promise of this one has settled, and meanwhile
   * a backend computes a few tiles ahead and then waits. After a loss a tile may come again; the later one counts. A
   * throw or a rejection ends the run with that reason. None comes after an abort, and none after the run has settled.
   */
  readonly onTile: (result: TileResult) => void | Promise<void>;
}

/** What a run took. */
export interface RunStatistics {
  /** Time between submit and completion summed over tiles, by the host's clock, in ms; 0 on the CPU. */
  readonly gpuMilliseconds: number;
}

/**
 * Executes plans. Runs may be started at any time: a backend puts them in order itself. After the last one it is the
 * caller's duty to `dispose`, as devices, processes and threads are not collected like memory.
 */
export interface Backend {
  readonly info: BackendInfo;
  /** What `createPlan` needs to know of it. */
  readonly profile: DeviceProfile;
  /** Executes every tile of `plan`. Rejects with the signal's reason on abort, with a MemscapeError on loss. */
  run(plan: Plan, options: RunOptions): Promise<RunStatistics>;
  /** Frees device, processes and threads; idempotent. */
  dispose(): Promise<void>;
}
