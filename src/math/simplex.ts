/**
 * Small linear programs: maximise c.x over A x <= b, x free, b >= 0 (so that x = 0 is feasible, and one phase is
 * enough). Dictionary form of the simplex method with Bland's rule, which cannot cycle. Dense: for tens of rows.
 */

/** A x <= b with one row of A for each entry of b. */
export interface Constraints {
  readonly rows: readonly (readonly number[])[];
  readonly bounds: readonly number[];
}

/** Entries of a dictionary below this, relative to 1, are rounding errors: scale rows to entries of about 1. */
const ZERO = 1e-11;

/**
 * Maximises `objective` . x.
 * @param constraints rows scaled to entries of about 1; negative bounds count as 0 (they are rounding errors).
 * @returns the maximum and an x that takes it; `value` is Infinity where it is unbounded (x is then feasible only).
 */
export function maximise(
  objective: readonly number[],
  { rows, bounds }: Constraints,
): { readonly value: number; readonly x: number[] } {
  const d = objective.length;
  const m = rows.length;
  // x = p - q with p, q >= 0. Variables 0..2d-1 are p and q, 2d.. the slacks; those outside the basis are columns.
  const width = 2 * d;
  const table = rows.map((row) =>
    Float64Array.from({ length: width }, (_, j) => (j < d ? row[j] : -row[j - d])),
  );
  const right = bounds.map((bound) => Math.max(0, bound));
  const cost = Float64Array.from({ length: width }, (_, j) => (j < d ? objective[j] : -objective[j - d]));
  const columns = Array.from({ length: width }, (_, j) => j);
  const basis = Array.from({ length: m }, (_, i) => width + i);
  let value = 0;
  const result = (best: number) => {
    const x = new Array<number>(d).fill(0);
    basis.forEach((variable, i) => {
      if (variable < d) x[variable] += right[i];
      else if (variable < width) x[variable - d] -= right[i];
    });
    return { value: best, x };
  };
  for (;;) {
    const entering = lowest(width, columns, (j) => cost[j] > ZERO);
    if (entering === undefined) return result(value);
    const ratio = (i: number) => right[i] / table[i][entering];
    let least = Infinity;
    for (let i = 0; i < m; i++) if (table[i][entering] > ZERO) least = Math.min(least, ratio(i));
    const leaving = lowest(m, basis, (i) => table[i][entering] > ZERO && ratio(i) <= least);
    if (leaving === undefined) return result(Infinity);
    value += cost[entering] * least;
    exchange(table, right, cost, leaving, entering);
    [columns[entering], basis[leaving]] = [basis[leaving], columns[entering]];
  }
}

/** The index with the lowest variable among those that qualify. */
function lowest(count: number, variables: readonly number[], qualifies: (index: number) => boolean) {
  let found: number | undefined;
  for (let k = 0; k < count; k++)
    if (qualifies(k) && (found === undefined || variables[k] < variables[found])) found = k;
  return found;
}

/** Solves row `p` for the variable of column `q` and puts it into the others. */
function exchange(table: Float64Array[], right: number[], cost: Float64Array, p: number, q: number): void {
  const pivot = table[p][q];
  const row = table[p];
  for (let j = 0; j < row.length; j++) row[j] = j === q ? 1 / pivot : row[j] / pivot;
  right[p] /= pivot;
  const eliminate = (other: Float64Array) => {
    const factor = other[q];
    for (let j = 0; j < row.length; j++) other[j] = j === q ? -factor * row[j] : other[j] - factor * row[j];
    return factor;
  };
  table.forEach((other, i) => {
    if (i !== p) right[i] = Math.max(0, right[i] - eliminate(other) * right[p]);
  });
  eliminate(cost);
}
