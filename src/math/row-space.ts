/**
 * An orthonormal basis of the row space of a K x N matrix by Gram-Schmidt with pivoting, in O(K^2 N) time and the memory
 * of the matrix: a singular value decomposition of ml-matrix takes twenty times as long at 256 x 4096. Every basis vector
 * is made orthogonal to the others twice, which is enough (L. Giraud, J. Langou, M. Rozloznik, A. van den Eshof,
 * Numer. Math. 101 (2005) 87).
 */
import type { Matrix } from '../types.js';

/** Above this rank the time runs into many minutes. */
const LARGEST_RANK = 4096;

/** Residuals below this times max(K, N) eps, of a row of length 1, are rounding. */
const ROUNDING = 16;

/** Rows that span what the rows of `a` span; as many as its numerical rank, where all rows are scaled to length 1. */
export function rowSpace(a: Matrix): Matrix {
  const { rows, columns } = a;
  if (Math.min(rows, columns) > LARGEST_RANK)
    throw new RangeError(`a basis of more than ${String(LARGEST_RANK)} dimensions would take minutes`);
  if (!a.data.every(Number.isFinite)) throw new RangeError('a matrix holds NaN or infinity');
  const rest = Array.from({ length: rows }, (_, k) => a.data.slice(k * columns, (k + 1) * columns)).filter(
    normalise,
  );
  const tolerance = ROUNDING * Math.max(rows, columns) * Number.EPSILON;
  const basis: Float64Array[] = [];
  while (rest.length > 0 && basis.length < columns) {
    const lengths = rest.map((row) => Math.sqrt(dot(row, row)));
    const pivot = lengths.reduce((best, length, k) => (length > lengths[best] ? k : best), 0);
    if (lengths[pivot] <= tolerance) break;
    const [row] = rest.splice(pivot, 1);
    normalise(row);
    for (const q of basis) remove(q, row);
    normalise(row);
    for (const other of rest) remove(row, other);
    basis.push(row);
  }
  const data = new Float64Array(basis.length * columns);
  basis.forEach((row, k) => {
    data.set(row, k * columns);
  });
  return { rows: basis.length, columns, data };
}

/** Scales the vector to length 1 in place; false for the zero vector, which stays. */
function normalise(v: Float64Array): boolean {
  const largest = v.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
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
