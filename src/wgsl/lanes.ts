/**
 * How points are spread over lanes (invocations). In registers a lane walks some rows of a grid, one point after the
 * other; in the workspace it owns four points at once (shaders/task/four-points.wgsl).
 */
import type { NumberStyle } from './numbers.js';

/** Largest N that is evaluated in registers. */
export const REGISTER_LIMIT = 32;
/** Points of a lane of a workspace kernel: the components of a vec4f. */
export const POINTS = 4;
/** Lanes side by side in the workspace (shaders/state/workspace.wgsl). */
export const RUN = 8;
/** Bytes that a lane holds of one neuron: four f32. */
export const PLACE_BYTES = 4 * POINTS;
/** Lanes of a workgroup of a kernel in registers. */
export const WORKGROUP = 64;
/** Workgroups per dimension that every device allows. */
export const DISPATCH_LIMIT = 65535;

/** What of a kernel specification decides about lanes. */
export interface Lanes {
  readonly numbers: NumberStyle;
  readonly rowsPerInvocation: number;
  readonly problem: { readonly network: { readonly size: number } };
}

export const inWorkspace = ({ numbers }: Pick<Lanes, 'numbers'>): boolean => numbers === 'storage';

/**
 * Lanes of a workgroup. The larger the network, the fewer points fit the time of a tile: small groups spread them over
 * more of the device (a software adapter gives each of its threads whole groups).
 */
export function workgroupOf({ numbers, problem }: Lanes): number {
  const n = problem.network.size;
  return !inWorkspace({ numbers }) || n <= 128 ? WORKGROUP : n <= 512 ? 16 : RUN;
}

/** Lanes that a rectangle of points takes. */
export function lanesOf(spec: Lanes, { columns, rows }: { columns: number; rows: number }): number {
  return inWorkspace(spec)
    ? Math.ceil((columns * rows) / POINTS)
    : columns * Math.ceil(rows / spec.rowsPerInvocation);
}
