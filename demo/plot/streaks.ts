/** Streaks of the flow: one per cell, each a short piece of a true path, length by speed, ink by what lies under it. */
import type { Exact, Point } from '../model/exact.js';
import { toTone, type Tone } from './tone.js';
import { fromScreen, isInside, toScreen, type View } from './view.js';

export interface Streak {
  /** Screen points of the path, STEP of time apart. */
  readonly points: readonly Point[];
  /** Points that make up the tail. */
  readonly tail: number;
  /** Over a light field. */
  readonly light: boolean;
  /** When in its life it starts, as a share, so that not all begin at once. */
  readonly offset: number;
}

/** What moves in a plane and has an energy there. */
type Moving = Pick<Exact, 'velocity' | 'energy'>;

/** Time between two points of a streak, and points of its life: it drifts for 1.2 units of time. */
export const STEP = 0.025;
const LIFE = 48;
/** Time that a tail shows, and its longest and shortest length in CSS pixels. */
const SHOWN = 0.15;
const LONGEST = 26;
const SHORTEST = 3;
/** Streaks keep this far from fixed points. */
const CLEARANCE = 15;
/** Dark ink above this tone. */
const LIGHT_TONE = 0.62;

/** A number in [0, 1) from a cell and a channel, the same in every view and after every change. */
function jitter(i: number, j: number, channel: number): number {
  let hash = Math.imul(i + 1, 0x9e3779b1) ^ Math.imul(j + 1, 0x85ebca6b) ^ Math.imul(channel + 1, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return ((hash ^ (hash >>> 15)) >>> 0) / 4294967296;
}

/** One step of the midpoint rule: a fiftieth of a pixel off at most, and half the work of the path's rule. */
function midpoint(exact: Moving, [a, b]: Point): Point {
  const [u, v] = exact.velocity([a, b]);
  const [p, q] = exact.velocity([a + (STEP / 2) * u, b + (STEP / 2) * v]);
  return [a + STEP * p, b + STEP * q];
}

/**
 * Streaks row by row: drifting ones of a whole field take tens of milliseconds.
 * @param drifting whether streaks will drift; standing ones need no more than their tail.
 */
export function* streakRows(
  exact: Moving,
  view: View,
  tone: Tone,
  glyphs: readonly Point[],
  drifting: boolean,
): Generator<Streak[], void> {
  const cell = Math.max(27, Math.max(view.width, view.height) / 18);
  const avoid = glyphs.map((glyph) => toScreen(view, glyph));
  const isClear = ([x, y]: Point) => avoid.every(([a, b]) => (x - a) ** 2 + (y - b) ** 2 >= CLEARANCE ** 2);
  const pixels = view.width / (view.x[1] - view.x[0]);
  for (let j = 0; j * cell < view.height; j++) {
    const streaks: Streak[] = [];
    for (let i = 0; i * cell < view.width; i++) {
      const x = (i + 0.5 + (jitter(i, j, 0) - 0.5) * 0.75 + (j % 2) * 0.5) * cell;
      const y = (j + 0.5 + (jitter(i, j, 1) - 0.5) * 0.75) * cell;
      if (x < 4 || y < 4 || x > view.width - 4 || y > view.height - 4) continue;
      let state = fromScreen(view, [x, y]);
      const speed = Math.hypot(...exact.velocity(state)) * pixels;
      const shown = Math.min(SHOWN, LONGEST / speed);
      if (!(speed * shown >= SHORTEST)) continue;
      const tail = Math.max(2, Math.round(shown / STEP));
      const points = [toScreen(view, state)];
      const wanted = drifting ? LIFE : tail;
      for (let k = 0; k < wanted && isInside(view, state, 3); k++) {
        state = midpoint(exact, state);
        points.push(toScreen(view, state));
      }
      if (points.length <= tail || !points.slice(0, tail + 1).every(isClear)) continue;
      const end = points.findIndex((p) => !isClear(p));
      const light = toTone(tone, exact.energy(fromScreen(view, points[tail >> 1]))) > LIGHT_TONE;
      const kept = end < 0 ? points : points.slice(0, end);
      streaks.push({ points: kept, tail, light, offset: jitter(i, j, 2) });
    }
    yield streaks;
  }
}

/** The same, all rows at once. */
export const buildStreaks = (...what: Parameters<typeof streakRows>): Streak[] =>
  [...streakRows(...what)].flat();
