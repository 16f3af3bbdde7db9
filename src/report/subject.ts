/** The network of a report, in the neurons that matter: large identity layers are rotated away once, for all analyses. */
import type { Watch } from '../analysis/box.js';
import { neuronName } from '../figures/slice.js';
import { loadAlgebra, type Algebra } from '../model/algebra.js';
import type { Problem } from '../model/problem.js';
import { reduce } from '../model/reduce.js';
import type { Model } from '../types.js';

/** Networks up to here are analysed as they are. */
const WHOLE = 64;

/** A model, resolved, with its reduction. */
export interface Subject {
  readonly model: Model;
  readonly problem: Problem;
  /** The problem that is analysed: `problem` itself, or its reduction (model/reduce.ts). */
  readonly inner: Problem;
  readonly project: (state: Float64Array) => Float64Array;
  readonly lift: (state: Float64Array) => Float64Array;
  readonly algebra: Algebra;
}

/** Makes a problem ready to be reported on. */
export async function subjectOf(model: Model, problem: Problem): Promise<Subject> {
  const same = (state: Float64Array) => state;
  const reduction = problem.network.size > WHOLE ? reduce(problem, []) : undefined;
  return {
    model,
    problem,
    inner: reduction?.problem ?? problem,
    project: reduction?.project ?? same,
    lift: reduction?.lift ?? same,
    algebra: await loadAlgebra(),
  };
}

/** Names of the neurons that a direction of `inner` moves. */
export function neuronsOf({ problem, lift }: Subject, direction: readonly number[]): string[] {
  const whole = lift(Float64Array.from(direction));
  return [...whole.keys()]
    .filter((i) => Math.abs(whole[i]) > 1e-6)
    .map((i) => neuronName(problem.network, i));
}

/** A watch for a part of the work that a signal may end. */
export const watchOf = (signal: AbortSignal | undefined, onProgress: (done: number) => void): Watch => ({
  onProgress,
  ...(signal ? { signal } : {}),
});
