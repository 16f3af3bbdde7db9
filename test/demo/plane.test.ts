/** Planes of more than two neurons that are turned by hand. */
import { expect, test } from 'vitest';
import { turned } from '../../demo/model/plane.js';
import { neuronPlane, type PlaneSetting } from '../../demo/state/state.js';
import { random } from '../random-model.js';

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, v, k) => sum + v * b[k], 0);

test('axes of a plane that is turned stay orthonormal, and a right angle brings the neuron into it', () => {
  const plane: PlaneSetting = { ...neuronPlane(5, 3, 1), origin: [0.1, -2, 0.3, 4, 5] };
  const half = turned(plane, 2, [Math.PI / 2, 0]);
  [0, 0, 1, 0, 0].forEach((v, k) => {
    expect(half?.axes[0][k]).toBeCloseTo(v, 14);
  });
  expect(half?.axes[1]).toEqual(plane.axes[1]);
  expect(half?.origin).toBe(plane.origin);
  const r = random(3);
  let next: PlaneSetting = plane;
  for (let k = 0; k < 20; k++) {
    next = turned(next, k % 5, [r.uniform(-3, 3), r.uniform(-3, 3)]) ?? next;
    const [u, v] = next.axes;
    for (const [found, value] of [
      [dot(u, u), 1],
      [dot(v, v), 1],
      [dot(u, v), 0],
    ])
      expect(found).toBeCloseTo(value, 12);
  }
  expect(next.how).toBe('neurons 4 and 2, turned');
});

test('a neuron that lies in the plane is none to turn towards', () => {
  expect(turned(neuronPlane(3, 0, 2), 0, [1, 0])).toBeUndefined();
  expect(turned(neuronPlane(3, 0, 2), 1, [1, 0])).toBeDefined();
});
