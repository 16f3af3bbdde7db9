/** A small chart of curves over one axis, on a canvas, in the colours of the page. */
import { fixed } from '../page/text.js';
import { GUTTER } from '../plot/axes.js';
import type { Ink, Palette, Words } from '../plot/ink.js';
import type { Point } from '../state/state.js';

type Colour = 'blind' | 'certified' | 'plain' | 'ink' | 'ink3';

export interface Curve {
  readonly points: readonly Point[];
  readonly colour: Colour;
  readonly width?: number;
  readonly dash?: readonly number[];
  /** Words at a place of the curve, given as a share of its length; `below` it or above. */
  readonly label?: { readonly text: string; readonly at: number; readonly below?: boolean };
}

export interface Chart {
  /** What a reader who does not see it is told. */
  readonly words: string;
  readonly across: { readonly name: string; readonly range: Point };
  /** The range upwards, which room is added to; of the curves where none is given. */
  readonly up?: Point;
  readonly ticks: readonly number[];
  readonly curves: readonly Curve[];
  readonly dots?: readonly { readonly at: Point; readonly colour: Colour; readonly large?: boolean }[];
  /** Between two curves of as many points. */
  readonly band?: readonly [readonly Point[], readonly Point[]];
  /** A stretch of the axis, with its reason. */
  readonly wash?: { readonly to: number; readonly text: string };
}

const TOP = 10;
const BOTTOM = 20;
const ROOM = 0.1;
/** Pixels between ticks upwards at least. */
const APART = 13;

export function drawChart(
  ink: Ink,
  [width, height]: readonly [number, number],
  chart: Chart,
  palette: Palette,
): void {
  const base = height - BOTTOM;
  const heights = chart.curves.flatMap(({ points }) => points.map(([, v]) => v));
  const [low, high] = chart.up ?? [Math.min(...heights), Math.max(...heights)];
  const room = Math.max(ROOM * (high - low), 1e-3);
  const [from, to] = chart.across.range;
  const x = (v: number) => GUTTER + ((width - GUTTER - 2) * (v - from)) / (to - from);
  const y = (v: number) => TOP + ((base - TOP) * (high + room - v)) / (high - low + 2 * room);
  const place = ([a, b]: Point): Point => [x(a), y(b)];
  ink.begin(width, height);
  if (chart.wash) drawWash(ink, { x, base }, chart.wash, palette);
  if (chart.band)
    ink.area([...chart.band[0].map(place), ...chart.band[1].map(place).reverse()], palette.ink3, 0.16);
  ink.line(
    [
      [GUTTER, base],
      [width, base],
    ],
    { colour: palette.rule },
  );
  drawTicks(ink, chart, { x, y, base, width, height }, palette);
  for (const { points, colour, width: wide = 2.25, dash = [] } of chart.curves)
    ink.line(points.map(place), { colour: palette[colour], width: wide, dash });
  for (const { at, colour, large } of chart.dots ?? [])
    ink.circle(place(at), large === true ? 5.5 : 2.2, palette[colour], {
      colour: palette.paper,
      width: large === true ? 2 : 0.8,
    });
  for (const { label, points, colour } of chart.curves) {
    if (!label) continue;
    const [a, b] = place(points[Math.round(label.at * (points.length - 1))]);
    const style = wordsOf(palette, palette[colour], a > 0.6 * width ? 'end' : 'start');
    ink.words(
      label.text,
      [a, Math.min(base - 5, Math.max(TOP + 4, b + (label.below === true ? 16 : -8)))],
      style,
    );
  }
}

/** Two decimals: the gutter holds no more. */
const valueText = (v: number): string => (Math.abs(v) < 0.005 ? '0' : fixed(v, Number.isInteger(v) ? 0 : 2));

const wordsOf = (palette: Palette, colour: string, anchor: 'start' | 'end' = 'start'): Words => ({
  colour,
  anchor,
  font: `600 12.5px ${palette.words}`,
  halo: [palette.paper, 3.5],
});

function drawWash(
  ink: Ink,
  { x, base }: { x: (v: number) => number; base: number },
  { to, text }: NonNullable<Chart['wash']>,
  palette: Palette,
): void {
  const right = x(to);
  ink.area(
    [
      [GUTTER, TOP],
      [right, TOP],
      [right, base],
      [GUTTER, base],
    ],
    palette.blindWash,
    0.8,
  );
  ink.line(
    [
      [right, TOP],
      [right, base],
    ],
    { colour: palette.blind, dash: [2, 2] },
  );
  const wide = right - GUTTER > 250;
  if (wide) ink.words(text, [right - 7, TOP + 15], wordsOf(palette, palette.blind, 'end'));
}

function drawTicks(
  ink: Ink,
  { across, ticks }: Chart,
  {
    x,
    y,
    base,
    width,
    height,
  }: { x: (v: number) => number; y: (v: number) => number; base: number; width: number; height: number },
  palette: Palette,
): void {
  const tick: Words = { colour: palette.ink3, font: `11px ${palette.numbers}` };
  const [from, to] = across.range;
  const digits = to - from <= 2 ? 1 : 0;
  for (let k = 0; k <= 4; k++) {
    const v = from + ((to - from) * k) / 4;
    const anchor = k === 0 ? 'start' : k === 4 ? 'end' : 'middle';
    if (k < 4) ink.words(fixed(v, Number.isInteger(v) ? 0 : digits), [x(v), height - 5], { ...tick, anchor });
  }
  const taken = ink.words(` = ${fixed(to, Number.isInteger(to) ? 0 : digits)}`, [width, height - 5], {
    ...tick,
    anchor: 'end',
  });
  ink.words(across.name, [width - taken, height - 5], {
    ...tick,
    font: `italic 13px ${palette.math}`,
    anchor: 'end',
  });
  const drawn: number[] = [];
  for (const v of ticks) {
    const top = y(v);
    if (top < 4 || top > base + 2 || drawn.some((other) => Math.abs(other - top) < APART)) continue;
    drawn.push(top);
    ink.words(valueText(v), [GUTTER - 4, top + 4], {
      ...tick,
      font: `10.5px ${palette.numbers}`,
      anchor: 'end',
    });
  }
}
