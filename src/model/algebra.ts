import { loadOnce } from '../load-once.js';
import type { Matrix } from '../types.js';

/**
 * Dense linear algebra in f64 (math/linalg.ts), for up to 4096 rows: beyond that it would take minutes and gigabytes.
 * Every function throws a RangeError on larger matrices and on NaN or infinity, where iterations might never end.
 */
export interface Algebra {
  /** Eigenvalues (ascending) and orthonormal eigenvectors (columns) of a symmetric matrix. */
  readonly symmetricEigen: (a: Matrix) => { values: Float64Array; vectors: Matrix };
  /** Eigenvalues (ascending) of a symmetric matrix, whose part above the diagonal is not read; in half of the time at N = 16. */
  readonly symmetricValues: (a: Matrix) => Float64Array;
  /** Eigenvalues of a general square matrix, by falling real part; balanced first, for their last digits. */
  readonly eigenvalues: (a: Matrix) => { re: number; im: number }[];
  /**
   * The same eigenvalues, each with its condition number |x||w| / |w.x| (x, w its right and left eigenvectors): a
   * change D of the matrix moves it by up to `condition` |D|. Infinite where eigenvectors coincide.
   */
  readonly conditionedEigenvalues: (a: Matrix) => { re: number; im: number; condition: number }[];
  /** a = U diag(s) V^T with s falling. */
  readonly svd: (a: Matrix) => { u: Matrix; s: Float64Array; v: Matrix };
  /** Solution of a x = b, or undefined where `a` is singular to working precision. */
  readonly solve: (a: Matrix, b: Float64Array) => Float64Array | undefined;
  /** Inverse of `a`, or undefined where its condition number exceeds 1e14. */
  readonly inverse: (a: Matrix) => Matrix | undefined;
  /** V f(Lambda) V^T of a symmetric W; eigenvalues below rounding count as 0. */
  readonly spectralFunction: (w: Matrix, f: (lambda: number) => number) => Matrix;
  /** The symmetric R with W R + R W = P; MemscapeError `model-sylvester` (exit 2) where two eigenvalues of W sum to 0. */
  readonly sylvester: (w: Matrix, p: Matrix | 'identity') => Matrix;
  /** |W| of a symmetric W, never too small: exact to 512 rows, min(|W|_F, |W|_inf) beyond. */
  readonly symmetricNorm: (w: Matrix) => number;
  /**
   * Largest singular value of `a`, never too small: exact where the smaller side is at most 512, proven within a few per
   * cent to 2048, min(|a|_F, sqrt(|a|_1 |a|_inf)) beyond. Of any number of columns, as no decomposition of `a` is made.
   */
  readonly spectralNorm: (a: Matrix) => number;
  /**
   * An orthonormal basis Q of the row space of `a`, as rows: P^+ P = Q^T Q. What depends on other rows up to rounding is
   * left out. Of any number of columns; RangeError where the rank may exceed 4096.
   */
  readonly rowSpace: (a: Matrix) => Matrix;
  /** The same, with a yield after every row. */
  readonly rowSpaceSteps: (a: Matrix) => Generator<undefined, Matrix>;
}

/** Fetches the algebra on its first use, so that pages whose models need none (no polar, no certificate) stay small. */
export const loadAlgebra: () => Promise<Algebra> = loadOnce(() => import('../math/linalg.js'));
