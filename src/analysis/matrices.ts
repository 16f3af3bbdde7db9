/** The few products of small dense matrices that the analysis takes; decompositions are the algebra's (model/algebra.ts). */
import type { Algebra } from '../model/algebra.js';
import type { Evaluator } from '../model/evaluator.js';
import type { Problem } from '../model/problem.js';
import type { Matrix } from '../types.js';
import { frobenius } from './eigenvalue-error.js';
import { hessianBounds } from './hessian-bounds.js';
import { weightsOf } from './linearisation.js';

/** Unit roundoff of f64. */
const ROUNDOFF = 2 ** -53;

export const isFinite64 = ({ data }: Matrix): boolean => data.every(Number.isFinite);

/** A^T. */
export function transpose({ rows, columns, data }: Matrix): Matrix {
  const out = new Float64Array(data.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) out[j * rows + i] = data[i * columns + j];
  return { rows: columns, columns: rows, data: out };
}

/** (A + A^T)/2. */
export function symmetricPart({ rows: n, data }: Matrix): Matrix {
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) out[i * n + j] = (data[i * n + j] + data[j * n + i]) / 2;
  return { rows: n, columns: n, data: out };
}

/** A x. */
export function times({ rows, columns, data }: Matrix, x: Float64Array): Float64Array {
  const out = new Float64Array(rows);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) out[i] += data[i * columns + j] * x[j];
  return out;
}

/** a + c b. */
export const plus = (a: Float64Array, c: number, b: Float64Array): Float64Array =>
  a.map((value, i) => value + c * b[i]);

/** The matrix of which `vectors` are the columns. */
export function fromColumns(vectors: readonly Float64Array[], rows: number): Matrix {
  const columns = vectors.length;
  const data = new Float64Array(rows * columns);
  vectors.forEach((v, j) => {
    for (let i = 0; i < rows; i++) data[i * columns + j] = v[i];
  });
  return { rows, columns, data };
}

/** Column j of a matrix. */
export const column = ({ rows, columns, data }: Matrix, j: number): Float64Array =>
  Float64Array.from({ length: rows }, (_, i) => data[i * columns + j]);

/** Smallest eigenvalue of a symmetric matrix, with a unit eigenvector. */
export function leastEigenpair(
  algebra: Algebra,
  symmetric: Matrix,
): { readonly value: number; readonly vector: Float64Array } {
  const { values, vectors } = algebra.symmetricEigen(symmetric);
  let least = 0;
  values.forEach((value, k) => {
    if (value < values[least]) least = k;
  });
  return { value: values[least], vector: column(vectors, least) };
}

/**
 * What rounding can do to an eigenvalue of sym(A^T B): each entry is a sum of n products, and the solver is backward
 * stable. 8 n u (|A|_F + terms) |B|_F, where `terms` is the size of what cancelled in A; measured errors are some ten
 * times smaller.
 */
export const eigenvalueError = (a: Matrix, b: Matrix, terms = 0): number =>
  8 * a.rows * ROUNDOFF * (frobenius(a) + terms) * frobenius(b);

/** The largest that the terms of M can be: a saturated softmax has 1 - g in H, and what is left of 1 is its rounding. */
export function metricTerms({ network, equation, energy, inverseWeights }: Problem): number {
  const [c1, c2, c3] = energy.coefficients.map(Math.abs);
  const sup = hessianBounds(network).sup;
  const h = Number.isFinite(sup) ? sup : 1;
  const w = frobenius(weightsOf(network));
  const inverse = inverseWeights ? frobenius(inverseWeights) : 0;
  return equation === 9
    ? c1 * w + c2 * h * w * w + c3 * (1 + h * w)
    : c1 * inverse + c2 * h + c3 * (1 + h * w);
}

/** R at the evaluator's state, or undefined where `adaptive-polar` meets a singular M. */
export function designMatrix(evaluator: Evaluator): Matrix | undefined {
  if (evaluator.problem.design.kind === 'adaptive-polar') return evaluator.polar();
  const matrix = evaluator.matrixOf((v, out) => {
    evaluator.applyDesign(v, out);
  });
  return isFinite64(matrix) ? matrix : undefined;
}
