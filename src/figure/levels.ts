/** Isolines of a panel: 16 equal steps of tone, every fourth stronger and labelled with its value. */
import { colourAt, luminanceAt, type ColourTable } from './colour.js';
import { isolines, toneGrid } from './contour.js';
import type { Frame } from './frame.js';
import { placeOnLine } from './isoline-labels.js';
import { formatNumber, roundest } from './number.js';
import type { Occupancy } from './occupancy.js';
import { arcLengths, simplifyPath } from './path.js';
import type { ScalarField } from './picture.js';
import { element, polyline } from './svg.js';
import { textElement, textWidth } from './text.js';
import { COLOUR, SIZE } from './theme.js';
import type { ToneScale } from './tone.js';

const STEPS = 16;
/** How far a labelled level may move, in tone. */
const SHIFT = 0.45 / STEPS;
const SHORTEST = 6;
const MOST_POINTS = 60_000;

export interface Level {
  readonly tone: number;
  readonly value: number;
  readonly strong: boolean;
}

/**
 * Quarter levels move by less than half a step to the roundest value there, so that their labels are exact; the
 * levels between divide each quarter evenly.
 */
export function isolineLevels(scale: ToneScale): Level[] {
  if (scale.constant) return [];
  const quarters = [0, 0.25, 0.5, 0.75, 1].map((t) => {
    if (t === 0 || t === 1) return t;
    const moved = scale.toTone(roundest(scale.toValue(t - SHIFT), scale.toValue(t + SHIFT)));
    // Where neighbouring numbers are farther apart than levels, no round value is near.
    return Math.abs(moved - t) <= SHIFT * 1.01 ? moved : t;
  });
  const levels: Level[] = [];
  for (let k = 1; k < STEPS; k++) {
    const [quarter, u] = [Math.floor(k / 4), (k % 4) / 4];
    const tone = quarters[quarter] + u * (quarters[Math.min(4, quarter + 1)] - quarters[quarter]);
    const [low, high] = [scale.toValue(tone - 1e-9), scale.toValue(tone + 1e-9)];
    levels.push({ tone, value: u === 0 ? roundest(low, high) : scale.toValue(tone), strong: u === 0 });
  }
  return levels;
}

/** White on dark fields, ink on light ones, whichever reads better. */
function inkOver(table: ColourTable, tone: number): string {
  return luminanceAt(table, tone) < 0.23 ? COLOUR.plotLight : COLOUR.plotDark;
}

interface LevelLines {
  readonly level: Level;
  /** Simplified lines in pixels. */
  readonly lines: readonly (readonly number[])[];
}

function traceLevels(field: ScalarField, scale: ToneScale, frame: Frame): LevelLines[] {
  const grid = toneGrid(field, scale);
  const toPixels = (value: number, i: number): number =>
    i % 2 === 0 ? frame.x + value * frame.width : frame.y + (1 - value) * frame.height;
  const levels = isolineLevels(scale);
  const found = isolines(
    grid,
    levels.map((level) => level.tone),
  );
  const traced = levels.map((level, n) => {
    const lines = found[n]
      .map((line) => line.map(toPixels))
      .filter((line) => arcLengths(line)[line.length / 2 - 1] >= SHORTEST)
      .map((line) => simplifyPath(line, 0.06));
    return { level, lines };
  });
  const points = traced.reduce(
    (sum, { lines }) => sum + lines.reduce((n, line) => n + line.length / 2, 0),
    0,
  );
  return points > MOST_POINTS ? traced.filter(({ level }) => level.strong) : traced;
}

function drawLine({ level, lines }: LevelLines, table: ColourTable): string {
  const ink = inkOver(table, level.tone);
  return element('path', {
    d: lines.map((line) => polyline(line)).join(''),
    stroke: ink,
    'stroke-width': level.strong ? 1.25 : 0.9,
    'stroke-opacity': level.strong ? '0.72' : '0.38',
  });
}

function labelLevel(
  { level, lines }: LevelLines,
  table: ColourTable,
  frame: Frame,
  occupancy: Occupancy,
): string {
  const text = formatNumber(level.value);
  const size = [textWidth(text, SIZE.isoline) + 6, SIZE.isoline + 1] as const;
  const byLength = lines
    .map((line) => ({ line, length: arcLengths(line)[line.length / 2 - 1] }))
    .sort((a, b) => b.length - a.length)
    .slice(0, 4);
  const ink = inkOver(table, level.tone);
  let out = '';
  for (const place of byLength.flatMap(({ line }) => placeOnLine(line, size, frame, occupancy))) {
    const [x, y] = [place.x, place.y];
    const turn = `rotate(${place.angle.toFixed(1)} ${x.toFixed(2)} ${y.toFixed(2)})`;
    // The halo has the colour of the field on this line: it opens the line instead of boxing the number.
    const style = {
      size: SIZE.isoline,
      fill: ink,
      anchor: 'middle',
      halo: colourAt(table, level.tone),
    } as const;
    out += element(
      'g',
      { transform: turn },
      textElement(x, y + 0.36 * SIZE.isoline, text, { ...style, haloWidth: 5 }),
    );
  }
  return out;
}

/** Lines and their labels; labels reserve their places. */
export function drawLevels(
  field: ScalarField,
  scale: ToneScale,
  table: ColourTable,
  frame: Frame,
  occupancy: Occupancy,
): { lines: string; labels: string } {
  const traced = traceLevels(field, scale, frame).filter(({ lines }) => lines.length > 0);
  const drawn = traced.map((lines) => drawLine(lines, table)).join('');
  const labels = traced
    .filter(({ level }) => level.strong)
    .map((lines) => labelLevel(lines, table, frame, occupancy))
    .join('');
  return { lines: element('g', { fill: 'none', 'stroke-linejoin': 'round' }, drawn), labels };
}
