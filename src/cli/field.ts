/** `memscape field`: quantities on a slice, as arrays, pictures and a JSON that says everything about them. */
import { renderPng } from '../figure/png.node.js';
import { renderSvg } from '../figure/render.js';
import type { Figure } from '../figure/picture.js';
import {
  fieldFigure,
  lineFigure,
  survey,
  Tally,
  type FieldFigureParts,
  type Survey,
} from '../figures/index.js';
import { choiceFacts, computationFacts, gridFacts, pointFacts } from '../figures/paper.js';
import { percent, pictureOf } from '../figures/words.js';
import type { NamedPoint } from '../figures/marks.js';
import { resolveProblem, type Problem } from '../model/problem.js';
import { loadModel, writeNpy } from '../node.js';
import { pointCount } from '../plan/plan.js';
import type { Field } from '../simulator.js';
import type { Grid, Quantity } from '../types.js';
import { quantityHelp, readQuantities } from './arguments.js';
import type { CliCommand } from './command.js';
import { refuseHuge } from './huge.js';
import { IMAGE_HELP, readImage } from './image-flag.js';
import { Outputs } from './outputs.js';
import { provenance } from './provenance.js';
import { commonOptions, withCommonOptions, withSimulator, type Invocation } from './session.js';
import { readSlice, withSliceOptions } from './slice-flags.js';

async function run(
  model: string,
  given: Readonly<Record<string, unknown>>,
  invocation: Invocation,
): Promise<void> {
  const started = performance.now();
  const options = commonOptions(given);
  const quantities = readQuantities(String(given.quantity));
  const problem = await resolveProblem(await loadModel(model));
  const { grid, chosen, notices, states } = await readSlice(given, problem, options.seed);
  const images = readImage(given, problem, states);
  refuseHuge(pointCount(grid), quantities, problem.network.size);
  const kinds = grid.axes.length < 3 ? ['npy', 'png', 'svg'] : ['npy'];
  const names = [
    ...quantities.flatMap((quantity) => kinds.map((kind) => `${quantity}.${kind}`)),
    'field.json',
  ];
  const outputs = await Outputs.promise(String(given.out), names, options.force);
  await withSimulator(invocation, options, async (session) => {
    const { simulator, console, signal } = session;
    const progress = console.progress('field');
    const tally = new Tally(simulator, { ...(signal ? { signal } : {}), onProgress: progress.update });
    try {
      const { fields } = await tally.evaluate({ problem, sampling: grid, quantities });
      const drawn = await draw({ problem, grid, ...(images ? { images } : {}) }, fields, tally);
      for (const [quantity, { shape, data }] of fields) outputs.add(`${quantity}.npy`, writeNpy(shape, data));
      for (const [quantity, figure] of drawn.figures) {
        signal?.throwIfAborted();
        outputs.add(`${quantity}.svg`, renderSvg(figure));
        outputs.add(`${quantity}.png`, await renderPng(figure));
      }
      const result = {
        format: 'memscape-field/1',
        ...choiceFacts(problem),
        notices: [...problem.notices, ...notices, ...tally.notes],
        grid: { ...gridFacts(grid), axesChosen: chosen },
        fields: Object.fromEntries(
          [...fields].map(([quantity, field]) => [quantity, fieldFacts(quantity, field, grid)]),
        ),
        ...drawn.facts,
        computation: computationFacts(tally),
        provenance: provenance(invocation, options, session, started, tally.gpuMilliseconds),
      };
      // Last: a folder with this file is complete.
      outputs.add('field.json', `${JSON.stringify(result, null, 2)}\n`);
      progress.stop();
      for (const notice of result.notices) console.note(notice);
      for (const path of await outputs.write(signal)) console.say(`wrote ${path}`);
      console.say(
        `${grid.size.join(' x ')} samples, ${simulator.backend.info.name}, ${tally.wallMilliseconds.toFixed(0)} ms${drawn.verdict === '' ? '' : `; ${drawn.verdict}`}`,
      );
      console.answer(result);
    } finally {
      progress.stop();
    }
  });
}

interface Drawn {
  readonly figures: ReadonlyMap<Quantity, Figure>;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly verdict: string;
}

/** Pictures of all fields; one survey of the plane serves them all. */
async function draw(
  slice: Omit<FieldFigureParts, 'quantity' | 'field'>,
  fields: ReadonlyMap<Quantity, Field>,
  tally: Tally,
): Promise<Drawn> {
  const { problem, grid } = slice;
  const figures = new Map<Quantity, Figure>();
  if (grid.axes.length === 3) return { figures, facts: {}, verdict: '' };
  if (grid.axes.length === 1) return await drawLines(problem, grid, fields, tally, figures);
  const known = await survey(problem, grid, tally);
  for (const [quantity, field] of fields)
    figures.set(quantity, await fieldFigure({ ...slice, quantity, field }, known, tally));
  return { figures, facts: surveyFacts(known), verdict: known.judgement.words };
}

async function drawLines(
  problem: Problem,
  grid: Grid,
  fields: ReadonlyMap<Quantity, Field>,
  tally: Tally,
  figures: Map<Quantity, Figure>,
): Promise<Drawn> {
  let points: readonly NamedPoint[] = [];
  let facts: Readonly<Record<string, unknown>> = {};
  let verdict = '';
  for (const [quantity, field] of fields) {
    const drawn = await lineFigure({ problem, grid, quantity, field }, tally);
    figures.set(quantity, drawn.figure);
    points = drawn.points;
    if (!drawn.stretches) continue;
    const { flat, share, blindShare } = drawn.stretches;
    facts = { flat, flatShare: share, blindShare };
    verdict = share > 0 ? `flat along ${percent(share)} of this line` : 'no flat stretch';
  }
  return { figures, facts: { ...facts, fixedPoints: pointFacts(points) }, verdict };
}

const surveyFacts = ({ judgement, blind, blindSamples, points, searched, leastCertificate }: Survey) => ({
  verdict: { kind: judgement.verdict, words: judgement.words },
  blindShare: blindSamples / blind.mask.length,
  blindShareSamples: blind.size,
  ...(leastCertificate === undefined ? {} : { leastCertificate }),
  fixedPoints: searched
    ? pointFacts(points)
    : 'not searched: more than 64 neurons that matter (src/figures/search.ts)',
});

function fieldFacts(quantity: Quantity, { shape, data, computedBy, check }: Field, grid: Grid) {
  let [least, most, invalid] = [Infinity, -Infinity, 0];
  for (const v of data) {
    if (!Number.isFinite(v)) invalid++;
    else {
      if (v < least) least = v;
      if (v > most) most = v;
    }
  }
  return {
    file: `${quantity}.npy`,
    shape,
    dtype: computedBy.precision === 'f32' ? '<f4' : '<f8',
    computedBy: computedBy.name,
    least: least > most ? null : least,
    greatest: least > most ? null : most,
    notFinite: invalid,
    ...(grid.axes.length < 3 ? { picture: pictureOf(quantity) } : {}),
    ...(check ? { check } : {}),
  };
}

export const field: CliCommand = {
  register: (program, invocation) => {
    const command = program
      .command('field')
      .addHelpText('after', quantityHelp())
      .description('quantities on a slice: .npy + .png + .svg + field.json')
      .argument('<model>', 'model file')
      .option('--quantity <names>', 'what to compute, joined by commas', 'energy')
      .option('--image <size>', IMAGE_HELP)
      .requiredOption('--out <dir>', 'folder of the results');
    withCommonOptions(withSliceOptions(command)).action(
      async (model: string, given: Record<string, unknown>) => {
        await run(model, given, invocation);
      },
    );
  },
};
