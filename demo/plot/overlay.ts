/** What lies over the flow: blind lines, path, fixed points, cursor, words. */
import type { Point } from '../model/exact.js';
import type { Floor } from '../model/floors.js';
import type { Line } from '../model/kinks.js';
import type { NamedPoint } from '../model/memories.js';
import type { Path } from '../model/path.js';
import { short } from '../page/text.js';
import { CASING, drawArms, drawGlyph, WHITE } from './glyph.js';
import type { Ink, Palette, Words } from './ink.js';
import type { Nullcline } from './nullclines.js';
import type { Tint } from './strip.js';
import { isInside, toScreen, type View } from './view.js';

export interface Overlay {
  readonly view: View;
  readonly points: readonly NamedPoint[];
  /** Eigen-directions of saddles, by name, in states. */
  readonly arms: ReadonlyMap<string, readonly Point[]>;
  readonly floors: readonly Floor[];
  /** Where some neuron bends. */
  readonly kinks: readonly Line[];
  readonly nullclines: readonly Nullcline[];
  readonly path: Path;
  readonly start: Point;
  readonly cursor: Point;
  readonly hatch: boolean;
  /** The energy where both neurons are dead, if it is blind there. */
  readonly flat: number | undefined;
  /** What energies are written as: those of small boxes are differences. */
  readonly symbol: 'E' | 'ΔE';
  readonly tint: Tint;
}

/** Points nearer to the plane than this share of the view are drawn as if in it. */
const NEAR = 0.01;
/** Words on a plot need this much room. */
const WORDS_HEIGHT = 180;
const FULL_WORDS_HEIGHT = 300;
/** Inks over a field are those of the light theme: the field decides, not the page. */
const BLIND_LINE = '#ffb391';
const BLIND_INK = '#b23308';
const TINTS: Readonly<Record<Tint, string>> = { blind: BLIND_INK, certified: '#006b58', plain: '#1f4fc4' };
const HALO = ['rgb(12 20 40 / 0.74)', 3.4] as const;

/** Glyphs of fixed points: what lies off the plane is seen through it. */
export function drawPoints(
  ink: Ink,
  points: Overlay['points'],
  view: View,
  { words }: Pick<Palette, 'words'>,
): void {
  const { context } = ink;
  for (const { kind, y, off } of points) {
    context.save();
    if (off > NEAR * (view.x[1] - view.x[0])) context.filter = 'opacity(45%)';
    drawGlyph(ink, kind, toScreen(view, y), words);
    context.restore();
  }
}

export function drawOverlay(ink: Ink, o: Overlay, palette: Palette): void {
  const { view } = o;
  const at = (state: Point): Point => toScreen(view, state);
  drawKinks(ink, o, at);
  if (o.hatch)
    for (const { from, to } of o.floors) {
      ink.line([at(from), at(to)], { colour: CASING, alpha: 0.55, width: 4.5 });
      ink.line([at(from), at(to)], { colour: BLIND_LINE, width: 2, dash: [7, 4] });
    }
  drawNullclines(ink, o, at, palette);
  // On the start it would say nothing more.
  const pointing = o.cursor[0] !== o.start[0] || o.cursor[1] !== o.start[1];
  if (pointing) cross(ink, at(o.cursor), view, { colour: WHITE, alpha: 0.8, dash: [1, 3] });
  drawPath(ink, o.path, at, o.hatch);
  for (const p of o.points)
    drawArms(
      ink,
      at(p.y),
      (o.arms.get(p.name) ?? []).map(([a, b]): Point => [a, -b]),
    );
  drawPoints(ink, o.points, view, palette);
  drawHandle(ink, at(o.start));
  if (pointing) ink.circle(at(o.cursor), 5.2, TINTS[o.tint], { colour: WHITE, width: 2 });
  drawNames(ink, o.points, view, at, palette);
  if (o.hatch) drawNotes(ink, o, at, palette);
}

/** Where activations bend; the blind quarter of two relu neurons has an edge of its own there. */
function drawKinks(ink: Ink, { kinks, view, hatch, flat }: Overlay, at: (state: Point) => Point): void {
  const stroke = { colour: WHITE, alpha: 0.75, dash: [1.5, 4] };
  if (!hatch || flat === undefined) {
    for (const [from, to] of kinks) ink.line([at(from), at(to)], stroke);
    return;
  }
  const zero = at([0, 0]);
  ink.line([zero, [zero[0], 0]], stroke);
  ink.line([zero, [view.width, zero[1]]], stroke);
}

/** Whole lines where the first component of the motion is zero, dashed ones where the second is; named once. */
function drawNullclines(
  ink: Ink,
  { nullclines, view }: Overlay,
  at: (state: Point) => Point,
  { words, math }: Palette,
): void {
  for (const { component, lines } of nullclines) {
    const dash = component === 0 ? [] : [7, 5];
    for (const line of lines) {
      ink.line(line.map(at), { colour: CASING, alpha: 0.6, width: 4 });
      ink.line(line.map(at), { colour: WHITE, width: 1.8, dash });
    }
    const longest = lines.reduce<readonly Point[]>((a, b) => (b.length > a.length ? b : a), []);
    if (longest.length < 8 || view.height < WORDS_HEIGHT) continue;
    // Away from the middle, where lines cross.
    const [x, y] = at(longest[Math.floor(longest.length * (component === 0 ? 0.12 : 0.88))]);
    const place: Point = [
      Math.min(view.width - 70, Math.max(8, x + 8)),
      Math.min(view.height - 10, Math.max(20, y - 8)),
    ];
    const style: Words = { colour: WHITE, font: `italic 15px ${math}`, halo: HALO };
    const taken = ink.words('y', place, style);
    const index = ink.words(component === 0 ? '₁' : '₂', [place[0] + taken, place[1]], {
      ...style,
      font: `13px ${words}`,
    });
    ink.words('′ = 0', [place[0] + taken + index, place[1]], { ...style, font: `550 13px ${words}` });
  }
}

function cross(ink: Ink, [x, y]: Point, { width, height }: View, stroke: Parameters<Ink['line']>[1]): void {
  ink.line(
    [
      [x, 0],
      [x, height],
    ],
    stroke,
  );
  ink.line(
    [
      [0, y],
      [width, y],
    ],
    stroke,
  );
}

function drawPath(ink: Ink, path: Path, at: (state: Point) => Point, hatch: boolean): void {
  const { points } = path;
  const whole = thin(points.map((p) => at(p.y)));
  ink.line(whole, { colour: WHITE, width: 6, cap: 'round' });
  ink.line(whole, { colour: CASING, width: 2.5 });
  for (const stretch of hatch ? path.stretches : [])
    ink.line(thin(stretch.points.map((p) => at(p.y))), {
      colour: BLIND_INK,
      width: 3.4,
      dash: [6, 3],
    });
  for (const [k, p] of points.entries())
    if (k > 0 && k % 25 === 0 && p.speed > 0.3)
      ink.circle(at(p.y), 2.6, WHITE, { colour: CASING, width: 1.2 });
}

/** Leaves out points that are closer than a line is wide: a path spends half of its time where it ends. */
function thin(points: readonly Point[]): Point[] {
  const kept: Point[] = [];
  for (const [k, point] of points.entries()) {
    const last = kept.at(-1);
    const far = !last || Math.hypot(point[0] - last[0], point[1] - last[1]) >= 2;
    if (far || k === points.length - 1) kept.push(point);
  }
  return kept;
}

function drawHandle(ink: Ink, [x, y]: Point): void {
  const stroke = { colour: CASING, width: 1.6 };
  ink.circle([x, y], 9, WHITE, stroke);
  ink.line(
    [
      [x - 4, y],
      [x + 4, y],
    ],
    stroke,
  );
  ink.line(
    [
      [x, y - 4],
      [x, y + 4],
    ],
    stroke,
  );
}

function drawNames(
  ink: Ink,
  points: readonly NamedPoint[],
  view: View,
  at: (state: Point) => Point,
  { words }: Palette,
): void {
  const style: Words = { colour: WHITE, font: `700 14px ${words}`, halo: HALO };
  for (const p of points) {
    const [x, y] = at(p.y);
    if (!isInside(view, p.y, 4)) drawPointer(ink, [x, y], view, p.name, style);
    // To the upper left of what lies left of the diagonal: away from the paths that come from its other side.
    else if (p.kind === 'stable' && p.y[0] < p.y[1])
      ink.words(p.name, [x - 11, y < 30 ? y + 22 : y - 10], { ...style, anchor: 'end' });
    else ink.words(p.name, [x + 15, y + 5], style);
  }
}

/** A fixed point outside the view: an arrow at the edge that it lies behind. */
function drawPointer(ink: Ink, [x, y]: Point, { width, height }: View, name: string, style: Words): void {
  const [px, py] = [Math.min(width - 12, Math.max(12, x)), Math.min(height - 12, Math.max(12, y))];
  const length = Math.hypot(x - px, y - py) || 1;
  const [u, v] = [(x - px) / length, (y - py) / length];
  const tip: Point = [px + 8 * u, py + 8 * v];
  const wing = (side: number): Point => [px - 4 * u - side * 6 * v, py - 4 * v + side * 6 * u];
  ink.area([tip, wing(1), wing(-1)], WHITE, 1, { colour: CASING, width: 1.6 });
  ink.words(name, [px - 17 * u, py - 17 * v + 5], { ...style, anchor: 'middle' });
}

/** At most two notes a view, in corners of the regions that they speak of. */
function drawNotes(
  ink: Ink,
  { view, floors, flat, symbol: name, start }: Overlay,
  at: (state: Point) => Point,
  { words, math }: Palette,
): void {
  const { width, height } = view;
  if (height < WORDS_HEIGHT) return;
  const full = height >= FULL_WORDS_HEIGHT;
  const strong: Words = { colour: WHITE, font: `650 13.5px ${words}`, halo: HALO };
  const plain: Words = { ...strong, font: `550 12.5px ${words}` };
  const symbol: Words = { ...plain, font: `italic 14px ${math}` };
  const bottom = height - 12;
  const left = at([0, 0])[0] - 9;
  if (flat !== undefined && left > 150) {
    if (!full) ink.words('flat: both dead', [left, bottom], { ...strong, anchor: 'end' });
    else {
      ink.words('flat: both neurons dead', [left, bottom - 17], { ...strong, anchor: 'end' });
      const taken = ink.words(` = ${short(flat)} everywhere here`, [left, bottom], {
        ...plain,
        anchor: 'end',
      });
      ink.words(name, [left - taken, bottom], { ...symbol, anchor: 'end' });
    }
  }
  const upright = floors.find((floor) => floor.alive === 0);
  if (!upright || !full) return;
  const [line] = at(upright.to);
  const [x, y] = at(start);
  // Beside the handle of the start, where that stands on the line.
  const right = line + (Math.abs(x - line) < 20 && y > height - 48 ? 18 : 9);
  if (right > width - 90) return;
  ink.words('blind line:', [right, bottom - 17], plain);
  const taken = ink.words(name, [right, bottom], symbol);
  ink.words(` = ${short(upright.energy)}`, [right + taken, bottom], plain);
}
