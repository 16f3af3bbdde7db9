/** `memscape basins`: which attractor every start of a slice goes to, and what there is to measure of basins. */
import { join } from 'node:path';
import { findFixedPoints } from '../analysis/find-fixed-points.js';
import type { FoundPoint } from '../analysis/find-run.js';
import type { FixedPoint } from '../analysis/fixed-points.js';
import type { Comparison } from '../basins/comparison.js';
import type { BasinMap } from '../basins/map-run.js';
import { provedShares } from '../basins/proved.js';
import { renderPng } from '../figure/png.node.js';
import { renderSvg } from '../figure/render.js';
import { basinFigure } from '../figures/basin-figure.js';
import { boundCurves } from '../figures/bound-curves.js';
import { comparisonFigure } from '../figures/comparison-figure.js';
import { choiceFacts, gridFacts } from '../figures/paper.js';
import { count, dynamicsWords, literal } from '../figures/words.js';
import { loadAlgebra, type Algebra } from '../model/algebra.js';
import { Evaluator } from '../model/evaluator.js';
import { resolveProblem, type Problem } from '../model/problem.js';
import { loadModel, writeNpy } from '../node.js';
import { hasFlowKernel } from '../plan/flow.js';
import { pointCount, shapeOf } from '../plan/plan.js';
import type { Grid, Sampling } from '../types.js';
import { basinFacts, basinWords, comparisonFacts, energyDrops, type ProvedFacts } from './basins-facts.js';
import {
  certifiedProblem,
  comparedProblem,
  FIXED_METHODS,
  readBasinFlags,
  type BasinFlags,
} from './basins-flags.js';
import { basinWork, boxOf, type BasinWork } from './basins-work.js';
import type { CliCommand } from './command.js';
import { Finished, requestDigest } from './finished.js';
import { keptFlows, type KeptBackend } from './kept-flows.js';
import { Outputs } from './outputs.js';
import { provenance } from './provenance.js';
import { isUnfinished } from './resumable.js';
import { commonOptions, withCommonOptions, withSimulator, type Invocation, type Session } from './session.js';
import { readSlice, withSliceOptions } from './slice-flags.js';
import { usageError } from './usage.js';

/** Labels are held in memory: 1 GiB. */
const MOST_STARTS = 2 ** 28;
const JSON_NAME = 'attractors.json';

function namesOf({ save, compare }: BasinFlags, plane: boolean): string[] {
  const pictures = (name: string) => (plane ? [`${name}.svg`, `${name}.png`] : []);
  return [
    'labels.npy',
    ...save.map((saved) => `${saved}.npy`),
    ...pictures('basins'),
    ...(compare === undefined ? [] : ['labels-compared.npy', 'disagreement.npy', ...pictures('compare')]),
    JSON_NAME,
  ];
}

async function run(
  modelPath: string,
  given: Readonly<Record<string, unknown>>,
  invocation: Invocation,
): Promise<void> {
  const started = performance.now();
  const options = commonOptions(given);
  const model = await loadModel(modelPath);
  const problem = await resolveProblem(model);
  const flags = readBasinFlags(given, problem);
  const { grid, chosen, notices, states } = await readSlice(given, problem, options.seed);
  refuseTooMany(grid);
  const plane = grid.axes.length === 2;
  const folder = String(given.out);
  const resume = given.resume === true;
  const path = join(folder, 'basins.journal');
  const done = await Finished.find(join(folder, JSON_NAME), path, resume && !options.force);
  const { choice, ...rest } = flags;
  const request = {
    command: 'basins',
    model: problem.hash,
    grid: gridFacts(grid),
    ...choice,
    ...rest,
    seed: options.seed,
  };
  const force = options.force || done !== undefined || (resume && (await isUnfinished(path)));
  const outputs = await Outputs.promise(folder, namesOf(flags, plane), force);
  await withSimulator(invocation, options, async (session) => {
    const { simulator, console, signal } = session;
    if (done) {
      done.tell(requestDigest(request), console);
      return;
    }
    const progress = console.progress('basins');
    let kept: KeptBackend | undefined;
    try {
      const abort = signal ? { signal } : {};
      const algebra = await loadAlgebra();
      const compared = flags.compare === undefined ? undefined : await comparedProblem(model, flags.compare);
      const certified = flags.bounds ? await certifiedProblem(model, problem) : undefined;
      const box = flags.box ?? boxOf(grid, states);
      const searchBox = boxOf(grid, [
        ...states,
        ...(flags.box ? corners(flags.box, problem.network.size) : []),
      ]);
      const search = await findFixedPoints(problem, algebra, {
        box: searchBox,
        seed: options.seed,
        ...abort,
      });
      // Both systems on one backend: the one that asks more decides.
      const asking = compared && !hasFlowKernel(compared) ? compared : problem;
      const { result, computedBy, notes } = await simulator.flows(asking, async (own) => {
        kept = await keptFlows(own, { path, identity: request, resume, force: options.force }, kept);
        if (kept.left > 0)
          console.note(`${String(kept.left)} tiles of an earlier run are taken as they are.`);
        return basinWork(kept.backend, {
          problem,
          algebra,
          search,
          grid,
          box,
          searchBox,
          flags,
          ...(flags.compare === undefined ? {} : { compared: compared ?? 'map' }),
          ...(typeof certified === 'object' ? { certified } : {}),
          seed: options.seed,
          ...abort,
          onProgress: progress.update,
        });
      });
      const { system, map } = result;
      const points = search.points.map(plainPoint);
      const names = [
        dynamicsWords(problem),
        compared ? dynamicsWords(compared) : 'its map (one Euler step, h = 1)',
      ] as const;
      const inner = await provedBy(result, grid, certified, session);
      const comparison = await comparisonFacts(result, names, abort);
      const drops = flags.save.includes('energy-drop')
        ? await energyDropsOf(problem, algebra, result, grid, session)
        : undefined;
      for (const [name, array] of arraysOf(map, flags, drops, comparison?.comparison))
        outputs.add(`${name}.npy`, writeNpy(shapeOf(grid), array));
      if (plane) {
        const honesty = `${computedBy.name} · ${system.method}, h = ${String(system.step)} · ${count(map.followed)} starts followed for ${count(map.labels.length)} samples`;
        const bounds = inner
          ? { curves: boundCurves(system, result.bounds ?? [], grid, map.labels, inner.energies) }
          : {};
        const figures = [['basins', basinFigure({ system, grid, map, points, honesty, ...bounds })]] as [
          string,
          ReturnType<typeof basinFigure>,
        ][];
        if (comparison) {
          const title = `Basins of ${literal(problem.name)} under two systems`;
          const both = { title, network: problem.network, grid, labels: map.labels, names, honesty };
          figures.push(['compare', comparisonFigure({ ...both, comparison: comparison.comparison })]);
        }
        for (const [name, figure] of figures) {
          signal?.throwIfAborted();
          outputs.add(`${name}.svg`, renderSvg(figure));
          outputs.add(`${name}.png`, await renderPng(figure));
        }
      }
      const facts = {
        format: 'memscape-basins/1',
        ...choiceFacts(problem),
        notices: [...problem.notices, ...notices, ...notes, ...map.notes],
        grid: { ...gridFacts(grid), axesChosen: chosen },
        ...(await basinFacts(result, grid, points, options.seed, inner?.shares, abort)),
        ...(flags.bounds && typeof certified === 'string' ? { wellsMissing: certified } : {}),
        ...(comparison ? { comparison: comparison.facts } : {}),
        fixedPoints: { complete: search.complete, how: search.how, unseenMass: search.unseenMass },
        provenance: {
          ...provenance(invocation, options, session, started, map.gpuMilliseconds),
          request: requestDigest(request),
        },
      };
      progress.stop();
      for (const notice of facts.notices) console.note(notice);
      outputs.add(JSON_NAME, `${JSON.stringify(facts, null, 2)}\n`);
      for (const written of await outputs.write(signal)) console.say(`wrote ${written}`);
      await kept?.end();
      for (const line of basinWords(facts)) console.say(line);
      console.answer(facts);
    } catch (error) {
      throw (await kept?.abandon(error, signal)) ?? error;
    } finally {
      progress.stop();
    }
  });
}

/** Two opposite corners of [lo, hi]^N. */
const corners = (box: readonly [number, number], n: number) => box.map((v) => new Float64Array(n).fill(v));

async function energiesAt(
  problem: Problem,
  sampling: Sampling,
  { simulator, signal }: Session,
): Promise<ArrayLike<number>> {
  const { fields } = await simulator.evaluate({
    problem,
    sampling,
    quantities: ['energy'],
    ...(signal ? { signal } : {}),
  });
  return fields.get('energy')?.data ?? [];
}

async function energyDropsOf(
  problem: Problem,
  algebra: Algebra,
  { system, map }: BasinWork,
  grid: Grid,
  session: Session,
): Promise<Float32Array> {
  const evaluator = new Evaluator(problem, algebra);
  const energies = await energiesAt(problem, grid, session);
  const energyAt = (state: Float64Array) => {
    evaluator.moveTo(state);
    return evaluator.energy();
  };
  return energyDrops(system, map, energies, energyAt, session.signal ? { signal: session.signal } : {});
}

/** What is written beside pictures and facts, by name. */
function* arraysOf(
  { labels, times }: BasinMap,
  { save }: BasinFlags,
  drops: Float32Array | undefined,
  comparison: Comparison | undefined,
): Generator<[name: string, array: Int32Array | Float32Array | Int8Array]> {
  yield ['labels', labels];
  if (times && save.includes('time')) yield ['time', times];
  if (drops) yield ['energy-drop', drops];
  if (!comparison) return;
  yield ['labels-compared', comparison.labels];
  yield ['disagreement', comparison.verdicts];
}

/** What the inner bounds prove of the slice, and of the starts in N dimensions. */
async function provedBy(
  { system, map, bounds, fractions }: BasinWork,
  grid: Grid,
  certified: Problem | string | undefined,
  session: Session,
): Promise<{ readonly shares: ProvedFacts; readonly energies?: ArrayLike<number> } | undefined> {
  if (!bounds || certified === undefined) return undefined;
  const energies = async (sampling: Sampling) =>
    typeof certified === 'string' ? undefined : await energiesAt(certified, sampling, session);
  const onSlice = await energies(grid);
  const watch = session.signal ? { signal: session.signal } : {};
  const slice = await provedShares(system, bounds, grid, map.labels, onSlice, watch);
  if (!fractions) return { shares: { slice }, ...(onSlice ? { energies: onSlice } : {}) };
  const { states, labels } = fractions;
  const sampling = { kind: 'points', count: labels.length, states } as const;
  const box = await provedShares(system, bounds, sampling, labels, await energies(sampling), watch);
  return { shares: { slice, box }, ...(onSlice ? { energies: onSlice } : {}) };
}

const plainPoint = (point: FoundPoint): FixedPoint => ({ ...point, energy: point.energy ?? NaN });

function refuseTooMany(grid: Grid): void {
  const starts = pointCount(grid);
  if (starts <= MOST_STARTS) return;
  throw usageError(
    `--size: ${grid.size.join('x')} are ${String(starts)} starts; a map has at most ${String(MOST_STARTS)}`,
    'labels are held in memory.',
    'give a smaller --size',
  );
}

export const basins: CliCommand = {
  register: (program, invocation) => {
    const command = program
      .command('basins')
      .description('where the starts of a slice go: labels.npy + basins.png + basins.svg + attractors.json')
      .argument('<model>', 'model file')
      .option('--full', 'follow every start, not only where blocks disagree; writes time.npy too', false)
      .option('--save <arrays>', 'arrays beside the labels: time, energy-drop')
      .option('--fractions <points>', 'shares of --box in all N dimensions, by 16 x so many Sobol points')
      .option('--box <range>', 'lo:hi of every component of those starts (default: the reach of the slice)')
      .option('--shocks', 'minimal fatal shocks: how far memories can be pushed', false)
      .option('--bounds', 'sets that are proved to lie in each basin, drawn and measured', false)
      .option(
        '--compare [system]',
        'map where another system disagrees: 1, 13, map, or a design of R (default: R = I, or the map)',
      )
      .option(
        '--method <name>',
        `one of ${FIXED_METHODS.join(', ')} (default: etd4rk, or rk4 where R is not I)`,
      )
      .option('--step <h>', 'length of a step (default: by step doubling, at most 0.5)')
      .option('--resume', 'go on where an interrupted run in --out stopped', false)
      .requiredOption('--out <dir>', 'folder of the results');
    withCommonOptions(withSliceOptions(command)).action(
      async (model: string, given: Record<string, unknown>) => {
        await run(model, given, invocation);
      },
    );
  },
};
