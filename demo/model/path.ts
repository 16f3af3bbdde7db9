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
  readonly still: boolean;
}

/** A part of the path in which the energy stands still while the state moves. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  /** Distance that the state travels in it. */
  readonly length: number;
  /** Its points and the next one: what is drawn of it. */
  readonly points: readonly PathPoint[];
}

export interface Path {
  readonly points: readonly PathPoint[];
  /** All of them, in the order of time. */
  readonly stretches: readonly Stretch[];
  /** When that is, as the rest of a sentence, and how far the state travels; undefined where there is none. */
  readonly standstill: readonly [string, string] | undefined;
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
/** Slower than this share of its fastest a state creeps to its rest: that the energy stands still there says nothing. */
const CREEPING = 0.01;
/** Shares of the way below this are a level that is crossed, and no stretch of it. */
const CROSSING = 1e-4;
/** Error of the time at which a stretch begins or ends. */
const INSTANT = 1e-6;

export function followPath(exact: Exact, start: Point, duration: number): Path {
  const points: PathPoint[] = [];
  let state = exact.stateAt(start);
  for (let k = 0; k * STEP <= duration + STEP / 2; k++) {
    const { energy, speed, still } = exact.glance(state);
    points.push({ t: k * STEP, state, y: nearest(exact.plane, state).at, energy, speed, still });
    state = advance(exact, state, STEP);
    if (!(length(state) < FAR)) break;
  }
  const stretches = stretchesOf(exact, points);
  const first = stretches.find(({ from }) => from === 0);
  let largestRise = -Infinity;
  for (let k = 1; k < points.length; k++)
    largestRise = Math.max(largestRise, points[k].energy - points[k - 1].energy);
  const standstill = stretches.length > 0 ? standstillOf(points, stretches) : undefined;
  return {
    points,
    stretches,
    standstill,
    blindTime: first?.to ?? 0,
    blindLength: first?.length ?? 0,
    largestRise,
  };
}

function standstillOf(
  points: readonly PathPoint[],
  stretches: readonly Stretch[],
): readonly [string, string] {
  const end = points[points.length - 1].t;
  const times = stretches.map(({ from, to }) =>
    from === 0
      ? `for ${to.toFixed(2)}`
      : `from t = ${from.toFixed(2)} ${to === end ? 'on' : `to ${to.toFixed(2)}`}`,
  );
  const length = stretches.reduce((sum, stretch) => sum + stretch.length, 0);
  return [times.length > 2 ? `${String(times.length)} times` : times.join(' and '), length.toFixed(2)];
}

/** The stretches of a path; where one begins or ends between two points, that is bisected. */
function stretchesOf(exact: Exact, points: readonly PathPoint[]): Stretch[] {
  const ways = points.map(({ state }, k) => (k === 0 ? 0 : distance(points[k - 1].state, state)));
  const sum = (from: number, to: number) => ways.slice(from, to).reduce((a, b) => a + b, 0);
  const fast = CREEPING * Math.max(...points.map(({ speed }) => speed));
  const stretches: Stretch[] = [];
  for (let k = 0; k < points.length; k++) {
    if (!points[k].still) continue;
    let end = k + 1;
    while (end < points.length && points[end].still) end++;
    const before = k === 0 ? points[0] : turn(exact, points[k - 1]);
    const after = end === points.length ? points[end - 1] : turn(exact, points[end - 1]);
    const length =
      distance(before.state, points[k].state) +
      sum(k + 1, end) +
      distance(points[end - 1].state, after.state);
    const moves = points.slice(k, end).some(({ speed }) => speed > fast);
    if (moves && length > CROSSING * sum(1, points.length))
      stretches.push({ from: before.t, to: after.t, length, points: points.slice(k, end + 1) });
    k = end;
  }
  return stretches;
}

/** Where the energy begins to stand still, or ceases to, within a step after a point. */
function turn(exact: Exact, { t, state, still }: PathPoint): Pick<PathPoint, 't' | 'state'> {
  let [from, to] = [0, STEP];
  while (to - from > INSTANT) {
    const middle = (from + to) / 2;
    if (exact.isStillAt(advance(exact, state, middle)) === still) from = middle;
    else to = middle;
  }
  return { t: t + from, state: advance(exact, state, from) };
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
