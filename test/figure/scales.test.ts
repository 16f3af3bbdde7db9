import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { colourAt, colourTable, luminanceAt } from '../../src/figure/colour.js';
import { isolineLevels } from '../../src/figure/levels.js';
import { formatNumber, roundest, roundTicks } from '../../src/figure/number.js';
import type { ToneName } from '../../src/figure/picture.js';
import { toneScale } from '../../src/figure/tone.js';

/** OKLab lightness of an sRGB colour, the inverse of what makes `tarn`. */
function lightness(red: number, green: number, blue: number): number {
  const [r, g, b] = [red, green, blue].map((byte) => {
    const v = byte / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  });
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return 0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s;
}

describe('colour maps', () => {
  it.each(['tarn', 'viridis', 'cividis'] as const)('%s rises in lightness', (name) => {
    const table = colourTable(name);
    const levels = Array.from({ length: 256 }, (_, i) =>
      lightness(table[3 * i], table[3 * i + 1], table[3 * i + 2]),
    );
    // Bytes round lightness by about 0.002; over eight steps every map must have risen.
    for (let i = 8; i < 256; i++) expect(levels[i]).toBeGreaterThan(levels[i - 8]);
  });

  it('tarn has lightness 0.36 to 0.96, linear', () => {
    const table = colourTable('tarn');
    for (let i = 0; i < 256; i++) {
      const found = lightness(table[3 * i], table[3 * i + 1], table[3 * i + 2]);
      expect(Math.abs(found - (0.36 + (0.6 * i) / 255))).toBeLessThan(0.004);
    }
  });

  it('diverging is lightest in the middle and equally dark at both ends', () => {
    const table = colourTable('diverging');
    expect(luminanceAt(table, 0.5)).toBeGreaterThan(0.85);
    expect(Math.abs(luminanceAt(table, 0) - luminanceAt(table, 1))).toBeLessThan(0.05);
    expect(colourAt(table, 0)).not.toBe(colourAt(table, 1));
  });
});

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });

describe('tone scales', () => {
  it.each([
    ['tone', false],
    ['linear', false],
    ['symlog', false],
    ['tone', true],
    ['linear', true],
    ['symlog', true],
  ] as [ToneName, boolean][])('%s, signed %s: monotone, in [0, 1], ends at the extremes', (name, signed) => {
    fc.assert(
      fc.property(fc.array(finite, { minLength: 2, maxLength: 40 }), (values) => {
        const scale = toneScale(Float64Array.from(values), values.length, name, signed);
        if (!scale || scale.constant) return;
        const sorted = [...values].sort((a, b) => a - b);
        const tones = sorted.map((v) => scale.toTone(v));
        for (const t of tones) expect(t >= 0 && t <= 1).toBe(true);
        for (let i = 1; i < tones.length; i++) expect(tones[i]).toBeGreaterThanOrEqual(tones[i - 1]);
        expect(scale.toTone(scale.low)).toBeCloseTo(0, 9);
        expect(scale.toTone(scale.high)).toBeCloseTo(1, 9);
        if (signed) expect(scale.toTone(0)).toBe(0.5);
      }),
    );
  });

  it.each(['tone', 'linear', 'symlog'] as const)('%s inverts', (name) => {
    const values = Float64Array.from({ length: 500 }, (_, i) => Math.sin(i) * 3 + i / 50);
    for (const signed of [false, true]) {
      const scale = toneScale(values, 25, name, signed);
      for (const v of values) expect(scale?.toValue(scale.toTone(v))).toBeCloseTo(v, 6);
    }
  });

  it('follows the formula of the design: t = ((1 + m/X) x/(x + m))^0.9, m = 1.15 median', () => {
    const values = Float64Array.from([-1, 0, 1, 2, 9]);
    const [range, m] = [10, 1.15 * 2];
    const x = 3;
    const expected = (((1 + m / range) * x) / (x + m)) ** 0.9;
    expect(toneScale(values, 5)?.toTone(2)).toBeCloseTo(expected, 12);
  });

  it('ignores NaN and infinities and gives them no tone', () => {
    const scale = toneScale(Float64Array.from([NaN, 1, Infinity, 3, -Infinity]), 5);
    expect([scale?.low, scale?.high]).toEqual([1, 3]);
    expect(scale?.toTone(NaN)).toBeNaN();
    expect(scale?.toTone(Infinity)).toBeNaN();
    expect(toneScale(Float64Array.from([NaN]), 1)).toBeUndefined();
  });

  it('gives a constant field the middle tone and no isolines', () => {
    const scale = toneScale(new Float32Array(9).fill(7), 3);
    expect(scale?.constant).toBe(true);
    expect(scale?.toTone(7)).toBe(0.5);
    expect(scale && isolineLevels(scale)).toEqual([]);
  });

  it('keeps isoline levels ascending, their strong values short, and near equal steps', () => {
    fc.assert(
      fc.property(fc.array(finite, { minLength: 3, maxLength: 30 }), (values) => {
        const scale = toneScale(Float64Array.from(values), values.length);
        if (!scale || scale.constant) return;
        const levels = isolineLevels(scale);
        expect(levels).toHaveLength(15);
        levels.forEach((level, k) => {
          expect(Math.abs(level.tone - (k + 1) / 16)).toBeLessThan(0.5 / 16);
          expect(level.strong).toBe(k % 4 === 3);
        });
      }),
    );
  });
});

describe('numbers', () => {
  it.each([
    [0, '0'],
    [-0, '0'],
    [-0.5, '−0.5'],
    [5.984, '5.98'],
    [12345, '12300'],
    [1e6, '10⁶'],
    [-2.5e-7, '−2.5×10⁻⁷'],
    [0.001, '0.001'],
    [Infinity, '∞'],
  ])('%d is written %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  it('puts ticks on round numbers', () => {
    expect(roundTicks(-2, 2, 6).map((tick) => tick.text)).toEqual(['−2', '−1', '0', '1', '2']);
    expect(roundTicks(0.1, 0.34, 5).map((tick) => tick.text)).toEqual([
      '0.10',
      '0.15',
      '0.20',
      '0.25',
      '0.30',
    ]);
    expect(roundTicks(0, 3e6, 4).map((tick) => tick.text)).toEqual(['0', '10⁶', '2×10⁶', '3×10⁶']);
  });

  it('never gives more ticks than wanted plus one, all inside, ascending', () => {
    fc.assert(
      fc.property(finite, finite, fc.integer({ min: 2, max: 12 }), (a, b, wanted) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        const ticks = roundTicks(low, high, wanted);
        expect(ticks.length).toBeLessThanOrEqual(wanted + 1);
        const slack = (high / 2 - low / 2) * 1e-8 + Math.max(Math.abs(low), Math.abs(high)) * 1e-14;
        for (const { value } of ticks) expect(value >= low - slack && value <= high + slack).toBe(true);
        for (let i = 1; i < ticks.length; i++) expect(ticks[i].value).toBeGreaterThan(ticks[i - 1].value);
      }),
    );
  });

  it('finds the roundest number of an interval', () => {
    expect(roundest(-0.21, -0.19)).toBe(-0.2);
    expect(roundest(0.9, 1.13)).toBe(1);
    expect(roundest(-1, 3)).toBe(0);
    expect(roundest(2.3e-8, 2.8e-8)).toBe(2.5e-8);
    fc.assert(
      fc.property(finite, finite, (a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        const value = roundest(low, high);
        expect(value >= low && value <= high).toBe(true);
      }),
    );
  });
});
