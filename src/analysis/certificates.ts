/**
 * Certificates: is the energy a Lyapunov function of the flow (condition 11), and are steady states its minima
 * (condition 12)? A verdict always says how it was reached: a proof with its premises, or a search that found nothing,
 * which proves nothing; a violation comes with its state and with an energy that really rises there.
 */
import type { Algebra } from '../model/algebra.js';
import { Evaluator, SINGULAR } from '../model/evaluator.js';
import type { Problem } from '../model/problem.js';
import { breathe, uniformStates, STREAM, type Box, type Watch } from './box.js';
import { product, residualJacobian } from './linearisation.js';
import { designMatrix, eigenvalueError, metricTerms, symmetricPart, transpose } from './matrices.js';
import { proofsOf, type Proof } from './proofs.js';
import { Refuter, type Refutation } from './refuter.js';

/**
 * `holds`: proved, or not violated at any state that was looked at (`how`). `violated`: at a state that is named.
 * `below-rounding`: the least eigenvalue found is not told from 0, and there is no proof.
 */
export type ConditionVerdict = 'holds' | 'violated' | 'below-rounding';

/** Condition (11) over a box. */
export interface ConditionReport {
  readonly verdict: ConditionVerdict;
  readonly how: 'proved' | 'searched';
  /** The verdict in words. */
  readonly why: string;
  /** The proofs that fit R and the coefficients, applicable or not. */
  readonly proofs: readonly Proof[];
  /** What the search found: worst eigenvalue, its state, a rise of the energy. */
  readonly search: Refutation;
}

/** Where and how hard to look. */
export interface ConditionOptions extends Watch {
  /** States; [-4, 4] in every coordinate by default. */
  readonly box?: Box;
  /** Eigenvalue decompositions to spend; 512 by default. */
  readonly evaluations?: number;
  /** 1 by default. */
  readonly seed?: number;
  /** States to look at before all others, for example fixed points. */
  readonly states?: readonly Float64Array[];
}

/** Condition (11), sym(M^T R) >= 0, over a box of states. */
export async function certifyCondition(
  problem: Problem,
  algebra: Algebra,
  options: ConditionOptions = {},
): Promise<ConditionReport> {
  const { box = [-4, 4], evaluations = 512, seed = 1, states = [], signal, onProgress } = options;
  const proofs = proofsOf(problem, algebra);
  const refuter = new Refuter(problem, algebra, { box, seed });
  for (const state of states) refuter.look(state);
  let search = refuter.report();
  for (let done = 0; done < evaluations;) {
    const portion = Math.min(32, evaluations - done);
    search = refuter.step({ evaluations: portion });
    done += portion;
    onProgress?.(done / evaluations);
    await breathe(signal);
  }
  const applied = proofs.find(({ applies }) => applies);
  return { ...judge(search, applied), proofs, search };
}

function judge(
  search: Refutation,
  applied: Proof | undefined,
): Pick<ConditionReport, 'verdict' | 'how' | 'why'> {
  const { worst, refuted, rise, evaluations } = search;
  const least = worst?.eigenvalue.toPrecision(3) ?? 'none';
  if (refuted) {
    const energy = rise
      ? `; the energy rises from a state ${rise.ownBias ? 'of this network' : 'of this network with another bias'}`
      : '';
    const against = applied ? ' This contradicts a proof: please report it.' : '';
    return {
      verdict: 'violated',
      how: 'searched',
      why: `sym(M^T R) has the eigenvalue ${least}${energy}.${against}`,
    };
  }
  if (applied) return { verdict: 'holds', how: 'proved', why: applied.name };
  if (worst === undefined)
    return {
      verdict: 'below-rounding',
      how: 'searched',
      why: 'R is not defined at any state that was looked at',
    };
  if (Math.abs(worst.eigenvalue) <= worst.error)
    return {
      verdict: 'below-rounding',
      how: 'searched',
      why: `the least eigenvalue, ${least}, is within its error of ${worst.error.toPrecision(2)}`,
    };
  return {
    verdict: 'holds',
    how: 'searched',
    why: `not violated at ${String(evaluations)} states, least eigenvalue ${least}; no proof`,
  };
}

/** Condition (12) at one steady state: whether it is a strict local minimum of the energy. */
export interface MinimumReport {
  /** `yes`: Hess E > 0. `no`: it has a negative eigenvalue. `below-rounding`: the least one is not told from 0. */
  readonly verdict: 'yes' | 'no' | 'below-rounding';
  /** Eigenvalues of Hess E = -M Dr at the steady state, ascending. */
  readonly eigenvalues: readonly number[];
  readonly error: number;
}

/**
 * Condition (12) at a steady state: Hess E10 = M (I - H W) > 0, Hess E14 = M (I - W H) > 0.
 * @param state a zero of r: elsewhere Hess E has further terms.
 */
export function minimumAt(problem: Problem, algebra: Algebra, state: Float64Array): MinimumReport {
  const evaluator = new Evaluator(problem, algebra);
  evaluator.moveTo(state);
  const metric = evaluator.metric();
  const jacobian = residualJacobian(evaluator);
  const hessian = symmetricPart(product(metric, jacobian));
  const eigenvalues = [...algebra.symmetricValues(hessian)].map((value) => -value).sort((a, b) => a - b);
  const error = eigenvalueError(transpose(metric), jacobian, metricTerms(problem));
  const verdict = eigenvalues[0] > error ? 'yes' : eigenvalues[0] < -error ? 'no' : 'below-rounding';
  return { verdict, eigenvalues, error };
}

/**
 * Numerical abscissa of H W (eq. 9) or W H (eqs. 1 and 13) at a state: the largest eigenvalue of its symmetric part.
 * At most 1 everywhere, the third term alone is a Lyapunov function for R = I (Ex. 6.2).
 */
export function numericalAbscissa(problem: Problem, algebra: Algebra, state: Float64Array): number {
  const evaluator = new Evaluator(problem, algebra);
  evaluator.moveTo(state);
  const jacobian = residualJacobian(evaluator);
  for (let i = 0; i < jacobian.rows; i++) jacobian.data[i * jacobian.rows + i] += 1;
  return Math.max(...algebra.symmetricValues(symmetricPart(jacobian)));
}

/** Where R loses rank: there steady states appear that eq. 1 does not have (R r = 0 with r != 0). */
export interface RankReport {
  /** Smallest ratio of singular values s_min/s_max of R that was seen. */
  readonly ratio: number;
  /** N minus the rank of R at that state. */
  readonly lostDimensions: number;
  readonly state: readonly number[];
  /** Share of sampled states at which R is singular to 1e-6; a constant R is singular everywhere or nowhere. */
  readonly singularShare: number;
  /** States at which R is not defined at all. */
  readonly undefinedShare: number;
  readonly samples: number;
}

/** Singular values of R over a box: a constant R at one state, a rule of M at `samples` of them. */
export async function rankLosses(
  problem: Problem,
  algebra: Algebra,
  options: ConditionOptions = {},
): Promise<RankReport> {
  const { box = [-4, 4], seed = 1, states = [], signal } = options;
  const constant = problem.design.kind === 'identity' || problem.design.kind === 'matrix';
  const samples = constant ? 1 : (options.evaluations ?? 512);
  const uniform = uniformStates(box, problem.network.size, seed, STREAM.search);
  const evaluator = new Evaluator(problem, algebra);
  let worst = { ratio: Infinity, lostDimensions: 0, state: [] as number[] };
  let [singular, undefined_, looked] = [0, 0, 0];
  for (const state of [...states, ...Array.from({ length: samples }, (_, k) => uniform(k))]) {
    if (looked++ % 32 === 31) await breathe(signal);
    evaluator.moveTo(state);
    const r = designMatrix(evaluator);
    if (!r) {
      undefined_++;
      continue;
    }
    const { s } = algebra.svd(r);
    const ratio = s[0] > 0 ? s[s.length - 1] / s[0] : 0;
    if (ratio <= SINGULAR) singular++;
    if (ratio < worst.ratio)
      worst = { ratio, lostDimensions: s.filter((v) => v <= SINGULAR * s[0]).length, state: [...state] };
  }
  return {
    ...worst,
    ratio: Number.isFinite(worst.ratio) ? worst.ratio : 0,
    singularShare: singular / looked,
    undefinedShare: undefined_ / looked,
    samples: looked,
  };
}
