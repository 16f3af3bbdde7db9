/** `memscape report`: everything about one network, as a page, a text and a JSON file. */
import { loadModel } from '../node.js';
import { resolveProblem } from '../model/problem.js';
import { collect, FILES, filesOf, reportOf, type Report, type Wishes } from '../report/index.js';
import { readBox, readSize, readStarts } from './arguments.js';
import type { CliCommand } from './command.js';
import type { Console } from './console.js';
import { readImage } from './image-flag.js';
import { readCount } from './json-result.js';
import { Outputs } from './outputs.js';
import { provenance } from './provenance.js';
import { commonOptions, withCommonOptions, withSimulator, type Invocation } from './session.js';

type Given = Readonly<Record<string, unknown>>;

/** Flags that count something: most that makes sense, and what they set. */
const COUNTS = {
  descents: [1e6, 'descents'],
  evaluations: [1e6, 'evaluations'],
  samples: [1e7, 'samples'],
  examined: [1e6, 'examined'],
} as const;

function wishesOf(given: Given, seed: number): Wishes {
  const counts = Object.entries(COUNTS).flatMap(([flag, [most, key]]) => {
    const text = given[flag];
    return typeof text === 'string' ? [[key, readCount(text, `--${flag}`, 1, most)] as const] : [];
  });
  return {
    box: readBox(String(given.box)),
    seed,
    all: given.all === true,
    ...(typeof given.starts === 'string' ? { starts: readStarts(given.starts) } : {}),
    ...(typeof given.size === 'string' ? { side: Math.max(16, readSize(given.size)[0]) } : {}),
    ...Object.fromEntries(counts),
  };
}

async function run(model: string, given: Given, invocation: Invocation): Promise<void> {
  const started = performance.now();
  const options = commonOptions(given);
  const wishes = wishesOf(given, options.seed);
  const loaded = await loadModel(model);
  const problem = await resolveProblem(loaded);
  const images = readImage(given, problem, []);
  const outputs = await Outputs.promise(String(given.out), FILES, options.force);
  await withSimulator(invocation, options, async (session) => {
    const { simulator, console, signal } = session;
    const progress = console.progress('report');
    const { findings, figures } = await collect(loaded, problem, simulator, {
      wishes,
      ...(images ? { images } : {}),
      ...(signal ? { signal } : {}),
      onProgress: (done) => {
        progress.update({ done, total: 1 });
      },
    }).finally(progress.stop);
    const { gpuMilliseconds } = findings.computation;
    const report = reportOf(findings, provenance(invocation, options, session, started, gpuMilliseconds));
    for (const [name, text] of filesOf(report, figures, images)) outputs.add(name, text);
    const written = await outputs.write(signal);
    tell(console, report);
    for (const path of written) console.say(`wrote ${path}`);
    console.answer(report);
  });
}

/** The four facts, and what was left out. */
function tell(console: Console, { facts, omissions, notices }: Report): void {
  for (const notice of notices) console.note(notice);
  for (const { what, why, mend } of omissions) console.note(`left out: ${what}. ${why} To get it: ${mend}.`);
  for (const { value, words } of facts) console.say(`${value.padStart(12)}  ${words}`);
}

export const report: CliCommand = {
  register: (program, invocation) => {
    const command = program
      .command('report')
      .description('everything about one network, on one page: report.html, .md, .json')
      .argument('<model>', 'model file')
      .option('--starts <n>', 'searches for fixed points (default: 4096; fewer above 64 neurons)')
      .option('--box <range>', 'lo:hi of every component of a start, and of sampled states', '-4:4')
      .option('--descents <n>', 'descents of E4 (default: 256; fewer above 16 neurons)')
      .option('--samples <n>', 'states sampled for blind spots (default: 4096; fewer above 64 neurons)')
      .option('--evaluations <n>', 'states for condition (11) (default: 512; fewer above 16 neurons)')
      .option('--examined <n>', 'fixed points examined for flats and designs (default: 64)')
      .option('--size <n>', 'samples along each axis of the figures (default: 256; fewer above 64 neurons)')
      .option('--image <size>', 'draw fixed points as images of this size, e.g. 28x28')
      .option('--all', 'leave nothing out because of the size of the network', false)
      .requiredOption('--out <dir>', 'folder of the results');
    withCommonOptions(command).action(async (model: string, given: Given) => {
      await run(model, given, invocation);
    });
  },
};
