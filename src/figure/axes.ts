/** Axes: a hairline frame, ticks at round numbers, labels, bars where a neuron is dead. */
import { toX, toY, type Frame } from './frame.js';
import { roundTicks, type Tick } from './number.js';
import type { DeadRanges } from './picture.js';
import { element, polyline } from './svg.js';
import { textElement, textWidth } from './text.js';
import { COLOUR, SIZE } from './theme.js';

const TICK = 4;
const INLINE_GAP = 7;

/** Room that the axes need beside a plot, in pixels. */
export interface AxisRoom {
  readonly left: number;
  readonly below: number;
}

/** A label that is short enough stands between the last two tick numbers instead of on a line of its own. */
function axisLabelStyle(label: string): string {
  return /^\p{L}$/u.test(label) ? `*${label}*` : label;
}

/** Ticks of the horizontal axis of a box `width` pixels wide. */
function horizontalTicks(range: readonly [number, number], width: number): Tick[] {
  const ticks = roundTicks(range[0], range[1], Math.max(2, Math.floor(width / 60)));
  const widest = Math.max(0, ...ticks.map((tick) => textWidth(tick.text, SIZE.tick)));
  if (ticks.length < 2 || widest + 10 < width / ticks.length) return ticks;
  return roundTicks(range[0], range[1], Math.max(2, Math.floor(width / (widest + 24))));
}

/** Ticks of the vertical axis of a box `height` pixels high. */
function verticalTicks(range: readonly [number, number], height: number): Tick[] {
  return roundTicks(range[0], range[1], Math.max(2, Math.floor(height / 55)));
}

/** Pixel position of an inline label, or undefined when it does not fit between the last two numbers. */
function inlinePlace(
  positions: readonly number[],
  sizes: readonly number[],
  label: number,
): number | undefined {
  for (let k = positions.length - 1; k > 0; k--) {
    const gap = Math.abs(positions[k] - positions[k - 1]) - (sizes[k] + sizes[k - 1]) / 2;
    if (gap >= label + 2 * INLINE_GAP) return (positions[k] + positions[k - 1]) / 2;
  }
  return undefined;
}

function inlineX(frame: Frame, ticks: readonly Tick[], label: string): number | undefined {
  const sizes = ticks.map((tick) => textWidth(tick.text, SIZE.tick));
  const positions = ticks.map((tick) => toX(frame, tick.value));
  const width = textWidth(label, SIZE.axis);
  return width > 40 ? undefined : inlinePlace(positions, sizes, width);
}

function inlineY(frame: Frame, ticks: readonly Tick[], label: string): number | undefined {
  const positions = ticks.map((tick) => toY(frame, tick.value));
  if (textWidth(label, SIZE.axis) > 26) return undefined;
  return inlinePlace(
    positions,
    ticks.map(() => SIZE.tick),
    SIZE.axis,
  );
}

/**
 * Room for numbers and labels.
 * @param frame only its size and ranges matter
 */
export function axisRoom(frame: Frame, labels: readonly [string, string]): AxisRoom {
  const [below, left] = labels.map(axisLabelStyle);
  const vertical = verticalTicks(frame.t, frame.height);
  const numbers = Math.max(14, ...vertical.map((tick) => textWidth(tick.text, SIZE.tick)));
  const inline = inlineY(frame, vertical, left) !== undefined;
  const own = inline || left === '' ? 0 : 20;
  const second = inlineX(frame, horizontalTicks(frame.s, frame.width), below) === undefined && below !== '';
  return {
    left: Math.max(numbers, inline ? textWidth(left, SIZE.axis) : 0) + TICK + 6 + own,
    below: second ? 42 : 22,
  };
}

function drawHorizontal(frame: Frame, label: string): string {
  const bottom = frame.y + frame.height;
  const ticks = horizontalTicks(frame.s, frame.width);
  const words = { size: SIZE.tick, fill: COLOUR.ink2, anchor: 'middle' } as const;
  let marks = '';
  let out = '';
  for (const tick of ticks) {
    const x = toX(frame, tick.value);
    marks += polyline([x, bottom, x, bottom + TICK]);
    out += textElement(x, bottom + 17, tick.text, words);
  }
  const styled = axisLabelStyle(label);
  const inline = inlineX(frame, ticks, styled);
  const place = inline ?? frame.x + frame.width / 2;
  const big = { ...words, size: inline === undefined ? SIZE.small + 0.5 : SIZE.axis, fill: COLOUR.ink };
  if (label !== '') out += textElement(place, inline === undefined ? bottom + 35 : bottom + 17, styled, big);
  return element('path', { d: marks, stroke: COLOUR.ruleStrong }) + out;
}

function drawVertical(frame: Frame, label: string, room: AxisRoom): string {
  const ticks = verticalTicks(frame.t, frame.height);
  const words = { size: SIZE.tick, fill: COLOUR.ink2, anchor: 'end' } as const;
  let marks = '';
  let out = '';
  for (const tick of ticks) {
    const y = toY(frame, tick.value);
    marks += polyline([frame.x - TICK, y, frame.x, y]);
    out += textElement(frame.x - TICK - 4, y + 0.36 * SIZE.tick, tick.text, words);
  }
  const styled = axisLabelStyle(label);
  const inline = inlineY(frame, ticks, styled);
  if (inline !== undefined) {
    out += textElement(frame.x - TICK - 4, inline + 4, styled, {
      ...words,
      size: SIZE.axis,
      fill: COLOUR.ink,
    });
  } else if (label !== '') {
    const style = { size: SIZE.small + 0.5, fill: COLOUR.ink, anchor: 'middle', rotate: -90 } as const;
    out += textElement(frame.x - room.left + 12, frame.y + frame.height / 2, styled, style);
  }
  return element('path', { d: marks, stroke: COLOUR.ruleStrong }) + out;
}

/** Bars on the axes over the ranges in which the neuron of that axis is dead. */
export function drawDeadRanges(frame: Frame, dead: DeadRanges): string {
  const clamp = (v: number, [low, high]: readonly [number, number]): number =>
    Math.min(high, Math.max(low, v));
  let d = '';
  for (const [from, to] of dead.s ?? []) {
    const y = frame.y + frame.height + 1.5;
    d += polyline([toX(frame, clamp(from, frame.s)), y, toX(frame, clamp(to, frame.s)), y]);
  }
  for (const [from, to] of dead.t ?? []) {
    const x = frame.x - 1.5;
    d += polyline([x, toY(frame, clamp(from, frame.t)), x, toY(frame, clamp(to, frame.t))]);
  }
  return d === '' ? '' : element('path', { d, stroke: COLOUR.blind, 'stroke-width': 3 });
}

/** Frame, ticks and labels around a plot. */
export function drawAxes(frame: Frame, labels: readonly [string, string], room: AxisRoom): string {
  const { x, y, width, height } = frame;
  const box = element('rect', {
    x,
    y,
    width,
    height,
    fill: 'none',
    stroke: COLOUR.ruleStrong,
    'stroke-width': 1,
  });
  return box + drawHorizontal(frame, labels[0]) + drawVertical(frame, labels[1], room);
}
