/** How a field is drawn: shared by both painters, which draw the same picture. */
import type { MapName } from '../state/state.js';
import type { Tone } from './tone.js';

export interface Look {
  readonly tone: Tone;
  readonly map: MapName;
  readonly dark: boolean;
  readonly isolines: boolean;
  readonly hatch: boolean;
}

/** Equal steps of t; every fourth line is stronger. */
export const ISOLINES = 16;
/** CSS pixels between hatch lines where the energy is blind, and where one neuron is dead. */
export const BLIND_GAP = 9;
export const DEAD_GAP = 13;

/** The warm white of the blind hatch and the colour of its edge, sRGB in [0, 1]. */
export const hatchColour = (dark: boolean) => (dark ? [1, 0.769, 0.667] : [1, 0.886, 0.824]);
export const EDGE_COLOUR = [1, 0.702, 0.569] as const;

/** Over a field lighter than this, hatches are drawn in dark ink, and blind ones in this. */
export const LIGHT = 0.72;
export const BLIND_INK = [0.698, 0.2, 0.031] as const;
