/** Fixed points with their names, notes and curves on a landscape. */
import { curvePixels } from './flow.js';
import { isInside, toX, toY, type Frame } from './frame.js';
import { ARM, pointGlyph } from './glyph.js';
import { isTile, tileSide } from './images.js';
import { lineDiscs, pathDiscs, type Disc, type Occupancy } from './occupancy.js';
import type { FixedPointMark, Note, PlotCurve } from './picture.js';
import { element, polyline } from './svg.js';
import { textElement, textWidth } from './text.js';
import { COLOUR } from './theme.js';

const NAME = 13.5;
const NOTE = 12.5;
const NOTE_LINE = 16;

/** Where a name may stand beside its glyph: offsets in pixels from the centre to the middle of the word. */
const BESIDE: readonly (readonly [number, number])[] = [
  [1, 0],
  [-1, 0],
  [0.75, -0.75],
  [-0.75, -0.75],
  [0.75, 0.75],
  [-0.75, 0.75],
  [0, -1],
  [0, 1],
];

interface PlacedPoint {
  readonly point: FixedPointMark;
  readonly x: number;
  readonly y: number;
  /** Eigen-directions in pixels. */
  readonly directions: readonly (readonly [number, number])[];
}

function placePoints(frame: Frame, points: readonly FixedPointMark[]): PlacedPoint[] {
  const perS = frame.width / (frame.s[1] - frame.s[0]);
  const perT = frame.height / (frame.t[1] - frame.t[0]);
  return points
    .map((point) => ({
      point,
      x: toX(frame, point.s),
      y: toY(frame, point.t),
      directions: (point.directions ?? []).map(([s, t]): [number, number] => [s * perS, -t * perT]),
    }))
    .filter(({ x, y }) => isInside(frame, x, y));
}

function armDiscs({ x, y, directions }: PlacedPoint): Disc[] {
  return directions.flatMap(([u, v]) => {
    const length = Math.hypot(u, v);
    if (!(length > 0)) return [];
    return [-1, -0.6, 0.6, 1].map((k): Disc => [x + (k * ARM * u) / length, y + (k * ARM * v) / length, 4]);
  });
}

function drawName(place: PlacedPoint, frame: Frame, occupancy: Occupancy): string {
  const { point, x, y } = place;
  if (point.name === '') return '';
  const width = textWidth(point.name, NAME, true);
  const [besideX, besideY] = isTile(point) ? [tileSide(frame) / 2 + 7, tileSide(frame) / 2 + 11] : [13.5, 18];
  for (const [dx, dy] of BESIDE) {
    const cx = x + dx * (besideX + width / 2);
    const cy = y + dy * besideY;
    const discs = lineDiscs(cx, cy, width, NAME * 0.8);
    if (!isInside(frame, cx, cy, NAME / 2 + 2) || !occupancy.isFree(discs)) continue;
    occupancy.reserve(discs);
    const style = {
      size: NAME,
      fill: COLOUR.plotLight,
      anchor: 'middle',
      bold: true,
      halo: COLOUR.plotDark,
    } as const;
    return textElement(cx, cy + 0.36 * NAME, point.name, { ...style, haloWidth: 3.2 });
  }
  return '';
}

/** Glyphs and names of the fixed points inside the plot; they reserve their places. */
export function drawFixedPoints(
  frame: Frame,
  points: readonly FixedPointMark[],
  occupancy: Occupancy,
): string {
  const placed = placePoints(frame, points);
  for (const place of placed) occupancy.reserve([[place.x, place.y, 9], ...armDiscs(place)]);
  const glyphs = placed
    .filter(({ point }) => !isTile(point))
    .map(({ point, x, y, directions }) =>
      pointGlyph(point.falseMemory === true ? 'false-memory' : point.class, x, y, directions),
    );
  const names = placed.map((place) => drawName(place, frame, occupancy));
  return glyphs.join('') + names.join('');
}

function clampInside(value: number, low: number, high: number): number {
  return Math.min(Math.max(low, high), Math.max(low, value));
}

/** Words on the plot, moved inside when they would stick out; they reserve their places. */
export function drawNotes(frame: Frame, notes: readonly Note[], occupancy: Occupancy): string {
  let out = '';
  for (const note of notes) {
    const lines = note.text.split('\n');
    const width = Math.max(...lines.map((line) => textWidth(line, NOTE, true)));
    const height = lines.length * NOTE_LINE;
    const x = clampInside(toX(frame, note.s), frame.x + width / 2 + 8, frame.x + frame.width - width / 2 - 8);
    const top = clampInside(
      toY(frame, note.t) - height / 2,
      frame.y + 6,
      frame.y + frame.height - height - 7,
    );
    lines.forEach((line, k) => {
      const middle = top + (k + 0.5) * NOTE_LINE;
      occupancy.reserve(lineDiscs(x, middle, textWidth(line, NOTE, true), NOTE));
      const style = { size: NOTE, fill: COLOUR.plotLight, anchor: 'middle', bold: true } as const;
      out += textElement(x, middle + 0.36 * NOTE, line, { ...style, halo: COLOUR.plotDark, haloWidth: 2.8 });
    });
  }
  return out;
}

function drawCurve(frame: Frame, curve: PlotCurve): string {
  const points = curvePixels(frame, curve.points);
  const stroke = (colour: string, width: number, dash?: string): string =>
    element('path', {
      d: polyline(points),
      stroke: colour,
      'stroke-width': width,
      'stroke-dasharray': dash,
      'stroke-linejoin': 'round',
      'stroke-linecap': dash === undefined ? 'round' : undefined,
    });
  if (curve.kind === 'nullcline') return stroke(COLOUR.plotLight, 1.5, '2 4');
  if (curve.kind === 'bound') return stroke(COLOUR.plotDark, 1.6);
  if (curve.kind === 'conjecture') return stroke(COLOUR.plotDark, 1.6, '5 4');
  if (curve.kind === 'blind') return stroke(COLOUR.plotDark, 3.6) + stroke(COLOUR.blindPlot, 2, '7 4');
  const start = { cx: points[0], cy: points[1], r: 4, fill: COLOUR.plotLight, stroke: COLOUR.plotDark };
  const line = stroke(COLOUR.plotLight, 6) + stroke(COLOUR.plotDark, 2.5);
  return points.length < 2 ? '' : line + element('circle', { ...start, 'stroke-width': 2 });
}

/** Trajectories, blind curves and nullclines; labels keep clear of them. */
export function drawCurves(frame: Frame, curves: readonly PlotCurve[], occupancy: Occupancy): string {
  if (curves.length === 0) return '';
  for (const curve of curves) occupancy.reserve(pathDiscs(curvePixels(frame, curve.points), 3));
  return element('g', { fill: 'none' }, ...curves.map((curve) => drawCurve(frame, curve)));
}
