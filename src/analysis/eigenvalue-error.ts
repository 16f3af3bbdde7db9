/**
 * Eigenvalues of the flow at a fixed point with an estimate of their errors, so that "Re = 0" has a meaning.
 *
 * The matrix is not known exactly, for two reasons: rounding, and the point itself, which lies where |r| is of the size
 * of its own rounding. How far that may be from the true zero is what Newton would still correct, e = Dr^-1 (r + rounding);
 * how much the matrix changes over 4 e (at a multiple zero Newton sees a fraction of the distance) is its perturbation
 * D. Kinks need no rule of their own: one within e makes H jump, D is of order 1, and the point is undecided.
 *
 * A perturbation D moves an eigenvalue by up to condition |D| to first order, and by Elsner's theorem never by more
 * than (2 |A| + |D|)^(1 - 1/n) |D|^(1/n), which holds for defective ones too. Symmetric matrices: |D| (Weyl).
 */
import { activationRow } from '../model/activation.js';
import type { Algebra } from '../model/algebra.js';
import { norm, type Evaluator } from '../model/evaluator.js';
import type { Matrix, Network } from '../types.js';
import { Lu } from '../math/lu.js';
import { Linearisation, residualJacobian, weightsOf } from './linearisation.js';

/** An eigenvalue with its estimated error. */
export interface DecidedEigenvalue {
  readonly re: number;
  readonly im: number;
  readonly error: number;
}

/** A linear flow: its matrix and the eigenvalues by falling real part. */
export interface Flow {
  readonly jacobian: Matrix;
  readonly eigenvalues: readonly DecidedEigenvalue[];
}

/** The flow r, and how uncertain (2-norm) its matrix is. */
export interface ResidualFlow extends Flow {
  /** Asks the evaluator, which must be where it was. */
  readonly perturbation: () => number;
}

/** Newton corrections are not followed further than this, relative to 1 + |y|: along a continuum they have no end. */
const FARTHEST = 1e-3;
const MULTIPLE_ZERO = 4;

/** The flow r (R = I) at the evaluator's state. */
export function flowSpectrum(evaluator: Evaluator, algebra: Algebra): ResidualFlow {
  const { network } = evaluator.problem;
  const linearisation = new Linearisation(evaluator);
  const jacobian = residualJacobian(evaluator, linearisation);
  const displaced = displacement(evaluator, jacobian);
  const perturbation = () =>
    uncertainty(evaluator, jacobian, displaced, () => residualJacobian(evaluator, linearisation));
  if (!isSymmetrisable(network)) {
    const eigenvalues = boundedEigenvalues(algebra, jacobian, perturbation());
    return { jacobian, eigenvalues, perturbation };
  }
  const make = () => symmetricFlow(linearisation, algebra);
  const matrix = make();
  const error = uncertainty(evaluator, matrix, displaced, make);
  const eigenvalues = Array.from(algebra.symmetricValues(matrix), (re) => ({
    re,
    im: 0,
    error,
  })).reverse();
  return { jacobian, eigenvalues, perturbation };
}

/** Eigenvalues of a general matrix that is uncertain by `perturbation`, by falling real part. */
export function boundedEigenvalues(
  algebra: Algebra,
  matrix: Matrix,
  perturbation: number,
): DecidedEigenvalue[] {
  const elsner =
    (2 * frobenius(matrix) + perturbation) ** (1 - 1 / matrix.rows) * perturbation ** (1 / matrix.rows);
  return algebra
    .conditionedEigenvalues(matrix)
    .map(({ re, im, condition }) => ({ re, im, error: Math.min(condition * perturbation, elsner) }));
}

/** W = W^T and H >= 0 everywhere. */
function isSymmetrisable({ symmetric, layers }: Network): boolean {
  return (
    symmetric &&
    layers.every(({ activation }) => activationRow(activation.name).convex(activation.parameters))
  );
}

/** H^(1/2) W H^(1/2) - I, with the eigenvalues of Dr. */
function symmetricFlow(linearisation: Linearisation, algebra: Algebra): Matrix {
  const { evaluator } = linearisation;
  const n = evaluator.y.length;
  linearisation.update();
  const scale = linearisation.diagonal.map((h) => Math.sqrt(Math.max(0, h)));
  for (const { offset, size } of linearisation.blocks) scale.fill(1, offset, offset + size);
  const data = weightsOf(evaluator.problem.network).data.slice();
  for (let i = 0, at = 0; i < n; i++) for (let j = 0; j < n; j++, at++) data[at] *= scale[i] * scale[j];
  for (const { offset, size, data: block } of linearisation.blocks) {
    const root = algebra.spectralFunction({ rows: size, columns: size, data: block }, (h) =>
      Math.sqrt(Math.max(0, h)),
    );
    conjugate(data, n, offset, root);
  }
  for (let i = 0; i < n; i++) data[i * n + i] -= 1;
  return { rows: n, columns: n, data };
}

/** a := diag(I, root, I) a diag(I, root, I) in place. */
function conjugate(a: Float64Array, n: number, offset: number, { rows: size, data: root }: Matrix): void {
  const line = new Float64Array(size);
  const times = (start: number, stride: number) => {
    for (let i = 0; i < size; i++) {
      let sum = 0;
      for (let k = 0; k < size; k++) sum += root[i * size + k] * a[start + k * stride];
      line[i] = sum;
    }
    for (let i = 0; i < size; i++) a[start + i * stride] = line[i];
  };
  for (let j = 0; j < n; j++) times(offset * n + j, n);
  for (let i = 0; i < n; i++) times(i * n + offset, 1);
}

/** 4 e: how far the true zero of r may be. */
function displacement(evaluator: Evaluator, jacobian: Matrix): Float64Array {
  const { y, r } = evaluator;
  const noise = residualRounding(evaluator);
  const most = FARTHEST * (1 + norm(y));
  const size = norm(r);
  // Away from zeros of r (false memories) r is no error.
  const error = size > most ? new Float64Array(r.length) : r;
  const lu = new Lu(r.length);
  lu.matrix.set(jacobian.data);
  const regular = lu.factor() > 0;
  const solve = (b: Float64Array) => {
    lu.solve(b);
    return b;
  };
  const first = regular ? solve(noise.map((rho, i) => error[i] + (error[i] < 0 ? -rho : rho))) : undefined;
  // Once more with the signs that the inverse enlarges.
  const second = first && solve(noise.map((rho, i) => (first[i] < 0 ? -rho : rho)));
  const e =
    first && second
      ? first.map((v, i) => Math.max(Math.abs(v), Math.abs(second[i])) * (v < 0 ? -1 : 1))
      : noise;
  const length = MULTIPLE_ZERO * norm(e);
  // NaN where the solution overflowed: as far as it goes in no direction is no displacement at all.
  const factor = length <= most ? MULTIPLE_ZERO : (MULTIPLE_ZERO * most) / length;
  const scaled = e.map((v) => factor * v);
  return scaled.every(Number.isFinite) ? scaled : noise;
}

/** Added to rounding errors: a point exactly on a kink at 0 has none, and shall be moved off it all the same. */
const TINY = 1e-300;

/** Rounding errors of r: epsilon times the sum of the sizes of its terms, by component. */
function residualRounding({ y, g, problem }: Evaluator): Float64Array {
  const { network, equation } = problem;
  if (equation === 9) return y.map((u, i) => TINY + Number.EPSILON * (Math.abs(u) + Math.abs(g[i])));
  const n = y.length;
  const w = weightsOf(network).data;
  return y.map((value, i) => {
    let sum = Math.abs(value) + Math.abs(network.bias[i]);
    for (let j = 0; j < n; j++) sum += Math.abs(w[i * n + j] * g[j]);
    return TINY + Number.EPSILON * sum;
  });
}

/** How much a matrix of the state, `here` what `make` makes of it, may be off: its change over the displacement, to both sides, and rounding. */
function uncertainty(
  evaluator: Evaluator,
  here: Matrix,
  displaced: Float64Array,
  make: () => Matrix,
): number {
  const state = evaluator.y.slice();
  const changes = [1, -1].map((sign) => {
    evaluator.moveTo(state.map((v, i) => v + sign * displaced[i]));
    const there = make();
    for (let k = 0; k < here.data.length; k++) there.data[k] -= here.data[k];
    return frobenius(there);
  });
  evaluator.moveTo(state);
  const change = Math.max(...changes.map((v) => (Number.isFinite(v) ? v : 0)));
  return change + 2 * here.rows * Number.EPSILON * frobenius(here);
}

/** Square root of the sum of the squares of all entries; at least the 2-norm. */
export function frobenius({ data }: Matrix): number {
  let sum = 0;
  for (const v of data) sum += v * v;
  return Math.sqrt(sum);
}
