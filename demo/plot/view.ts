/** The part of the plane that a plot shows, and its size on the screen. Scale is the same along both axes. */
import type { Grid } from '../library.js';
import type { Point } from '../model/exact.js';

export interface View {
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  readonly x: Point;
  readonly y: Point;
  /** The plane of states that is shown; neurons 1 and 2 of a network of two where absent. */
  readonly plane?: Pick<Grid, 'origin' | 'axes'>;
}

/** Half of the longer side of a square plot. */
const HALF = 2;
/** Half of the shorter side of a flat plot, on phones: both memories and the saddle lie inside. */
const FLAT_HALF = 1.36;

export function viewOf(width: number, height: number): View {
  const ratio = width / height;
  const half = ratio > 1.05 ? Math.max(1.06 * HALF, FLAT_HALF * ratio) : HALF;
  return { width, height, x: [-half, half], y: [-half / ratio, half / ratio] };
}

export function toScreen({ width, height, x, y }: View, [a, b]: Point): Point {
  return [((a - x[0]) / (x[1] - x[0])) * width, ((y[1] - b) / (y[1] - y[0])) * height];
}

export function fromScreen({ width, height, x, y }: View, [left, top]: Point): Point {
  return [x[0] + ((x[1] - x[0]) * left) / width, y[1] - ((y[1] - y[0]) * top) / height];
}

/** Whether a state lies in the view, `margin` CSS pixels inside its edge. */
export function isInside(view: View, state: Point, margin = 0): boolean {
  const [left, top] = toScreen(view, state);
  return left >= margin && top >= margin && left <= view.width - margin && top <= view.height - margin;
}

/** The grid of states under a picture of `columns` x `rows` pixels. */
export function gridOf({ x, y, plane }: View, columns: number, rows: number): Grid {
  return {
    kind: 'grid',
    origin: plane?.origin ?? new Float64Array(2),
    axes: plane?.axes ?? [Float64Array.of(1, 0), Float64Array.of(0, 1)],
    extent: [x, y],
    size: [columns, rows],
  };
}
