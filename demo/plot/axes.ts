/** Ticks at round numbers, names of the axes, and where each neuron is dead. */
import { exponentOf } from '../model/deep.js';
import type { Point } from '../model/exact.js';
import { neuronsOf } from '../state/state.js';
import { fixed, tag } from '../page/text.js';
import { toScreen, type View } from './view.js';

export const GUTTER = 34;

/** What an axis is called: a letter with the neuron's number, or s and t of a plane that cuts across. */
export interface AxisNames {
  readonly letter: string;
  /** Names of their own, where the plot is not of a plane. */
  readonly names?: readonly [string, string];
  /** Pixels that a tick takes at least; 40 by default. */
  readonly room?: number;
  /** Stretches of each axis where its neuron is dead. */
  readonly dead: readonly [readonly Point[], readonly Point[]];
}

/** Pixels that a tick takes at least. */
const ROOM = 40;
/** Ticks on an axis at most: a large plot has room for more, and nothing to say with them. */
const MOST = 9;

/** Steps of ticks, relative to the numbers at them. */
const FINEST = 1e-14;

/** 1, 2 or 5 times a power of ten apart. */
function ticks([low, high]: Point, length: number, room = ROOM): { values: number[]; digits: number } {
  const rough = ((high - low) * Math.max(room, length / MOST)) / Math.max(room, length);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  // Numbers that differ by rounding alone cannot be counted through.
  if (!(step > FINEST * Math.max(Math.abs(low), Math.abs(high)))) return { values: [], digits: 0 };
  const values: number[] = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) values.push(k * step);
  // Integers where they are few: halves say no more there.
  const kept = step === 0.5 && values.length > 5 ? values.filter((v) => Number.isInteger(v)) : values;
  return {
    values: kept,
    digits: kept.every((v) => Number.isInteger(v)) ? 0 : Math.max(0, -Math.floor(Math.log10(step) + 1e-9)),
  };
}

export function axes(view: View, { letter, names, dead, room }: AxisNames): string {
  const { width, height } = view;
  const left = (v: number) => GUTTER + toScreen(view, [v, 0])[0];
  const top = (v: number) => toScreen(view, [0, v])[1];
  const parts: string[] = [];
  const across = ticks(view.x, width, room);
  for (const v of across.values) {
    const [x, anchor] = edge(left(v), GUTTER, GUTTER + width);
    parts.push(
      tag('text', { class: 'tick', x, y: height + 15, 'text-anchor': anchor }, fixed(v, across.digits)),
    );
  }
  const up = ticks(view.y, height, room);
  for (const v of up.values) {
    const y = Math.max(9, Math.min(height - 1, top(v) + 4));
    parts.push(tag('text', { class: 'tick', x: GUTTER - 7, y, 'text-anchor': 'end' }, fixed(v, up.digits)));
  }
  for (const [from, to] of dead[0])
    parts.push(
      tag('rect', {
        class: 'deadbar',
        x: left(from),
        y: height + 1.5,
        width: left(to) - left(from),
        height: 3,
      }),
    );
  for (const [from, to] of dead[1])
    parts.push(
      tag('rect', {
        class: 'deadbar',
        x: GUTTER - 4.5,
        y: top(to),
        width: 3,
        height: top(from) - top(to),
      }),
    );
  const [first, second] = names ?? namesOf(view, letter);
  parts.push(
    axisName(first, left(between(across.values, view.x)), height + 16, 'middle'),
    axisName(second, GUTTER - 7, top(between(up.values, view.y)) + 4, 'end'),
  );
  return parts.join('');
}

/** Axes that count from the centre of a small box, in a power of ten: 1e-5 more than 0.4 needs more digits than there is room. */
export function deepAxes(view: View, { letter, dead }: AxisNames, centre: Point): string {
  const exponent = exponentOf(view);
  const count = ([lo, hi]: Point, k: 0 | 1): Point => [
    (lo - centre[k]) / 10 ** exponent,
    (hi - centre[k]) / 10 ** exponent,
  ];
  const [first, second] = namesOf(view, letter);
  return axes(
    { ...view, x: count(view.x, 0), y: count(view.y, 1) },
    {
      letter,
      names: [`Δ${first}`, `Δ${second}`],
      // Names are longer by a letter.
      room: 2 * ROOM,
      dead: [dead[0].map((range) => count(range, 0)), dead[1].map((range) => count(range, 1))],
    },
  );
}

/** Between the last two ticks that leave room for a name. */
function between(values: readonly number[], [low, high]: Point): number {
  if (values.length < 2) return low + 0.8 * (high - low);
  const [before, last] = values.slice(-2);
  return (before + last) / 2;
}

/** Numbers at the ends of an axis stay inside its length. */
function edge(x: number, from: number, to: number): [number, string] {
  if (x < from + 8) return [from, 'start'];
  return x > to - 6 ? [to, 'end'] : [x, 'middle'];
}

/** A letter and its index, e.g. `y1`; s and t of a plane that cuts across. */
export function namesOf({ plane }: View, letter: string): readonly [string, string] {
  const neurons = neuronsOf({ axes: [[...plane.axes[0]], [...plane.axes[1]]] });
  if (!neurons) return ['s', 't'];
  const [i, j] = neurons.map((k) => `${letter}${String(k + 1)}`);
  return [i, j];
}

const axisName = (name: string, x: number, y: number, anchor: string) =>
  tag(
    'text',
    { class: 'axis', x, y, 'text-anchor': anchor },
    name.replace(/\d+$/, ''),
    tag('tspan', { class: 'index', dy: 2.5, 'font-size': 9 }, /\d*$/.exec(name)?.[0] ?? ''),
  );
