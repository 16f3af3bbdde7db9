/** Ticks at the integers, names of the axes, and where each neuron is dead. */
import { fixed, tag } from '../page/text.js';
import { toScreen, type View } from './view.js';

export const GUTTER = 34;

export function axes(view: View): string {
  const { width, height } = view;
  const left = (v: number) => GUTTER + toScreen(view, [v, 0])[0];
  const top = (v: number) => toScreen(view, [0, v])[1];
  const parts: string[] = [];
  for (let v = Math.ceil(view.x[0]); v <= view.x[1]; v++) {
    const [x, anchor] = edge(left(v), GUTTER, GUTTER + width);
    parts.push(tag('text', { class: 'tick', x, y: height + 15, 'text-anchor': anchor }, fixed(v, 0)));
  }
  for (let v = Math.ceil(view.y[0]); v <= view.y[1]; v++) {
    const y = Math.max(9, Math.min(height - 1, top(v) + 4));
    parts.push(tag('text', { class: 'tick', x: GUTTER - 7, y, 'text-anchor': 'end' }, fixed(v, 0)));
  }
  const [zeroX, zeroY] = [left(0), top(0)];
  parts.push(
    tag('rect', { class: 'deadbar', x: GUTTER, y: height + 1.5, width: zeroX - GUTTER, height: 3 }),
    tag('rect', { class: 'deadbar', x: GUTTER - 4.5, y: zeroY, width: 3, height: height - zeroY }),
    axisName(1, left(Math.floor(view.x[1]) - 0.5), height + 16, 'middle'),
    axisName(2, GUTTER - 7, top(Math.max(0.5, Math.floor(view.y[1]) - 0.5)) + 4, 'end'),
  );
  return parts.join('');
}

/** Numbers at the ends of an axis stay inside its length. */
function edge(x: number, from: number, to: number): [number, string] {
  if (x < from + 8) return [from, 'start'];
  return x > to - 6 ? [to, 'end'] : [x, 'middle'];
}

const axisName = (index: number, x: number, y: number, anchor: string) =>
  tag(
    'text',
    { class: 'axis', x, y, 'text-anchor': anchor },
    'y',
    tag('tspan', { class: 'index', dy: 2.5, 'font-size': 9 }, String(index)),
  );
