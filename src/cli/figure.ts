/** `memscape figure 1|2|all`: the paper's figures from the paper's equations. */
import { Argument } from 'commander';
import { formatNumber } from '../figure/number.js';
import { renderPng } from '../figure/png.node.js';
import { renderSvg } from '../figure/render.js';
import {
  paperFigure1,
  paperFigure1ThirdTerm,
  paperFigure2,
  type PaperFigure,
  type WorkOptions,
} from '../figures/index.js';
import { MemscapeError } from '../errors.js';
import { chooseFrom, quote } from '../model/check.js';
import type { Simulator } from '../simulator.js';
import type { CliCommand } from './command.js';
import { Outputs } from './outputs.js';
import { provenance } from './provenance.js';
import { commonOptions, withCommonOptions, withSimulator, type Invocation, type Session } from './session.js';

type Maker = (simulator: Simulator, options: WorkOptions) => Promise<PaperFigure>;

const MAKERS: Readonly<Record<'1' | '2', readonly (readonly [name: string, make: Maker])[]>> = {
  '1': [
    ['figure-1', paperFigure1],
    ['figure-1-third-term', paperFigure1ThirdTerm],
  ],
  '2': [['figure-2', paperFigure2]],
};

function makersOf(which: string) {
  if (which === '1' || which === '2') return MAKERS[which];
  if (which === 'all') return [...MAKERS['1'], ...MAKERS['2']];
  throw new MemscapeError({
    code: 'usage',
    what: `there is no figure ${quote(which)}`,
    why: 'the paper has Figures 1 and 2.',
    mend: chooseFrom(which, ['1', '2', 'all']),
    exitCode: 2,
  });
}

async function run(
  which: string,
  given: Readonly<Record<string, unknown>>,
  invocation: Invocation,
): Promise<void> {
  const started = performance.now();
  const options = commonOptions(given);
  const makers = makersOf(which);
  const names = makers.flatMap(([name]) => ['png', 'svg', 'json'].map((kind) => `${name}.${kind}`));
  const outputs = await Outputs.promise(String(given.out), names, options.force);
  await withSimulator(invocation, options, async (session) => {
    const answers: unknown[] = [];
    const { simulator, console, signal } = session;
    for (const [name, make] of makers) {
      const progress = console.progress(name);
      const made = await make(simulator, {
        ...(signal ? { signal } : {}),
        onProgress: progress.update,
      }).finally(progress.stop);
      signal?.throwIfAborted();
      outputs.add(`${name}.svg`, renderSvg(made.figure));
      outputs.add(`${name}.png`, await renderPng(made.figure));
      const result = document(
        made,
        provenance(invocation, options, session, started, made.computation.gpuMilliseconds),
      );
      outputs.add(`${name}.json`, `${JSON.stringify(result, null, 2)}\n`);
      answers.push(result);
      report(made, session);
    }
    for (const path of await outputs.write(signal)) console.say(`wrote ${path}`);
    console.answer(answers.length === 1 ? answers[0] : { format: 'memscape-figures/1', figures: answers });
  });
}

function document(
  { name, figure, systems, computation }: PaperFigure,
  origin: ReturnType<typeof provenance>,
) {
  const { title, caption, honesty } = figure;
  return {
    format: 'memscape-figure/1',
    name,
    title,
    caption,
    honesty,
    systems,
    computation,
    provenance: origin,
  };
}

/** Who computed a figure, how long it took, and how far it is from f64. */
function report({ name, computation, systems }: PaperFigure, { simulator, console }: Session): void {
  const checks = computation.quantities.flatMap(({ quantity, check }) =>
    check ? [{ quantity, ...check }] : [],
  );
  const worst = checks.toSorted((a, b) => b.difference - a.difference).at(0);
  const points = checks.reduce((sum, check) => sum + check.points, 0);
  const check = worst
    ? `f32 checked against f64 at ${String(points)} points, largest difference ${formatNumber(worst.difference, 2)} (${worst.quantity})`
    : 'f64, the oracle itself';
  const time = `${computation.wallMilliseconds.toFixed(0)} ms`;
  console.say(`${name}: ${simulator.backend.info.name}, ${time}, ${check}`);
  for (const { model, verdict } of systems) console.say(`  ${model}: ${verdict}`);
}

export const figure: CliCommand = {
  register: (program, invocation) => {
    const command = program
      .command('figure')
      .description("the paper's figures from the paper's equations")
      .addArgument(new Argument('<which>', '1, 2 or all'))
      .option('--out <dir>', 'folder of the results', '.');
    withCommonOptions(command).action(async (which: string, given: Record<string, unknown>) => {
      await run(which, given, invocation);
    });
  },
};
