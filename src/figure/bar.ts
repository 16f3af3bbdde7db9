/** The colour bar: even in tone, with real values at their true places. */
import { colourAt, type ColourTable } from './colour.js';
import { isolineLevels } from './levels.js';
import { formatNumber } from './number.js';
import { element, polyline, type DrawContext } from './svg.js';
import { textElement, textWidth } from './text.js';
import { COLOUR } from './theme.js';
import type { ToneScale } from './tone.js';

const HEIGHT = 7;
const STOPS = 33;
const WORDS = 10;

interface BarTick {
  readonly tone: number;
  readonly text: string;
}

/** Both ends and those labelled isoline values that fit between them, the middle one first. */
function barTicks(scale: ToneScale, width: number): BarTick[] {
  if (scale.constant) return [{ tone: 0.5, text: formatNumber(scale.low) }];
  const ends = [
    { tone: 0, text: formatNumber(scale.low) },
    { tone: 1, text: formatNumber(scale.high) },
  ];
  const kept: { from: number; to: number; tick: BarTick }[] = [];
  const place = (tick: BarTick): void => {
    const size = textWidth(tick.text, WORDS);
    const from = tick.tone === 0 ? 0 : tick.tone === 1 ? width - size : tick.tone * width - size / 2;
    const to = from + size;
    if (kept.every((other) => from > other.to + 6 || to < other.from - 6)) kept.push({ from, to, tick });
  };
  ends.forEach(place);
  const strong = isolineLevels(scale).filter((level) => level.strong);
  for (const k of [1, 0, 2]) place({ tone: strong[k].tone, text: formatNumber(strong[k].value) });
  return kept.map(({ tick }) => tick).sort((a, b) => a.tone - b.tone);
}

/**
 * Draws a bar whose lower edge is at `bottom`.
 * @param x left edge
 * @param width in pixels
 */
export function drawBar(
  context: DrawContext,
  scale: ToneScale,
  table: ColourTable,
  x: number,
  bottom: number,
  width: number,
): string {
  const id = context.newId('bar');
  const stops = Array.from({ length: STOPS }, (_, k) => {
    const t = k / (STOPS - 1);
    return element('stop', { offset: t.toFixed(4), 'stop-color': colourAt(table, scale.constant ? 0.5 : t) });
  });
  context.defs.push(element('linearGradient', { id }, ...stops));
  const y = bottom - HEIGHT;
  const box = { x, y, width, height: HEIGHT, fill: `url(#${id})` };
  let out = element('rect', box);
  let marks = '';
  for (const { tone, text } of barTicks(scale, width)) {
    const at = x + tone * width;
    const anchor = tone === 0 ? 'start' : tone === 1 ? 'end' : 'middle';
    out += textElement(at, y - 5, text, { size: WORDS, fill: COLOUR.ink2, anchor });
    if (tone > 0 && tone < 1) marks += polyline([at, y - 2.5, at, y]);
  }
  if (marks !== '') out += element('path', { d: marks, stroke: COLOUR.ink3, 'stroke-width': 1 });
  return out;
}
