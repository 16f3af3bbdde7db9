/** A line panel: one curve with its flat stretches marked. */
import { clipToFrame, isInside, toX, toY, type Frame } from './frame.js';
import { pointGlyph } from './glyph.js';
import { lineDiscs, Occupancy, pathDiscs } from './occupancy.js';
import { arcLengths, pointAt, simplifyPath } from './path.js';
import type { FlatStretch, LinePanel } from './picture.js';
import { roundTicks } from './number.js';
import { element, polyline, type DrawContext } from './svg.js';
import { textElement, textWidth } from './text.js';
import { COLOUR, SIZE } from './theme.js';

/** Radius of the dot of a measurement. */
const DOT = 3.2;

type Samples = Float32Array | Float64Array;

function finiteRange(arrays: readonly Samples[]): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const values of arrays) {
    for (const value of values) {
      if (!Number.isFinite(value)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  if (low > high) return [0, 1];
  return low === high
    ? [low - Math.max(1, Math.abs(low)) / 2, high + Math.max(1, Math.abs(high)) / 2]
    : [low, high];
}

/** Ranges of a line panel: all finite x, all finite y with 8 % to spare. */
export function lineRanges(panel: LinePanel): { s: [number, number]; t: [number, number] } {
  const { extraCurves: extra = [], errorBars } = panel;
  const bars = errorBars ? [errorBars.low, errorBars.high] : [];
  const s = finiteRange([panel.x, ...extra.map((curve) => curve.x)]);
  const [low, high] = finiteRange([panel.y, ...bars, ...extra.map((curve) => curve.y)]);
  const pad = (high / 2 - low / 2) * 0.16;
  return { s, t: [Math.max(-Number.MAX_VALUE, low - pad), Math.min(Number.MAX_VALUE, high + pad)] };
}

/** Pieces of a curve between its gaps, in pixels. */
function pieces(frame: Frame, x: Samples, y: Samples, keep: (x: number) => boolean = () => true): number[][] {
  const out: number[][] = [];
  let piece: number[] = [];
  for (let i = 0; i < x.length; i++) {
    if (Number.isFinite(x[i]) && Number.isFinite(y[i]) && keep(x[i]))
      piece.push(toX(frame, x[i]), toY(frame, y[i]));
    else if (piece.length > 0) {
      out.push(piece);
      piece = [];
    }
  }
  if (piece.length > 0) out.push(piece);
  return out.map((points) => simplifyPath(points, 0.06));
}

function pathData(lines: readonly (readonly number[])[]): string {
  return lines
    .map((line) => (line.length === 2 ? polyline([...line, line[0] + 0.01, line[1]]) : polyline(line)))
    .join('');
}

function drawGrid(frame: Frame): string {
  const ticks = roundTicks(frame.t[0], frame.t[1], Math.max(2, Math.floor(frame.height / 55)));
  const d = ticks
    .map((tick) => polyline([frame.x, toY(frame, tick.value), frame.x + frame.width, toY(frame, tick.value)]))
    .join('');
  return element('path', { d, stroke: COLOUR.rule, 'stroke-width': 0.8 });
}

/** Label of a flat stretch: above or below its middle, wherever it is free. */
function flatLabel(frame: Frame, line: readonly number[], label: string, occupancy: Occupancy): string {
  const width = textWidth(label, SIZE.small, true);
  const [left, right] = [line[0], line[line.length - 2]];
  const middle = (left + right) / 2;
  const [low, high] = [frame.x + width / 2 + 6, frame.x + frame.width - width / 2 - 6];
  const inside = (x: number): number => Math.min(Math.max(low, high), Math.max(low, x));
  const y = line[2 * Math.floor(line.length / 4) + 1];
  const style = {
    size: SIZE.small,
    fill: COLOUR.blind,
    anchor: 'middle',
    bold: true,
    halo: COLOUR.paper,
  } as const;
  for (const distance of [16, -17, 30, -31, 46, -47, 64, 84]) {
    for (const x of [inside(middle), inside(left + width / 2), inside(right - width / 2)]) {
      const discs = lineDiscs(x, y - distance, width + 10, SIZE.small);
      if (!isInside(frame, x, y - distance, 8) || !occupancy.isFree(discs)) continue;
      occupancy.reserve(discs);
      return textElement(x, y - distance + 0.36 * SIZE.small, label, style);
    }
  }
  return textElement(inside(middle), y - 15, label, style);
}

function drawFlat(frame: Frame, panel: LinePanel, flat: FlatStretch): { segment: string; lines: number[][] } {
  const lines = pieces(frame, panel.x, panel.y, (x) => x >= flat.from && x <= flat.to);
  const thick = { stroke: COLOUR.blind, 'stroke-width': 5.5, fill: 'none' } as const;
  return { segment: lines.length === 0 ? '' : element('path', { d: pathData(lines), ...thick }), lines };
}

interface TracedExtra {
  readonly label: string;
  readonly lines: readonly (readonly number[])[];
}

/** All companions reserve their places before any word is placed. */
function traceExtras(frame: Frame, panel: LinePanel, occupancy: Occupancy): TracedExtra[] {
  const extras = (panel.extraCurves ?? []).map(({ x, y, label }) => ({ label, lines: pieces(frame, x, y) }));
  for (const { lines } of extras) occupancy.reserve(lines.flatMap((line) => pathDiscs(line)));
  return extras;
}

function drawExtra({ lines }: TracedExtra): string {
  const dashed = {
    stroke: COLOUR.ruleStrong,
    'stroke-width': 1.5,
    'stroke-dasharray': '5 3',
    fill: 'none',
  } as const;
  return element('path', { d: pathData(lines), ...dashed });
}

/** Whether nothing in `main` lies between a word and the point that it names. */
function seesPoint(
  main: Occupancy,
  word: readonly [number, number],
  point: readonly [number, number],
): boolean {
  return [0, 0.2, 0.4, 0.6, 0.8].every((u) =>
    main.isFree([[word[0] + u * (point[0] - word[0]), word[1] + u * (point[1] - word[1]), 5]]),
  );
}

/** Name of a companion: as far right along it as there is room, below or above. */
function extraLabel(
  frame: Frame,
  { label, lines }: TracedExtra,
  main: Occupancy,
  occupancy: Occupancy,
): string {
  const last = lines.at(-1);
  if (!last || label === '') return '';
  const width = textWidth(label, SIZE.small);
  const lengths = arcLengths(last);
  const inside = (x: number): number =>
    Math.min(frame.x + frame.width - width / 2 - 6, Math.max(frame.x + width / 2 + 6, x));
  const style = { size: SIZE.small, fill: COLOUR.ink3, anchor: 'middle', halo: COLOUR.paper } as const;
  for (let share = 1; share >= 0; share -= 0.04) {
    const [px, py] = pointAt(last, lengths, share * lengths[lengths.length - 1]);
    // A name near a crossing could belong to either curve.
    if (!main.isFree([[px, py, 14]])) continue;
    for (const distance of [15, -15, 24, -24, 36, -36]) {
      for (const x of [inside(px + width / 2 + 8), inside(px - width / 2 - 8), inside(px)]) {
        const y = py + distance;
        const discs = lineDiscs(x, y, width + 6, SIZE.small);
        if (!isInside(frame, x, y, 9) || !occupancy.isFree(discs)) continue;
        if (!seesPoint(main, [x, y], [px, py])) continue;
        occupancy.reserve(discs);
        return textElement(x, y + 0.36 * SIZE.small, label, style);
      }
    }
  }
  return textElement(inside(last[last.length - 2]), last[last.length - 1] - 12, label, style);
}

function drawMarkers(frame: Frame, panel: LinePanel, occupancy: Occupancy): string {
  const placed = (panel.markers ?? []).map((mark) => ({
    mark,
    x: toX(frame, mark.x),
    y: toY(frame, mark.y),
  }));
  for (const { x, y } of placed) occupancy.reserve([[x, y, 9]]);
  let out = placed.map(({ mark, x, y }) => pointGlyph(mark.class, x, y)).join('');
  for (const { mark, x, y } of placed) {
    const width = textWidth(mark.name, 13, true);
    const spots = [
      [0, -18],
      [0, 19],
      [14 + width / 2, -10],
      [-14 - width / 2, -10],
    ];
    const spot = spots.find(([dx, dy]) => occupancy.isFree(lineDiscs(x + dx, y + dy, width, 10))) ?? spots[0];
    occupancy.reserve(lineDiscs(x + spot[0], y + spot[1], width, 10));
    const style = { size: 13, fill: COLOUR.ink, anchor: 'middle', bold: true, halo: COLOUR.paper } as const;
    out += textElement(x + spot[0], y + spot[1] + 4.6, mark.name, style);
  }
  return out;
}

/** Dots and bars of measurements; the bars have caps as wide as the dots. */
function drawMeasurements(frame: Frame, { x, y, errorBars }: LinePanel): string {
  if (!errorBars) return '';
  let [bars, dots] = ['', ''];
  for (let i = 0; i < x.length; i++) {
    if (!Number.isFinite(y[i])) continue;
    const [at, low, high] = [toX(frame, x[i]), toY(frame, errorBars.low[i]), toY(frame, errorBars.high[i])];
    bars += polyline([at, low, at, high]);
    for (const end of [low, high]) bars += polyline([at - DOT, end, at + DOT, end]);
    dots += element('circle', { cx: at, cy: toY(frame, y[i]), r: DOT, fill: COLOUR.accent });
  }
  return element('path', { d: bars, stroke: COLOUR.accent, 'stroke-width': 1.2, fill: 'none' }) + dots;
}

/** The picture of a line panel inside its frame. */
export function drawLine(context: DrawContext, panel: LinePanel, frame: Frame): string {
  const occupancy = new Occupancy();
  const curve = pieces(frame, panel.x, panel.y);
  const main = new Occupancy();
  for (const taken of [occupancy, main]) taken.reserve(curve.flatMap((line) => pathDiscs(line)));
  const extras = traceExtras(frame, panel, occupancy);
  const markers = drawMarkers(frame, panel, occupancy);
  const flats = (panel.flat ?? []).map((flat) => ({ flat, ...drawFlat(frame, panel, flat) }));
  const labels = flats.map(({ flat, lines }) =>
    lines[0] ? flatLabel(frame, lines[0], flat.label, occupancy) : '',
  );
  const stroke = {
    stroke: COLOUR.accent,
    'stroke-width': 2.25,
    'stroke-linejoin': 'round',
    fill: 'none',
  } as const;
  const lines =
    extras.map(drawExtra).join('') +
    element('path', { d: pathData(curve), ...stroke }) +
    flats.map(({ segment }) => segment).join('');
  const clipped = element('g', { 'clip-path': clipToFrame(context, frame) }, drawGrid(frame) + lines);
  const names = extras.map((extra) => extraLabel(frame, extra, main, occupancy));
  return clipped + drawMeasurements(frame, panel) + markers + labels.join('') + names.join('');
}
