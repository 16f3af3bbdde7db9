/** `memscape basins`: which attractor every start of a slice goes to, as an array, a picture and a JSON. */
import { join } from 'node:path';
import { findFixedPoints } from '../analysis/find-fixed-points.js';
import type { FoundPoint } from '../analysis/find-run.js';
import type { FixedPoint } from '../analysis/fixed-points.js';
import { mapBasins, prepareBasins } from '../basins/basins.js';
import { LABEL } from '../basins/labels.js';
import type { BasinMap } from '../basins/map-run.js';
import type { Attractor, BasinSystem, FlowChoice } from '../basins/system.js';
import { renderPng } from '../figure/png.node.js';
import { renderSvg } from '../figure/render.js';
import { attractorNames, basinFigure, basinPoints } from '../figures/basin-figure.js';
import { choiceFacts, gridFacts } from '../figures/paper.js';
import { count, percent } from '../figures/words.js';
import { methods } from '../flow/methods.js';
import type { FixedMethod } from '../flow/task.js';
import { loadAlgebra } from '../model/algebra.js';
import { chooseFrom, quote } from '../model/check.js';
import { resolveProblem } from '../model/problem.js';
import { randomStream } from '../model/random.js';
import { stateAt } from '../model/sampling.js';
import { loadModel, writeNpy } from '../node.js';
import { pointCount, shapeOf } from '../plan/plan.js';
import type { Grid } from '../types.js';
import { plainNumber } from './arguments.js';
import type { CliCommand } from './command.js';
import { Finished, requestDigest } from './finished.js';
import { keptFlows, type KeptBackend } from './kept-flows.js';
import { Outputs } from './outputs.js';
import { provenance } from './provenance.js';
import { isUnfinished } from './resumable.js';
import { commonOptions, withCommonOptions, withSimulator, type Invocation } from './session.js';
import { readSlice, withSliceOptions } from './slice-flags.js';
import { usageError } from './usage.js';

type Given = Readonly<Record<string, unknown>>;

const FIXED_METHODS = Object.keys(methods).filter(
  (name) => !('error' in methods[name as keyof typeof methods]),
);
/** States at which the length of a step is tried. */
const STEP_PROBES = 256;
/** Labels are held in memory: 1 GiB. */
const MOST_STARTS = 2 ** 28;

function readMethod(text: string): FixedMethod {
  const found = FIXED_METHODS.find((name) => name === text);
  if (found !== undefined) return found as FixedMethod;
  throw usageError(
    `--method: ${quote(text)} is not a method of fixed steps`,
    'kernels take steps of one length.',
    chooseFrom(text, FIXED_METHODS),
  );
}

function readStep(text: string): number {
  const value = plainNumber(text);
  if (value !== undefined && value > 0 && value <= 10) return value;
  throw usageError(
    `--step: expected a number above 0 and up to 10, found ${quote(text)}`,
    'it is the length of a step in time.',
    'give for example --step 0.25, or leave it out: it is then chosen by step doubling',
  );
}

const choiceOf = (given: Given): FlowChoice => ({
  ...(typeof given.method === 'string' ? { method: readMethod(given.method) } : {}),
  ...(typeof given.step === 'string' ? { step: readStep(given.step) } : {}),
});

async function run(model: string, given: Given, invocation: Invocation): Promise<void> {
  const started = performance.now();
  const options = commonOptions(given);
  const choice = choiceOf(given);
  const problem = await resolveProblem(await loadModel(model));
  const { grid, chosen, notices, states } = await readSlice(given, problem, options.seed);
  refuseTooMany(grid);
  const plane = grid.axes.length === 2;
  const full = given.full === true;
  const folder = String(given.out);
  const resume = given.resume === true;
  const path = join(folder, 'basins.journal');
  const done = await Finished.find(join(folder, 'attractors.json'), path, resume && !options.force);
  const request = {
    command: 'basins',
    model: problem.hash,
    grid: gridFacts(grid),
    full,
    ...choice,
    seed: options.seed,
  };
  const names = ['labels.npy', ...(full ? ['time.npy'] : []), ...(plane ? ['basins.svg', 'basins.png'] : [])];
  const force = options.force || done !== undefined || (resume && (await isUnfinished(path)));
  const outputs = await Outputs.promise(folder, [...names, 'attractors.json'], force);
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
      const search = await findFixedPoints(problem, algebra, {
        box: boxOf(grid, states),
        seed: options.seed,
        ...abort,
      });
      const work = { full, seed: options.seed, ...abort, onProgress: progress.update };
      const { result, computedBy, notes } = await simulator.flows(problem, async (own) => {
        kept = await keptFlows(own, { path, identity: request, resume, force: options.force }, kept);
        if (kept.left > 0)
          console.note(`${String(kept.left)} tiles of an earlier run are taken as they are.`);
        const { backend } = kept;
        const system = await prepareBasins(
          problem,
          algebra,
          search.points,
          someStarts(grid, options.seed),
          choice,
        );
        return { system, map: await mapBasins(backend, system, grid, work) };
      });
      const { system, map } = result;
      const points = search.points.map(plainPoint);
      outputs.add('labels.npy', writeNpy(shapeOf(grid), map.labels));
      if (map.times && full) outputs.add('time.npy', writeNpy(shapeOf(grid), map.times));
      if (plane) {
        const honesty = `${computedBy.name} · ${system.method}, h = ${String(system.step)} · ${count(map.followed)} starts followed for ${count(map.labels.length)} samples`;
        const figure = basinFigure({ system, grid, map, points, honesty });
        signal?.throwIfAborted();
        outputs.add('basins.svg', renderSvg(figure));
        outputs.add('basins.png', await renderPng(figure));
      }
      const facts = {
        format: 'memscape-basins/1',
        ...choiceFacts(problem),
        notices: [...problem.notices, ...notices, ...notes],
        grid: { ...gridFacts(grid), axesChosen: chosen },
        ...mapFacts(system, map, points),
        fixedPoints: { complete: search.complete, how: search.how, unseenMass: search.unseenMass },
        provenance: {
          ...provenance(invocation, options, session, started, map.gpuMilliseconds),
          request: requestDigest(request),
        },
      };
      progress.stop();
      for (const notice of facts.notices) console.note(notice);
      outputs.add('attractors.json', `${JSON.stringify(facts, null, 2)}\n`);
      for (const written of await outputs.write(signal)) console.say(`wrote ${written}`);
      await kept?.end();
      for (const line of words(facts)) console.say(line);
      console.answer(facts);
    } catch (error) {
      throw (await kept?.abandon(error, signal)) ?? error;
    } finally {
      progress.stop();
    }
  });
}

/** Fixed points are looked for where the starts are, and around. */
function boxOf({ origin, axes, extent }: Grid, states: readonly Float64Array[]): [number, number] {
  let reach = 4;
  origin.forEach((o, i) => {
    const span = axes.reduce(
      (sum, axis, k) => sum + Math.abs(axis[i]) * Math.max(...extent[k].map(Math.abs)),
      0,
    );
    reach = Math.max(reach, Math.abs(o) + span, ...states.map((state) => Math.abs(state[i])));
  });
  return [-reach, reach];
}

function someStarts(grid: Grid, seed: number): Float64Array[] {
  const { uniform } = randomStream(seed, 4);
  const columns = grid.size[0];
  const rows = pointCount(grid) / columns;
  return Array.from({ length: STEP_PROBES }, (_, k) => {
    const state = new Float64Array(grid.origin.length);
    stateAt(grid, Math.floor(uniform(2 * k) * columns), Math.floor(uniform(2 * k + 1) * rows), state);
    return state;
  });
}

const plainPoint = (point: FoundPoint): FixedPoint => ({ ...point, energy: point.energy ?? NaN });

function attractorFacts(attractor: Attractor, name: string, starts: number, total: number) {
  const share = starts / total;
  // Of a binomial count: what the shares of as many random starts would scatter by.
  // As if the samples were random: for a grid across a smooth boundary it is an upper estimate.
  const found = { name, starts, share, standardError: Math.sqrt((share * (1 - share)) / total) };
  if (attractor.kind === 'limit-cycle')
    return {
      kind: attractor.kind,
      ...found,
      period: attractor.period,
      orbit: attractor.orbit.map((y) => [...y]),
    };
  const { state, certificate } = attractor;
  return {
    kind: attractor.kind,
    ...found,
    state: [...state],
    certifiedBall: certificate.certified
      ? {
          norm: certificate.norm,
          weights: [...certificate.stop.weights],
          radius: Math.sqrt(certificate.stop.square),
        }
      : null,
    ...(certificate.certified ? {} : { uncertified: certificate.why }),
  };
}

function mapFacts(system: BasinSystem, map: BasinMap, points: readonly FixedPoint[]) {
  const names = attractorNames(system, basinPoints(points));
  const total = map.labels.length;
  return {
    method: system.method,
    step: system.step,
    horizon: system.horizon,
    attractors: system.attractors.map((a, k) => attractorFacts(a, names[k], map.counts.attractors[k], total)),
    otherLabels: LABEL,
    others: map.counts.others,
    starts: total,
    followed: map.followed,
    judgedInF64: map.judged,
    leftUndecided: map.unjudged,
    ...(map.refinement ? { refinement: map.refinement } : {}),
  };
}

function* words({
  attractors,
  others,
  starts,
  followed,
  refinement,
}: ReturnType<typeof mapFacts>): Generator<string> {
  for (const { name, kind, share } of attractors.slice(0, 16)) yield `${name} (${kind}): ${percent(share)}`;
  if (attractors.length > 16) yield `and ${String(attractors.length - 16)} more, in the file`;
  for (const [name, k] of Object.entries(others)) if (k > 0) yield `${name}: ${count(k)} starts`;
  yield refinement
    ? `${count(followed)} starts followed for ${count(starts)} samples; ${count(refinement.disagreements)} of ${count(refinement.probes)} random starts disagreed with their block${refinement.disagreements > 0 ? ', which was computed then (--full computes all)' : ''}`
    : `all ${count(starts)} starts followed`;
}

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
