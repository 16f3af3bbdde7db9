/**
 * Figure 2 of the paper, with models of ours (equations.md section 3): three energies 4 that LaSalle's theorem cannot
 * be applied to as it stands. (a) is unbounded below and has two memories; (b) is flat on a compact set, so isolated
 * memories are stable; (c) is flat on an unbounded one. What is said about infinity is measured far out.
 */
import { formatNumber } from '../figure/number.js';
import type { Figure, LandscapePanel, LinePanel } from '../figure/picture.js';
import type { Problem } from '../model/problem.js';
import { loadAlgebra } from '../model/algebra.js';
import { Evaluator } from '../model/evaluator.js';
import type { Simulator } from '../simulator.js';
import type { Grid } from '../types.js';
import { landscapePanel, linePanel, pointsOnLine } from './field-figure.js';
import { paperProblem, type PaperModel } from './models.js';
import {
  choiceFacts,
  computationFacts,
  gridFacts,
  pointFacts,
  type PaperFigure,
  type SystemFacts,
} from './paper.js';
import { neuronGrid, unitAxis } from './slice.js';
import { flatStretches, lineCoordinates } from './stretches.js';
import { survey, valuesOf } from './survey.js';
import { Tally, type WorkOptions } from './tally.js';
import { count } from './words.js';

/** Distances from the origin at which behaviour at infinity is measured. */
const FAR = [1e2, 1e3, 1e4] as const;

interface Part<P> {
  readonly panel: P;
  readonly facts: SystemFacts;
}

/** Energies and blindness at `FAR` along neuron k in direction `sign`, in f64: squares of 10^4 leave f32 few digits. */
async function farOut(problem: Problem, k: number, sign: 1 | -1) {
  const evaluator = new Evaluator(problem, await loadAlgebra());
  const found = FAR.map((distance) => {
    evaluator.moveTo(Float64Array.from(unitAxis(problem.network.size, k), (v) => sign * distance * v));
    return { energy: evaluator.energy(), blind: evaluator.isBlind() };
  });
  const energies = found.map(({ energy }) => energy);
  return {
    energies,
    blind: found.every(({ blind }) => blind),
    falls: energies.every((e, i) => e < 0 && (i === 0 || e < 9 * energies[i - 1])),
    rises: energies.every((e, i) => e > 0 && (i === 0 || e > 9 * energies[i - 1])),
  };
}

/** (a): a plane. */
async function unbounded(tally: Tally): Promise<Part<LandscapePanel>> {
  const problem = await paperProblem('fig-2a');
  const grid = neuronGrid(
    2,
    [
      [-2.5, 2.5],
      [-2.5, 2.5],
    ],
    [512, 512],
  );
  const evaluation = await tally.evaluate({ problem, sampling: grid, quantities: ['energy'] });
  const field = evaluation.fields.get('energy');
  if (field === undefined) throw new RangeError('no energy was computed');
  const known = await survey(problem, grid, tally);
  const up = await farOut(problem, 1, 1);
  const stable = known.points.filter((p) => p.class === 'stable').length;
  const words = `*E*_4 ${up.falls ? '→ −∞' : 'not seen to fall without end'}, yet ${String(stable)} memories`;
  const panel = await landscapePanel({ problem, grid, quantity: 'energy', field }, known);
  return {
    panel: {
      ...panel,
      title: 'Unbounded below',
      subtitle: words,
      verdict: 'blind',
      axisLabels: ['y_1', 'y_2'],
      notes: up.falls ? [{ s: 0, t: 2.3, text: '*E*_4 falls without end' }] : [],
    },
    facts: {
      ...choiceFacts(problem),
      grid: gridFacts(grid),
      verdict: words.replaceAll('*', ''),
      blindShare: known.blindSamples / known.blind.mask.length,
      fixedPoints: pointFacts(known.points),
      findings: { along: 'y_2 upwards', distances: FAR, energies: up.energies, unboundedBelow: up.falls },
    },
  };
}

/** (b) and (c): a line, with the certified energy of the same neuron for comparison. */
async function onLine(name: PaperModel, title: string, tally: Tally): Promise<Part<LinePanel>> {
  const problem = await paperProblem(name);
  const grid: Grid = neuronGrid(1, [[-3, 3]], [1024]);
  const field = (await tally.evaluate({ problem, sampling: grid, quantities: ['energy'] })).fields.get(
    'energy',
  );
  if (field === undefined) throw new RangeError('no energy was computed');
  const certified = await paperProblem(name, { energy: { equation: 14, coefficients: 'certified' } });
  const other = await tally.evaluate({ problem: certified, sampling: grid, quantities: ['energy'] });
  const stretches = await flatStretches(problem, grid, tally);
  const points = await pointsOnLine(problem, grid);
  const [left, right] = [await farOut(problem, 0, -1), await farOut(problem, 0, 1)];
  const endless = left.blind || right.blind;
  const bounded = (left.rises || left.blind) && (right.rises || right.blind);
  const ends = stretches.flat.map(({ from, to }) =>
    left.blind && from <= -3
      ? `*y* ≤ ${formatNumber(to, 2)}`
      : `[${formatNumber(from, 2)}, ${formatNumber(to, 2)}]`,
  );
  const words = `${bounded ? 'bounded below' : 'not bounded below'}, ${endless ? 'flat without end' : 'flat on a compact set'}: ${ends.join(', ')}`;
  const panel = await linePanel({ problem, grid, quantity: 'energy', field }, points, stretches);
  return {
    panel: {
      ...panel,
      title,
      subtitle: words,
      verdict: 'blind',
      axisLabels: ['*y*', '*E*_4'],
      extraCurves: [
        { x: lineCoordinates(grid), y: valuesOf(other.fields, 'energy'), label: '*E*_{14}, certified' },
      ],
    },
    facts: {
      ...choiceFacts(problem),
      grid: gridFacts(grid),
      verdict: words.replaceAll('*', ''),
      blindShare: stretches.blindShare,
      fixedPoints: pointFacts(points),
      findings: {
        flat: stretches.flat,
        distances: FAR,
        energiesLeft: left.energies,
        energiesRight: right.energies,
        boundedBelow: bounded,
        flatWithoutEnd: endless,
      },
    },
  };
}

/** Figure 2: three problematic energies. */
export async function paperFigure2(simulator: Simulator, options: WorkOptions = {}): Promise<PaperFigure> {
  const tally = new Tally(simulator, options);
  const a = await unbounded(tally);
  const b = await onLine('fig-2b', 'Flat on a compact set', tally);
  const c = await onLine('fig-2c', 'Flat without end', tally);
  const figure: Figure = {
    title: 'Three energies of eq. 4 with dead neurons, and memories all the same',
    panels: [[a.panel, b.panel, c.panel]],
    caption:
      'a: one tanh and one ReLU neuron, *W* = diag(2, 2), *b* = (0, −1). b: one shrink neuron (*t* = 1), *W* = 0.5, *b* = 0: ' +
      'the flat set is compact, so an isolated fixed point in it is stable. c: one ReLU neuron, *W* = 0.5, *b* = −1: the flat ' +
      'set is unbounded and LaSalle’s theorem does not apply, yet the state goes to A. Thick: flat although the state moves. ' +
      'Dashed: the certified energy of the same neuron, which has its only minimum at A.',
    honesty: tally.honesty(
      `behaviour at infinity: measured up to ${count(FAR[2])} · fixed points: Newton in f64`,
    ),
  };
  return {
    name: 'figure-2',
    figure,
    systems: [a.facts, b.facts, c.facts],
    computation: computationFacts(tally),
  };
}
