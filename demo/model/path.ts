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
    const { energy, speed, blind } = exact.glance(state);
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

function length(a: Float64Array): number {
  let squares = 0;
  for (const value of a) squares += value * value;
  return Math.sqrt(squares);
}

function distance(a: Float64Array, b: Float64Array): number {
  let squares = 0;
  for (let i = 0; i < a.length; i++) squares += (a[i] - b[i]) ** 2;
  return Math.sqrt(squares);
}

/** One step of the path, in as many parts as its stiffness takes. */
function advance(exact: Exact, state: Float64Array, h: number): Float64Array {
  for (let parts = 1; ; parts *= 2) {
    const y = state.slice();
    let smooth = true;
    for (let k = 0; k < parts && smooth; k++) smooth = rungeKutta(exact, y, h / parts) || parts >= MOST_PARTS;
    if (smooth) return y;
  }
}

/** Slopes and places of one step, kept: a path takes thousands of steps, two paths a picture. */
let slopes: readonly Float64Array[] = [];
let place = new Float64Array(0);

/** Moves y by one step; whether it was smooth. */
function rungeKutta(exact: Exact, y: Float64Array, h: number): boolean {
  if (place.length !== y.length) {
    place = new Float64Array(y.length);
    slopes = Array.from({ length: 4 }, () => new Float64Array(y.length));
  }
  const [k1, k2, k3, k4] = slopes;
  exact.velocityOf(y, k1);
  slopeAt(exact, y, k1, h / 2, k2);
  slopeAt(exact, y, k2, h / 2, k3);
  slopeAt(exact, y, k3, h, k4);
  for (let i = 0; i < y.length; i++) y[i] += (h / 6) * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]);
  // NaN counts as smooth: no smaller step would mend it.
  return !(distance(k2, k3) > AGREEMENT * (length(k1) + 1e-9));
}

/** out = the slope at y + s k. */
function slopeAt(exact: Exact, y: Float64Array, k: Float64Array, s: number, out: Float64Array): void {
  for (let i = 0; i < y.length; i++) place[i] = y[i] + s * k[i];
  exact.velocityOf(place, out);
}
