/**
 * States of many starts advanced by a span of time become a plan: tiles small enough that even if every start made all of
 * its attempts a submit would stay below what operating systems allow. Who needs more attempts goes on in another plan.
 */
import { TICKS, type AdvanceTask } from '../flow/task.js';
import type { Problem } from '../model/problem.js';
import { advancePlanes, isUnrolled, laneNumbers, stagesOf } from '../wgsl/advance.js';
import { planeCount } from '../wgsl/planes.js';
import { costPerVelocity } from './cost.js';
import type { DeviceProfile } from './device.js';
import { hasFlowKernel, noFlowKernel } from './flow.js';
import { checkSampling, cut, largestOf, mostLanes, TILE_MILLISECONDS, type AdvancePlan } from './plan.js';

/** Points that advance by a span. */
export interface AdvanceRequest {
  /** By `advanceSpec`; one for all plans of a computation, so that its kernel is composed once. */
  readonly spec: AdvancePlan['spec'];
  /** [count][N], and what `CLOCK` names for each. */
  readonly states: Float64Array;
  readonly clocks: Float64Array;
  readonly span: number;
  /** Length of every step, at most; only without a tolerance. */
  readonly step?: number;
  /** Attempts of a step. */
  readonly steps: number;
}

/** Per neuron and two stages of a step, and per attempt, in ns; stages in a loop take so many times as long. */
const [COMBINE, ATTEMPT, LOOPED] = [2, 500, 4];
/** An abort waits for the tiles in flight, of which a GPU has three. */
const MILLISECONDS = TILE_MILLISECONDS / 2;
/** Larger messages move slower between processes. */
const MOST_POINTS = 2 ** 15;

/** What the kernel of a computation is to do. */
export function advanceSpec(problem: Problem, advance: AdvanceTask): AdvancePlan['spec'] {
  return { problem, task: 'points', axes: 1, quantities: [], numbers: 'text', rowsPerInvocation: 1, advance };
}

/**
 * Plans a span for a device.
 * @throws MemscapeError `plan-flow` (exit 2) for a GPU where the network has no flow kernel, `plan-sampling` (exit 2) for
 *   states that are not f32 numbers or no multiple of N.
 */
export function createAdvancePlan(
  { spec, states, clocks, span, step, steps }: AdvanceRequest,
  device: DeviceProfile,
): AdvancePlan {
  const { problem, advance } = spec;
  const n = problem.network.size;
  if (device.kind === 'gpu' && !hasFlowKernel(problem)) throw noFlowKernel(n);
  const sampling = { kind: 'points' as const, count: states.length / n, states };
  checkSampling(sampling, n);
  // Steps of one length: as many as it takes to make none longer than it was asked for.
  const ticks = advance.tolerance ? TICKS : Math.ceil(span / (step ?? span) - 1e-9);
  const planes = advancePlanes(n);
  const stages = stagesOf(advance.method, advance.tolerance !== undefined);
  const looped = device.kind === 'gpu' && !isUnrolled(problem) ? LOOPED : 1;
  const nanoseconds =
    steps * (ATTEMPT + looped * stages * (costPerVelocity(problem, device) + COMBINE * n * stages));
  const bytes = 4 * Math.max(planeCount(planes), laneNumbers(n));
  const most = Math.max(
    1,
    Math.min((MILLISECONDS * 1e6) / nanoseconds, MOST_POINTS, device.maxStorageBufferBindingSize / bytes),
  );
  const tiles = cut(sampling.count, 1, Math.floor(most), 1);
  return {
    spec,
    sampling,
    clocks,
    ticks,
    tick: span / ticks,
    steps,
    planes,
    tiles,
    tileMilliseconds: (largestOf(tiles) * nanoseconds) / 1e6,
    lanes: mostLanes(tiles, spec),
  };
}
