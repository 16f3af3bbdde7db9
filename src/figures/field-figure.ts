/** The picture of a computed field: a landscape with everything known about it, or a curve with its flat stretches. */
import { fixedPointsFrom } from '../analysis/fixed-points.js';
import { gridSeeds } from '../analysis/seeds.js';
import { formatNumber } from '../figure/number.js';
import type {
  Figure,
  FixedPointMark,
  LandscapePanel,
  LineMark,
  LinePanel,
  Panel,
  RegionMap,
} from '../figure/picture.js';
import { loadAlgebra } from '../model/algebra.js';
import { Evaluator } from '../model/evaluator.js';
import type { Problem } from '../model/problem.js';
import type { Field } from '../simulator.js';
import type { Grid, Quantity } from '../types.js';
import type { Reference } from '../wgsl/reference.js';
import { imageMarks, withImages, type ImageChoice } from './images.js';
import { namePoints, offSlice, pointMarks, type NamedPoint } from './marks.js';
import { axisLabel, resampled } from './slice.js';
import { flatStretches, lineCoordinates, type Stretches } from './stretches.js';
import { projectVectors, type Survey } from './survey.js';
import type { Tally } from './tally.js';
import {
  coefficientWords,
  count,
  dynamicsWords,
  literal,
  namedPoints,
  percent,
  quantityWords,
} from './words.js';

/** The colour scale has zero in its middle. */
const SIGNED: ReadonlySet<Quantity> = new Set(['energy-rate', 'certificate']);
const COUNTED: ReadonlySet<Quantity> = new Set(['dead-count', 'alive-mask', 'blind-spot']);
const ARROWS = 48;

export interface FieldFigureParts {
  readonly problem: Problem;
  readonly grid: Grid;
  readonly quantity: Quantity;
  readonly field: Field;
  /** States are drawn as images. */
  readonly images?: ImageChoice;
  /** Regions of constant alive set. */
  readonly regions?: RegionMap;
  /** Samples of each axis of the whole field, where `field` holds only some of them. */
  readonly samples?: readonly number[];
  /** From which energies are measured. */
  readonly reference?: Reference;
  /** Words for the line of honesty below a quantity. */
  readonly remarks?: Readonly<Partial<Record<Quantity, string>>>;
}

/** One number per sample: the norm of vectors, the number of ones of a mask. */
function scalarOf(quantity: Quantity, { data, shape }: Field, axes: number): Float32Array | Float64Array {
  if (shape.length === axes) return data;
  const n = shape[shape.length - 1];
  const samples = data.length / n;
  const out = data instanceof Float32Array ? new Float32Array(samples) : new Float64Array(samples);
  for (let k = 0; k < samples; k++) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += quantity === 'alive-mask' ? data[k * n + i] : data[k * n + i] ** 2;
    out[k] = quantity === 'alive-mask' ? sum : Math.sqrt(sum);
  }
  return out;
}

/** Every so manyth sample of a vector field, projected to the slice. */
function arrows(grid: Grid, { data, shape }: Field) {
  const [columns, rows] = grid.size;
  const n = shape[shape.length - 1];
  const [width, height] = [Math.min(columns, ARROWS), Math.min(rows, ARROWS)];
  const thin = new Float64Array(width * height * n);
  for (let j = 0; j < height; j++)
    for (let i = 0; i < width; i++) {
      const at =
        Math.floor(((j + 0.5) * rows) / height) * columns + Math.floor(((i + 0.5) * columns) / width);
      for (let k = 0; k < n; k++) thin[(j * width + i) * n + k] = data[at * n + k];
    }
  return projectVectors(resampled(grid, [width, height]), thin);
}

/** The panel of a field on a plane. `known` adds what a survey of this plane found. */
export async function landscapePanel(
  { problem, grid, quantity, field, images, regions, reference }: FieldFigureParts,
  known: Survey,
): Promise<LandscapePanel> {
  const [columns, rows] = grid.size;
  const isVector = quantity === 'rhs' || quantity === 'energy-gradient';
  const isEnergy = quantity === 'energy';
  const deserved = isEnergy || quantity === 'blind-spot' ? known.judgement : undefined;
  const marks = pointMarks(problem, await loadAlgebra(), grid, known.points);
  return {
    kind: 'landscape',
    title: quantityWords(problem, quantity, reference),
    ...(deserved ? { subtitle: deserved.words, verdict: deserved.verdict } : {}),
    field: { values: scalarOf(quantity, field, 2), size: [columns, rows] },
    extent: [grid.extent[0], grid.extent[1]],
    axisLabels: [axisLabel(problem.network, grid, 0), axisLabel(problem.network, grid, 1)],
    signed: SIGNED.has(quantity),
    ...(COUNTED.has(quantity)
      ? { tone: 'linear' as const, colourMap: 'cividis' as const, style: 'flow' as const }
      : {}),
    ...(isVector ? { flow: arrows(grid, field), style: 'flow' as const } : {}),
    ...(isEnergy
      ? {
          flow: known.flow,
          blind: known.blind,
          // The lines around regions tell the same.
          ...(regions ? {} : { deadCount: known.deadCount }),
          deadRanges: known.deadRanges,
          curves: known.blindCurves,
        }
      : {}),
    ...(regions ? { regions } : {}),
    fixedPoints: images ? withImages(marks, known.points, images) : marks,
    ...(images ? { images: imageMarks(grid, marks, images) } : {}),
  };
}

/** A field on a plane as a figure. */
export async function fieldFigure(parts: FieldFigureParts, known: Survey, tally: Tally): Promise<Figure> {
  const { grid } = parts;
  const panel = await landscapePanel(parts, known);
  const shown = panel.fixedPoints ?? [];
  const sentences = [
    sliceWords(parts),
    known.searched ? pointWords(shown, known.points.length) : '',
    offWords(grid, shown, known.points),
    parts.regions ? 'Thin lines bound the regions in which the same neurons are alive.' : '',
  ];
  return page(parts, panel, sentences, tally);
}

function pointWords(shown: readonly FixedPointMark[], found: number): string {
  const hidden = found - shown.length;
  const outside = hidden > 0 ? `${count(hidden)} ${hidden === 1 ? 'was' : 'were'} found outside of it` : '';
  if (shown.length === 0) return `No fixed point lies in this view${outside === '' ? '' : `; ${outside}`}.`;
  return `Fixed points in this view: ${namedPoints(shown)}${outside === '' ? '' : `; ${outside}`}.`;
}

/** Points of a large network seldom lie in a plane; a word about those that are drawn all the same. */
function offWords(grid: Grid, shown: readonly FixedPointMark[], points: readonly NamedPoint[]): string {
  const names = new Set(shown.map(({ name }) => name));
  const off = offSlice(
    grid,
    points.filter(({ name }) => names.has(name)),
  );
  return off > 0
    ? `They lie up to ${formatNumber(off, 2)} off the plane and are drawn at their feet in it.`
    : '';
}

function sliceWords({ problem, grid, samples = grid.size }: FieldFigureParts): string {
  const n = problem.network.size;
  const neurons = `${count(n)} ${n === 1 ? 'neuron' : 'neurons'}`;
  const energy = coefficientWords(problem);
  const words = (size: readonly number[]) => size.map(count).join(' × ');
  const all = words(samples);
  const drawn = words(grid.size);
  return `${neurons}, ${dynamicsWords(problem)}${energy === '' ? '' : `, ${energy}`}. ${all} samples${drawn === all ? '' : `, drawn from ${drawn}`}.`;
}

function page(
  { problem, quantity, remarks, reference }: FieldFigureParts,
  panel: Panel,
  sentences: readonly string[],
  tally: Tally,
): Figure {
  return {
    title: literal(problem.name),
    panels: [[panel]],
    caption: sentences.filter((words) => words !== '').join(' '),
    honesty: tally.honesty(
      [
        'fixed points: Newton in f64',
        reference && quantity === 'energy' ? `E(reference) = ${formatNumber(reference.energy)} in f64` : '',
        remarks?.[quantity] ?? '',
      ]
        .filter((words) => words !== '')
        .join(' · '),
      quantity,
    ),
  };
}

/** Fixed points near a line of a small network, found from the samples where |r| is least. */
export async function pointsOnLine(problem: Problem, grid: Grid): Promise<NamedPoint[]> {
  if (problem.network.size > 64) return [];
  const algebra = await loadAlgebra();
  return namePoints(
    fixedPointsFrom(problem, algebra, gridSeeds(problem, algebra, resampled(grid, [512]), 64)),
  );
}

/** The panel of a field on a line. */
export async function linePanel(
  { problem, grid, quantity, field, reference }: FieldFigureParts,
  points: readonly NamedPoint[],
  stretches: Stretches | undefined,
): Promise<LinePanel> {
  const y = scalarOf(quantity, field, 1);
  const algebra = await loadAlgebra();
  const evaluator = new Evaluator(problem, algebra);
  const markers = pointMarks(problem, algebra, grid, points).map((mark): LineMark => {
    const at = points.find(({ name }) => name === mark.name);
    const i = Math.min(
      y.length - 1,
      Math.max(
        0,
        Math.floor(((mark.s - grid.extent[0][0]) / (grid.extent[0][1] - grid.extent[0][0])) * y.length),
      ),
    );
    if (at) evaluator.moveTo(at.state);
    return {
      x: mark.s,
      y: at && quantity === 'energy' ? evaluator.energy() - (reference?.energy ?? 0) : y[i],
      name: mark.name,
      class: mark.class,
    };
  });
  const flat = quantity === 'energy' ? (stretches?.flat ?? []) : [];
  return {
    kind: 'line',
    title: quantityWords(problem, quantity, reference),
    ...(quantity === 'energy' && stretches ? lineVerdict(problem, stretches) : {}),
    x: lineCoordinates(grid),
    y,
    axisLabels: [
      axisLabel(problem.network, grid, 0),
      quantity !== 'energy' ? '' : reference ? '*E* − *E*(reference)' : '*E*',
    ],
    flat,
    markers,
  };
}

function lineVerdict(
  problem: Problem,
  { share, blindShare }: Stretches,
): Pick<LinePanel, 'subtitle' | 'verdict'> {
  if (blindShare > 0) return { verdict: 'blind', subtitle: `blind on ${percent(blindShare)} of this line` };
  if (share > 0) return { verdict: 'unproved', subtitle: `flat along ${percent(share)} of this line` };
  return problem.energy.certified
    ? { verdict: 'certified', subtitle: 'blind nowhere, falls on every path' }
    : {};
}

/** A field on a line as a figure. */
export async function lineFigure(
  parts: FieldFigureParts,
  tally: Tally,
): Promise<{ figure: Figure; stretches?: Stretches; points: NamedPoint[] }> {
  const { problem, grid, quantity } = parts;
  const points = await pointsOnLine(problem, grid);
  const stretches = quantity === 'energy' ? await flatStretches(problem, grid, tally) : undefined;
  const panel = await linePanel(parts, points, stretches);
  const shown = panel.markers ?? [];
  const ends = (stretches?.flat ?? []).map(({ from, to }) => `[${formatNumber(from)}, ${formatNumber(to)}]`);
  const sentences = [
    sliceWords(parts),
    shown.length > 0 ? `Fixed points: ${namedPoints(shown)}.` : '',
    ends.length > 0 ? `Flat on ${ends.join(', ')} although the state moves.` : '',
  ];
  return { figure: page(parts, panel, sentences, tally), points, ...(stretches ? { stretches } : {}) };
}
