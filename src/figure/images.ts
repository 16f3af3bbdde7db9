/**
 * States that are images, as tiles on a landscape: a memory at its own place, since the image is the memory; other
 * fixed points keep their glyph and have a smaller tile beside it, joined by a stem. Tiles keep off each other.
 */
import { encode } from 'fast-png';
import { isInside, toX, toY, type Frame } from './frame.js';
import { pathDiscs, type Disc, type Occupancy } from './occupancy.js';
import type { FixedPointMark, ImageMark, PixelImage } from './picture.js';
import { base64, repeatPixels } from './raster.js';
import { element, polyline } from './svg.js';
import { COLOUR } from './theme.js';

/** Side of a tile as a share of the plot's shorter side, and of a tile beside a glyph as a share of that. */
const SHARE = 0.13;
const BESIDE = 0.72;
/** Pixels between a glyph and the tile beside it. */
const STEM = 12;
const DIRECTIONS = 16;
/** Radius in pixels that a glyph needs. */
const GLYPH = 9;

/** Whether a point is drawn as a tile instead of a glyph. */
export function isTile(point: FixedPointMark): boolean {
  return point.image !== undefined && point.class === 'stable' && point.falseMemory !== true;
}

/** Side of the tile of a memory in pixels. */
export const tileSide = (frame: Frame): number => SHARE * Math.min(frame.width, frame.height);

/** Parts of a colour `#rrggbb`, 0 to 255. */
const channels = (colour: string): number[] =>
  [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));

function rangeOf(pixels: ArrayLike<number>, count: number): [low: number, high: number] {
  let [low, high] = [Infinity, -Infinity];
  for (let k = 0; k < count; k++) {
    if (pixels[k] < low) low = pixels[k];
    if (pixels[k] > high) high = pixels[k];
  }
  return [low, high];
}

/** A PNG of an image between white and ink as a data URI, every pixel a block, so that no viewer blurs it away. */
export function pixelPng({ pixels, size: [width, height], range }: PixelImage, side: number): string {
  const [low, high] = range ?? rangeOf(pixels, width * height);
  const [white, ink] = [channels(COLOUR.plotLight), channels(COLOUR.plotDark)];
  const data = new Uint8Array(4 * width * height).fill(255);
  for (let k = 0; k < width * height; k++) {
    const share = high > low ? Math.min(1, Math.max(0, (pixels[k] - low) / (high - low))) : 0;
    for (let c = 0; c < 3; c++) data[4 * k + c] = Math.round(white[c] + share * (ink[c] - white[c]));
  }
  const shown = repeatPixels({ data, width, height, channels: 4 }, [2 * side, 2 * side]);
  return `data:image/png;base64,${base64(encode({ ...shown, depth: 8 }))}`;
}

/** A tile of `side` pixels along its longer side, centred at (x, y): white ground, ink casing. */
function tile(image: PixelImage, x: number, y: number, side: number): string {
  const longer = Math.max(...image.size);
  const [width, height] = image.size.map((n) => (side * n) / longer);
  const box = { x: x - width / 2, y: y - height / 2, width, height };
  const grown = (by: number) => ({
    x: box.x - by,
    y: box.y - by,
    width: width + 2 * by,
    height: height + 2 * by,
  });
  return (
    element('rect', { ...grown(3.4), rx: 5.4, fill: COLOUR.plotDark }) +
    element('rect', { ...grown(2), rx: 4, fill: COLOUR.plotLight }) +
    element('image', { ...box, preserveAspectRatio: 'none', href: pixelPng(image, side) })
  );
}

/** Discs that cover a square tile. */
function tileDiscs(x: number, y: number, side: number): Disc[] {
  const reach = side / 4;
  return [-1, 1].flatMap((u) => [-1, 1].map((v): Disc => [x + u * reach, y + v * reach, side * 0.36]));
}

interface Place {
  readonly x: number;
  readonly y: number;
}

/** Where a tile beside a glyph has room: as far from the other points as possible. */
function placeBeside(
  point: Place,
  others: readonly Place[],
  side: number,
  frame: Frame,
  occupancy: Occupancy,
): Place | undefined {
  const reach = STEM + side * 0.62;
  const nearest = ({ x, y }: Place) =>
    Math.min(...others.map((other) => Math.hypot(other.x - x, other.y - y)), Infinity);
  return Array.from({ length: DIRECTIONS }, (_, k): Place => {
    const angle = (2 * Math.PI * k) / DIRECTIONS;
    return { x: point.x + reach * Math.cos(angle), y: point.y + reach * Math.sin(angle) };
  })
    .filter(({ x, y }) => isInside(frame, x, y, side / 2 + 8) && occupancy.isFree(tileDiscs(x, y, side)))
    .toSorted((a, b) => nearest(b) - nearest(a))
    .at(0);
}

/**
 * Tiles of states and fixed points inside the plot; they reserve their places. What finds no room beside its glyph is
 * left out.
 */
export function drawImages(
  frame: Frame,
  images: readonly ImageMark[],
  points: readonly FixedPointMark[],
  occupancy: Occupancy,
): string {
  const side = tileSide(frame);
  const at = ({ s, t }: { readonly s: number; readonly t: number }): Place => ({
    x: toX(frame, s),
    y: toY(frame, t),
  });
  const inside = ({ x, y }: Place) => isInside(frame, x, y);
  const memories = points.flatMap(({ s, t, ...point }): ImageMark[] =>
    isTile({ s, t, ...point }) && point.image ? [{ s, t, ...point.image }] : [],
  );
  let tiles = '';
  for (const mark of [...images, ...memories]) {
    const { x, y } = at(mark);
    if (!inside({ x, y })) continue;
    occupancy.reserve(tileDiscs(x, y, side));
    tiles += tile(mark, x, y, side);
  }
  const marks = points.map(at).filter(inside);
  occupancy.reserve(marks.map(({ x, y }): Disc => [x, y, GLYPH]));
  let stems = '';
  for (const point of points) {
    const { x, y } = at(point);
    if (isTile(point) || point.image === undefined || !inside({ x, y })) continue;
    const others = marks.filter((mark) => mark.x !== x || mark.y !== y);
    const free = placeBeside({ x, y }, others, BESIDE * side, frame, occupancy);
    if (!free) continue;
    const line = [x, y, free.x, free.y];
    occupancy.reserve([...tileDiscs(free.x, free.y, BESIDE * side), ...pathDiscs(line, 3)]);
    stems += stem(line);
    tiles += tile(point.image, free.x, free.y, BESIDE * side);
  }
  return stems + tiles;
}

function stem(line: readonly number[]): string {
  const d = polyline(line);
  return (
    element('path', { d, stroke: COLOUR.plotDark, 'stroke-width': 4 }) +
    element('path', { d, stroke: COLOUR.plotLight, 'stroke-width': 1.8 })
  );
}
