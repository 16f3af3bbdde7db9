/** The path of one state, in f64 by classical Runge-Kutta, with what both strips and the plots show of it. */
import type { Exact, Point } from './exact.js';
import { nearest } from './plane.js';

interface PathPoint {
  readonly t: number;
  readonly state: Float64Array;
  /** Where it is seen in the plane. */
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
/** Parts of a step where the motion is stiff; halved until the two middle slopes agree to this share of the first. */
const MOST_PARTS = 64;
const AGREEMENT = 0.3;

export function followPath(exact: Exact, start: Point, duration: number): Path {
  const points: PathPoint[] = [];
  let state = exact.stateAt(start);
  for (let k = 0; k * STEP <= duration + STEP / 2; k++) {
    const { energy, speed, blind } = exact.read(state);
    points.push({ t: k * STEP, state, y: nearest(exact.plane, state).at, energy, speed, blind });
    state = advance(exact, state, STEP);
    if (!(length(state) < FAR)) break;
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
  let travelled = 0;
  for (let k = 1; points[k - 1] !== last; k++) travelled += distance(points[k - 1].state, points[k].state);
  if (seeing < 0) return { time: last.t, length: travelled };
  let [from, to] = [0, STEP];
  while (to - from > 1e-6) {
    const middle = (from + to) / 2;
    if (exact.isBlindAt(advance(exact, last.state, middle))) from = middle;
    else to = middle;
  }
  return {
    time: last.t + from,
    length: travelled + distance(last.state, advance(exact, last.state, from)),
  };
}

const length = (a: Float64Array): number => Math.hypot(...a);
const distance = (a: Float64Array, b: Float64Array): number => length(a.map((v, k) => v - b[k]));

/** One step of the path, in as many parts as its stiffness takes. */
function advance(exact: Exact, state: Float64Array, h: number): Float64Array {
  for (let parts = 1; ; parts *= 2) {
    let y = state;
    let smooth = true;
    for (let k = 0; k < parts && smooth; k++) {
      const step = rungeKutta(exact, y, h / parts);
      smooth = step.smooth || parts >= MOST_PARTS;
      ({ y } = step);
    }
    if (smooth) return y;
  }
}

function rungeKutta(exact: Exact, y: Float64Array, h: number): { y: Float64Array; smooth: boolean } {
  const slope = (from: Float64Array, k: Float64Array | undefined, s: number) => {
    const out = new Float64Array(y.length);
    exact.velocityOf(k ? from.map((v, i) => v + s * k[i]) : from, out);
    return out;
  };
  const k1 = slope(y, undefined, 0);
  const k2 = slope(y, k1, h / 2);
  const k3 = slope(y, k2, h / 2);
  const k4 = slope(y, k3, h);
  // NaN counts as smooth: no smaller step would mend it.
  const smooth = !(distance(k2, k3) > AGREEMENT * (length(k1) + 1e-9));
  return { y: y.map((v, i) => v + (h / 6) * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i])), smooth };
}
