/** Where activations bend and where they are dead, as lines of the plane and stretches of its axes: from the table. */
import { activationRow, layer64, type Layer, type Problem } from '../library.js';
import type { View } from '../plot/view.js';
import { neuronsOf } from '../state/state.js';
import type { Point } from './exact.js';
import type { Plane } from './plane.js';

export type Line = readonly [Point, Point];

/** Lines beyond this many are a pattern and no longer information. */
const MOST_LINES = 12;
/** A neuron is dead where |h| is at most this (equations.md section 3). */
const DEAD = 1e-6;
const SAMPLES = 240;

const layerOf = ({ network }: Problem, neuron: number): Layer =>
  network.layers.find(({ offset, size }) => neuron < offset + size) ?? network.layers[0];

function elementwise({ activation: { name, parameters } }: Layer) {
  const row = activationRow(name);
  const hessian = layer64(name, parameters).elementwise?.hessian;
  return row.kind === 'elementwise' && hessian ? { kinks: row.kinks(parameters), hessian } : undefined;
}

/** The argument of g of a neuron, as c + a s + b t in the plane: y itself, or W u + b of eq. 9. */
function argument({ network, equation }: Problem, { origin, axes: [u, v] }: Plane, i: number) {
  if (equation !== 9) return { c: origin[i], a: u[i], b: v[i] };
  const found = { c: network.bias[i], a: 0, b: 0 };
  for (const { row, column, matrix } of network.weights) {
    if (i < row || i >= row + matrix.rows) continue;
    for (let j = 0; j < matrix.columns; j++) {
      const w = matrix.data[(i - row) * matrix.columns + j];
      found.c += w * origin[column + j];
      found.a += w * u[column + j];
      found.b += w * v[column + j];
    }
  }
  return found;
}

/** Lines of the view on which some neuron bends. */
export function kinkLines(problem: Problem, plane: Plane, view: View): Line[] {
  const lines: Line[] = [];
  for (let i = 0; i < problem.network.size; i++) {
    const { c, a, b } = argument(problem, plane, i);
    for (const kink of elementwise(layerOf(problem, i))?.kinks ?? []) {
      const line = clip(a, b, kink - c, view);
      if (line) lines.push(line);
    }
  }
  return lines.length <= MOST_LINES ? lines : [];
}

/** The part of a s + b t = c inside a view. */
function clip(a: number, b: number, c: number, { x, y }: View): Line | undefined {
  const ends: Point[] = [];
  const add = (s: number, t: number) => {
    const inside = s >= x[0] && s <= x[1] && t >= y[0] && t <= y[1];
    if (inside && ends.every(([p, q]) => p !== s || q !== t)) ends.push([s, t]);
  };
  if (b !== 0) for (const s of x) add(s, (c - a * s) / b);
  if (a !== 0) for (const t of y) add((c - b * t) / a, t);
  return ends.length >= 2 ? [ends[0], ends[ends.length - 1]] : undefined;
}

/** Stretches of an axis where its neuron is dead; none where the axis is no neuron, or g has another argument. */
export function deadStretches(problem: Problem, plane: Plane, axis: 0 | 1, [low, high]: Point): Point[] {
  const neurons = neuronsOf({ axes: [[...plane.axes[0]], [...plane.axes[1]]] });
  if (!neurons || problem.equation === 9) return [];
  const neuron = neurons[axis];
  const hessian = elementwise(layerOf(problem, neuron))?.hessian;
  if (!hessian) return [];
  const stretches: Point[] = [];
  const step = (high - low) / SAMPLES;
  for (let k = 0; k < SAMPLES; k++) {
    const from = low + k * step;
    if (!(Math.abs(hessian(plane.origin[neuron] + from + step / 2)) <= DEAD)) continue;
    const last = stretches.at(-1);
    if (last && Math.abs(last[1] - from) < step / 2) stretches[stretches.length - 1] = [last[0], from + step];
    else stretches.push([from, from + step]);
  }
  // A single sample is an isolated zero of h: degenerate, not dead.
  return stretches.filter(([a, b]) => b - a > 1.5 * step);
}
