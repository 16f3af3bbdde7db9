/** The share of each basin that its inner bounds (inner.ts) prove, counted on starts whose labels are known. */
import type { FixedPointSearch } from '../analysis/find-run.js';
import { Evaluator } from '../model/evaluator.js';
import type { Problem } from '../model/problem.js';
import { stateAt } from '../model/sampling.js';
import type { Sampling } from '../types.js';
import type { Estimate } from './estimate.js';
import { inPieces, type Interruptible } from './pieces.js';
import {
  energyWell,
  isInEllipsoid,
  lyapunovEllipsoid,
  type EnergyWell,
  type LyapunovEllipsoid,
} from './inner.js';
import type { BasinSystem } from './system.js';

/** Inner bounds of one basin; null for closed orbits. */
export interface InnerBounds {
  readonly ellipsoid: LyapunovEllipsoid;
  /** Null without a problem with the certified energy. */
  readonly well: EnergyWell | null;
}

/** What inner bounds amount to on some starts. Errors are those of as many random starts. */
export interface ProvedShare {
  /** Starts in the basin. */
  readonly starts: number;
  /**
   * Shares of them in the ellipsoid, in the well, and in either of those that are certified: a well may be known without a
   * proof. Null where there is no such bound.
   */
  readonly ellipsoid: Estimate | null;
  readonly well: Estimate | null;
  readonly either: Estimate | null;
  /** Starts in the ellipsoid with another label: a contradiction, so 0. */
  readonly contradictions: number;
}

/**
 * Inner bounds of all basins of a system.
 * @param certified the same network and dynamics with the certified energy, where there is one.
 */
export function boundsOf(
  system: BasinSystem,
  search: Pick<FixedPointSearch, 'complete' | 'how'>,
  certified?: Problem,
): (InnerBounds | null)[] {
  const { problem, algebra, attractors, points, iterates } = system;
  const evaluator = new Evaluator(problem, algebra);
  return attractors.map((attractor) => {
    if (attractor.kind !== 'fixed-point') return null;
    const { state } = attractor;
    if (iterates === true) return { ellipsoid: { certified: false, why: OF_FLOWS }, well: null };
    // Attractors that were found on the way are fixed points that the search has missed.
    const known = points.some((p) => p.state.every((v, i) => v === state[i]));
    const complete = search.complete && known;
    return {
      ellipsoid: lyapunovEllipsoid(evaluator, algebra, state),
      well: certified ? energyWell(certified, algebra, state, { ...search, complete, points }) : null,
    };
  });
}

const OF_FLOWS = 'the sets that are proved hold for the flow, not for its map';

/**
 * Counts starts.
 * @param labels of the starts of `sampling`, in its order.
 * @param energies of the certified energy at them, in the same order.
 */
export async function provedShares(
  system: BasinSystem,
  bounds: readonly (InnerBounds | null)[],
  sampling: Sampling,
  labels: Int32Array,
  energies?: ArrayLike<number>,
  watch: Interruptible = {},
): Promise<(ProvedShare | null)[]> {
  const columns = sampling.kind === 'grid' ? sampling.size[0] : labels.length;
  const state = new Float64Array(system.problem.network.size);
  const counts = bounds.map(() => ({ starts: 0, ellipsoid: 0, well: 0, either: 0, contradictions: 0 }));
  const look = (k: number) => {
    stateAt(sampling, k % columns, Math.floor(k / columns), state);
    bounds.forEach((bound, own) => {
      const attractor = system.attractors[own];
      if (!bound || attractor.kind !== 'fixed-point') return;
      const count = counts[own];
      const inside = bound.ellipsoid.certified && isInEllipsoid(bound.ellipsoid, attractor.state, state);
      if (labels[k] !== own) {
        if (inside && labels[k] >= 0) count.contradictions++;
        return;
      }
      // {E < level} in the basin is its component around the memory: the flow there never rises.
      const low = bound.well !== null && energies !== undefined && isBelow(energies[k], bound.well.level);
      count.starts++;
      if (inside) count.ellipsoid++;
      if (low) count.well++;
      if (inside || (low && bound.well.certified)) count.either++;
    });
  };
  await inPieces(labels.length, watch, (from, to) => {
    for (let k = from; k < to; k++) look(k);
  });
  return bounds.map((bound, own) => {
    if (!bound) return null;
    const { starts, contradictions, ...found } = counts[own];
    const share = (k: number): Estimate | null => (starts > 0 ? shareOf(k, starts) : null);
    const well = bound.well && energies ? share(found.well) : null;
    const ellipsoid = bound.ellipsoid.certified ? share(found.ellipsoid) : null;
    return {
      starts,
      ellipsoid,
      well,
      either: (ellipsoid ?? (bound.well?.certified === true ? well : null)) ? share(found.either) : null,
      contradictions,
    };
  });
}

const isBelow = (energy: number, level: number | null) => level === null || energy < level;

const shareOf = (k: number, total: number): Estimate => {
  const value = k / total;
  return { value, standardError: Math.sqrt((value * (1 - value)) / total) };
};
