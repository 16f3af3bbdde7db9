/**
 * Capacity: how many random +-1 patterns a network of N neurons keeps, as a sweep over loads. At every load several
 * networks with patterns of their own are cued with some of these, and the shares of all networks give the error bars,
 * since cues of one network are not independent of each other.
 *
 * What is known: Hebb's rule loses all patterns at once at P/N = 0.138 (D. Amit, H. Gutfreund, H. Sompolinsky, Phys. Rev.
 * Lett. 55 (1985) 1530, replica theory for N -> infinity; simulations of finite networks lie at 0.138 to 0.145), and
 * keeps most of them without any error up to P = N/(2 ln N) (R. McEliece et al., IEEE Trans. Inf. Theory 33 (1987) 461).
 */
import type { Algebra } from '../../model/algebra.js';
import { randomStream } from '../../model/random.js';
import { STREAM } from '../box.js';
import { Breath, runJobs, type JobOptions } from '../jobs.js';
import { SignMemory, type CapacityRule, type SignPatterns } from './sign-memory.js';
import { meanOf, transitionOf, wilsonInterval, type Transition } from './statistics.js';

/** What to sweep. */
export interface CapacityOptions extends JobOptions<NetworkTrials> {
  readonly rule: CapacityRule;
  /** N. */
  readonly size: number;
  /** P/N; for `dense` P/N^(n-1), for `softmax` log2(P)/N. Rising. */
  readonly loads: readonly number[];
  /** Networks of each load; 20 by default. */
  readonly networks?: number;
  /** Patterns of each network that are cued, at most all; 10 by default. */
  readonly trials?: number;
  /** Share of the neurons of a cue that are flipped; 0 by default. */
  readonly flip?: number;
  /** 1 by default. */
  readonly seed?: number;
}

/** What one network did. */
export interface NetworkTrials {
  /** Overlap xi.s/N at the end of each trial; null where the map did not come to rest. */
  readonly overlaps: readonly (number | null)[];
}

/** One load. */
export interface CapacityLevel {
  readonly load: number;
  /** P. */
  readonly patterns: number;
  /** Share of trials that end with an overlap of at least 0.7: mean over the networks and its standard error. */
  readonly retrieved: { readonly mean: number; readonly error: number };
  /** Share of trials that end in the pattern itself. */
  readonly errorFree: { readonly mean: number; readonly error: number };
  /** Wilson's 95 % intervals over all trials: narrower than they should be where trials of a network agree. */
  readonly retrievedInterval: readonly [lo: number, hi: number];
  readonly errorFreeInterval: readonly [lo: number, hi: number];
  /** What `expectedErrorFree` says; null where no law is known. Without flips in the cues. */
  readonly errorFreeLaw: number | null;
  readonly overlap: { readonly mean: number; readonly error: number };
  /** What `hebbianOverlap` says of Hebb's rule; null beyond its capacity and for other rules. */
  readonly overlapLaw: number | null;
  readonly undecided: number;
  /** Share retrieved of each network. */
  readonly networks: readonly number[];
}

/** A sweep. */
export interface CapacityReport {
  readonly levels: readonly CapacityLevel[];
  /** Load at which half of the trials are retrieved, with its 95 % interval; absent where they never cross one half. */
  readonly transition?: Transition;
  /** The same for error-free retrieval. */
  readonly errorFreeTransition?: Transition;
}

/** Retrieved states and spurious ones lie on both sides of it: at the transition of Hebb's rule 0.967 and some 0.35. */
const RETRIEVED = 0.7;
/** Largest P: the overlaps and patterns of one network. */
export const MOST_PATTERN_NUMBERS = 2 ** 28;

/** P at a load. */
export function patternsAt(rule: CapacityRule, size: number, load: number): number {
  if (rule.name === 'softmax') return Math.max(1, Math.round(2 ** (load * size)));
  return Math.max(1, Math.round(load * size ** (rule.name === 'dense' ? rule.n - 1 : 1)));
}

/**
 * Probability that a pattern is a fixed point, where the noise of the other P - 1 patterns is normal and the neurons
 * fail independently: (1 - Q(x))^N, x^2 = N^(n-1)/((2n - 3)!! (P - 1)), Q the tail of the normal distribution. n = 2 is
 * Hebb's rule (McEliece et al. 1987), larger n Krotov and Hopfield 2016, eq. 6. Undefined for the other rules.
 */
export function expectedErrorFree(rule: CapacityRule, size: number, patterns: number): number | undefined {
  if (rule.name === 'softmax' || rule.name === 'pseudo-inverse') return undefined;
  if (patterns === 1) return 1;
  const n = rule.name === 'dense' ? rule.n : 2;
  let odd = 1;
  for (let k = 2 * n - 3; k > 1; k -= 2) odd *= k;
  const x = Math.sqrt((size - 1) ** (n - 1) / (odd * (patterns - 1)));
  return Math.exp(size * Math.log1p(-normalTail(x)));
}

/**
 * Overlap m of a retrieval state of Hebb's rule for N -> infinity at zero temperature (D. Amit, H. Gutfreund, H.
 * Sompolinsky, Ann. Phys. 173 (1987) 30): m = erf y, erf(y)/y = sqrt(2 load) + (2/sqrt pi) e^{-y^2}, the solution with
 * the largest y. Undefined beyond the load 0.138, where there is none.
 */
export function hebbianOverlap(load: number): number | undefined {
  const loadAt = (y: number) =>
    (1 - 2 * normalTail(y * Math.SQRT2)) / y - (2 / Math.sqrt(Math.PI)) * Math.exp(-y * y);
  const excess = (y: number) => loadAt(y) - Math.sqrt(2 * load);
  // The right side rises up to y = 1.513 and falls from there on.
  let [lo, hi] = [TOP, 1e3];
  if (excess(lo) < 0) return undefined;
  for (let k = 0; k < 100; k++) {
    const middle = (lo + hi) / 2;
    if (excess(middle) >= 0) lo = middle;
    else hi = middle;
  }
  return 1 - 2 * normalTail(lo * Math.SQRT2);
}

/** y at the largest load that has a solution. */
const TOP = 1.5129;

/** Q(x) = erfc(x/sqrt 2)/2 for x >= 0 by its continued fraction (large x) or Simpson's rule (small x). */
function normalTail(x: number): number {
  const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  if (x > 3) {
    let fraction = x;
    for (let k = 60; k > 0; k--) fraction = x + k / fraction;
    return density / fraction;
  }
  const steps = 200;
  let sum = 0;
  for (let k = 0; k <= steps; k++) {
    const t = (x * k) / steps;
    sum += (k === 0 || k === steps ? 1 : k % 2 === 1 ? 4 : 2) * Math.exp((-t * t) / 2);
  }
  return 0.5 - (x / steps / 3) * (sum / Math.sqrt(2 * Math.PI));
}

/** Operations that 32 random signs take, in multiplications of a field. */
const COST_OF_SIGNS = 512;

/** Patterns of one network: +-1 with equal probability. */
async function randomPatterns(
  size: number,
  count: number,
  uniform: (index: number) => number,
  breath: Breath,
): Promise<SignPatterns> {
  const xi = new Int8Array(size * count);
  // 32 signs of each number.
  for (let at = 0, index = 0; at < xi.length; index++) {
    if (breath.dueAfter(COST_OF_SIGNS)) await breath.take();
    let bits = Math.floor(uniform(index) * 2 ** 32);
    for (let k = 0; k < 32 && at < xi.length; k++, bits = Math.floor(bits / 2))
      xi[at++] = bits % 2 === 0 ? 1 : -1;
  }
  return { size, count, xi };
}

/** Streams of random numbers: of each network one for its patterns and one for its cues. */
function streamOf(seed: number, job: number, cues: boolean) {
  // A network's own seed: 2^53 of them, far apart for neighbouring seeds of the user.
  const own = (seed * 1_000_003 + job) % Number.MAX_SAFE_INTEGER;
  return randomStream(own, cues ? STREAM.capacity : STREAM.capacity + 1);
}

/**
 * Sweeps over the loads.
 * @throws RangeError for loads whose patterns do not fit; rejects with the signal's reason on abort.
 */
export async function capacity(algebra: Algebra, options: CapacityOptions): Promise<CapacityReport> {
  const { rule, size, loads, networks = 20, trials = 10, flip = 0, seed = 1 } = options;
  const counts = loads.map((load) => patternsAt(rule, size, load));
  if (counts.some((count) => count * size > MOST_PATTERN_NUMBERS))
    throw new RangeError(`at most ${String(MOST_PATTERN_NUMBERS)} numbers of patterns`);
  const records = await runJobs<NetworkTrials>(
    loads.length * networks,
    async (job, breath) => {
      const count = counts[Math.floor(job / networks)];
      const patterns = await randomPatterns(size, count, streamOf(seed, job, false).uniform, breath);
      const memory = await SignMemory.store(rule, patterns, algebra, breath);
      const draw = streamOf(seed, job, true);
      const overlaps: (number | null)[] = [];
      for (let k = 0; k < Math.min(trials, count); k++) {
        // Patterns are all alike, so the first ones do.
        const pattern = memory.pattern(k);
        const s = flipped(pattern, flip, (i) => draw.uniform(k * size + i));
        const rested = await memory.settle(s, breath);
        overlaps.push(rested ? s.reduce((sum, v, i) => sum + v * pattern[i], 0) / size : null);
      }
      return { overlaps };
    },
    options,
  );
  const levels = loads.map((load, k) => {
    const own = records.slice(k * networks, (k + 1) * networks);
    const overlapLaw = rule.name === 'hebbian' ? hebbianOverlap(counts[k] / size) : undefined;
    const errorFreeLaw = flip === 0 ? expectedErrorFree(rule, size, counts[k]) : undefined;
    return levelOf(own, {
      load,
      patterns: counts[k],
      errorFreeLaw: errorFreeLaw ?? null,
      overlapLaw: overlapLaw ?? null,
    });
  });
  const breath = new Breath(options.signal);
  const transition = await transitionOf(
    loads,
    levels.map((level) => level.networks),
    seed,
    STREAM.capacity + 2,
    breath,
  );
  const errorFreeTransition = await transitionOf(
    loads,
    loads.map((_, k) => records.slice(k * networks, (k + 1) * networks).map((own) => shareOf(own, 1))),
    seed,
    STREAM.capacity + 3,
    breath,
  );
  return {
    levels,
    ...(transition ? { transition } : {}),
    ...(errorFreeTransition ? { errorFreeTransition } : {}),
  };
}

/** A copy with each neuron flipped with probability `share`. */
function flipped(pattern: Int8Array, share: number, uniform: (i: number) => number): Int8Array {
  if (share === 0) return Int8Array.from(pattern);
  return pattern.map((v, i) => (uniform(i) < share ? -v : v));
}

/** Share of trials whose overlap is at least `least`; undecided ones are none of them. */
const shareOf = ({ overlaps }: NetworkTrials, least: number): number =>
  overlaps.filter((m) => m !== null && m >= least).length / overlaps.length;

function levelOf(
  records: readonly NetworkTrials[],
  facts: Pick<CapacityLevel, 'load' | 'patterns' | 'errorFreeLaw' | 'overlapLaw'>,
): CapacityLevel {
  const all = records.flatMap(({ overlaps }) => overlaps);
  const decided = all.filter((m) => m !== null);
  const count = (least: number) => decided.filter((m) => m >= least).length;
  const networks = records.map((own) => shareOf(own, RETRIEVED));
  return {
    ...facts,
    retrieved: meanOf(networks),
    errorFree: meanOf(records.map((own) => shareOf(own, 1))),
    retrievedInterval: wilsonInterval(count(RETRIEVED), all.length),
    errorFreeInterval: wilsonInterval(count(1), all.length),
    overlap: overlapOf(records),
    undecided: all.length - decided.length,
    networks,
  };
}

/** Mean final overlap over the networks; the trials of one are not independent. */
function overlapOf(records: readonly NetworkTrials[]): { readonly mean: number; readonly error: number } {
  const means = records.flatMap(({ overlaps }) => {
    const own = overlaps.filter((m) => m !== null);
    return own.length > 0 ? [meanOf(own).mean] : [];
  });
  return means.length > 0 ? meanOf(means) : { mean: 0, error: 0 };
}
