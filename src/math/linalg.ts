/**
 * f64 dense linear algebra over ml-matrix, the only place that imports it. Two things are added: every entry
 * is checked finite (ml-matrix's eigenvalue iteration never returns on NaN or infinity) and general matrices
 * are balanced before their eigenvalues are taken (badly scaled ones lose up to seven digits otherwise).
 *
 * Loaded on demand (`loadAlgebra` of model/algebra.ts), so that a page that needs none of it does not ship it.
 */
import {
  EigenvalueDecomposition,
  LuDecomposition,
  Matrix as Dense,
  SingularValueDecomposition,
} from 'ml-matrix';
import type { Matrix } from '../types.js';

/** Above this, dense decompositions take minutes and gigabytes: callers should use structure instead. */
const LARGEST = 4096;

function dense(a: Matrix): Dense {
  if (a.rows > LARGEST || a.columns > LARGEST)
    throw new RangeError(`dense linear algebra stops at ${String(LARGEST)} rows, not ${String(a.rows)}`);
  if (!a.data.every(Number.isFinite)) throw new RangeError('a matrix holds NaN or infinity');
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

/** Eigenvalues of a general square matrix, by falling real part. */
export function eigenvalues(a: Matrix): { re: number; im: number }[] {
  const { realEigenvalues, imaginaryEigenvalues } = new EigenvalueDecomposition(dense(balanced(a)));
  return realEigenvalues
    .map((re, i) => ({ re, im: imaginaryEigenvalues[i] }))
    .sort((p, q) => q.re - p.re || q.im - p.im);
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

/** Diagonal similarity by powers of two that evens row and column norms (the idea of EISPACK's balanc). */
function balanced(a: Matrix): Matrix {
  const n = a.rows;
  const data = Float64Array.from(a.data);
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
      for (let j = 0; j < n; j++) {
        data[i * n + j] /= f;
        data[j * n + i] *= f;
      }
    }
  }
  return { rows: n, columns: n, data };
}
