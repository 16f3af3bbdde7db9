/** The rectangle of a plot and the way from slice coordinates to pixels. */
import { element, type DrawContext } from './svg.js';

/** A plot box in pixels with y downwards; `s` and `t` are the ranges it shows. */
export interface Frame {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly s: readonly [number, number];
  readonly t: readonly [number, number];
}

/** Pixel of an s value. Halves keep ranges near the largest numbers from overflowing. */
export function toX(frame: Frame, s: number): number {
  const [low, high] = frame.s;
  return frame.x + (frame.width * (s / 2 - low / 2)) / (high / 2 - low / 2);
}

/** Pixel of a t value. */
export function toY(frame: Frame, t: number): number {
  const [low, high] = frame.t;
  return frame.y + frame.height - (frame.height * (t / 2 - low / 2)) / (high / 2 - low / 2);
}

/** Whether a pixel lies inside the box by at least `margin`. */
export function isInside(frame: Frame, x: number, y: number, margin = 0): boolean {
  return (
    x >= frame.x + margin &&
    x <= frame.x + frame.width - margin &&
    y >= frame.y + margin &&
    y <= frame.y + frame.height - margin
  );
}

/** Defines a clip to the box and returns its reference. */
export function clipToFrame(context: DrawContext, frame: Frame): string {
  const id = context.newId('plot');
  const { x, y, width, height } = frame;
  context.defs.push(element('clipPath', { id }, element('rect', { x, y, width, height })));
  return `url(#${id})`;
}
