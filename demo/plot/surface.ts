/**
 * The energy as a surface over its plane, in f64 and without perspective: heights are true to the scale beside it, far
 * cells are drawn before near ones, and what lies on the surface is drawn over it.
 */
import type { Exact, Point } from '../model/exact.js';
import { fixed, short } from '../page/text.js';
import type { MapName, Sight } from '../state/state.js';
import { CASING, drawGlyph, WHITE } from './glyph.js';
import type { Ink, Palette } from './ink.js';
import type { Overlay } from './overlay.js';
import { RAMP_SIZE, rampOf } from './tarn.js';
import { gainOf, type Tone } from './tone.js';
import { fromScreen, isInside, type View } from './view.js';

/** Cells along the longer side. */
const CELLS = { full: 64, quick: 32 } as const;
/** Height of the range of energies, where half a side of the plane is 1. */
const HEIGHT = 1.7;
/** Of it, what flat plots keep: they have their room sideways. */
const FLAT = 0.3;
/** Pixels for the numbers and names around it. */
const ROOM = { across: 84, upwards: 56, share: 0.22 } as const;
/** Every so manyth line of the mesh is drawn, so that a flat piece is seen to be flat. */
const EVERY = 4;
/** Diagonals of blind cells, so many apart, make the hatch. */
const HATCH = 3;
/** Of the light: what all cells have, and what faces it adds. */
const LIGHT = { all: 0.72, facing: 0.28 } as const;

export interface SurfaceLook {
  readonly tone: Tone;
  readonly map: MapName;
  readonly dark: boolean;
  readonly sight: Sight;
  readonly isolines: boolean;
  /** Names of both axes of the plane. */
  readonly names: readonly [string, string];
}

export interface Mesh {
  readonly columns: number;
  readonly rows: number;
  /** Energies at corners of cells, from the lower left, row by row. */
  readonly energies: Float64Array;
  /** 1 where the middle of a cell is blind. */
  readonly blind: Uint8Array;
}

/** What is computed of a surface; turning it needs no more. */
export function meshOf(exact: Exact, view: View, effort: 'full' | 'quick'): Mesh {
  const longer = Math.max(view.width, view.height);
  const [columns, rows] = [view.width, view.height].map((length) =>
    Math.max(EVERY, EVERY * Math.round((CELLS[effort] * length) / longer / EVERY)),
  );
  const at = (i: number, j: number): Point =>
    fromScreen(view, [(i / columns) * view.width, (1 - j / rows) * view.height]);
  const energies = new Float64Array((columns + 1) * (rows + 1));
  const blind = new Uint8Array(columns * rows);
  for (let j = 0; j <= rows; j++)
    for (let i = 0; i <= columns; i++) {
      energies[j * (columns + 1) + i] = exact.energy(at(i, j));
      if (i < columns && j < rows) blind[j * columns + i] = Number(exact.isBlind(at(i + 0.5, j + 0.5)));
    }
  return { columns, rows, energies, blind };
}

/** From places of the plane, -1 to 1 along its longer side, and heights, 0 to 1, to the screen. */
class Camera {
  readonly #turn: readonly [number, number];
  readonly #tilt: readonly [number, number];
  readonly #scale: number;
  readonly #sides: Point;
  readonly #height: number;
  /** Where the middle of what is seen stands on the screen, and without scale. */
  readonly #middle: readonly [Point, Point];

  constructor({ width, height }: View, { turn, tilt }: Sight) {
    const radians = (degrees: number) => (degrees * Math.PI) / 180;
    this.#turn = [Math.cos(radians(turn)), Math.sin(radians(turn))];
    this.#tilt = [Math.cos(radians(tilt)), Math.sin(radians(tilt))];
    const longer = Math.max(width, height);
    this.#sides = [width / longer, height / longer];
    this.#height = HEIGHT * (FLAT + (1 - FLAT) * Math.min(...this.#sides));
    const corners = [0, 1].flatMap((u) => [0, 1].flatMap((v) => [0, 1].map((h) => this.#unscaled(u, v, h))));
    const range = (k: 0 | 1): Point => {
      const all = corners.map((corner) => corner[k]);
      return [Math.min(...all), Math.max(...all)];
    };
    const [across, upwards] = [range(0), range(1)];
    const [wide, high] = [width - ROOM.across, height - Math.min(ROOM.upwards, ROOM.share * height)];
    this.#scale = Math.min(wide / (across[1] - across[0]), high / (upwards[1] - upwards[0]));
    this.#middle = [
      [width / 2, height / 2 - 5],
      [(across[0] + across[1]) / 2, (upwards[0] + upwards[1]) / 2],
    ];
  }

  /** Shares of both sides from the lower left, and a height. */
  at(u: number, v: number, height: number): Point {
    const [[left, top], [x, y]] = this.#middle;
    const [a, b] = this.#unscaled(u, v, height);
    return [left + this.#scale * (a - x), top - this.#scale * (b - y)];
  }

  #unscaled(u: number, v: number, height: number): Point {
    const [c, s] = this.#turn;
    const [flat, up] = this.#tilt;
    const [a, b] = [(2 * u - 1) * this.#sides[0], (2 * v - 1) * this.#sides[1]];
    return [a * c - b * s, (a * s + b * c) * up + height * this.#height * flat];
  }

  /** Whether cells further along each side are further from the eye. */
  get away(): readonly [boolean, boolean] {
    return [this.#turn[1] > 0, this.#turn[0] > 0];
  }
}

/** Draws the surface and what lies on it. */
export function drawSurface(
  ink: Ink,
  mesh: Mesh,
  marks: Overlay & { readonly exact: Exact },
  look: SurfaceLook,
  palette: Palette,
): void {
  const { view, exact } = marks;
  const { tone, sight, names } = look;
  const camera = new Camera(view, sight);
  const height = (energy: number) => Math.min(1, Math.max(0, (energy - tone.low) / tone.range));
  const share = ([a, b]: Point): Point => [
    (a - view.x[0]) / (view.x[1] - view.x[0]),
    (b - view.y[0]) / (view.y[1] - view.y[0]),
  ];
  const over = (place: Point, energy: number): Point => camera.at(...share(place), height(energy));
  drawFrame(ink, camera, names, tone, palette);
  drawCells(ink, mesh, camera, height, look, marks.hatch);
  const seen = marks.path.points.filter(({ y }) => isInside(view, y));
  const path = seen.map(({ y, energy }) => over(y, energy));
  ink.line(path, { colour: WHITE, width: 5, cap: 'round' });
  ink.line(path, { colour: CASING, width: 2.2 });
  if (path.length > 0) ink.circle(path[0], 6, WHITE, { colour: CASING, width: 1.6 });
  for (const stretch of marks.hatch ? marks.path.stretches : []) {
    const still = stretch.points.filter(({ y }) => isInside(view, y));
    ink.line(
      still.map(({ y, energy }) => over(y, energy)),
      { colour: '#b23308', width: 3.2, dash: [6, 3] },
    );
  }
  if (isInside(view, marks.cursor))
    ink.circle(over(marks.cursor, exact.energy(marks.cursor)), 5, palette.plain, { colour: WHITE, width: 2 });
  for (const { y, kind, name } of marks.points) {
    if (!isInside(view, y)) continue;
    const [left, top] = over(y, exact.energy(y));
    drawGlyph(ink, kind, [left, top], palette.words);
    const font = `700 14px ${palette.words}`;
    ink.words(name, [left + 12, top - 8], { colour: WHITE, font, halo: ['rgb(12 20 40 / 0.74)', 3.4] });
  }
}

/** The square below, the axis of energies at its rearmost corner's left, and the names of the axes. */
function drawFrame(
  ink: Ink,
  camera: Camera,
  names: readonly [string, string],
  tone: Tone,
  palette: Palette,
): void {
  const corners = [camera.at(0, 0, 0), camera.at(1, 0, 0), camera.at(1, 1, 0), camera.at(0, 1, 0)];
  ink.line([...corners, corners[0]], { colour: palette.rule });
  const sides: readonly Point[] = [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 1],
  ];
  const [u, v] = sides.reduce((a, b) => (camera.at(a[0], a[1], 0)[0] <= camera.at(b[0], b[1], 0)[0] ? a : b));
  const [low, high] = [camera.at(u, v, 0), camera.at(u, v, 1)];
  ink.line([low, high], { colour: palette.rule });
  const number = { colour: palette.ink3, font: `11px ${palette.numbers}`, anchor: 'start' } as const;
  // Hundredths say nothing of a range of 1e-7.
  const written = (value: number) => (tone.range < 0.1 ? short(value) : fixed(value, 2));
  ink.words(written(tone.low), [Math.max(2, low[0] - 34), low[1] + 3], number);
  ink.words(written(tone.low + tone.range), [Math.max(2, high[0] - 34), high[1] + 3], number);
  const name = { colour: palette.ink, font: `italic 14px ${palette.math}`, anchor: 'middle' } as const;
  const [across, upwards] = [
    camera.at(0.5, camera.away[1] ? 0 : 1, 0),
    camera.at(camera.away[0] ? 0 : 1, 0.5, 0),
  ];
  const index = { ...name, font: `10px ${palette.words}`, anchor: 'start' } as const;
  for (const [k, [x, y]] of [across, upwards].entries()) {
    const taken = ink.words(names[k].slice(0, 1), [x, y + 20], name);
    ink.words(names[k].slice(1), [x + taken / 2, y + 23], index);
  }
}

function drawCells(
  ink: Ink,
  { columns, rows, energies, blind }: Mesh,
  camera: Camera,
  height: (energy: number) => number,
  { tone, map, dark, isolines }: SurfaceLook,
  hatch: boolean,
): void {
  const { context } = ink;
  const ramp = rampOf(map, dark);
  const gain = gainOf(tone);
  const [right, upwards] = camera.away;
  const corner = (i: number, j: number): Point =>
    camera.at(i / columns, j / rows, height(energies[j * (columns + 1) + i]));
  context.lineJoin = 'round';
  for (let b = 0; b < rows; b++)
    for (let a = 0; a < columns; a++) {
      // From far to near.
      const i = right ? columns - 1 - a : a;
      const j = upwards ? rows - 1 - b : b;
      const at = j * (columns + 1) + i;
      const [e, f, g] = [energies[at], energies[at + 1], energies[at + columns + 1]];
      const x = Math.min(tone.range, Math.max(0, (e + energies[at + columns + 2]) / 2 - tone.low));
      const shade = ramp[Math.round(Math.min(1, (gain * x) / (x + tone.m)) * (RAMP_SIZE - 1))];
      // Light from the upper left, on slopes as steep as they are drawn.
      const [p, q] = [((f - e) / tone.range) * columns * 0.5, ((g - e) / tone.range) * rows * 0.5];
      const facing = Math.max(0, (1 + 0.55 * p - 0.55 * q) / Math.sqrt((1 + p * p + q * q) * 1.6));
      const light = LIGHT.all + LIGHT.facing * Math.min(1, facing);
      const channels = [shade & 255, (shade >> 8) & 255, shade >> 16];
      const colour = `rgb(${channels.map((v) => String(Math.round(light * v))).join(' ')})`;
      context.beginPath();
      context.moveTo(...corner(i, j));
      context.lineTo(...corner(i + 1, j));
      context.lineTo(...corner(i + 1, j + 1));
      context.lineTo(...corner(i, j + 1));
      context.closePath();
      context.fillStyle = colour;
      context.fill();
      context.strokeStyle = colour;
      context.lineWidth = 0.7;
      context.stroke();
      if (hatch && blind[j * columns + i] === 1 && (i + j) % HATCH === 0) {
        context.beginPath();
        context.moveTo(...corner(i, j + 1));
        context.lineTo(...corner(i + 1, j));
        context.strokeStyle = dark ? '#ffc4aa' : '#b23308';
        context.lineWidth = 1.2;
        context.stroke();
        context.lineWidth = 0.7;
      }
      if (!isolines || (i % EVERY !== 0 && j % EVERY !== 0)) continue;
      context.beginPath();
      if (j % EVERY === 0) {
        context.moveTo(...corner(i, j));
        context.lineTo(...corner(i + 1, j));
      }
      if (i % EVERY === 0) {
        context.moveTo(...corner(i, j));
        context.lineTo(...corner(i, j + 1));
      }
      context.strokeStyle = 'rgb(16 26 44 / 0.28)';
      context.stroke();
    }
}
