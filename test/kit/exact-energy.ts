/**
 * Energies in fixed point with 256 bits after the point: what differences of energies are held to. The equations are
 * written out as they stand, values are computed one by one and subtracted at the end, which leaves some sixty digits.
 */
import type { Problem } from '../../src/model/problem.js';
import { denseWeights } from '../../src/model/network.js';

const BITS = 256n;
const ONE = 1n << BITS;

/** An f64 exactly, down to 2^-256. */
export function fixed(x: number): bigint {
  if (x === 0) return 0n;
  const exponent = Math.floor(Math.log2(Math.abs(x)));
  const mantissa = BigInt(x * 2 ** (52 - exponent));
  const shift = BITS - BigInt(52 - exponent);
  return shift >= 0n ? mantissa << shift : mantissa / (1n << -shift);
}

export function toNumber(x: bigint): number {
  const size = x < 0n ? -x : x;
  const surplus = BigInt(Math.max(0, size.toString(2).length - 64));
  return (Number(x / (1n << surplus)) / 2 ** 64) * 2 ** (Number(surplus - BITS) + 64);
}

const mul = (a: bigint, b: bigint) => (a * b) >> BITS;
const div = (a: bigint, b: bigint) => (a << BITS) / b;
const half = (a: bigint) => a / 2n;

function exp(x: bigint): bigint {
  const small = x >> 24n;
  let [sum, term] = [ONE, ONE];
  for (let k = 1n; term !== 0n && k < 60n; k++) {
    term = mul(term, small) / k;
    sum += term;
  }
  for (let k = 0; k < 24; k++) sum = mul(sum, sum);
  return sum;
}

/** By Halley's iteration, which triples the digits. */
function log(a: bigint): bigint {
  let y = fixed(Math.log(toNumber(a)));
  for (let k = 0; k < 3; k++) {
    const e = exp(y);
    y += 2n * div(a - e, a + e);
  }
  return y;
}

/** Li2(-e^x) by Landen's transformation, for x > 0 after inversion. */
function dilogNegExp(x: bigint): bigint {
  if (x > 0n) return -PI_SQUARED_SIXTH - half(mul(x, x)) - dilogNegExp(-x);
  const e = exp(x);
  const z = div(e, ONE + e);
  const l = log(ONE + e);
  let [sum, power] = [0n, z];
  for (let k = 1n; power !== 0n && k < 300n; k++) {
    sum += power / (k * k);
    power = mul(power, z);
  }
  return -sum - half(mul(l, l));
}

/** pi = 16 atan(1/5) - 4 atan(1/239). */
function inverseTangent(n: bigint): bigint {
  let [sum, power, sign] = [0n, ONE / n, 1n];
  for (let k = 1n; power !== 0n; k += 2n) {
    sum += (sign * power) / k;
    power /= n * n;
    sign = -sign;
  }
  return sum;
}
const PI = 16n * inverseTangent(5n) - 4n * inverseTangent(239n);
const PI_SQUARED_SIXTH = mul(PI, PI) / 6n;

interface Value {
  readonly lagrangian: bigint;
  readonly g: bigint;
}

const square = (x: bigint) => half(mul(x, x));
const softplus = (x: bigint) => log(ONE + exp(x));
const logistic = (x: bigint) => div(ONE, ONE + exp(-x));
const positive = (x: bigint) => (x > 0n ? x : 0n);
const shrunk = (x: bigint, t: bigint) => (x > t ? x - t : x < -t ? x + t : 0n);

/** L and g of one neuron (equations.md section 2). */
function neuron(name: string, p: Readonly<Record<string, bigint>>, x: bigint): Value {
  const size = x < 0n ? -x : x;
  switch (name) {
    case 'identity':
      return { lagrangian: square(x), g: x };
    case 'relu':
    case 'power':
      return { lagrangian: square(positive(x)), g: positive(x) };
    case 'leaky-relu':
      return x > 0n ? { lagrangian: square(x), g: x } : { lagrangian: mul(p.a, square(x)), g: mul(p.a, x) };
    case 'hard-tanh':
      return size <= ONE
        ? { lagrangian: square(x), g: x }
        : { lagrangian: size - half(ONE), g: x > 0n ? ONE : -ONE };
    case 'shrink':
      return { lagrangian: square(shrunk(x, p.t)), g: shrunk(x, p.t) };
    case 'sigmoid':
      return { lagrangian: div(softplus(mul(p.beta, x)), p.beta), g: logistic(mul(p.beta, x)) };
    case 'tanh': {
      const [w, s] = [mul(p.beta, x), exp(2n * mul(p.beta, x))];
      return { lagrangian: div(log(exp(w) + exp(-w)) - log(2n * ONE), p.beta), g: div(s - ONE, s + ONE) };
    }
    case 'softplus':
      return { lagrangian: -dilogNegExp(x), g: softplus(x) };
    default:
      throw new RangeError(name);
  }
}

/** L and g of a state. */
function lift(problem: Problem, x: readonly bigint[]): { lagrangian: bigint; g: bigint[] } {
  let lagrangian = 0n;
  const g: bigint[] = [];
  for (const { offset, size, activation } of problem.network.layers) {
    const own = x.slice(offset, offset + size);
    const parameters = Object.fromEntries(
      Object.entries(activation.parameters).map(([name, value]) => [name, fixed(value)]),
    );
    if (activation.name === 'softmax') {
      const e = own.map((v) => exp(mul(parameters.beta, v)));
      const sum = e.reduce((a, b) => a + b);
      lagrangian += div(log(sum), parameters.beta);
      g.push(...e.map((v) => div(v, sum)));
      continue;
    }
    const values = own.map((v) => neuron(activation.name, parameters, v));
    lagrangian += values.reduce((sum, v) => sum + v.lagrangian, 0n);
    g.push(...values.map((v) => v.g));
  }
  return { lagrangian, g };
}

/** E of eqs. 4, 10 and 14 as a function of a state in fixed point; numbers of the problem are taken as they are. */
export function exactEnergy(problem: Problem): (state: readonly bigint[]) => bigint {
  const n = problem.network.size;
  const matrix = (data: Float64Array) => {
    const entries = Array.from(data, fixed);
    return (x: readonly bigint[]) =>
      x.map((_, i) => x.reduce((sum, v, j) => sum + mul(entries[i * n + j], v), 0n));
  };
  const weights = matrix(denseWeights(problem.network).data);
  const inverse = problem.inverseWeights && matrix(problem.inverseWeights.data);
  const bias = Array.from(problem.network.bias, fixed);
  const [c1, c2, c3] = problem.energy.coefficients.map(fixed);
  const dot = (a: readonly bigint[], b: readonly bigint[]) => a.reduce((sum, v, i) => sum + mul(v, b[i]), 0n);
  const minus = (a: readonly bigint[], b: readonly bigint[]) => a.map((v, i) => v - b[i]);
  return (y) => {
    const inRates = problem.equation === 9;
    const x = inRates ? weights(y).map((v, i) => v + bias[i]) : y;
    const { lagrangian, g } = lift(problem, x);
    const product = weights(g);
    const d = minus(x, bias);
    const r = inRates
      ? minus(g, y)
      : minus(
          product.map((v, i) => v + bias[i]),
          y,
        );
    const quadratic = inRates ? dot(y, weights(y)) : inverse ? dot(d, inverse(d)) : 0n;
    return (
      mul(c1, half(quadratic) - lagrangian) +
      mul(c2, dot(d, g) - lagrangian - half(dot(g, product))) +
      mul(c3, half(dot(r, r)))
    );
  };
}
