/** Slices y = origin + s axis_0 + t axis_1 + q axis_2: the way from states and vectors back to (s, t). */
import { literal } from './words.js';
import { formatNumber } from '../figure/number.js';
import { dot, norm } from '../model/evaluator.js';
import type { Grid, Network } from '../types.js';

export type Range = readonly [number, number];

/** Unit vector e_k of N neurons. */
export function unitAxis(size: number, k: number): Float64Array {
  const axis = new Float64Array(size);
  axis[k] = 1;
  return axis;
}

/** The plane of the first two neurons through 0 (or the line of the only one). */
export function neuronGrid(size: number, extent: readonly Range[], samples: readonly number[]): Grid {
  return {
    kind: 'grid',
    origin: new Float64Array(size),
    axes: extent.map((_, k) => unitAxis(size, k)),
    extent,
    size: samples,
  };
}

/** The same slice with other numbers of samples. */
export function resampled(grid: Grid, size: readonly number[]): Grid {
  return { ...grid, size };
}

/** Least squares coordinates of vectors along the axes, which need not be orthonormal. */
export class SliceFrame {
  readonly grid: Grid;
  readonly #gram: readonly [number, number, number];

  /** Of a slice with one or two axes. */
  constructor(grid: Grid) {
    this.grid = grid;
    const [a, b] = grid.axes;
    this.#gram = grid.axes.length > 1 ? [dot(a, a), dot(a, b), dot(b, b)] : [dot(a, a), 0, 1];
  }

  /** (s, t) of the direction nearest to `v` in the slice; t is 0 on a line. */
  project(v: Float64Array): [number, number] {
    const [aa, ab, bb] = this.#gram;
    const [a, b] = this.grid.axes;
    const va = dot(v, a);
    const vb = this.grid.axes.length > 1 ? dot(v, b) : 0;
    const determinant = aa * bb - ab * ab;
    return [(bb * va - ab * vb) / determinant, (aa * vb - ab * va) / determinant];
  }

  /** (s, t) of a state and its distance from the slice. */
  locate(state: Float64Array): { readonly s: number; readonly t: number; readonly distance: number } {
    const { origin } = this.grid;
    const from = state.map((v, i) => v - origin[i]);
    const [s, t] = this.project(from);
    const foot = this.state(s, t);
    return { s, t, distance: norm(state.map((v, i) => v - foot[i])) };
  }

  /** The state at (s, t). */
  state(s: number, t: number): Float64Array {
    const { origin, axes } = this.grid;
    const second = axes.length > 1 ? axes[1] : undefined;
    return origin.map((v, i) => v + s * axes[0][i] + (second ? t * second[i] : 0));
  }

  /** Whether (s, t) lies in the extent. */
  contains(s: number, t: number): boolean {
    const [[s0, s1], [t0, t1] = [-Infinity, Infinity]] = this.grid.extent;
    return s >= s0 && s <= s1 && t >= t0 && t <= t1;
  }
}

/** The neuron whose unit vector an axis is, or undefined. */
export function neuronOf(axis: Float64Array): number | undefined {
  const k = axis.findIndex((v) => v !== 0);
  return k >= 0 && axis[k] === 1 && axis.every((v, i) => i === k || v === 0) ? k : undefined;
}

/** The name of a neuron as in the model file: `x[1]`, counted from 0 in its layer. */
export function neuronName({ layers }: Network, k: number): string {
  const layer = layers.find(({ offset, size }) => k >= offset && k < offset + size);
  return layer ? `${layer.name}[${String(k - layer.offset)}]` : `e${String(k)}`;
}

/** What stands at an axis: the neuron where it is one, with the origin it is counted from, else s or t. */
export function axisLabel(network: Network, { origin, axes }: Grid, k: number): string {
  const neuron = neuronOf(axes[k]);
  if (neuron === undefined) return ['*s*', '*t*', '*q*'][k];
  const name = literal(neuronName(network, neuron));
  const from = origin[neuron];
  if (from === 0) return name;
  return `${name} ${from < 0 ? '+' : '−'} ${formatNumber(Math.abs(from))}`;
}
