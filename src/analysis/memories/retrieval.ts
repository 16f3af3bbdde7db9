/**
 * Retrieval: does the flow take a corrupted cue back to the memory of its pattern?
 *
 * The memory of a pattern is the stable point that the flow takes the pattern itself to. A cue is the pattern, corrupted
 * on its own neurons; all others start at rest for it (hidden units: h = W g + b). The flow is followed until it is proved
 * to go to a memory, or at rest. What is neither in time, and rest at a point whose spectrum decides nothing, is counted
 * apart, as undecided.
 *
 * Identity layers are rotated away (model/reduce.ts): what a cue has outside of the span of the memories decays by
 * itself and is seen by nothing, so ten images of 784 pixels are retrieved in 21 dimensions, exactly.
 */
import { MemscapeError } from '../../errors.js';
import type { StopSet } from '../../flow/task.js';
import type { Algebra } from '../../model/algebra.js';
import { dot, Evaluator, norm } from '../../model/evaluator.js';
import { liftNetwork } from '../../model/lift.js';
import { applyWeights } from '../../model/network.js';
import type { Problem } from '../../model/problem.js';
import { randomStream } from '../../model/random.js';
import { reduce, type Reduction } from '../../model/reduce.js';
import { STREAM } from '../box.js';
import { Breath, runJobs, type JobOptions } from '../jobs.js';
import { corrupt, Draw, drawsOf, type CorruptionKind } from './corruption.js';
import { isSame, RecallFlow, type End, type Target } from './recall-flow.js';
import { classOfRest, type RestClass } from './rest-class.js';
import { meanOf, wilsonInterval } from './statistics.js';

/** How a trial can end, in the order of the codes of `outcome` arrays (int8). */
export const retrievalOutcomes = ['retrieved', 'other-memory', 'elsewhere', 'undecided'] as const;
/**
 * How a trial ended: in the memory of its pattern, in that of another one, or at rest in neither. Undecided where it did
 * not in time, or came to the rest of a pattern that is not told to be stable.
 */
export type RetrievalOutcome = (typeof retrievalOutcomes)[number];

/** What is stored, and where in a state. */
export interface StoredPatterns {
  /** All of the same length: the neurons `offset` .. `offset + length`. */
  readonly patterns: readonly Float64Array[];
  /** 0 by default. */
  readonly offset?: number;
}

/** The fixed point that a pattern stands for: stable, or not told to be anything else. */
export interface Memory {
  /** N numbers. */
  readonly state: Float64Array;
  /** Cosine of the pattern and the memory, on the pattern's neurons. */
  readonly overlap: number;
  /** Index of an earlier pattern with the same memory; absent where it is its own. */
  readonly sameAs?: number;
}

/** One trial. */
export interface RetrievalTrial {
  readonly pattern: number;
  readonly outcome: RetrievalOutcome;
  /** Cosine with the memory of the pattern, on its neurons, of the cue and of the end. */
  readonly overlapBefore: number;
  readonly overlapAfter: number;
  readonly time: number;
}

/** All trials of one level of one kind. */
export interface RetrievalLevel {
  readonly kind: CorruptionKind;
  readonly level: number;
  readonly counts: Readonly<Record<RetrievalOutcome, number>>;
  /** Retrieved among the decided, with Wilson's 95 % interval; null where all are undecided. */
  readonly share: number | null;
  readonly interval: readonly [lo: number, hi: number];
  readonly overlapBefore: { readonly mean: number; readonly error: number };
  readonly overlapAfter: { readonly mean: number; readonly error: number };
  readonly trials: readonly RetrievalTrial[];
}

/** Which cues. */
export interface RetrievalOptions extends JobOptions<RetrievalTrial> {
  readonly corruptions: readonly { readonly kind: CorruptionKind; readonly level: number }[];
  /** Trials of each level, taking the patterns in turn; 200 by default. */
  readonly trials?: number;
  /** 1 by default. */
  readonly seed?: number;
}

/** A set around a stable state in which the flow is proved to go nowhere else; undefined where there is no proof. */
export type ProveBasin = (evaluator: Evaluator, algebra: Algebra, state: Float64Array) => StopSet | undefined;

/** How memories are found. */
export interface RetrievalChoice {
  readonly signal?: AbortSignal;
  /** Lets trials end before they rest; asked in up to 32 dimensions, beyond which the proof takes longer than they do. */
  readonly prove?: ProveBasin;
}

const MOST_OF_PROOF = 32;

/** A network with its memories, ready to be asked. */
export class Retrieval {
  readonly problem: Problem;
  /** One for each pattern; undefined where the flow takes it to a saddle, or nowhere in time. */
  readonly memories: readonly (Memory | undefined)[];
  /** What the rest of each pattern is. */
  readonly classes: readonly RestClass[];
  /** Memories with a set that ends trials early. */
  readonly proved: number;
  readonly #stored: Required<StoredPatterns>;
  readonly #reduction: Reduction | undefined;
  readonly #flow: RecallFlow;
  /** In the coordinates of the reduction. */
  readonly #targets: readonly (Target | undefined)[];

  private constructor(parts: {
    problem: Problem;
    stored: Required<StoredPatterns>;
    reduction: Reduction | undefined;
    flow: RecallFlow;
    targets: readonly (Target | undefined)[];
    classes: readonly RestClass[];
  }) {
    const { problem, stored, reduction, flow, targets, classes } = parts;
    this.problem = problem;
    this.#stored = stored;
    this.#reduction = reduction;
    this.#flow = flow;
    this.#targets = targets;
    this.classes = classes;
    this.proved = targets.filter((target) => target?.basin).length;
    this.memories = targets.map((target, k): Memory | undefined => {
      if (!target) return undefined;
      const state = reduction ? reduction.lift(target.state) : target.state;
      const same = targets.findIndex((other, j) => j < k && other && isSame(other.state, target.state));
      return {
        state,
        overlap: cosine(stored.patterns[k], this.#part(state)),
        ...(same >= 0 ? { sameAs: same } : {}),
      };
    });
  }

  /**
   * Follows every pattern to its memory.
   * @throws MemscapeError `data-shape` (exit 3) where patterns do not fit, `no-memory` (3) where none has a memory.
   */
  static async open(
    problem: Problem,
    algebra: Algebra,
    { patterns, offset = 0 }: StoredPatterns,
    { signal, prove }: RetrievalChoice = {},
  ): Promise<Retrieval> {
    const n = problem.network.size;
    if (
      patterns.length === 0 ||
      patterns.some((p) => p.length !== patterns[0].length || offset + p.length > n)
    )
      throw new MemscapeError({
        code: 'data-shape',
        what: 'the patterns do not fit the network',
        why: `it has ${String(n)} neurons.`,
        mend: 'give patterns of one length, one in each row',
        exitCode: 3,
      });
    const stored = { patterns, offset };
    const states = patterns.map((pattern) => stateFor(problem, stored, pattern));
    const reduction = reduce(problem, states);
    const starts = reduction ? states.map(reduction.project) : states;
    const reduced = reduction?.problem ?? problem;
    const breath = new Breath(signal);
    // Exponential steps keep fixed points whatever their length, so patterns alone would say nothing.
    const probes = starts.slice(0, 8).flatMap((y) => [y, y.map((v) => -v), y.map((v) => v / 2)]);
    const flow = await RecallFlow.open(reduced, algebra, probes, breath);
    const evaluator = new Evaluator(reduced, algebra);
    const classes: RestClass[] = [];
    const targets: (Target | undefined)[] = [];
    for (const start of starts) {
      const { state, rested } = await flow.follow(start, [], breath);
      const own = rested ? await classOfRest(reduced, algebra, { flow, rest: state, breath }) : 'none';
      classes.push(own);
      const basin =
        own === 'stable' && state.length <= MOST_OF_PROOF ? prove?.(evaluator, algebra, state) : undefined;
      const isMemory = own === 'stable' || own === 'undecided';
      targets.push(isMemory ? { state, ...(basin ? { basin } : {}) } : undefined);
    }
    if (targets.every((target) => target === undefined))
      throw new MemscapeError({
        code: 'no-memory',
        what: `none of the ${String(patterns.length)} patterns comes to rest at a stable point (${[...new Set(classes)].join(', ')})`,
        why: 'a memory is the stable point that the flow takes a pattern to.',
        mend: 'check the patterns and the model with `memscape trajectories`',
        exitCode: 3,
      });
    return new Retrieval({ problem, stored, reduction, flow, targets, classes });
  }

  /** Neurons that the flow is followed in. */
  get dimensions(): number {
    return this.#reduction?.problem.network.size ?? this.problem.network.size;
  }

  /**
   * One trial, with its states in full: a function of its arguments alone.
   * @param draw random numbers of this trial.
   */
  async trial(
    pattern: number,
    kind: CorruptionKind,
    level: number,
    draw: Draw,
    breath: Breath = new Breath(),
  ): Promise<{ trial: RetrievalTrial; cue: Float64Array; end: Float64Array }> {
    const memory = this.memories[pattern];
    if (!memory) throw new RangeError(`pattern ${String(pattern)} has no memory`);
    const cue = stateFor(
      this.problem,
      this.#stored,
      corrupt(this.#stored.patterns[pattern], kind, level, draw),
    );
    const start = this.#reduction ? this.#reduction.project(cue) : cue;
    const found = await this.#flow.follow(start, this.#targets, breath);
    const end = this.#reduction ? this.#reduction.lift(found.state) : found.state;
    const own = this.#part(memory.state);
    const trial: RetrievalTrial = {
      pattern,
      outcome: this.#outcome(pattern, found),
      overlapBefore: cosine(this.#part(cue), own),
      overlapAfter: cosine(this.#part(end), own),
      time: found.time,
    };
    return { trial, cue, end };
  }

  #outcome(pattern: number, { target, rested }: End): RetrievalOutcome {
    if (!rested || (target !== undefined && this.classes[target] === 'undecided')) return 'undecided';
    if (target === undefined) return 'elsewhere';
    return target === (this.memories[pattern]?.sameAs ?? pattern) ? 'retrieved' : 'other-memory';
  }

  #part(state: Float64Array): Float64Array {
    const { patterns, offset } = this.#stored;
    return state.subarray(offset, offset + patterns[0].length);
  }
}

/** Random numbers of trial `trial` of level `level`. */
export function drawOf(seed: number, level: number, trial: number, length: number): Draw {
  const own = drawsOf(length);
  // Levels lie 2^24 trials apart: their numbers never meet.
  return new Draw(randomStream(seed, STREAM.retrieval), (level * 2 ** 24 + trial) * own);
}

/** All trials of all levels. */
export async function retrieve(
  retrieval: Retrieval,
  { patterns }: StoredPatterns,
  options: RetrievalOptions,
): Promise<RetrievalLevel[]> {
  const { corruptions, trials = 200, seed = 1 } = options;
  const usable = retrieval.memories.flatMap((memory, k) => (memory ? [k] : []));
  const all = await runJobs(
    corruptions.length * trials,
    async (job, breath) => {
      const [level, trial] = [Math.floor(job / trials), job % trials];
      const draw = drawOf(seed, level, trial, patterns[0].length);
      const { kind, level: size } = corruptions[level];
      return (await retrieval.trial(usable[trial % usable.length], kind, size, draw, breath)).trial;
    },
    options,
  );
  return corruptions.map(({ kind, level }, k) => {
    const own = all.slice(k * trials, (k + 1) * trials);
    const counts = { retrieved: 0, 'other-memory': 0, elsewhere: 0, undecided: 0 };
    for (const { outcome } of own) counts[outcome]++;
    const decided = trials - counts.undecided;
    return {
      kind,
      level,
      counts,
      share: decided > 0 ? counts.retrieved / decided : null,
      interval: wilsonInterval(counts.retrieved, decided),
      overlapBefore: meanOf(own.map((trial) => trial.overlapBefore)),
      overlapAfter: meanOf(own.map((trial) => trial.overlapAfter)),
      trials: own,
    };
  });
}

/**
 * A state with a pattern in its place and all other neurons at rest for it, as far as one application of W tells:
 * W g(y) + b of eqs. 1 and 13, g(W u + b) of eq. 9, with g = 0 (u = 0) outside of the pattern.
 */
function stateFor({ network, equation }: Problem, { offset = 0 }: StoredPatterns, pattern: Float64Array) {
  const n = network.size;
  const state = new Float64Array(n);
  state.set(pattern, offset);
  if (pattern.length === n) return state;
  const { activation } = liftNetwork(network.layers);
  const [sent, received] = [Float64Array.from(state), new Float64Array(n)];
  if (equation !== 9) activation(state, sent);
  sent.fill(0, 0, offset).fill(0, offset + pattern.length);
  applyWeights(network, sent, received);
  for (let i = 0; i < n; i++) received[i] += network.bias[i];
  if (equation === 9) activation(Float64Array.from(received), received);
  received.set(pattern, offset);
  return received;
}

function cosine(a: Float64Array, b: Float64Array): number {
  const size = norm(a) * norm(b);
  return size > 0 ? dot(a, b) / size : 0;
}
