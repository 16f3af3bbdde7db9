/** Energy against time along the path: one strip under each landscape, the same clock in both. */
import type { Point } from '../model/exact.js';
import type { Path } from '../model/path.js';
import { fixed, short } from '../page/text.js';
import { GUTTER } from './axes.js';
import type { Ink, Palette, Words } from './ink.js';

/** What an energy has shown: blind spots, a proof, or neither. */
export type Tint = 'blind' | 'certified' | 'plain';

export interface Strip {
  readonly path: Path;
  readonly width: number;
  readonly height: number;
  readonly duration: number;
  /** Time of the cursor; undefined while it points at a state off the path. */
  readonly time: number | undefined;
  readonly note: string;
  readonly tint: Tint;
  /** Whether the energy rises along this path: then it is no Lyapunov function, whatever was hoped. */
  readonly rises: boolean;
}

const TOP = 8;
const BOTTOM = 18;

export const stripTime = (width: number, duration: number, left: number): number =>
  Math.min(duration, Math.max(0, ((left - GUTTER) / (width - GUTTER)) * duration));

export function drawStrip(ink: Ink, s: Strip, palette: Palette): void {
  const { path, width, height, duration, time, tint, rises } = s;
  const { points, stretches, blindTime } = path;
  const base = height - BOTTOM;
  const [low, high] = range(points.map((p) => p.energy));
  const fastest = Math.max(1e-9, range(points.map((p) => p.speed))[1]);
  const room = Math.max((high - low) * 0.08, 1e-6);
  const x = (t: number) => GUTTER + ((width - GUTTER) * t) / duration;
  const y = (e: number) => TOP + ((base - TOP) * (high + room - e)) / (high - low + 2 * room);
  const colour = palette[tint];
  ink.begin(width, height);
  const last = points[points.length - 1];
  const speeds = points.map((p): Point => [x(p.t), base - ((base - TOP) * p.speed) / fastest]);
  ink.area([[x(0), base], ...speeds, [x(last.t), base]], palette.ink3, 0.17);
  for (const { from: begin, to: end } of stretches) {
    const [from, to] = [x(begin), x(end)];
    ink.area(
      [
        [from, TOP],
        [to, TOP],
        [to, base],
        [from, base],
      ],
      palette.blindWash,
      0.8,
    );
    for (const edge of begin > 0 ? [from, to] : [to])
      ink.line(
        [
          [edge, TOP],
          [edge, base],
        ],
        { colour, dash: [2, 2] },
      );
  }
  ink.line(
    [
      [GUTTER, base],
      [width, base],
    ],
    { colour: palette.rule },
  );
  drawTicks(ink, s, { x, y, palette });
  ink.line(
    points.map((p): Point => [x(p.t), y(p.energy)]),
    { colour, width: 2.25 },
  );
  const halo = [palette.paper, 3] as const;
  const noteLeft = blindTime > 0 && blindTime < duration * 0.45 ? x(blindTime) + 8 : x(duration * 0.2);
  // Words keep clear of the curve: below it where it is still high.
  const nearby = points.filter((p) => x(p.t) > noteLeft + 20 && x(p.t) < noteLeft + 190);
  const crowded = nearby.some((p) => y(p.energy) < TOP + 17);
  const font = `550 12px ${palette.words}`;
  // A narrow strip says the first half.
  const note = ink.measure(s.note, font) <= width - noteLeft ? s.note : s.note.replace(/,.*/, '');
  ink.words(note, [noteLeft, TOP + (crowded ? 30 : 12)], {
    colour: rises ? palette.blind : colour,
    halo,
    font,
  });
  const grey: Words = { colour: palette.ink3, halo, font: `11px ${palette.words}`, anchor: 'end' };
  const calm = last.speed < 0.3 * fastest && y(last.energy) > TOP + 40;
  if (height > 90 && calm) ink.words('grey: speed', [width - 2, TOP + 31], grey);
  if (time === undefined) return;
  const p = points[Math.min(points.length - 1, Math.round((time / duration) * (points.length - 1)))];
  ink.line(
    [
      [x(p.t), TOP],
      [x(p.t), base],
    ],
    { colour: palette.ink, dash: [1, 2] },
  );
  ink.circle([x(p.t), y(p.energy)], 4, colour, { colour: palette.panel, width: 1.6 });
}

function range(values: readonly number[]): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

interface Scales {
  readonly x: (time: number) => number;
  readonly y: (energy: number) => number;
  readonly palette: Palette;
}

function drawTicks(ink: Ink, { path, duration, height }: Strip, { x, y, palette }: Scales): void {
  const tick: Words = { colour: palette.ink3, font: `11px ${palette.numbers}` };
  for (let t = 0; t < duration; t += 2)
    ink.words(String(t), [x(t), height - 4], { ...tick, anchor: t === 0 ? 'start' : 'middle' });
  const taken = ink.words(` = ${String(duration)}`, [x(duration), height - 4], { ...tick, anchor: 'end' });
  ink.words('t', [x(duration) - taken, height - 4], {
    ...tick,
    font: `italic 13px ${palette.math}`,
    anchor: 'end',
  });
  const value = (e: number) =>
    Math.abs(e) >= 100 ? short(e) : fixed(e, Math.abs(e) < 0.005 ? 0 : Math.abs(e) < 10 ? 2 : 1);
  const [first, last] = [path.points[0].energy, path.points[path.points.length - 1].energy];
  for (const e of Math.abs(y(first) - y(last)) > 11 ? [first, last] : [first])
    ink.words(value(e), [GUTTER - 3, y(e) + 4], {
      ...tick,
      font: `10.5px ${palette.numbers}`,
      anchor: 'end',
    });
}
