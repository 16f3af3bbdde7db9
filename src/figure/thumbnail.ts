/**
 * A panel alone, as small as a card needs it: no title, no axes, no colour bar, no words of its own. The page around it
 * says what it shows.
 */
import type { Frame } from './frame.js';
import { drawLandscape } from './landscape.js';
import { drawLine, lineRanges } from './line.js';
import type { LandscapePanel, LinePanel } from './picture.js';
import { element, hashText, type DrawContext } from './svg.js';
import { COLOUR, FONT } from './theme.js';

/** Room around a curve, as a share of the picture. */
const AROUND_LINE = 0.06;

function lineFrame(panel: LinePanel, side: number): Frame {
  const room = AROUND_LINE * side;
  return { x: room, y: room, width: side - 2 * room, height: side - 2 * room, ...lineRanges(panel) };
}

/**
 * Draws a square of a landscape or a curve.
 * @param name what tells this picture from others on the same page: ids within it begin with its hash
 * @param side of the square, CSS pixels
 * @returns an SVG document of the same bytes for the same input
 */
export function renderThumbnail(panel: LandscapePanel | LinePanel, name: string, side: number): string {
  const prefix = `m${hashText(name)}`;
  let next = 0;
  const context: DrawContext = { defs: [], newId: (kind) => `${prefix}-${kind}-${String(next++)}` };
  const drawn =
    panel.kind === 'line'
      ? drawLine(
          context,
          { ...panel, flat: (panel.flat ?? []).map((stretch) => ({ ...stretch, label: '' })) },
          lineFrame(panel, side),
        )
      : drawLandscape(
          context,
          panel,
          { x: 0, y: 0, width: side, height: side, s: panel.extent[0], t: panel.extent[1] },
          '',
        );
  const root = {
    xmlns: 'http://www.w3.org/2000/svg',
    width: side,
    height: side,
    viewBox: `0 0 ${String(side)} ${String(side)}`,
    'font-family': FONT,
  };
  const ground = element('rect', { width: side, height: side, fill: COLOUR.paper });
  return `${element('svg', root, element('defs', {}, ...context.defs), ground, drawn)}\n`;
}
