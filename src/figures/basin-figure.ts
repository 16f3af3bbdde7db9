/** A map of basins as a figure: regions, the fixed points in the slice, letters for basins whose attractor lies outside. */
import { byClassAndEnergy, type FixedPoint } from '../analysis/fixed-points.js';
import type { BasinMap } from '../basins/map-run.js';
import type { BasinSystem } from '../basins/system.js';
import type { Figure, FixedPointMark, Note, PlotCurve } from '../figure/picture.js';
import type { Grid } from '../types.js';
import { namePoints, pointMarks, type NamedPoint } from './marks.js';
import { axisLabel } from './slice.js';
import { count, dynamicsWords, literal, percent } from './words.js';

/** What is drawn. */
export interface BasinFigureParts {
  readonly system: BasinSystem;
  readonly grid: Grid;
  readonly map: BasinMap;
  /** Fixed points of every class, with energies and spectra. */
  readonly points: readonly FixedPoint[];
  /** Who computed it, for the last line. */
  readonly honesty: string;
  /** Rims of inner bounds. */
  readonly curves?: readonly PlotCurve[];
}

/** Names of attractors: the letters of their points, C1, C2, .. for cycles. */
export function attractorNames({ attractors }: BasinSystem, points: readonly NamedPoint[]): string[] {
  let cycles = 0;
  let others = 0;
  return attractors.map((attractor) => {
    if (attractor.kind === 'limit-cycle') return `cycle ${String(++cycles)}`;
    const named = points.find(({ state }) => state.every((v, i) => v === attractor.state[i]));
    return named?.name ?? `found ${String(++others)}`;
  });
}

/** The named points of a system. */
export const basinPoints = (points: readonly FixedPoint[]): NamedPoint[] =>
  namePoints([...points].sort(byClassAndEnergy));

/** The figure of a plane map. */
export function basinFigure({ system, grid, map, points, honesty, curves }: BasinFigureParts): Figure {
  const { problem, algebra } = system;
  const named = basinPoints(points);
  const names = attractorNames(system, named);
  const marks = pointMarks(problem, algebra, grid, named);
  const { attractors, others } = map.counts;
  const total = map.labels.length;
  const shares = attractors
    .map((k, at) => ({ name: names[at], k }))
    .filter(({ k }) => k > 0)
    .sort((a, b) => b.k - a.k)
    .slice(0, 8)
    .map(({ name, k }) => `${name} ${percent(k / total)}`);
  const without = Object.entries(others)
    .filter(([, k]) => k > 0)
    .map(([name, k]) => `${count(k)} ${name}`);
  const sentences = [
    `Shares of the slice: ${shares.join(', ')}.`,
    without.length > 0 ? `Hatched: ${without.join(', ')}.` : '',
    map.refinement
      ? `Of ${count(map.refinement.blocks)} blocks ${count(map.refinement.computedBlocks)} were computed; ${count(map.refinement.disagreements)} of ${count(map.refinement.probes)} random samples disagreed with their block.`
      : 'Every sample was followed.',
    curves?.some(({ kind }) => kind === 'bound') === true
      ? 'Within solid lines every state is proved to go there.'
      : '',
    curves?.some(({ kind }) => kind === 'conjecture') === true
      ? 'Dashed: wells of the energy, proved but for fixed points that may be missing.'
      : '',
  ];
  return {
    title: `Basins of ${literal(problem.name)}`,
    panels: [
      [
        {
          kind: 'labels',
          title: `basins of ${dynamicsWords(problem)}`,
          labels: map.labels,
          size: [grid.size[0], grid.size[1]],
          extent: [grid.extent[0], grid.extent[1]],
          axisLabels: [axisLabel(problem.network, grid, 0), axisLabel(problem.network, grid, 1)],
          fixedPoints: marks,
          ...(curves ? { curves } : {}),
          notes: letters(map, grid, names, marks),
        },
      ],
    ],
    caption: sentences.filter((sentence) => sentence !== '').join(' '),
    honesty,
  };
}

/** Samples along a side of the search for the middle of a basin; smaller basins get no letter. */
const COARSE = 96;
const LEAST_DISTANCE = 4;

/** A letter in the widest part of each basin whose attractor is not drawn. */
function letters(
  { labels }: BasinMap,
  { size, extent }: Grid,
  names: readonly string[],
  marks: readonly FixedPointMark[],
): Note[] {
  const [columns, rows] = size;
  const labelAt = (i: number, j: number) =>
    labels[Math.floor(((j + 0.5) * rows) / COARSE) * columns + Math.floor(((i + 0.5) * columns) / COARSE)];
  const coarse = Int32Array.from({ length: COARSE * COARSE }, (_, k) =>
    labelAt(k % COARSE, Math.floor(k / COARSE)),
  );
  const depth = depths(coarse);
  return names.flatMap((name, label): Note[] => {
    if (marks.some((mark) => mark.name === name)) return [];
    let best = -1;
    coarse.forEach((own, k) => {
      if (own === label && (best < 0 || depth[k] > depth[best])) best = k;
    });
    if (best < 0 || depth[best] < LEAST_DISTANCE) return [];
    const place = ([lo, hi]: readonly [number, number], k: number) => lo + ((hi - lo) * (k + 0.5)) / COARSE;
    return [
      { s: place(extent[0], best % COARSE), t: place(extent[1], Math.floor(best / COARSE)), text: name },
    ];
  });
}

/** Steps from each sample to the nearest one of another label, or to the edge. */
function depths(labels: Int32Array): Int32Array {
  const depth = new Int32Array(labels.length);
  const lower = (k: number, ...others: number[]) => {
    depth[k] = 1 + Math.min(...others.map((other) => (labels[other] === labels[k] ? depth[other] : 0)));
  };
  for (let j = 1; j + 1 < COARSE; j++)
    for (let i = 1; i + 1 < COARSE; i++) lower(j * COARSE + i, j * COARSE + i - 1, (j - 1) * COARSE + i);
  for (let j = COARSE - 2; j > 0; j--)
    for (let i = COARSE - 2; i > 0; i--) {
      const k = j * COARSE + i;
      const before = depth[k];
      lower(k, k + 1, k + COARSE);
      depth[k] = Math.min(depth[k], before);
    }
  return depth;
}
