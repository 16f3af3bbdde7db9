/**
 * Where an affine set {y + sum_k t_k z_k} meets a box, as a polytope in t: empty, a point, a segment, an unbounded
 * piece. Decided by linear programs that maximise the least distance to the faces; where that is 0 the piece lies in
 * faces of the box, and the search goes on within those.
 */
import { orthonormal } from '../math/complete-pivoting.js';
import { maximise, type Constraints } from '../math/simplex.js';

/** A closed box: N intervals, ends may be infinite. */
export interface Box {
  readonly from: ArrayLike<number>;
  readonly to: ArrayLike<number>;
}

/** The part of an affine set that lies in a box. */
export interface Polytope {
  /** A point in its relative interior, N numbers. */
  readonly point: Float64Array;
  /** Orthonormal directions that span it: as many as its dimension. */
  readonly basis: readonly Float64Array[];
}

/** A coordinate whose rate along the affine set is below this does not change along it. */
const CONSTANT = 1e-10;

/**
 * The polytope, or undefined where affine set and box are apart.
 * @param basis orthonormal.
 * @param tolerance lengths in y up to this count as 0.
 */
export function meet(
  start: Float64Array,
  basis: readonly Float64Array[],
  box: Box,
  tolerance: number,
): Polytope | undefined {
  for (let i = 0; i < start.length; i++) {
    const constant = Math.hypot(...basis.map((z) => z[i])) <= CONSTANT;
    if (constant && (start[i] < box.from[i] - tolerance || start[i] > box.to[i] + tolerance))
      return undefined;
  }
  const faces = facesOf(start, basis, box);
  if (faces.bounds.length === 0) return { point: start, basis };
  const { depth, t } = deepest(faces, start);
  if (depth < -tolerance) return undefined;
  const point = along(start, basis, t);
  if (depth > tolerance) return { point, basis };
  const moved = facesOf(point, basis, box);
  const within = moved.rows.filter(
    (row, k) => moved.bounds[k] <= 2 * tolerance && slack(row, moved, moved.bounds[k]) <= 4 * tolerance,
  );
  // A depth of 0 means that some face holds all of it; should rounding hide which, the nearest one is taken.
  const nearest = moved.rows[moved.bounds.indexOf(Math.min(...moved.bounds))];
  return meet(point, directionsWithin(within.length > 0 ? within : [nearest], basis), box, tolerance);
}

/** The least and the largest value of each coordinate over a polytope, +-Infinity where it is unbounded. */
export function ranges({ point, basis }: Polytope, box: Box): (readonly [number, number])[] {
  const faces = facesOf(point, basis, box);
  return Array.from(point, (value, i) => {
    const rate = basis.map((z) => z[i]);
    const size = Math.hypot(...rate);
    if (size <= CONSTANT) return [value, value];
    const up = maximise(
      rate.map((v) => v / size),
      faces,
    ).value;
    const down = maximise(
      rate.map((v) => -v / size),
      faces,
    ).value;
    return [value - size * down, value + size * up];
  });
}

/** How far one can go from `point` along +-`direction` within a box. */
export function reach(point: Float64Array, direction: Float64Array, box: Box): readonly [number, number] {
  let [back, ahead] = [-Infinity, Infinity];
  direction.forEach((rate, i) => {
    if (Math.abs(rate) <= CONSTANT) return;
    const [a, b] = [(box.from[i] - point[i]) / rate, (box.to[i] - point[i]) / rate];
    back = Math.max(back, Math.min(a, b));
    ahead = Math.min(ahead, Math.max(a, b));
  });
  return [Math.min(0, back), Math.max(0, ahead)];
}

/** The faces of the box as constraints on t, with distances measured in y. */
function facesOf(point: Float64Array, basis: readonly Float64Array[], { from, to }: Box): Constraints {
  const rows: number[][] = [];
  const bounds: number[] = [];
  point.forEach((value, i) => {
    const rate = basis.map((z) => z[i]);
    if (Math.hypot(...rate) <= CONSTANT) return;
    if (Number.isFinite(to[i])) {
      rows.push(rate);
      bounds.push(to[i] - value);
    }
    if (Number.isFinite(from[i])) {
      rows.push(rate.map((v) => -v));
      bounds.push(value - from[i]);
    }
  });
  return { rows, bounds };
}

/** The t whose least distance to a face is largest; distances above the size of the problem are as good as that. */
function deepest({ rows, bounds }: Constraints, start: Float64Array): { depth: number; t: number[] } {
  const least = Math.min(...bounds);
  const enough = 1 + Math.max(...start.map(Math.abs), ...bounds.map(Math.abs));
  const dimension = rows[0].length;
  // depth = least + e with e >= 0 feasible at t = 0.
  const { value, x } = maximise([...new Array<number>(dimension).fill(0), 1], {
    rows: [...rows.map((row) => [...row, 1]), [...new Array<number>(dimension).fill(0), 1]],
    bounds: [...bounds.map((bound) => bound - least), enough - least],
  });
  return { depth: least + value, t: x.slice(0, dimension) };
}

/** The most that one can move away from a face within the others. */
function slack(row: readonly number[], faces: Constraints, bound: number): number {
  return (
    bound +
    maximise(
      row.map((v) => -v),
      faces,
    ).value
  );
}

function along(start: Float64Array, basis: readonly Float64Array[], t: readonly number[]): Float64Array {
  const point = Float64Array.from(start);
  basis.forEach((z, k) => {
    for (let i = 0; i < point.length; i++) point[i] += t[k] * z[i];
  });
  return point;
}

/** The directions of the affine set that keep the distance to the given faces. */
function directionsWithin(
  rows: readonly (readonly number[])[],
  basis: readonly Float64Array[],
): Float64Array[] {
  const normals = orthonormal(rows.map((row) => Float64Array.from(row)));
  const units = basis.map((_, k) => Float64Array.from(basis, (__, j) => Number(j === k)));
  const inside = orthonormal([...normals, ...units]).slice(normals.length);
  return inside.map((t) => along(new Float64Array(basis[0].length), basis, [...t]));
}
