/** The numbers at the cursor, all in f64. */
import type { Problem } from '../library.js';
import type { Point, Reading } from '../model/exact.js';
import type { NamedPoint } from '../model/memories.js';
import { CLASSES, letterOf, shortName } from './names.js';
import { byId, exactZero, fixed, write } from './text.js';

interface SideReading {
  /** Where it is seen in the plane. */
  readonly at: Point;
  readonly state: Float64Array;
  readonly problem: Problem;
  readonly reading: Reading;
}

export interface CursorReading {
  readonly left: SideReading;
  readonly right: SideReading;
  /** Time on the path; undefined where the pointer names a state. */
  readonly time: number | undefined;
  /** The fixed point that both sides are about. */
  readonly named: NamedPoint | undefined;
}

/** Numbers of a state up to this many neurons are written; beyond, its place in the plane. */
const MOST_WRITTEN = 3;

const tuple = (numbers: Iterable<number>): string =>
  `(${Array.from(numbers, (v) => fixed(v, 3)).join(', ')})`;

/** A state in numbers, or its place in the plane where it has too many. */
export const stateText = (state: ArrayLike<number>, at: Point): string =>
  tuple(state.length <= MOST_WRITTEN ? Array.from(state) : at);

function aliveText(alive: readonly boolean[]): string {
  const names = alive.flatMap((is, k) => (is ? [String(k + 1)] : []));
  if (names.length === 0) return 'none';
  return names.length > 6 ? `${String(names.length)} of ${String(alive.length)}` : names.join(', ');
}

/** Less than this off the plane is not written. */
const OFF = 5e-4;

/** e.g. `A, memory`, `U, unstable, 0.308 off the plane`. */
const nameText = ({ name, kind, off }: NamedPoint): string =>
  `${name}, ${CLASSES[kind]}${off < OFF ? '' : `, ${fixed(off, 3)} off the plane`}`;

const set = (id: string, text: string) => {
  write(byId(id), text);
};

export function showReading({ left, right, time, named }: CursorReading): void {
  const place = named ? `At ${nameText(named)}` : 'At the cursor';
  set('where', time === undefined ? place : `On the path, t = ${fixed(time, 2)}`);
  const same = left.state.every((v, k) => Math.abs(v - right.state[k]) < 5e-4);
  const large = left.state.length > MOST_WRITTEN;
  set('state', same ? `${large ? 'plane ' : ''}${stateText(left.state, left.at)}` : '');
  for (const [side, { reading, problem }] of [
    ['left', left],
    ['right', right],
  ] as const) {
    set(`${side}-name`, shortName(problem));
    set(`${side}-energy`, number(reading.energy));
    const rate = byId(`${side}-rate`);
    // A zero while the state moves is what this page is about.
    rate.className = reading.still ? 'blind' : '';
    set(`${side}-rate`, reading.rate === 0 ? '0' : number(reading.rate));
    set(`${side}-speed`, number(reading.speed));
    set(`${side}-alive`, aliveText(reading.alive));
  }
}

const number = (value: number): string =>
  Number.isFinite(value) ? fixed(value, Math.abs(value) < 1000 ? 3 : 0) : 'not finite';

let announced = 0;
let waiting: ReturnType<typeof setTimeout> | undefined;

/** Tells a screen reader, at most twice a second; of a state that is veiled nothing but where it is. */
export function announce({ left, right, named }: CursorReading, veiled: boolean): void {
  const part = ({ problem, reading }: SideReading) =>
    `${shortName(problem)} ${fixed(reading.energy, 3)}, rate ${exactZero(reading.rate, 3)}`;
  const place = `${letterOf(left.problem)} = ${stateText(left.state, left.at)}`;
  const told = `: ${part(left)}; ${part(right)}; alive: ${aliveText(left.reading.alive)}`;
  const sentence = `${named && !veiled ? `${nameText(named)}: ` : ''}${place}${veiled ? '' : told}.`;
  clearTimeout(waiting);
  const wait = Math.max(0, announced + 500 - performance.now());
  waiting = setTimeout(() => {
    announced = performance.now();
    set('announcement', sentence);
  }, wait);
}
