/** `memscape trajectories`: states, energies and outcomes from given starts, as a .npz file. */
import {
  trajectories as integrate,
  type TrajectoryRecord,
  type TrajectorySet,
} from '../analysis/trajectories.js';
import { choiceFacts } from '../figures/paper.js';
import { methods, type MethodName } from '../flow/methods.js';
import { fallVerdicts, type FallVerdict } from '../flow/fall.js';
import { outcomes } from '../flow/outcome.js';
import { loadAlgebra } from '../model/algebra.js';
import { chooseFrom, quote } from '../model/check.js';
import { resolveProblem, type Problem } from '../model/problem.js';
import { loadModel, writeNpz, type NamedArray } from '../node.js';
import { plainNumber } from './arguments.js';
import type { CliCommand } from './command.js';
import { Finished, requestDigest } from './finished.js';
import { promiseFile } from './outputs.js';
import { provenance } from './provenance.js';
import { digest, isUnfinished, Resumable } from './resumable.js';
import { commonOptions, refuseGpu, withCommonOptions, withSimulator, type Invocation } from './session.js';
import { readStates } from './states.js';
import { usageError } from './usage.js';

/** `0.5,2,8`. */
function readTimes(text: string): number[] {
  const times = text.split(',').map(plainNumber);
  const rises = times.every((t, k) => t !== undefined && t >= 0 && (k === 0 || t > (times[k - 1] ?? NaN)));
  if (rises) return times.map((t) => t ?? NaN);
  throw usageError(
    `--times: expected rising times from 0 on, found ${quote(text)}`,
    'states are stored at these times.',
    'give for example --times 0.5,2,8',
  );
}

function readTolerance(text: string, option: string): number {
  const value = plainNumber(text);
  if (value !== undefined && value > 0 && value < 1) return value;
  throw usageError(
    `${option}: expected a number between 0 and 1, found ${quote(text)}`,
    'it bounds the error of a step.',
    `give for example ${option} 1e-9`,
  );
}

function readMethod(text: string): MethodName {
  const names = Object.keys(methods) as MethodName[];
  const found = names.find((name) => name === text);
  if (found !== undefined) return found;
  throw usageError(
    `--method: ${quote(text)} is not a method`,
    'it says how a step is made.',
    chooseFrom(text, names),
  );
}

/** The arrays of the result, as interface.md names them. */
function arraysOf(
  found: TrajectorySet,
  times: readonly number[],
  n: number,
): Record<string, NamedArray | readonly string[]> {
  const { trajectories, attractors } = found;
  const [p, t] = [trajectories.length, times.length];
  const states = new Float64Array(p * t * n);
  const energy = new Float64Array(p * t);
  trajectories.forEach((one, k) => {
    states.set(one.states, k * t * n);
    energy.set(one.energy, k * t);
  });
  const per = (of: (one: TrajectorySet['trajectories'][number]) => number) => ({
    shape: [p],
    data: Float64Array.from(trajectories, of),
  });
  return {
    times: { shape: [t], data: Float64Array.from(times) },
    states: { shape: [p, t, n], data: states },
    energy: { shape: [p, t], data: energy },
    outcome: { shape: [p], data: Int8Array.from(trajectories, (one) => outcomes.indexOf(one.outcome)) },
    outcome_names: outcomes,
    attractor: { shape: [p], data: Int32Array.from(trajectories, (one) => one.attractor) },
    attractor_states: {
      shape: [attractors.length, n],
      data: Float64Array.from(attractors.flatMap(({ state }) => [...state])),
    },
    end_time: per((one) => one.endTime),
    period: per((one) => one.period ?? NaN),
    largest_rise: per((one) => one.largestRise),
    largest_rate: per((one) => one.largestRate),
    step_rise: per((one) => one.stepRise),
    verdict: {
      shape: [p],
      data: Int8Array.from(trajectories, (one) => fallVerdicts.indexOf(one.verdict)),
    },
    verdict_names: fallVerdicts,
    steps: { shape: [p], data: Int32Array.from(trajectories, (one) => one.steps) },
  };
}

const tallyOf = ({ trajectories }: TrajectorySet) =>
  Object.fromEntries(
    outcomes
      .map((name) => [name, trajectories.filter((one) => one.outcome === name).length] as const)
      .filter(([, count]) => count > 0),
  );

async function run(
  model: string,
  given: Readonly<Record<string, unknown>>,
  invocation: Invocation,
): Promise<void> {
  const started = performance.now();
  const options = commonOptions(given);
  refuseGpu(options.device, 'trajectories');
  const times = readTimes(String(given.times));
  const method = readMethod(String(given.method));
  const tolerances = {
    rtol: readTolerance(String(given.rtol), '--rtol'),
    atol: readTolerance(String(given.atol), '--atol'),
  };
  const resume = given.resume === true;
  const path = `${String(given.out)}.journal`;
  const done = await Finished.find(String(given.out), path, resume && !options.force);
  const force = options.force || done !== undefined || (resume && (await isUnfinished(path)));
  const file = await promiseFile(String(given.out), 'npz', force);
  const problem: Problem = await resolveProblem(await loadModel(model));
  const n = problem.network.size;
  const { count, states } = await readStates(String(given.points), '--points', n);
  const starts = Array.from({ length: count }, (_, k) => states.slice(k * n, (k + 1) * n));
  await withSimulator(invocation, { ...options, device: 'cpu' }, async (session) => {
    const { console, signal } = session;
    const identity = {
      command: 'trajectories',
      model: problem.hash,
      points: digest(starts),
      times,
      method,
      ...tolerances,
    };
    if (done) {
      done.tell(requestDigest(identity), console);
      return;
    }
    const kept = await Resumable.open<TrajectoryRecord>({
      path,
      identity,
      resume,
      force: options.force,
    });
    if (kept.left > 0)
      console.note(`${String(kept.left)} trajectories of an earlier run are taken as they are.`);
    const progress = console.progress('trajectories');
    const found = await integrate(problem, await loadAlgebra(), starts, {
      times,
      method,
      ...tolerances,
      ...(signal ? { signal } : {}),
      onProgress: progress.update,
      kept: kept.records,
      keep: kept.keep,
    })
      .catch(async (error: unknown) => {
        throw await kept.abandon(error, count, signal);
      })
      .finally(progress.stop);
    const counts = tallyOf(found);
    const result = {
      format: 'memscape-trajectories/1',
      ...choiceFacts(problem),
      points: count,
      neurons: n,
      times,
      method,
      ...tolerances,
      outcomes: counts,
      attractors: found.attractors.map(({ state, energy }) => ({ state: [...state], energy })),
      lyapunov: lyapunovOf(found),
      // JSON has no infinity: where no step was made nothing rose.
      largestRise: finite(Math.max(...found.trajectories.map((one) => one.largestRise))),
      largestRate: finite(Math.max(...found.trajectories.map((one) => one.largestRate))),
      provenance: {
        ...provenance(invocation, options, session, started, 0),
        request: requestDigest(identity),
      },
    };
    const words = new TextEncoder().encode(JSON.stringify(result));
    const bytes = writeNpz({
      ...arraysOf(found, times, n),
      provenance: { shape: [words.length], data: words },
    });
    for (const notice of problem.notices) console.note(notice);
    for (const written of await file.write(bytes, signal)) console.say(`wrote ${written}`);
    await kept.end();
    const verdicts = Object.entries(counts).map(([name, k]) => `${String(k)} ${name}`);
    console.say(
      `${String(count)} ${count === 1 ? 'trajectory' : 'trajectories'}: ${verdicts.join(', ')}; ${String(found.attractors.length)} ${found.attractors.length === 1 ? 'memory' : 'memories'}`,
    );
    const { violated } = result.lyapunov;
    if (violated > 0)
      console.note(
        `the energy rises along ${String(violated)} of ${String(count)} ${count === 1 ? 'trajectory' : 'trajectories'}: it is no Lyapunov function of this system`,
      );
    console.answer(result);
  });
}

/** How many trajectories' energies fell, and the worst violation with the index of its trajectory. */
function lyapunovOf({ trajectories }: TrajectorySet) {
  const counts = fallVerdicts.map((name) => [
    name,
    trajectories.filter(({ verdict }) => verdict === name).length,
  ]);
  const worst = trajectories
    .flatMap(({ violation }, trajectory) => (violation ? [{ trajectory, ...violation }] : []))
    .sort((a, b) => b.rate - a.rate)
    .at(0);
  return {
    ...(Object.fromEntries(counts) as Record<FallVerdict, number>),
    ...(worst ? { worst } : {}),
    stepRise: Math.max(0, ...trajectories.map(({ stepRise }) => stepRise)),
  };
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

export const trajectories: CliCommand = {
  register: (program, invocation) => {
    const command = program
      .command('trajectories')
      .description('where given starts go: states and energies at given times, and how each ends')
      .argument('<model>', 'model file')
      .requiredOption('--points <file>', 'starts: .npy of shape [P, N] or [N], or numbers such as "0,1;1,0"')
      .requiredOption('--times <list>', 'rising times, e.g. 0.5,2,8')
      .requiredOption('--out <file>', 'result: R.npz')
      .option('--method <name>', `one of ${Object.keys(methods).join(', ')}`, 'dopri5')
      .option('--rtol <x>', 'relative tolerance of a step', '1e-9')
      .option('--atol <x>', 'absolute tolerance of a step', '1e-11')
      .option('--resume', 'go on where an interrupted run with the same --out stopped', false);
    withCommonOptions(command).action(async (model: string, given: Record<string, unknown>) => {
      await run(model, given, invocation);
    });
  },
};
