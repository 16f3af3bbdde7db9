/**
 * One step of a method in f64. A stepper owns its stages, so nothing is allocated per step; f(y) at the start of a step
 * is handed in, because the driver has it from the step before.
 */
import { exponentialWeights, type ExponentialWeights } from './exponential.js';
import { methods, type Exponential, type MethodName, type Tableau } from './methods.js';

/** y' = f(y); writes f(y) to `out`, which is not `y`. */
export type VectorField = (y: Float64Array, out: Float64Array) => void;

export interface Stepper {
  readonly order: number;
  /** Whether `step` estimates its error. */
  readonly adaptive: boolean;
  /** Order of the error estimate: it falls as h^(errorOrder + 1). */
  readonly errorOrder: number;
  /** From y with f(y) = `slope` over h to `out`; the error of each component goes to `error` where it is estimated. */
  step(y: Float64Array, slope: Float64Array, h: number, out: Float64Array, error: Float64Array): void;
}

export function createStepper(name: MethodName, n: number, field: VectorField): Stepper {
  const method = methods[name];
  return method.family === 'runge-kutta' ? rungeKutta(method, n, field) : exponential(method, n, field);
}

/**
 * The same method with an error estimate by step doubling: two half steps are the step, and what they differ by from one
 * whole step, over 2^p - 1, is their error. Nothing is extrapolated, so what a method keeps (steady states, boxes) it keeps.
 */
export function createDoubled(name: MethodName, n: number, field: VectorField): Stepper {
  // One for each length: the exponential methods remember the weights of the last.
  const [long, short] = [createStepper(name, n, field), createStepper(name, n, field)];
  const { order } = long;
  const share = 1 / (2 ** order - 1);
  const [whole, middle, slopeThere, unused] = Array.from({ length: 4 }, () => new Float64Array(n));
  return {
    order,
    adaptive: true,
    errorOrder: order,
    step: (y, slope, h, out, error) => {
      long.step(y, slope, h, whole, unused);
      short.step(y, slope, h / 2, middle, unused);
      field(middle, slopeThere);
      short.step(middle, slopeThere, h / 2, out, unused);
      for (let i = 0; i < n; i++) error[i] = share * (out[i] - whole[i]);
    },
  };
}

function rungeKutta(
  { order, a, b, error: weights, errorOrder }: Tableau,
  n: number,
  field: VectorField,
): Stepper {
  const stages = a.map(() => new Float64Array(n));
  const at = new Float64Array(n);
  const combine = (y: Float64Array, h: number, row: readonly number[], out: Float64Array) => {
    out.set(y);
    row.forEach((weight, j) => {
      if (weight === 0) return;
      const k = stages[j];
      for (let i = 0; i < n; i++) out[i] += h * weight * k[i];
    });
  };
  return {
    order,
    adaptive: weights !== undefined,
    errorOrder: errorOrder ?? order,
    step: (y, slope, h, out, error) => {
      stages[0].set(slope);
      for (let i = 1; i < a.length; i++) {
        combine(y, h, a[i], at);
        field(at, stages[i]);
      }
      combine(y, h, b, out);
      if (!weights) return;
      error.fill(0);
      weights.forEach((weight, j) => {
        for (let i = 0; i < n; i++) error[i] += h * weight * stages[j][i];
      });
    },
  };
}

function exponential({ order }: Exponential, n: number, field: VectorField): Stepper {
  const vector = () => new Float64Array(n);
  const [n0, na, nb, nc, a, b, c] = Array.from({ length: 7 }, vector);
  /** N(y) = f(y) + y. */
  const rest = (y: Float64Array, out: Float64Array) => {
    field(y, out);
    for (let i = 0; i < n; i++) out[i] += y[i];
  };
  /** out = decay y + gain N. */
  const relax = (decay: number, y: Float64Array, gain: number, source: Float64Array, out: Float64Array) => {
    for (let i = 0; i < n; i++) out[i] = decay * y[i] + gain * source[i];
  };
  let weights: ExponentialWeights | undefined;
  let length = NaN;
  const step: Stepper['step'] = (y, slope, h, out) => {
    if (h !== length || !weights) weights = exponentialWeights((length = h));
    const { decay, halfDecay, gain, halfGain, second, last } = weights;
    for (let i = 0; i < n; i++) n0[i] = slope[i] + y[i];
    if (order === 1) {
      relax(decay, y, gain, n0, out);
      return;
    }
    if (order === 2) {
      relax(decay, y, gain, n0, a);
      rest(a, na);
      for (let i = 0; i < n; i++) out[i] = a[i] + second * (na[i] - n0[i]);
      return;
    }
    relax(halfDecay, y, halfGain, n0, a);
    rest(a, na);
    relax(halfDecay, y, halfGain, na, b);
    rest(b, nb);
    for (let i = 0; i < n; i++) c[i] = halfDecay * a[i] + halfGain * (2 * nb[i] - n0[i]);
    rest(c, nc);
    const [w0, w1, w2] = last;
    for (let i = 0; i < n; i++) out[i] = decay * y[i] + w0 * n0[i] + w1 * (na[i] + nb[i]) + w2 * nc[i];
  };
  return { order, adaptive: false, errorOrder: order, step };
}
