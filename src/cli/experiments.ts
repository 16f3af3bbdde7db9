/** `memscape experiments`: Props. 1 to 3 of the paper as numbers. */
import { runExperiments, type ExperimentReport } from '../analysis/experiments.js';
import type { CliCommand } from './command.js';
import { promiseJson, readCount } from './json-result.js';
import { provenance } from './provenance.js';
import { commonOptions, refuseGpu, withCommonOptions, withSimulator, type Invocation } from './session.js';
import { usageError } from './usage.js';

/** The report in lines for people. */
function lines({ flats, bias, radius }: ExperimentReport): string[] {
  const [first] = radius;
  return [
    'Prop. 1: E4 along flats of dead neurons, largest change (allowed)',
    ...flats.map(
      ({ activation, flats: count, difference, allowed }) =>
        `  ${activation.padEnd(12)}${String(count).padStart(4)} flats  ${difference.toExponential(1)} (${allowed.toExponential(1)})`,
    ),
    'Prop. 2: spread of E4 - E5; error of the predicted shift under another bias; change of the gradient; largest dE4/dt',
    ...bias.map(
      ({ activation, hopfieldSpread, shiftError, gradientChange, largestRate }) =>
        `  ${activation.padEnd(12)}${(hopfieldSpread?.toExponential(1) ?? '-').padStart(8)}  ${shiftError.toExponential(1)}  ${gradientChange.toExponential(1)}  ${largestRate.toExponential(1)}`,
    ),
    `Prop. 3: spectral radius of the alive block of GOE matrices, N = ${String(first.size)}, ${String(first.ratios.length)} draws`,
    ...radius.map(
      ({ dead, mean, standardError, expected }) =>
        `  ${String(dead).padStart(5)} dead: ${mean.toFixed(4)} +- ${standardError.toFixed(4)}, sqrt((N - k)/N) = ${expected.toFixed(4)}`,
    ),
  ];
}

async function run(given: Readonly<Record<string, unknown>>, invocation: Invocation): Promise<void> {
  const started = performance.now();
  const options = commonOptions(given);
  refuseGpu(options.device, 'the experiments');
  const size = readCount(String(given.size), '--size', 2, 4096);
  const draws = readCount(String(given.draws), '--draws', 1, 1000);
  const networks = readCount(String(given.networks), '--networks', 1, 10_000);
  const dead = readDead(given.dead, size);
  const write = await promiseJson(given.out, options.force);
  await withSimulator(invocation, { ...options, device: 'cpu' }, async (session) => {
    const { console, signal } = session;
    const progress = console.progress('experiments');
    const found = await runExperiments({
      seed: options.seed,
      size,
      draws,
      networks,
      ...(dead ? { dead } : {}),
      ...(signal ? { signal } : {}),
      onProgress: (done) => {
        progress.update({ done, total: 1 });
      },
    }).finally(progress.stop);
    const result = {
      format: 'memscape-experiments/1',
      ...found,
      provenance: provenance(invocation, options, session, started, 0),
    };
    for (const written of await write(result, signal)) console.say(`wrote ${written}`);
    for (const text of lines(found)) console.say(text);
    console.answer(result);
  });
}

/** `100,200,300`: fewer than N each. */
function readDead(given: unknown, size: number): number[] | undefined {
  if (typeof given !== 'string') return undefined;
  const parts = given.split(',');
  if (parts.length > 100)
    throw usageError('--dead: found more than 100 numbers', 'each is an experiment.', 'give fewer');
  return parts.map((part) => readCount(part, '--dead', 0, size - 1));
}

export const experiments: CliCommand = {
  register: (program, invocation) => {
    const command = program
      .command('experiments')
      .description('propositions 1 to 3 of the paper as numbers: flats, biases, spectral radii')
      .option('--size <n>', 'N of Prop. 3', '400')
      .option('--dead <list>', 'numbers of dead neurons, e.g. 100,200,300 (default: quarters of N)')
      .option('--draws <n>', 'random matrices of Prop. 3', '5')
      .option('--networks <n>', 'random networks of each activation, Props. 1 and 2', '20')
      .option('--out <file>', 'result: R.json');
    withCommonOptions(command).action(async (given: Record<string, unknown>) => {
      await run(given, invocation);
    });
  },
};
