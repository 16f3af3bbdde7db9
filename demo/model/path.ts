/** The path of one state, in f64 by classical Runge-Kutta, with what both strips and the plots show of it. */
import type { Exact, Point } from './exact.js';

export interface PathPoint {
  readonly t: number;
  readonly y: Point;
  readonly energy: number;
  readonly speed: number;
  readonly blind: boolean;
}

export interface Path {
  readonly points: readonly PathPoint[];
  /** Time from the start until the energy first notices that the state moves; 0 where it does at once. */
  readonly blindTime: number;
  /** Distance that the state travels in that time. */
  readonly blindLength: number;
  /** Largest rise of the energy between two steps: above rounding, the claim of a falling energy is refuted. */
  readonly largestRise: number;
}

const STEP = 0.02;
/** Beyond this a state has left for good. */
const FAR = 1e6;

export function followPath(exact: Exact, start: Point, duration: number): Path {
  const points: PathPoint[] = [];
  let y = start;
  for (let k = 0; k * STEP <= duration + STEP / 2; k++) {
    const { energy, speed, blind } = exact.read(y);
    points.push({ t: k * STEP, y, energy, speed, blind });
    y = rungeKutta(exact, y, STEP);
    if (!(Math.hypot(...y) < FAR)) break;
  }
  const seeing = points.findIndex((p) => !p.blind);
  const until = seeing < 0 ? points.length - 1 : seeing;
  const length = (from: number, to: number) => {
    let sum = 0;
    for (let k = from; k < to; k++)
      sum += Math.hypot(points[k + 1].y[0] - points[k].y[0], points[k + 1].y[1] - points[k].y[1]);
    return sum;
  };
  let largestRise = -Infinity;
  for (let k = 1; k < points.length; k++)
    largestRise = Math.max(largestRise, points[k].energy - points[k - 1].energy);
  return { points, blindTime: points[until].t, blindLength: length(0, until), largestRise };
}

export function rungeKutta(exact: Exact, y: Point, h: number): Point {
  const move = ([a, b]: Point, [u, v]: Point, s: number): Point => [a + s * u, b + s * v];
  const k1 = exact.velocity(y);
  const k2 = exact.velocity(move(y, k1, h / 2));
  const k3 = exact.velocity(move(y, k2, h / 2));
  const k4 = exact.velocity(move(y, k3, h));
  return [
    y[0] + (h / 6) * (k1[0] + 2 * k2[0] + 2 * k3[0] + k4[0]),
    y[1] + (h / 6) * (k1[1] + 2 * k2[1] + 2 * k3[1] + k4[1]),
  ];
}
