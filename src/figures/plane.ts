/** Choosing a slice: through three states, or along the principal axes of states (interface.md, Slices and grids). */
import type { Algebra } from '../model/algebra.js';
import { dot, norm } from '../model/evaluator.js';
import { SliceFrame, type Range } from './slice.js';
import type { Grid } from '../types.js';

/** Room around states, as a share of the range they take. */
const MARGIN = 0.25;
/** Sine of the least angle of a triangle that still spans a plane. */
const FLAT = 1e-9;

/** `v` less its parts along `axes`, scaled to length 1; undefined where nothing is left. */
function orthonormal(v: Float64Array, axes: readonly Float64Array[]): Float64Array | undefined {
  const size = norm(v);
  const rest = Float64Array.from(v);
  // Twice, because once leaves rounding errors of nearly parallel vectors in.
  for (const axis of [...axes, ...axes]) {
    const along = dot(rest, axis);
    for (let i = 0; i < rest.length; i++) rest[i] -= along * axis[i];
  }
  const length = norm(rest);
  return length > FLAT * size ? rest.map((x) => x / length) : undefined;
}

/** The range of numbers and a quarter more on each side. */
function widened(values: readonly number[]): Range {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = high > low ? MARGIN * (high - low) : 1;
  return [low - margin, high + margin];
}

/** Ranges of s and t that show states, a quarter of the range on each side. */
export function extentOf(
  states: readonly Float64Array[],
  origin: Float64Array,
  axes: readonly Float64Array[],
): Range[] {
  const frame = new SliceFrame({
    kind: 'grid',
    origin,
    axes,
    extent: axes.map(() => [0, 1]),
    size: axes.map(() => 1),
  });
  const places = states.map((state) => frame.locate(state));
  return [widened(places.map(({ s }) => s)), widened(places.map(({ t }) => t))].slice(0, axes.length);
}

/** The plane through three states, its extent their triangle and 25 %; undefined where they lie on a line. */
export function throughStates(
  states: readonly [Float64Array, Float64Array, Float64Array],
): Pick<Grid, 'origin' | 'axes' | 'extent'> | undefined {
  const [origin, second, third] = states;
  const first = orthonormal(
    second.map((v, i) => v - origin[i]),
    [],
  );
  const other =
    first &&
    orthonormal(
      third.map((v, i) => v - origin[i]),
      [first],
    );
  if (!first || !other) return undefined;
  return { origin, axes: [first, other], extent: extentOf(states, origin, [first, other]) };
}

/**
 * The `wanted` leading principal axes of states about their mean, orthonormal; the component largest in size is
 * positive, so that they do not depend on the order of the states. Fewer where the states span less.
 */
export function principalAxes(states: readonly Float64Array[], algebra: Algebra, wanted = 2): Float64Array[] {
  const n = states[0]?.length ?? 0;
  const mean = new Float64Array(n).map((_, i) => states.reduce((sum, y) => sum + y[i], 0) / states.length);
  const centred = states.map((y) => y.map((v, i) => v - mean[i]));
  const data = new Float64Array(n * states.length);
  // Columns are states: U then holds the axes.
  for (const [j, y] of centred.entries()) for (const [i, v] of y.entries()) data[i * states.length + j] = v;
  if (n === 0) return [];
  const { u, s } = algebra.svd({ rows: n, columns: states.length, data });
  const axes: Float64Array[] = [];
  for (let k = 0; k < Math.min(wanted, s.length) && s[k] > FLAT * s[0]; k++) {
    const axis = new Float64Array(n).map((_, i) => u.data[i * u.columns + k]);
    const largest = axis.reduce((best, v) => (Math.abs(v) > Math.abs(best) + 1e-12 ? v : best), 0);
    axes.push(axis.map((v) => (largest < 0 ? -v : v) + 0));
  }
  return axes;
}
