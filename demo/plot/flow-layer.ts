/** Draws streaks on a canvas of its own: standing, or drifting at one unit of time a second. */
import type { Point } from '../model/exact.js';
import { STEP, type Streak } from './streaks.js';

const LIGHT_INK = '255, 255, 255';
const DARK_INK = '16, 26, 44';
/** Seconds in which a streak fades in and out. */
const FADE = 0.24;
/** Shares of full ink that are drawn apart: one path each, since thousands of strokes cost more than four fills. */
const SHADES = 4;

export class FlowLayer {
  #canvas: HTMLCanvasElement;
  #context: CanvasRenderingContext2D;
  #streaks: readonly Streak[] = [];

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
    // Kept on the CPU until a GPU has shown that it is one.
    this.#context = contextOf(canvas, true);
  }

  /** Moves to a canvas that the GPU draws; a canvas cannot change its mind. */
  accelerate(): void {
    const canvas = document.createElement('canvas');
    canvas.className = this.#canvas.className;
    this.#canvas.replaceWith(canvas);
    this.#canvas = canvas;
    this.#context = contextOf(canvas, false);
  }

  set streaks(streaks: readonly Streak[]) {
    this.#streaks = streaks;
  }

  /** @param seconds where drifting streaks are; undefined draws standing ones. */
  draw(width: number, height: number, seconds: number | undefined): void {
    const ratio = devicePixelRatio;
    const canvas = this.#canvas;
    if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
    if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
    const context = this.#context;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.scale(ratio, ratio);
    const layers = Array.from({ length: 2 * SHADES }, () => new Path2D());
    for (const streak of this.#streaks) {
      const { head, strength } = seconds === undefined ? { head: streak.tail, strength: 1 } : drift(streak, seconds);
      const shade = Math.round(strength * SHADES) - 1;
      if (shade >= 0) addStreak(layers[shade + (streak.light ? SHADES : 0)], streak, head);
    }
    layers.forEach((layer, k) => {
      const light = k >= SHADES;
      const alpha = (((k % SHADES) + 1) / SHADES) * (light ? 0.82 : 0.95);
      context.fillStyle = `rgb(${light ? DARK_INK : LIGHT_INK}, ${String(alpha)})`;
      context.fill(layer);
    });
  }
}

function contextOf(canvas: HTMLCanvasElement, willReadFrequently: boolean): CanvasRenderingContext2D {
  const context = canvas.getContext('2d', { willReadFrequently });
  if (!context) throw new Error('the canvas gives no 2D context');
  return context;
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
    const k = Math.min(points.length - 2, Math.floor(index));
    const u = index - k;
    return [points[k][0] + u * (points[k + 1][0] - points[k][0]), points[k][1] + u * (points[k + 1][1] - points[k][1])];
  };
  const left: Point[] = [];
  const right: Point[] = [];
  for (let k = 0; k <= tail; k++) {
    const [x, y] = at(head - tail + k);
    const [ax, ay] = at(Math.max(0, head - tail + k - 0.5));
    const [bx, by] = at(Math.min(points.length - 1, head - tail + k + 0.5));
    const length = Math.hypot(bx - ax, by - ay) || 1;
    const half = 0.1 + (0.68 * k) / tail;
    const [nx, ny] = [(-(by - ay) / length) * half, ((bx - ax) / length) * half];
    left.push([x + nx, y + ny]);
    right.push([x - nx, y - ny]);
  }
  for (const [k, point] of [...left, ...right.reverse()].entries())
    if (k === 0) path.moveTo(...point);
    else path.lineTo(...point);
  path.closePath();
  const [x, y] = at(head);
  path.moveTo(x + 1.45, y);
  path.arc(x, y, 1.45, 0, 2 * Math.PI);
}
