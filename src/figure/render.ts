/** A figure as SVG text: the same in Node and in the browser, the same bytes for the same input. */
import { drawAxes, type AxisRoom } from './axes.js';
import type { Frame } from './frame.js';
import { drawGallery } from './gallery.js';
import { drawHead } from './head.js';
import { drawLandscape } from './landscape.js';
import { drawLabelMap } from './label-map.js';
import {
  CAPTION_LINE,
  layoutFigure,
  MARGIN,
  titleBaseline,
  type PageLayout,
  type PlacedPanel,
} from './layout.js';
import { drawLine } from './line.js';
import type { Figure, Panel } from './picture.js';
import { element, escapeXml, hashText, polyline, type DrawContext } from './svg.js';
import { plainText, textElement } from './text.js';
import { COLOUR, FONT, SIZE } from './theme.js';

function newContext(figure: Figure): DrawContext {
  const words = [figure.title, figure.caption ?? '', ...figure.panels.flat().map((panel) => panel.title)];
  const prefix = `m${hashText(words.join('\n'))}`;
  let next = 0;
  return { defs: [], newId: (kind) => `${prefix}-${kind}-${String(next++)}` };
}

function drawPanel(context: DrawContext, placed: PlacedPanel): string {
  const { panel, letter, frame, room, head: height } = placed;
  const head = drawHead(panel, letter, { x: frame.x, plotTop: frame.y, width: frame.width, height });
  const label = [letter, panel.title, panel.subtitle].filter((part) => part !== undefined && part !== '');
  const body = drawBody(context, panel, frame, room);
  return element('g', { role: 'group', 'aria-label': plainText(label.join(': ')) }, head, body);
}

function drawBody(context: DrawContext, panel: Panel, frame: Frame, room: AxisRoom): string {
  if (panel.kind === 'gallery') return drawGallery(panel, frame);
  const axes = drawAxes(frame, panel.axisLabels, room);
  if (panel.kind === 'line') return axes + drawLine(context, panel, frame);
  return panel.kind === 'labels'
    ? drawLabelMap(context, panel, frame, axes)
    : drawLandscape(context, panel, frame, axes);
}

function drawWords(layout: PageLayout): string {
  let out = '';
  layout.title.forEach((line, k) => {
    out += textElement(MARGIN, titleBaseline(layout, k), line, {
      size: SIZE.title,
      fill: COLOUR.ink,
      bold: true,
    });
  });
  layout.caption.forEach((line, k) => {
    const y = layout.captionTop + 12 + k * CAPTION_LINE;
    out += textElement(MARGIN, y, line, { size: SIZE.small, fill: COLOUR.ink2 });
  });
  if (layout.honesty.length === 0) return out;
  const rule = polyline([MARGIN, layout.honestyTop, layout.width - MARGIN, layout.honestyTop]);
  out += element('path', { d: rule, stroke: COLOUR.rule });
  layout.honesty.forEach((line, k) => {
    const y = layout.honestyTop + 17 + k * 16;
    out += textElement(MARGIN, y, line, { size: SIZE.tick, fill: COLOUR.ink3 });
  });
  return out;
}

function description(figure: Figure): string {
  const panels = figure.panels
    .flat()
    .map((panel) => [panel.title, panel.subtitle].filter(Boolean).join(': '));
  return [figure.caption, panels.join('. '), figure.honesty]
    .filter((part) => part !== undefined && part !== '')
    .map((part) => plainText(part ?? ''))
    .join('\n');
}

/**
 * Draws a figure.
 * @returns an SVG document; sizes in CSS pixels
 */
export function renderSvg(figure: Figure): string {
  const layout = layoutFigure(figure);
  const context = newContext(figure);
  const panels = layout.panels.map((placed) => drawPanel(context, placed));
  const [titleId, descriptionId] = [context.newId('title'), context.newId('desc')];
  const { width, height } = layout;
  const content = [
    element('title', { id: titleId }, escapeXml(plainText(figure.title))),
    element('desc', { id: descriptionId }, escapeXml(description(figure))),
    element('defs', {}, ...context.defs),
    element('rect', { width, height, fill: COLOUR.paper }),
    drawWords(layout),
    ...panels,
  ];
  const root = {
    xmlns: 'http://www.w3.org/2000/svg',
    width,
    height,
    viewBox: `0 0 ${String(width)} ${String(height)}`,
    role: 'img',
    'aria-labelledby': `${titleId} ${descriptionId}`,
    'font-family': FONT,
  };
  return `${element('svg', root, ...content)}\n`;
}
