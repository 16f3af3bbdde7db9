/** Distinct ends of searches, near and very far out. */
import { expect, test } from 'vitest';
import { Ends } from '../../src/analysis/ends.js';

test('a ball takes what lies in it, and nothing else', () => {
  const ends = new Ends(() => 0.25);
  ends.add(Float64Array.of(1, 2));
  expect(ends.add(Float64Array.of(1.1, 2.1))).toMatchObject({ isNew: false });
  expect(ends.add(Float64Array.of(1.3, 2)).isNew).toBe(true);
  expect(ends.all.map(({ hits }) => hits)).toEqual([2, 1]);
});

test.each([1e9, 1e16, 1e100])('ends at %d are told apart up to rounding, whatever their balls', (size) => {
  const ends = new Ends(() => 1);
  for (const factor of [1, 1 + 1e-9, 1.001, -1])
    ends.add(Float64Array.of(size * factor, -0.5 * size * factor));
  expect(ends.all.map(({ hits }) => hits)).toEqual([2, 1, 1]);
});
