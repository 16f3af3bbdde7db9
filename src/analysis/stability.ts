/**
 * What a fixed point is. Four questions are kept apart:
 *   the chosen flow y' = R r       spectrum of its Jacobian, class, reactivity
 *   the flow with R = I            restricted spectrum (Prop. 4): eigenvalues of (V'^T W V')(V'^T H V') less 1 on range H,
 *                                  so that stable <=> all Re < 0; dead directions always decay at the rate 1
 *   the map u -> g(W u + b)        multipliers, the eigenvalues of H W: stable <=> all moduli < 1
 *   the energy                     eigenvalues of its Hessian M (I - H W) (eq. 12), or M (I - W H) for eq. 14
 * An eigenvalue within its own estimated error of the border decides nothing (eigenvalue-error.ts).
 *
 * Where W = W^T and H >= 0, W H has the eigenvalues of the symmetric H^(1/2) W H^(1/2): real ones, well conditioned.
 * By Ostrowski's theorem (Horn and Johnson, Matrix Analysis, 4.5.9) its k-th largest positive eigenvalue is at most
 * max(H) times that of W. So no more directions can be unstable than W has eigenvalues >= 1/max(H): `unstableBound`.
 */
import type { Algebra } from '../model/algebra.js';
import { dot, norm, type Evaluator } from '../model/evaluator.js';
import { applyWeights } from '../model/network.js';
import type { Matrix, Network } from '../types.js';
import { eigenvector, hessianSpectrum, type HessianSpectrum } from './dead-directions.js';
import {
  boundedEigenvalues,
  flowSpectrum,
  frobenius,
  type DecidedEigenvalue,
  type Flow,
  type ResidualFlow,
} from './eigenvalue-error.js';
import { product, weightsOf } from './linearisation.js';
import { NOT_A_ZERO, velocityJacobian } from './velocity-jacobian.js';

/**
 * By the real parts of the spectrum: all negative, both signs, all positive. `undecided` where the sign of one that
 * matters lies within its error (a continuum of fixed points, a bifurcation, a kink), or where R is not defined.
 */
export type FixedPointClass = 'stable' | 'saddle' | 'unstable' | 'undecided';

/** An eigenvalue re + i im. */
export interface Eigenvalue {
  readonly re: number;
  readonly im: number;
}

/** What a fixed point is, as plain data; every number is finite. */
export interface Stability {
  /** Verdict of the chosen dynamics. */
  readonly class: FixedPointClass;
  /** Eigenvalues of the Jacobian of R r, by falling real part; empty where R is not defined. */
  readonly spectrum: readonly Eigenvalue[];
  /** Eigenvalues on range H of W H - 1 (Prop. 4), by falling real part: the flow of eq. 1, whatever R is. */
  readonly restrictedSpectrum: readonly Eigenvalue[];
  /** Verdict of eq. 1, of `restrictedSpectrum` and the decay of everything else. */
  readonly restrictedClass: FixedPointClass;
  /** For each neuron: false where it is dead. */
  readonly alive: readonly boolean[];
  /** Dead directions: g(y + V c) = g(y). */
  readonly deadDimensions: number;
  /** Further null directions of H, in which g moves all the same (isolated zeros of H). */
  readonly degenerateDimensions: number;
  /** Eigenvalues of the Hessian of the chosen energy, ascending; null away from r = 0, where M itself would matter. */
  readonly hessian: readonly number[] | null;
  /** Largest eigenvalue of sym(J): above 0, small perturbations of a stable point may grow before they decay; null without R. */
  readonly reactivity: number | null;
  /** Estimated error of the eigenvalue that is nearest to deciding otherwise; null without R. */
  readonly estimatedError: number | null;
  /** The point under u -> g(W u + b): verdict and the largest modulus of a multiplier. */
  readonly asMap: { readonly class: FixedPointClass; readonly modulus: number };
  /** No more directions can be unstable under R = I (Ostrowski); null where W is not symmetric or H has a negative eigenvalue. */
  readonly unstableBound: number | null;
}

/**
 * The verdict of the chosen dynamics alone, for pictures and quick looks: a fifth of the work of `stabilityAt`. Leaves the
 * evaluator at `state`.
 * @throws RangeError where the state or the derivatives at it are not finite.
 */
export function classAt(
  evaluator: Evaluator,
  algebra: Algebra,
  state: Float64Array,
): Pick<Stability, 'class' | 'spectrum'> {
  evaluator.moveTo(state);
  return verdictOf(chosenOf(evaluator, algebra, flowSpectrum(evaluator, algebra)));
}

function chosenOf(evaluator: Evaluator, algebra: Algebra, original: ResidualFlow): Flow | undefined {
  const { design } = evaluator.problem;
  return design.kind === 'identity' ? original : chosenFlow(evaluator, algebra, original);
}

const verdictOf = (chosen: Flow | undefined): Pick<Stability, 'class' | 'spectrum'> => ({
  class: chosen ? classOf(chosen.eigenvalues) : 'undecided',
  spectrum: chosen ? plain(chosen.eigenvalues) : [],
});

/**
 * Everything about the fixed point `state` of the evaluator's problem; leaves the evaluator there.
 * @throws RangeError where the state or the derivatives at it are not finite.
 */
export function stabilityAt(evaluator: Evaluator, algebra: Algebra, state: Float64Array): Stability {
  evaluator.moveTo(state);
  const hessian = hessianSpectrum(evaluator, algebra);
  const original = flowSpectrum(evaluator, algebra);
  const chosen = chosenOf(evaluator, algebra, original);
  const count = (kind: string) => hessian.kinds.filter((k) => k === kind).length;
  return {
    ...verdictOf(chosen),
    restrictedSpectrum: restrictedSpectrum(evaluator.problem.network, algebra, hessian),
    restrictedClass: classOf(original.eigenvalues),
    alive: hessian.alive,
    deadDimensions: count('dead'),
    degenerateDimensions: count('degenerate'),
    hessian: energyHessian(evaluator, algebra, original),
    reactivity: chosen ? largestEigenvalue(algebra, symmetricPart(chosen.jacobian)) : null,
    estimatedError: chosen ? decidingError(chosen.eigenvalues) : null,
    asMap: mapVerdict(original.eigenvalues),
    unstableBound: unstableBound(evaluator.problem.network, algebra, hessian),
  };
}

const plain = (eigenvalues: readonly DecidedEigenvalue[]): Eigenvalue[] =>
  eigenvalues.map(({ re, im }) => ({ re, im }));

/** The verdict of margins to a border at 0, each with its error: decided signs of both kinds make a saddle. */
function verdict(margins: readonly { readonly margin: number; readonly error: number }[]): FixedPointClass {
  const below = margins.filter(({ margin, error }) => margin < -error).length;
  const above = margins.filter(({ margin, error }) => margin > error).length;
  if (below > 0 && above > 0) return 'saddle';
  if (below + above < margins.length) return 'undecided';
  return below > 0 ? 'stable' : 'unstable';
}

const classOf = (eigenvalues: readonly DecidedEigenvalue[]): FixedPointClass =>
  verdict(eigenvalues.map(({ re, error }) => ({ margin: re, error })));

/** Multipliers are 1 + the eigenvalues of Dr. */
function mapVerdict(eigenvalues: readonly DecidedEigenvalue[]): Stability['asMap'] {
  const margins = eigenvalues.map(({ re, im, error }) => ({ margin: Math.hypot(1 + re, im) - 1, error }));
  return {
    class: verdict(margins),
    modulus: 1 + margins.reduce((most, { margin }) => Math.max(most, margin), -1),
  };
}

/** The error of the eigenvalue with the smallest |Re| in units of its own error. */
function decidingError(eigenvalues: readonly DecidedEigenvalue[]): number {
  const ratio = ({ re, error }: DecidedEigenvalue) => Math.abs(re) / error;
  return eigenvalues.reduce((a, b) => (ratio(b) < ratio(a) ? b : a)).error;
}

/** The chosen flow where R is not I; undefined where R is not defined. */
function chosenFlow(evaluator: Evaluator, algebra: Algebra, original: ResidualFlow): Flow | undefined {
  const uncertain = original.perturbation();
  const found = velocityJacobian(evaluator);
  if (!found) return undefined;
  // Dr is uncertain; R changes it by no more than its size.
  const gain = frobenius(found.matrix) / Math.max(frobenius(original.jacobian), Number.MIN_VALUE);
  const rounding = 2 * found.matrix.rows * Number.EPSILON * frobenius(found.matrix);
  const perturbation = gain * uncertain + found.error + rounding;
  return {
    jacobian: found.matrix,
    eigenvalues: boundedEigenvalues(algebra, found.matrix, perturbation),
  };
}

/** H in its eigenbasis without its null space: eigenvalues of V'^T W V' Lambda - 1. */
function restrictedSpectrum(network: Network, algebra: Algebra, hessian: HessianSpectrum): Eigenvalue[] {
  const kept = [...hessian.kinds.keys()].filter((k) => hessian.kinds[k] === 'alive');
  const m = kept.length;
  if (m === 0) return [];
  const basis = kept.map((k) => eigenvector(hessian, k));
  const lambda = kept.map((k) => hessian.values[k]);
  const inner = projected(network, hessian, kept, basis);
  const symmetric = network.symmetric && lambda.every((value) => value > 0);
  const data = Float64Array.from(inner, (value, at) => {
    const [i, j] = [Math.floor(at / m), at % m];
    return symmetric ? Math.sqrt(lambda[i]) * value * Math.sqrt(lambda[j]) : value * lambda[j];
  });
  const matrix = { rows: m, columns: m, data };
  if (!symmetric) return algebra.eigenvalues(matrix).map(({ re, im }) => ({ re: re - 1, im }));
  return Array.from(algebra.symmetricValues(matrix), (value) => ({ re: value - 1, im: 0 })).reverse();
}

/** V'^T W V', V' the columns of `basis`. */
function projected(
  network: Network,
  { blocks }: HessianSpectrum,
  kept: readonly number[],
  basis: readonly Float64Array[],
) {
  const [n, m] = [network.size, kept.length];
  const inner = new Float64Array(m * m);
  if (blocks.length === 0) {
    const w = weightsOf(network).data;
    for (let i = 0; i < m; i++) for (let j = 0; j < m; j++) inner[i * m + j] = w[kept[i] * n + kept[j]];
    return inner;
  }
  const applied = new Float64Array(n);
  for (let j = 0; j < m; j++) {
    applyWeights(network, basis[j], applied);
    for (let i = 0; i < m; i++) inner[i * m + j] = dot(basis[i], applied);
  }
  return inner;
}

/** Eigenvalues of Hess E = -M Dr at r = 0, ascending. */
function energyHessian(evaluator: Evaluator, algebra: Algebra, { jacobian }: Flow): number[] | null {
  if (norm(evaluator.r) > NOT_A_ZERO * (1 + norm(evaluator.y))) return null;
  const hessian = symmetricPart(product(evaluator.metric(), jacobian));
  return Array.from(algebra.symmetricValues(hessian), (value) => -value).reverse();
}

function symmetricPart({ rows, data }: Matrix): Matrix {
  const out = data.map((v, at) => (v + data[(at % rows) * rows + Math.floor(at / rows)]) / 2);
  return { rows, columns: rows, data: out };
}

function largestEigenvalue(algebra: Algebra, symmetric: Matrix): number {
  const values = algebra.symmetricValues(symmetric);
  return values[values.length - 1];
}

const weightEigenvalues = new WeakMap<Network, Float64Array>();

/** Eigenvalues of W that are at least 1/max(H), at a point where H >= 0. */
function unstableBound(network: Network, algebra: Algebra, { values }: HessianSpectrum): number | null {
  // Rounding of an exact 0 may be negative.
  const rounding = 1e-12;
  if (!network.symmetric || values.some((h) => h < -rounding)) return null;
  const known = weightEigenvalues.get(network) ?? algebra.symmetricValues(weightsOf(network));
  weightEigenvalues.set(network, known);
  const most = values.reduce((a, b) => Math.max(a, b));
  return known.filter((mu) => mu * most >= 1 - rounding).length;
}
