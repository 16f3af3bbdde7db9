/**
 * One interface for everything that can execute a plan: a GPU (in a page or in Node's GPU process) and the CPU
 * (f64, in worker threads). Results arrive tile by tile, in any order, and a tile is either whole or absent.
 */
import type { DeviceProfile } from './plan/device.js';
import type { AnyPlan, Tile } from './plan/plan.js';

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

/** Whether two backends round alike, as far as one can know. */
export const sameAdapter = (a: BackendInfo, b: BackendInfo): boolean =>
  a.name === b.name && JSON.stringify(a.adapter) === JSON.stringify(b.adapter);

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
   * Takes the tiles, whole, in any order, one at a time: the next comes when the promise of this one has settled, and
   * meanwhile a backend computes a few tiles ahead and then waits. Each comes once, with one exception: where a GPU is
   * lost and another one takes its place every tile comes again, and what comes last counts; so a sink puts a tile in
   * its place, whatever was there, and does not add up. A throw or a rejection ends the run with that reason. None
   * comes after an abort, and none after the run has settled.
   */
  readonly onTile: (result: TileResult) => void | Promise<void>;
}

/** What a run took. */
export interface RunStatistics {
  /**
   * Time between submit and completion summed over tiles, by the host's clock, in ms; 0 on the CPU. After a loss, of
   * what the last device computed.
   */
  readonly gpuMilliseconds: number;
  /** Sentences for the user: what went wrong on the way and was mended. */
  readonly notes?: readonly string[];
}

/**
 * Executes plans. Runs may be started at any time: a backend puts them in order itself. After the last one it is the
 * caller's duty to `dispose`, as devices, processes and threads are not collected like memory.
 */
export interface Backend {
  /** What computes; after a run, what computed all of its tiles. */
  readonly info: BackendInfo;
  /** What `createPlan` needs to know of it. */
  readonly profile: DeviceProfile;
  /**
   * Measures how fast the device is, once (some 0.4 s on a software adapter); `profile.pace` has it from then on. For plans that are long
   * enough to be worth it.
   */
  calibrate?(): Promise<void>;
  /**
   * Executes every tile of `plan`. Rejects with the signal's reason on abort, with a MemscapeError otherwise:
   * `device-lost` (exit 5) where another device could finish it, `gpu-memory` (exit 5) where smaller tiles could,
   * `device-gone` (exit 5) where nothing is left to try. Tiles that came before a rejection are right.
   */
  run(plan: AnyPlan, options: RunOptions): Promise<RunStatistics>;
  /** Frees device, processes and threads; idempotent. */
  dispose(): Promise<void>;
}
