/** `memscape capacity`: how many random patterns a rule stores, as a sweep over loads with error bars. */
import { join } from 'node:path';
import { orAbort } from '../abort.js';
import {
  capacity as sweep,
  MOST_PATTERN_NUMBERS,
  patternsAt,
  type CapacityReport,
  type NetworkTrials,
} from '../analysis/memories/capacity.js';
import { MAX_EXPONENTIAL, type CapacityRule } from '../analysis/memories/sign-memory.js';
import { renderPng } from '../figure/png.node.js';
import type { Figure } from '../figure/picture.js';
import { renderSvg } from '../figure/render.js';
import { capacityPanels, transitionWords } from '../figures/memories.js';
import { loadAlgebra } from '../model/algebra.js';
import { chooseFrom, quote } from '../model/check.js';
import { writeNpz } from '../node.js';
import { plainNumber } from './arguments.js';
import type { CliCommand } from './command.js';
import { readCount } from './json-result.js';
import { Outputs } from './outputs.js';
import { provenance } from './provenance.js';
import { Finished, requestDigest } from './finished.js';
import { isUnfinished, Resumable } from './resumable.js';
import { commonOptions, refuseGpu, withCommonOptions, withSimulator, type Invocation } from './session.js';
import { usageError } from './usage.js';

const RULES = ['hebbian', 'pseudo-inverse', 'dense', 'softmax'] as const;

/** What a load is, and what is known of each rule. */
const KNOWN: Readonly<
  Record<(typeof RULES)[number], { readonly load: string; readonly axis: string; readonly words: string }>
> = {
  hebbian: {
    load: 'P/N',
    axis: '*P*/*N*',
    words:
      'N -> infinity: all patterns are lost at P/N = 0.138 (Amit, Gutfreund, Sompolinsky 1985); without errors up to P = N/(2 ln N) (McEliece et al. 1987)',
  },
  'pseudo-inverse': {
    load: 'P/N',
    axis: '*P*/*N*',
    words: 'independent patterns are fixed points up to P = N (Kanter, Sompolinsky 1987)',
  },
  dense: {
    load: 'P/N^(n-1)',
    axis: '*P*/*N*^{n−1}',
    words: 'without errors up to P = N^(n-1)/(2 (2n-3)!! ln N) (Krotov, Hopfield 2016)',
  },
  softmax: {
    load: 'log2(P)/N',
    axis: 'log_2 *P* / *N*',
    words: 'fixed points up to P = 2^(N/2), N -> infinity (Demircigil et al. 2017)',
  },
};

function readRule(text: string, n: string): CapacityRule {
  const name = RULES.find((known) => known === text);
  if (name === undefined)
    throw usageError(
      `--rule: ${quote(text)} is not a rule`,
      'it says how patterns are stored.',
      chooseFrom(text, RULES),
    );
  return name === 'dense' ? { name, n: readCount(n, '--n', 2, 20) } : { name };
}

/** `0.05:0.3:10`. */
function readLoads(text: string): number[] {
  const [from = NaN, to = NaN, steps = NaN, ...more] = text
    .split(':')
    .map((part) => plainNumber(part) ?? NaN);
  const fine =
    more.length === 0 && from > 0 && to > from && Number.isInteger(steps) && steps >= 2 && steps <= 100;
  if (!fine)
    throw usageError(
      `--loads: expected from:to:steps, found ${quote(text)}`,
      'loads rise from above 0, and there are 2 to 100 of them.',
      'give for example --loads 0.05:0.3:10',
    );
  return Array.from({ length: steps }, (_, k) => from + ((to - from) * k) / (steps - 1));
}

function refuseLarge(rule: CapacityRule, size: number, loads: readonly number[]): void {
  const most = patternsAt(rule, size, loads[loads.length - 1]);
  const exponential = rule.name === 'softmax' && size > MAX_EXPONENTIAL;
  const projector = rule.name === 'pseudo-inverse' && Math.min(most, size) > 4096;
  if (most * size <= MOST_PATTERN_NUMBERS && !exponential && !projector) return;
  throw usageError(
    `--size ${String(size)}: ${String(most)} patterns are too many`,
    exponential
      ? `weights of e^-N are lost beyond N = ${String(MAX_EXPONENTIAL)}.`
      : `one network holds at most ${String(MOST_PATTERN_NUMBERS)} numbers, and the pseudo-inverse 4096 patterns.`,
    'give smaller --loads or --size',
  );
}

const NAMES = ['capacity.npz', 'capacity.svg', 'capacity.png', 'capacity.json'];

async function run(given: Readonly<Record<string, unknown>>, invocation: Invocation): Promise<void> {
  const started = performance.now();
  const options = commonOptions(given);
  refuseGpu(options.device, 'capacities');
  const rule = readRule(String(given.rule), String(given.n));
  const size = readCount(String(given.size), '--size', 2, 65536);
  const loads = readLoads(String(given.loads));
  const networks = readCount(String(given.networks), '--networks', 2, 10_000);
  const trials = readCount(String(given.trials), '--trials', 1, 100_000);
  const flip = plainNumber(String(given.flip)) ?? NaN;
  if (!(flip >= 0 && flip <= 0.5))
    throw usageError(
      `--flip: expected a share from 0 to 0.5, found ${quote(String(given.flip))}`,
      'so many neurons of a cue are flipped; with half of them nothing is left of the pattern.',
      'give for example --flip 0.1',
    );
  refuseLarge(rule, size, loads);
  const folder = String(given.out);
  const resume = given.resume === true;
  const path = join(folder, 'capacity.journal');
  const done = await Finished.find(join(folder, 'capacity.json'), path, resume && !options.force);
  const force = options.force || done !== undefined || (resume && (await isUnfinished(path)));
  const outputs = await Outputs.promise(folder, NAMES, force);
  await withSimulator(invocation, { ...options, device: 'cpu' }, async (session) => {
    const { console, signal } = session;
    const task = { rule, size, loads, networks, trials, flip, seed: options.seed };
    const identity = { command: 'capacity', ...task };
    if (done) {
      done.tell(requestDigest(identity), console);
      return;
    }
    const kept = await Resumable.open<NetworkTrials>({
      path,
      identity,
      resume,
      force: options.force,
    });
    if (kept.left > 0) console.note(`${String(kept.left)} networks of an earlier run are taken as they are.`);
    const progress = console.progress('capacity');
    try {
      const found = await sweep(await loadAlgebra(), {
        ...task,
        ...(signal ? { signal } : {}),
        onProgress: progress.update,
        kept: kept.records,
        keep: kept.keep,
      });
      const figure = figureOf(found, task);
      const result = {
        format: 'memscape-capacity/1',
        ...task,
        load: KNOWN[rule.name].load,
        known: KNOWN[rule.name].words,
        dynamics: 'asynchronous sign map: neurons in their order, until nothing changes',
        ...found,
        provenance: {
          ...provenance(invocation, options, session, started, 0),
          request: requestDigest(identity),
        },
      };
      outputs.add('capacity.npz', writeNpz(arraysOf(found, networks)));
      const svg = renderSvg(figure);
      outputs.add('capacity.svg', svg);
      outputs.add('capacity.png', await orAbort(renderPng(figure, { svg }), signal));
      outputs.add('capacity.json', `${JSON.stringify(result, null, 2)}\n`);
      progress.stop();
      for (const written of await outputs.write(signal)) console.say(`wrote ${written}`);
      await kept.end();
      for (const line of table(found)) console.say(line);
      if (found.transition) console.say(`retrieved: ${transitionWords(found.transition)}`);
      if (found.errorFreeTransition)
        console.say(`without an error: ${transitionWords(found.errorFreeTransition)}`);
      console.answer(result);
    } catch (error) {
      throw await kept.abandon(error, loads.length * networks, signal);
    } finally {
      progress.stop();
    }
  });
}

/** Arrays of loads [L] and networks [L, networks]. */
function arraysOf({ levels }: CapacityReport, networks: number) {
  const each = (of: (level: CapacityReport['levels'][number]) => number) => ({
    shape: [levels.length],
    data: Float64Array.from(levels, of),
  });
  return {
    load: each(({ load }) => load),
    patterns: { shape: [levels.length], data: Int32Array.from(levels, ({ patterns }) => patterns) },
    retrieved: each(({ retrieved }) => retrieved.mean),
    retrieved_error: each(({ retrieved }) => retrieved.error),
    error_free: each(({ errorFree }) => errorFree.mean),
    error_free_error: each(({ errorFree }) => errorFree.error),
    error_free_law: each(({ errorFreeLaw }) => errorFreeLaw ?? NaN),
    overlap: each(({ overlap }) => overlap.mean),
    overlap_error: each(({ overlap }) => overlap.error),
    overlap_law: each(({ overlapLaw }) => overlapLaw ?? NaN),
    undecided: { shape: [levels.length], data: Int32Array.from(levels, ({ undecided }) => undecided) },
    network_shares: {
      shape: [levels.length, networks],
      data: Float64Array.from(levels.flatMap((level) => level.networks)),
    },
  };
}

function figureOf(
  found: CapacityReport,
  {
    rule,
    size,
    networks,
    trials,
    flip,
  }: { rule: CapacityRule; size: number } & Record<'networks' | 'trials' | 'flip', number>,
): Figure {
  const name = rule.name === 'dense' ? `dense, n = ${String(rule.n)}` : rule.name;
  const undecided = found.levels.reduce((sum, level) => sum + level.undecided, 0);
  return {
    title: `Capacity: ${name}, N = ${String(size)}`,
    panels: [capacityPanels(found, KNOWN[rule.name].axis)],
    caption: `${String(networks)} networks of each load with random patterns of their own, up to ${String(trials)} cues each${flip > 0 ? `, ${String(flip)} of the neurons flipped` : ', the patterns themselves'}; bars are two standard errors over the networks. ${String(undecided)} trials undecided.`,
    honesty: 'CPU · whole numbers and f64 · asynchronous sign map',
  };
}

function table({ levels }: CapacityReport): string[] {
  const share = ({ mean, error }: { readonly mean: number; readonly error: number }) =>
    `${mean.toFixed(3)} +- ${error.toFixed(3)}`;
  const law = (value: number | null) => value?.toFixed(3) ?? '-';
  const rows = levels.map((level) => [
    level.load.toPrecision(3),
    String(level.patterns),
    share(level.retrieved),
    share(level.errorFree),
    law(level.errorFreeLaw),
    share(level.overlap),
    law(level.overlapLaw),
    String(level.undecided),
  ]);
  const head = ['load', 'patterns', 'retrieved', 'error-free', 'law', 'overlap', 'law', 'undecided'];
  const widths = head.map((word, k) => Math.max(word.length, ...rows.map((row) => row[k].length)));
  return [head, ...rows].map((row) =>
    row
      .map((cell, k) => cell.padEnd(widths[k]))
      .join('  ')
      .trimEnd(),
  );
}

export const capacity: CliCommand = {
  register: (program, invocation) => {
    const command = program
      .command('capacity')
      .description('how many random patterns a network keeps: a sweep over loads with error bars')
      .addHelpText(
        'after',
        `\nLoads and what is known:\n${RULES.map((name) => `  ${name.padEnd(16)}${KNOWN[name].load}; ${KNOWN[name].words}`).join('\n')}`,
      )
      .option('--rule <name>', RULES.join(', '), 'hebbian')
      .option('--n <power>', 'power of dense memories', '3')
      .option('--size <n>', 'N', '500')
      .option('--loads <range>', 'from:to:steps', '0.05:0.25:11')
      .option('--networks <n>', 'networks of each load, with patterns of their own', '20')
      .option('--trials <n>', 'patterns of a network that are cued', '10')
      .option('--flip <share>', 'neurons of a cue that are flipped', '0')
      .option('--resume', 'go on where an interrupted run in --out stopped', false)
      .requiredOption('--out <dir>', 'folder of the results');
    withCommonOptions(command).action(async (given: Record<string, unknown>) => {
      await run(given, invocation);
    });
  },
};
