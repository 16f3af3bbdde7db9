/** The figures: the energy in question and the one that answers on the same slice, with the same points under the same names. */
import { stabilityAt } from '../analysis/stability.js';
import type { Figure } from '../figure/picture.js';
import { landscapePanel, linePanel } from '../figures/field-figure.js';
import type { ImageChoice } from '../figures/images.js';
import type { NamedPoint } from '../figures/marks.js';
import { gridFacts } from '../figures/paper.js';
import { flatStretches } from '../figures/stretches.js';
import { survey, valuesOf } from '../figures/survey.js';
import type { Tally } from '../figures/tally.js';
import { coefficientWords, count, dynamicsWords, energySymbol } from '../figures/words.js';
import { Evaluator } from '../model/evaluator.js';
import type { Problem } from '../model/problem.js';
import type { LandscapeFacts, PanelFacts, ReportPoint } from './data.js';
import { energiesOf } from './energies.js';
import { tellingSlice, type Telling } from './plane.js';
import type { Effort } from './effort.js';
import type { Subject } from './subject.js';

/** CSS pixels of one figure: two stand beside each other on a page of 900. */
const WIDTH = 500;
const FIXED = 'fixed points: Newton in f64';

/** The facts of the figures, and the figures. */
export interface Landscapes {
  readonly facts: LandscapeFacts;
  /** One figure for each panel. */
  readonly figures: readonly Figure[];
}

/** Draws both energies. */
export async function landscapes(
  subject: Subject,
  points: readonly ReportPoint[],
  { box, side }: Effort,
  tally: Tally,
  images: ImageChoice | undefined,
): Promise<Landscapes> {
  const { model, problem } = subject;
  const telling = tellingSlice(problem.network, points, box, side);
  const drawn: { readonly facts: PanelFacts; readonly figure: Figure }[] = [];
  for (const { role, problem: shown } of await energiesOf(model, problem)) {
    const named = pointsUnder(subject, shown, points);
    drawn.push(await drawPanel({ role, problem: shown, named, telling, images }, tally));
  }
  return {
    facts: {
      grid: gridFacts(telling.grid),
      chosen: telling.chosen,
      panels: drawn.map(({ facts }) => facts),
    },
    figures: drawn.map(({ figure }) => figure),
  };
}

/** The points with their class under the dynamics of a panel: R may change it, and the energy may change R. */
function pointsUnder(subject: Subject, shown: Problem, points: readonly ReportPoint[]): NamedPoint[] {
  const { problem, inner, algebra, project } = subject;
  const evaluator = new Evaluator({ ...shown, network: inner.network }, algebra);
  const classOf = (point: ReportPoint) => {
    if (shown === problem) return point.class;
    if (shown.design.kind === 'identity') return point.restrictedClass;
    return stabilityAt(evaluator, algebra, project(Float64Array.from(point.state))).class;
  };
  return points
    .filter(({ falseMemory }) => !falseMemory)
    .map((point) => ({
      name: point.name,
      state: Float64Array.from(point.state),
      residual: point.residual,
      energy: point.energy ?? NaN,
      class: classOf(point),
      spectrum: point.spectrum,
      hits: point.hits,
    }));
}

interface PanelTask {
  readonly role: PanelFacts['role'];
  readonly problem: Problem;
  readonly named: readonly NamedPoint[];
  readonly telling: Telling;
  readonly images: ImageChoice | undefined;
}

const titleOf = (problem: Problem) => `${energySymbol(problem)}, ${dynamicsWords(problem)}`;

async function drawPanel(task: PanelTask, tally: Tally): Promise<{ facts: PanelFacts; figure: Figure }> {
  const { problem, telling } = task;
  const line = telling.grid.axes.length === 1;
  const { panel, blindShare, blindSamples } = line
    ? await drawLine(task, tally)
    : await drawPlane(task, tally);
  const marks = panel.kind === 'line' ? (panel.markers ?? []) : (panel.fixedPoints ?? []);
  const coefficients = coefficientWords(problem);
  const samples = telling.grid.size.map(count).join(' × ');
  return {
    facts: {
      title: titleOf(problem),
      role: task.role,
      verdict: panel.subtitle ?? 'no blind spot seen, not proved',
      blindShare,
      blindSamples,
      coefficients: problem.energy.coefficients,
      words: [coefficients, `${samples} samples`, tally.honesty(FIXED, 'energy')]
        .filter((part) => part !== '')
        .join(' · '),
      shown: marks.map(({ name, class: kind }) => ({ name, class: kind })),
    },
    figure: {
      title: '',
      panels: [[{ ...panel, title: titleOf(problem) }]],
      width: WIDTH,
      letters: false,
    },
  };
}

async function drawPlane({ problem, named, telling, images }: PanelTask, tally: Tally) {
  const { grid } = telling;
  const { fields } = await tally.evaluate({ problem, sampling: grid, quantities: ['energy'] });
  const field = fields.get('energy');
  if (!field) throw new RangeError('no energy was computed');
  const side = Math.min(256, grid.size[0]);
  const known = await survey(problem, grid, tally, { points: named, side, flowSide: 32 });
  const panel = await landscapePanel(
    { problem, grid, quantity: 'energy', field, ...(images ? { images } : {}) },
    known,
  );
  const samples = known.blind.mask.length;
  return { panel, blindShare: known.blindSamples / samples, blindSamples: samples };
}

async function drawLine({ problem, named, telling }: PanelTask, tally: Tally) {
  const { grid } = telling;
  const { fields } = await tally.evaluate({ problem, sampling: grid, quantities: ['energy', 'blind-spot'] });
  const field = fields.get('energy');
  if (!field) throw new RangeError('no energy was computed');
  const stretches = await flatStretches(problem, grid, tally);
  const panel = await linePanel({ problem, grid, quantity: 'energy', field }, named, stretches);
  const blind = valuesOf(fields, 'blind-spot');
  return { panel, blindShare: stretches.blindShare, blindSamples: blind.length };
}
