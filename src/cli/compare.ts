/** `memscape compare`: every design of R with every energy on one network, as a table and as JSON. */
import type { DesignComparison, DesignRow } from '../analysis/design-table.js';
import { compareDesigns } from '../analysis/designs.js';
import { loadAlgebra } from '../model/algebra.js';
import { loadModel } from '../node.js';
import type { CliCommand } from './command.js';
import { promiseJson, readBox, readCount } from './json-result.js';
import { provenance } from './provenance.js';
import { commonOptions, refuseGpu, withCommonOptions, withSimulator, type Invocation } from './session.js';

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

/** One line of the table. */
function line(row: DesignRow, recommended: boolean): string {
  const name = `${recommended ? '>' : ' '} ${row.design.padEnd(15)}${row.choice.padEnd(10)}`;
  if (!row.available) return `${name} not to be had: ${row.why}`;
  const { condition, kept, lost, added, undecided, falseMemories, blind, worstEigenvalue } = row;
  const verdict = condition.verdict === 'holds' ? condition.how : condition.verdict;
  const counts = [kept, lost, added, undecided, falseMemories].map(({ length }) =>
    String(length).padStart(5),
  );
  const eigenvalue = worstEigenvalue === null ? '-' : worstEigenvalue.toPrecision(3);
  return `${name} ${verdict.padEnd(15)}${eigenvalue.padStart(10)}${counts.join('')}${percent(blind.share).padStart(9)}`;
}

function table({ rows, recommended }: DesignComparison): string[] {
  const head = `  ${'R'.padEnd(15)}${'energy'.padEnd(10)} ${'(11)'.padEnd(15)}${'least'.padStart(10)} kept lost  add   ?? fals${'blind'.padStart(9)}`;
  return [head, ...rows.map((row, k) => line(row, k === recommended))];
}

async function run(
  model: string,
  given: Readonly<Record<string, unknown>>,
  invocation: Invocation,
): Promise<void> {
  const started = performance.now();
  const options = commonOptions(given);
  refuseGpu(options.device, 'the comparison of designs');
  const starts = readCount(String(given.starts), '--starts', 1, 1e6);
  const samples = readCount(String(given.samples), '--samples', 1, 1e6);
  const evaluations = readCount(String(given.evaluations), '--evaluations', 1, 1e6);
  const write = await promiseJson(given.out, options.force);
  const { name, hash, network, dynamics } = await loadModel(model);
  const box = readBox(String(given.box), network.size);
  await withSimulator(invocation, { ...options, device: 'cpu' }, async (session) => {
    const { console, signal } = session;
    const progress = console.progress('compare');
    const found = await compareDesigns(network, await loadAlgebra(), {
      equation: dynamics.equation === 9 ? 9 : 13,
      box,
      starts,
      samples,
      evaluations,
      seed: options.seed,
      ...(signal ? { signal } : {}),
      onProgress: (done) => {
        progress.update({ done, total: 1 });
      },
    }).finally(progress.stop);
    const settings = { box, starts, samples, evaluations };
    const origin = provenance(invocation, options, session, started, 0);
    const result = {
      format: 'memscape-comparison/1',
      model: name,
      hash,
      ...settings,
      ...found,
      provenance: origin,
    };
    for (const written of await write(result, signal)) console.say(`wrote ${written}`);
    for (const text of table(found)) console.say(text);
    console.say(found.why);
    console.answer(result);
  });
}

export const compare: CliCommand = {
  register: (program, invocation) => {
    const command = program
      .command('compare')
      .description('which R and which energy: every design on one network, what each keeps, loses and adds')
      .argument('<model>', 'model file')
      .option('--box <ranges>', 'lo:hi of all coordinates, or of each, joined by commas', '-4:4')
      .option('--starts <n>', 'Newton starts for the fixed points', '512')
      .option('--samples <n>', 'states sampled for blind spots, per design', '1024')
      .option('--evaluations <n>', 'states at which condition (11) is tried, per design', '256')
      .option('--out <file>', 'result: R.json');
    withCommonOptions(command).action(async (model: string, given: Record<string, unknown>) => {
      await run(model, given, invocation);
    });
  },
};
