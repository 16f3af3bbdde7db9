/** The flow as streaks: a thin tail that grows into a head, length by speed, one per cell, at jittered places. */
import { isInside, toX, toY, type Frame } from './frame.js';
import type { Occupancy } from './occupancy.js';
import type { VectorField } from './picture.js';
import { coordinate, element } from './svg.js';
import { COLOUR } from './theme.js';

const LONGEST = 26;
const SHORTEST = 4;
const STEPS = 10;
const CLEARANCE = 8;
const HEAD = { length: 5.6, width: 2.5 } as const;
const TAIL = { from: 0.2, to: 0.8 } as const;

/** Number in [0, 1) from a cell and a channel, the same everywhere. */
export function jitter(i: number, j: number, channel: number): number {
  let hash = Math.imul(i + 1, 0x9e3779b1) ^ Math.imul(j + 1, 0x85ebca6b) ^ Math.imul(channel + 1, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return ((hash ^ (hash >>> 15)) >>> 0) / 4294967296;
}

/** Bilinear velocity in pixels per unit of time at a pixel; NaN where a neighbour is masked. */
function velocityAt(flow: VectorField, frame: Frame, x: number, y: number): [number, number] {
  const [ns, nt] = flow.size;
  const i = Math.min(ns - 1, Math.max(0, ((x - frame.x) / frame.width) * ns - 0.5));
  const j = Math.min(nt - 1, Math.max(0, ((frame.y + frame.height - y) / frame.height) * nt - 0.5));
  const [i0, j0] = [Math.floor(i), Math.floor(j)];
  const [i1, j1] = [Math.min(ns - 1, i0 + 1), Math.min(nt - 1, j0 + 1)];
  const [u, v] = [i - i0, j - j0];
  const mix = (k: number): number => {
    const at = (a: number, b: number): number => flow.vectors[2 * (b * ns + a) + k];
    return (1 - v) * ((1 - u) * at(i0, j0) + u * at(i1, j0)) + v * ((1 - u) * at(i0, j1) + u * at(i1, j1));
  };
  const s = frame.s[1] - frame.s[0];
  const t = frame.t[1] - frame.t[0];
  return [(mix(0) / s) * frame.width, (-mix(1) / t) * frame.height];
}

/** The time a streak shows: long enough that the median speed gives a streak of 14 pixels. */
function shownTime(flow: VectorField, frame: Frame): number {
  const speeds: number[] = [];
  const [s, t] = [frame.s[1] - frame.s[0], frame.t[1] - frame.t[0]];
  for (let k = 0; k < flow.vectors.length; k += 2) {
    const speed = Math.hypot((flow.vectors[k] / s) * frame.width, (flow.vectors[k + 1] / t) * frame.height);
    if (Number.isFinite(speed) && speed > 0) speeds.push(speed);
  }
  const sorted = Float64Array.from(speeds).sort();
  return sorted.length === 0 ? 0 : 14 / sorted[sorted.length >> 1];
}

/** Follows the flow from (x, y) for `time`; fewer points mean that it met a masked place. */
function trace(flow: VectorField, frame: Frame, x: number, y: number, time: number): number[] {
  const points = [x, y];
  const step = time / STEPS;
  for (let k = 0; k < STEPS; k++) {
    const [vx, vy] = velocityAt(flow, frame, x, y);
    const [wx, wy] = velocityAt(flow, frame, x + (step / 2) * vx, y + (step / 2) * vy);
    x += step * wx;
    y += step * wy;
    if (!Number.isFinite(x + y)) break;
    points.push(x, y);
  }
  return points;
}

/** Outline of a tapered tail with an arrow head. */
function streakPath(points: readonly number[]): string {
  const last = points.length / 2 - 1;
  const left: string[] = [];
  const right: string[] = [];
  let [ux, uy] = [0, 0];
  for (let k = 0; k <= last; k++) {
    const [a, b] = [Math.max(0, k - 1), Math.min(last, k + 1)];
    const [dx, dy] = [points[2 * b] - points[2 * a], points[2 * b + 1] - points[2 * a + 1]];
    const length = Math.hypot(dx, dy) || 1;
    [ux, uy] = [dx / length, dy / length];
    const half = TAIL.from + ((TAIL.to - TAIL.from) * k) / last;
    left.push(`${coordinate(points[2 * k] - uy * half)} ${coordinate(points[2 * k + 1] + ux * half)}`);
    right.push(`${coordinate(points[2 * k] + uy * half)} ${coordinate(points[2 * k + 1] - ux * half)}`);
  }
  const [x, y] = [points[2 * last], points[2 * last + 1]];
  const wing = (side: number): string =>
    `${coordinate(x - ux - side * uy * HEAD.width)} ${coordinate(y - uy + side * ux * HEAD.width)}`;
  const tip = `${coordinate(x + ux * (HEAD.length - 1))} ${coordinate(y + uy * (HEAD.length - 1))}`;
  return `M${[...left, wing(1), tip, wing(-1), ...right.reverse()].join('L')}Z`;
}

function streakAt(flow: VectorField, frame: Frame, x: number, y: number, time: number): number[] | undefined {
  const [vx, vy] = velocityAt(flow, frame, x, y);
  const speed = Math.hypot(vx, vy);
  const length = Math.min(LONGEST, speed * time);
  if (!(length >= SHORTEST)) return undefined;
  const points = trace(flow, frame, x, y, length / speed);
  if (points.length < 2 * (STEPS + 1)) return undefined;
  // The jittered place becomes the middle of the streak, so that cells are filled evenly.
  const [mx, my] = [x - points[STEPS], y - points[STEPS + 1]];
  return points.map((value, i) => value + (i % 2 === 0 ? mx : my));
}

/**
 * Streaks of a flow, white over dark colours and ink over light ones.
 * @param isLight whether the field is light at a position given as fractions of the extent
 * @param occupancy what the streaks keep clear of
 */
export function drawFlow(
  flow: VectorField,
  frame: Frame,
  isLight: (s: number, t: number) => boolean,
  occupancy: Occupancy,
): string {
  const time = shownTime(flow, frame);
  const cell = Math.max(27, Math.max(frame.width, frame.height) / 18);
  const paths = { light: '', dark: '' };
  for (let j = 0; j * cell < frame.height; j++) {
    for (let i = -1; i * cell < frame.width; i++) {
      const x = frame.x + (i + 0.5 + (jitter(i, j, 0) - 0.5) * 0.6 + (j % 2) * 0.5) * cell;
      const y = frame.y + (j + 0.5 + (jitter(i, j, 1) - 0.5) * 0.6) * cell;
      if (!isInside(frame, x, y, 3)) continue;
      const points = streakAt(flow, frame, x, y, time);
      if (!points || !isInside(frame, points[0], points[1], 2)) continue;
      if (!isInside(frame, points[2 * STEPS], points[2 * STEPS + 1], 6)) continue;
      const clear = [0, STEPS / 2, STEPS].every((k) =>
        occupancy.isFree([[points[2 * k], points[2 * k + 1], CLEARANCE]]),
      );
      if (!clear) continue;
      const light = isLight((x - frame.x) / frame.width, 1 - (y - frame.y) / frame.height);
      paths[light ? 'dark' : 'light'] += streakPath(points);
    }
  }
  const draw = (d: string, fill: string): string =>
    d === '' ? '' : element('path', { d, fill, 'fill-opacity': '0.92' });
  return draw(paths.light, COLOUR.plotLight) + draw(paths.dark, COLOUR.plotDark);
}

/** Pixels of a curve in slice coordinates, interleaved. */
export function curvePixels(frame: Frame, points: readonly (readonly [number, number])[]): number[] {
  return points.flatMap(([s, t]) => [toX(frame, s), toY(frame, t)]);
}
