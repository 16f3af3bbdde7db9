/** `memscape trajectories`: states, energies and outcomes from given starts, as a .npz file. */
import { rm } from 'node:fs/promises';
import {
  trajectories as integrate,
  type TrajectoryRecord,
  type TrajectorySet,
} from '../analysis/trajectories.js';
import { choiceFacts } from '../figures/paper.js';
import { methods, type MethodName } from '../flow/methods.js';
import { fallVerdicts, type FallVerdict } from '../flow/fall.js';
import { outcomes, type Outcome } from '../flow/outcome.js';
import { loadAlgebra } from '../model/algebra.js';
import { chooseFrom, quote } from '../model/check.js';
import { resolveProblem, type Problem } from '../model/problem.js';
import { loadModel, writeNpz, type NamedArray } from '../node.js';
import { plainNumber } from './arguments.js';
import type { CliCommand } from './command.js';
import { promiseFile } from './outputs.js';
import { provenance } from './provenance.js';
import { digest, isUnfinished, refuseUnfinished, Resumable } from './resumable.js';
import type { Session } from './session.js';
import { Finished, requestDigest } from './finished.js';
import { commonOptions, withCommonOptions, withSimulator, type Invocation } from './session.js';
import { readStates } from './states.js';
import { integrateOnGpu, LEAST_TOLERANCE, WORTH_A_GPU } from './trajectories-gpu.js';
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

const tallyOf = (found: readonly Outcome[]) =>
  Object.fromEntries(
    outcomes
      .map((name) => [name, found.filter((outcome) => outcome === name).length] as const)
      .filter(([, count]) => count > 0),
  );

/** What was asked for. */
interface Asked {
  readonly problem: Problem;
  /** [P][N]. */
  readonly states: Float64Array;
  readonly times: readonly number[];
  readonly method: MethodName;
  /** As given; each has its own default on each device. */
  readonly tolerances: { readonly rtol?: number; readonly atol?: number };
}

/** Arrays and facts of a result, with what to say about them. */
interface Answer {
  readonly arrays: Record<string, NamedArray | readonly string[]>;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly attractors: TrajectorySet['attractors'];
  readonly notes: readonly string[];
  readonly gpuMilliseconds: number;
  /** Called when everything is written. */
  readonly end?: () => Promise<void>;
}

async function run(
  model: string,
  given: Readonly<Record<string, unknown>>,
  invocation: Invocation,
): Promise<void> {
  const started = performance.now();
  const options = commonOptions(given);
  const tolerance = (name: 'rtol' | 'atol') =>
    typeof given[name] === 'string' ? { [name]: readTolerance(given[name], `--${name}`) } : {};
  const times = readTimes(String(given.times));
  const method = readMethod(String(given.method));
  const tolerances: Asked['tolerances'] = { ...tolerance('rtol'), ...tolerance('atol') };
  const resume = given.resume === true;
  if (resume && options.device === 'gpu') throw notResumable();
  const path = `${String(given.out)}.journal`;
  const done = await Finished.find(String(given.out), path, resume && !options.force);
  const force = options.force || done !== undefined || (resume && (await isUnfinished(path)));
  const file = await promiseFile(String(given.out), 'npz', force);
  const problem: Problem = await resolveProblem(await loadModel(model));
  const n = problem.network.size;
  const { count, states } = await readStates(String(given.points), '--points', n);
  const asked: Asked = { problem, states, times, method, tolerances };
  const small = count < WORTH_A_GPU || !((tolerances.rtol ?? 1) >= LEAST_TOLERANCE) || resume;
  const device = options.device === 'auto' && small ? 'cpu' : options.device;
  await withSimulator(invocation, { ...options, device }, async (session) => {
    const { console, signal } = session;
    const onGpu = session.simulator.backend.info.device === 'gpu';
    const identity = identityOf(asked);
    if (done) {
      done.tell(requestDigest(identity), console);
      return;
    }
    if (onGpu && !options.force) await refuseUnfinished(path);
    const answer = onGpu
      ? { ...(await inF32(asked, session)), end: () => rm(path, { force: true }) }
      : await inF64(asked, session, { path, identity, resume, force: options.force });
    const { outcomes: counts, attractors } = answer;
    const result = {
      format: 'memscape-trajectories/1',
      ...choiceFacts(problem),
      points: count,
      neurons: n,
      times,
      method,
      ...answer.facts,
      outcomes: counts,
      attractors: attractors.map(({ state, energy }) => ({ state: [...state], energy })),
      provenance: {
        ...provenance(invocation, options, session, started, answer.gpuMilliseconds),
        ...(onGpu ? {} : { request: requestDigest(identity) }),
      },
    };
    const words = new TextEncoder().encode(JSON.stringify(result));
    const bytes = writeNpz({ ...answer.arrays, provenance: { shape: [words.length], data: words } });
    for (const notice of problem.notices) console.note(notice);
    for (const written of await file.write(bytes, signal)) console.say(`wrote ${written}`);
    await answer.end?.();
    const verdicts = Object.entries(counts).map(([name, k]) => `${String(k)} ${name}`);
    console.say(
      `${String(count)} ${count === 1 ? 'trajectory' : 'trajectories'}: ${verdicts.join(', ')}; ${String(attractors.length)} ${attractors.length === 1 ? 'memory' : 'memories'}`,
    );
    for (const note of answer.notes) console.note(note);
    console.answer(result);
  });
}

const notResumable = () =>
  usageError(
    '--resume: trajectories on a GPU keep no journal',
    'they are integrated all at once, in much less time than f64 takes.',
    'leave out --device gpu to go on on the CPU, or leave out --resume to begin again',
  );

/** All starts at once on a GPU. */
async function inF32(
  { problem, states, times, method, tolerances }: Asked,
  session: Session,
): Promise<Answer> {
  const request = { problem, starts: states, times, method, ...tolerances };
  const { found, arrays } = await integrateOnGpu(session, await loadAlgebra(), request);
  return {
    arrays,
    facts: { ...found.tolerance, precision: found.computedBy.precision },
    outcomes: tallyOf(Array.from(found.outcome, (code) => outcomes[code])),
    attractors: found.attractors,
    notes: [
      ...found.notes,
      `integrated by ${found.computedBy.name} in ${found.computedBy.precision}; --device cpu adds a Lyapunov verdict for each trajectory, and --resume`,
    ],
    gpuMilliseconds: found.gpuMilliseconds,
  };
}

const CPU_TOLERANCES = { rtol: 1e-9, atol: 1e-11 } as const;

function startsOf({ states, problem }: Asked): Float64Array[] {
  const n = problem.network.size;
  return Array.from({ length: states.length / n }, (_, k) => states.slice(k * n, (k + 1) * n));
}

/** What the numbers of a run in f64 depend on. */
const identityOf = (asked: Asked) => ({
  command: 'trajectories',
  model: asked.problem.hash,
  points: digest(startsOf(asked)),
  times: asked.times,
  method: asked.method,
  ...CPU_TOLERANCES,
  ...asked.tolerances,
});

/** One start after the other in f64, with a journal to resume from and a Lyapunov verdict for each. */
async function inF64(
  asked: Asked,
  { console, signal }: Session,
  journal: Pick<Parameters<typeof Resumable.open>[0], 'path' | 'identity' | 'resume' | 'force'>,
): Promise<Answer> {
  const { problem, states, times, method } = asked;
  const n = problem.network.size;
  const count = states.length / n;
  const tolerances = { ...CPU_TOLERANCES, ...asked.tolerances };
  const starts = startsOf(asked);
  const kept = await Resumable.open<TrajectoryRecord>(journal);
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
  const lyapunov = lyapunovOf(found);
  return {
    arrays: arraysOf(found, times, n),
    facts: {
      ...tolerances,
      lyapunov,
      // JSON has no infinity: where no step was made nothing rose.
      largestRise: finite(largestOf(found, (one) => one.largestRise)),
      largestRate: finite(largestOf(found, (one) => one.largestRate)),
    },
    outcomes: tallyOf(found.trajectories.map(({ outcome }) => outcome)),
    attractors: found.attractors,
    notes:
      lyapunov.violated > 0
        ? [
            `the energy rises along ${String(lyapunov.violated)} of ${String(count)} ${count === 1 ? 'trajectory' : 'trajectories'}: it is no Lyapunov function of this system`,
          ]
        : [],
    gpuMilliseconds: 0,
    end: () => kept.end(),
  };
}

/** There may be more trajectories than a call takes arguments. */
const largestOf = (
  { trajectories }: TrajectorySet,
  of: (one: TrajectorySet['trajectories'][number]) => number,
) => trajectories.reduce((most, one) => Math.max(most, of(one)), -Infinity);

/** How many trajectories' energies fell, and the worst violation with the index of its trajectory. */
function lyapunovOf(set: TrajectorySet) {
  const { trajectories } = set;
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
    stepRise: Math.max(
      0,
      largestOf(set, ({ stepRise }) => stepRise),
    ),
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
      .option('--rtol <x>', 'relative tolerance of a step (default: 1e-9 on the CPU, 1e-5 on a GPU)')
      .option('--atol <x>', 'absolute tolerance of a step (default: 1e-11 on the CPU, 1e-7 on a GPU)')
      .option('--resume', 'go on where an interrupted run with the same --out stopped (CPU)', false);
    withCommonOptions(command).action(async (model: string, given: Record<string, unknown>) => {
      await run(model, given, invocation);
    });
  },
};
