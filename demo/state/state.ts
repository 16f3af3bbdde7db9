/**
 * Everything that the reader can set, as one value of plain data: JSON holds it, a link carries it, undo keeps it.
 * Only the theme is left out, which belongs to the reader and not to what is seen. Changes are pure functions in
 * change.ts; what follows from a state (fields, paths, verdicts) is computed from it and never kept in it.
 */
import type { Coefficients, EnergyEquation, Equation } from '../library.js';

/** A place in the plane that is drawn: multiples of its two axes. */
export type Point = readonly [number, number];

export interface LayerSetting {
  readonly name: string;
  readonly size: number;
  readonly activation: string;
  readonly parameters: Readonly<Record<string, number>>;
}

/** R as a model file writes it. */
export type DesignSetting =
  | string
  | { readonly spectral: string }
  | { readonly sylvester: 'identity' | readonly (readonly number[])[] }
  | { readonly matrix: readonly (readonly number[])[] };

/** Without coefficients the library chooses: `certified` where it is proved. */
export interface EnergySetting {
  readonly equation: EnergyEquation;
  readonly coefficients?: 'certified' | Coefficients;
}

export interface PlaneSetting {
  /** How it was chosen, in words. */
  readonly how: string;
  /** N numbers. */
  readonly origin: readonly number[];
  /** N numbers each, orthonormal. */
  readonly axes: readonly [readonly number[], readonly number[]];
}

/** What of the plane is seen: `half` of the longer side, around `centre`. */
export interface Box {
  readonly centre: Point;
  readonly half: number;
}

/** What the read-out names while no pointer does: a moment of the path, or a place of the plane. */
export type Cursor = { readonly time: number } | { readonly at: Point };

/** Layers of the picture that the reader switches. */
export interface Shown {
  readonly flow: boolean;
  readonly isolines: boolean;
  readonly points: boolean;
  readonly hatch: boolean;
  /** Where a component of the motion is zero; networks of two neurons have them. */
  readonly nullclines: boolean;
  /** Where each state of the plane goes. */
  readonly basins: boolean;
}

/** What stands in each column: its landscape, the speed above it as in Figure 1, or its energy as a surface. */
export type Layout = 'two' | 'four' | 'surface';

/** Colour maps, all of them even in lightness; cividis is the same to most eyes. */
export type MapName = 'tarn' | 'cividis';

/** Where surfaces are seen from, in degrees: turned around the axis of energy, and from how high. */
export interface Sight {
  readonly turn: number;
  readonly tilt: number;
}

export interface State {
  readonly name: string;
  readonly layers: readonly LayerSetting[];
  /** W[to][from]. */
  readonly weights: readonly (readonly number[])[];
  readonly bias: readonly number[];
  /** Whether an entry of W takes its twin along. */
  readonly tied: boolean;
  /** The motion of the right column; the left one has R = I in the same variable. */
  readonly equation: Equation;
  readonly design: DesignSetting;
  readonly left: EnergySetting;
  readonly right: EnergySetting;
  readonly plane: PlaneSetting;
  readonly box: Box;
  readonly start: Point;
  readonly cursor: Cursor;
  readonly shown: Shown;
  readonly layout: Layout;
  readonly map: MapName;
  readonly sight: Sight;
}

/** Networks beyond this are for the command line: their W is no longer something to touch. */
export const MOST_NEURONS = 32;
/** Matrices R of this many neurons can be typed; larger ones come with a model file. */
export const MOST_TYPED = 4;
/** Half of the longer side of a plot that nothing asks to be larger. */
export const HALF = 2;
/** Where the clock stands while nothing points at anything. */
const RESTING = { time: 0.35 } as const;

const unit = (size: number, k: number) => Array.from({ length: size }, (_, i) => (i === k ? 1 : 0));

/** The plane of two neurons (from 0) through the origin. One neuron has a line: its second axis is zero. */
export function neuronPlane(size: number, i: number, j: number): PlaneSetting {
  return {
    how: `neurons ${String(i + 1)} and ${String(j + 1)}`,
    origin: Array.from({ length: size }, () => 0),
    axes: [unit(size, i), unit(size, j)],
  };
}

/** The indices of the two neurons that are the axes of a plane, if they are; a line of one neuron has the same twice. */
export function neuronsOf({ axes }: Pick<PlaneSetting, 'axes'>): readonly [number, number] | undefined {
  if (axes[0].length === 1) return [0, 0];
  const [i, j] = axes.map((axis) =>
    axis.filter((v) => v !== 0).length === 1 ? axis.findIndex((v) => v === 1) : -1,
  );
  return i >= 0 && j >= 0 ? [i, j] : undefined;
}

/** Winner-take-all: two memories, a saddle between them (equations.md section 3, Fig. 1). */
export const FIRST: State = {
  name: 'winner-take-all',
  layers: [{ name: 'x', size: 2, activation: 'relu', parameters: {} }],
  weights: [
    [0, -1.5],
    [-1.5, 0],
  ],
  bias: [1, 1],
  tied: true,
  equation: 1,
  design: 'identity',
  left: { equation: 4 },
  right: { equation: 14 },
  plane: neuronPlane(2, 0, 1),
  box: { centre: [0, 0], half: HALF },
  start: [-1.8, -1.2],
  cursor: RESTING,
  shown: { flow: true, isolines: true, points: true, hatch: true, nullclines: false, basins: false },
  layout: 'two',
  map: 'tarn',
  sight: { turn: -35, tilt: 38 },
};
