/**
 * What exp, log, softplus and the dilogarithm leave beyond their first-order part, in f64, without cancellation near 0
 * (relative error a few 1e-16 there): the twins of shaders/difference/remainders.wgsl, by other means where f64 asks for
 * more terms.
 */

import { dilogNegExp, softplus } from '../math/special.js';

/** Below this |w| series are summed; above, subtraction loses less than two bits. */
const NEAR = 1;

/** e^w - 1 - w >= 0. */
export function expm1Rest(w: number): number {
  if (Math.abs(w) > NEAR) return Math.expm1(w) - w;
  let sum = 0;
  // 22! is beyond 1e-16 of the first term at |w| = 1.
  for (let k = 22; k > 2; k--) sum = (w / k) * (1 + sum);
  return ((w * w) / 2) * (1 + sum);
}

/** v - log(1 + v) >= 0 for v > -1: v t - 2 (t^3/3 + t^5/5 + ..) with t = v/(2 + v). */
export function log1pRest(v: number): number {
  if (v < -0.5 || v > 1) return v - Math.log1p(v);
  const t = v / (2 + v);
  const t2 = t * t;
  let sum = 0;
  for (let k = 37; k >= 3; k -= 2) sum = 1 / k + t2 * sum;
  return v * t - 2 * t * t2 * sum;
}

/** Above this w the exponential is left out of the sums, lest it overflow. */
export const LARGEST = 700;

/**
 * softplus(x + w) - softplus(x) - share w >= 0 where share = logistic(x) <= 1/2.
 * @param x the logit of the share, which beyond -745 has none.
 */
export function softplusRest(w: number, share: number, x: number): number {
  if (w > LARGEST) return softplus(x + w) + Math.log1p(-share) - share * w;
  const p = Math.expm1(w);
  if (Math.abs(w) <= NEAR) return share * expm1Rest(w) - log1pRest(share * p);
  return Math.log1p(share * p) - share * w;
}

/** Nodes and weights of Gauss and Legendre on [0, 1], ten points. */
const NODES = [
  0.013046735741414128, 0.06746831665550773, 0.16029521585048778, 0.2833023029353764, 0.4255628305091844,
];
const WEIGHTS = [
  0.03333567215434407, 0.0747256745752902, 0.109543181257991, 0.13463335965499826, 0.1477621123573764,
];
/** Panels at most: beyond, the difference of the two ends loses fewer digits than so many terms. */
const PANELS = 8;

/**
 * The integral of softplusRest(., share, x) from 0 to w: what the Lagrange function of softplus leaves beyond second
 * order. The integrand has one sign and no pole within pi, so ten points are exact on panels of length 1.
 */
export function dilogRest(w: number, share: number, x: number): number {
  if (Math.abs(w) > PANELS)
    return dilogNegExp(x) - dilogNegExp(x + w) + Math.log1p(-share) * w - (share * w * w) / 2;
  const panels = Math.max(1, Math.ceil(Math.abs(w)));
  const length = w / panels;
  let sum = 0;
  for (let panel = 0; panel < panels; panel++)
    for (const [k, node] of NODES.entries())
      sum +=
        WEIGHTS[k] *
        (softplusRest((panel + node) * length, share, x) +
          softplusRest((panel + 1 - node) * length, share, x));
  return sum * length;
}
