/** What the CLI's process and its GPU process say to each other; everything survives structured cloning. */
import type { BackendInfo, RunStatistics, TileResult } from '../backend.js';
import type { MemscapeErrorParts } from '../errors.js';
import type { DeviceProfile } from '../plan/device.js';
import type { AnyPlan } from '../plan/plan.js';

export type ToGpu =
  | { readonly type: 'run'; readonly id: number; readonly plan: AnyPlan }
  | { readonly type: 'calibrate' }
  /** A tile was taken: there is room for another one on the way. */
  | { readonly type: 'taken'; readonly id: number }
  | { readonly type: 'abort'; readonly id: number };

export type FromGpu =
  | { readonly type: 'ready'; readonly info: BackendInfo; readonly profile: DeviceProfile }
  | { readonly type: 'unusable'; readonly error: MemscapeErrorParts }
  /** The answer to `calibrate`; without the measurement where it failed. */
  | { readonly type: 'calibrated'; readonly profile: DeviceProfile }
  | { readonly type: 'tile'; readonly id: number; readonly result: TileResult }
  | { readonly type: 'done'; readonly id: number; readonly statistics: RunStatistics }
  | { readonly type: 'failed'; readonly id: number; readonly error: MemscapeErrorParts };
