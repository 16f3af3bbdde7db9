/**
 * The searches behind `findFixedPoints`: Newton from seeds in a box, from 0 and b, from the ends of a few relaxations (stable
 * points), without a cap on steps (points far outside of the box), from the minima of |r| on the plane through what was
 * found; and from the images of points under symmetries.
 */
import type { Algebra } from '../model/algebra.js';
import { norm, type Evaluator } from '../model/evaluator.js';
import type { Problem } from '../model/problem.js';
import type { Grid } from '../types.js';
import { Ends, type End } from './ends.js';
import { Newton, type NewtonOutcome } from './newton.js';
import { boxSeeds, gridSeeds } from './seeds.js';
import type { StateField } from './state-field.js';

/** Whoever follows Newton from many starts at once, roughly; a `Simulator` does. */
export interface Presolver {
  /** Where damped Newton leads from `starts`, [count][N]; in any precision, and nothing needs to have converged. */
  readonly newtonEnds: (
    problem: Problem,
    starts: Float64Array,
    signal?: AbortSignal,
  ) => Promise<{ readonly ends: Float32Array | Float64Array; readonly by: string }>;
}

/** How searches go about it. */
export interface SearchOptions {
  /** Seeds in the box; 4096 by default, fewer for more than 64 neurons. */
  readonly starts?: number;
  /** Every component of a seed lies in [lo, hi]; [-4, 4] by default. */
  readonly box?: readonly [lo: number, hi: number];
  /** Shifts the sequence of seeds; 1 by default. */
  readonly seed?: number;
  /**
   * Takes the starts first, and every end is then polished in f64 as its start would have been; for up to 8 neurons. Rounding
   * may lead a start to another fixed point than f64 does: hits differ, points do not.
   */
  readonly presolver?: Presolver;
  /** `measured` (default): a large search times both ways at its beginning and goes on with the faster; or `always`. */
  readonly presolve?: 'measured' | 'always';
  readonly signal?: AbortSignal;
  /** Called after every start. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

/** How many starts ended how. */
export type Outcomes = Readonly<Record<NewtonOutcome, number>>;

const RELAXED = 32;
/** Seeds for searches without a cap, of starts in the box: an eighth. */
const FAR_SHARE = 1 / 8;
const RELAXATION_STEPS = 200;
/** Cells along a side of the plane that is searched for minima of |r|, and its reach beyond the points found. */
const PLANE = 48;
const PLANE_SEEDS = 64;
const MARGIN = 1.5;
const MOST_ON_PLANES = 64;
const PATIENCE_MILLISECONDS = 40;

/** Starts where none are asked for: what a search takes grows with the cube of the neurons. */
export const defaultStarts = (neurons: number): number => (neurons <= 64 ? 4096 : neurons <= 256 ? 512 : 32);

/** Lets other work through now and then, and ends where the signal says so. */
export class Breath {
  #last = performance.now();
  readonly #signal: AbortSignal | undefined;

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
  }

  async take(): Promise<void> {
    if (performance.now() - this.#last < PATIENCE_MILLISECONDS) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.#signal?.throwIfAborted();
    this.#last = performance.now();
  }
}

/** Starts that a presolver gets at once, and that both ways are timed with. */
const BATCH = 4096;
const TIMED = 512;
/** Beyond, presolvers have no kernel (plan.ts) and their f64 twins are no faster than this search. */
const MOST_PRESOLVED = 8;

/** How the starts of a box ended, and a sentence on who followed them where a presolver was offered. */
interface BoxSearch {
  readonly outcomes: Outcomes;
  readonly solvedBy: string;
}

/** Newton from `starts` seeds in the box; counts hits of `ends` and adds new ones. */
export async function searchBox(
  field: StateField,
  newton: Newton,
  ends: Ends,
  settings: Required<Pick<SearchOptions, 'starts' | 'box' | 'seed'>> & SearchOptions,
  problem?: Problem,
): Promise<BoxSearch> {
  const { starts, box, seed, signal, onProgress, presolver, presolve = 'measured' } = settings;
  const outcomes = { converged: 0, stalled: 0, nonfinite: 0 };
  const n = field.state.length;
  const seedAt = boxSeeds(n, box, seed);
  const start = new Float64Array(n);
  const breath = new Breath(signal);
  let done = 0;
  const search = async (from: number, to: number, given?: Float32Array | Float64Array) => {
    for (let k = from; k < to; k++) {
      const end = given?.subarray((k - from) * n, (k - from + 1) * n);
      if (end?.every(Number.isFinite)) start.set(end);
      else seedAt(k, start);
      const covered = given !== undefined && ends.covers(start);
      const outcome = covered ? 'converged' : newton.run(start, ends);
      outcomes[outcome]++;
      if (outcome === 'converged') ends.add(covered ? start : field.state);
      onProgress?.({ done: ++done, total: starts });
      await breath.take();
    }
  };
  if (!presolver || !problem || n > MOST_PRESOLVED) {
    await search(0, starts);
    return { outcomes, solvedBy: 'Newton in f64 from every start' };
  }
  let by = '';
  const presolved = async (from: number, to: number) => {
    const seeds = new Float64Array((to - from) * n);
    for (let k = from; k < to; k++) seedAt(k, seeds.subarray((k - from) * n, (k - from + 1) * n));
    const found = await presolver.newtonEnds(problem, seeds, signal);
    by = found.by;
    await search(from, to, found.ends);
  };
  let next = 0;
  let faster = presolve === 'always';
  let why = '';
  if (!faster && starts >= 8 * TIMED) {
    const timed = async (work: (from: number, to: number) => Promise<void>) => {
      const began = performance.now();
      await work(next, (next += TIMED));
      return performance.now() - began;
    };
    // Once each before: compilers of both kinds have to warm up.
    await timed(search);
    const host = await timed(search);
    await timed(presolved);
    const device = await timed(presolved);
    faster = device < host;
    why = ` (measured on ${String(TIMED)} starts: ${host.toFixed(0)} ms in f64 alone, ${device.toFixed(0)} ms with ${by})`;
  }
  if (!faster) {
    await search(next, starts);
    return { outcomes, solvedBy: `Newton in f64 from every start${why}` };
  }
  for (; next < starts; next += BATCH) await presolved(next, Math.min(starts, next + BATCH));
  return { outcomes, solvedBy: `Newton on ${by}, every end polished in f64${why}` };
}

/** Further seeds, whose ends are new points but no hits: hits are counts of a sample of the box. */
export async function searchFurther(
  evaluator: Evaluator,
  algebra: Algebra,
  newton: Newton,
  field: StateField,
  ends: Ends,
  { starts, box, seed, signal }: Required<Pick<SearchOptions, 'starts' | 'box' | 'seed'>> & SearchOptions,
): Promise<void> {
  const n = field.state.length;
  const breath = new Breath(signal);
  const take = (seedState: Float64Array) => {
    if (newton.run(seedState, ends) === 'converged') ends.add(field.state, 0);
  };
  // The centre of every sign symmetry, which few seeds reach where W is large, and the state of a silent network.
  take(new Float64Array(n));
  take(evaluator.problem.network.bias);
  const seedAt = boxSeeds(n, box, seed + 1);
  const start = new Float64Array(n);
  for (let k = 0; k < RELAXED; k++) {
    seedAt(k, start);
    newton.relax(start, RELAXATION_STEPS);
    take(field.state.slice());
    await breath.take();
  }
  const farSeedAt = boxSeeds(n, box, seed + 2);
  for (let k = 0; k < FAR_SHARE * starts; k++) {
    farSeedAt(k, start);
    if (newton.runFar(start, ends) === 'converged') ends.add(field.state, 0);
    await breath.take();
  }
  const plane = n <= MOST_ON_PLANES ? leadingPlane(ends.all, algebra, n, box) : undefined;
  if (!plane) return;
  for (const minimum of gridSeeds(evaluator.problem, algebra, plane, PLANE_SEEDS)) {
    take(minimum);
    await breath.take();
  }
}

/** The two leading principal axes of the ends and their extent; the box on e0, e1 where there are too few. */
function leadingPlane(
  ends: readonly End[],
  algebra: Algebra,
  n: number,
  box: readonly [number, number],
): Grid {
  const unit = (k: number) => Float64Array.from({ length: n }, (_, i) => (i === k ? 1 : 0));
  const size = n === 1 ? [PLANE] : [PLANE, PLANE];
  if (n <= 2 || ends.length < 3)
    return {
      kind: 'grid',
      origin: new Float64Array(n),
      axes: size.map((_, k) => unit(k)),
      extent: size.map(() => box),
      size,
    };
  const origin = Float64Array.from({ length: n }, (_, i) =>
    ends.reduce((sum, e) => sum + e.state[i] / ends.length, 0),
  );
  const scatter = new Float64Array(n * n);
  for (const { state } of ends)
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) scatter[i * n + j] += (state[i] - origin[i]) * (state[j] - origin[j]);
  const { values, vectors } = algebra.symmetricEigen({ rows: n, columns: n, data: scatter });
  const axes = [n - 1, n - 2].map((k) => Float64Array.from({ length: n }, (_, i) => vectors.data[i * n + k]));
  // A standard deviation along each axis; points lie within a few of them.
  const extent = [n - 1, n - 2].map((k): [number, number] => {
    const reach = MARGIN * Math.max(1, 2 * Math.sqrt(Math.max(0, values[k]) / ends.length));
    return [-reach, reach];
  });
  return { kind: 'grid', origin, axes, extent, size };
}

/** |r| at a state, after which the evaluator is there. */
export function residualAt(evaluator: Evaluator, state: Float64Array): number {
  evaluator.moveTo(state);
  return norm(evaluator.r);
}
