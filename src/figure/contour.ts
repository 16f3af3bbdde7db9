/**
 * Isolines by marching squares over tones. d3-contour gives closed polygons, runs along the border and around
 * masked samples, and sorts holes in quadratic time, which a noisy field cannot afford; we need open lines.
 */
import type { ScalarField } from './picture.js';
import { thinField } from './thin.js';
import type { ToneScale } from './tone.js';

const LIMIT = 512;
/** Tones closer than this are equal: beyond f32 noise, below one step of any visible slope. */
const FLAT = 1e-5;

/** Crossed cells per sample of width and height: a smooth landscape has about 15, noise more than 500. */
const MOST_CROSSINGS = 120;

/** Tones at cell centres with one extrapolated sample around, so that lines reach the border. */
export interface ToneGrid {
  readonly width: number;
  readonly height: number;
  readonly tones: Float64Array;
  /** 1 where the sample belongs to a plateau. */
  readonly flat: Uint8Array;
  /** Position of sample 0 and spacing as fractions of the extent, per axis. */
  readonly origin: readonly [number, number];
  readonly step: readonly [number, number];
}

/** Cell edges joined by the line within each cell, by the corners above the level (1, 2, 4, 8 = ccw from lower left). */
const CASES: readonly (readonly number[])[] = [
  [],
  [3, 0],
  [0, 1],
  [3, 1],
  [1, 2],
  [3, 2, 1, 0],
  [0, 2],
  [3, 2],
  [2, 3],
  [2, 0],
  [0, 3, 2, 1],
  [2, 1],
  [1, 3],
  [1, 0],
  [0, 3],
  [],
];

function extrapolate(near: number, far: number): number {
  return Number.isNaN(far) ? near : 2 * near - far;
}

/** Fills the rim of a padded array from its inside. */
function padRim(tones: Float64Array, width: number, height: number): void {
  const inner = width > 3 ? 2 : 1;
  for (let j = 1; j < height - 1; j++) {
    const row = j * width;
    tones[row] = extrapolate(tones[row + 1], tones[row + inner]);
    tones[row + width - 1] = extrapolate(tones[row + width - 2], tones[row + width - 1 - inner]);
  }
  const up = height > 3 ? 2 : 1;
  for (let i = 0; i < width; i++) {
    tones[i] = extrapolate(tones[width + i], tones[up * width + i]);
    const last = (height - 1) * width + i;
    tones[last] = extrapolate(tones[last - width], tones[last - up * width]);
  }
}

function findFlat(tones: Float64Array, width: number, height: number): Uint8Array {
  const flat = new Uint8Array(tones.length);
  for (let j = 0; j + 1 < height; j++) {
    for (let i = 0; i + 1 < width; i++) {
      const k = j * width + i;
      const a = tones[k];
      const near = (other: number): boolean => Math.abs(a - tones[other]) < FLAT;
      if (near(k + 1) && near(k + width) && near(k + width + 1)) {
        flat[k] = flat[k + 1] = flat[k + width] = flat[k + width + 1] = 1;
      }
    }
  }
  return flat;
}

/** Tones of a field for contouring, thinned to at most 512 samples a side. */
export function toneGrid(field: ScalarField, scale: Pick<ToneScale, 'toTone'>): ToneGrid {
  const thin = thinField(field, LIMIT);
  const [width, height] = [thin.width + 2, thin.height + 2];
  const tones = new Float64Array(width * height);
  for (let j = 0; j < thin.height; j++) {
    for (let i = 0; i < thin.width; i++) {
      tones[(j + 1) * width + i + 1] = scale.toTone(thin.values[j * thin.width + i]);
    }
  }
  padRim(tones, width, height);
  const step = [thin.stride[0] / field.size[0], thin.stride[1] / field.size[1]] as const;
  const origin = [
    (thin.offset[0] + 0.5) / field.size[0] - step[0],
    (thin.offset[1] + 0.5) / field.size[1] - step[1],
  ] as const;
  return { width, height, tones, flat: findFlat(tones, width, height), origin, step };
}

/** A plateau on the level has no line; its rim would look like one. */
function touchesPlateau(grid: ToneGrid, k: number, level: number): boolean {
  const { flat, tones, width } = grid;
  const on = (corner: number): boolean => flat[corner] === 1 && Math.abs(tones[corner] - level) < FLAT;
  return on(k) || on(k + 1) || on(k + width) || on(k + width + 1);
}

/** Lower left corners of the cells that each level crosses; one pass, since most cells meet no level. */
function crossedCells(grid: ToneGrid, levels: readonly number[]): number[][] {
  const { width, height, tones } = grid;
  const cells: number[][] = levels.map(() => []);
  for (let j = 0; j + 1 < height; j++) {
    for (let i = 0; i + 1 < width; i++) {
      const k = j * width + i;
      const least = Math.min(tones[k], tones[k + 1], tones[k + width], tones[k + width + 1]);
      const most = Math.max(tones[k], tones[k + 1], tones[k + width], tones[k + width + 1]);
      // NaN in a corner makes both comparisons false.
      if (!(most > least)) continue;
      for (let n = 0; n < levels.length && levels[n] <= most; n++) if (levels[n] > least) cells[n].push(k);
    }
  }
  return cells;
}

/** Edge ids: 2k leads right from sample k, 2k + 1 upwards. Each edge is shared by at most two cells. */
function linkEdges(grid: ToneGrid, level: number, cells: readonly number[], links: Int32Array): number[] {
  const { width, tones } = grid;
  const edges: number[] = [];
  const link = (from: number, to: number): void => {
    if (links[2 * from] < 0) {
      links[2 * from] = to;
      edges.push(from);
    } else links[2 * from + 1] = to;
  };
  for (const k of cells) {
    if (touchesPlateau(grid, k, level)) continue;
    const corners = [k, k + 1, k + width + 1, k + width];
    const code = corners.reduce((bits, corner, n) => bits | (tones[corner] >= level ? 1 << n : 0), 0);
    const ids = [2 * k, 2 * (k + 1) + 1, 2 * (k + width), 2 * k + 1];
    const pairs = CASES[code];
    for (let p = 0; p < pairs.length; p += 2) {
      link(ids[pairs[p]], ids[pairs[p + 1]]);
      link(ids[pairs[p + 1]], ids[pairs[p]]);
    }
  }
  return edges;
}

function crossing(grid: ToneGrid, edge: number, level: number): [number, number] {
  const k = edge >> 1;
  const upwards = edge & 1;
  const next = upwards ? k + grid.width : k + 1;
  const from = grid.tones[k];
  const u = (level - from) / (grid.tones[next] - from);
  const i = (k % grid.width) + (upwards ? 0 : u);
  const j = Math.floor(k / grid.width) + (upwards ? u : 0);
  return [grid.origin[0] + i * grid.step[0], grid.origin[1] + j * grid.step[1]];
}

/** Chains linked edges to lines; open lines start at an end, closed ones repeat their start. */
function chainEdges(grid: ToneGrid, level: number, edges: readonly number[], links: Int32Array): number[][] {
  const lines: number[][] = [];
  const follow = (start: number): void => {
    const line: number[] = [];
    let edge = start;
    let before = -1;
    // A visited edge loses its links, so that it is visited once and the array is clean for the next level.
    while (edge >= 0 && links[2 * edge] !== -1) {
      line.push(...crossing(grid, edge, level));
      const [one, other] = [links[2 * edge], links[2 * edge + 1]];
      links[2 * edge] = links[2 * edge + 1] = -1;
      const next = one === before ? other : one;
      before = edge;
      edge = next;
    }
    if (edge === start && line.length > 4) line.push(line[0], line[1]);
    if (line.length >= 4) lines.push(line);
  };
  for (const edge of edges) if (links[2 * edge + 1] < 0) follow(edge);
  for (const edge of edges) follow(edge);
  return lines;
}

/**
 * The lines on which the tone equals each of `levels`.
 * @param levels ascending tones
 * @returns per level polylines of interleaved positions as fractions of the extent (t upwards); closed ones repeat
 * their start; none at all for a field so rough that its lines would fill the picture
 */
export function isolines(grid: ToneGrid, levels: readonly number[]): number[][][] {
  const links = new Int32Array(4 * grid.tones.length).fill(-1);
  const cells = crossedCells(grid, levels);
  const crossings = cells.reduce((sum, list) => sum + list.length, 0);
  if (crossings > MOST_CROSSINGS * (grid.width + grid.height)) return levels.map(() => []);
  return levels.map((level, n) => chainEdges(grid, level, linkEdges(grid, level, cells[n], links), links));
}
