/** `memscape field`: quantities on a slice, as arrays, pictures and a JSON that says everything about them. */
import { join } from 'node:path';
import { SliceVerdictSink, sliceVerdictWords, type SliceVerdict } from '../analysis/slice-verdict.js';
import { renderPng } from '../figure/png.node.js';
import { renderSvg } from '../figure/render.js';
import type { Figure } from '../figure/picture.js';
import {
  fieldFigure,
  lineFigure,
  regionFacts,
  regionMap,
  survey,
  Tally,
  type FieldFigureParts,
  type Survey,
} from '../figures/index.js';
import type { FlatRegions } from '../analysis/flat-regions.js';
import { choiceFacts, computationFacts, gridFacts, pointFacts } from '../figures/paper.js';
import { percent, pictureOf } from '../figures/words.js';
import type { NamedPoint } from '../figures/marks.js';
import { loadAlgebra } from '../model/algebra.js';
import { resolveProblem } from '../model/problem.js';
import { loadModel, writeNpy } from '../node.js';
import type { FieldFacts } from '../simulator.js';
import { JOURNAL } from '../stream/files.node.js';
import type { ValueRange } from '../stream/range.js';
import type { Grid, Quantity } from '../types.js';
import { prepareReference } from '../wgsl/prepare-reference.js';
import { quantityHelp, readQuantities } from './arguments.js';
import type { CliCommand } from './command.js';
import { inFiles, inMemory, type ComputedField } from './computed-field.js';
import { bytesOfFiles, STREAMED_BYTES, sumOf } from './estimate.js';
import { Finished, requestDigest } from './finished.js';
import { IMAGE_HELP, readImage } from './image-flag.js';
import { settleLeftovers } from './leftovers.js';
import { Outputs } from './outputs.js';
import { provenance } from './provenance.js';
import { cutRegions, regionNotices, REGIONS_HELP } from './regions-flag.js';
import { commonOptions, withCommonOptions, withSimulator, type Invocation } from './session.js';
import { readFieldSlice, REFERENCE_HELP, withSliceOptions } from './slice-flags.js';

async function run(
  model: string,
  given: Readonly<Record<string, unknown>>,
  invocation: Invocation,
): Promise<void> {
  const started = performance.now();
  const options = commonOptions(given);
  const quantities = readQuantities(String(given.quantity));
  const problem = await resolveProblem(await loadModel(model));
  const { grid, chosen, notices, states, from } = await readFieldSlice(given, problem, options.seed);
  const images = readImage(given, problem, states);
  const reference = from ? await prepareReference(problem, from) : undefined;
  const kinds = grid.axes.length < 3 ? ['npy', 'png', 'svg'] : ['npy'];
  const names = [
    ...quantities.flatMap((quantity) => kinds.map((kind) => `${quantity}.${kind}`)),
    ...(given.regions === true ? ['regions.npy', 'regions.json'] : []),
    'field.json',
  ];
  const folder = String(given.out);
  const resume = given.resume === true;
  const earlier = await settleLeftovers(folder, { resume, force: options.force });
  const journal = join(folder, JOURNAL);
  const done = await Finished.find(join(folder, 'field.json'), journal, resume && !options.force);
  const request = requestDigest({
    command: 'field',
    model: problem.hash,
    grid: gridFacts(grid),
    ...(reference ? { reference: [...reference.state] } : {}),
    quantities,
    regions: given.regions,
    image: given.image,
    seed: options.seed,
    device: options.device,
  });
  // A run that ended between writing its first result and its last may replace what it wrote.
  const force = options.force || done !== undefined || earlier?.whole === true;
  const outputs = await Outputs.promise(folder, names, force);
  await withSimulator(invocation, options, async (session) => {
    const { simulator, console, signal } = session;
    if (done) {
      done.tell(request, console);
      return;
    }
    const flat = given.regions === true ? await cutRegions(problem, grid, session) : undefined;
    const progress = console.progress('field');
    const tally = new Tally(simulator, { ...(signal ? { signal } : {}), onProgress: progress.update });
    let computed: ComputedField | undefined;
    try {
      if (resume && !earlier) console.note(`nothing to go on from was found in ${folder}: begun anew.`);
      const judge = quantities.includes('energy-rate')
        ? new SliceVerdictSink(problem, await loadAlgebra(), grid, signal)
        : undefined;
      const task = {
        problem,
        grid,
        quantities,
        ...(reference ? { reference } : {}),
        folder,
        force: options.force,
        ...(earlier ? { earlier } : {}),
        ...(judge ? { sinks: [judge] } : {}),
      };
      const bytes = sumOf(bytesOfFiles(problem, grid, quantities, simulator.backend.info));
      const streamed = resume || given.stream === true || bytes > STREAMED_BYTES;
      computed = await (streamed ? inFiles(task, tally, session) : inMemory(task, tally));
      const lyapunov = judge?.finish();
      const slice = {
        problem,
        ...(images ? { images } : {}),
        ...(reference ? { reference } : {}),
        ...(flat ? { flat } : {}),
        ...(lyapunov ? { remarks: { 'energy-rate': sliceVerdictWords(lyapunov) } } : {}),
      };
      const drawn = await draw(slice, grid, computed.shown, tally);
      for (const [quantity, figure] of drawn.figures) {
        signal?.throwIfAborted();
        outputs.add(`${quantity}.svg`, renderSvg(figure));
        outputs.add(`${quantity}.png`, await renderPng(figure));
      }
      const result = {
        format: 'memscape-field/1',
        ...choiceFacts(problem),
        notices: [...problem.notices, ...notices, ...tally.notes, ...(flat ? regionNotices(grid, flat) : [])],
        grid: { ...gridFacts(grid), axesChosen: chosen },
        ...(reference ? { reference: { state: [...reference.state], energy: reference.energy } } : {}),
        fields: Object.fromEntries(
          [...computed.facts].map(([quantity, facts]) => [
            quantity,
            {
              ...fieldFacts(quantity, facts, grid, quantity === 'energy-rate' ? lyapunov : undefined),
              ...(quantity === 'energy' && reference ? { values: 'E - E(reference)' } : {}),
            },
          ]),
        ),
        ...drawn.facts,
        computation: computationFacts(tally),
        provenance: {
          ...provenance(invocation, options, session, started, tally.gpuMilliseconds),
          request,
        },
      };
      progress.stop();
      for (const notice of result.notices) console.note(notice);
      signal?.throwIfAborted();
      const published = await computed.publish(outputs);
      if (flat) {
        outputs.add('regions.npy', writeNpy(flat.size.toReversed(), flat.labels));
        const regions = {
          format: 'memscape-regions/1',
          ...choiceFacts(problem),
          grid: gridFacts({ ...grid, size: flat.size }),
          labels: 'regions.npy',
          ...regionFacts(problem, flat, drawn.points),
          provenance: result.provenance,
        };
        outputs.add('regions.json', `${JSON.stringify(regions, null, 2)}\n`);
      }
      // Last: a folder with this file is complete.
      outputs.add('field.json', `${JSON.stringify(result, null, 2)}\n`);
      const written = await outputs.write(signal);
      await computed.end();
      for (const path of [...published, ...written]) console.say(`wrote ${path}`);
      console.say(
        `${grid.size.join(' x ')} samples, ${simulator.backend.info.name}, ${tally.wallMilliseconds.toFixed(0)} ms${drawn.verdict === '' ? '' : `; ${drawn.verdict}`}${lyapunov ? `; ${sliceVerdictWords(lyapunov)}` : ''}`,
      );
      console.answer(result);
    } catch (error) {
      throw await (computed?.abandon(error) ?? error);
    } finally {
      progress.stop();
    }
  });
}

interface Drawn {
  readonly figures: ReadonlyMap<Quantity, Figure>;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly verdict: string;
  readonly points: readonly NamedPoint[];
}

/** Pictures of all fields; one survey of the plane serves them all. */
async function draw(
  {
    flat,
    ...slice
  }: Pick<FieldFigureParts, 'problem' | 'images' | 'remarks' | 'reference'> & { readonly flat?: FlatRegions },
  grid: Grid,
  shown: ComputedField['shown'],
  tally: Tally,
): Promise<Drawn> {
  const { problem } = slice;
  const figures = new Map<Quantity, Figure>();
  if (grid.axes.length === 3) return { figures, facts: {}, verdict: '', points: [] };
  if (grid.axes.length === 1) return await drawLines(slice, grid.size, shown, tally, figures);
  const known = await survey(problem, grid, tally);
  const regions = flat ? { regions: regionMap(problem, flat, known.points) } : {};
  for (const [quantity, drawnFrom] of shown)
    figures.set(
      quantity,
      await fieldFigure({ ...slice, ...regions, quantity, samples: grid.size, ...drawnFrom }, known, tally),
    );
  return { figures, facts: surveyFacts(known), verdict: known.judgement.words, points: known.points };
}

async function drawLines(
  slice: Pick<FieldFigureParts, 'problem' | 'remarks' | 'reference'>,
  samples: readonly number[],
  shown: ComputedField['shown'],
  tally: Tally,
  figures: Map<Quantity, Figure>,
): Promise<Drawn> {
  let points: readonly NamedPoint[] = [];
  let facts: Readonly<Record<string, unknown>> = {};
  let verdict = '';
  for (const [quantity, drawnFrom] of shown) {
    const drawn = await lineFigure({ ...slice, quantity, samples, ...drawnFrom }, tally);
    figures.set(quantity, drawn.figure);
    points = drawn.points;
    if (!drawn.stretches) continue;
    const { flat, share, blindShare } = drawn.stretches;
    facts = { flat, flatShare: share, blindShare };
    verdict = share > 0 ? `flat along ${percent(share)} of this line` : 'no flat stretch';
  }
  return { figures, facts: { ...facts, fixedPoints: pointFacts(points) }, verdict, points };
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

function fieldFacts(
  quantity: Quantity,
  { shape, computedBy, check, least, greatest, notFinite }: FieldFacts & ValueRange,
  grid: Grid,
  lyapunov: SliceVerdict | undefined,
) {
  return {
    file: `${quantity}.npy`,
    shape,
    dtype: computedBy.precision === 'f32' ? '<f4' : '<f8',
    computedBy: computedBy.name,
    least: least > greatest ? null : least,
    greatest: least > greatest ? null : greatest,
    notFinite,
    ...(grid.axes.length < 3 ? { picture: pictureOf(quantity) } : {}),
    ...(check ? { check } : {}),
    ...(lyapunov ? { lyapunov } : {}),
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
      .option('--regions', REGIONS_HELP, false)
      .option('--resume', 'go on where an interrupted run in --out stopped', false)
      .option(
        '--stream',
        'write arrays tile by tile even where they are small (above 64 MiB they always are)',
        false,
      )
      .requiredOption('--out <dir>', 'folder of the results');
    withCommonOptions(withSliceOptions(command).option('--reference <state>', REFERENCE_HELP)).action(
      async (model: string, given: Record<string, unknown>) => {
        await run(model, given, invocation);
      },
    );
  },
};
