/** A line panel: one curve with its flat stretches marked. */
import { isInside, toX, toY, type Frame } from './frame.js';
import { pointGlyph } from './glyph.js';
import { lineDiscs, Occupancy, pathDiscs } from './occupancy.js';
import { simplifyPath } from './path.js';
import type { FlatStretch, LinePanel } from './picture.js';
import { clipToFrame } from './frame.js';
import { roundTicks } from './number.js';
import { element, polyline, type DrawContext } from './svg.js';
import { textElement, textWidth } from './text.js';
import { COLOUR, SIZE } from './theme.js';

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
  const extra = panel.extraCurves ?? [];
  const s = finiteRange([panel.x, ...extra.map((curve) => curve.x)]);
  const [low, high] = finiteRange([panel.y, ...extra.map((curve) => curve.y)]);
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

function drawExtras(frame: Frame, panel: LinePanel, occupancy: Occupancy): string {
  let out = '';
  for (const curve of panel.extraCurves ?? []) {
    const lines = pieces(frame, curve.x, curve.y);
    occupancy.reserve(lines.flatMap((line) => pathDiscs(line)));
    out += element('path', {
      d: pathData(lines),
      fill: 'none',
      stroke: COLOUR.ruleStrong,
      'stroke-width': 1.5,
      'stroke-dasharray': '5 3',
    });
    const last = lines.at(-1);
    if (!last) continue;
    const width = textWidth(curve.label, SIZE.small);
    const x = Math.min(last[last.length - 2], frame.x + frame.width - 6) - width / 2;
    const y = Math.min(frame.y + frame.height - 10, Math.max(frame.y + 12, last[last.length - 1] - 12));
    occupancy.reserve(lineDiscs(x, y, width, SIZE.small));
    out += textElement(x, y + 4, curve.label, {
      size: SIZE.small,
      fill: COLOUR.ink3,
      anchor: 'middle',
      halo: COLOUR.paper,
    });
  }
  return out;
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

/** The picture of a line panel inside its frame. */
export function drawLine(context: DrawContext, panel: LinePanel, frame: Frame): string {
  const occupancy = new Occupancy();
  const curve = pieces(frame, panel.x, panel.y);
  occupancy.reserve(curve.flatMap((line) => pathDiscs(line)));
  const extras = drawExtras(frame, panel, occupancy);
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
    extras +
    element('path', { d: pathData(curve), ...stroke }) +
    flats.map(({ segment }) => segment).join('');
  const clipped = element('g', { 'clip-path': clipToFrame(context, frame) }, drawGrid(frame) + lines);
  return clipped + markers + labels.join('');
}
