/**
 * f64 dense linear algebra over ml-matrix, the only place that imports it. Three things are added: every entry
 * is checked finite (ml-matrix's eigenvalue iteration never returns on NaN or infinity), general matrices
 * are balanced before their eigenvalues are taken (badly scaled ones lose up to seven digits otherwise), and eigenvalues of
 * symmetric matrices come without vectors, which ml-matrix always makes (symmetric-values.ts).
 *
 * Loaded on demand (`loadAlgebra` of model/algebra.ts), so that a page that needs none of it does not ship it.
 */
import {
  EigenvalueDecomposition,
  LuDecomposition,
  Matrix as Dense,
  SingularValueDecomposition,
} from 'ml-matrix';
import { MemscapeError } from '../errors.js';
import type { Matrix } from '../types.js';
import { symmetricValues as valuesOf } from './symmetric-values.js';
import { eigenvalueBound, gramOfRows, holderNorm, transposed } from './gram.js';

export { rowSpace, rowSpaceSteps } from './row-space.js';

/** Above this, dense decompositions take minutes and gigabytes: callers should use structure instead. */
const LARGEST = 4096;

function check(a: Matrix): void {
  if (a.rows > LARGEST || a.columns > LARGEST)
    throw new RangeError(`dense linear algebra stops at ${String(LARGEST)} rows, not ${String(a.rows)}`);
  if (!a.data.every(Number.isFinite)) throw new RangeError('a matrix holds NaN or infinity');
}

function dense(a: Matrix): Dense {
  check(a);
  const result = new Dense(a.rows, a.columns);
  for (let i = 0; i < a.rows; i++)
    for (let j = 0; j < a.columns; j++) result.set(i, j, a.data[i * a.columns + j]);
  return result;
}

function plain(a: Dense): Matrix {
  return { rows: a.rows, columns: a.columns, data: Float64Array.from(a.to1DArray()) };
}

/** Eigenvalues (ascending) and orthonormal eigenvectors (columns) of a symmetric matrix. */
export function symmetricEigen(a: Matrix): { values: Float64Array; vectors: Matrix } {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(dense(a), {
    assumeSymmetric: true,
  });
  return { values: Float64Array.from(realEigenvalues), vectors: plain(eigenvectorMatrix) };
}

/** Eigenvalues (ascending) of a symmetric matrix, whose part above the diagonal is not read. */
export function symmetricValues(a: Matrix): Float64Array {
  check(a);
  return valuesOf(a.data, a.rows);
}

/** Eigenvalues of a general square matrix, by falling real part. */
export function eigenvalues(a: Matrix): { re: number; im: number }[] {
  const { realEigenvalues, imaginaryEigenvalues } = new EigenvalueDecomposition(dense(balanced(a).matrix));
  return realEigenvalues
    .map((re, i) => ({ re, im: imaginaryEigenvalues[i] }))
    .sort((p, q) => q.re - p.re || q.im - p.im);
}

/** Eigenvalues of a general square matrix, by falling real part, with their condition numbers |x||w| / |w.x|. */
export function conditionedEigenvalues(a: Matrix): { re: number; im: number; condition: number }[] {
  const n = a.rows;
  const even = balanced(a);
  const decomposition = new EigenvalueDecomposition(dense(even.matrix));
  const { realEigenvalues, imaginaryEigenvalues } = decomposition;
  // Of `a` itself: x = D x', w = D^-1 w'. A complex pair has the real and the imaginary part of x as its two columns.
  const right = plain(decomposition.eigenvectorMatrix).data;
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) right[i * n + j] *= even.scale[i];
  const lengths = columnLengths(right, n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) right[i * n + j] /= lengths[j];
  const left = rightInverse(right, n);
  return realEigenvalues
    .map((re, i) => {
      const im = imaginaryEigenvalues[i];
      // hqr2 puts the member with im > 0 first.
      const [first, second] = im > 0 ? [i, i + 1] : [i - 1, i];
      const condition =
        im === 0 ? rowLength(left, n, i) : pairCondition(right, left, n, first, second, lengths);
      return { re, im, condition: Number.isFinite(condition) ? condition : Infinity };
    })
    .sort((p, q) => q.re - p.re || q.im - p.im);
}

function columnLengths(data: Float64Array, n: number): Float64Array {
  const column = (j: number) => Array.from({ length: n }, (_, i) => data[i * n + j]);
  // hypot: squares overflow, or underflow, long before lengths do.
  return Float64Array.from({ length: n }, (_, j) => Math.hypot(...column(j)) || 1);
}

function rowLength(data: Float64Array, n: number, row: number): number {
  return Math.hypot(...data.subarray(row * n, (row + 1) * n));
}

/** |x||w| of x = l_1 v_1 + i l_2 v_2 and w^H = (w_1/l_1 - i w_2/l_2)/2, for which w^H x = 1. */
function pairCondition(
  right: Float64Array,
  left: Float64Array,
  n: number,
  first: number,
  second: number,
  lengths: Float64Array,
): number {
  const [p, q] = [lengths[first], lengths[second]];
  const columns = Math.hypot(
    ...Array.from({ length: n }, (_, i) => Math.hypot(p * right[i * n + first], q * right[i * n + second])),
  );
  return (columns * Math.hypot(rowLength(left, n, first) / p, rowLength(left, n, second) / q)) / 2;
}

/** Inverse of a square matrix; NaN where it is singular or has overflown: its rows are then no eigenvectors. */
function rightInverse(data: Float64Array, n: number): Float64Array {
  if (!data.every(Number.isFinite)) return new Float64Array(n * n).fill(NaN);
  const lu = new LuDecomposition(dense({ rows: n, columns: n, data }));
  if (lu.isSingular()) return new Float64Array(n * n).fill(NaN);
  return plain(lu.solve(Dense.eye(n))).data;
}

/** a = U diag(s) V^T with s falling. */
export function svd(a: Matrix): { u: Matrix; s: Float64Array; v: Matrix } {
  const decomposition = new SingularValueDecomposition(dense(a), { autoTranspose: true });
  return {
    u: plain(decomposition.leftSingularVectors),
    s: Float64Array.from(decomposition.diagonal),
    v: plain(decomposition.rightSingularVectors),
  };
}

/** Solution of a x = b, or undefined where `a` is singular to working precision. */
export function solve(a: Matrix, b: Float64Array): Float64Array | undefined {
  const lu = new LuDecomposition(dense(a));
  if (lu.isSingular()) return undefined;
  return Float64Array.from(lu.solve(Dense.columnVector(Array.from(b))).to1DArray());
}

/** Inverse of `a`, or undefined where its condition number exceeds 1e14. */
export function inverse(a: Matrix): Matrix | undefined {
  const { u, s, v } = svd(a);
  if (s[s.length - 1] <= 1e-14 * s[0]) return undefined;
  const n = a.rows;
  const data = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += (v.data[i * n + k] * u.data[j * n + k]) / s[k];
      data[i * n + j] = sum;
    }
  return { rows: n, columns: n, data };
}

/** D^-1 a D with D diagonal, of powers of two, that evens row and column norms (the idea of EISPACK's balanc). */
function balanced(a: Matrix): { matrix: Matrix; scale: Float64Array } {
  const n = a.rows;
  const data = Float64Array.from(a.data);
  const scale = new Float64Array(n).fill(1);
  for (let sweep = 0, changed = true; changed && sweep < 100; sweep++) {
    changed = false;
    for (let i = 0; i < n; i++) {
      let row = 0;
      let column = 0;
      for (let j = 0; j < n; j++) {
        if (j === i) continue;
        row += Math.abs(data[i * n + j]);
        column += Math.abs(data[j * n + i]);
      }
      if (row === 0 || column === 0) continue;
      const f = 2 ** Math.round(Math.log2(row / column) / 2);
      // Only a real gain counts, or the sweep would never settle.
      if (column * f + row / f >= 0.95 * (column + row)) continue;
      changed = true;
      scale[i] *= f;
      for (let j = 0; j < n; j++) {
        data[i * n + j] /= f;
        data[j * n + i] *= f;
      }
    }
  }
  return { matrix: { rows: n, columns: n, data }, scale };
}

/** V f(Lambda) V^T of a symmetric W; eigenvalues below rounding count as 0, so that sign(0) = 1 is decided. */
export function spectralFunction(w: Matrix, f: (lambda: number) => number): Matrix {
  const { values, vectors } = symmetricEigen(w);
  const n = w.rows;
  const zero = n * Number.EPSILON * Math.max(...values.map(Math.abs));
  const mapped = values.map((lambda) => f(Math.abs(lambda) <= zero ? 0 : lambda));
  return fromEigen(n, (i, j) => {
    let sum = 0;
    for (let k = 0; k < n; k++) sum += vectors.data[i * n + k] * mapped[k] * vectors.data[j * n + k];
    return sum;
  });
}

function fromEigen(n: number, entry: (i: number, j: number) => number): Matrix {
  const data = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) data[i * n + j] = entry(i, j);
  return { rows: n, columns: n, data };
}

/** The symmetric R with W R + R W = P, in the eigenbasis of W: R_ij = P_ij / (lambda_i + lambda_j). */
export function sylvester(w: Matrix, p: Matrix | 'identity'): Matrix {
  const n = w.rows;
  const { values, vectors } = symmetricEigen(w);
  const size = Math.max(...values.map(Math.abs));
  const v = (i: number, k: number) => vectors.data[i * n + k];
  const inBasis = fromEigen(n, (k, l) => {
    let sum = 0;
    if (p === 'identity') sum = k === l ? 1 : 0;
    else for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) sum += v(i, k) * p.data[i * n + j] * v(j, l);
    const denominator = values[k] + values[l];
    if (Math.abs(denominator) <= 1e-12 * size)
      throw new MemscapeError({
        code: 'model-sylvester',
        what: `dynamics.R: 'sylvester' has no solution: eigenvalues ${String(values[k])} and ${String(values[l])} of W sum to 0`,
        why: 'W R + R W = P is solvable for every P only if no two eigenvalues of W sum to 0 (Ex. 5.4).',
        mend: 'take R = "polar" or "gradient" for this W.',
        exitCode: 2,
      });
    return sum / denominator;
  });
  const half = fromEigen(n, (i, l) => {
    let sum = 0;
    for (let k = 0; k < n; k++) sum += v(i, k) * inBasis.data[k * n + l];
    return sum;
  });
  return fromEigen(n, (i, j) => {
    let sum = 0;
    for (let l = 0; l < n; l++) sum += half.data[i * n + l] * v(j, l);
    return sum;
  });
}

/** Networks beyond this take min(|W|_F, |W|_inf) for |W|: an upper bound serves the proof, eigenvalues take minutes. */
const EXACT_NORM_LIMIT = 512;

/** |W| of a symmetric W, never too small. */
export function symmetricNorm(w: Matrix): number {
  const n = w.rows;
  // Rounded up by more than the eigenvalue solver's error.
  const up = 1 + 4 * n * Number.EPSILON;
  if (n <= EXACT_NORM_LIMIT) return up * Math.max(...symmetricEigen(w).values.map(Math.abs));
  let squares = 0;
  let rows = 0;
  for (let i = 0; i < n; i++) {
    let row = 0;
    for (let j = 0; j < n; j++) {
      row += Math.abs(w.data[i * n + j]);
      squares += w.data[i * n + j] ** 2;
    }
    rows = Math.max(rows, row);
  }
  return up * Math.min(rows, Math.sqrt(squares));
}

/** Beyond, the Gram matrix (multiplications) or its factorisation (rows) take minutes. */
const GRAM_WORK = 2 ** 35;
const GRAM_LIMIT = 2048;

/** Largest singular value of `a`, never too small: sqrt(lambda_max) of the Gram matrix of the smaller side. */
export function spectralNorm(a: Matrix): number {
  if (!a.data.every(Number.isFinite)) throw new RangeError('a matrix holds NaN or infinity');
  const side = Math.min(a.rows, a.columns);
  const simple = holderNorm(a);
  if (side > GRAM_LIMIT || side * a.data.length > GRAM_WORK || simple === 0) return simple;
  // Scaled to |a| <= 1, or squares of large and small numbers would leave the range of f64.
  const scaled = { ...a, data: a.data.map((value) => value / simple) };
  const gram = gramOfRows(a.rows <= a.columns ? scaled : transposed(scaled));
  // Sums of products lose at most max(rows, columns) eps trace(gram) <= .. side |a|^2, the solver 4 side eps.
  const up = 1 + (Math.max(a.rows, a.columns) + 4) * side * Number.EPSILON;
  const largest = side <= EXACT_NORM_LIMIT ? Math.max(...symmetricEigen(gram).values) : eigenvalueBound(gram);
  return Math.min(simple, simple * Math.sqrt(up * Math.max(0, largest)));
}
