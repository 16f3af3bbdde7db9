/**
 * One interface for everything that can execute a plan: a GPU (in a page or in Node's GPU process) and the CPU
 * (f64, in worker threads). Results arrive tile by tile, in any order, and a tile is either whole or absent.
 */
import type { DeviceProfile } from './plan/device.js';
import type { Plan, Tile } from './plan/plan.js';

export interface BackendInfo {
  readonly device: 'gpu' | 'cpu';
  /** For people, e.g. `SwiftShader driver 5.0.0 (software)`. */
  readonly name: string;
  /** Adapter facts as the API reports them; empty on the CPU. */
  readonly adapter: Readonly<Record<string, string>>;
  readonly software: boolean;
  readonly precision: 'f32' | 'f64';
}

/** Values of one tile as [component][row][column], components in the order of the plan's planes. */
export interface TileResult {
  readonly tile: Tile;
  readonly values: Float32Array | Float64Array;
}

export interface RunOptions {
  readonly signal?: AbortSignal;
  readonly onTile: (result: TileResult) => void;
}

export interface RunStatistics {
  /** Time between submit and completion summed over tiles, by the host's clock, in ms; 0 on the CPU. */
  readonly gpuMilliseconds: number;
}

export interface Backend {
  readonly info: BackendInfo;
  readonly profile: DeviceProfile;
  /** Executes every tile of `plan`. Rejects with the signal's reason on abort, with a MemscapeError on loss. */
  run(plan: Plan, options: RunOptions): Promise<RunStatistics>;
  /** Frees device, processes and threads; idempotent. */
  dispose(): Promise<void>;
}
