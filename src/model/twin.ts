/** What a twin in f64 is: of one neuron, and of a layer. */

/** l, l' = g and l'' = h of one neuron in f64. */
export interface Elementwise64 {
  /** l(x), with the constant of the WGSL form: kernels are checked against it. */
  readonly lagrangian: (x: number) => number;
  /** g(x) = l'(x). */
  readonly activation: (x: number) => number;
  /** h(x) = l''(x); at a kink either side's value. */
  readonly hessian: (x: number) => number;
  /** integral_0^x g^{-1}(s) ds of eq. 5, a closed form independent of L; absent where g is not invertible. */
  readonly inverseIntegral?: (x: number) => number;
}

/** L, g = grad L and H = Hess L of one layer of n neurons in f64. `out` never aliases `x`. */
export interface Layer64 {
  /** L(x). */
  readonly lagrangian: (x: Float64Array) => number;
  /** out = g(x). */
  readonly activation: (x: Float64Array, out: Float64Array) => void;
  /** out = H(x) v. */
  readonly hessianApply: (x: Float64Array, v: Float64Array, out: Float64Array) => void;
  /** out_i = H(x)_ii. */
  readonly hessianDiagonal: (x: Float64Array, out: Float64Array) => void;
  /** Number of eigenvalues of H(x) with |lambda| <= tolerance. */
  readonly deadCount: (x: Float64Array, tolerance: number) => number;
  /** Sum of the absolute values of the terms of (H v)_i: what rounding errors are relative to. */
  readonly hessianTerms: (x: Float64Array, v: Float64Array, out: Float64Array) => void;
  /** Sum over neurons of integral_0^{g_i} g_i^{-1}(s) ds, eq. 5; absent where there is no closed form. */
  readonly inverseIntegral?: (g: Float64Array) => number;
  /** The functions of one neuron, where neurons do not act on each other. */
  readonly elementwise?: Elementwise64;
}

/** What f64 forms of rows may be made of: special functions, and twins that several rows or whole layers need. */
export interface Library64 {
  /** integral_0^s atan = s atan s - ln(1 + s^2)/2. */
  readonly atanMoment: (x: number) => number;
  /** Li2(-e^x). */
  readonly dilogNegExp: (x: number) => number;
  /** The error function. */
  readonly erf: (x: number) => number;
  /** integral_0^s t erf(t) dt. */
  readonly erfMoment: (x: number) => number;
  /** L of gelu. */
  readonly geluMoment: (x: number) => number;
  /** log cosh x. */
  readonly logCosh: (x: number) => number;
  /** 1/(1 + e^-x). */
  readonly logistic: (x: number) => number;
  /** The derivative of the logistic function. */
  readonly logisticSlope: (x: number) => number;
  /** Phi(x). */
  readonly normalCdf: (x: number) => number;
  /** phi(x). */
  readonly normalPdf: (x: number) => number;
  /** L of silu. */
  readonly siluMoment: (x: number) => number;
  /** log(1 + e^x). */
  readonly softplus: (x: number) => number;
  /** x log x, 0 at 0. */
  readonly xlogx: (x: number) => number;
  /** x > 0: scale x; x <= 0: scale a (e^x - 1). */
  readonly exponentialLinear: (scale: number, a: number) => Elementwise64;
  /** g = softmax(beta x). */
  readonly softmax64: (beta: number) => Layer64;
  /** g = (x - mean)/sd, sd with eps under the root. */
  readonly layerNorm64: (eps: number) => Layer64;
  /** g = x/sqrt(|x|^2 + eps). */
  readonly spherical64: (eps: number) => Layer64;
}
