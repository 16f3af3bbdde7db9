/**
 * Figure 1 of the paper: vector field (top) and level sets (bottom) of eq. 1 with energy 4 (left) and of eq. 13 with
 * energy 14 (right), for two ReLU neurons. The paper's parameters are lost; ours are those of equations.md section 3.
 * The variant takes b3 alone, |r|^2/2, where the saddle becomes stable too.
 */
import type { Figure, LandscapePanel, Note } from '../figure/picture.js';
import { loadAlgebra } from '../model/algebra.js';
import { norm } from '../model/evaluator.js';
import { denseWeights } from '../model/network.js';
import type { Problem } from '../model/problem.js';
import type { Simulator } from '../simulator.js';
import type { Grid } from '../types.js';
import { pointMarks, type NamedPoint } from './marks.js';
import { paperProblem } from './models.js';
import {
  choiceFacts,
  computationFacts,
  gridFacts,
  matrixWords,
  pointFacts,
  type PaperFigure,
  type SystemFacts,
} from './paper.js';
import { neuronGrid } from './slice.js';
import { survey, valuesOf, type Survey } from './survey.js';
import { Tally, type WorkOptions } from './tally.js';
import { coefficientWords, count, dynamicsWords, energySymbol, namedPoints } from './words.js';

const EXTENT = [
  [-2, 2],
  [-2, 2],
] as const;
const SIDE = 512;
const LABELS = ['y_1', 'y_2'] as const;

interface Column {
  readonly problem: Problem;
  readonly grid: Grid;
  readonly known: Survey;
  readonly points: readonly NamedPoint[];
  readonly flow: LandscapePanel;
  readonly levels: LandscapePanel;
  readonly facts: SystemFacts;
}

/** Computes a system: its vector field over the speed, its energy over what is known about it. */
async function column(
  problem: Problem,
  tally: Tally,
  levelsTitle: string,
  notes: readonly Note[],
  original: readonly NamedPoint[] = [],
): Promise<Column> {
  const grid = neuronGrid(2, EXTENT, [SIDE, SIDE]);
  const { fields } = await tally.evaluate({ problem, sampling: grid, quantities: ['energy', 'speed'] });
  const known = await survey(problem, grid, tally, { flowSide: 128 });
  const points = renamed(known.points, original);
  const fixedPoints = pointMarks(problem, await loadAlgebra(), grid, points);
  const common = { kind: 'landscape', extent: EXTENT, axisLabels: LABELS, fixedPoints } as const;
  return {
    problem,
    grid,
    known,
    points,
    flow: {
      ...common,
      title: `Vector field of ${dynamicsWords(problem)}`,
      subtitle: 'colour: speed',
      field: { values: valuesOf(fields, 'speed'), size: [SIDE, SIDE] },
      flow: known.flow,
      style: 'flow',
      deadRanges: known.deadRanges,
    },
    levels: {
      ...common,
      title: levelsTitle,
      subtitle: known.judgement.words,
      verdict: known.judgement.verdict,
      field: { values: valuesOf(fields, 'energy'), size: [SIDE, SIDE] },
      blind: known.blind,
      deadCount: known.deadCount,
      deadRanges: known.deadRanges,
      curves: known.blindCurves,
      notes: known.blindSamples > 0 ? notes : [],
    },
    facts: {
      ...choiceFacts(problem),
      grid: gridFacts(grid),
      verdict: known.judgement.words,
      blindShare: known.blindSamples / known.blind.mask.length,
      fixedPoints: pointFacts(points),
    },
  };
}

const networkWords = ({ network }: Problem) =>
  `Two ReLU neurons, *W* = ${matrixWords(denseWeights(network))}, *b* = (${[...network.bias].join(', ')}).`;

/** Figure 1: the two systems side by side. */
export async function paperFigure1(simulator: Simulator, options: WorkOptions = {}): Promise<PaperFigure> {
  const tally = new Tally(simulator, options);
  const blindNote: Note = { s: -1, t: -1.75, text: 'flat: both neurons dead' };
  const original = await paperProblem('winner-take-all-krotov-hopfield');
  const modified = await paperProblem('winner-take-all');
  const left = await column(original, tally, `Level sets of ${energySymbol(original)}`, [blindNote]);
  const right = await column(modified, tally, `Level sets of the certified ${energySymbol(modified)}`, [
    blindNote,
  ]);
  const same = 'Both systems have the same fixed points';
  const figure: Figure = {
    title: 'The energy of eq. 4 is blind where neurons are dead, the certified one is not',
    panels: [
      [left.flow, right.flow],
      [left.levels, right.levels],
    ],
    caption:
      `${networkWords(original)} ${same}: ${namedPoints(right.known.points)}. ` +
      'Under eq. 1 the state leaves the hatched quarter although its energy is constant there, and the memories are ' +
      'not isolated minima: the dashed lines through them are equally low. The certified energy has strict minima ' +
      'exactly at the memories. ' +
      `Right: ${coefficientWords(modified)}. Red bars: the neuron of that axis is dead.`,
    honesty: tally.honesty(
      `blind share: of ${count(left.known.blind.mask.length)} samples · fixed points: Newton in f64`,
    ),
  };
  return {
    name: 'figure-1',
    figure,
    systems: [left.facts, right.facts],
    computation: computationFacts(tally),
  };
}

/** The points of a variant under the names that the same states have in the original. */
function renamed(points: readonly NamedPoint[], original: readonly NamedPoint[]): NamedPoint[] {
  return points.map((point) => {
    const same = original.find(({ state }) => norm(state.map((v, i) => v - point.state[i])) <= 1e-6);
    return same ? { ...point, name: same.name } : point;
  });
}

/** The variant of Figure 1 with b3 alone: the energy is |r|^2/2 and every fixed point becomes stable. */
export async function paperFigure1ThirdTerm(
  simulator: Simulator,
  options: WorkOptions = {},
): Promise<PaperFigure> {
  const tally = new Tally(simulator, options);
  const original = await paperProblem('winner-take-all-krotov-hopfield');
  const before = await survey(original, neuronGrid(2, EXTENT, [SIDE, SIDE]), tally, { side: 64 });
  const problem = await paperProblem('winner-take-all', {
    name: 'winner-take-all, third term alone',
    energy: { equation: 14, coefficients: [0, 0, 1] },
  });
  const alone = await column(
    problem,
    tally,
    `Level sets of ${energySymbol(problem)} = |*r*|^2/2`,
    [],
    before.points,
  );
  const added = alone.points.filter(
    ({ name, class: kind }) =>
      kind === 'stable' && before.points.find((p) => p.name === name)?.class !== 'stable',
  );
  const names = added.map(({ name }) => name).join(', ');
  const words = added.length > 0 ? `${names} is a memory here` : alone.known.judgement.words;
  const figure: Figure = {
    title: 'The third term alone makes every fixed point stable',
    panels: [[alone.flow, { ...alone.levels, subtitle: words, verdict: 'unproved' }]],
    caption:
      `${networkWords(problem)} With ${coefficientWords(problem)} the energy is |*r*|^2/2, which is zero, its least value, ` +
      `at every fixed point. Eq. 13 with *R* = gradient descends it: ${namedPoints(before.points)} of eq. 1 become ` +
      `${namedPoints(alone.points)}. The certified energy of Figure 1 keeps every verdict.`,
    honesty: tally.honesty('fixed points: Newton in f64'),
  };
  return {
    name: 'figure-1-third-term',
    figure,
    systems: [{ ...alone.facts, verdict: words }],
    computation: computationFacts(tally),
  };
}
