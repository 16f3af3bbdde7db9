/**
 * src/math/special.ts against mpmath (test/fixtures/special.py): every function, from subnormal arguments to the
 * end of the range, in relative error, plus the symmetries, the derivatives the table of activations relies on,
 * and finiteness.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as special from '../../src/math/special.js';

type Name = keyof typeof special;

const golden = JSON.parse(
  readFileSync(new URL('../fixtures/special.json', import.meta.url), 'utf8'),
) as Record<Name, [x: number, value: number][]>;

const RELATIVE = 2e-15;
/** The moments have a zero away from the origin, where only the absolute error can be small. */
const ABSOLUTE: Partial<Record<Name, number>> = { geluMoment: 1e-15, siluMoment: 1e-15 };
/** Below this a double has lost bits to the gradual underflow. */
const SMALLEST = 2 ** -1000;

const names = Object.keys(special) as Name[];

describe.each(names)('%s', (name) => {
  const f = special[name];

  it('agrees with mpmath', () => {
    let worst = 0;
    let where = 0;
    for (const [x, expected] of golden[name]) {
      const error = Math.abs(f(x) - expected);
      const bound = RELATIVE * Math.abs(expected) + (Math.abs(x) > 2 ? 0 : (ABSOLUTE[name] ?? 0)) + SMALLEST;
      if (!(error / bound <= worst)) {
        worst = error / bound;
        where = x;
      }
    }
    expect(worst, `at ${String(where)}`).toBeLessThan(1);
    expect(golden[name].length).toBeGreaterThan(200);
  });

  it('is finite up to the ends of the range or overflows to the side of the exact value', () => {
    for (const x of [0, -0, Number.MIN_VALUE, -Number.MIN_VALUE, 1e308, -1e308, Number.MAX_VALUE]) {
      expect(f(x)).not.toBeNaN();
    }
  });
});

describe('symmetry, to the last bit', () => {
  const points = Array.from({ length: 2000 }, (_, i) => 1.0123 ** (i - 1000) * 0.9);
  it.each(['erf', 'erfMoment'] as const)('%s is odd', (name) => {
    for (const x of points) expect(special[name](-x)).toBe(-special[name](x));
    expect(Object.is(special[name](-0), -0)).toBe(true);
  });
  it.each(['logCosh', 'normalPdf', 'atanMoment'] as const)('%s is even', (name) => {
    for (const x of points) expect(special[name](-x)).toBe(special[name](x));
  });
});

describe('derivatives', () => {
  const step = 1e-5;
  const pairs: [Name, (x: number) => number][] = [
    ['softplus', special.logistic],
    ['logCosh', Math.tanh],
    ['erf', (x) => (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x)],
    ['normalCdf', special.normalPdf],
    ['dilogNegExp', (x) => -special.softplus(x)],
    ['atanMoment', Math.atan],
    ['erfMoment', (x) => x * special.erf(x)],
    ['geluMoment', (x) => x * special.normalCdf(x)],
    ['siluMoment', (x) => x * special.logistic(x)],
  ];
  it.each(pairs)('of %s', (name, derivative) => {
    const f = special[name];
    for (let x = -6; x <= 6; x += 0.0625) {
      expect((f(x + step) - f(x - step)) / (2 * step)).toBeCloseTo(derivative(x), 8);
    }
  });
});
