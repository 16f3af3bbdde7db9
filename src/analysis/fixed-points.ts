/**
 * Fixed points r = 0 of eqs. 1, 9 and 13 from given seeds, in f64: what pictures and quick looks need. Newton ends are
 * merged after they have converged and classified (stability.ts). R (invertible) does not move fixed points, but decides
 * which are stable. The search for all of them is find-fixed-points.ts.
 */
import type { Algebra } from '../model/algebra.js';
import { Evaluator, norm } from '../model/evaluator.js';
import type { Problem } from '../model/problem.js';
import { Ends } from './ends.js';
import { ballRadius } from './newton-ball.js';
import { Newton } from './newton.js';
import { ResidualField } from './state-field.js';
import { classAt, type Eigenvalue, type FixedPointClass } from './stability.js';

/** A zero of r with what tells its kind. */
export interface FixedPoint {
  /** N numbers: y of eqs. 1 and 13, u of eq. 9. */
  readonly state: Float64Array;
  /** |r| at it. */
  readonly residual: number;
  /** The problem's energy at it. */
  readonly energy: number;
  readonly class: FixedPointClass;
  /** Eigenvalues of the Jacobian of R r, by falling real part. */
  readonly spectrum: readonly Eigenvalue[];
  /** Seeds that ended here. */
  readonly hits: number;
}

/** The distinct fixed points that Newton reaches from `seeds`, stable ones first, each class by its energy. */
export function fixedPointsFrom(
  problem: Problem,
  algebra: Algebra,
  seeds: Iterable<Float64Array>,
): FixedPoint[] {
  const evaluator = new Evaluator(problem, algebra);
  const newton = new Newton(new ResidualField(evaluator));
  const ends = new Ends(ballRadius(evaluator));
  for (const seed of seeds) if (newton.run(seed, ends) === 'converged') ends.add(evaluator.y);
  return ends.all
    .map(({ state, hits }): FixedPoint => {
      const verdict = classAt(evaluator, algebra, state);
      const residual = norm(evaluator.r);
      return { state, residual, energy: evaluator.energy(), ...verdict, hits };
    })
    .sort(byClassAndEnergy);
}

const ORDER: readonly FixedPointClass[] = ['stable', 'undecided', 'saddle', 'unstable'];

/** Stable points first, then undecided ones, saddles, unstable ones; within each by rising energy, then by state. */
export function byClassAndEnergy(
  a: Pick<FixedPoint, 'class' | 'energy' | 'state'>,
  b: Pick<FixedPoint, 'class' | 'energy' | 'state'>,
): number {
  return ORDER.indexOf(a.class) - ORDER.indexOf(b.class) || a.energy - b.energy || compare(b.state, a.state);
}

function compare(a: Float64Array, b: Float64Array): number {
  const i = a.findIndex((v, k) => v !== b[k]);
  return i < 0 ? 0 : a[i] - b[i];
}
