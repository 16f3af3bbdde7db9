/** The part of the plane that a plot shows, and its size on the screen. Scale is the same along both axes. */
import type { Grid } from '../library.js';
import type { Point } from '../model/exact.js';
import { HALF, type Box } from '../state/state.js';

export interface View {
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  readonly x: Point;
  readonly y: Point;
  /** The plane of states that is shown. */
  readonly plane: Pick<Grid, 'origin' | 'axes'>;
}

/** Half of the shorter side of a flat plot, on phones, by that of a square one: memories of Figure 1 lie inside. */
const FLAT = 0.68;

/** @param box what the longer side of a square plot holds; flat ones hold a little more of it. */
export function viewOf(width: number, height: number, { centre, half }: Box, plane: View['plane']): View {
  const ratio = width / height;
  const wide = ratio > 1.05 ? half * Math.max(1.06, FLAT * ratio) : half;
  const [a, b] = centre;
  return {
    width,
    height,
    x: [a - wide, a + wide],
    y: [b - wide / ratio, b + wide / ratio],
    plane,
  };
}

/** A box that holds these places with room to spare, and no less than Figure 1 does. */
export function boxAround(places: readonly Point[]): Box {
  const farthest = Math.max(...places.map(([a, b]) => Math.max(Math.abs(a), Math.abs(b))), 0);
  if (1.12 * farthest <= HALF) return { centre: [0, 0], half: HALF };
  const range = (k: 0 | 1): Point => {
    const all = places.map((p) => p[k]);
    return [Math.min(...all), Math.max(...all)];
  };
  const [x, y] = [range(0), range(1)];
  const round = (v: number) => Math.round(10 * v) / 10;
  const centre: Point = [round((x[0] + x[1]) / 2), round((y[0] + y[1]) / 2)];
  const half = 0.5 * Math.max(x[1] - x[0], y[1] - y[0]);
  return { centre, half: Math.max(HALF, round(1.35 * half + 0.2)) };
}

export function toScreen({ width, height, x, y }: View, [a, b]: Point): Point {
  return [((a - x[0]) / (x[1] - x[0])) * width, ((y[1] - b) / (y[1] - y[0])) * height];
}

export function fromScreen({ width, height, x, y }: View, [left, top]: Point): Point {
  return [x[0] + ((x[1] - x[0]) * left) / width, y[1] - ((y[1] - y[0]) * top) / height];
}

/** Whether a place lies in the view, `margin` CSS pixels inside its edge. */
export function isInside(view: View, place: Point, margin = 0): boolean {
  const [left, top] = toScreen(view, place);
  return left >= margin && top >= margin && left <= view.width - margin && top <= view.height - margin;
}

/** The grid of states under a picture of `columns` x `rows` pixels. */
export function gridOf({ x, y, plane }: View, columns: number, rows: number): Grid {
  return {
    kind: 'grid',
    origin: plane.origin,
    axes: plane.axes,
    extent: [x, y],
    size: [columns, rows],
  };
}
