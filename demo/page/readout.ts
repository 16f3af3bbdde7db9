/** The numbers at the cursor, all in f64. */
import type { Point, Reading } from '../model/exact.js';
import { byId, exactZero, fixed } from './text.js';

export interface CursorReading {
  readonly left: { readonly y: Point; readonly reading: Reading };
  readonly right: { readonly y: Point; readonly reading: Reading };
  /** Time on the path; undefined where the pointer names a state. */
  readonly time: number | undefined;
}

export const stateText = ([a, b]: Point): string => `(${fixed(a, 3)}, ${fixed(b, 3)})`;

function aliveText(alive: readonly boolean[]): string {
  const names = alive.flatMap((is, k) => (is ? [String(k + 1)] : []));
  return names.length === 0 ? 'none' : names.join(', ');
}

const set = (id: string, text: string) => {
  const element = byId(id);
  if (element.textContent !== text) element.textContent = text;
};

export function showReading({ left, right, time }: CursorReading): void {
  set('where', time === undefined ? 'At the cursor' : `On the path, t = ${fixed(time, 2)}`);
  const same = left.y.every((v, k) => Math.abs(v - right.y[k]) < 5e-4);
  set('state', same ? stateText(left.y) : '');
  for (const [side, { reading }] of [
    ['left', left],
    ['right', right],
  ] as const) {
    set(`${side}-energy`, fixed(reading.energy, 3));
    const rate = byId(`${side}-rate`);
    // A zero while the state moves is what this page is about.
    rate.className = reading.blind ? 'blind' : '';
    set(`${side}-rate`, exactZero(reading.rate, 3));
    set(`${side}-speed`, fixed(reading.speed, 3));
    set(`${side}-alive`, aliveText(reading.alive));
  }
}

let announced = 0;
let waiting: ReturnType<typeof setTimeout> | undefined;

/** Tells a screen reader, at most twice a second. */
export function announce({ left, right }: CursorReading): void {
  const sentence = `${stateText(left.y)}: eq. 4 ${fixed(left.reading.energy, 3)}, rate ${exactZero(left.reading.rate, 3)}; eq. 14 ${fixed(right.reading.energy, 3)}, rate ${exactZero(right.reading.rate, 3)}; alive: ${aliveText(left.reading.alive)}.`;
  clearTimeout(waiting);
  const wait = Math.max(0, announced + 500 - performance.now());
  waiting = setTimeout(() => {
    announced = performance.now();
    set('announcement', sentence);
  }, wait);
}
