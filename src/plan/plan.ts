/**
 * A request plus what a device allows becomes a plan: plain data that a backend executes and that can be
 * replayed after a loss, because its tiles do not depend on each other and a point's coordinates depend on its
 * integer index alone.
 *
 * A tile is a rectangle of the grid (rows count the second and third axis together) or a run of points. One
 * tile is one submit and one read-back, planned to stay under `TILE_MILLISECONDS`: operating systems reset a
 * device whose submits take too long, and an abort waits for one tile at most.
 */
import { MemscapeError } from '../errors.js';
import type { AdvanceOutput, AdvanceTask, FlowOutput, ReachTask } from '../flow/task.js';
import type { Problem } from '../model/problem.js';
import type { Grid, Points, Quantity, Sampling } from '../types.js';
import { compose, MATRIX_LIMIT, type KernelSpec } from '../wgsl/compose.js';
import { lanesOf, PLACE_BYTES, POINTS, REGISTER_LIMIT, RUN } from '../wgsl/lanes.js';
import { planeCount, planesOf, type Plane } from '../wgsl/planes.js';
import type { Reference } from '../wgsl/reference.js';
import { costPerPoint } from './cost.js';
import type { DevicePace, DeviceProfile } from './device.js';

/**
 * A rectangle of points: columns count the first axis of a grid (or free points), rows the second and third axis
 * together.
 */
export interface Tile {
  /** First column and first row, from 0. */
  readonly column: number;
  readonly row: number;
  /** Size in points. */
  readonly columns: number;
  readonly rows: number;
}

/** What is to be computed; the same request may be planned for several devices. */
export interface Request {
  readonly problem: Problem;
  readonly sampling: Sampling;
  /** In the order of the planes of the result. */
  readonly quantities: readonly Quantity[];
  /**
   * From which state energies are measured: `energy` is E(y) - E(reference) then, exact in boxes of any size around it
   * (N <= 32 on a GPU). States are given as ever.
   */
  readonly reference?: Reference;
  /** Numbers in a uniform buffer instead of the text: for models that change with every frame (N <= 32). */
  readonly live?: boolean;
}

/** What a backend executes: plain data, complete (no backend looks anything up) and replayable tile by tile. */
export interface Plan {
  readonly spec: KernelSpec;
  readonly sampling: Sampling;
  /** Layout of the values of a tile. */
  readonly planes: readonly Plane[];
  readonly tiles: readonly Tile[];
  /** How fast the device was taken to be, where it was measured. */
  readonly pace?: DevicePace;
  /** Planned time of the longest tile in milliseconds. */
  readonly tileMilliseconds: number;
  /** Invocations (lanes) of the largest tile. */
  readonly lanes: number;
}

/**
 * Flows from every point of a sampling, or from listed cells of a grid (column + row width): made by plan/flow.ts. Its
 * tiles are rectangles of the grid, or runs of the list or of the points.
 */
export interface FlowPlan extends Omit<Plan, 'planes'> {
  readonly spec: KernelSpec & { readonly flow: ReachTask };
  readonly planes: readonly Plane<FlowOutput>[];
  readonly cells?: Uint32Array;
  /** Steps that a start may take in this plan. */
  readonly steps: number;
}

/** States advanced by a span of time: made by plan/advance.ts. Its tiles are runs of the points. */
export interface AdvancePlan extends Omit<Plan, 'planes'> {
  readonly spec: KernelSpec & { readonly advance: AdvanceTask };
  readonly sampling: Points;
  readonly planes: readonly Plane<AdvanceOutput>[];
  /** Of each point what `CLOCK` (flow/task.ts) names. */
  readonly clocks: Float64Array;
  /** The span in ticks, and the length of one. */
  readonly ticks: number;
  readonly tick: number;
  /** Attempts of a step that a point may make in this plan. */
  readonly steps: number;
}

/** What backends run. */
export type AnyPlan = Plan | FlowPlan | AdvancePlan;

/** Planned time of one submit. */
export const TILE_MILLISECONDS = 50;
/** Larger messages move slower between processes (measured: 4 MiB is the best), and aborts wait for a tile. */
const TILE_BYTES = 4 * 2 ** 20;
/** Bindings left for matrices: every device has 8 for storage, of which numbers, output, states and workspace take 4. */
const MATRIX_BINDINGS = 4;
/** Rows that one invocation walks: an empty invocation costs as much as a small network on software adapters. */
const ROWS = 16;
/** Integers up to here are exact in f32, so coordinates are. */
const MAX_COUNT = 2 ** 24;

/** Number of points of a sampling, and its shape as an array has it: [q][t][s] or [points]. */
export function shapeOf(sampling: Sampling): number[] {
  return sampling.kind === 'points' ? [sampling.count] : [...sampling.size].reverse();
}

export const pointCount = (sampling: Sampling): number => shapeOf(sampling).reduce((a, b) => a * b, 1);

/** Columns and rows of the rectangle that the tiles cut. */
export function rectangle(sampling: Sampling): { columns: number; rows: number } {
  if (sampling.kind === 'points') return { columns: sampling.count, rows: 1 };
  const [columns, ...outer] = sampling.size;
  return { columns, rows: outer.reduce((a, b) => a * b, 1) };
}

/**
 * Quantities that a kernel cannot compute for this problem: matrices are built in registers up to N = 8, differences of
 * energies up to N = 32.
 */
export function cpuOnly(problem: Problem, quantity: Quantity, reference?: Reference): boolean {
  if (reference && quantity === 'energy' && problem.network.size > REGISTER_LIMIT) return true;
  if (problem.network.size <= MATRIX_LIMIT) return false;
  if (quantity === 'certificate' || quantity === 'newton-end') return true;
  return (
    problem.design.kind === 'adaptive-polar' &&
    (quantity === 'rhs' || quantity === 'speed' || quantity === 'energy-rate')
  );
}

/**
 * Plans a request for a device.
 * @throws MemscapeError `plan-sampling` (exit 2) where the sampling does not fit the problem or an axis has more than
 *   2^24 points; `plan-kernel` (exit 2) on a GPU for what is `cpuOnly`; `plan-memory` (exit 2) where the device cannot bind the workspace of one workgroup. RangeError where
 *   a `whole` plan does not fit one submit.
 */
export function createPlan(request: Request, device: DeviceProfile): Plan {
  const { problem, sampling, quantities, reference, live } = request;
  const n = problem.network.size;
  checkSampling(sampling, n);
  const missing = device.kind === 'gpu' ? quantities.filter((q) => cpuOnly(problem, q, reference)) : [];
  if (missing.length > 0) throw noKernel(missing, n);
  const { columns, rows } = rectangle(sampling);
  const inRegisters = n <= REGISTER_LIMIT;
  const spec: KernelSpec = {
    problem,
    task: sampling.kind,
    axes: sampling.kind === 'grid' ? sampling.axes.length : 1,
    quantities,
    ...(reference ? { reference } : {}),
    numbers: inRegisters ? (live ? 'uniform' : 'text') : 'storage',
    // Not a divisor of the rows: a page that resizes, or draws coarser for a while, would compile another kernel. Fewer
    // than a walk of them are one by one.
    rowsPerInvocation: inRegisters && rows >= ROWS ? ROWS : 1,
  };
  const planes = planesOf(quantities, n);
  const { slots, nanoseconds } =
    device.kind === 'gpu'
      ? gpuCost(spec, sampling, device)
      : { slots: 0, nanoseconds: costPerPoint(spec, device) };
  const runBytes = PLACE_BYTES * RUN * slots * n;
  const most = Math.min(
    // A point cannot be cut, nor the four points of a lane: where they take longer than a tile should, they are one.
    Math.max(slots > 0 ? POINTS : 1, (TILE_MILLISECONDS * 1e6) / nanoseconds),
    device.whole === true ? Infinity : TILE_BYTES / (4 * planeCount(planes)),
    device.maxStorageBufferBindingSize / (4 * planeCount(planes)),
    // The workspace is handed out to runs of lanes.
    slots > 0 ? POINTS * RUN * Math.floor(device.maxStorageBufferBindingSize / runBytes) : Infinity,
  );
  if (most < 1)
    throw new MemscapeError({
      code: 'plan-memory',
      what: `${String(RUN)} lanes at N = ${String(n)} need ${String(runBytes)} bytes of workspace, the device binds ${String(device.maxStorageBufferBindingSize)}`,
      why: 'a kernel keeps its intermediate states in one storage binding.',
      mend: 'ask for fewer quantities at a time, or use --device cpu.',
      exitCode: 2,
    });
  if (
    device.whole === true &&
    columns * spec.rowsPerInvocation * Math.ceil(rows / spec.rowsPerInvocation) > most
  )
    throw new RangeError(`${String(columns)} x ${String(rows)} points do not fit one submit of this device`);
  const tiles =
    device.whole === true
      ? [{ column: 0, columns, row: 0, rows }]
      : cut(columns, rows, Math.floor(most), spec.rowsPerInvocation);
  return {
    spec,
    sampling,
    planes,
    tiles,
    ...(device.pace ? { pace: device.pace } : {}),
    tileMilliseconds: (largestOf(tiles) * nanoseconds) / 1e6,
    lanes: mostLanes(tiles, spec),
  };
}

const noKernel = (quantities: readonly Quantity[], n: number) =>
  new MemscapeError({
    code: 'plan-kernel',
    what: `no kernel computes ${quantities.join(', ')} of this problem with N = ${String(n)}`,
    why: 'kernels build matrices up to N = 8 and differences of energies up to N = 32.',
    mend: 'let the CPU compute it: --device cpu, or a Simulator, which does so by itself.',
    exitCode: 2,
  });

/** Planned time of all tiles. */
export function plannedMilliseconds({
  tiles,
  tileMilliseconds,
}: Pick<AnyPlan, 'tiles' | 'tileMilliseconds'>): number {
  const points = tiles.reduce((sum, t) => sum + t.columns * t.rows, 0);
  return (tileMilliseconds * points) / Math.max(1, largestOf(tiles));
}

/** Points of the largest tile. */
export const largestOf = (tiles: readonly Tile[]): number =>
  tiles.reduce((most, t) => Math.max(most, t.columns * t.rows), 0);

/** Invocations of the largest tile. */
export const mostLanes = (tiles: readonly Tile[], spec: KernelSpec): number =>
  tiles.reduce((most, tile) => Math.max(most, lanesOf(spec, tile)), 1);

function gpuCost(
  spec: KernelSpec,
  sampling: Sampling,
  device: DeviceProfile,
): { slots: number; nanoseconds: number } {
  const { slots, numbers, numberStyle, matrices } = compose(spec);
  const binding =
    numberStyle === 'uniform' ? device.maxUniformBufferBindingSize : device.maxStorageBufferBindingSize;
  refuseBinding('the numbers of the model', numbers.byteLength, binding);
  for (const { bytes } of matrices)
    refuseBinding('a matrix of the model (W, patterns, R)', bytes, device.maxStorageBufferBindingSize);
  if (matrices.length > MATRIX_BINDINGS)
    throw tooLarge(
      'the matrices of the model (W, patterns, R)',
      matrices.reduce((sum, { bytes }) => sum + bytes, 0),
      `${String(MATRIX_BINDINGS)} times ${String(device.maxStorageBufferBindingSize)}`,
    );
  if (sampling.kind === 'points')
    refuseBinding('the points', 4 * sampling.states.length, device.maxStorageBufferBindingSize);
  return { slots, nanoseconds: costPerPoint(spec, device) };
}

/** What is bound as a whole must fit: a binding that is too large fails late, and with it the whole tile. */
export function refuseBinding(what: string, bytes: number, limit: number): void {
  if (bytes > limit) throw tooLarge(what, bytes, String(limit));
}

const tooLarge = (what: string, bytes: number, limit: string) =>
  new MemscapeError({
    code: 'plan-memory',
    what: `${what} take ${String(bytes)} bytes, the device binds ${limit} at once`,
    why: 'what a kernel reads must be bound as a whole.',
    mend: 'use --device cpu, or evaluate fewer points at a time.',
    exitCode: 2,
  });

/** Cuts columns x rows into tiles of at most `most` points; whole rows where one fits, in steps of `step` rows. */
export function cut(columns: number, rows: number, most: number, step: number): Tile[] {
  // A device pads a tile to whole walks of `step` rows, so a tile is as narrow as that takes.
  const walk = most >= step ? Math.min(rows, step) : 1;
  const width = Math.min(columns, Math.max(1, Math.floor(most / walk)));
  const height = Math.min(rows, walk * Math.max(1, Math.floor(most / width / walk)));
  const tiles: Tile[] = [];
  for (let row = 0; row < rows; row += height)
    for (let column = 0; column < columns; column += width)
      tiles.push({
        column,
        columns: Math.min(width, columns - column),
        row,
        rows: Math.min(height, rows - row),
      });
  return tiles;
}

export function checkSampling(sampling: Sampling, n: number): void {
  const misuse = (what: string, mend: string) =>
    new MemscapeError({
      code: 'plan-sampling',
      what,
      why: `the network has ${String(n)} neurons.`,
      mend,
      exitCode: 2,
    });
  if (sampling.kind === 'points') {
    checkPoints(sampling, n, misuse);
    return;
  }
  checkGrid(sampling, n, misuse);
}

type Misuse = (what: string, mend: string) => MemscapeError;

function checkPoints({ states, count }: Points, n: number, misuse: Misuse): void {
  if (states.length !== count * n)
    throw misuse(
      `points: expected ${String(count)} x ${String(n)} numbers, found ${String(states.length)}`,
      `give an array of shape [points, ${String(n)}].`,
    );
  const bad = states.findIndex((x) => !Number.isFinite(Math.fround(x)));
  if (bad >= 0)
    throw misuse(
      `points[${String(Math.floor(bad / n))}][${String(bad % n)}] is ${String(states[bad])}`,
      'states must be finite f32 numbers.',
    );
}

function checkGrid({ origin, axes, extent, size }: Grid, n: number, misuse: Misuse): void {
  if (axes.length < 1 || axes.length > 3 || extent.length !== axes.length || size.length !== axes.length)
    throw misuse(
      `grid: expected 1 to 3 axes with as many extents and sizes, found ${String(axes.length)}, ${String(extent.length)}, ${String(size.length)}`,
      'give one extent and one size for each axis.',
    );
  for (const [name, vector] of [
    ['origin', origin] as const,
    ...axes.map((a, k) => [`axes[${String(k)}]`, a] as const),
  ]) {
    if (vector.length !== n)
      throw misuse(
        `grid.${name}: expected ${String(n)} numbers, found ${String(vector.length)}`,
        'match the network.',
      );
    if (!vector.every((x) => Number.isFinite(Math.fround(x))))
      throw misuse(
        `grid.${name} holds a number that is not a finite f32`,
        'give finite numbers below 3.4e38.',
      );
  }
  extent.forEach(([lo, hi], k) => {
    if (!(Number.isFinite(Math.fround(lo)) && Number.isFinite(Math.fround(hi)) && lo < hi))
      throw misuse(
        `grid.extent[${String(k)}] is [${String(lo)}, ${String(hi)}]`,
        'give lo < hi, both finite.',
      );
  });
  size.forEach((count, k) => {
    if (!Number.isInteger(count) || count < 1 || count > MAX_COUNT)
      throw misuse(`grid.size[${String(k)}] is ${String(count)}`, 'give a whole number from 1 to 16777216.');
  });
}
