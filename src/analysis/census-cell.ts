/**
 * One pattern with care: the fixed points inside one closed cell of the network. Complete pivoting finds the rank of
 * I - W D. If it is full, the one solution is refined with residuals in twice the precision, until its digits
 * are those of the network's numbers and not of the elimination; its neurons at a kink are then ties, not accidents.
 * If it is not, the solutions are an affine set, and where it meets the cell is a polytope (census-polytope.ts): a
 * continuum of fixed points, or a corner of the cell.
 */
import { completePivoting, orthonormal, type RankRevealing } from '../math/complete-pivoting.js';
import { Accumulator } from '../math/double-double.js';
import type { Cell } from '../model/piecewise.js';
import { meet, type Box } from './census-polytope.js';
import { cellsUnder, roundingPivot, rowScales, type CellSystem, type Pattern } from './census-system.js';

/** Ties, and |r| of eq. 1 relative to 1 + |y|. */
export const EXACT = 1e-12;
/** Lengths below this, relative to 1 + |y|, are 0 for polytopes, whose corners come out of several eliminations. */
const FLAT = 1e-10;
/** Right-hand sides are inconsistent from here on, relative to the terms of r. */
const INCONSISTENT = 1e-11;
const REFINEMENTS = 12;

/** The fixed points of one closed cell. `y` solves r = 0 of eq. 1. */
export type CellSolution =
  | { readonly kind: 'none' }
  | { readonly kind: 'point'; readonly y: Float64Array; readonly tied: number[] }
  | {
      readonly kind: 'piece';
      /** A point in its relative interior. */
      readonly y: Float64Array;
      readonly basis: readonly Float64Array[];
      /** Neurons at a kink all over the piece. */
      readonly tied: number[];
    }
  | { readonly kind: 'undecided'; readonly y: Float64Array; readonly why: string };

/** The closed cell of a pattern. */
export function boxOf(cells: readonly Cell[]): Box {
  return { from: cells.map((cell) => cell.from), to: cells.map((cell) => cell.to) };
}

/** Neurons within `tolerance` of a kink of their cell. */
function tiesOf(y: Float64Array, { from, to }: Box, tolerance: number): number[] {
  return [...y.keys()].filter((i) => Math.min(Math.abs(y[i] - from[i]), Math.abs(y[i] - to[i])) <= tolerance);
}

const largest = (v: Float64Array) => v.reduce((a, b) => Math.max(a, Math.abs(b)), 0);

/** Solves r = 0 within the closed cell of `pattern`. */
export function solveCell(system: CellSystem, pattern: Pattern): CellSolution {
  const { size: n } = system;
  const cells = cellsUnder(system, pattern);
  const scaled = scaledSystem(system, cells);
  const factors = completePivoting(scaled.matrix, n, roundingPivot(n));
  const { y, error, defect } = refined(system, cells, scaled, factors);
  if (!y.every(Number.isFinite)) return { kind: 'undecided', y, why: 'the numbers overflow' };
  const unit = 1 + largest(y);
  const box = boxOf(cells);
  if (factors.rank === n) {
    const tolerance = EXACT * unit + error;
    if (y.some((v, i) => v < box.from[i] - tolerance || v > box.to[i] + tolerance)) return { kind: 'none' };
    if (error > EXACT * unit) return { kind: 'undecided', y, why: 'the system is singular up to rounding' };
    const tied = tiesOf(y, box, tolerance);
    return { kind: 'point', y: clamped(y, box), tied };
  }
  if (defect > INCONSISTENT * (unit + system.scale)) return { kind: 'none' };
  const polytope = meet(y, scaled.nullSpace(factors), box, FLAT * unit);
  if (polytope === undefined) return { kind: 'none' };
  const { point, basis } = polytope;
  const tied = tiesOf(point, box, 4 * FLAT * (1 + largest(point)));
  const inside = clamped(point, box);
  return basis.length === 0 ? { kind: 'point', y: inside, tied } : { kind: 'piece', y: inside, basis, tied };
}

/** Coordinates outside the cell by no more than the tolerance go to its border, where both sides' formulas hold. */
function clamped(y: Float64Array, { from, to }: Box): Float64Array {
  return y.map((v, i) => Math.min(to[i], Math.max(from[i], v)));
}

interface Scaled {
  readonly matrix: Float64Array;
  readonly rows: Float64Array;
  readonly columns: Float64Array;
  readonly nullSpace: (factors: RankRevealing) => Float64Array[];
}

/** I - W D with rows and columns brought to entries of about 1. */
function scaledSystem(system: CellSystem, cells: readonly Cell[]): Scaled {
  const { size: n, weights } = system;
  const rows = rowScales(system);
  const matrix = new Float64Array(n * n);
  const columns = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    let uncancelled = rows[j];
    for (let i = 0; i < n; i++) {
      const entry = rows[i] * cells[j].slope * weights.data[i * n + j];
      uncancelled = Math.max(uncancelled, Math.abs(entry));
      matrix[i * n + j] = (i === j ? rows[i] : 0) - entry;
    }
    columns[j] = 2 ** -Math.ceil(Math.log2(uncancelled));
    for (let i = 0; i < n; i++) matrix[i * n + j] *= columns[j];
  }
  const unscaled = (v: Float64Array) => {
    const x = v.map((value, j) => value * columns[j]);
    const length = Math.hypot(...x);
    return x.map((value) => value / length);
  };
  return {
    matrix,
    rows,
    columns,
    nullSpace: (factors) => orthonormal(factors.nullSpace().map(unscaled)),
  };
}

/** A solution by iterative refinement, and what its last correction says about its error. */
function refined(
  system: CellSystem,
  cells: readonly Cell[],
  { rows, columns }: Scaled,
  factors: RankRevealing,
) {
  const y = new Float64Array(system.size);
  const residual = new Float64Array(system.size);
  let last = Infinity;
  let defect = 0;
  for (let k = 0; k < REFINEMENTS; k++) {
    cellResidual(system, cells, y, residual);
    const step = factors.solve(residual.map((v, i) => v * rows[i]));
    defect = step.defect;
    const correction = step.solution.map((v, j) => v * columns[j]);
    const size = largest(correction);
    // Corrections that no longer shrink are rounding.
    if (!(size < last / 2)) break;
    last = size;
    for (let i = 0; i < y.length; i++) y[i] += correction[i];
  }
  return { y, error: 2 * last, defect };
}

/** out = W (D y + o) + b - y, in twice the precision. */
function cellResidual(
  { size: n, weights, bias }: CellSystem,
  cells: readonly Cell[],
  y: Float64Array,
  out: Float64Array,
): void {
  const sum = new Accumulator();
  const g = new Float64Array(n);
  const rest = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    sum.clear();
    sum.addProduct(cells[j].slope, y[j]);
    sum.add(cells[j].offset);
    g[j] = sum.value();
    rest[j] = sum.rest();
  }
  for (let i = 0; i < n; i++) {
    sum.clear();
    sum.add(bias[i]);
    sum.add(-y[i]);
    for (let j = 0; j < n; j++) {
      sum.addProduct(weights.data[i * n + j], g[j]);
      sum.add(weights.data[i * n + j] * rest[j]);
    }
    out[i] = sum.value();
  }
}
