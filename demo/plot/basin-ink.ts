/**
 * Basins laid over a landscape: a colour and a pattern for each, so that eyes that see few colours tell them apart; white
 * lines between them; a lattice of their own where it is not decided where a state goes. The field shines through.
 */
import { BASINS } from '../figures.js';
import { LEAVES, SADDLE, UNDECIDED, type Basins } from '../model/basins.js';

/** Red, green, blue and opacity, 0 to 255. */
type Rgba = readonly [number, number, number, number];

const PAPER: Rgba = [245, 244, 240, 205];
const GREY: Rgba = [70, 74, 82, 255];
const LINE: Rgba = [255, 255, 255, 235];
const [WASH, MARK] = [140, 255];
/** CSS pixels between marks, and their half width. */
const [GAP, HALF] = [13, 1.1];

const rgb = (hex: string) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
const COLOURS = BASINS.map((hex) => rgb(hex) as [number, number, number]);
const lighter = (v: number) => Math.round(v + 0.55 * (255 - v));

const near = (v: number) => Math.abs((((v % GAP) + GAP) % GAP) - GAP / 2) <= HALF;
/** Whether a mark lies at a place, in CSS pixels: none, dots, lying lines, standing lines, crosses. */
const PATTERNS: readonly ((x: number, y: number) => boolean)[] = [
  () => false,
  (x, y) => near(x) && near(y),
  (_, y) => near(y),
  (x) => near(x),
  (x, y) => (near(x) && near(2 * y)) || (near(y) && near(2 * x)),
];

/** Colour of a label at a place in CSS pixels. */
export function inkAt(label: number, x: number, y: number): Rgba {
  if (label === UNDECIDED) return near(x + y) || near(x - y) ? GREY : PAPER;
  if (label === SADDLE) return LINE;
  if (label === LEAVES) return near(x) && near(y) ? PAPER : [GREY[0], GREY[1], GREY[2], 190];
  const [r, g, b] = COLOURS[label % COLOURS.length];
  // Five patterns and eight colours meet again after forty labels.
  if (!PATTERNS[label % PATTERNS.length](x, y)) return [r, g, b, WASH];
  return [lighter(r), lighter(g), lighter(b), MARK];
}

/**
 * Paints a map on pixels.
 * @param ratio pixels to a CSS pixel.
 */
export function paintBasins(
  out: Uint8ClampedArray,
  [width, height]: readonly [number, number],
  ratio: number,
  { labels, size: [columns, rows] }: Pick<Basins, 'labels' | 'size'>,
): void {
  const column = Int32Array.from({ length: width + 1 }, (_, i) =>
    Math.min(columns - 1, Math.floor(((i + 0.5) / width) * columns)),
  );
  const row = Int32Array.from(
    { length: height + 1 },
    (_, j) => Math.max(0, Math.floor((1 - (j + 0.5) / height) * rows)) * columns,
  );
  for (let j = 0, at = 0; j < height; j++)
    for (let i = 0; i < width; i++, at += 4) {
      const label = labels[row[j] + column[i]];
      const edge = label !== labels[row[j] + column[i + 1]] || label !== labels[row[j + 1] + column[i]];
      const ink = edge ? LINE : inkAt(label, i / ratio, j / ratio);
      for (let k = 0; k < 4; k++) out[at + k] = ink[k];
    }
}
