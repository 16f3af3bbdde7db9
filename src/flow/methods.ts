/**
 * One-step methods for y' = f(y) as data, with one driver for each family (`steppers.ts`).
 *
 * - Runge-Kutta: a tableau; where it carries a second row of weights the difference of the two is the error.
 * - Exponential (ETD): y' = -y + N(y) with the decay solved exactly. Steady states are kept to the last bit, whatever
 *   the step, and for eq. 9 with R = I a step of `etd1` is a convex combination of u and g: boxes are kept.
 *
 * The split of the exponential family is the same for every R: the linear part is -y and N = f + y. For R = I that is
 * W g + b, free of y; for other R it stays a valid split, only less of the stiffness is taken exactly.
 */

/** A Runge-Kutta method: stages k_i = f(y + h sum_j a_ij k_j), y + h sum_i b_i k_i. */
export interface Tableau {
  readonly family: 'runge-kutta';
  readonly order: number;
  /** Row i has i entries: explicit methods only. */
  readonly a: readonly (readonly number[])[];
  readonly b: readonly number[];
  /** b - b*, with b* the embedded method of the lower order `errorOrder`; absent where the step is fixed. */
  readonly error?: readonly number[];
  readonly errorOrder?: number;
}

/** An exponential method; its weights are in `exponential.ts`, its stages in `steppers.ts` and `wgsl/steps.ts`. */
export interface Exponential {
  readonly family: 'exponential';
  readonly order: 1 | 2 | 4;
}

/** A way to make one step. */
export type Method = Tableau | Exponential;

/** J. Dormand, P. Prince, "A family of embedded Runge-Kutta formulae", J. Comp. Appl. Math. 6 (1980) 19-26. */
const dopri5: Tableau = {
  family: 'runge-kutta',
  order: 5,
  a: [
    [],
    [1 / 5],
    [3 / 40, 9 / 40],
    [44 / 45, -56 / 15, 32 / 9],
    [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
    [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
    [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
  ],
  b: [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84, 0],
  error: [71 / 57600, 0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40],
  errorOrder: 4,
};

/** P. Bogacki, L. Shampine, "A 3(2) pair of Runge-Kutta formulas", Appl. Math. Lett. 2 (1989) 321-325. */
const bs3: Tableau = {
  family: 'runge-kutta',
  order: 3,
  a: [[], [1 / 2], [0, 3 / 4], [2 / 9, 1 / 3, 4 / 9]],
  b: [2 / 9, 1 / 3, 4 / 9, 0],
  error: [-5 / 72, 1 / 12, 1 / 9, -1 / 8],
  errorOrder: 2,
};

const rk4: Tableau = {
  family: 'runge-kutta',
  order: 4,
  a: [[], [1 / 2], [0, 1 / 2], [0, 0, 1]],
  b: [1 / 6, 1 / 3, 1 / 3, 1 / 6],
};

const euler: Tableau = { family: 'runge-kutta', order: 1, a: [[]], b: [1] };

/**
 * All methods by name. `etd1` is exponential Euler; `etd2rk` and `etd4rk` are those of S. Cox, P. Matthews,
 * "Exponential time differencing for stiff systems", J. Comp. Phys. 176 (2002) 430-455.
 */
export const methods = {
  dopri5,
  bs3,
  rk4,
  euler,
  etd1: { family: 'exponential', order: 1 },
  etd2rk: { family: 'exponential', order: 2 },
  etd4rk: { family: 'exponential', order: 4 },
} as const satisfies Readonly<Record<string, Method>>;

/** Name of a row of `methods`. */
export type MethodName = keyof typeof methods;
