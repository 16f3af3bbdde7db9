/** A landscape panel, from back to front: masked ground, colours, isolines, hatch, flow, regions, curves, glyphs, words, axes. */
import { drawDeadRanges } from './axes.js';
import { barWidth } from './head.js';
import { drawBar } from './bar.js';
import { colourTable, luminanceAt, type ColourTable } from './colour.js';
import { drawFlow } from './flow.js';
import { clipToFrame, type Frame } from './frame.js';
import { drawBlind, drawDead, drawMaskedGround, type Hatch } from './hatch.js';
import { drawImages } from './images.js';
import { drawLevels } from './levels.js';
import { drawCurves, drawFixedPoints, drawNotes } from './marks.js';
import { Occupancy, pathDiscs } from './occupancy.js';
import type { LandscapePanel, ScalarField } from './picture.js';
import { drawRegions } from './regions.js';
import { rasterise } from './raster.js';
import { element, type DrawContext } from './svg.js';
import { textElement } from './text.js';
import { COLOUR, SIZE } from './theme.js';
import { toneScale, type ToneScale } from './tone.js';

function drawColours(panel: LandscapePanel, scale: ToneScale, table: ColourTable, frame: Frame): string {
  const { x, y, width, height } = frame;
  const relief = panel.relief === true && panel.signed !== true;
  const { uri } = rasterise(panel.field, scale, table, { relief, least: [2 * width, 2 * height] });
  return element('image', { x, y, width, height, preserveAspectRatio: 'none', href: uri });
}

/** Luminance of the colours at a position given as fractions of the extent. */
function lightness(
  field: ScalarField,
  scale: ToneScale,
  table: ColourTable,
): (s: number, t: number) => boolean {
  const [ns, nt] = field.size;
  return (s, t) => {
    const i = Math.min(ns - 1, Math.max(0, Math.floor(s * ns)));
    const j = Math.min(nt - 1, Math.max(0, Math.floor(t * nt)));
    const tone = scale.toTone(field.values[j * ns + i]);
    return Number.isNaN(tone) || luminanceAt(table, tone) > 0.3;
  };
}

/** A speckled mask has thousands of edges; words cannot keep off all of them. */
const MOST_EDGES = 200;

const NO_HATCH: Hatch = { svg: '', edges: [] };
const NO_REGIONS = { lines: '', words: '' } as const;
const NO_LEVELS = { lines: '', labels: '' } as const;

function hasMasked({ values }: ScalarField): boolean {
  for (const value of values) if (!Number.isFinite(value)) return true;
  return false;
}

interface Layers {
  readonly below: string;
  readonly labels: string;
}

function drawField(
  context: DrawContext,
  panel: LandscapePanel,
  scale: ToneScale,
  table: ColourTable,
  frame: Frame,
  occupancy: Occupancy,
): Layers {
  const dead = panel.deadCount ? drawDead(context, frame, panel.deadCount, panel.blind) : NO_HATCH;
  const blind = panel.blind ? drawBlind(context, frame, panel.blind) : NO_HATCH;
  // A number across an edge reads as if it belonged to the edge.
  for (const edge of [...dead.edges, ...blind.edges].slice(0, MOST_EDGES)) occupancy.reserve(pathDiscs(edge));
  const drawn = panel.style === 'flow' ? NO_LEVELS : drawLevels(panel.field, scale, table, frame, occupancy);
  const colours = drawColours(panel, scale, table, frame);
  const flow = panel.flow ? drawFlow(panel.flow, frame, lightness(panel.field, scale, table), occupancy) : '';
  return { below: colours + drawn.lines + dead.svg + blind.svg + flow, labels: drawn.labels };
}

/**
 * The picture of a landscape in its frame, and its colour bar.
 * @param axes drawn axes, which lie between the picture and its glyphs
 */
export function drawLandscape(
  context: DrawContext,
  panel: LandscapePanel,
  frame: Frame,
  axes: string,
): string {
  const table = colourTable(panel.colourMap ?? (panel.signed === true ? 'diverging' : 'tarn'));
  const scale = toneScale(panel.field.values, panel.field.size[0], panel.tone, panel.signed);
  const occupancy = new Occupancy();
  // Words are placed first, although drawn last: isoline labels and streaks give way to them.
  const curves = drawCurves(frame, panel.curves ?? [], occupancy);
  const images = drawImages(frame, panel.images ?? [], panel.fixedPoints ?? [], occupancy);
  const points = drawFixedPoints(frame, panel.fixedPoints ?? [], occupancy);
  const notes = drawNotes(frame, panel.notes ?? [], occupancy);
  const none = { size: SIZE.small, fill: COLOUR.ink3, anchor: 'middle', halo: COLOUR.sunk } as const;
  const regions = panel.regions ? drawRegions(frame, panel.regions, occupancy) : NO_REGIONS;
  const field: Layers = scale
    ? drawField(context, panel, scale, table, frame, occupancy)
    : {
        below: '',
        labels: textElement(frame.x + frame.width / 2, frame.y + frame.height / 2, 'no finite value', none),
      };
  const masked = hasMasked(panel.field) ? drawMaskedGround(context, frame) : '';
  const inside = [masked, field.below, regions.lines, curves, field.labels].join('');
  const clipped = element('g', { 'clip-path': clipToFrame(context, frame) }, inside);
  const dead = panel.deadRanges ? drawDeadRanges(frame, panel.deadRanges) : '';
  const width = barWidth(panel, frame.width);
  const bar = scale ? drawBar(context, scale, table, frame.x + frame.width - width, frame.y - 10, width) : '';
  // A fixed point on the border keeps its whole glyph.
  return clipped + axes + dead + images + points + regions.words + notes + bar;
}
