/**
 * shaders/numerics against f64 over the whole range of f32: every 4099th bit pattern, a dense grid where the
 * functions bend, and the floats beside every branch switch. Promise: at most 4 ULP or at most
 * 2^-22 max(1, |x|), finite wherever the exact value fits f32.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import * as special from '../../src/math/special.js';
import { adapterName, runUnary } from '../gpu-device.js';

const folder = new URL('../../shaders/numerics/', import.meta.url);
const fragments = readdirSync(folder)
  .filter((name) => name.endsWith('.wgsl'))
  .map((name) => ({ name, code: readFileSync(new URL(name, folder), 'utf8') }));
const code = fragments.map((fragment) => fragment.code).join('\n');

const MAX_ULP = 4;
const MAX_ABSOLUTE = 2 ** -22;
const LARGEST = 3.4028234663852886e38;
const SMALLEST_NORMAL = 2 ** -126;
const SIGNIFICAND_BITS = 23;

/** Functions and their domain; the arguments are exact, so the reference is the f64 function itself. */
const functions: Record<string, { reference: (x: number) => number; above?: number }> = {
  expm1: { reference: Math.expm1 },
  log1p: { reference: Math.log1p, above: -1 },
  stable_tanh: { reference: Math.tanh },
  logistic: { reference: special.logistic },
  softplus: { reference: special.softplus },
  log_cosh: { reference: special.logCosh },
  stable_atan: { reference: Math.atan },
  inverse_one_plus_square: { reference: (x) => 1 / (1 + x * x) },
  gauss: { reference: (x) => Math.exp(-x * x) },
  erf: { reference: special.erf },
  normal_cdf: { reference: special.normalCdf },
  normal_pdf: { reference: special.normalPdf },
  dilog_neg_exp: { reference: special.dilogNegExp },
  atan_moment: { reference: special.atanMoment },
  erf_moment: { reference: special.erfMoment },
  gelu_moment: { reference: special.geluMoment },
  silu_moment: { reference: special.siluMoment },
  half_square: { reference: (x) => (x * x) / 2 },
};
const EXPONENTS = [0, 0.5, 1, 1.3, 2, 2.5, 3, 4, 7, 10.7, 30];

/** Where a kernel changes its formula, clamps, or ends. */
const SWITCHES = [
  0.75,
  0.9,
  1,
  1.5,
  2,
  4,
  4.2,
  8,
  9.3,
  9.35,
  10,
  13.2,
  14,
  20,
  40,
  80,
  87.34,
  88,
  88.72283,
  100,
  127,
  Math.SQRT1_2,
  Math.SQRT2,
  1 - Math.SQRT1_2,
  Math.SQRT2 - 1,
  Math.LN2 / 4,
  Math.LN2 / 2,
  Math.LN2,
  1.5 * Math.LN2,
  4294967040,
  6981463048192,
  1e18,
  9e18,
  1.8446742974197924e19,
  2.608763300517144e19,
  8e37,
  2e38,
  2.1663045394818e38,
];
const NEIGHBOURS = 40;
const STRIDE = 4099;
const DENSE = 150_000;

function samples(): Float32Array<ArrayBuffer> {
  const bits: number[] = [];
  for (let pattern = 0; pattern < 2 ** 32; pattern += STRIDE) bits.push(pattern);
  const view = new DataView(new ArrayBuffer(4));
  const beside = (x: number) => {
    view.setFloat32(0, x);
    const centre = view.getUint32(0);
    for (let step = -NEIGHBOURS; step <= NEIGHBOURS; step++) bits.push((centre + step) >>> 0);
  };
  for (const x of [0, SMALLEST_NORMAL, LARGEST, ...SWITCHES]) [x, -x].forEach(beside);
  const values = new Float32Array(new Uint32Array(bits).buffer);
  const grid = (low: number, high: number) =>
    Float32Array.from({ length: DENSE }, (_, i) => low + ((high - low) * i) / DENSE);
  const all = [...values, ...grid(-20, 20), ...grid(-1.5, 1.5)];
  return Float32Array.from(all.filter((x) => Number.isFinite(x)));
}

const inputs = samples();

/** Distance of two neighbouring floats at |y|, also where floats are subnormal. */
function spacing(y: number): number {
  const exponent = Math.floor(Math.log2(Math.max(Math.abs(y), SMALLEST_NORMAL)));
  return 2 ** (exponent - SIGNIFICAND_BITS);
}

interface Report {
  /** Worst error where the result is a normal float, in ULP. */
  ulp: number;
  /** Worst error over max(1, |x|), in units of 2^-22, where it is not within 4 ULP. */
  absolute: number;
  /** The gate: worst over all x of the better of the two, as a share of its bound. */
  share: number;
  worstAt: number;
  notFinite: number;
}

function compare(reference: (x: number) => number, xs: Float32Array, found: Float32Array): Report {
  const report: Report = { ulp: 0, absolute: 0, share: 0, worstAt: 0, notFinite: 0 };
  for (let i = 0; i < xs.length; i++) {
    const x = xs[i];
    const exact = reference(x);
    const overflows = Math.abs(exact) > LARGEST;
    // An overflow may saturate or become infinite: only what is missing to the largest float is an error.
    const target = overflows ? Math.sign(exact) * LARGEST : exact;
    if (overflows && found[i] * Math.sign(exact) >= LARGEST) continue;
    if (!Number.isFinite(found[i])) report.notFinite++;
    const error = Math.abs(found[i] - target);
    const ulp = error / spacing(target);
    const absolute = error / (MAX_ABSOLUTE * Math.max(1, Math.abs(x)));
    const share = Math.min(ulp / MAX_ULP, absolute);
    if (Math.abs(exact) >= SMALLEST_NORMAL) report.ulp = Math.max(report.ulp, ulp);
    if (ulp > MAX_ULP) report.absolute = Math.max(report.absolute, absolute);
    if (!(share <= report.share)) {
      report.share = share;
      report.worstAt = x;
    }
  }
  return report;
}

const lines: string[] = [];

function record(name: string, report: Report): void {
  const { ulp, absolute, share, worstAt } = report;
  lines.push(
    name.padEnd(24) +
      ulp.toPrecision(3).padStart(10) +
      absolute.toFixed(3).padStart(12) +
      share.toFixed(3).padStart(8) +
      `  ${worstAt.toPrecision(9)}`,
  );
  expect(report.notFinite, `${name} is not finite`).toBe(0);
  expect(share, `${name} at ${String(worstAt)}`).toBeLessThanOrEqual(1);
}

afterAll(() => {
  const head = 'function                 worst ULP  abs/2^-22   share  worst at';
  console.info([`${adapterName}, ${String(inputs.length)} inputs`, head, ...lines].join('\n'));
});

describe('accuracy', () => {
  test.each(Object.keys(functions))('%s', async (name) => {
    const { reference, above = -Infinity } = functions[name];
    const xs = inputs.filter((x) => x > above);
    record(name, compare(reference, xs, await runUnary(code, `${name}(x)`, xs)));
  });

  test.each(EXPONENTS)('real_power(x, %d)', async (exponent) => {
    const p = Math.fround(exponent);
    const xs = inputs.filter((x) => x >= 0);
    const found = await runUnary(code, 'real_power(x, p)', xs, p);
    record(
      `real_power(x, ${String(exponent)})`,
      compare((x) => x ** p, xs, found),
    );
  });
});

describe('symmetry, to the last bit', () => {
  const half = inputs.filter((x) => x > 0);
  const mirrored = half.map((x) => -x);
  test.each(['stable_tanh', 'stable_atan', 'erf', 'erf_moment'])('%s is odd', async (name) => {
    const right = await runUnary(code, `${name}(x)`, half);
    const left = await runUnary(code, `${name}(x)`, mirrored);
    expect(right.findIndex((value, i) => value !== -left[i])).toBe(-1);
  });
  test.each(['log_cosh', 'gauss', 'normal_pdf', 'atan_moment', 'inverse_one_plus_square'])(
    '%s is even',
    async (name) => {
      const right = await runUnary(code, `${name}(x)`, half);
      const left = await runUnary(code, `${name}(x)`, mirrored);
      expect(right.findIndex((value, i) => value !== left[i])).toBe(-1);
    },
  );
});

describe.each(fragments)('$name', ({ code: text }) => {
  const bare = text.replace(/\/\/.*$/gm, '');

  test('calls no built-in of loose accuracy and never compares a value with itself', () => {
    expect(bare).not.toMatch(/(?<![\w.])(tanh|atan2?|pow|sinh|cosh|log2?|exp2|ldexp|fma)\(/);
    expect(bare).not.toMatch(/\b(\w+) *[!=]= *\1\b/);
  });

  test('holds whole declarations at column 0 and a header', () => {
    expect(text.startsWith('// ')).toBe(true);
    for (const line of text.split('\n')) {
      expect(line).toMatch(/^$|^\/\/ |^ {2}|^}$|^fn \w+\(.*\{$|^const .*;$/);
      expect(line.length).toBeLessThanOrEqual(120);
    }
  });
});
