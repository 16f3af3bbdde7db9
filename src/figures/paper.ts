/** What the paper's two figures have in common: a named picture with the facts that it claims. */
import type { Figure } from '../figure/picture.js';
import type { Problem } from '../model/problem.js';
import type { Grid, Matrix } from '../types.js';
import type { NamedPoint } from './marks.js';
import type { QuantityRecord, Tally } from './tally.js';

/** One fixed point as results list it. */
export interface PointFacts {
  readonly name: string;
  readonly state: readonly number[];
  readonly class: string;
  readonly residual: number;
  readonly energy: number;
  readonly spectrum: readonly { readonly re: number; readonly im: number }[];
}

/** What one system of a figure is and what was found. */
export interface SystemFacts {
  readonly model: string;
  readonly hash: string;
  readonly dynamics: { readonly equation: number; readonly R: string };
  readonly energy: {
    readonly equation: number;
    readonly coefficients: readonly number[];
    readonly certified: boolean;
    readonly why: string;
  };
  readonly grid?: GridFacts;
  readonly verdict: string;
  readonly blindShare?: number;
  readonly fixedPoints: readonly PointFacts[];
  readonly notices: readonly string[];
  readonly findings?: Readonly<Record<string, unknown>>;
}

export interface GridFacts {
  readonly origin: readonly number[];
  readonly axes: readonly (readonly number[])[];
  /** Outer edges in the order of matplotlib's imshow: [x0, x1, y0, y1], for a line [x0, x1]. */
  readonly extent: readonly number[];
  /** Samples along each axis; arrays have the last axis first: [t][s]. */
  readonly size: readonly number[];
}

/** A finished picture with its facts and who computed it. */
export interface PaperFigure {
  /** Name of its files without an extension. */
  readonly name: string;
  readonly figure: Figure;
  readonly systems: readonly SystemFacts[];
  readonly computation: ComputationFacts;
}

export interface ComputationFacts {
  readonly wallMilliseconds: number;
  readonly gpuMilliseconds: number;
  readonly tiles: number;
  readonly quantities: readonly QuantityRecord[];
  readonly notes: readonly string[];
}

export const computationFacts = (tally: Tally): ComputationFacts => ({
  wallMilliseconds: tally.wallMilliseconds,
  gpuMilliseconds: tally.gpuMilliseconds,
  tiles: tally.tiles,
  quantities: tally.records,
  notes: [...tally.notes],
});

export const gridFacts = ({ origin, axes, extent, size }: Grid): GridFacts => ({
  origin: [...origin],
  axes: axes.map((axis) => [...axis]),
  extent: extent.flat(),
  size,
});

export const pointFacts = (points: readonly NamedPoint[]): PointFacts[] =>
  points.map(({ name, state, class: kind, residual, energy, spectrum }) => ({
    name,
    state: [...state],
    class: kind,
    residual,
    energy,
    spectrum,
  }));

/** The choices of a problem, as results state them. */
export const choiceFacts = ({ name, hash, equation, designName, energy, notices }: Problem) => ({
  model: name,
  hash,
  dynamics: { equation, R: designName },
  energy: {
    equation: energy.equation,
    coefficients: energy.coefficients,
    certified: energy.certified,
    why: energy.why,
  },
  notices,
});

/** A small matrix in words: `[[0, −1.5], [−1.5, 0]]`. */
export function matrixWords({ rows, columns, data }: Matrix): string {
  const row = (i: number) =>
    [...data.subarray(i * columns, (i + 1) * columns)].join(', ').replaceAll('-', '−');
  return `[${Array.from({ length: rows }, (_, i) => `[${row(i)}]`).join(', ')}]`;
}
