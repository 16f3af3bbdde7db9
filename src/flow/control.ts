/**
 * How long the next step of an adaptive method is: the same rule, with the same numbers, for trajectories in f64, for the
 * lanes of a kernel (shaders/task/advance.wgsl) and for their f64 twin.
 */

/** Tolerance of a step, per component: atol + rtol |y|. */
export interface Tolerance {
  readonly rtol: number;
  readonly atol: number;
}

/**
 * Share of the tolerance that one step may use: users read rtol as the error of the result, to which all steps add and
 * which the flow may enlarge a hundredfold (measured on 200 random networks, test/flow/accuracy.test.ts).
 */
export const RESERVE = 0.01;
export const SAFETY = 0.9;
/** A step is at least and at most so many times the one before. */
export const [SHRINK, GROW] = [0.2, 5];
/** PI control: exponent of the last error (E. Hairer, G. Wanner, "Solving ODEs II", IV.2). */
export const PI_LAST = 0.04;
/** Errors below these are taken for them: by the step that was made, and by the next one. */
export const [LEAST_ERROR, LEAST_LAST] = [1e-10, 1e-4];

/**
 * Estimated error in units of what one step may do: the root mean square over the components; a step is accepted up to 1.
 * @param floor what rounding leaves of an estimate: nobody can ask for less. Default 0.
 */
export function scaledError(
  error: Float64Array,
  y: Float64Array,
  next: Float64Array,
  { rtol, atol }: Tolerance,
  floor = 0,
): number {
  let square = 0;
  for (let i = 0; i < y.length; i++) {
    const scale = RESERVE * (atol + rtol * Math.max(Math.abs(y[i]), Math.abs(next[i]))) + floor;
    square += (error[i] / scale) ** 2;
  }
  return Math.sqrt(square / y.length);
}

/** Factor on the length of a step that was refused with `error`; where that is no number f is not defined on the way. */
export const afterRefusal = (error: number, errorOrder: number): number =>
  Number.isFinite(error) ? Math.max(SHRINK, SAFETY * error ** (-1 / (errorOrder + 1))) : SHRINK;

/** Factor on the length of a step that was accepted with `error`, after one that was with `last`. */
export function afterAcceptance(error: number, last: number, errorOrder: number): number {
  const factor = SAFETY * Math.max(error, LEAST_ERROR) ** (PI_LAST - 1 / (errorOrder + 1)) * last ** -PI_LAST;
  return Math.min(GROW, Math.max(SHRINK, factor));
}
