/** `memscape fixed-points`: every fixed point that can be found, what it is, and how sure that is, as a .json file. */
import { findFixedPoints } from '../analysis/find-fixed-points.js';
import type { FixedPointSearch } from '../analysis/find-run.js';
import { defaultStarts } from '../analysis/search.js';
import { choiceFacts } from '../figures/paper.js';
import { loadAlgebra } from '../model/algebra.js';
import { resolveProblem } from '../model/problem.js';
import { cpuOnly } from '../plan/plan.js';
import { loadModel } from '../node.js';
import { memoryChanges, plainPoint } from '../report/index.js';
import { readBox, readStarts } from './arguments.js';
import type { CliCommand } from './command.js';
import type { Console } from './console.js';
import { promiseFile } from './outputs.js';
import { provenance } from './provenance.js';
import { commonOptions, refuseGpu, withCommonOptions, withSimulator, type Invocation } from './session.js';

/** From so many starts on `auto` opens a GPU and lets it show whether it is faster. */
const MANY_STARTS = 16_384;

async function run(
  model: string,
  given: Readonly<Record<string, unknown>>,
  invocation: Invocation,
): Promise<void> {
  const started = performance.now();
  const options = commonOptions(given);
  const box = readBox(String(given.box));
  const asked = typeof given.starts === 'string' ? readStarts(given.starts) : undefined;
  const file = await promiseFile(String(given.out), 'json', options.force);
  const problem = await resolveProblem(await loadModel(model));
  const starts = asked ?? defaultStarts(problem.network.size);
  const small = !cpuOnly(problem, 'newton-end');
  if (!small) refuseGpu(options.device, 'fixed points of more than 8 neurons');
  const presolved =
    small && (options.device === 'gpu' || (options.device === 'auto' && starts >= MANY_STARTS));
  const device = presolved ? options.device : 'cpu';
  await withSimulator(invocation, { ...options, device }, async (session) => {
    const { console, signal } = session;
    const progress = console.progress('fixed-points');
    const found = await findFixedPoints(problem, await loadAlgebra(), {
      starts,
      box,
      seed: options.seed,
      ...(presolved ? { presolver: session.simulator } : {}),
      presolve: options.device === 'gpu' ? 'always' : 'measured',
      ...(signal ? { signal } : {}),
      onProgress: progress.update,
    }).finally(progress.stop);
    const result = {
      format: 'memscape-fixed-points/1',
      ...choiceFacts(problem),
      neurons: problem.network.size,
      box,
      ...found,
      memories: memoryChanges(found.points),
      points: found.points.map(plainPoint),
      provenance: provenance(invocation, options, session, started, 0),
    };
    for (const notice of problem.notices) console.note(notice);
    const written = await file.write(`${JSON.stringify(result, null, 2)}\n`, signal);
    tell(console, found);
    for (const file of written) console.say(`wrote ${file}`);
    console.answer(result);
  });
}

const MOST_ROWS = 24;
const MOST_NUMBERS = 6;

/** The table for people: one line for each point. */
function tell(
  console: Console,
  { points, method, outcome, how, starts, unseenMass, outcomes, parts, solvedBy }: FixedPointSearch,
) {
  const rows = points
    .slice(0, MOST_ROWS)
    .map((p) => [
      p.class +
        (p.falseMemory ? ', false' : '') +
        (p.continuum ? `, ${String(p.continuum.dimension)}-dim` : ''),
      p.energy === null ? '-' : p.energy.toPrecision(8),
      p.spectrum.length > 0 ? p.spectrum[0].re.toPrecision(5) : '-',
      String(p.deadDimensions),
      String(p.hits),
      String(p.orbit),
      stateWords(p.state),
    ]);
  const table = [['class', 'energy', 'max Re', 'dead', 'hits', 'orbit', 'state'], ...rows];
  const widths = table[0].map((_, k) => Math.max(...table.map((row) => row[k].length)));
  if (rows.length > 0)
    for (const row of table)
      console.say(
        row
          .map((cell, k) => cell.padEnd(widths[k]))
          .join('  ')
          .trimEnd(),
      );
  if (points.length > MOST_ROWS) console.say(`and ${String(points.length - MOST_ROWS)} more, in the file`);
  if (parts > 1)
    console.say(`${String(parts)} parts do not act on each other: points are combinations of theirs`);
  console.say(
    `${String(points.length)} ${points.length === 1 ? 'point' : 'points'} by ${method}, ${outcome}: ${how}; ` +
      `${String(outcomes.converged)} of ${String(starts)} starts converged, unseen share about ${unseenMass.toPrecision(2)}`,
  );
  console.say(solvedBy);
}

function stateWords(state: Float64Array): string {
  const shown = [...state.subarray(0, MOST_NUMBERS)].map((v) => String(Number(v.toPrecision(6))));
  return `(${shown.join(', ')}${state.length > MOST_NUMBERS ? ', ..' : ''})`;
}

export const fixedPoints: CliCommand = {
  register: (program, invocation) => {
    const command = program
      .command('fixed-points')
      .description('fixed points, their stability, dead neurons, false memories, as a .json file')
      .argument('<model>', 'model file')
      .option('--starts <n>', 'searches from the box (default: 4096; fewer above 64 neurons)')
      .option('--box <range>', 'lo:hi of every component of a start', '-4:4')
      .requiredOption('--out <file>', 'result: R.json');
    withCommonOptions(command).action(async (model: string, given: Record<string, unknown>) => {
      await run(model, given, invocation);
    });
  },
};
