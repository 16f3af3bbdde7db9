/** Moves of the box that is seen: zoomed around a place, panned, pinched by two fingers. Pure. */
import type { Box, Point } from './state.js';

/** Down to here fields are held to an error of 1e-4 of their range (docs/precision.md). */
const CLOSEST = 1e-5;
const WIDEST = 1e4;

const within = (half: number) => Math.min(WIDEST, Math.max(CLOSEST, half));

/** A box `factor` times as large, in which `around` stays where it is. */
export function zoomed({ centre, half }: Box, factor: number, around: Point): Box {
  const next = within(half * factor);
  const f = next / half;
  return {
    centre: [around[0] + f * (centre[0] - around[0]), around[1] + f * (centre[1] - around[1])],
    half: next,
  };
}

/** The box moved by these shares of its half side. */
export const panned = ({ centre: [a, b], half }: Box, u: number, v: number): Box => ({
  centre: [a + u * half, b + v * half],
  half,
});

/**
 * The box in which what was under the middle of two fingers is under it again.
 * @param factor distance of the fingers at first by that of now
 * @param held the place under their middle at first
 * @param now the place that was at first where their middle is now
 */
export function pinched({ centre, half }: Box, factor: number, held: Point, now: Point): Box {
  const next = within(half * factor);
  const f = next / half;
  return { centre: [held[0] - f * (now[0] - centre[0]), held[1] - f * (now[1] - centre[1])], half: next };
}
