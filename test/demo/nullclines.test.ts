/** Nullclines against what is known of them: a component of the motion vanishes on each, on all of it. */
import { expect, test } from 'vitest';
import { nullclines } from '../../demo/plot/nullclines.js';
import { viewOf } from '../../demo/plot/view.js';
import { planeOf } from '../../demo/model/plane.js';
import { neuronPlane, type Point } from '../../demo/state/state.js';

const view = viewOf(400, 400, { centre: [0, 0], half: 2 }, planeOf(neuronPlane(2, 0, 1)));

const length = (line: readonly Point[]) =>
  line.slice(1).reduce((sum, [a, b], k) => sum + Math.hypot(a - line[k][0], b - line[k][1]), 0);

test('a circle and a line, to a hundredth of the distance between samples', () => {
  const velocity = ([a, b]: Point): Point => [a * a + b * b - 1, b - a / 2];
  const [first, second] = nullclines({ velocity }, view);
  expect(first.lines).toHaveLength(1);
  for (const [a, b] of first.lines[0]) expect(Math.hypot(a, b)).toBeCloseTo(1, 3);
  expect(length(first.lines[0])).toBeCloseTo(2 * Math.PI, 2);
  expect(second.lines).toHaveLength(1);
  // From one edge of the view to the other, and half a sample beyond each.
  expect(length(second.lines[0]) / (2 * Math.hypot(2, 1))).toBeCloseTo(1 + 1 / 96, 4);
});

test('winner-take-all: broken lines that cross in its three fixed points', () => {
  const relu = (x: number) => Math.max(0, x);
  const velocity = ([a, b]: Point): Point => [-1.5 * relu(b) - a + 1, -1.5 * relu(a) - b + 1];
  for (const effort of ['full', 'quick'] as const) {
    const found = nullclines({ velocity }, view, effort);
    for (const { component, lines } of found) {
      expect(lines).toHaveLength(1);
      // Between samples on both sides of a bend a line is as far off as they are.
      for (const place of lines[0]) expect(Math.abs(velocity(place)[component])).toBeLessThan(0.05);
    }
    for (const [a, b] of [
      [1, -0.5],
      [-0.5, 1],
      [0.4, 0.4],
    ])
      for (const { lines } of found)
        expect(Math.min(...lines[0].map(([c, d]) => Math.hypot(a - c, b - d)))).toBeLessThan(0.06);
  }
});

test('a component that is zero everywhere has no line', () => {
  const [first, second] = nullclines({ velocity: ([a]) => [0, a] }, view);
  expect(first.lines).toEqual([]);
  expect(second.lines).toHaveLength(1);
});
