/**
 * A request for flows becomes a plan: tiles small enough that even if every start took all of its steps a submit would
 * stay well below what operating systems allow. Starts that need more steps are gone on with by another plan, from their
 * last states (basins/follow.ts): so the few that take long leave the others behind.
 */
import { methods, type Method } from '../flow/methods.js';
import type { FixedMethod, ReachTask } from '../flow/task.js';
import { MemscapeError } from '../errors.js';
import type { Problem } from '../model/problem.js';
import type { Sampling } from '../types.js';
import { MATRIX_LIMIT } from '../wgsl/compose.js';
import { REGISTER_LIMIT } from '../wgsl/lanes.js';
import { flowPlanes } from '../wgsl/flow.js';
import { planeCount } from '../wgsl/planes.js';
import { costPerVelocity } from './cost.js';
import type { DeviceProfile } from './device.js';
import {
  checkSampling,
  cut,
  largestOf,
  mostLanes,
  rectangle,
  refuseBinding,
  TILE_MILLISECONDS,
  type FlowPlan,
} from './plan.js';

/** Flows from every point of a sampling, or from some cells of a grid. */
export interface FlowRequest {
  readonly problem: Problem;
  readonly sampling: Sampling;
  /** Cells of the grid, column + row width; all of them where absent. */
  readonly cells?: Uint32Array;
  readonly task: ReachTask;
  /** Steps that a start may take. */
  readonly steps: number;
}

/** Per component of a stop set, in ns. */
const STOP = 0.4;
/**
 * Most starts enter a stop set long before all steps are taken: a tile is planned of this share of them. If all are taken,
 * an abort still waits for three tiles of 70 ms at most.
 */
const TAKEN = 0.7;
/** Larger messages move slower between processes. */
const MOST_POINTS = 2 ** 18;

const stagesOf = (name: FixedMethod): number => {
  const method: Method = methods[name];
  return method.family === 'runge-kutta' ? method.b.length : method.order;
};

/** Of a start in a list that is bound as a whole: a cell's number, or a state. */
const boundBytes = ({ network }: Problem, cells: boolean): number => (cells ? 4 : 4 * network.size);

/** Starts that one plan may list; a grid that is followed whole lists none. */
export const mostStarts = (problem: Problem, cells: boolean, device: DeviceProfile): number =>
  Math.max(1, Math.floor(device.maxStorageBufferBindingSize / boundBytes(problem, cells)));

/** Whether kernels follow the flow of this problem; other problems are for the CPU. */
export const hasFlowKernel = ({ network, design }: Problem): boolean =>
  network.size <= (design.kind === 'adaptive-polar' ? MATRIX_LIMIT : REGISTER_LIMIT);

/**
 * Plans flows for a device.
 * @throws MemscapeError `plan-flow` (exit 2) for a GPU where the network has no flow kernel, `plan-sampling` (exit 2)
 *   where the sampling does not fit the problem, `plan-memory` (exit 2) where the device cannot bind the starts at once
 *   (`mostStarts`).
 */
export function createFlowPlan(
  { problem, sampling, cells, task, steps }: FlowRequest,
  device: DeviceProfile,
): FlowPlan {
  if (device.kind === 'gpu' && !hasFlowKernel(problem)) throw noFlowKernel(problem.network.size);
  checkSampling(sampling, problem.network.size);
  const count = cells ? cells.length : sampling.kind === 'points' ? sampling.count : 0;
  refuseBinding(
    'the starts',
    count * boundBytes(problem, cells !== undefined),
    device.maxStorageBufferBindingSize,
  );
  const { columns, rows } = cells ? { columns: cells.length, rows: 1 } : rectangle(sampling);
  const axes = sampling.kind === 'grid' ? sampling.axes.length : 1;
  const spec = specOf(problem, task, cells ? 'cells' : sampling.kind, axes);
  const planes = flowPlanes(task, problem.network.size);
  const nanoseconds = steps * (task.follow ? 1 : TAKEN) * stepNanoseconds(problem, task, device);
  const most = Math.max(
    1,
    Math.min(
      (TILE_MILLISECONDS * 1e6) / nanoseconds,
      MOST_POINTS,
      device.maxStorageBufferBindingSize / (4 * planeCount(planes)),
    ),
  );
  const tiles = cut(columns, rows, Math.floor(most), 1);
  return {
    spec,
    sampling,
    ...(cells ? { cells } : {}),
    steps,
    planes,
    tiles,
    tileMilliseconds: (largestOf(tiles) * nanoseconds) / 1e6,
    lanes: mostLanes(tiles, spec),
  };
}

/** What was asked of a task before: the same object again, so that its kernel is composed once. */
const asked = new WeakMap<ReachTask, FlowPlan['spec'][]>();

function specOf(
  problem: Problem,
  flow: ReachTask,
  task: FlowPlan['spec']['task'],
  axes: number,
): FlowPlan['spec'] {
  const known = asked.get(flow) ?? [];
  asked.set(flow, known);
  const found = known.find((s) => s.problem === problem && s.task === task && s.axes === axes);
  if (found) return found;
  const spec = {
    problem,
    task,
    axes,
    quantities: [],
    numbers: 'text' as const,
    rowsPerInvocation: 1,
    flow,
  };
  known.push(spec);
  return spec;
}

/** Planned time of one step of one start. */
function stepNanoseconds(problem: Problem, task: ReachTask, device: DeviceProfile): number {
  const velocities = stagesOf(task.method) + (task.follow ? 1 : 0);
  const stops = STOP * task.stops.length * problem.network.size;
  return velocities * costPerVelocity(problem, device) + stops;
}

export const noFlowKernel = (n: number) =>
  new MemscapeError({
    code: 'plan-flow',
    what: `there is no flow kernel for this network of ${String(n)} neurons`,
    why: 'flows are followed in registers: up to 32 neurons, 8 where R is adaptive-polar.',
    mend: 'use --device cpu.',
    exitCode: 2,
  });
