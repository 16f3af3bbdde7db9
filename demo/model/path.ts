/** The path of one state, in f64 by classical Runge-Kutta, with what both strips and the plots show of it. */
import type { Exact, Point } from './exact.js';

interface PathPoint {
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
  const blind = blindStretch(exact, points);
  let largestRise = -Infinity;
  for (let k = 1; k < points.length; k++)
    largestRise = Math.max(largestRise, points[k].energy - points[k - 1].energy);
  return { points, blindTime: blind.time, blindLength: blind.length, largestRise };
}

/** Time and length of the first stretch that is blind; its end lies between two points and is bisected. */
function blindStretch(exact: Exact, points: readonly PathPoint[]): { time: number; length: number } {
  const seeing = points.findIndex((p) => !p.blind);
  if (seeing === 0) return { time: 0, length: 0 };
  const last = points[(seeing < 0 ? points.length : seeing) - 1];
  let length = 0;
  for (let k = 1; points[k - 1] !== last; k++) length += distance(points[k - 1].y, points[k].y);
  if (seeing < 0) return { time: last.t, length };
  let [from, to] = [0, STEP];
  while (to - from > 1e-6) {
    const middle = (from + to) / 2;
    if (exact.isBlind(rungeKutta(exact, last.y, middle))) from = middle;
    else to = middle;
  }
  return { time: last.t + from, length: length + distance(last.y, rungeKutta(exact, last.y, from)) };
}

const distance = (a: Point, b: Point): number => Math.hypot(b[0] - a[0], b[1] - a[1]);

function rungeKutta(exact: Exact, y: Point, h: number): Point {
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
