/**
 * The searches behind `findFixedPoints`: Newton from seeds in a box, from 0 and b, from the ends of a few relaxations (stable
 * points), from the minima of |r| on the plane through what was found; and from the images of points under symmetries.
 */
import type { Algebra } from '../model/algebra.js';
import { norm, type Evaluator } from '../model/evaluator.js';
import type { Grid } from '../types.js';
import { Ends, type End } from './ends.js';
import { Newton, type NewtonOutcome } from './newton.js';
import { boxSeeds, gridSeeds } from './seeds.js';
import type { StateField } from './state-field.js';

/** How searches go about it. */
export interface SearchOptions {
  /** Seeds in the box; 4096 by default, fewer for more than 64 neurons. */
  readonly starts?: number;
  /** Every component of a seed lies in [lo, hi]; [-4, 4] by default. */
  readonly box?: readonly [lo: number, hi: number];
  /** Shifts the sequence of seeds; 1 by default. */
  readonly seed?: number;
  readonly signal?: AbortSignal;
  /** Called after every start. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

/** How many starts ended how. */
export type Outcomes = Readonly<Record<NewtonOutcome, number>>;

const RELAXED = 32;
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

/** Newton from `starts` seeds in the box; counts hits of `ends` and adds new ones. */
export async function searchBox(
  field: StateField,
  newton: Newton,
  ends: Ends,
  {
    starts,
    box,
    seed,
    signal,
    onProgress,
  }: Required<Pick<SearchOptions, 'starts' | 'box' | 'seed'>> & SearchOptions,
): Promise<Outcomes> {
  const outcomes = { converged: 0, stalled: 0, nonfinite: 0 };
  const n = field.state.length;
  const seedAt = boxSeeds(n, box, seed);
  const start = new Float64Array(n);
  const breath = new Breath(signal);
  for (let k = 0; k < starts; k++) {
    seedAt(k, start);
    const outcome = newton.run(start, ends);
    outcomes[outcome]++;
    if (outcome === 'converged') ends.add(field.state);
    onProgress?.({ done: k + 1, total: starts });
    await breath.take();
  }
  return outcomes;
}

/** Further seeds, whose ends are new points but no hits: hits are counts of a sample of the box. */
export async function searchFurther(
  evaluator: Evaluator,
  algebra: Algebra,
  newton: Newton,
  field: StateField,
  ends: Ends,
  { box, seed, signal }: Required<Pick<SearchOptions, 'box' | 'seed'>> & SearchOptions,
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
