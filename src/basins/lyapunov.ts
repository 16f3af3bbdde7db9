/**
 * J^T P + P J = -Q for a stable J, by Smith's doubling: with A = (qI - J)^-1 (qI + J) and U = (qI - J)^-1 the equation is
 * P = A^T P A + 2q U^T Q U, whose series is summed by squaring A (R. Smith, SIAM J. Appl. Math. 16 (1968) 198-201).
 */
import { product } from '../analysis/linearisation.js';
import { symmetricPart, transpose } from '../analysis/matrices.js';
import { largestMagnitude } from '../math/magnitude.js';
import type { Algebra } from '../model/algebra.js';
import type { Matrix } from '../types.js';

const DOUBLINGS = 60;

/** P for Q = I; undefined where J is not stable enough to tell. */
export function lyapunovMatrix(j: Matrix, algebra: Algebra): Matrix | undefined {
  const n = j.rows;
  const size = Math.max(largestMagnitude(j.data), Number.MIN_VALUE) * Math.sqrt(n);
  const shifted = (sign: number): Matrix => ({
    ...j,
    data: j.data.map((v, at) => (at % (n + 1) === 0 ? size : 0) + sign * v),
  });
  const u = algebra.inverse(shifted(-1));
  if (!u) return undefined;
  let a = product(u, shifted(1));
  let p: Matrix = { ...j, data: product(transpose(u), u).data.map((v) => 2 * size * v) };
  for (let k = 0; k < DOUBLINGS; k++) {
    const more = product(product(transpose(a), p), a);
    const largest = largestMagnitude(more.data);
    if (!Number.isFinite(largest)) return undefined;
    p = symmetricPart({ ...p, data: p.data.map((v, at) => v + more.data[at]) });
    if (largest <= 1e-15 * largestMagnitude(p.data)) return p;
    a = product(a, a);
  }
  return undefined;
}
