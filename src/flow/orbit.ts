/** A closed orbit as states along it: whether another state lies on it, without following that one round again. */
import { createStepper, type VectorField } from './steppers.js';

const STATES = 256;
const STEPS_BETWEEN = 8;
/** This close to an orbit, relative to its size, is on it: far more than its states miss between them. */
const ON_ORBIT = 1e-2;

/** States at equal times over one period, from `state` after `settling` more time. */
export function sampleOrbit(
  state: Float64Array,
  settling: number,
  period: number,
  field: VectorField,
): Float64Array[] {
  const n = state.length;
  const stepper = createStepper('rk4', n, field);
  const y = state.slice();
  const [slope, next, unused] = Array.from({ length: 3 }, () => new Float64Array(n));
  const h = period / (STATES * STEPS_BETWEEN);
  const advance = (steps: number) => {
    for (let k = 0; k < steps; k++) {
      field(y, slope);
      stepper.step(y, slope, h, next, unused);
      y.set(next);
    }
  };
  advance(Math.ceil(settling / h));
  return Array.from({ length: STATES }, () => {
    advance(STEPS_BETWEEN);
    return y.slice();
  });
}

/** Whether a state lies on a closed orbit given by states along it. */
export function isOnOrbit(orbit: readonly Float64Array[], state: Float64Array): boolean {
  const size = orbit.reduce((most, at) => Math.max(most, distance(at, orbit[0])), 0);
  return orbit.some((a, k) => toSegment(a, orbit[(k + 1) % orbit.length], state) <= ON_ORBIT * size);
}

function distance(a: Float64Array, b: Float64Array): number {
  let square = 0;
  for (let i = 0; i < a.length; i++) square += (a[i] - b[i]) ** 2;
  return Math.sqrt(square);
}

function toSegment(a: Float64Array, b: Float64Array, at: Float64Array): number {
  let [along, length] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    along += (at[i] - a[i]) * (b[i] - a[i]);
    length += (b[i] - a[i]) ** 2;
  }
  const share = length === 0 ? 0 : Math.min(1, Math.max(0, along / length));
  return distance(
    a.map((v, i) => v + share * (b[i] - v)),
    at,
  );
}
