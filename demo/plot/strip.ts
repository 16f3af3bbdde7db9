/** Energy against time along the path: one strip under each landscape, the same clock in both. */
import type { Path } from '../model/path.js';
import { fixed, tag } from '../page/text.js';
import { GUTTER } from './axes.js';

export interface Strip {
  readonly path: Path;
  readonly width: number;
  readonly height: number;
  readonly duration: number;
  /** Time of the cursor; undefined while it points at a state off the path. */
  readonly time: number | undefined;
  readonly note: string;
  /** Washes the time in which the energy sees nothing. */
  readonly blind: boolean;
}

const TOP = 8;
const BOTTOM = 18;

export const stripTime = (width: number, duration: number, left: number): number =>
  Math.min(duration, Math.max(0, ((left - GUTTER) / (width - GUTTER)) * duration));

export function strip({ path, width, height, duration, time, note, blind }: Strip): string {
  const { points, blindTime } = path;
  const base = height - BOTTOM;
  let [low, high, fastest] = [Infinity, -Infinity, 1e-9];
  for (const { energy, speed } of points) {
    low = Math.min(low, energy);
    high = Math.max(high, energy);
    fastest = Math.max(fastest, speed);
  }
  const room = Math.max((high - low) * 0.08, 1e-6);
  const x = (t: number) => GUTTER + ((width - GUTTER) * t) / duration;
  const y = (e: number) => TOP + ((base - TOP) * (high + room - e)) / (high - low + 2 * room);
  const place = (t: number, top: number) => `${x(t).toFixed(1)},${top.toFixed(1)}`;
  const sparse = points.filter((_, k) => k % 4 === 0 || k === points.length - 1);
  const speeds = sparse.map((p) => place(p.t, base - ((base - TOP) * p.speed) / fastest));
  const last = points[points.length - 1];
  const parts = [
    tag('polygon', { class: 'speed', points: [place(0, base), ...speeds, place(last.t, base)].join(' ') }),
  ];
  const shown = blind && blindTime > 0;
  if (shown)
    parts.push(
      tag('rect', { class: 'blindspan', x: GUTTER, y: TOP, width: x(blindTime) - GUTTER, height: base - TOP }),
      tag('path', { class: 'blindedge', d: `M${String(x(blindTime))} ${String(TOP)}V${String(base)}` }),
    );
  parts.push(tag('path', { class: 'base', d: `M${String(GUTTER)} ${String(base)}H${String(width)}` }));
  for (let t = 0; t <= duration; t += 2) {
    const end = t === duration;
    const words = end ? `${tag('tspan', { 'font-style': 'italic' }, 't')} = ${String(t)}` : String(t);
    const anchor = t === 0 ? 'start' : end ? 'end' : 'middle';
    parts.push(tag('text', { class: 'tick', x: x(t), y: height - 4, 'text-anchor': anchor }, words));
  }
  const value = (e: number) => fixed(e, Math.abs(e) < 0.005 ? 0 : 2);
  const [first, end] = [points[0].energy, last.energy];
  const tick = (e: number) => tag('text', { class: 'tick', x: GUTTER - 5, y: y(e) + 4, 'text-anchor': 'end' }, value(e));
  parts.push(tick(first));
  if (Math.abs(y(first) - y(end)) > 11) parts.push(tick(end));
  parts.push(tag('polyline', { class: 'curve', points: sparse.map((p) => place(p.t, y(p.energy))).join(' ') }));
  const noteLeft = shown && blindTime < duration * 0.45 ? x(blindTime) + 8 : x(duration * 0.2);
  parts.push(
    tag('text', { class: 'note', x: noteLeft, y: TOP + 12 }, note),
    tag('text', { class: 'grey', x: width - 4, y: TOP + 30, 'text-anchor': 'end' }, 'grey: speed'),
  );
  if (time !== undefined) {
    const p = points[Math.min(points.length - 1, Math.round((time / duration) * (points.length - 1)))];
    parts.push(
      tag('path', { class: 'cursor', d: `M${String(x(p.t))} ${String(TOP)}V${String(base)}` }),
      tag('circle', { class: 'dot', cx: x(p.t), cy: y(p.energy), r: 4 }),
    );
  }
  return parts.join('');
}
