/** The head of a panel: letter, title, verdict. */
import { VERDICT_COLOUR, verdictIcon } from './glyph.js';
import type { Panel } from './picture.js';
import { textElement, textWidth, wrapText } from './text.js';
import { COLOUR, SIZE } from './theme.js';

const TITLE_LINE = 18;
const WORDS_LINE = 16;
const ICON = 17;
const ABOVE_PLOT = 9;
/** Height of a colour bar with its numbers. */
const BAR_ROOM = 24;

/** Room for the colour bar at the right end of a head, gap included. */
export function barWidth(panel: Panel, plotWidth: number): number {
  return panel.kind !== 'landscape' ? 0 : Math.min(180, Math.max(90, 0.36 * plotWidth));
}

interface HeadLines {
  readonly title: readonly string[];
  readonly subtitle: readonly string[];
  /** Width of the letter with its gap. */
  readonly indent: number;
  /** Title and colour bar share a line. */
  readonly compact: boolean;
}

function headLines(panel: Panel, letter: string, plotWidth: number): HeadLines {
  const bar = barWidth(panel, plotWidth);
  const beside = plotWidth - (bar > 0 ? bar + 14 : 0);
  const indent = letter === '' ? 0 : textWidth(letter, SIZE.panel, true) + 9;
  const icon = panel.verdict === undefined ? 0 : ICON;
  const subtitle =
    panel.subtitle === undefined
      ? []
      : wrapText(panel.subtitle, beside - icon, SIZE.small, panel.verdict !== undefined);
  const compact = subtitle.length === 0 && textWidth(panel.title, SIZE.panel, true) + indent <= beside;
  const title =
    panel.title === '' && letter === '' ? [] : wrapText(panel.title, plotWidth - indent, SIZE.panel, true);
  return { title, subtitle, indent, compact };
}

/** Height of a head in pixels, the gap above the plot included. Heads in a row take the largest. */
export function headHeight(panel: Panel, letter: string, plotWidth: number): number {
  const { title, subtitle, compact } = headLines(panel, letter, plotWidth);
  const bar = panel.kind !== 'landscape' ? 0 : BAR_ROOM;
  if (compact) return Math.max(title.length * TITLE_LINE, bar) + ABOVE_PLOT;
  return title.length * TITLE_LINE + Math.max(subtitle.length * WORDS_LINE, bar) + ABOVE_PLOT;
}

/**
 * Draws a head; titles of a row stand on one line, at the top.
 * @param x left edge of the plot
 * @param plotTop upper edge of the plot
 * @param height of the heads in this row
 */
export function drawHead(
  panel: Panel,
  letter: string,
  place: { readonly x: number; readonly plotTop: number; readonly width: number; readonly height: number },
): string {
  const { x, plotTop, width, height } = place;
  const { title, subtitle, indent } = headLines(panel, letter, width);
  const bold = { size: SIZE.panel, fill: COLOUR.ink, bold: true } as const;
  let y = plotTop - height + 13;
  let out = letter === '' ? '' : textElement(x, y, letter, bold);
  for (const line of title) {
    out += textElement(x + indent, y, line, bold);
    y += TITLE_LINE;
  }
  y += 2;
  const { verdict } = panel;
  if (verdict !== undefined && subtitle.length > 0) out += verdictIcon(verdict, x + 0.5, y - 10);
  const fill = verdict === undefined ? COLOUR.ink2 : VERDICT_COLOUR[verdict];
  for (const line of subtitle) {
    const left = x + (verdict === undefined ? 0 : ICON);
    out += textElement(left, y, line, { size: SIZE.small, fill, bold: verdict !== undefined });
    y += WORDS_LINE;
  }
  return out;
}
