/** Streaks over a field: laid out a row at a time, drawn standing or drifting at one unit of time a second. */
import type { Point } from '../model/exact.js';
import type { Ink } from './ink.js';
import { STEP, type Streak } from './streaks.js';

const LIGHT_INK = '255 255 255';
const DARK_INK = '16 26 44';
/** Seconds in which a streak fades in and out. */
const FADE = 0.24;
/** Shares of full ink that are drawn apart: one path each, since thousands of fills cost more than eight. */
const SHADES = 4;

export class FlowLayer {
  #streaks: readonly Streak[] = [];
  #drifting = false;
  /** Layouts that were begun: the last one counts. */
  #begun = 0;

  /**
   * Lays the streaks out anew, in pieces.
   * @param rows made one by one; none where nothing flows.
   * @returns whether they will be drawn: between the pieces newer ones may have been laid.
   */
  *lay(rows: Iterable<readonly Streak[]>, drifting: boolean): Generator<undefined, boolean> {
    const begun = ++this.#begun;
    const streaks: Streak[] = [];
    for (const row of rows) {
      streaks.push(...row);
      yield;
    }
    if (begun !== this.#begun) return false;
    this.#streaks = streaks;
    this.#drifting = drifting;
    return true;
  }

  draw(ink: Ink, seconds: number | undefined): void {
    drawStreaks(ink, this.#streaks, this.#drifting ? seconds : undefined);
  }
}

/** @param seconds where drifting streaks are; undefined draws standing ones. */
export function drawStreaks(ink: Ink, streaks: readonly Streak[], seconds: number | undefined): void {
  const layers = Array.from({ length: 2 * SHADES }, () => new Path2D());
  for (const streak of streaks) {
    const { head, strength } =
      seconds === undefined ? { head: streak.tail, strength: 1 } : drift(streak, seconds);
    const shade = Math.round(strength * SHADES) - 1;
    if (shade >= 0) addStreak(layers[shade + (streak.light ? SHADES : 0)], streak, head);
  }
  const { context } = ink;
  layers.forEach((layer, k) => {
    const light = k >= SHADES;
    const alpha = (((k % SHADES) + 1) / SHADES) * (light ? 0.82 : 0.95);
    context.fillStyle = `rgb(${light ? DARK_INK : LIGHT_INK} / ${String(alpha)})`;
    context.fill(layer);
  });
}

/** Where the head of a drifting streak is, in points, and how strong it is. */
function drift({ points, tail, offset }: Streak, seconds: number): { head: number; strength: number } {
  const span = points.length - 1 - tail;
  const life = Math.max(span * STEP, 2 * FADE);
  const age = (seconds / life + offset) % 1;
  const strength = Math.min(1, (age * life) / FADE, ((1 - age) * life) / FADE);
  return { head: tail + age * span, strength };
}

/** A tail that grows from a hair to 1.5 px, and a round head. */
function addStreak(path: Path2D, { points, tail }: Streak, head: number): void {
  const at = (index: number): Point => {
    const k = Math.max(0, Math.min(points.length - 2, Math.floor(index)));
    const u = Math.min(points.length - 1, Math.max(0, index)) - k;
    return [
      points[k][0] + u * (points[k + 1][0] - points[k][0]),
      points[k][1] + u * (points[k + 1][1] - points[k][1]),
    ];
  };
  // Up one side, down the other.
  const back: Point[] = [];
  for (let k = 0; k <= tail; k++) {
    const index = head - tail + k;
    const [x, y] = at(index);
    const [ax, ay] = at(index - 0.5);
    const [bx, by] = at(index + 0.5);
    const length = Math.hypot(bx - ax, by - ay) || 1;
    const half = 0.15 + (0.6 * k) / tail;
    const [nx, ny] = [(-(by - ay) / length) * half, ((bx - ax) / length) * half];
    if (k === 0) path.moveTo(x + nx, y + ny);
    else path.lineTo(x + nx, y + ny);
    back.push([x - nx, y - ny]);
  }
  for (const [x, y] of back.reverse()) path.lineTo(x, y);
  // Not closed: what is filled is, and closing takes as long as all the rest.
  const [x, y] = at(head);
  path.moveTo(x + 1.6, y);
  // In the direction of the outline, or the overlap of both would be a hole.
  path.arc(x, y, 1.6, 0, -2 * Math.PI, true);
}
