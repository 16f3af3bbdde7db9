/** Eigenvalues of symmetric matrices without vectors: closed forms, invariants, and ml-matrix. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { symmetricEigen, symmetricValues } from '../../src/math/linalg.js';
import type { Matrix } from '../../src/types.js';

/** The symmetric matrix of entry(i, j), j <= i. */
function lower(n: number, entry: (i: number, j: number) => number): Matrix {
  const data = Float64Array.from({ length: n * n }, (_, k) => {
    const [i, j] = [Math.floor(k / n), k % n];
    return entry(Math.max(i, j), Math.min(i, j));
  });
  return { rows: n, columns: n, data };
}

const farthest = (found: Float64Array, expected: ArrayLike<number>) =>
  found.reduce((most, v, k) => Math.max(most, Math.abs(v - expected[k])), 0);

test('the second difference has 2 - 2 cos(k pi / (n + 1)), within 20 epsilon |A|', () => {
  for (const n of [1, 2, 3, 16, 200]) {
    const found = symmetricValues(lower(n, (i, j) => (i === j ? 2 : i - j === 1 ? -1 : 0)));
    const expected = Float64Array.from(found, (_, k) => 2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1)));
    expect(farthest(found, expected)).toBeLessThan(20 * Number.EPSILON * 4);
  }
});

test('diagonal, zero, rank one and repeated eigenvalues', () => {
  expect([...symmetricValues(lower(3, (i, j) => (i === j ? [5, -1, 2][i] : 0)))]).toEqual([-1, 2, 5]);
  expect([...symmetricValues(lower(2, () => 0))]).toEqual([0, 0]);
  expect([...symmetricValues(lower(0, () => 0))]).toEqual([]);
  const ones = symmetricValues(lower(5, () => 1));
  expect(farthest(ones, [0, 0, 0, 0, 5])).toBeLessThan(1e-14);
  // Householder's reflection I - 2 v v^T / v.v.
  const v = [1, -2, 3, 0.5];
  const squares = v.reduce((sum, x) => sum + x * x, 0);
  const reflection = symmetricValues(lower(4, (i, j) => Number(i === j) - (2 * v[i] * v[j]) / squares));
  expect(farthest(reflection, [-1, 1, 1, 1])).toBeLessThan(1e-14);
});

test('of any size of numbers: scaled by 10^300 or 10^-300 they are scaled', () => {
  for (const size of [1e300, 1, 1e-300, 1e-310]) {
    const found = symmetricValues(lower(3, (i, j) => size * [2, 1, -3, 0.5, 4, 1][(i * (i + 1)) / 2 + j]));
    const unit = symmetricEigen(lower(3, (i, j) => [2, 1, -3, 0.5, 4, 1][(i * (i + 1)) / 2 + j])).values;
    // Numbers of 1e-310 have 12 digits.
    const least = size < 1e-308 ? 1e-12 : 1e-14;
    expect(
      farthest(
        found.map((x) => x / size),
        unit,
      ),
    ).toBeLessThan(least * 10);
  }
});

test('as ml-matrix finds them, within 32 epsilon n max|A|', () => {
  const entry = fc
    .tuple(fc.double({ min: -1, max: 1, noNaN: true }), fc.integer({ min: -20, max: 2 }))
    .map(([m, e]) => m * 10 ** e);
  fc.assert(
    fc.property(
      fc
        .integer({ min: 1, max: 24 })
        .chain((n) => fc.array(entry, { minLength: n * n, maxLength: n * n }).map((data) => ({ n, data }))),
      ({ n, data }) => {
        const a = lower(n, (i, j) => data[i * n + j]);
        const found = symmetricValues(a);
        const size = n * a.data.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
        expect(farthest(found, symmetricEigen(a).values)).toBeLessThanOrEqual(32 * Number.EPSILON * size);
        const trace = Array.from({ length: n }, (_, i) => a.data[i * n + i]).reduce((x, y) => x + y, 0);
        expect(Math.abs(found.reduce((x, y) => x + y, 0) - trace)).toBeLessThan(
          32 * Number.EPSILON * size + Number.MIN_VALUE,
        );
      },
    ),
    { numRuns: 300, seed: 5 },
  );
});

test('NaN and infinity are refused, as everywhere', () => {
  for (const bad of [NaN, Infinity])
    expect(() => symmetricValues(lower(2, () => bad))).toThrow('NaN or infinity');
});
