/** Regions of a plot: a thin line around each, and words in those with room for them. */
import { isInside, type Frame } from './frame.js';
import { lineDiscs, type Occupancy } from './occupancy.js';
import { innerEdges, outlineAbove, thinCounts } from './outline.js';
import type { RegionMap } from './picture.js';
import { element, polyline } from './svg.js';
import { textElement, textWidth } from './text.js';
import { COLOUR } from './theme.js';
import type { ThinnedField } from './thin.js';

/** Lines around more regions than this would be all that is seen. */
const MOST_REGIONS = 64;
const WORDS = 11.5;
const LINE = 15;
/** Room between words and the border of their region, in pixels. */
const ROOM = 5;
/** Places tried for each region. */
const PLACES = 400;

/** Steps to the nearest sample of another region or the border, for every sample: two sweeps (chamfer distance). */
function clearance({ values, width, height }: ThinnedField): Float64Array {
  const steps = new Float64Array(values.length);
  const from = (cell: number, other: number): number =>
    values[cell] === values[other] ? steps[other] + 1 : 1;
  for (let j = 0; j < height; j++)
    for (let i = 0; i < width; i++) {
      const cell = j * width + i;
      steps[cell] = Math.min(i === 0 ? 1 : from(cell, cell - 1), j === 0 ? 1 : from(cell, cell - width));
    }
  for (let j = height - 1; j >= 0; j--)
    for (let i = width - 1; i >= 0; i--) {
      const cell = j * width + i;
      const right = i === width - 1 ? 1 : from(cell, cell + 1);
      const up = j === height - 1 ? 1 : from(cell, cell + width);
      steps[cell] = Math.min(steps[cell], right, up);
    }
  return steps;
}

/** Samples of each region, those farthest from its border first, at most `PLACES` of them. */
function placesOf(thin: ThinnedField, regions: number): number[][] {
  const steps = clearance(thin);
  const places: number[][] = Array.from({ length: regions }, () => []);
  for (let cell = 0; cell < thin.values.length; cell++) {
    const label = thin.values[cell];
    if (label >= 0 && label < regions) places[label].push(cell);
  }
  return places.map((cells) => {
    const stride = Math.max(1, Math.floor(cells.length / PLACES));
    return cells.filter((_, k) => k % stride === 0).sort((a, b) => steps[b] - steps[a]);
  });
}

/** Whether a box around (x, y) lies in one region. */
function fits(
  thin: ThinnedField,
  frame: Frame,
  label: number,
  box: readonly [number, number, number, number],
) {
  const [x, y, width, height] = box;
  return [-0.5, 0, 0.5].every((u) =>
    [-0.5, 0, 0.5].every((v) => {
      const [px, py] = [x + u * (width + 2 * ROOM), y + v * (height + 2 * ROOM)];
      if (!isInside(frame, px, py)) return false;
      const i = Math.min(thin.width - 1, Math.floor(((px - frame.x) / frame.width) * thin.width));
      const j = Math.min(thin.height - 1, Math.floor((1 - (py - frame.y) / frame.height) * thin.height));
      return thin.values[Math.max(0, j) * thin.width + i] === label;
    }),
  );
}

/** The words of one region where there is room for them, on one line or on several. */
function drawWords(
  thin: ThinnedField,
  frame: Frame,
  label: number,
  words: string,
  places: readonly number[],
  occupancy: Occupancy,
): string {
  for (const lines of [[words.replaceAll('\n', ' · ')], words.split('\n')]) {
    const widths = lines.map((line) => textWidth(line, WORDS, true));
    const [width, height] = [Math.max(...widths), lines.length * LINE];
    for (const cell of places) {
      const x = frame.x + (((cell % thin.width) + 0.5) / thin.width) * frame.width;
      const y = frame.y + (1 - (Math.floor(cell / thin.width) + 0.5) / thin.height) * frame.height;
      const middles = lines.map((_, k) => y - height / 2 + (k + 0.5) * LINE);
      const discs = middles.flatMap((middle, k) => lineDiscs(x, middle, widths[k], WORDS));
      if (!fits(thin, frame, label, [x, y, width, height]) || !occupancy.isFree(discs)) continue;
      occupancy.reserve(discs);
      const style = { size: WORDS, fill: COLOUR.plotLight, anchor: 'middle', bold: true } as const;
      return lines
        .map((line, k) =>
          textElement(x, middles[k] + 0.36 * WORDS, line, {
            ...style,
            halo: COLOUR.plotDark,
            haloWidth: 2.8,
          }),
        )
        .join('');
    }
  }
  return '';
}

/** Lines and words of regions; the words reserve their places. */
export function drawRegions(
  frame: Frame,
  { labels, size, words }: RegionMap,
  occupancy: Occupancy,
): { readonly lines: string; readonly words: string } {
  const thin = thinCounts({ values: labels, size });
  const drawn = Math.min(words.length, MOST_REGIONS);
  // The largest region ends where the others begin.
  const edges = Array.from({ length: Math.max(0, drawn - 1) }, (_, k) => k + 1).flatMap((label) => {
    const own = { ...thin, values: Array.from(thin.values, (value) => (value === label ? 1 : 0)) };
    return innerEdges(outlineAbove(own, 1));
  });
  const d = edges
    .map((edge) =>
      polyline(
        edge.map((v, i) => (i % 2 === 0 ? frame.x + v * frame.width : frame.y + (1 - v) * frame.height)),
      ),
    )
    .join('');
  const stroke = (colour: string, width: number) =>
    element('path', { d, fill: 'none', stroke: colour, 'stroke-width': width, 'stroke-linejoin': 'round' });
  const lines = d === '' ? '' : stroke(COLOUR.plotDark, 2.4) + stroke(COLOUR.plotLight, 1);
  const places = placesOf(thin, drawn);
  const text = places.map((cells, label) => drawWords(thin, frame, label, words[label], cells, occupancy));
  return { lines, words: text.join('') };
}
