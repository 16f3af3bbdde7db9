/**
 * Blind curves of eq. 4: where one relu neuron is dead, eq. 4 is a parabola of the other one, and its floor is a line
 * along which the state moves and the energy does not change. Each line is kept only if the f64 check of
 * blind spots agrees along it.
 */
import type { View } from '../plot/view.js';
import type { Exact, Point } from './exact.js';
import type { Parameters } from './pair.js';

export interface Floor {
  readonly from: Point;
  readonly to: Point;
  readonly energy: number;
  /** Index of the neuron that is alive on it. */
  readonly alive: 0 | 1;
}

const CHECKS = 24;

export function blindFloors(exact: Exact, { w11, w22, b1, b2 }: Parameters, view: View): Floor[] {
  const found: Floor[] = [];
  const add = (alive: 0 | 1, slope: number, bias: number, end: number) => {
    const place = bias / (1 - slope);
    // A parabola that opens downwards has a ridge there: blind as well, and no less misleading.
    if (!(place > 0) || !Number.isFinite(place) || end >= 0) return;
    const at = (u: number): Point => (alive === 0 ? [place, u * end] : [u * end, place]);
    let blind = 0;
    for (let k = 0; k < CHECKS; k++) if (exact.isBlind(at((k + 0.5) / CHECKS))) blind++;
    // One check may fall on the fixed point that the line leads to.
    if (blind >= CHECKS - 1) found.push({ from: at(0), to: at(1), energy: exact.energy(at(0.5)), alive });
  };
  add(0, w11, b1, view.y[0]);
  add(1, w22, b2, view.x[0]);
  return found;
}
