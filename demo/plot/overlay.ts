/** What lies over a landscape: kinks, blind lines, path, fixed points, cursor, words; as SVG text. */
import type { Point } from '../model/exact.js';
import type { Floor } from '../model/floors.js';
import type { NamedPoint } from '../model/memories.js';
import type { Path } from '../model/path.js';
import { short, tag } from '../page/text.js';
import { axes, GUTTER } from './axes.js';
import { arms, glyph } from './glyph.js';
import { isInside, toScreen, type View } from './view.js';

export interface Overlay {
  readonly id: string;
  readonly view: View;
  readonly points: readonly NamedPoint[];
  /** Eigen-directions of saddles, by name, in states. */
  readonly arms: ReadonlyMap<string, readonly Point[]>;
  readonly floors: readonly Floor[];
  readonly path: Path;
  readonly start: Point;
  readonly cursor: Point;
  readonly hatch: boolean;
  /** The energy where both neurons are dead, if it is blind there. */
  readonly flat: number | undefined;
  /** `--blind` or `--certified` as the colour of the cursor. */
  readonly tint: string;
}

/** Words on a plot need this much room. */
const WORDS_HEIGHT = 180;
const FULL_WORDS_HEIGHT = 300;
const INK = '#111a2b';

export function overlay(o: Overlay): string {
  const { view, id } = o;
  const { width, height } = view;
  const at = (state: Point): Point => {
    const [x, y] = toScreen(view, state);
    return [x + GUTTER, y];
  };
  const clip = tag('clipPath', { id }, tag('rect', { x: GUTTER, y: 0, width, height, rx: 4 }));
  const inside = [
    kinks(at, view),
    ...(o.hatch ? o.floors.map((floor) => dashed(at(floor.from), at(floor.to))) : []),
    crosshair(at(o.cursor), view),
    pathLine(o.path, at, o.hatch),
    ...o.points.map((p) => arms(at(p.y), (o.arms.get(p.name) ?? []).map(([a, b]): Point => [a, -b]))),
    ...o.points.map((p) => glyph(p.kind, at(p.y))),
    handle(at(o.start)),
    tag('circle', { cx: at(o.cursor)[0], cy: at(o.cursor)[1], r: 5.2, fill: o.tint, stroke: '#fff', 'stroke-width': 2 }),
  ];
  return (
    tag('defs', {}, clip) +
    axes(view) +
    tag('g', { 'clip-path': `url(#${id})` }, ...inside) +
    names(o.points, view, at) +
    (o.hatch ? notes(o, at) : '')
  );
}

const line = (points: readonly Point[]) => points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');

/** Leaves out points that are closer than a line is wide: a path spends half of its time where it ends. */
function thin(points: readonly Point[]): Point[] {
  const kept: Point[] = [];
  for (const [k, point] of points.entries()) {
    const last = kept.at(-1);
    if (!last || k === points.length - 1 || Math.hypot(point[0] - last[0], point[1] - last[1]) >= 2) kept.push(point);
  }
  return kept;
}

function kinks(at: (state: Point) => Point, { width, height }: View): string {
  const [x, y] = at([0, 0]);
  const d = `M${String(x)} 0V${String(height)}M${String(GUTTER)} ${String(y)}H${String(GUTTER + width)}`;
  return tag('path', { d, stroke: '#fff', 'stroke-opacity': 0.75, 'stroke-dasharray': '1.5 4', fill: 'none' });
}

function dashed(from: Point, to: Point): string {
  const d = `M${from.join(' ')}L${to.join(' ')}`;
  return (
    tag('path', { d, stroke: INK, 'stroke-opacity': 0.55, 'stroke-width': 4.5 }) +
    tag('path', { d, stroke: 'var(--blind-plot)', 'stroke-width': 2, 'stroke-dasharray': '7 4' })
  );
}

function crosshair([x, y]: Point, { width, height }: View): string {
  const d = `M${String(x)} 0V${String(height)}M${String(GUTTER)} ${String(y)}H${String(GUTTER + width)}`;
  return tag('path', { d, stroke: '#fff', 'stroke-opacity': 0.8, 'stroke-dasharray': '1 3' });
}

function pathLine({ points }: Path, at: (state: Point) => Point, hatch: boolean): string {
  const whole = line(thin(points.map((p) => at(p.y))));
  const shape = { fill: 'none', 'stroke-linejoin': 'round' } as const;
  const seeing = points.findIndex((p) => !p.blind);
  const blind = points.slice(0, seeing < 0 ? points.length : seeing + 1);
  const dots = points.filter((p, k) => k > 0 && k % 25 === 0 && p.speed > 0.3);
  return (
    tag('polyline', { points: whole, ...shape, stroke: '#fff', 'stroke-width': 6, 'stroke-linecap': 'round' }) +
    tag('polyline', { points: whole, ...shape, stroke: INK, 'stroke-width': 2.5 }) +
    (hatch && blind.length > 1
      ? tag('polyline', {
          points: line(thin(blind.map((p) => at(p.y)))),
          ...shape,
          stroke: '#b23308',
          'stroke-width': 3.4,
          'stroke-dasharray': '6 3',
        })
      : '') +
    dots
      .map((p) => {
        const [cx, cy] = at(p.y);
        return tag('circle', { cx, cy, r: 2.6, fill: '#fff', stroke: INK, 'stroke-width': 1.2 });
      })
      .join('')
  );
}

function handle([x, y]: Point): string {
  return tag(
    'g',
    { class: 'handle' },
    tag('circle', { class: 'grab', cx: x, cy: y, r: 22, fill: 'transparent' }),
    tag('circle', { cx: x, cy: y, r: 9, fill: '#fff', stroke: INK, 'stroke-width': 1.6 }),
    tag('path', { d: `M${String(x - 4)} ${String(y)}h8M${String(x)} ${String(y - 4)}v8`, stroke: INK, 'stroke-width': 1.6 }),
  );
}

function names(points: readonly NamedPoint[], view: View, at: (state: Point) => Point): string {
  return points
    .filter((p) => isInside(view, p.y, 4))
    .map((p) => {
      const [x, y] = at(p.y);
      // To the right of what lies right, to the upper left of what lies left: away from the paths between them.
      const left = p.kind === 'stable' && p.y[0] < p.y[1];
      const place = left ? { x: x - 11, y: y - 10, 'text-anchor': 'end' } : { x: x + 14, y: y + 5 };
      return tag('text', { class: 'onplot name', ...place }, p.name);
    })
    .join('');
}

const energyIs = (energy: number, words = '') =>
  `${tag('tspan', { class: 'var', 'font-style': 'italic' }, 'E')} = ${short(energy)}${words}`;

/** At most two notes a view, in corners of the regions that they speak of. */
function notes({ view, floors, flat }: Overlay, at: (state: Point) => Point): string {
  const { height } = view;
  if (height < WORDS_HEIGHT) return '';
  const full = height >= FULL_WORDS_HEIGHT;
  const note = (x: number, row: number, anchor: 'start' | 'end', text: string, strong = false) =>
    tag(
      'text',
      { class: strong ? 'onplot strong' : 'onplot', x, y: height - 12 - 16 * row, 'text-anchor': anchor },
      text,
    );
  let out = '';
  const x = at([0, 0])[0] - 9;
  if (flat !== undefined && x > GUTTER + 150)
    out += full
      ? note(x, 1, 'end', 'flat: both neurons dead', true) + note(x, 0, 'end', energyIs(flat, ' everywhere here'))
      : note(x, 0, 'end', 'flat: both dead', true);
  const upright = floors.find((floor) => floor.alive === 0);
  const right = upright ? at(upright.to)[0] + 9 : Infinity;
  if (upright && full && right < GUTTER + view.width - 90)
    out += note(right, 1, 'start', 'blind line:') + note(right, 0, 'start', energyIs(upright.energy));
  return out;
}
