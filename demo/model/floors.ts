/**
 * Blind curves of eq. 4 in two relu neurons: where one is dead, eq. 4 is a parabola of the other one, and its floor is a
 * line along which the state moves and the energy does not change. Each line is kept only if the f64 check of
 * blind spots agrees along it.
 */
import type { View } from '../plot/view.js';
import type { State } from '../state/state.js';
import type { Exact, Point } from './exact.js';

export interface Floor {
  readonly from: Point;
  readonly to: Point;
  readonly energy: number;
  /** Index of the neuron that is alive on it. */
  readonly alive: 0 | 1;
}

const CHECKS = 24;

/** Whether the words "both neurons dead" and the lines of this file are about this network. */
export const isReluPair = ({ layers, equation, bias }: State): boolean =>
  bias.length === 2 && equation !== 9 && layers.every(({ activation }) => activation === 'relu');

export function blindFloors(exact: Exact, { weights, bias }: State, view: View): Floor[] {
  const found: Floor[] = [];
  const add = (alive: 0 | 1, end: number) => {
    const place = bias[alive] / (1 - weights[alive][alive]);
    // A parabola that opens downwards has a ridge there: blind as well, and no less misleading.
    if (!(place > 0) || !Number.isFinite(place) || end >= 0) return;
    const at = (u: number): Point => (alive === 0 ? [place, u * end] : [u * end, place]);
    let blind = 0;
    for (let k = 0; k < CHECKS; k++) if (exact.isBlind(at((k + 0.5) / CHECKS))) blind++;
    // One check may fall on the fixed point that the line leads to.
    if (blind >= CHECKS - 1) found.push({ from: at(0), to: at(1), energy: exact.energy(at(0.5)), alive });
  };
  add(0, view.y[0]);
  add(1, view.x[0]);
  return found;
}

const QUARTER: readonly Point[] = [
  [-0.3, -1.7],
  [-1.1, -0.4],
  [-1.7, -1.6],
  [-0.2, -0.2],
];

/** The energy of the quarter where both neurons are dead, where it is the same and blind at every state tried. */
export function flatEnergy(exact: Exact): number | undefined {
  const energy = exact.energy(QUARTER[0]);
  return QUARTER.every((y) => exact.isBlind(y) && exact.energy(y) === energy) ? energy : undefined;
}
