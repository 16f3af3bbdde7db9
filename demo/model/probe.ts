/** The probe taken to a state that was found: the path starts there, in a plane that holds it and a box that shows it. */
import type { State } from '../state/state.js';
import { nearest, planeOf, planeOfNeurons } from './plane.js';

/** What a visit changes, and what coming back restores. */
export type Place = Pick<State, 'plane' | 'box' | 'start' | 'cursor'>;

/** A state this near to a plane, relative to its size, lies in it. */
const WITHIN = 1e-9;
/** Shares of half a box that a flat plot shows on both sides, and that is left of a box that was made for a place. */
const SHOWN = 0.6;

export const placeOf = ({ plane, box, start, cursor }: State): Place => ({ plane, box, start, cursor });

/** Whether a state of the page starts its path where a visit went. */
export const isAt = (state: State, { plane, start }: Place): boolean =>
  state.plane === plane && state.start === start;

/**
 * The place of a state y.
 * @param telling a direction: where y lies off the plane that is drawn, a plane of the two neurons that it has most of.
 */
export function placeAt(state: State, y: readonly number[], telling: readonly number[]): Place {
  const real = Float64Array.from(y);
  const size = Math.hypot(1, ...y);
  let { plane } = state;
  if (nearest(planeOf(plane), real).off > WITHIN * size) {
    const [i, j] = telling
      .map((v, k) => [Math.abs(v), k] as const)
      .sort(([a], [b]) => b - a)
      .slice(0, 2)
      .map(([, k]) => k)
      .sort((a, b) => a - b);
    plane = planeOfNeurons(y.length, i, j, real);
  }
  const { at } = nearest(planeOf(plane), real);
  const { centre, half } = state.box;
  const far = Math.max(...at.map((v, k) => Math.abs(v - centre[k])));
  const box = far <= SHOWN * half ? state.box : { centre, half: far / SHOWN };
  return { plane, box, start: at, cursor: { time: 0 } };
}
