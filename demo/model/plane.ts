/** The plane that is drawn: y = origin + s axis_0 + t axis_1, in as many neurons as the network has. */
import { neuronPlane, type PlaneSetting, type Point } from '../state/state.js';

export interface Plane {
  readonly origin: Float64Array;
  readonly axes: readonly [Float64Array, Float64Array];
}

/** The plane of a setting as arrays. */
export const planeOf = ({ origin, axes }: PlaneSetting): Plane => ({
  origin: Float64Array.from(origin),
  axes: [Float64Array.from(axes[0]), Float64Array.from(axes[1])],
});

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k] * b[k];
  return sum;
};

/** Writes the state at a place of the plane. */
export function stateAt({ origin, axes: [u, v] }: Plane, [s, t]: Point, out: Float64Array): void {
  for (let k = 0; k < out.length; k++) out[k] = origin[k] + s * u[k] + t * v[k];
}

/** The place of the plane that is nearest to a state, and its distance. */
export function nearest({ origin, axes: [u, v] }: Plane, state: Float64Array): { at: Point; off: number } {
  const from = state.map((value, k) => value - origin[k]);
  const at: Point = [dot(from, u), dot(from, v)];
  let square = 0;
  for (let k = 0; k < from.length; k++) square += (from[k] - at[0] * u[k] - at[1] * v[k]) ** 2;
  return { at, off: Math.sqrt(square) };
}

/** A direction as seen in the plane. */
export const along = ({ axes: [u, v] }: Plane, direction: Float64Array): Point => [
  dot(direction, u),
  dot(direction, v),
];

/** The plane through three states: origin in the first. Undefined where they lie on a line. */
export function planeThrough(
  how: string,
  [a, b, c]: readonly [Float64Array, Float64Array, Float64Array],
): PlaneSetting | undefined {
  const first = unit(b.map((v, k) => v - a[k]));
  const rest = c.map((v, k) => v - a[k]);
  const second = first && unit(rest.map((v, k) => v - dot(rest, first) * first[k]));
  return second && { how, origin: [...a], axes: [[...first], [...second]] };
}

/** The plane of the two leading principal axes of some states, through their mean. Undefined where they span none. */
export function principalPlane(states: readonly Float64Array[]): PlaneSetting | undefined {
  if (states.length < 3) return undefined;
  const mean = states[0].map((_, k) => states.reduce((sum, y) => sum + y[k], 0) / states.length);
  let rows = states.map((y) => y.map((v, k) => v - mean[k]));
  const axes: number[][] = [];
  for (let k = 0; k < 2; k++) {
    const axis = leading(rows);
    if (!axis) return undefined;
    axes.push([...axis]);
    rows = rows.map((row) => {
      const share = dot(row, axis);
      return row.map((v, j) => v - share * axis[j]);
    });
  }
  return { how: 'principal axes', origin: [...mean], axes: [axes[0], axes[1]] };
}

/** Power iterations; a few states in a few neurons need no more. */
const ITERATIONS = 200;

function leading(rows: readonly Float64Array[]): Float64Array | undefined {
  const longest = rows.reduce((a, b) => (dot(b, b) > dot(a, a) ? b : a));
  let axis = unit(longest);
  for (let k = 0; k < ITERATIONS && axis; k++) {
    const next = new Float64Array(axis.length);
    for (const row of rows) {
      const share = dot(row, axis);
      for (let j = 0; j < next.length; j++) next[j] += share * row[j];
    }
    axis = unit(next);
  }
  return axis;
}

function unit(v: Float64Array): Float64Array | undefined {
  const length = Math.sqrt(dot(v, v));
  return length > 1e-9 ? v.map((x) => x / length) : undefined;
}

/** How a plane is called that was turned. */
export const TURNED = ', turned';

/**
 * A plane whose axes are turned, the first and then the second, by angles towards a neuron (from 0), about its origin.
 * Undefined for a neuron that lies in the plane.
 */
export function turned(
  { how, origin, axes }: PlaneSetting,
  neuron: number,
  [alpha, beta]: readonly [number, number],
): PlaneSetting | undefined {
  const [u, v] = axes;
  const away = unit(
    Float64Array.from(origin, (_, k) => Number(k === neuron) - u[neuron] * u[k] - v[neuron] * v[k]),
  );
  if (!away) return undefined;
  const [c, s] = [Math.cos(alpha), Math.sin(alpha)];
  const first = u.map((x, k) => c * x + s * away[k]);
  const rest = u.map((x, k) => c * away[k] - s * x);
  const second = v.map((x, k) => Math.cos(beta) * x + Math.sin(beta) * rest[k]);
  return { how: how.endsWith(TURNED) ? how : how + TURNED, origin, axes: [first, second] };
}

/** The plane of two neurons through the origin, or through a state of interest. */
export function planeOfNeurons(size: number, i: number, j: number, through?: Float64Array): PlaneSetting {
  const plane = neuronPlane(size, i, j);
  if (!through) return plane;
  return { ...plane, origin: [...through].map((v, k) => (k === i || k === j ? 0 : v)) };
}
