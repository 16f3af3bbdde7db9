/** Eigenvalues with condition numbers: of matrices whose entries differ by hundreds of powers of ten, too. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { conditionedEigenvalues } from '../../src/math/linalg.js';

const square = (n: number, data: readonly number[]) => ({
  rows: n,
  columns: n,
  data: Float64Array.from(data),
});

test('of a diagonal matrix: its entries, each of condition 1, whatever their sizes', () => {
  for (const size of [1, 1e-200, 1e200]) {
    const found = conditionedEigenvalues(square(2, [size, 0, 0, -2 * size]));
    expect(found.map(({ re }) => re / size)).toEqual([1, -2]);
    for (const { condition } of found) expect(condition).toBeCloseTo(1, 12);
  }
});

test('of a Jordan block nothing bounds the condition', () => {
  for (const { condition } of conditionedEigenvalues(square(2, [1, 1, 0, 1])))
    expect(condition).toBeGreaterThan(1e7);
});

test('entries of 1e-80 to 1e80 give numbers or infinite conditions, and no error', () => {
  const entry = fc
    .tuple(fc.double({ min: -1, max: 1, noNaN: true }), fc.integer({ min: -80, max: 80 }))
    .map(([m, e]) => m * 10 ** e);
  fc.assert(
    fc.property(
      fc
        .integer({ min: 1, max: 5 })
        .chain((n) => fc.array(entry, { minLength: n * n, maxLength: n * n }).map((data) => square(n, data))),
      (matrix) => {
        for (const { condition } of conditionedEigenvalues(matrix)) expect(condition).not.toBeNaN();
      },
    ),
    { numRuns: 300, seed: 3 },
  );
});
