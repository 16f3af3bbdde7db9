/** Host data in the layouts that shaders/task declares. */
import { CLOCK } from '../flow/task.js';
import type { AdvancePlan, AnyPlan, Tile } from '../plan/plan.js';
import type { Grid, Points, Sampling } from '../types.js';
import { laneNumbers } from '../wgsl/advance.js';
import type { Kernel } from '../wgsl/compose.js';
import { lanesOf, PLACE_BYTES, RUN } from '../wgsl/lanes.js';
import { offsetsFrom } from '../model/sampling.js';

/** Bytes of `struct Tile` in shaders/task/tile.wgsl: eleven u32 and an f32, which are three vec4, and three vec4f. */
export const TILE_BYTES = 48 + 48;

/** Bits of a quiet NaN, which WGSL cannot write down. */
const NAN_BITS = 0x7fc00000;

/** Rows of a tile on the device: whole walks of `rowsPerInvocation`, of which the host drops the surplus. */
export const paddedRows = ({ spec }: AnyPlan, { rows }: Tile): number =>
  Math.ceil(rows / spec.rowsPerInvocation) * spec.rowsPerInvocation;

/** Places of the workspace that a run of lanes owns. */
const workspaceShare = ({ spec }: AnyPlan, { slots }: Kernel): number =>
  slots * spec.problem.network.size * RUN;

/** Bytes of the workspace of the largest tile. */
export const workspaceBytes = (plan: AnyPlan, kernel: Kernel): number =>
  PLACE_BYTES * workspaceShare(plan, kernel) * Math.ceil(plan.lanes / RUN);

/** The states of a plan as its kernel takes them: offsets from the reference, if there is one. */
export function statesOf(plan: AnyPlan): Sampling {
  const { reference } = plan.spec;
  return reference ? offsetsFrom(plan.sampling, reference.state) : plan.sampling;
}

export function packTile(plan: AnyPlan, tile: Tile, kernel: Kernel): ArrayBuffer {
  const { spec } = plan;
  const sampling = plan.sampling.kind === 'grid' ? statesOf(plan) : plan.sampling;
  const bytes = new ArrayBuffer(TILE_BYTES);
  const words = new Uint32Array(bytes, 0, 12);
  const axes = new Float32Array(bytes, 48, 12);
  const rowsPerLayer = sampling.kind === 'grid' && spec.axes === 3 ? sampling.size[1] : tile.row + tile.rows;
  words.set([
    tile.column,
    tile.columns,
    tile.row,
    paddedRows(plan, tile),
    workspaceShare(plan, kernel),
    rowsPerLayer,
    NAN_BITS,
    lanesOf(spec, tile),
    'steps' in plan ? plan.steps : 0,
    sampling.kind === 'grid' ? sampling.size[0] : 0,
    'ticks' in plan ? plan.ticks : 0,
  ]);
  if ('ticks' in plan) new Float32Array(bytes, 0, 12)[11] = plan.tick;
  if (sampling.kind === 'grid')
    sampling.extent.forEach(([lo, hi], k) => {
      const count = sampling.size[k];
      axes.set([(lo + hi) / 2, (count - 1) / 2, (hi - lo) / count, 0], 4 * k);
    });
  return bytes;
}

/** origin, axis_0, axis_1, ... one after the other, padded to whole vec4f. */
export function packFrame({ origin, axes }: Grid): Float32Array<ArrayBuffer> {
  const vectors = [origin, ...axes];
  const packed = new Float32Array(Math.ceil((vectors.length * origin.length) / 4) * 4);
  vectors.forEach((vector, k) => {
    packed.set(vector, k * origin.length);
  });
  return packed;
}

// A copy, always: handing Dawn a view of a shared buffer ends the process.
export const packPoints = ({ states }: Points): Float32Array<ArrayBuffer> => Float32Array.from(states);

/** Lanes of an `advance` kernel: the state as a sum of two f32, and the clock. */
export function packLanes({ sampling, clocks, spec }: AdvancePlan): Float32Array<ArrayBuffer> {
  const n = spec.problem.network.size;
  const size = laneNumbers(n);
  const packed = new Float32Array(sampling.count * size);
  for (let k = 0; k < sampling.count; k++) {
    for (let i = 0; i < n; i++) {
      const y = sampling.states[k * n + i];
      packed[k * size + i] = y;
      packed[k * size + n + i] = y - Math.fround(y);
    }
    packed.set(clocks.subarray(k * CLOCK.size, (k + 1) * CLOCK.size), k * size + 2 * n);
  }
  return packed;
}
