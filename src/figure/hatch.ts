/** Hatches from upper left to lower right: blind regions, dead regions, and the pattern of masked samples. */
import type { Frame } from './frame.js';
import { innerEdges, maskOutline, outlineAbove, thinCounts } from './outline.js';
import type { CountField, Mask } from './picture.js';
import { element, polyline, type DrawContext } from './svg.js';
import { COLOUR } from './theme.js';
import type { ThinnedField } from './thin.js';

const MOST_RINGS = 300;

/** Lines at 45 degrees that cover a box, `gap` pixels apart (measured across the lines). */
function hatchLines(frame: Frame, gap: number): string {
  const { x, y, width, height } = frame;
  const step = gap * Math.SQRT2;
  let d = '';
  for (let offset = step / 2 - height; offset < width; offset += step) {
    const from = Math.max(0, -offset);
    const to = Math.min(height, width - offset);
    if (to > from) d += polyline([x + offset + from, y + from, x + offset + to, y + to]);
  }
  return d;
}

function toPixels(frame: Frame, points: readonly number[]): number[] {
  return points.map((value, i) =>
    i % 2 === 0 ? frame.x + value * frame.width : frame.y + (1 - value) * frame.height,
  );
}

function clipToRings(context: DrawContext, frame: Frame, rings: readonly (readonly number[])[]): string {
  const id = context.newId('mask');
  const d = rings.map((ring) => polyline(toPixels(frame, ring), true)).join('');
  context.defs.push(element('clipPath', { id }, element('path', { d, 'clip-rule': 'evenodd' })));
  return `url(#${id})`;
}

/** A drawn hatch and the edges of its regions inside the plot, in pixels. */
export interface Hatch {
  readonly svg: string;
  readonly edges: readonly (readonly number[])[];
}

/** Blind regions: warm white hatch with an edge wherever the region ends inside the plot. */
export function drawBlind(context: DrawContext, frame: Frame, blind: Mask): Hatch {
  const rings = maskOutline(blind);
  if (rings.length === 0) return { svg: '', edges: [] };
  const hatch = element('path', {
    d: hatchLines(frame, 9),
    'clip-path': clipToRings(context, frame, rings),
    stroke: COLOUR.hatch,
    'stroke-width': 1.5,
    'stroke-opacity': '0.8',
  });
  const edges = innerEdges(rings).map((edge) => toPixels(frame, edge));
  const d = edges.map((edge) => polyline(edge)).join('');
  // Around many specks the full edge would hide what it surrounds.
  const stroke = {
    d,
    fill: 'none',
    stroke: COLOUR.blindPlot,
    'stroke-width': rings.length > MOST_RINGS ? 0.3 : 2,
  };
  return { svg: hatch + (d === '' ? '' : element('path', stroke)), edges };
}

/** The counts with zeros where the mask is set: two hatches on one place would read as a third. */
function without(counts: ThinnedField, blind: Mask): ThinnedField {
  const [ns, nt] = blind.size;
  const values = Float64Array.from(counts.values);
  for (let j = 0; j < counts.height; j++) {
    const row = Math.floor(((j + 0.5) / counts.height) * nt) * ns;
    for (let i = 0; i < counts.width; i++) {
      const at = row + Math.floor(((i + 0.5) / counts.width) * ns);
      if (blind.mask[at] > 0) values[j * counts.width + i] = 0;
    }
  }
  return { ...counts, values };
}

/** Regions with dead neurons: a faint hatch, and dotted lines where their number changes, if it takes few values. */
export function drawDead(context: DrawContext, frame: Frame, dead: CountField, blind?: Mask): Hatch {
  const thin = thinCounts(dead);
  const counts = [...new Set(Array.from(thin.values))].filter((n) => n > 0).sort((a, b) => a - b);
  if (counts.length === 0) return { svg: '', edges: [] };
  const hatch = element('path', {
    d: hatchLines(frame, 13),
    'clip-path': clipToRings(context, frame, outlineAbove(blind ? without(thin, blind) : thin, counts[0])),
    stroke: COLOUR.plotLight,
    'stroke-width': 1,
    'stroke-opacity': '0.2',
  });
  if (counts.length > 4) return { svg: hatch, edges: [] };
  const edges = counts
    .flatMap((count) => innerEdges(outlineAbove(thin, count)))
    .map((edge) => toPixels(frame, edge));
  const d = edges.map((edge) => polyline(edge)).join('');
  const kinks = { d, fill: 'none', stroke: COLOUR.plotLight, 'stroke-width': 1, 'stroke-opacity': '0.7' };
  const svg = hatch + (d === '' ? '' : element('path', { ...kinks, 'stroke-dasharray': '1 3' }));
  return { svg, edges };
}

/** What masked samples look like: paper with grey dots, unlike any colour of the data. */
export function drawMaskedGround(context: DrawContext, frame: Frame): string {
  const id = context.newId('masked');
  const dot = element('circle', { cx: 4, cy: 4, r: 1.1, fill: COLOUR.ruleStrong });
  const other = element('circle', { cx: 0, cy: 0, r: 1.1, fill: COLOUR.ruleStrong });
  const tile = { id, width: 8, height: 8, patternUnits: 'userSpaceOnUse' } as const;
  context.defs.push(element('pattern', tile, dot, other));
  const box = { x: frame.x, y: frame.y, width: frame.width, height: frame.height };
  return element('rect', { ...box, fill: COLOUR.sunk }) + element('rect', { ...box, fill: `url(#${id})` });
}
