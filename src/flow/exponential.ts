/**
 * Numbers of an exponential step: y' = -y + N(y) over h, the decay taken exactly (S. Cox, P. Matthews, J. Comp. Phys. 176
 * (2002) 430-455). Steppers in f64 and the kernels' text are both made of them.
 */

/** phi_k(z) = sum_j z^j / (j + k)! for k = 1, 2, 3, without cancellation for any z <= 0. */
export function phi(z: number): [number, number, number] {
  if (Math.abs(z) < 1) {
    const series = (k: number) => {
      let term = 1;
      for (let j = 2; j <= k; j++) term /= j;
      let sum = term;
      for (let j = 1; j < 20; j++) {
        term *= z / (j + k);
        sum += term;
      }
      return sum;
    };
    return [series(1), series(2), series(3)];
  }
  const one = Math.expm1(z) / z;
  const two = (one - 1) / z;
  return [one, two, (two - 1 / 2) / z];
}

/** Weights of one step of length h; those of N have h in them. */
export interface ExponentialWeights {
  /** e^-h and e^(-h/2). */
  readonly decay: number;
  readonly halfDecay: number;
  /** 1 - e^-h and 1 - e^(-h/2). */
  readonly gain: number;
  readonly halfGain: number;
  /** Of N_a - N_0 in the second stage of order 2. */
  readonly second: number;
  /** Of N_0, of N_a + N_b and of N_c in the last stage of order 4. */
  readonly last: readonly [number, number, number];
}

/** The weights of a step of length `h` > 0. */
export function exponentialWeights(h: number): ExponentialWeights {
  const [p1, p2, p3] = phi(-h);
  return {
    decay: Math.exp(-h),
    halfDecay: Math.exp(-h / 2),
    gain: h * p1,
    halfGain: -Math.expm1(-h / 2),
    second: h * p2,
    last: [h * (p1 - 3 * p2 + 4 * p3), h * 2 * (p2 - 2 * p3), h * (4 * p3 - p2)],
  };
}
