/** Fixed points in a slice: their names, their places, the arms of saddles, and the rays on which an energy is blind. */
import type { FixedPoint } from '../analysis/fixed-points.js';
import { jacobian } from '../analysis/linearisation.js';
import type { FixedPointMark, PlotCurve, PointClass } from '../figure/picture.js';
import type { Algebra } from '../model/algebra.js';
import { DEAD_EIGENVALUE } from '../model/activation.js';
import { Evaluator, norm } from '../model/evaluator.js';
import type { Problem } from '../model/problem.js';
import type { Grid } from '../types.js';
import { SliceFrame, unitAxis } from './slice.js';

/** A fixed point with the name that it has in every picture and table of a result. */
export interface NamedPoint extends FixedPoint {
  readonly name: string;
}

/** A, B, .. Z, A2, B2, .. */
function letter(k: number): string {
  const round = Math.floor(k / 26);
  return String.fromCharCode(65 + (k % 26)) + (round === 0 ? '' : String(round + 1));
}

/** Memories are A, B, C..; saddles S or S1, S2..; unstable points U, undecided ones Q. */
export function namePoints(points: readonly FixedPoint[]): NamedPoint[] {
  const total = (kind: PointClass) => points.filter((p) => p.class === kind).length;
  const seen = new Map<PointClass, number>();
  const initial = { saddle: 'S', unstable: 'U', undecided: 'Q' } as const;
  return points.map((point) => {
    const k = seen.get(point.class) ?? 0;
    seen.set(point.class, k + 1);
    if (point.class === 'stable') return { ...point, name: letter(k) };
    return { ...point, name: initial[point.class] + (total(point.class) === 1 ? '' : String(k + 1)) };
  });
}

/** Real eigenvectors of a 2 x 2 matrix; none where the eigenvalues are complex or equal. */
function eigenDirections(a: number, b: number, c: number, d: number): [number, number][] {
  const half = (a - d) / 2;
  const discriminant = half * half + b * c;
  if (!(discriminant > 1e-24 * (a * a + d * d))) return [];
  return [1, -1].map((sign): [number, number] => {
    const lambda = (a + d) / 2 + sign * Math.sqrt(discriminant);
    // Both rows of J - lambda are orthogonal to the eigenvector; the longer one is the more exact.
    const [p, q] = Math.hypot(a - lambda, b) >= Math.hypot(c, d - lambda) ? [a - lambda, b] : [c, d - lambda];
    return [-q, p];
  });
}

/** Eigen-directions of the dynamics at a point of the plane of two neurons, in slice coordinates. */
function directionsAt(evaluator: Evaluator, frame: SliceFrame, point: NamedPoint): [number, number][] {
  if (point.class !== 'saddle' || frame.grid.axes.length !== 2 || point.state.length !== 2) return [];
  evaluator.moveTo(point.state);
  const j = jacobian(evaluator);
  if (!j) return [];
  return eigenDirections(j.data[0], j.data[1], j.data[2], j.data[3]).map(([u, v]) =>
    frame.project(Float64Array.of(u, v)),
  );
}

/** Points further from the slice than this share of its size are not drawn in it. */
const NEAR = 1e-3;

/** The points that lie in the slice and inside its extent, as marks. */
export function pointMarks(
  problem: Problem,
  algebra: Algebra,
  grid: Grid,
  points: readonly NamedPoint[],
): FixedPointMark[] {
  const frame = new SliceFrame(grid);
  const evaluator = new Evaluator(problem, algebra);
  const reach = Math.max(...grid.extent.map(([lo, hi], k) => (hi - lo) * norm(grid.axes[k])));
  return points.flatMap((point): FixedPointMark[] => {
    const { s, t, distance } = frame.locate(point.state);
    if (distance > NEAR * reach || !frame.contains(s, t)) return [];
    const directions = directionsAt(evaluator, frame, point);
    return [{ s, t, name: point.name, class: point.class, ...(directions.length > 0 ? { directions } : {}) }];
  });
}

const RAY_STEPS = 400;

/**
 * Curves of blind spots that a mask of samples cannot show because they have no area: the rays from a fixed point
 * along a dead neuron, on which energy 4 does not change (Prop. 1). Followed in f64 as long as the energy is blind.
 */
export function blindRays(
  problem: Problem,
  algebra: Algebra,
  grid: Grid,
  points: readonly NamedPoint[],
): PlotCurve[] {
  if (grid.axes.length !== 2 || problem.network.size !== 2) return [];
  const evaluator = new Evaluator(problem, algebra);
  const frame = new SliceFrame(grid);
  const reach = Math.max(...grid.extent.map(([lo, hi]) => hi - lo));
  const diagonal = new Float64Array(2);
  const rays: PlotCurve[] = [];
  for (const { state } of points) {
    evaluator.moveTo(state);
    evaluator.lifted.hessianDiagonal(evaluator.x, diagonal);
    const dead = [0, 1].filter((k) => Math.abs(diagonal[k]) <= DEAD_EIGENVALUE);
    if (dead.length !== 1) continue;
    const axis = unitAxis(2, dead[0]);
    const ends = [1, -1].map((sign) => lastBlind(evaluator, frame, state, axis, (sign * reach) / RAY_STEPS));
    if (ends[0] === undefined && ends[1] === undefined) continue;
    const { s, t } = frame.locate(state);
    rays.push({ kind: 'blind', points: [ends[0] ?? [s, t], [s, t], ends[1] ?? [s, t]] });
  }
  return rays;
}

/** Where a ray of steps `step` along `axis` leaves the blind line or the view; undefined where it never was blind. */
function lastBlind(
  evaluator: Evaluator,
  frame: SliceFrame,
  from: Float64Array,
  axis: Float64Array,
  step: number,
): [number, number] | undefined {
  let last: [number, number] | undefined;
  const y = Float64Array.from(from);
  for (let k = 1; k <= RAY_STEPS; k++) {
    for (let i = 0; i < y.length; i++) y[i] = from[i] + k * step * axis[i];
    evaluator.moveTo(y);
    const { s, t } = frame.locate(y);
    if (!evaluator.isBlind() || !frame.contains(s, t)) break;
    last = [s, t];
  }
  return last;
}
