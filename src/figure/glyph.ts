/** Glyphs: the shape carries the class, so colour is never needed; on plots they are white with an ink casing. */
import type { PointClass, Verdict } from './picture.js';
import { element } from './svg.js';
import { COLOUR, FONT } from './theme.js';

const WHITE = COLOUR.plotLight;
const INK = COLOUR.plotDark;

function ring(x: number, y: number, r: number, stroke: string, width: number, fill = 'none'): string {
  return element('circle', { cx: x, cy: y, r, fill, stroke, 'stroke-width': width });
}

function unit(direction: readonly [number, number]): readonly [number, number] {
  const length = Math.hypot(direction[0], direction[1]);
  return length > 0 && Number.isFinite(length) ? [direction[0] / length, direction[1] / length] : [0, 0];
}

/** Ends of the arms of a saddle, in pixels from its centre. */
export const ARM = 24;

function arms(x: number, y: number, directions: readonly (readonly [number, number])[]): string {
  let d = '';
  for (const direction of directions) {
    const [u, v] = unit(direction);
    d += `M${(x - ARM * u).toFixed(2)} ${(y - ARM * v).toFixed(2)}L${(x + ARM * u).toFixed(2)} ${(y + ARM * v).toFixed(2)}`;
  }
  if (d === '') return '';
  const line = (stroke: string, width: number): string =>
    element('path', { d, stroke, 'stroke-width': width, 'stroke-linecap': 'round' });
  return line(INK, 3.4) + line(WHITE, 1.5);
}

function saddle(x: number, y: number, r: number): string {
  const size = r * 1.2;
  const at = (dx: number, dy: number): string =>
    `${(x + dx * size).toFixed(2)} ${(y + dy * size).toFixed(2)}`;
  const d = `M${at(0, -1)}L${at(1, 0)}L${at(0, 1)}L${at(-1, 0)}Z`;
  const outline = (stroke: string, width: number): string =>
    element('path', { d, fill: INK, stroke, 'stroke-width': width, 'stroke-linejoin': 'round' });
  const half = element('path', { d: `M${at(0, -1)}L${at(0, 1)}L${at(-1, 0)}Z`, fill: WHITE });
  return outline(INK, 4.4) + outline(WHITE, 1.8) + half;
}

function undecided(x: number, y: number, r: number): string {
  const mark = element(
    'text',
    {
      x,
      y: y + 3.6,
      'text-anchor': 'middle',
      'font-size': 10.5,
      'font-weight': 'bold',
      'font-family': FONT,
      fill: WHITE,
    },
    '?',
  );
  const dashes = { cx: x, cy: y, r: r - 0.5, fill: 'none', stroke: WHITE, 'stroke-width': 1.8 };
  return ring(x, y, r, INK, 4, INK) + element('circle', { ...dashes, 'stroke-dasharray': '3 2.6' }) + mark;
}

function struckSquare(x: number, y: number, r: number): string {
  const side = 1.9 * r;
  const corner = { x: x - side / 2, y: y - side / 2, width: side, height: side };
  const [a, b] = [(x - side / 2).toFixed(2), (y + side / 2).toFixed(2)];
  const strike = `M${a} ${b}l${side.toFixed(2)} ${(-side).toFixed(2)}`;
  return (
    element('rect', { ...corner, fill: INK, stroke: INK, 'stroke-width': 4 }) +
    element('rect', { ...corner, fill: 'none', stroke: WHITE, 'stroke-width': 1.8 }) +
    element('path', { d: strike, stroke: WHITE, 'stroke-width': 1.8 })
  );
}

/**
 * The glyph of a fixed point at a pixel.
 * @param directions of the arms, in pixels with y downwards
 * @param radius default 6.5
 */
export function pointGlyph(
  kind: PointClass | 'false-memory',
  x: number,
  y: number,
  directions: readonly (readonly [number, number])[] = [],
  radius = 6.5,
): string {
  if (kind === 'stable') return ring(x, y, radius, INK, 2.2, WHITE);
  if (kind === 'saddle') return arms(x, y, directions) + saddle(x, y, radius);
  if (kind === 'unstable')
    return ring(x, y, radius, INK, radius * 0.8, INK) + ring(x, y, radius, WHITE, radius * 0.42);
  return kind === 'undecided' ? undecided(x, y, radius) : struckSquare(x, y, radius);
}

/** Colour that goes with a verdict. */
export const VERDICT_COLOUR: Readonly<Record<Verdict, string>> = {
  blind: COLOUR.blind,
  certified: COLOUR.certified,
  unproved: COLOUR.caution,
};

/** The icon of a verdict in a box of 11 x 11 pixels with its upper left corner at (x, y). */
export function verdictIcon(verdict: Verdict, x: number, y: number): string {
  const stroke = VERDICT_COLOUR[verdict];
  const shape = {
    blind: 'M.6 .6h9.8v9.8h-9.8zM.6 7L4 10.4M.6 3.8L7.2 10.4M.6 .6L10.4 10.4M3.8 .6L10.4 7.2M7 .6L10.4 4',
    certified: 'M1 6.2L4.2 9.4L10.4 2',
    unproved: 'M3 3.6a2.6 2.6 0 1 1 3.8 2.3q-1.2 .7 -1.2 2M5.6 10.2v.6',
  }[verdict];
  const width = verdict === 'blind' ? 1.1 : 1.9;
  const place = `translate(${x.toFixed(2)} ${y.toFixed(2)})`;
  return element('path', {
    d: shape,
    transform: place,
    fill: 'none',
    stroke,
    'stroke-width': width,
    'stroke-linecap': 'round',
  });
}
