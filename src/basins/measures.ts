/** What there is to measure of basins beside their maps; each is loaded on first use. */
import type { FixedPointSearch } from '../analysis/find-run.js';
import type { Backend } from '../backend.js';
import type { Algebra } from '../model/algebra.js';
import type { Problem } from '../model/problem.js';
import type { Grid, Sampling } from '../types.js';
import type { BasinEntropy, UncertaintyExponent } from './boundary.js';
import type { Comparison } from './comparison.js';
import type { BasinFractions, FractionOptions } from './fractions.js';
import type { SpectralPoint } from './iterate.js';
import type { Interruptible } from './pieces.js';
import type { InnerBounds, ProvedShare } from './proved.js';
import type { FatalShock, ShockOptions, SliceShock } from './shock.js';
import type { BasinSystem } from './system.js';

/**
 * Shares of the box [lo, hi]^N that lead to each attractor, by scrambled Sobol points, with standard errors from independent
 * scramblings; attractors that are found on the way are added to the system.
 * @throws RangeError unless `points` is a power of two and `scramblings` at least 2; else as `mapBasins`.
 */
export async function basinFractions(
  backend: Backend,
  system: BasinSystem,
  options: FractionOptions = {},
): Promise<BasinFractions> {
  const { measureFractions } = await import('./fractions.js');
  return measureFractions(backend, system, options);
}

/**
 * Minimal fatal shock: the smallest push of a memory, in N dimensions and in the Euclidean norm of states, that does not
 * return. The distance found is an upper bound; `proved` is a lower one.
 * @param attractor its index in `system.attractors`; a fixed point.
 * @param bounds its inner bounds, as `innerBounds` gives them: what `proved` is taken from, beside the set that stops flows.
 * @throws RangeError for a closed orbit; else as `mapBasins`.
 */
export async function fatalShock(
  backend: Backend,
  system: BasinSystem,
  attractor: number,
  bounds?: InnerBounds | null,
  options: ShockOptions = {},
): Promise<FatalShock> {
  const [{ searchShock }, { provedBall }] = await Promise.all([import('./shock.js'), import('./ball.js')]);
  const ellipsoid = bounds?.ellipsoid.certified === true ? bounds.ellipsoid.ball : 0;
  const own = system.attractors[attractor];
  const contracting = own.kind === 'fixed-point' ? provedBall(own.certificate) : 0;
  return searchShock(backend, system, attractor, Math.max(ellipsoid, contracting), options);
}

/**
 * Sets that are proved to lie in the basin of each attractor, in its order: Lyapunov ellipsoids, and wells of the certified
 * energy. Null for closed orbits; nothing is proved of maps (`prepareIterates`).
 * @param search what `findFixedPoints` said of the system's points: wells are proved only where none is missing.
 * @param certified the same network and dynamics with the certified energy; without it there are no wells.
 */
export async function innerBounds(
  system: BasinSystem,
  search: Pick<FixedPointSearch, 'complete' | 'how'>,
  certified?: Problem,
): Promise<(InnerBounds | null)[]> {
  const { boundsOf } = await import('./proved.js');
  return boundsOf(system, search, certified);
}

/**
 * The map y -> y + R r(y), one Euler step of length 1, made ready for `mapBasins` as the flow is by `prepareBasins`.
 * @param points the fixed points with their spectra, as `findFixedPoints` gives them.
 */
export async function prepareIterates(
  problem: Problem,
  algebra: Algebra,
  points: readonly SpectralPoint[],
): Promise<BasinSystem> {
  const { prepareIteration } = await import('./iterate.js');
  return prepareIteration(problem, algebra, points);
}

/**
 * Where two maps of the same grid disagree, with their attractors numbered in common.
 * @throws RangeError where they have different numbers of cells.
 */
export async function compareMaps(
  first: { readonly system: BasinSystem; readonly labels: Int32Array },
  second: { readonly system: BasinSystem; readonly labels: Int32Array },
  watch?: Interruptible,
): Promise<Comparison> {
  const { compareBasins } = await import('./comparison.js');
  return compareBasins(first, second, watch);
}

/**
 * How intricate the boundaries of a map are: basin entropy in nats (Daza et al. 2016), and the uncertainty exponent (Grebogi
 * et al. 1983) with the dimension of the boundary. Null where the map is too small, or shows no power law.
 * @param size samples along each axis, the first fastest, as in a grid.
 */
export async function boundaryMeasures(
  labels: Int32Array,
  size: readonly number[],
  seed = 1,
  watch?: Interruptible,
): Promise<{ readonly entropy: BasinEntropy | null; readonly uncertainty: UncertaintyExponent | null }> {
  const { basinEntropy, uncertaintyExponent } = await import('./boundary.js');
  return {
    entropy: (await basinEntropy(labels, size, watch)) ?? null,
    uncertainty: (await uncertaintyExponent(labels, size, seed, watch)) ?? null,
  };
}

/**
 * The nearest samples of a slice that go elsewhere, by attractor; null for those that do not lie in the slice, for closed
 * orbits, and where no sample goes elsewhere.
 */
export async function shocksOnSlice(
  system: BasinSystem,
  grid: Grid,
  labels: Int32Array,
  watch?: Interruptible,
): Promise<readonly (SliceShock | null)[]> {
  const { sliceShocks } = await import('./shock.js');
  return sliceShocks(system, grid, labels, watch);
}

/**
 * The share of each basin that its inner bounds prove, counted on starts whose labels are known.
 * @param bounds as `innerBounds` gives them.
 * @param labels of the starts of `sampling`, in its order.
 * @param energies of the certified energy at them, in the same order; without them wells are left out.
 */
export async function shareProved(
  system: BasinSystem,
  bounds: readonly (InnerBounds | null)[],
  sampling: Sampling,
  labels: Int32Array,
  energies?: ArrayLike<number>,
  watch?: Interruptible,
): Promise<readonly (ProvedShare | null)[]> {
  const { provedShares } = await import('./proved.js');
  return provedShares(system, bounds, sampling, labels, energies, watch);
}
