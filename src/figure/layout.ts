/** Where everything stands on the page. Only sizes are decided here; nothing is drawn. */
import { axisRoom, type AxisRoom } from './axes.js';
import type { Frame } from './frame.js';
import { galleryRoom, gallerySize } from './gallery.js';
import { headHeight } from './head.js';
import { lineRanges } from './line.js';
import type { Figure, LandscapePanel, Panel } from './picture.js';
import { wrapText } from './text.js';
import { SIZE } from './theme.js';

export const MARGIN = 28;
const GAP = 30;
const ROW_GAP = 22;
const TITLE_LINE = 25;
export const CAPTION_LINE = 18;
const WIDTHS = [520, 960, 1320] as const;
const LINE_RATIO = 0.62;
/** Beyond this ratio of sides the axes are scaled apart: an isotropic plot would be a thread. */
const MOST_ELONGATED = 6;

export interface PlacedPanel {
  readonly panel: Panel;
  readonly letter: string;
  readonly frame: Frame;
  readonly room: AxisRoom;
  /** Height of the head above the frame. */
  readonly head: number;
}

export interface PageLayout {
  readonly width: number;
  readonly height: number;
  readonly title: readonly string[];
  readonly titleTop: number;
  readonly panels: readonly PlacedPanel[];
  readonly caption: readonly string[];
  readonly captionTop: number;
  readonly honesty: readonly string[];
  readonly honestyTop: number;
}

interface Box {
  readonly width: number;
  readonly height: number;
}

/** Height over width of the extent. */
function aspect(panel: Pick<LandscapePanel, 'extent'>): number {
  const [[s0, s1], [t0, t1]] = panel.extent;
  const ratio = (t1 / 2 - t0 / 2) / (s1 / 2 - s0 / 2);
  return ratio <= MOST_ELONGATED && ratio >= 1 / MOST_ELONGATED ? ratio : 1;
}

/** Size of a plot that may be `width` wide; tall ones are limited, so that they do not rule the page. */
function plotBox(panel: Panel, width: number): Box {
  if (panel.kind === 'line') return { width, height: width * LINE_RATIO };
  if (panel.kind === 'gallery') {
    const [columns, rows] = gallerySize(panel);
    return { width, height: (width * rows) / columns };
  }
  const height = Math.min(width * aspect(panel), 1.35 * width);
  return { width: height / aspect(panel), height };
}

function frameOf(panel: Panel, x: number, y: number, box: Box): Frame {
  return { x, y, ...box, ...rangesOf(panel) };
}

function rangesOf(panel: Panel): Pick<Frame, 's' | 't'> {
  if (panel.kind === 'line') return lineRanges(panel);
  if (panel.kind === 'landscape' || panel.kind === 'labels')
    return { s: panel.extent[0], t: panel.extent[1] };
  const [columns, rows] = gallerySize(panel);
  return { s: [0, columns], t: [0, rows] };
}

function roomOf(panel: Panel, frame: Frame): AxisRoom {
  return panel.kind === 'gallery' ? galleryRoom(panel) : axisRoom(frame, panel.axisLabels);
}

/** Line plots beside landscapes are as high as these. */
function rowHeight(row: readonly Panel[], width: number): number {
  const landscapes = row.filter((panel) => panel.kind === 'landscape' || panel.kind === 'labels');
  return Math.max(
    0,
    ...(landscapes.length > 0 ? landscapes : row).map((panel) => plotBox(panel, width).height),
  );
}

interface Columns {
  /** Left edge of the plots of each column, and their common width. */
  readonly left: readonly number[];
  readonly plotWidth: number;
}

/** One gutter for a column, the widest that a panel in it needs, so that plots align. */
function arrangeColumns(figure: Figure, width: number): Columns {
  const count = Math.max(1, ...figure.panels.map((row) => row.length));
  const rough = Math.max(40, (width - 2 * MARGIN - (count - 1) * GAP) / count - 40);
  const gutters = Array.from({ length: count }, (_, column) => {
    const rooms = figure.panels.map((row) => {
      const panel = row.at(column);
      return panel ? roomOf(panel, frameOf(panel, 0, 0, plotBox(panel, rough))).left : 0;
    });
    return Math.max(0, ...rooms);
  });
  const taken = gutters.reduce((sum, gutter) => sum + gutter, 0) + (count - 1) * GAP + 2 * MARGIN;
  const plotWidth = Math.max(40, (width - taken) / count);
  let x = MARGIN;
  const left = gutters.map((gutter) => {
    const at = x + gutter;
    x = at + plotWidth + GAP;
    return at;
  });
  return { left, plotWidth };
}

function layoutRow(
  row: readonly Panel[],
  letters: readonly string[],
  columns: Columns,
  top: number,
): { panels: PlacedPanel[]; bottom: number } {
  const { left, plotWidth } = columns;
  const height = rowHeight(row, plotWidth);
  const head = Math.max(
    ...row.map((panel, k) => headHeight(panel, letters[k], plotBox(panel, plotWidth).width)),
  );
  const panels = row.map((panel, k): PlacedPanel => {
    const box = panel.kind === 'line' ? { width: plotWidth, height } : plotBox(panel, plotWidth);
    const frame = frameOf(panel, left[k], top + head, box);
    return { panel, letter: letters[k], frame, room: roomOf(panel, frame), head };
  });
  const bottom = Math.max(...panels.map(({ frame, room }) => frame.y + frame.height + room.below));
  return { panels, bottom };
}

/** Letters of the panels of each row: a, b, c, or none. */
function panelLetters(figure: Figure): string[][] {
  const total = figure.panels.reduce((sum, row) => sum + row.length, 0);
  const shown = figure.letters ?? total > 1;
  let next = 0;
  const letter = (k: number): string =>
    (k < 26 ? '' : letter(Math.floor(k / 26) - 1)) + String.fromCharCode(97 + (k % 26));
  return figure.panels.map((row) => row.map(() => (shown ? letter(next++) : '')));
}

/** Sizes and places of a figure. */
export function layoutFigure(figure: Figure): PageLayout {
  const count = Math.max(1, ...figure.panels.map((row) => row.length));
  const width = Math.max(160, figure.width ?? WIDTHS.at(count - 1) ?? 380 * count + 2 * MARGIN);
  const inner = width - 2 * MARGIN;
  const columns = arrangeColumns(figure, width);
  const letters = panelLetters(figure);
  const title = figure.title === '' ? [] : wrapText(figure.title, inner, SIZE.title, true);
  let y = MARGIN + title.length * TITLE_LINE + (title.length > 0 ? 12 : 0);
  const panels: PlacedPanel[] = [];
  figure.panels.forEach((row, k) => {
    if (row.length === 0) return;
    const placed = layoutRow(row, letters[k], columns, y);
    panels.push(...placed.panels);
    y = placed.bottom + ROW_GAP;
  });
  y -= panels.length > 0 ? ROW_GAP : 0;
  const caption = figure.caption === undefined ? [] : wrapText(figure.caption, inner, SIZE.small);
  const captionTop = y + (caption.length > 0 ? 16 : 0);
  y = captionTop + caption.length * CAPTION_LINE;
  const honesty = figure.honesty === undefined ? [] : wrapText(figure.honesty, inner - 12, SIZE.tick);
  const honestyTop = y + (honesty.length > 0 ? 14 : 0);
  const height = honestyTop + honesty.length * 16 + (honesty.length > 0 ? 6 : 0) + MARGIN - 10;
  return {
    width,
    height: Math.ceil(height),
    title,
    titleTop: MARGIN,
    panels,
    caption,
    captionTop,
    honesty,
    honestyTop,
  };
}

/** Baseline of line k of the title. */
export function titleBaseline(layout: PageLayout, k: number): number {
  return layout.titleTop + 15 + k * TITLE_LINE;
}
