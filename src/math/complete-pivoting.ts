/**
 * Square systems whose rank matters: Gaussian elimination with complete pivoting, which shows the rank by the fall of
 * its pivots, gives a basis of the null space, and tells whether a right-hand side is consistent. For small matrices
 * (N <= 256) that are met once each; `math/linalg.ts` is for everything else.
 */

/** P A Q = L U of an N x N matrix, up to the rank. */
export interface RankRevealing {
  readonly rank: number;
  /**
   * A solution with zeros where no pivot is, and the largest entry that no solution can remove (0 if consistent, up to
   * rounding). N numbers each.
   */
  readonly solve: (right: Float64Array) => { readonly solution: Float64Array; readonly defect: number };
  /** An orthonormal basis of the null space: N - rank vectors. */
  readonly nullSpace: () => Float64Array[];
}

/** Factors a copy of `a` (row-major, N x N); pivots at or below `smallest` count as 0. */
export function completePivoting(a: Float64Array, n: number, smallest: number): RankRevealing {
  const lu = Float64Array.from(a);
  const rows = Array.from({ length: n }, (_, i) => i);
  const columns = Array.from({ length: n }, (_, i) => i);
  const at = (i: number, j: number) => rows[i] * n + columns[j];
  let rank = 0;
  for (; rank < n; rank++) {
    let [best, p, q] = [smallest, -1, -1];
    for (let i = rank; i < n; i++)
      for (let j = rank; j < n; j++) {
        const size = Math.abs(lu[at(i, j)]);
        if (size > best) [best, p, q] = [size, i, j];
      }
    if (p < 0) break;
    [rows[rank], rows[p]] = [rows[p], rows[rank]];
    [columns[rank], columns[q]] = [columns[q], columns[rank]];
    for (let i = rank + 1; i < n; i++) {
      const factor = (lu[at(i, rank)] /= lu[at(rank, rank)]);
      if (factor !== 0) for (let j = rank + 1; j < n; j++) lu[at(i, j)] -= factor * lu[at(rank, j)];
    }
  }
  /** Back substitution in the leading triangle, in place; the result sits in pivot order. */
  const back = (z: Float64Array) => {
    for (let i = rank - 1; i >= 0; i--) {
      for (let j = i + 1; j < rank; j++) z[i] -= lu[at(i, j)] * z[j];
      z[i] /= lu[at(i, i)];
    }
  };
  return {
    rank,
    solve: (right) => {
      const z = Float64Array.from(rows, (row) => right[row]);
      for (let i = 0; i < n; i++) for (let j = 0; j < Math.min(i, rank); j++) z[i] -= lu[at(i, j)] * z[j];
      let defect = 0;
      for (let i = rank; i < n; i++) defect = Math.max(defect, Math.abs(z[i]));
      back(z);
      const solution = new Float64Array(n);
      for (let i = 0; i < rank; i++) solution[columns[i]] = z[i];
      return { solution, defect };
    },
    nullSpace: () => {
      const basis: Float64Array[] = [];
      for (let free = rank; free < n; free++) {
        const z = Float64Array.from({ length: rank }, (_, i) => -lu[at(i, free)]);
        back(z);
        const vector = new Float64Array(n);
        for (let i = 0; i < rank; i++) vector[columns[i]] = z[i];
        vector[columns[free]] = 1;
        basis.push(vector);
      }
      return orthonormal(basis);
    },
  };
}

/** Gram-Schmidt, twice for orthogonality to rounding; vectors that keep less than 1e-10 of their length are left out. */
export function orthonormal(vectors: readonly Float64Array[]): Float64Array[] {
  const basis: Float64Array[] = [];
  for (const given of vectors) {
    const v = Float64Array.from(given);
    const length = Math.hypot(...v);
    for (let pass = 0; pass < 2; pass++)
      for (const e of basis) {
        const along = e.reduce((sum, value, i) => sum + value * v[i], 0);
        for (let i = 0; i < v.length; i++) v[i] -= along * e[i];
      }
    const rest = Math.hypot(...v);
    if (rest > 1e-10 * length) basis.push(v.map((value) => value / rest));
  }
  return basis;
}
