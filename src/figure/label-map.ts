/** A map of regions: flat colours, dots from the ninth region on, hatches where a sample belongs to none. */
import { encode } from 'fast-png';
import { clipToFrame, type Frame } from './frame.js';
import { drawCurves, drawFixedPoints, drawNotes } from './marks.js';
import { Occupancy } from './occupancy.js';
import type { LabelPanel } from './picture.js';
import { base64 } from './raster.js';
import { element, type DrawContext } from './svg.js';
import { BASINS, COLOUR } from './theme.js';

const MAX_SAMPLES = 2048;
const SHARE = 0.55;
/** Pixels between dots and between lines of a hatch, and their sizes. */
const [DOT_GAP, DOT, HATCH_GAP, HATCH] = [9, 2, 10, 2];

const rgb = (hex: string) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
const faded = (hex: string) => rgb(hex).map((c) => Math.round(255 - SHARE * (255 - c)));

/** Colours, then their darker dots, then the ground and the lines of what is in no region. */
const PALETTE = [
  ...BASINS.map(faded),
  ...BASINS.map((hex) => rgb(hex)),
  rgb(COLOUR.sunk),
  rgb(COLOUR.ruleStrong),
].map((colour) => [...colour, 255]);
const GROUND = 2 * BASINS.length;

/** Palette entry of a label at a pixel of the picture. */
function entryAt(label: number, x: number, y: number): number {
  if (label < 0) return GROUND + ((x + y) % HATCH_GAP < HATCH ? 1 : 0);
  const colour = label % BASINS.length;
  const dotted = label >= BASINS.length && x % DOT_GAP < DOT && y % DOT_GAP < DOT;
  return dotted ? colour + BASINS.length : colour;
}

function picture({ labels, size: [columns, rows] }: LabelPanel, least: readonly [number, number]): string {
  const [ns, nt] = [Math.min(columns, MAX_SAMPLES), Math.min(rows, MAX_SAMPLES)];
  const [across, down] = [Math.ceil(least[0] / ns), Math.ceil(least[1] / nt)].map((k) => Math.max(1, k));
  const [width, height] = [ns * across, nt * down];
  const data = new Uint8Array(width * height);
  const column = Uint32Array.from({ length: width }, (_, x) =>
    Math.floor(((Math.floor(x / across) + 0.5) * columns) / ns),
  );
  for (let y = 0; y < height; y++) {
    const row = Math.floor(((nt - 1 - Math.floor(y / down) + 0.5) * rows) / nt) * columns;
    for (let x = 0; x < width; x++) data[y * width + x] = entryAt(labels[row + column[x]], x, y);
  }
  const png = encode(
    { width, height, data, depth: 8, channels: 1, palette: PALETTE },
    { zlib: { level: 5 } },
  );
  return `data:image/png;base64,${base64(png)}`;
}

/** The map in its frame; `axes` lie between the picture and its glyphs. */
export function drawLabelMap(context: DrawContext, panel: LabelPanel, frame: Frame, axes: string): string {
  const { x, y, width, height } = frame;
  const occupancy = new Occupancy();
  const points = drawFixedPoints(frame, panel.fixedPoints ?? [], occupancy);
  const curves = drawCurves(frame, panel.curves ?? [], occupancy);
  const notes = drawNotes(frame, panel.notes ?? [], occupancy);
  const href = picture(panel, [2 * width, 2 * height]);
  const image = element('image', { x, y, width, height, preserveAspectRatio: 'none', href });
  const clipped = element('g', { 'clip-path': clipToFrame(context, frame) }, image, curves);
  return clipped + axes + points + notes;
}
