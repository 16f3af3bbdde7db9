/** Scrambled Sobol points: evenness of each set, and what scramblings say of the error. */
import { expect, test } from 'vitest';
import { meanOf } from '../../src/basins/estimate.js';
import { scrambledSobol, SOBOL_DIMENSIONS } from '../../src/basins/sobol.js';

test.each([1, 2])('2^8 points hit every interval of 2^-8 once, in every dimension (scrambling %i)', (s) => {
  const points = scrambledSobol(SOBOL_DIMENSIONS, 256, 3, s);
  for (let d = 0; d < SOBOL_DIMENSIONS; d++) {
    const hit = new Set(
      Array.from({ length: 256 }, (_, k) => Math.floor(256 * points[k * SOBOL_DIMENSIONS + d])),
    );
    expect(hit.size).toBe(256);
  }
});

test('in the first two dimensions every rectangle of area 2^-8 holds one of 2^8 points', () => {
  const points = scrambledSobol(2, 256, 5, 0);
  for (let a = 0; a <= 8; a++) {
    const hit = new Set(
      Array.from(
        { length: 256 },
        (_, k) => Math.floor(2 ** a * points[2 * k]) * 256 + Math.floor(2 ** (8 - a) * points[2 * k + 1]),
      ),
    );
    expect(hit.size).toBe(256);
  }
});

test('dimensions beyond the table are uniform, and independent of the others', () => {
  const [n, count] = [SOBOL_DIMENSIONS + 3, 4096];
  const points = scrambledSobol(n, count, 1, 0);
  for (let d = SOBOL_DIMENSIONS; d < n; d++) {
    const own = meanOf(Array.from({ length: count }, (_, k) => points[k * n + d]));
    const mixed = meanOf(
      Array.from({ length: count }, (_, k) => (points[k * n + d] - 0.5) * (points[k * n] - 0.5)),
    );
    expect(Math.abs(own.value - 0.5)).toBeLessThan(4 * (own.standardError ?? 0));
    expect(Math.abs(mixed.value)).toBeLessThan(4 * (mixed.standardError ?? 0));
  }
});

test('the mean over scramblings is unbiased, and scatters less than random points do', () => {
  const [count, scramblings] = [64, 2000];
  const shares = Array.from({ length: scramblings }, (_, s) => {
    const points = scrambledSobol(2, count, 1, s);
    let above = 0;
    for (let k = 0; k < count; k++) if (points[2 * k] + 0.3 > 1.7 * points[2 * k + 1]) above++;
    return above / count;
  });
  // Above the line: 1 - the integral of 1.7 y - 0.3 where that lies in (0, 1).
  const exact = 1 - ((1.7 - 0.3) ** 2 / (2 * 1.7) - 0.4 ** 2 / (2 * 1.7));
  const { value, standardError } = meanOf(shares);
  expect(Math.abs(value - exact)).toBeLessThan(3 * (standardError ?? 0));
  const random = Math.sqrt((exact * (1 - exact)) / count / scramblings);
  expect(standardError).toBeLessThan(0.5 * random);
});
