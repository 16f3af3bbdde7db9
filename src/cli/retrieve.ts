/** `memscape retrieve`: which corrupted cues the flow takes back to their memories, as shares with error bars. */
import { join } from 'node:path';
import { orAbort } from '../abort.js';
import { findFixedPoints } from '../analysis/find-fixed-points.js';
import { Breath } from '../analysis/jobs.js';
import { corruptions, type CorruptionKind } from '../analysis/memories/corruption.js';
import {
  drawOf,
  Retrieval,
  retrievalOutcomes,
  retrieve as runTrials,
  type ProveBasin,
  type RetrievalLevel,
  type RetrievalTrial,
  type StoredPatterns,
} from '../analysis/memories/retrieval.js';
import { certify } from '../basins/ball.js';
import { renderPng } from '../figure/png.node.js';
import type { Figure } from '../figure/picture.js';
import { renderSvg } from '../figure/render.js';
import { retrievalGallery, retrievalPanels, type ShownTrial } from '../figures/memories.js';
import { choiceFacts } from '../figures/paper.js';
import { literal } from '../figures/words.js';
import { loadAlgebra, type Algebra } from '../model/algebra.js';
import { chooseFrom, quote } from '../model/check.js';
import { resolveProblem, type Problem } from '../model/problem.js';
import { loadModel, writeNpz } from '../node.js';
import { plainNumber, readSize } from './arguments.js';
import type { CliCommand } from './command.js';
import { Finished, requestDigest } from './finished.js';
import { readCount } from './json-result.js';
import { Outputs } from './outputs.js';
import { provenance } from './provenance.js';
import { digest, isUnfinished, Resumable } from './resumable.js';
import { commonOptions, refuseGpu, withCommonOptions, withSimulator, type Invocation } from './session.js';
import { readRows, shapeError } from './states.js';
import { usageError } from './usage.js';

const KINDS = Object.keys(corruptions) as CorruptionKind[];
const MOST_LEVELS = 100;

/** `flip:0:0.5:11` or `mask:0.5`, several joined by commas: every level with its kind. */
function readCorruptions(text: string): { kind: CorruptionKind; level: number }[] {
  return text.split(',').flatMap((part) => {
    const [name = '', ...rest] = part.split(':');
    const kind = KINDS.find((known) => known === name);
    if (kind === undefined)
      throw usageError(
        `--corruption: ${quote(name)} is not a corruption`,
        'it says how cues differ from patterns.',
        chooseFrom(name, KINDS),
      );
    const [from, to = from, steps = 1, ...more] = rest.map((word) => plainNumber(word) ?? NaN);
    const most = kind === 'noise' ? 1e6 : 1;
    const fine =
      rest.length > 0 &&
      rest.length !== 2 &&
      more.length === 0 &&
      [from, to].every((level) => level >= 0 && level <= most) &&
      Number.isInteger(steps) &&
      steps >= (from === to ? 1 : 2) &&
      steps <= MOST_LEVELS;
    if (!fine)
      throw usageError(
        `--corruption: expected kind:from:to:steps or kind:level, found ${quote(part)}`,
        `levels of ${kind} lie between 0 and ${String(most)}, and there are at most ${String(MOST_LEVELS)} of them.`,
        `give for example --corruption ${kind}:0:0.5:11`,
      );
    return Array.from({ length: steps }, (_, k) => ({
      kind,
      level: steps === 1 ? from : from + ((to - from) * k) / (steps - 1),
    }));
  });
}

/** What is stored: the file's rows, the rows of Hebb's factor, or the stable fixed points. */
async function storedPatterns(
  given: unknown,
  problem: Problem,
  algebra: Algebra,
  { seed, signal }: { readonly seed: number; readonly signal: AbortSignal | undefined },
): Promise<StoredPatterns & { readonly source: string }> {
  const { network } = problem;
  if (typeof given === 'string') return { ...(await readPatterns(given, problem)), source: given };
  const [term] = network.patterns;
  if (network.patterns.length === 1 && Math.abs(term.scale * network.size - 1) < 1e-12) {
    const { rows, columns, data } = term.factor;
    const patterns = Array.from({ length: rows }, (_, k) => data.slice(k * columns, (k + 1) * columns));
    return { patterns, source: "the model's patterns" };
  }
  if (network.size > MOST_SEARCHED)
    throw usageError(
      '--patterns is missing',
      `stable fixed points are searched for up to ${String(MOST_SEARCHED)} neurons, and this network has ${String(network.size)}.`,
      'give --patterns P.npy, one pattern in each row',
    );
  const found = await findFixedPoints(problem, algebra, { seed, ...(signal ? { signal } : {}) });
  const patterns = found.points.filter((p) => p.class === 'stable').map(({ state }) => state);
  if (patterns.length > 0) return { patterns, source: 'the stable fixed points found' };
  throw shapeError('no stable fixed point was found', 'they are what is retrieved.', 'give --patterns P.npy');
}

const MOST_SEARCHED = 64;

/** Rows of N numbers, or of as many as a layer has. */
async function readPatterns(text: string, { network }: Problem): Promise<StoredPatterns> {
  const { shape, data } = await readRows(text, '--patterns');
  const columns = shape.at(-1) ?? 0;
  const layer = network.layers.find(({ size }) => size === columns);
  const offset = columns === network.size ? 0 : layer?.offset;
  if (offset === undefined || shape.length > 2 || data.length === 0)
    throw shapeError(
      `--patterns: found an array of shape [${shape.join(', ')}]`,
      `the network has ${String(network.size)} neurons, in layers of ${network.layers.map(({ size }) => String(size)).join(', ')}.`,
      'give one pattern in each row, for all neurons or for those of one layer',
    );
  const patterns = Array.from({ length: data.length / columns }, (_, k) =>
    data.slice(k * columns, (k + 1) * columns),
  );
  return { patterns, offset };
}

function readImageSize(given: unknown, { patterns }: StoredPatterns): readonly [number, number] | undefined {
  if (typeof given !== 'string') return undefined;
  const [width, height, ...more] = readSize(given);
  if (more.length === 0 && width * height === patterns[0].length) return [width, height];
  throw usageError(
    `--image ${given}: the patterns have ${String(patterns[0].length)} numbers`,
    'an image of W x H pixels is a pattern of as many.',
    'give the width and the height, e.g. --image 28x28',
  );
}

const prove: ProveBasin = (evaluator, algebra, state) => {
  const proof = certify(evaluator, algebra, state);
  return proof.certified ? proof.stop : undefined;
};

/** What is to be said of patterns that are no memories for certain. */
function doubts({ classes }: Retrieval): string[] {
  const count = (...kinds: readonly string[]) => classes.filter((kind) => kinds.includes(kind)).length;
  const of = `of ${String(classes.length)} patterns`;
  const [none, saddles, open] = [count('none'), count('saddle', 'unstable'), count('undecided')];
  return [
    ...(none > 0 ? [`${String(none)} ${of} come to rest nowhere in time: they are not cued.`] : []),
    ...(saddles > 0
      ? [`${String(saddles)} ${of} come to rest at saddles, which are no memories: not cued.`]
      : []),
    ...(open > 0
      ? [
          `the spectrum decides nothing where ${String(open)} ${of} rest: trials that end there are undecided.`,
        ]
      : []),
  ];
}

const NAMES = ['retrieve.npz', 'success.svg', 'success.png'];
const IMAGES = ['images.svg', 'images.png'];
const JSON_NAME = 'retrieve.json';

async function run(
  model: string,
  given: Readonly<Record<string, unknown>>,
  invocation: Invocation,
): Promise<void> {
  const started = performance.now();
  const options = commonOptions(given);
  refuseGpu(options.device, 'retrieval');
  const levels = readCorruptions(String(given.corruption));
  const trials = readCount(String(given.trials), '--trials', 1, 1_000_000);
  const problem = await resolveProblem(await loadModel(model));
  const folder = String(given.out);
  const resume = given.resume === true;
  const path = join(folder, 'retrieve.journal');
  const done = await Finished.find(join(folder, JSON_NAME), path, resume && !options.force);
  const outputs = await Outputs.promise(
    folder,
    [...NAMES, ...(given.image === undefined ? [] : IMAGES), JSON_NAME],
    options.force || done !== undefined || (resume && (await isUnfinished(path))),
  );
  await withSimulator(invocation, { ...options, device: 'cpu' }, async (session) => {
    const { console, signal } = session;
    const algebra = await loadAlgebra();
    const stored = await storedPatterns(given.patterns, problem, algebra, { seed: options.seed, signal });
    const size = readImageSize(given.image, stored);
    const identity = {
      command: 'retrieve',
      model: problem.hash,
      patterns: digest(stored.patterns),
      offset: stored.offset ?? 0,
      levels,
      trials,
      seed: options.seed,
    };
    // The images are not of the trials, but of what was asked.
    const request = requestDigest({ ...identity, image: given.image });
    if (done) {
      done.tell(request, console);
      return;
    }
    const kept = await Resumable.open<RetrievalTrial>({ path, identity, resume, force: options.force });
    if (kept.left > 0) console.note(`${String(kept.left)} trials of an earlier run are taken as they are.`);
    const progress = console.progress('retrieve');
    const total = levels.length * trials;
    try {
      const retrieval = await Retrieval.open(problem, algebra, stored, {
        ...(signal ? { signal } : {}),
        prove,
      });
      for (const words of doubts(retrieval)) console.note(words);
      const found = await runTrials(retrieval, stored, {
        corruptions: levels,
        trials,
        seed: options.seed,
        ...(signal ? { signal } : {}),
        onProgress: progress.update,
        kept: kept.records,
        keep: kept.keep,
      });
      const figures: [string, Figure][] = [['success', successFigure(problem, retrieval, found, trials)]];
      if (size)
        figures.push([
          'images',
          await imageFigure(problem, retrieval, stored, {
            found,
            size,
            seed: options.seed,
            breath: new Breath(signal),
          }),
        ]);
      const result = {
        format: 'memscape-retrieve/1',
        ...choiceFacts(problem),
        neurons: problem.network.size,
        dimensions: retrieval.dimensions,
        patterns: {
          source: stored.source,
          count: stored.patterns.length,
          offset: stored.offset ?? 0,
          size: stored.patterns[0].length,
        },
        memories: retrieval.memories.map((memory, pattern) => ({
          pattern,
          class: retrieval.classes[pattern],
          overlap: memory?.overlap ?? null,
          ...(memory?.sameAs === undefined ? {} : { sameAs: memory.sameAs }),
        })),
        trials,
        levels: found.map((level) => ({ ...level, trials: undefined })),
        provenance: { ...provenance(invocation, options, session, started, 0), request },
      };
      outputs.add('retrieve.npz', writeNpz(arraysOf(retrieval, found, trials)));
      for (const [name, figure] of figures) {
        signal?.throwIfAborted();
        const svg = renderSvg(figure);
        outputs.add(`${name}.svg`, svg);
        outputs.add(`${name}.png`, await orAbort(renderPng(figure, { svg }), signal));
      }
      outputs.add(JSON_NAME, `${JSON.stringify(result, null, 2)}\n`);
      progress.stop();
      for (const notice of problem.notices) console.note(notice);
      for (const written of await outputs.write(signal)) console.say(`wrote ${written}`);
      await kept.end();
      for (const line of table(found)) console.say(line);
      console.answer(result);
    } catch (error) {
      throw await kept.abandon(error, total, signal);
    } finally {
      progress.stop();
    }
  });
}

/** Arrays of levels [L] and trials [L, T], and the memories [K, N]. */
function arraysOf(retrieval: Retrieval, found: readonly RetrievalLevel[], trials: number) {
  const levels = (of: (level: RetrievalLevel) => number) => ({
    shape: [found.length],
    data: Float64Array.from(found, of),
  });
  const all = found.flatMap((level) => level.trials);
  const each = (of: (trial: RetrievalTrial) => number) => ({
    shape: [found.length, trials],
    data: Float64Array.from(all, of),
  });
  const n = retrieval.problem.network.size;
  return {
    level: levels(({ level }) => level),
    kind: found.map(({ kind }) => kind),
    share: levels(({ share }) => share ?? NaN),
    share_low: levels(({ interval }) => interval[0]),
    share_high: levels(({ interval }) => interval[1]),
    pattern: { shape: [found.length, trials], data: Int32Array.from(all, ({ pattern }) => pattern) },
    outcome: {
      shape: [found.length, trials],
      data: Int8Array.from(all, ({ outcome }) => retrievalOutcomes.indexOf(outcome)),
    },
    outcome_names: retrievalOutcomes,
    overlap_before: each(({ overlapBefore }) => overlapBefore),
    overlap_after: each(({ overlapAfter }) => overlapAfter),
    time: each(({ time }) => time),
    memories: {
      shape: [retrieval.memories.length, n],
      data: Float64Array.from(
        retrieval.memories.flatMap((memory) => (memory ? [...memory.state] : Array<number>(n).fill(NaN))),
      ),
    },
  };
}

function successFigure(
  problem: Problem,
  retrieval: Retrieval,
  found: readonly RetrievalLevel[],
  trials: number,
): Figure {
  const panels = retrievalPanels(found);
  const undecided = found.reduce((sum, { counts }) => sum + counts.undecided, 0);
  return {
    title: literal(problem.name),
    panels: [panels],
    caption: `${String(trials)} cues of each level; bars are Wilson's 95 % intervals. ${String(undecided)} of ${String(found.length * trials)} trials undecided.`,
    honesty: `CPU · f64 · eq. ${String(problem.equation)} followed in ${String(retrieval.dimensions)} of ${String(problem.network.size)} dimensions`,
  };
}

/** The first retrieved trial of each pattern, at the hardest level of a kind at which nine in ten are. */
async function imageFigure(
  problem: Problem,
  retrieval: Retrieval,
  stored: StoredPatterns,
  {
    found,
    size,
    seed,
    breath,
  }: {
    readonly breath: Breath;
    readonly found: readonly RetrievalLevel[];
    readonly size: readonly [number, number];
    readonly seed: number;
  },
): Promise<Figure> {
  const kinds = [...new Set(found.map(({ kind }) => kind))];
  const panels = [];
  for (const kind of kinds) {
    const most = found.findLast((level) => level.kind === kind && (level.share ?? 0) >= 0.9);
    const level = most ?? found.find((one) => one.kind === kind);
    if (!level) continue;
    const shown: ShownTrial[] = [];
    for (const [pattern, memory] of retrieval.memories.entries()) {
      if (!memory || shown.length >= MOST_SHOWN) continue;
      const first = level.trials.findIndex((trial) => trial.pattern === pattern);
      if (first < 0) continue;
      const draw = drawOf(seed, found.indexOf(level), first, stored.patterns[0].length);
      const { cue, end } = await retrieval.trial(pattern, kind, level.level, draw, breath);
      shown.push({ level, cue, end, memory: memory.state });
    }
    panels.push([retrievalGallery(shown, { offset: stored.offset ?? 0, size })]);
  }
  return {
    title: literal(problem.name),
    panels,
    width: 960,
    caption:
      'The first cue of each pattern, chosen by nothing else, at the hardest level at which nine in ten or more are retrieved; where the flow takes it; and the memory it should find.',
    honesty: `CPU · f64 · eq. ${String(problem.equation)} followed in ${String(retrieval.dimensions)} of ${String(problem.network.size)} dimensions`,
  };
}

const MOST_SHOWN = 12;

function table(found: readonly RetrievalLevel[]): string[] {
  const rows = found.map(({ kind, level, counts, share, interval, overlapAfter }) => [
    kind,
    level.toPrecision(3),
    share === null ? '-' : share.toFixed(3),
    `[${interval.map((v) => v.toFixed(3)).join(', ')}]`,
    ...retrievalOutcomes.map((name) => String(counts[name])),
    overlapAfter.mean.toFixed(3),
  ]);
  const all = [['kind', 'level', 'share', '95 %', ...retrievalOutcomes, 'overlap'], ...rows];
  const widths = all[0].map((_, k) => Math.max(...all.map((row) => row[k].length)));
  return all.map((row) =>
    row
      .map((cell, k) => cell.padEnd(widths[k]))
      .join('  ')
      .trimEnd(),
  );
}

export const retrieve: CliCommand = {
  register: (program, invocation) => {
    const command = program
      .command('retrieve')
      .description('which corrupted cues find their memories: shares with error bars, pictures')
      .addHelpText(
        'after',
        `\nCorruptions:\n${KINDS.map((kind) => `  ${kind.padEnd(7)}${corruptions[kind]}`).join('\n')}`,
      )
      .argument('<model>', 'model file')
      .option(
        '--patterns <file>',
        "what is stored: .npy of shape [K, N] or [K, size of a layer] (default: the model's patterns, else its stable fixed points)",
      )
      .option('--corruption <list>', 'kind:from:to:steps, joined by commas', 'flip:0:0.5:11')
      .option('--trials <n>', 'cues of each level', '200')
      .option('--image <size>', 'draw cues, ends and memories as images, e.g. 28x28')
      .option('--resume', 'go on where an interrupted run in --out stopped', false)
      .requiredOption('--out <dir>', 'folder of the results');
    withCommonOptions(command).action(async (model: string, given: Record<string, unknown>) => {
      await run(model, given, invocation);
    });
  },
};
