/**
 * Cards of model files, made while the pages are built, on the CPU in f64: the same columns, fixed points and view as the
 * explorer opens with, drawn by the figures' code. What is too large for the explorer is drawn in the plane through three
 * states that lie beside it. Nothing here is of Node or of a browser.
 */
import {
  fieldFigure,
  lineFigure,
  plainText,
  renderThumbnail,
  survey,
  Tally,
  throughStates,
} from '../figures.js';
import {
  CpuBackend,
  loadAlgebra,
  MemscapeError,
  readModel,
  readNpy,
  resolveProblem,
  Simulator,
  type Algebra,
  type Grid,
  type Model,
  type Problem,
} from '../library.js';
import { fitted } from '../model/fit.js';
import { findMemories, type FoundPoint } from '../model/memories.js';
import { resolvePair, type Side } from '../model/pair.js';
import { planeOf } from '../model/plane.js';
import { linkOf } from '../state/link.js';
import { stateOf } from '../state/model.js';
import { MOST_NEURONS, type State } from '../state/state.js';
import type { Card, ModelText, Thumbnail } from './card.js';

/** CSS pixels of a thumbnail; samples along its field, its masks and its flow. */
const SIDE = { picture: 240, field: 160, masks: 96, flow: 32, line: 512 } as const;

const simulator = new Simulator(new CpuBackend());

/** A picture of an energy on a slice. */
async function thumbnail(name: string, problem: Problem, grid: Grid): Promise<Thumbnail> {
  const tally = new Tally(simulator);
  const { fields } = await tally.evaluate({ problem, sampling: grid, quantities: ['energy'] });
  const field = fields.get('energy');
  if (!field) throw new RangeError('no energy was computed');
  const parts = { problem, grid, quantity: 'energy' as const, field };
  const figure =
    grid.axes.length === 1
      ? (await lineFigure(parts, tally)).figure
      : await fieldFigure(
          parts,
          await survey(problem, grid, tally, { side: SIDE.masks, flowSide: SIDE.flow }),
          tally,
        );
  const [[panel]] = figure.panels;
  if (panel.kind !== 'landscape' && panel.kind !== 'line') throw new RangeError('no picture of an energy');
  const verdict = panel.subtitle === undefined ? '' : `: ${plainText(panel.subtitle)}`;
  return {
    svg: renderThumbnail(panel.kind === 'line' ? panel : { ...panel, curves: [] }, name, SIDE.picture),
    words: `${plainText(panel.title)}${verdict}`,
    curve: panel.kind === 'line',
  };
}

/** The slice that the explorer opens with. */
function gridOf({ plane, box: { centre, half } }: State): Grid {
  const { origin, axes } = planeOf(plane);
  const extent = centre.map((c) => [c - half, c + half] as const);
  return origin.length === 1
    ? { kind: 'grid', origin, axes: [axes[0]], extent: [extent[0]], size: [SIDE.line] }
    : { kind: 'grid', origin, axes, extent, size: [SIDE.field, SIDE.field] };
}

function countsOf(points: readonly FoundPoint[]): Card['counts'] {
  const of = (kind: string) => points.filter((point) => point.kind === kind).length;
  const [stable, saddle, unstable] = ['stable', 'saddle', 'unstable'].map(of);
  return { stable, saddle, unstable, undecided: points.length - stable - saddle - unstable };
}

const layersOf = ({ network }: Model): string =>
  network.layers.map(({ size, activation }) => `${String(size)} ${activation.name}`).join(', ');

function dynamicsOf({ dynamics: { equation, design } }: Model): string {
  if (design.name === 'identity') return `eq. ${String(equation)}`;
  const name = design.name === 'spectral' ? `spectral ${design.function}` : design.name;
  return `eq. ${String(equation)}, R = ${name}`;
}

function leftOf({ name }: ModelText, { problem, refused }: Side, grid: Grid): Promise<Card['left']> {
  return refused ? Promise.resolve({ missing: refused.what }) : thumbnail(`${name}-left`, problem, grid);
}

async function openable(file: ModelText, model: Model, algebra: Algebra): Promise<Omit<Card, 'name'>> {
  const pair = await resolvePair(stateOf(model));
  const { points } = findMemories(pair.right.problem, algebra);
  const state = fitted(stateOf(model), points);
  const grid = gridOf(state);
  return {
    neurons: model.network.size,
    layers: layersOf(model),
    dynamics: dynamicsOf(model),
    counts: countsOf(points),
    left: await leftOf(file, pair.left, grid),
    right: await thumbnail(`${file.name}-right`, pair.right.problem, grid),
    // A link without settings is the first state; here it must name the model.
    opens: { link: linkOf(state) || '#' },
  };
}

/** A still in the plane through the states of `NAME-three.npy`, with what they look like. */
async function still(file: ModelText, model: Model): Promise<Omit<Card, 'name'>> {
  const problem = await resolveProblem(model);
  const { data, shape } = readNpy(await file.beside(`${file.name}-three.npy`));
  const n = model.network.size;
  const states = [0, 1, 2].map((k) => Float64Array.from(data.subarray(k * n, (k + 1) * n)));
  const plane =
    shape[0] === 3 && shape[1] === n ? throughStates([states[0], states[1], states[2]]) : undefined;
  if (!plane) throw new RangeError(`${file.name}-three.npy does not hold three states that span a plane`);
  const grid: Grid = { kind: 'grid', ...plane, size: [SIDE.masks, SIDE.masks] };
  return {
    neurons: n,
    layers: layersOf(model),
    dynamics: dynamicsOf(model),
    counts: undefined,
    left: { missing: `The plane through the three states of ${file.name}-three.npy` },
    right: await thumbnail(`${file.name}-right`, problem, grid),
    opens: {
      obstacle: `${String(n)} neurons: the explorer takes up to ${String(MOST_NEURONS)}. A still; the command line draws more.`,
    },
  };
}

/** One card for each file, in the order given. */
export async function makeCards(files: readonly ModelText[]): Promise<Card[]> {
  const algebra = await loadAlgebra();
  const cards: Card[] = [];
  for (const file of files) {
    const model = await readModel(file.text, file.beside, { name: file.name });
    try {
      const made = model.network.size > MOST_NEURONS ? still(file, model) : openable(file, model, algebra);
      cards.push({ name: file.name, ...(await made) });
    } catch (error) {
      const what = error instanceof MemscapeError ? `${error.what} ${error.mend}` : String(error);
      throw new Error(`no card of ${file.name}: ${what}`, { cause: error });
    }
  }
  return cards;
}
