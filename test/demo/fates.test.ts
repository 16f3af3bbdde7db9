/** What a design of R keeps, loses and adds, in words. */
import { expect, test } from 'vitest';
import { fates, fatesText, twinOf } from '../../demo/model/fates.js';
import { findMemories, type FoundPoint } from '../../demo/model/memories.js';
import { loadAlgebra } from '../../src/model/algebra.js';
import { problemOf } from '../problem-of.js';

const algebra = await loadAlgebra();

const point = (name: string, kind: FoundPoint['kind'], ...state: number[]): FoundPoint => ({
  name,
  kind,
  state: Float64Array.from(state),
  spectrum: [],
});

test('by hand: names are those where the point is a memory, and the other where it differs', () => {
  const before = [point('A', 'stable', 1, 0), point('B', 'stable', 0, 1), point('S', 'saddle', 2, 2)];
  const after = [point('A', 'stable', 2, 2), point('B', 'stable', 1, 1e-9), point('S', 'saddle', 0, 1)];
  const found = fates(before, after);
  expect(fatesText(found)).toBe(
    'Of the 2 memories of R = I this R keeps A (now B), loses B (now S) and adds A (before S).',
  );
  expect(fatesText(fates([], []))).toBe('R = I has no memory here, and this R adds none.');
  expect(fatesText(fates(before, before))).toBe(
    'Of the 2 memories of R = I this R keeps A and B, loses none and adds none.',
  );
  expect(twinOf(point('X', 'stable', 5, 5), before)).toBeUndefined();
});

test.each([
  // Every zero of r is a minimum of |r|^2: the saddle becomes a memory.
  ['gradient', 2, 0, 1],
  ['weights', 0, 2, 0],
] as const)(
  'winner-take-all under R = %s keeps %i, loses %i and adds %i',
  async (name, kept, lost, added) => {
    const given = {
      layers: [['relu', 2]],
      weights: [
        [0, -1.5],
        [-1.5, 0],
      ],
      bias: [1, 1],
    } as const;
    const found = async (design: string) =>
      findMemories(
        await problemOf({
          ...given,
          equation: 13,
          design: { name: design } as never,
          energy: { equation: 14, coefficients: name === 'weights' ? [1, 0, 0] : [0, 0, 1] },
        }),
        algebra,
      ).points;
    const became = fates(await found('identity'), await found(name));
    expect([became.kept.length, became.lost.length, became.added.length]).toEqual([kept, lost, added]);
  },
);
