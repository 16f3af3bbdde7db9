/** `memscape eval`: quantities at points of a .npy file, as a .npz file. */
import { loadModel, writeNpz } from '../node.js';
import { resolveProblem } from '../model/problem.js';
import { Tally } from '../figures/index.js';
import { choiceFacts, computationFacts } from '../figures/paper.js';
import { quantityHelp, readQuantities } from './arguments.js';
import type { CliCommand } from './command.js';
import { refuseHuge } from './huge.js';
import { promiseFile } from './outputs.js';
import { provenance } from './provenance.js';
import { commonOptions, withCommonOptions, withSimulator, type Invocation } from './session.js';
import { readStates } from './states.js';

async function run(
  model: string,
  given: Readonly<Record<string, unknown>>,
  invocation: Invocation,
): Promise<void> {
  const started = performance.now();
  const options = commonOptions(given);
  const quantities = readQuantities(String(given.quantity));
  const file = await promiseFile(String(given.out), 'npz', options.force);
  const problem = await resolveProblem(await loadModel(model));
  const n = problem.network.size;
  const { count, states } = await readStates(String(given.points), '--points', n);
  refuseHuge(count, quantities, n);
  await withSimulator(invocation, options, async (session) => {
    const { simulator, console, signal } = session;
    const progress = console.progress('eval');
    const tally = new Tally(simulator, { ...(signal ? { signal } : {}), onProgress: progress.update });
    const { fields } = await tally
      .evaluate({ problem, sampling: { kind: 'points', count, states }, quantities })
      .finally(progress.stop);
    const result = {
      format: 'memscape-eval/1',
      ...choiceFacts(problem),
      points: count,
      neurons: n,
      arrays: Object.fromEntries([...fields].map(([quantity, { shape }]) => [quantity, shape])),
      computation: computationFacts(tally),
      provenance: provenance(invocation, options, session, started, tally.gpuMilliseconds),
    };
    // Names and numbers travel together: an .npz has no place for a text but an array of its bytes.
    const words = new TextEncoder().encode(JSON.stringify(result));
    const arrays = [...fields].map(([quantity, { shape, data }]) => [quantity, { shape, data }] as const);
    const bytes = writeNpz({
      ...Object.fromEntries(arrays),
      provenance: { shape: [words.length], data: words },
    });
    for (const notice of [...problem.notices, ...tally.notes]) console.note(notice);
    for (const written of await file.write(bytes, signal)) console.say(`wrote ${written}`);
    console.say(
      `${String(count)} points, ${simulator.backend.info.name}, ${tally.wallMilliseconds.toFixed(0)} ms`,
    );
    console.answer(result);
  });
}

export const evaluatePoints: CliCommand = {
  register: (program, invocation) => {
    const command = program
      .command('eval')
      .addHelpText('after', quantityHelp())
      .description('quantities at given states, as a .npz file')
      .argument('<model>', 'model file')
      .requiredOption('--points <file>', 'states: .npy of shape [P, N] or [N], or numbers such as "0,1;1,0"')
      .option('--quantity <names>', 'what to compute, joined by commas', 'energy')
      .requiredOption(
        '--out <file>',
        'result: R.npz, one array per quantity, and the provenance as JSON bytes',
      );
    withCommonOptions(command).action(async (model: string, given: Record<string, unknown>) => {
      await run(model, given, invocation);
    });
  },
};
