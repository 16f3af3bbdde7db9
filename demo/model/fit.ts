/** A state whose view shows what there is to see: a plane through fixed points, and a box that holds them. */
import { boxAround } from '../plot/view.js';
import type { PlaneSetting, Point, State } from '../state/state.js';
import type { FoundPoint } from './memories.js';
import { nearest, planeOf, planeThrough } from './plane.js';

/** Where a start lies in its box, as in Figure 1. */
const START = [-0.9, -0.6] as const;

const BENDS: readonly Point[] = [
  [-1.5, 0],
  [1.5, 0],
];

/** The first three fixed points that span a plane, memories first. */
function planeOfPoints(points: readonly FoundPoint[]): PlaneSetting | undefined {
  const few = points.slice(0, 12);
  for (const [i, a] of few.entries())
    for (const [j, b] of few.slice(i + 1).entries())
      for (const c of few.slice(i + j + 2)) {
        const how = `through ${[a, b, c].map(({ name }) => name).join(', ')}`;
        const plane = planeThrough(how, [a.state, b.state, c.state]);
        if (plane) return plane;
      }
  return undefined;
}

/** The state in this plane, with a box around the fixed points that lie in it. */
export function inPlane(state: State, plane: PlaneSetting, points: readonly FoundPoint[]): State {
  const real = planeOf(plane);
  const seen = points.map((p) => nearest(real, p.state));
  const near = seen.filter(({ off }) => off < 1e-6);
  const places = (near.length > 0 ? near : seen).map(({ at }) => at);
  // One neuron: both sides of zero, where activations bend and may be dead.
  const bends: readonly Point[] = state.bias.length === 1 ? BENDS : [];
  const box = boxAround([...places, ...bends]);
  const [a, b] = box.centre;
  return { ...state, plane, box, start: [a + START[0] * box.half, b + START[1] * box.half] };
}

/** The view that a network opens with. */
export function fitted(state: State, points: readonly FoundPoint[]): State {
  const plane = state.bias.length <= 2 ? undefined : planeOfPoints(points);
  return inPlane(state, plane ?? state.plane, points);
}
