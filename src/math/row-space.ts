/**
 * An orthonormal basis of the row space of a K x N matrix by Gram-Schmidt, in O(K^2 N) time and the memory of the matrix:
 * a singular value decomposition by ml-matrix takes many times as long at 256 x 4096. A row that loses more than 30 % of
 * its length to the rows before it is made orthogonal again, which is enough (L. Giraud, J. Langou, M. Rozloznik,
 * J. van den Eshof, Numer. Math. 101 (2005) 87; B. Parlett, "The Symmetric Eigenvalue Problem", section 6.9).
 */
import type { Matrix } from '../types.js';
import { largestMagnitude } from './magnitude.js';

/** Above this rank the time runs into many minutes. */
const LARGEST_RANK = 4096;
/** Residuals below this times max(K, N) eps, of a row of length 1, are rounding. */
const ROUNDING = 16;
/** Share of its length that a row must keep, or it is made orthogonal again. */
const KEPT = 0.7;

/** Orthonormal rows that span what the rows of `a` span; as many as the rank of `a` with all rows scaled to length 1. */
export function rowSpace(a: Matrix): Matrix {
  const steps = rowSpaceSteps(a);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** The same in pieces: it yields after every row, so that a caller can let other things happen. */
export function* rowSpaceSteps(a: Matrix): Generator<undefined, Matrix> {
  const { rows, columns } = a;
  if (Math.min(rows, columns) > LARGEST_RANK)
    throw new RangeError(`a basis of more than ${String(LARGEST_RANK)} dimensions would take too long.`);
  if (!a.data.every(Number.isFinite)) throw new RangeError('a matrix holds NaN or infinity.');
  const tolerance = ROUNDING * Math.max(rows, columns) * Number.EPSILON;
  const basis: Float64Array[] = [];
  for (let k = 0; k < rows && basis.length < columns; k++) {
    const row = a.data.slice(k * columns, (k + 1) * columns);
    if (normalise(row) && orthogonalise(row, basis, tolerance)) basis.push(row);
    yield;
  }
  const data = new Float64Array(basis.length * columns);
  basis.forEach((row, k) => {
    data.set(row, k * columns);
  });
  return { rows: basis.length, columns, data };
}

/** Makes a row of length 1 orthogonal to the basis, with length 1; false where nothing but rounding is left of it. */
function orthogonalise(row: Float64Array, basis: readonly Float64Array[], tolerance: number): boolean {
  let left = 1;
  for (let before = Infinity; left < KEPT * before;) {
    before = left;
    for (const q of basis) remove(q, row);
    left = Math.sqrt(dot(row, row));
    if (left <= tolerance) return false;
  }
  return normalise(row);
}

/** Scales the vector to length 1 in place; false for the zero vector, which stays. */
function normalise(v: Float64Array): boolean {
  const largest = largestMagnitude(v);
  if (largest === 0) return false;
  // In two steps, or squares of large and small numbers would leave the range of f64.
  for (let i = 0; i < v.length; i++) v[i] /= largest;
  const length = Math.sqrt(dot(v, v));
  for (let i = 0; i < v.length; i++) v[i] /= length;
  return true;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** v -= (q.v) q */
function remove(q: Float64Array, v: Float64Array): void {
  const part = dot(q, v);
  for (let i = 0; i < v.length; i++) v[i] -= part * q[i];
}
