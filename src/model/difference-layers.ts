/**
 * What an offset dx of the argument changes in a layer, in f64 and exact for offsets as small as they come: nothing is
 * computed as a difference of two values of g or L. For one reference x0,
 *
 *   g          g(x0 + dx) - g(x0)
 *   rest       g less H(x0) dx
 *   lagrangian L(x0 + dx) - L(x0) - g(x0).dx, never negative where H >= 0
 *   moment     dx.g - lagrangian, which is the same with the two states exchanged
 *
 * Four families have such forms: what is piecewise linear, logistic (sigmoid, tanh), softplus and softmax. Their numbers
 * at x0 are also what a kernel needs (`constants`, in the order in which shaders/difference takes them).
 */
import { logistic } from '../math/special.js';
import type { Layer } from '../types.js';
import { activationRow } from './activation.js';
import { dilogRest, expm1Rest, LARGEST, softplusRest } from './difference-remainders.js';
import { layer64 } from './layer64.js';
import { cellsOf } from './piecewise.js';

/** Changes of a state or of a part of it, each with a size for rounding errors: the sum of the terms it is made of. */
export interface Change {
  readonly g: Float64Array;
  readonly rest: Float64Array;
  readonly gSize: Float64Array;
  readonly restSize: Float64Array;
  /** Sums over the layers visited so far. */
  lagrangian: number;
  moment: number;
  lagrangianSize: number;
  momentSize: number;
}

/** A layer around a reference. */
export interface LayerDifference {
  readonly family: 'cells' | 'logistic' | 'softplus' | 'softmax';
  /** For each neuron the numbers of its family; as many for each. */
  readonly constants: readonly (readonly number[])[];
  /** out = H(x0) v, on the side of a kink where `change` begins; `out` must not be `v`. */
  readonly hessianApply: (v: Float64Array, out: Float64Array) => void;
  /**
   * Writes g and rest at an offset and adds to the sums; the arrays of `out` are those of this layer. `terms` holds the
   * sizes of the terms that dx is the sum of.
   */
  readonly change: (dx: Float64Array, terms: Float64Array, out: Change) => void;
}

/** A layer around its arguments `x0`; undefined where no exact form is known for its activation. */
export function layerDifference(
  { activation: { name, parameters } }: Layer,
  x0: Float64Array,
): LayerDifference | undefined {
  if (name === 'sigmoid') return logisticLayer(x0, parameters.beta, 1);
  if (name === 'tanh') return logisticLayer(x0, 2 * parameters.beta, 2);
  if (name === 'softplus') return softplusLayer(x0);
  if (name === 'softmax') return softmaxLayer(x0, parameters.beta);
  const cells = cellsOf(name, parameters);
  if (!cells) return undefined;
  const { elementwise } = layer64(name, parameters);
  const kinks = cells.slice(1).map(({ from, slope }, k) => ({ at: from, jump: slope - cells[k].slope }));
  const steepest = activationRow(name).supHessian(parameters);
  return elementwise && cellsLayer(x0, kinks, elementwise.hessian, steepest);
}

/** A layer whose neurons do not act on each other. */
function elementwiseLayer(
  family: LayerDifference['family'],
  constants: readonly (readonly number[])[],
  slopes: readonly number[],
  change: (i: number, dx: number, term: number) => NeuronChange,
): LayerDifference {
  return {
    family,
    constants,
    hessianApply: (v, out) => {
      for (let i = 0; i < v.length; i++) out[i] = slopes[i] * v[i];
    },
    change: (dx, terms, out) => {
      for (let i = 0; i < dx.length; i++) {
        const { rest, lagrangian, moment, steepest, bend } = change(i, dx[i], terms[i]);
        out.g[i] = slopes[i] * dx[i] + rest;
        out.rest[i] = rest;
        out.gSize[i] = steepest * terms[i];
        out.restSize[i] = Math.abs(rest) + steepest * bend * terms[i];
        out.lagrangian += lagrangian;
        out.moment += moment;
        out.lagrangianSize += steepest * terms[i] * terms[i];
        out.momentSize += steepest * terms[i] * terms[i];
      }
    },
  };
}

interface NeuronChange {
  readonly rest: number;
  readonly lagrangian: number;
  readonly moment: number;
  /** Of the slopes on the way. */
  readonly steepest: number;
  /** How much of the slope an offset of this size may change, at most 1. */
  readonly bend: number;
}

interface Kink {
  readonly at: number;
  /** Slope to the right less slope to the left. */
  readonly jump: number;
}

/** Constants: slope, then of each kink its side, its distance to that side and the jump met when crossed. */
function cellsLayer(
  x0: Float64Array,
  kinks: readonly Kink[],
  slopeAt: (x: number) => number,
  steepest: number,
): LayerDifference {
  // A reference on a kink is in the cell to its left.
  const slopes = Array.from(x0, (x) => slopeLeftOf(x, kinks, slopeAt));
  const around = Array.from(x0, (x) =>
    kinks.map(({ at, jump }) => {
      const side = at >= x ? 1 : -1;
      return { side, distance: side * (at - x), jump };
    }),
  );
  return elementwiseLayer(
    'cells',
    around.map((own, i) => [slopes[i], ...own.flatMap(({ side, distance, jump }) => [side, distance, jump])]),
    slopes,
    (i, dx) => {
      let rest = 0;
      let lagrangian = (slopes[i] * dx * dx) / 2;
      let moment = lagrangian;
      for (const { side, distance, jump } of around[i]) {
        const beyond = Math.max(side * dx - distance, 0);
        rest += jump * beyond;
        lagrangian += (side * jump * beyond * beyond) / 2;
        moment += jump * beyond * (dx - (side * beyond) / 2);
      }
      return { rest, lagrangian, moment, steepest, bend: kinks.length === 0 ? 0 : 1 };
    },
  );
}

/** The slope at x, and at a kink the one to its left. */
function slopeLeftOf(x: number, kinks: readonly Kink[], slopeAt: (x: number) => number): number {
  const before = Math.max(-Infinity, ...kinks.map(({ at }) => at).filter((at) => at < x));
  if (!kinks.some(({ at }) => at === x)) return slopeAt(x);
  return slopeAt(before === -Infinity ? x - 1 : (before + x) / 2);
}

/**
 * g = amplitude logistic(gain x) + constant. Constants: share, gain (mirrored), slope with its sign, amplitude/|gain| and
 * the logit of the share.
 */
function logisticLayer(x0: Float64Array, gain: number, amplitude: number): LayerDifference {
  const size = amplitude / gain;
  const own = Array.from(x0, (x) => {
    // The smaller of logistic(x) and logistic(-x): to the last bits in both tails.
    const logit = -Math.abs(gain * x);
    const share = logistic(logit);
    return { share, logit, k: x > 0 ? -gain : gain, product: amplitude * share * (1 - share) };
  });
  return elementwiseLayer(
    'logistic',
    own.map(({ share, logit, k, product }) => [share, k, Math.sign(k) * product, size, logit]),
    own.map(({ product }) => product * gain),
    (i, dx, term) => {
      const { share, logit, k, product } = own[i];
      const w = k * dx;
      const p = Math.expm1(Math.min(w, LARGEST));
      const scaled = (Math.sign(k) * product) / (1 + share * p);
      const far = w > LARGEST;
      const g = far ? Math.sign(k) * amplitude * (logistic(w + logit) - share) : scaled * p;
      const rest = far ? g - product * gain * dx : scaled * (expm1Rest(w) - share * p * w);
      const lagrangian = size * softplusRest(w, share, logit);
      const end = logistic(gain * (x0[i] + dx));
      const steepest = gain * Math.max(product, amplitude * end * (1 - end));
      return { rest, lagrangian, moment: dx * g - lagrangian, steepest, bend: Math.min(1, gain * term) };
    },
  );
}

/** Constants: slope, share, sign, seven Taylor coefficients of the integral of `rest`, L and x at the reference. */
function softplusLayer(x0: Float64Array): LayerDifference {
  const { lagrangian: valueAt } = layer64('softplus', {});
  const own = Array.from(x0, (x) => ({
    slope: logistic(x),
    share: logistic(-Math.abs(x)),
    logit: -Math.abs(x),
    sign: x > 0 ? -1 : 1,
  }));
  return elementwiseLayer(
    'softplus',
    own.map(({ slope, share, sign }, i) => [
      ...[slope, share, sign],
      ...taylorOfRest(share, sign),
      ...[valueAt(x0.subarray(i, i + 1)), x0[i]],
    ]),
    own.map(({ slope }) => slope),
    (i, dx, term) => {
      const { slope, share, logit, sign } = own[i];
      const rest = softplusRest(sign * dx, share, logit);
      const third = sign * dilogRest(sign * dx, share, logit);
      const linear = (slope * dx * dx) / 2;
      const steepest = Math.max(slope, logistic(x0[i] + dx));
      const bend = Math.min(1, term);
      return { rest, lagrangian: linear + third, moment: linear + dx * rest - third, steepest, bend };
    },
  );
}

/** kappa_k/(k + 1)! for k = 2 .. 8, kappa_k the cumulants of a coin: derivatives of softplus at logit(slope). */
function taylorOfRest(share: number, sign: number): number[] {
  const c = share * (1 - share);
  const skew = sign * (1 - 2 * share);
  return [
    c / 6,
    (c * skew) / 24,
    (c * (1 - 6 * c)) / 120,
    (c * skew * (1 - 12 * c)) / 720,
    (c * (1 - 30 * c + 120 * c * c)) / 5040,
    (c * skew * (1 - 60 * c + 360 * c * c)) / 40320,
    (c * (1 - 126 * c + 1680 * c * c - 5040 * c ** 3)) / 362880,
  ];
}

/**
 * Constants: g, 1 for the neuron with the largest g (else 0), log g, beta. Offsets are taken from that neuron's, which
 * softmax does not see, and then from their mean: a saturated layer, whose largest g hardly moves, keeps its digits.
 */
function softmaxLayer(x0: Float64Array, beta: number): LayerDifference {
  const n = x0.length;
  const g0 = new Float64Array(n);
  layer64('softmax', { beta }).activation(x0, g0);
  const top = x0.indexOf(Math.max(...x0));
  const sum0 = x0.reduce((sum, x) => sum + Math.exp(beta * (x - x0[top])), 0);
  const log0 = x0.map((x) => beta * (x - x0[top]) - Math.log(sum0));
  const w = new Float64Array(n);
  /** w = beta (v - its mean under g), in that order. */
  const centre = (v: Float64Array) => {
    let mean = 0;
    for (let i = 0; i < n; i++) mean += g0[i] * (w[i] = beta * (v[i] - v[top]));
    for (let i = 0; i < n; i++) w[i] -= mean;
  };
  /** g and rest at the offsets w; L, and the sum of w g. */
  const near = ({ g, rest }: Change) => {
    let [sum, squares] = [0, 0];
    for (let i = 0; i < n; i++) {
      sum += g0[i] * expm1Rest(w[i]);
      squares += g0[i] * w[i] * Math.expm1(w[i]);
    }
    const scale = 1 / (1 + sum);
    for (let i = 0; i < n; i++) {
      g[i] = g0[i] * (Math.expm1(w[i]) - sum) * scale;
      // Beyond 1 nothing cancels, and the product may overflow.
      rest[i] =
        Math.abs(w[i]) > 1 ? g[i] - g0[i] * w[i] : g0[i] * (expm1Rest(w[i]) - sum - w[i] * sum) * scale;
    }
    return { lagrangian: Math.log1p(sum) / beta, squares: squares * scale };
  };
  /** The same where e^w overflows; nothing cancels there. */
  const far = ({ g, rest }: Change) => {
    const z = w.map((offset, i) => log0[i] + offset);
    const most = Math.max(...z);
    const sum = z.reduce((sum, v) => sum + Math.exp(v - most), 0);
    let squares = 0;
    for (let i = 0; i < n; i++) {
      g[i] = Math.exp(z[i] - most) / sum - g0[i];
      rest[i] = g[i] - g0[i] * w[i];
      squares += w[i] * g[i];
    }
    return { lagrangian: (most + Math.log(sum)) / beta, squares };
  };
  return {
    family: 'softmax',
    constants: Array.from(g0, (g, i) => [g, i === top ? 1 : 0, log0[i], beta]),
    hessianApply: (v, out) => {
      centre(v);
      for (let i = 0; i < n; i++) out[i] = g0[i] * w[i];
    },
    change: (dx, terms, out) => {
      centre(dx);
      const { lagrangian, squares } = Math.max(...w) > LARGEST ? far(out) : near(out);
      const term = Math.max(...terms);
      const bend = Math.min(1, beta * term);
      for (let i = 0; i < n; i++) {
        const steepest = 2 * beta * Math.max(g0[i], g0[i] + out.g[i]);
        out.gSize[i] = steepest * term;
        out.restSize[i] = Math.abs(out.rest[i]) + steepest * bend * term;
      }
      out.lagrangian += lagrangian;
      out.moment += squares / beta - lagrangian;
      out.lagrangianSize += beta * term * term;
      out.momentSize += 2 * beta * term * term;
    },
  };
}
