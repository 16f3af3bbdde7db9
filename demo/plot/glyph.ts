/** Glyphs of fixed points: the shape carries the class, the casing keeps it readable on every colour. */
import type { FixedPointClass } from '../library.js';
import type { Point } from '../model/exact.js';
import type { Ink } from './ink.js';

export const CASING = '#111a2b';
export const WHITE = '#fff';
const R = 7;

export function drawGlyph(ink: Ink, kind: FixedPointClass, at: Point, font: string): void {
  const [x, y] = at;
  const casing = (width: number) => ({ colour: CASING, width });
  const white = (width: number) => ({ colour: WHITE, width });
  switch (kind) {
    case 'stable':
      ink.circle(at, R, WHITE, casing(2.2));
      return;
    case 'unstable':
      ink.circle(at, R, undefined, casing(5.4));
      ink.circle(at, R, undefined, white(2.8));
      return;
    case 'saddle': {
      const s = 1.2 * R;
      const whole: readonly Point[] = [
        [x, y - s],
        [x + s, y],
        [x, y + s],
        [x - s, y],
      ];
      ink.area(whole, CASING, 1, casing(4.4));
      ink.area(whole, CASING, 1, white(1.8));
      ink.area([whole[0], whole[2], whole[3]], WHITE);
      return;
    }
    case 'undecided':
      ink.circle(at, R, CASING, casing(4));
      ink.circle(at, R - 0.5, undefined, { ...white(1.8), dash: [3, 2.6] });
      ink.words('?', [x, y + 3.6], { colour: WHITE, font: `700 10.5px ${font}`, anchor: 'middle' });
  }
}

/** Arms of a saddle along directions in screen coordinates. */
export function drawArms(ink: Ink, [x, y]: Point, directions: readonly Point[]): void {
  for (const [u, v] of directions) {
    const length = 24 / (Math.hypot(u, v) || 1);
    const arm: readonly Point[] = [
      [x - u * length, y - v * length],
      [x + u * length, y + v * length],
    ];
    ink.line(arm, { colour: CASING, alpha: 0.6, width: 4 });
    ink.line(arm, { colour: WHITE, width: 1.6 });
  }
}
