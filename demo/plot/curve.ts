/**
 * The landscape of one neuron is a curve: its energy over its state, where it is dead and blind, and below it the flow
 * along the axis. Places of the line are [s, 0]; on the plot they stand at the height of their energy.
 */
import type { Exact, Point } from '../model/exact.js';
import { fixed } from '../page/text.js';
import { drawGlyph } from './glyph.js';
import type { Ink, Palette } from './ink.js';
import type { Overlay } from './overlay.js';
import { toScreen, type View } from './view.js';

const SAMPLES = 512;
/** Of the range of energies, below and above it: arrows of the flow take the room below. */
const MARGIN = { below: 0.2, above: 0.12 } as const;
const ARROWS = 22;
/** Pixels of the fastest arrow; slower than this share of it nothing is drawn. */
const LONGEST = 22;
const STILL = 0.01;

/** The view of a curve: states across, energies upwards; beyond the numbers there are there is a frame, and no curve. */
export function curveView(view: View, low: number, range: number): View {
  const y: Point = [low - MARGIN.below * range, low + (1 + MARGIN.above) * range];
  return { ...view, y: Number.isFinite(y[1] - y[0]) && y[1] > y[0] ? y : [0, 1] };
}

export interface CurveMarks extends Overlay {
  readonly exact: Exact;
  /** Stretches on which the neuron is dead. */
  readonly dead: readonly Point[];
  readonly flow: boolean;
}

export function drawCurve(ink: Ink, marks: CurveMarks, palette: Palette): void {
  const { view, exact } = marks;
  const at = (s: number): Point => toScreen(view, [s, exact.energy([s, 0])]);
  drawDead(ink, marks, palette);
  const states = Array.from(
    { length: SAMPLES + 1 },
    (_, k) => view.x[0] + ((view.x[1] - view.x[0]) * k) / SAMPLES,
  );
  drawPath(ink, marks, palette);
  ink.line(states.map(at), { colour: palette.ink, width: 2 });
  if (marks.hatch)
    for (const piece of blindPieces(exact, states))
      ink.line(piece.map(at), { colour: palette.blind, width: 3.4, dash: [6, 3] });
  if (marks.flow) drawFlow(ink, marks, palette);
  drawPlaces(ink, marks, at, palette);
  for (const { name, kind, y } of marks.points) {
    const [x, top] = at(y[0]);
    drawGlyph(ink, kind, [x, top], palette.words);
    const words = { colour: palette.ink, font: `700 14px ${palette.words}`, anchor: 'middle' } as const;
    ink.words(name, [x, top - 14], { ...words, halo: [palette.paper, 4] });
  }
}

function drawDead(ink: Ink, { view, dead }: CurveMarks, palette: Palette): void {
  for (const [from, to] of dead) {
    const [left, right] = [from, to].map((s) => toScreen(view, [s, 0])[0]);
    const area: readonly Point[] = [
      [left, 0],
      [right, 0],
      [right, view.height],
      [left, view.height],
    ];
    ink.area(area, palette.blindWash);
    const font = `550 12.5px ${palette.words}`;
    if (right - left > 60) ink.words('dead', [left + 10, view.height - 30], { colour: palette.blind, font });
  }
}

/** Runs of states at which the energy does not see that they move. */
function blindPieces(exact: Exact, states: readonly number[]): number[][] {
  const pieces: number[][] = [];
  let open = false;
  for (const s of states) {
    const blind = exact.isBlind([s, 0]);
    if (blind && open) pieces[pieces.length - 1].push(s);
    else if (blind) pieces.push([s]);
    open = blind;
  }
  return pieces.filter(({ length }) => length > 1);
}

/** Arrows along the axis: their side is the sign of the motion, their length its speed. */
function drawFlow(ink: Ink, { view, exact }: CurveMarks, palette: Palette): void {
  const y = view.height - 16;
  const places = Array.from(
    { length: ARROWS },
    (_, k) => view.x[0] + ((view.x[1] - view.x[0]) * (k + 0.5)) / ARROWS,
  );
  const speeds = places.map((s) => exact.velocity([s, 0])[0]);
  const fastest = Math.max(...speeds.map(Math.abs), 1e-300);
  places.forEach((s, k) => {
    const share = speeds[k] / fastest;
    if (Math.abs(share) < STILL) return;
    const [x] = toScreen(view, [s, 0]);
    const way = Math.sign(share);
    const half = Math.max(4, LONGEST * Math.abs(share) ** 0.5) / 2;
    const tip = x + way * half;
    ink.line(
      [
        [x - way * half, y],
        [tip, y],
      ],
      { colour: palette.ink3, width: 1.6 },
    );
    ink.area(
      [
        [tip + way * 3, y],
        [tip - way * 4, y - 3.5],
        [tip - way * 4, y + 3.5],
      ],
      palette.ink3,
    );
  });
}

const tintOf = ({ tint }: CurveMarks, { blind, certified, plain }: Palette): string =>
  tint === 'blind' ? blind : tint === 'certified' ? certified : plain;

/** The path lies on the curve: a wide band behind it. */
function drawPath(ink: Ink, marks: CurveMarks, palette: Palette): void {
  const whole = marks.path.points.map(({ y, energy }) => toScreen(marks.view, [y[0], energy]));
  ink.line(whole, { colour: tintOf(marks, palette), alpha: 0.35, width: 8, cap: 'round' });
}

/** The cursor and the start. */
function drawPlaces(ink: Ink, marks: CurveMarks, at: (s: number) => Point, palette: Palette): void {
  const { view, start, cursor, exact } = marks;
  const [x, y] = at(cursor[0]);
  ink.line(
    [
      [x, 0],
      [x, view.height],
    ],
    { colour: palette.ink3, dash: [1, 3] },
  );
  ink.circle([x, y], 5.2, tintOf(marks, palette), { colour: palette.panel, width: 2 });
  const handle = at(start[0]);
  ink.circle(handle, 9, palette.panel, { colour: palette.ink, width: 1.6 });
  const [a, b] = handle;
  for (const [u, v] of [
    [4, 0],
    [0, 4],
  ])
    ink.line(
      [
        [a - u, b - v],
        [a + u, b + v],
      ],
      { colour: palette.ink, width: 1.6 },
    );
  const font = `550 12px ${palette.numbers}`;
  const right = x > view.width - 120;
  ink.words(
    `E = ${fixed(exact.energy([cursor[0], 0]), 3)}`,
    [x + (right ? -10 : 10), y < 28 ? y + 24 : y - 12],
    {
      colour: palette.ink,
      font,
      anchor: right ? 'end' : 'start',
      halo: [palette.paper, 3],
    },
  );
}
