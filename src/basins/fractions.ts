/**
 * How large basins are in all N dimensions: shares of a box, by scrambled Sobol points. Each scrambling gives an unbiased
 * estimate, and their scatter the standard error: what a grid on a slice cannot tell.
 */
import type { Backend } from '../backend.js';
import { onOneAdapter } from '../recovery/one-adapter.js';
import type { Estimate } from './estimate.js';
import { meanOf } from './estimate.js';
import { Follower } from './follow.js';
import { countLabels, LABEL, type LabelCounts, type Unlabelled } from './labels.js';
import { scrambledSobol } from './sobol.js';
import type { BasinSystem } from './system.js';

/** How basins are measured in N dimensions. */
export interface FractionOptions {
  /** Starts are drawn from [lo, hi]^N. Default [-4, 4]. */
  readonly box?: readonly [lo: number, hi: number];
  /** Starts of each scrambling, a power of two. Default 1024. */
  readonly points?: number;
  /** Independent scramblings. Default 16. */
  readonly scramblings?: number;
  /** Default 1. */
  readonly seed?: number;
  readonly signal?: AbortSignal;
  /** Called after each scrambling, with starts done and in all. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

/** Shares of a box of N dimensions. */
export interface BasinFractions {
  readonly box: readonly [lo: number, hi: number];
  readonly points: number;
  readonly scramblings: number;
  /** By attractor, in the order of `system.attractors`. */
  readonly attractors: readonly Estimate[];
  /** What is in no basin. */
  readonly others: Readonly<Record<Unlabelled, Estimate>>;
  /** All starts, row-major [scramblings * points][N], and their labels. */
  readonly states: Float64Array;
  readonly labels: Int32Array;
}

/** What `basinFractions` does. */
export async function measureFractions(
  backend: Backend,
  system: BasinSystem,
  options: FractionOptions,
): Promise<BasinFractions> {
  const { points = POINTS, scramblings = SCRAMBLINGS } = options;
  if (!(Number.isInteger(Math.log2(points)) && points <= 2 ** 30 && scramblings >= 2))
    throw new RangeError('points are a power of two, and scramblings at least two');
  return onOneAdapter(backend, () => measureOnce(backend, system, options));
}

const [POINTS, SCRAMBLINGS] = [1024, 16];

async function measureOnce(
  backend: Backend,
  system: BasinSystem,
  {
    box = [-4, 4],
    points = POINTS,
    scramblings = SCRAMBLINGS,
    seed = 1,
    signal,
    onProgress,
  }: FractionOptions,
): Promise<BasinFractions> {
  const n = system.problem.network.size;
  const follower = new Follower(backend, system);
  const states = new Float64Array(scramblings * points * n);
  const labels = new Int32Array(scramblings * points);
  const total = labels.length;
  for (let s = 0; s < scramblings; s++) {
    const own = scrambledSobol(n, points, seed, s).map((v) => box[0] + (box[1] - box[0]) * v);
    const sampling = { kind: 'points', count: points, states: own } as const;
    const found = await follower.follow({ sampling }, signal ? { signal } : {});
    states.set(own, s * points * n);
    labels.set(found.labels, s * points);
    onProgress?.({ done: (s + 1) * points, total });
  }
  const counts = Array.from({ length: scramblings }, (_, s) =>
    // Attractors may have been found on the way: counted when all are known.
    countLabels(labels.subarray(s * points, (s + 1) * points), system.attractors.length),
  );
  const estimate = (of: (count: LabelCounts) => number) => meanOf(counts.map((c) => of(c) / points));
  return {
    box,
    points,
    scramblings,
    attractors: system.attractors.map((_, k) => estimate((c) => c.attractors[k])),
    others: Object.fromEntries(
      Object.keys(LABEL).map((name) => [name, estimate((c) => c.others[name as Unlabelled])]),
    ) as Record<Unlabelled, Estimate>,
    states,
    labels,
  };
}
