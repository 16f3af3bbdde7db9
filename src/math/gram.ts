/**
 * Upper bounds of singular values that hold in floating point, for matrices too large for an eigenvalue solver. The
 * largest eigenvalue of a Gram matrix G is estimated by power iteration and then proved: if Cholesky's factorisation of
 * t I - G succeeds, t exceeds every eigenvalue of G up to rounding, which is added (N. Higham, "Accuracy and Stability of
 * Numerical Algorithms", section 10.1; S. Rump, BIT 46 (2006) 433).
 */
import type { Matrix } from '../types.js';

/** A A^T of the rows of A, symmetric to the last bit. */
export function gramOfRows({ rows, columns, data }: Matrix): Matrix {
  const out = new Float64Array(rows * rows);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0, a = i * columns, b = j * columns; k < columns; k++) sum += data[a + k] * data[b + k];
      out[i * rows + j] = sum;
      out[j * rows + i] = sum;
    }
  return { rows, columns: rows, data: out };
}

/** A^T. */
export function transposed({ rows, columns, data }: Matrix): Matrix {
  const out = new Float64Array(data.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) out[j * rows + i] = data[i * columns + j];
  return { rows: columns, columns: rows, data: out };
}

/** min(|A|_F, sqrt(|A|_1 |A|_inf)) >= |A|, rounded up. */
export function holderNorm({ rows, columns, data }: Matrix): number {
  const scale = data.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  if (scale === 0) return 0;
  const sums = new Float64Array(columns);
  let widest = 0;
  let squares = 0;
  for (let i = 0; i < rows; i++) {
    let row = 0;
    for (let j = 0; j < columns; j++) {
      const size = Math.abs(data[i * columns + j]) / scale;
      row += size;
      sums[j] += size;
      squares += size * size;
    }
    widest = Math.max(widest, row);
  }
  const tallest = sums.reduce((a, b) => Math.max(a, b), 0);
  const up = 1 + (data.length + 4) * Number.EPSILON;
  return up * scale * Math.min(Math.sqrt(squares), Math.sqrt(widest * tallest));
}

const POWER_STEPS = 100;
/** Power iteration stays below the eigenvalue, by about log(n) / (2 steps) where eigenvalues crowd. */
const FIRST = 1.04;
const WIDER = 1.06;

/** An upper bound of the largest eigenvalue of a positive semidefinite G, mostly within 5 %; at most |G|_inf. */
export function eigenvalueBound(g: Matrix): number {
  const n = g.rows;
  const widest = holderNorm(g);
  // |dG| <= (n + 1) eps trace(t I - G) / (1 - ..) for a factorisation that ran to its end.
  const up = 1 + 2 * n * (n + 1) * Number.EPSILON;
  for (let t = FIRST * rayleigh(g); t < widest; t *= WIDER)
    if (exceeds(t, g)) return Math.min(widest, up * t);
  return widest;
}

/** v.G v / v.v after a number of power steps: a lower bound of the largest eigenvalue. */
function rayleigh({ rows: n, data }: Matrix): number {
  // Any start serves, as what is estimated here is proved afterwards; the golden ratio keeps it away from symmetric ones.
  let v = Float64Array.from({ length: n }, (_, i) => 0.5 + ((i * 0.618033988749895) % 1));
  let estimate = 0;
  for (let step = 0; step < POWER_STEPS; step++) {
    const next = new Float64Array(n);
    let [dots, squares] = [0, 0];
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let j = 0; j < n; j++) sum += data[i * n + j] * v[j];
      next[i] = sum;
      dots += sum * v[i];
      squares += v[i] * v[i];
    }
    estimate = Math.max(estimate, dots / squares);
    const size = next.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    if (!(size > 0)) break;
    v = next.map((value) => value / size);
  }
  return estimate;
}

/** Whether Cholesky's factorisation of t I - G succeeds; the lower triangle, row by row. */
function exceeds(t: number, { rows: n, data }: Matrix): boolean {
  const lower = new Float64Array((n * (n + 1)) / 2);
  for (let i = 0, row = 0; i < n; row += ++i) {
    for (let j = 0, other = 0; j <= i; other += ++j) {
      let sum = (i === j ? t : 0) - data[i * n + j];
      for (let k = 0; k < j; k++) sum -= lower[row + k] * lower[other + k];
      if (i > j) lower[row + j] = sum / lower[other + j];
      else if (sum > 0) lower[row + j] = Math.sqrt(sum);
      else return false;
    }
  }
  return true;
}
