/** Glyphs of fixed points: the shape carries the class, the casing keeps it readable on every colour. */
import type { FixedPointClass } from '../library.js';
import type { Point } from '../model/exact.js';
import { tag } from '../page/text.js';

const INK = '#111a2b';
const WHITE = '#fff';
const R = 7;

const ring = (x: number, y: number, r: number, attributes: Readonly<Record<string, string | number>>) =>
  tag('circle', { cx: x, cy: y, r, ...attributes });

export function glyph(kind: FixedPointClass, [x, y]: Point): string {
  switch (kind) {
    case 'stable':
      return ring(x, y, R, { fill: WHITE, stroke: INK, 'stroke-width': 2.2 });
    case 'unstable':
      return (
        ring(x, y, R, { fill: 'none', stroke: INK, 'stroke-width': 5.4 }) +
        ring(x, y, R, { fill: 'none', stroke: WHITE, 'stroke-width': 2.8 })
      );
    case 'saddle': {
      const s = 1.2 * R;
      const corners = (points: readonly Point[]) => `M${points.map(([a, b]) => `${String(x + a)} ${String(y + b)}`).join('L')}Z`;
      const whole = corners([[0, -s], [s, 0], [0, s], [-s, 0]]);
      const half = corners([[0, -s], [0, s], [-s, 0]]);
      const path = (d: string, attributes: Readonly<Record<string, string | number>>) => tag('path', { d, ...attributes });
      return (
        path(whole, { fill: INK, stroke: INK, 'stroke-width': 4.4, 'stroke-linejoin': 'round' }) +
        path(whole, { fill: INK, stroke: WHITE, 'stroke-width': 1.8, 'stroke-linejoin': 'round' }) +
        path(half, { fill: WHITE })
      );
    }
    case 'undecided':
      return (
        ring(x, y, R, { fill: INK, stroke: INK, 'stroke-width': 4 }) +
        ring(x, y, R - 0.5, { fill: 'none', stroke: WHITE, 'stroke-width': 1.8, 'stroke-dasharray': '3 2.6' }) +
        tag('text', { x, y: y + 3.6, 'text-anchor': 'middle', 'font-size': 10.5, 'font-weight': 700, fill: WHITE }, '?')
      );
  }
}

/** Arms of a saddle along directions given in screen coordinates. */
export function arms([x, y]: Point, directions: readonly Point[]): string {
  return directions
    .map(([u, v]) => {
      const length = 24 / (Math.hypot(u, v) || 1);
      const d = `M${String(x - u * length)} ${String(y - v * length)}L${String(x + u * length)} ${String(y + v * length)}`;
      return (
        tag('path', { d, stroke: INK, 'stroke-opacity': 0.6, 'stroke-width': 4 }) +
        tag('path', { d, stroke: WHITE, 'stroke-width': 1.6 })
      );
    })
    .join('');
}
