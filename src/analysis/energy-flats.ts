/**
 * Flats of the problem's own energy, and whose fault they are. Dead neurons flatten eq. 4; E1 and E2 of eq. 10 are
 * constant along null W as well, whoever is alive; and a third term is flat along nothing.
 *
 * The energy is evaluated along every candidate: what is flat is measured, not deduced.
 */
import type { Algebra } from '../model/algebra.js';
import { Evaluator, norm } from '../model/evaluator.js';
import { applyWeights } from '../model/network.js';
import type { Problem } from '../model/problem.js';
import { deadNeuronsAt } from './dead.js';
import { weightsOf } from './linearisation.js';
import { column, plus } from './matrices.js';

/** `dead-neurons`: g does not react. `null-weights`: W v = 0 (eq. 9), so that z and with it g stay as they are. */
export type FlatReason = 'dead-neurons' | 'null-weights';

/** A direction of the state along which the energy might be flat. */
export interface EnergyFlat {
  readonly reason: FlatReason;
  /** v in the problem's states, N numbers of length 1. */
  readonly direction: readonly number[];
  /** Whether the energy is flat along it within the flat set of g, to rounding and the tails of saturation. */
  readonly flat: boolean;
  /** max |E(u + c v) - E(u)| over the lengths that were tried, and the largest |c|. */
  readonly change: number;
  readonly length: number;
}

/** Singular values of W below this, relative to the largest, count as 0. */
const NULL = 1e-12;
/** Tried lengths, relative to the flat set and to 1 + |u|. */
const SHARES = [-0.9, -0.4, 0.2, 0.6, 0.9];
const FARTHEST = 20;

/**
 * Directions of the state along which dead neurons or null W may flatten the problem's energy, each tried.
 * @param state y of eqs. 1 and 13, u of eq. 9.
 */
export function energyFlats(problem: Problem, algebra: Algebra, state: Float64Array): EnergyFlat[] {
  const { equation } = problem;
  const reach = FARTHEST * (1 + norm(state));
  const walk = (
    reason: FlatReason,
    v: Float64Array,
    [lo, hi]: readonly [number, number],
    slope: number,
  ): EnergyFlat => {
    const evaluator = new Evaluator(problem, algebra);
    evaluator.moveTo(state);
    const before = evaluator.energy();
    const r = norm(evaluator.r);
    let [change, length, allowed] = [0, 0, 0];
    for (const share of SHARES) {
      const c = share < 0 ? -share * Math.max(lo, -reach) : share * Math.min(hi, reach);
      const there = plus(state, c, v);
      evaluator.moveTo(there);
      const terms = 1 + Math.abs(before) + norm(there) * (norm(there) + norm(evaluator.g));
      change = Math.max(change, Math.abs(evaluator.energy() - before));
      length = Math.max(length, Math.abs(c));
      allowed = Math.max(allowed, 1e-12 * terms + slope * Math.abs(c) * (r + Math.abs(c)));
    }
    return { reason, direction: [...v], flat: change <= allowed, change, length };
  };
  const flats: EnergyFlat[] = [];
  const whole = [-Infinity, Infinity] as const;
  if (equation === 9)
    for (const v of nullWeights(problem, algebra)) flats.push(walk('null-weights', v, whole, 0));
  for (const { verdict, ends, direction, hessian } of deadNeuronsAt(problem, algebra, state).directions) {
    if (verdict !== 'dead') continue;
    const inArgument = Float64Array.from(direction);
    const v = equation === 9 ? preimage(problem, algebra, inArgument) : { vector: inArgument, length: 1 };
    // z cannot move this way: no direction of u does it.
    if (!v) continue;
    const range = [(ends[0] ?? -Infinity) / v.length, (ends[1] ?? Infinity) / v.length] as const;
    flats.push(walk('dead-neurons', v.vector, range, hessian > 1e-15 ? 2e-6 : 0));
  }
  return flats;
}

/** An orthonormal basis of null W. */
function nullWeights({ network }: Problem, algebra: Algebra): Float64Array[] {
  const { s, v } = algebra.svd(weightsOf(network));
  return [...s.keys()].filter((k) => s[k] <= NULL * s[0]).map((k) => column(v, k));
}

/** A unit vector v of u and |W v|, with W v along d; undefined where d is not in the range of W. */
function preimage(
  { network }: Problem,
  algebra: Algebra,
  d: Float64Array,
): { readonly vector: Float64Array; readonly length: number } | undefined {
  const { u, s, v } = algebra.svd(weightsOf(network));
  const found = new Float64Array(d.length);
  s.forEach((value, k) => {
    if (value <= NULL * s[0]) return;
    const c = column(u, k).reduce((sum, x, i) => sum + x * d[i], 0) / value;
    column(v, k).forEach((x, i) => (found[i] += c * x));
  });
  const size = norm(found);
  if (size === 0) return undefined;
  const vector = found.map((x) => x / size);
  const image = new Float64Array(d.length);
  applyWeights(network, vector, image);
  const off = norm(plus(image, -norm(image), d));
  return off <= 1e-9 * norm(image) ? { vector, length: norm(image) } : undefined;
}
