/**
 * What the f64 forms of the table are made of: special functions, and twins of whole layers. Rows get it handed in when
 * a twin is asked for (model/activation.ts), so that kernels alone do not load it.
 */
import type { Elementwise64, Layer64 } from './twin.js';

export {
  atanMoment,
  dilogNegExp,
  erf,
  erfMoment,
  geluMoment,
  logCosh,
  logistic,
  normalCdf,
  normalPdf,
  siluMoment,
  softplus,
} from '../math/special.js';

/** x log x, continued by 0 at 0. */
export const xlogx = (x: number) => (x <= 0 ? 0 : x * Math.log(x));

/** The derivative of the logistic function. */
export function logisticSlope(x: number): number {
  const e = Math.exp(-Math.abs(x));
  return e / ((1 + e) * (1 + e));
}

const step = (condition: boolean) => (condition ? 1 : 0);

/** x > 0: scale x; x <= 0: scale a (e^x - 1). */
export const exponentialLinear = (scale: number, a: number): Elementwise64 => ({
  lagrangian: (x) => (x > 0 ? (scale * x * x) / 2 : scale * a * (Math.expm1(x) - x)),
  activation: (x) => (x > 0 ? scale * x : scale * a * Math.expm1(x)),
  hessian: (x) => (x > 0 ? scale : scale * a * Math.exp(x)),
  ...(a > 0
    ? {
        inverseIntegral: (x: number) => {
          if (x > 0) return (x * x) / (2 * scale);
          const s = x / (scale * a);
          return scale * a * ((1 + s <= 0 ? 0 : (1 + s) * Math.log1p(s)) - s);
        },
      }
    : {}),
});

export function softmax64(beta: number): Layer64 {
  const activation = (x: Float64Array, out: Float64Array) => {
    const top = x.reduce((a, b) => Math.max(a, b), -Infinity);
    let total = 0;
    for (let i = 0; i < x.length; i++) total += out[i] = Math.exp(beta * (x[i] - top));
    for (let i = 0; i < x.length; i++) out[i] /= total;
  };
  const activated = (x: Float64Array) => {
    const g = new Float64Array(x.length);
    activation(x, g);
    return g;
  };
  return {
    lagrangian: (x) => {
      const top = x.reduce((a, b) => Math.max(a, b), -Infinity);
      return top + Math.log(x.reduce((sum, value) => sum + Math.exp(beta * (value - top)), 0)) / beta;
    },
    activation,
    hessianApply: (x, v, out) => {
      const g = activated(x);
      const mean = g.reduce((sum, value, i) => sum + value * v[i], 0);
      for (let i = 0; i < x.length; i++) out[i] = beta * g[i] * (v[i] - mean);
    },
    hessianDiagonal: (x, out) => {
      const g = activated(x);
      for (let i = 0; i < x.length; i++) {
        // 1 - g by the sum of the others: no cancellation when one neuron takes all.
        let rest = 0;
        for (let j = 0; j < x.length; j++) if (j !== i) rest += g[j];
        out[i] = beta * g[i] * rest;
      }
    },
    deadCount: (x, tolerance) => {
      const g = activated(x);
      const below = g.filter((value) => beta * value < tolerance).length;
      const schur = g.reduce((sum, value) => sum + value / (beta * value - tolerance), 0);
      return below + step(schur > 0);
    },
    hessianTerms: (x, v, out) => {
      const g = activated(x);
      const mean = g.reduce((sum, value, i) => sum + value * Math.abs(v[i]), 0);
      for (let i = 0; i < x.length; i++) out[i] = beta * g[i] * (Math.abs(v[i]) + mean);
    },
  };
}

/** mean, standard deviation (with eps) and centred values of a layer; scaled so that no square overflows. */
function moments(x: Float64Array, eps: number) {
  const centre = x.reduce((sum, value) => sum + value / x.length, 0);
  const mean = centre + x.reduce((sum, value) => sum + (value - centre) / x.length, 0);
  const scale = x.reduce((a, b) => Math.max(a, Math.abs(b - mean)), Math.sqrt(eps));
  const spread = x.reduce((sum, value) => sum + ((value - mean) / scale) ** 2, 0);
  return { mean, sd: scale * Math.sqrt(spread / x.length + eps / scale / scale) };
}

export function layerNorm64(eps: number): Layer64 {
  return {
    lagrangian: (x) => x.length * moments(x, eps).sd,
    activation: (x, out) => {
      const { mean, sd } = moments(x, eps);
      for (let i = 0; i < x.length; i++) out[i] = (x[i] - mean) / sd;
    },
    hessianApply: (x, v, out) => {
      const { mean, sd } = moments(x, eps);
      const n = x.length;
      let level = 0;
      let along = 0;
      for (let i = 0; i < n; i++) {
        level += v[i] / n;
        along += ((x[i] - mean) / sd) * v[i];
      }
      for (let i = 0; i < n; i++) out[i] = (v[i] - level - ((x[i] - mean) / sd) * (along / n)) / sd;
    },
    hessianDiagonal: (x, out) => {
      const { mean, sd } = moments(x, eps);
      for (let i = 0; i < x.length; i++) out[i] = (1 - (1 + ((x[i] - mean) / sd) ** 2) / x.length) / sd;
    },
    deadCount: (x, tolerance) => {
      const { sd } = moments(x, eps);
      if (x.length === 1) return 1;
      return 1 + step(eps / sd / sd / sd <= tolerance) + (x.length - 2) * step(1 / sd <= tolerance);
    },
    hessianTerms: (x, v, out) => {
      const { mean, sd } = moments(x, eps);
      const n = x.length;
      let level = 0;
      let along = 0;
      for (let i = 0; i < n; i++) {
        level += Math.abs(v[i]) / n;
        along += Math.abs(((x[i] - mean) / sd) * v[i]) / n;
      }
      for (let i = 0; i < n; i++)
        out[i] = (Math.abs(v[i]) + level + Math.abs((x[i] - mean) / sd) * along) / sd;
    },
  };
}

export function spherical64(eps: number): Layer64 {
  const norm = (x: Float64Array) => {
    const scale = x.reduce((a, b) => Math.max(a, Math.abs(b)), Math.sqrt(eps));
    return scale * Math.sqrt(x.reduce((sum, value) => sum + (value / scale) ** 2, 0) + eps / scale / scale);
  };
  return {
    lagrangian: norm,
    activation: (x, out) => {
      const length = norm(x);
      for (let i = 0; i < x.length; i++) out[i] = x[i] / length;
    },
    hessianApply: (x, v, out) => {
      const length = norm(x);
      const along = x.reduce((sum, value, i) => sum + (value / length) * v[i], 0);
      for (let i = 0; i < x.length; i++) out[i] = (v[i] - (x[i] / length) * along) / length;
    },
    hessianDiagonal: (x, out) => {
      const length = norm(x);
      for (let i = 0; i < x.length; i++) out[i] = (1 - (x[i] / length) ** 2) / length;
    },
    deadCount: (x, tolerance) => {
      const length = norm(x);
      return (
        step(eps / length / length / length <= tolerance) + (x.length - 1) * step(1 / length <= tolerance)
      );
    },
    hessianTerms: (x, v, out) => {
      const length = norm(x);
      const along = x.reduce((sum, value, i) => sum + Math.abs((value / length) * v[i]), 0);
      for (let i = 0; i < x.length; i++) out[i] = (Math.abs(v[i]) + Math.abs(x[i] / length) * along) / length;
    },
  };
}
