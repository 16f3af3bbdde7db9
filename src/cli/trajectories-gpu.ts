/** `memscape trajectories` on a GPU: all starts at once in f32. What only f64 can tell (Lyapunov verdicts) is left out. */
import { Breath } from '../analysis/jobs.js';
import { outcomes } from '../flow/outcome.js';
import { Evaluator } from '../model/evaluator.js';
import type { Algebra } from '../model/algebra.js';
import type { Problem } from '../model/problem.js';
import type { NamedArray } from '../node.js';
import type { Trajectories, TrajectoriesRequest } from '../simulator.js';
import type { Session } from './session.js';

/** Starts from which on `--device auto` takes a GPU: its kernel is compiled first, and f64 says more about few of them. */
export const WORTH_A_GPU = 4096;
/** f32 does not follow smaller tolerances. */
export const LEAST_TOLERANCE = 1e-6;

/** Integrates, and writes what was found as the arrays and the facts of a result. */
export async function integrateOnGpu(
  { simulator, console, signal }: Session,
  algebra: Algebra,
  request: TrajectoriesRequest,
): Promise<{ found: Trajectories; arrays: Record<string, NamedArray | readonly string[]> }> {
  const progress = console.progress('trajectories');
  try {
    const found = await simulator.trajectories({
      ...request,
      ...(signal ? { signal } : {}),
      onProgress: progress.update,
    });
    const energy = await energies(request.problem, algebra, found.states, signal);
    return { found, arrays: arraysOf(found, request, energy) };
  } finally {
    progress.stop();
  }
}

/** f64 energies of states, [..., N]; NaN where there is no state. */
async function energies(
  problem: Problem,
  algebra: Algebra,
  states: Float64Array,
  signal: AbortSignal | undefined,
): Promise<Float64Array> {
  const evaluator = new Evaluator(problem, algebra);
  const n = problem.network.size;
  const energy = new Float64Array(states.length / n).fill(NaN);
  const breath = new Breath(signal);
  for (let k = 0; k < energy.length; k++) {
    if (breath.due) await breath.take();
    const state = states.subarray(k * n, (k + 1) * n);
    if (!state.every(Number.isFinite)) continue;
    evaluator.moveTo(state);
    energy[k] = evaluator.energy();
  }
  return energy;
}

/** The arrays that interface.md names, and what else is known. */
function arraysOf(
  found: Trajectories,
  { times, problem }: TrajectoriesRequest,
  energy: Float64Array,
): Record<string, NamedArray | readonly string[]> {
  const { states, outcome, attractor, attractors, endTime, period, steps } = found;
  const [p, t, n] = [outcome.length, times.length, problem.network.size];
  return {
    times: { shape: [t], data: Float64Array.from(times) },
    states: { shape: [p, t, n], data: states },
    energy: { shape: [p, t], data: energy },
    outcome: { shape: [p], data: outcome },
    outcome_names: outcomes,
    attractor: { shape: [p], data: attractor },
    attractor_states: {
      shape: [attractors.length, n],
      data: Float64Array.from(attractors.flatMap(({ state }) => [...state])),
    },
    end_time: { shape: [p], data: endTime },
    period: { shape: [p], data: period },
    steps: { shape: [p], data: steps },
  };
}
