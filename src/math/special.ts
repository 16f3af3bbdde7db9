/**
 * Special functions in f64: what the Lagrange functions of equations.md section 2 need beyond `Math`.
 *
 * One idea throughout: write each function as an elementary part that carries the size (a power, e^{-x^2/2},
 * a parabola) times or plus a smooth bounded part, so that neither overflow nor cancellation can meet the
 * large numbers. Smooth parts without a series of their own are Chebyshev tables made by
 * test/fixtures/special.py. Accuracy is measured against mpmath in test/math/special.test.ts: relative error
 * below 2e-15, or absolute below 1e-15 next to a zero that is not at the origin.
 */

const HALF_PI_SQUARED_THIRD = (Math.PI * Math.PI) / 6;
const INVERSE_SQRT_2 = Math.SQRT1_2;
const INVERSE_SQRT_2PI = 0.3989422804014327;
const INVERSE_2_SQRT_PI = 0.28209479177387814;

/** Beyond this e^{-x^2/2} (and so e^{-x^2}) is 0 in f64. */
const GAUSS_END = 40;

/** erf(x)/x on x^2 in [0, 1], in 2 x^2 - 1. */
const ERF = [
  0.9754769393826541, -0.14226120510371365, 0.010035582187599796, -0.0005768764699767485,
  2.741993125219606e-5, -1.1043175507344507e-6, 3.8488755420345036e-8, -1.1808582533875466e-9,
  3.233421582605091e-11, -7.991015947004549e-13, 1.7990725113961456e-14, -3.718635487818693e-16,
  7.103599003714253e-18,
];

/** erfMoment(s)/s^3 on s^2 in [0, 1], in 2 s^2 - 1. */
const ERF_MOMENT = [
  0.3437411053167257, -0.03076845196866759, 0.001545472552024502, -6.861640219832335e-5,
  2.6502437111931145e-6, -8.977600288482089e-8, 2.6979701497639685e-9, -7.272168842972228e-11,
  1.7750949301293188e-12, -3.9565750113712656e-14, 8.110842690323194e-16, -1.538681710526422e-17,
];

/** (x + 1/2) e^{x^2} erfc(x) on x >= 1/2, in (x - 9/2)/(x + 7/2). */
const SCALED_ERFC = [
  0.605338970347107, -0.03693301069378637, -0.010962908593347878, 0.00989811299165031, -0.004152258301543949,
  0.0012383401344458595, -0.0002792097566989306, 4.618150703112645e-5, -4.718893652468379e-6,
  7.66670429639549e-9, 8.961812845418712e-8, -1.2264830773615913e-8, -5.331090739201051e-10,
  3.436803911966854e-10, -1.747864411570367e-11, -7.642276461255697e-12, 9.713229528226121e-13,
  1.664963640063373e-13, -3.5961622373756406e-14, -3.961085273149023e-15, 1.2396722413036623e-15,
  1.1327767054399847e-16, -4.279078807212112e-17,
];

/** -(x + 1) geluMoment(-x)/normalPdf(x) on x >= 1, in (x - 7)/(x + 5). */
const GELU_TAIL = [
  1.0578285352594514, -0.02784846679243255, -0.04997910024395845, 0.02656623328628058, -0.0078559700308987,
  0.001359536494322991, -1.9708440403141278e-5, -7.24504127742673e-5, 2.5840166430252212e-5,
  -4.896065012372526e-6, 4.198672018588206e-7, 4.237504838516667e-8, -1.6884537162921543e-8,
  1.1760404928589398e-9, 3.100156361704834e-10, -6.351736808578952e-11, -3.2727962902451215e-12,
  2.106257656601353e-12, -3.2542859299902755e-14, -6.408663402668647e-14, 3.695904478666159e-15,
  2.0014100721350243e-15, -1.7070921656592502e-16, -6.733115344906453e-17,
];

/** Clenshaw's sum of c_j T_j(t): backward stable for every |t| <= 1. */
function chebyshev(table: readonly number[], t: number): number {
  let above = 0;
  let here = 0;
  for (let j = table.length - 1; j > 0; j--) {
    const next = 2 * t * here - above + table[j];
    above = here;
    here = next;
  }
  return t * here - above + table[0];
}

/**
 * e^{-rate x^2} for a rate of 1 or 1/2. The square of the leading 24 bits is exact, so the relative error stays
 * at 1e-16 where x^2 itself would be off by x^2 1e-16.
 */
function gaussian(x: number, rate: number): number {
  if (Math.abs(x) > GAUSS_END) return 0;
  const leading = Math.fround(x);
  return Math.exp(-rate * leading * leading) * Math.exp(-rate * (x - leading) * (x + leading));
}

/** e^{x^2} erfc(x) for x >= 1/2. */
function scaledErfc(x: number): number {
  return chebyshev(SCALED_ERFC, (x - 4.5) / (x + 3.5)) / (x + 0.5);
}

/** Logistic sigmoid 1/(1 + e^{-x}); relative error 4e-16 also in the left tail. */
export function logistic(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
}

/** log(1 + e^x) = max(x, 0) + log1p(e^{-|x|}); relative error 4e-16. */
export function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/**
 * log cosh x, even; relative error 1e-15. Up to 1 as log1p(sinh^2 x)/2, which keeps the leading x^2/2, beyond
 * as |x| - log 2 + log1p(e^{-2|x|}).
 */
export function logCosh(x: number): number {
  const a = Math.abs(x);
  if (a > 1) return a - Math.LN2 + Math.log1p(Math.exp(-2 * a));
  const s = Math.sinh(a);
  return Math.log1p(s * s) / 2;
}

/** Error function 2/sqrt(pi) integral_0^x e^{-t^2} dt, odd; relative error 1e-15. */
export function erf(x: number): number {
  const a = Math.abs(x);
  if (a <= 1) return x * chebyshev(ERF, 2 * a * a - 1);
  return Math.sign(x) * (1 - gaussian(a, 1) * scaledErfc(a));
}

/** 1 - erf(x), relative error 1e-15 down to the underflow at 26.5. */
export function erfc(x: number): number {
  if (x < 0.5) return 1 - erf(x);
  return gaussian(x, 1) * scaledErfc(x);
}

/**
 * Standard normal distribution Phi(x) = erfc(-x/sqrt 2)/2; relative error 1e-15 also in the left tail, where
 * the exponential is taken of x itself: the rounding of x/sqrt 2 would cost a factor x^2.
 */
export function normalCdf(x: number): number {
  const a = Math.abs(x);
  if (a < Math.SQRT1_2) return 0.5 + 0.5 * erf(x * INVERSE_SQRT_2);
  const tail = 0.5 * gaussian(a, 0.5) * scaledErfc(a * INVERSE_SQRT_2);
  return x < 0 ? tail : 1 - tail;
}

/** Standard normal density phi(x) = e^{-x^2/2}/sqrt(2 pi), even; relative error 5e-16. */
export function normalPdf(x: number): number {
  return INVERSE_SQRT_2PI * gaussian(x, 0.5);
}

/**
 * Dilogarithm Li2(-e^x). For x <= 0 by the Bernoulli series in u = softplus(x) <= log 2,
 *   Li2(-e^x) = -u - u^2/4 - sum_{k>=1} B_2k u^{2k+1}/(2k+1)!,
 * (Lewin, Polylogarithms and Associated Functions, 1981, section 1.3: Li2(1 - e^{-w}) = sum B_n w^{n+1}/(n+1)!
 * at w = -u), which converges like (u/2 pi)^{2k} and does not cancel; for x > 0 by inversion,
 *   Li2(-e^x) = -pi^2/6 - x^2/2 - Li2(-e^{-x}).
 * Relative error 1e-15.
 */
export function dilogNegExp(x: number): number {
  const inner = dilogSeries(Math.log1p(Math.exp(-Math.abs(x))));
  return x > 0 ? inner - HALF_PI_SQUARED_THIRD - x * (x / 2) : -inner;
}

/** B_2k/(2k+1)! for k = 1, 2, ... */
const BERNOULLI = [
  1 / 36,
  -1 / 3600,
  1 / 211680,
  -1 / 10886400,
  1 / 526901760,
  -691 / 16999766784000,
  1 / 1120863744000,
];

function dilogSeries(u: number): number {
  const square = u * u;
  let tail = 0;
  for (let k = BERNOULLI.length - 1; k >= 0; k--) tail = (tail + BERNOULLI[k]) * square;
  return u * (1 + u / 4 + tail);
}

/**
 * integral_0^s atan = s atan s - log(1 + s^2)/2, even; relative error 1e-15 (the leading s^2 loses half to the
 * logarithm, no more).
 */
export function atanMoment(s: number): number {
  const a = Math.abs(s);
  const half = a < 1e8 ? Math.log1p(a * a) / 2 : Math.log(a);
  return a * Math.atan(a) - half;
}

/**
 * integral_0^s t erf(t) dt = (s^2/2 - 1/4) erf(s) + s e^{-s^2}/(2 sqrt pi), odd; relative error 1e-15. Both terms
 * are positive beyond 1/sqrt 2; below 1 s^3 times a table, as the terms cancel to order s^3.
 */
export function erfMoment(s: number): number {
  const a = Math.abs(s);
  if (a <= 1) return s * s * s * chebyshev(ERF_MOMENT, 2 * a * a - 1);
  return Math.sign(s) * ((a * (a / 2) - 0.25) * erf(a) + INVERSE_2_SQRT_PI * a * gaussian(a, 1));
}

/**
 * integral_{-inf}^x t Phi(t) dt = ((x^2 - 1) Phi(x) + x phi(x))/2. Left of -1, where the terms cancel to a share
 * x^-2, as phi(x) times a table; relative error 1e-15 there, absolute next to the zero at 0.7518.
 */
export function geluMoment(x: number): number {
  if (x < -1) return (-normalPdf(x) * chebyshev(GELU_TAIL, (-x - 7) / (5 - x))) / (1 - x);
  // Parabola and rest apart: x^2 overflows where x^2/2 does not.
  if (x > GAUSS_END) return x * (x / 2) - 0.5;
  return ((x * x - 1) * normalCdf(x) + x * normalPdf(x)) / 2;
}

/**
 * integral_{-inf}^x t logistic(t) dt = x softplus(x) + Li2(-e^x): both terms negative for x < 0, and for x > 0
 *   x^2/2 - pi^2/6 + x log1p(e^{-x}) - Li2(-e^{-x}).
 * Relative error 1e-15, absolute next to the zero at 1.6.
 */
export function siluMoment(x: number): number {
  const u = Math.log1p(Math.exp(-Math.abs(x)));
  const inner = Math.abs(x) * u + dilogSeries(u);
  return x > 0 ? x * (x / 2) + (inner - HALF_PI_SQUARED_THIRD) : -inner;
}
