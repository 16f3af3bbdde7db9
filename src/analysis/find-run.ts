/**
 * Every fixed point, what it is. Newton from thousands of starts (search.ts), ends merged after they have converged,
 * continua told from points (continua.ts), images under symmetries added (symmetries.ts), false memories of singular R
 * (false-memories.ts), and for each its stability (stability.ts).
 *
 * Small piecewise linear networks have a census (census.ts): it gives the points, and the search counts their hits.
 * Elsewhere a search proves nothing about what it has not found. Said is the Good-Turing estimate of the share of the box
 * that leads to points not yet seen (points hit once / starts); `complete` is true only where Banach's theorem says that the
 * only fixed point was found (|W| sup|H| < 1).
 */
import { MemscapeError } from '../errors.js';
import { activationRow } from '../model/activation.js';
import type { Algebra } from '../model/algebra.js';
import { Evaluator, norm } from '../model/evaluator.js';
import type { Problem } from '../model/problem.js';
import { reduce } from '../model/reduce.js';
import { census } from './census.js';
import type { Census } from './census-all.js';
import { sortedByCensus } from './census-sets.js';
import { censusSize } from './census-size.js';
import { ZeroSets, type ZeroSet } from './continua.js';
import { frobenius } from './eigenvalue-error.js';
import { Ends, type End } from './ends.js';
import { falseMemories } from './false-memories.js';
import { byClassAndEnergy } from './fixed-points.js';
import { weightsOf } from './linearisation.js';
import { ballRadius } from './newton-ball.js';
import { Newton } from './newton.js';
import {
  Breath,
  defaultStarts,
  searchBox,
  searchFurther,
  type Outcomes,
  type SearchOptions,
} from './search.js';
import { stabilityAt, type Stability } from './stability.js';
import { ResidualField } from './state-field.js';
import { permuted, symmetriesOf, type SignedPermutation } from './symmetries.js';

/** A line, a region, a ring of fixed points. */
export interface ContinuumAt {
  readonly dimension: number;
  /** Orthonormal tangent directions at the point that stands for it. */
  readonly directions: readonly Float64Array[];
  /** Bounding box of the ends in it. */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** A fixed point, or one that stands for a continuum of them. */
export interface FoundPoint extends Stability {
  /** y of eqs. 1 and 13, u of eq. 9. */
  readonly state: Float64Array;
  /** |r| at it. */
  readonly residual: number;
  /** The problem's energy at it; null where it is not finite. */
  readonly energy: number | null;
  /** R r = 0 although r != 0: a steady state of the chosen dynamics alone. */
  readonly falseMemory: boolean;
  /** Starts in the box that ended here: 0 where only a symmetry or another search led here. */
  readonly hits: number;
  /** Points of one orbit of the network's symmetries have one number, from 0. */
  readonly orbit: number;
  /** Present where the point is one of many. */
  readonly continuum?: ContinuumAt;
}

/**
 * What a search amounts to. `proved`: nothing is missing. `saturated`: no point was hit once only. `open`: some were, so
 * more starts would find more. `none-found`: no start has converged (more starts or another box may). `nonfinite`: every
 * start left the numbers (a smaller box may help).
 */
export type SearchOutcome = 'proved' | 'saturated' | 'open' | 'none-found' | 'nonfinite';

/** Everything that was found. */
export interface FixedPointSearch {
  readonly outcome: SearchOutcome;
  /** Whether no zero of r is missing, as a proof. False memories are searched for, never enumerated. */
  readonly complete: boolean;
  /** Why it is complete, or why it may not be, in words. */
  readonly how: string;
  readonly method: 'census' | 'newton';
  readonly points: readonly FoundPoint[];
  /** Seeds in the box. */
  readonly starts: number;
  /** Good-Turing: share of the box that leads to unseen points; 1 where no start has converged. */
  readonly unseenMass: number;
  /** How the starts ended. */
  readonly outcomes: Outcomes;
  /** Who followed the starts, in words; with the times of both ways where they were measured. */
  readonly solvedBy: string;
  /** Symmetries that generate the group of W, b and g, and whether these are all. */
  readonly symmetry: { readonly generators: number; readonly complete: boolean };
  /** Parts of the network that do not act on each other: its points are all combinations of theirs. */
  readonly parts: number;
}

/** Larger networks take dense matrices of gigabytes, and minutes for each point. */
const MOST_NEURONS = 2048;

/** What `findFixedPoints` does. */
export async function search(
  problem: Problem,
  algebra: Algebra,
  options: SearchOptions = {},
): Promise<FixedPointSearch> {
  const box = options.box ?? [-4, 4];
  if (!(box[0] < box[1] && Number.isFinite(box[1] - box[0])))
    throw new RangeError('a box is [lo, hi] with lo < hi');
  const n = problem.network.size;
  const settings = { ...options, box, seed: options.seed ?? 1, starts: options.starts ?? defaultStarts(n) };
  const reduction = n > 64 ? reduce(problem, []) : undefined;
  const inner = reduction?.problem ?? problem;
  if (inner.network.size > MOST_NEURONS) throw tooLarge(inner.network.size);
  const evaluator = new Evaluator(inner, algebra);
  const field = new ResidualField(evaluator);
  const newton = new Newton(field);
  const ends = new Ends(ballRadius(evaluator));
  const counted = await countAll(inner, algebra, ends, options.signal);
  const { outcomes, solvedBy } = await searchBox(field, newton, ends, settings, inner);
  await searchFurther(evaluator, algebra, newton, field, ends, settings);
  const symmetries = symmetriesOf(inner.network);
  addImages(ends, newton, field.state, symmetries.generators);
  const breath = new Breath(options.signal);
  const { sets: known, others } = counted
    ? sortedByCensus(evaluator, counted, ends.all)
    : { sets: [], others: ends.all };
  const further = new ZeroSets(field, newton, algebra);
  await further.add(others, breath);
  const sets = [...known, ...further.all];
  const deceptive = await falseMemories(evaluator, algebra, settings);
  const orbits = orbitsOf(sets, symmetries.generators);
  const lift = reduction?.lift ?? ((state: Float64Array) => state);
  const points: FoundPoint[] = [];
  const all = [...sets.map((set, k) => ({ set, orbit: orbits[k], falseMemory: false }))];
  deceptive.forEach((set, k) => all.push({ set, orbit: sets.length + k, falseMemory: true }));
  for (const { set, orbit, falseMemory } of all) {
    points.push(describePoint(evaluator, algebra, set, { orbit, falseMemory }, lift));
    await breath.take();
  }
  points.sort(byKind);
  const singletons = sets.filter(({ hits }) => hits === 1).length;
  const proof = proofOf(inner, sets.length, counted?.census, further.all.length);
  return {
    outcome: proof.complete ? 'proved' : outcomeOf(outcomes, points.length, singletons),
    ...proof,
    method: counted ? 'census' : 'newton',
    points: renumbered(points),
    starts: settings.starts,
    unseenMass: unseenMass(proof.complete, points.length, singletons, settings.starts),
    outcomes,
    solvedBy,
    symmetry: { generators: symmetries.generators.length, complete: symmetries.complete },
    parts: partsOf(inner),
  };
}

/** Puts the points of a census into `ends`, and a state of each piece of a continuum; undefined where the network has none. */
async function countAll(
  problem: Problem,
  algebra: Algebra,
  ends: Ends,
  signal: AbortSignal | undefined,
): Promise<{ readonly census: Census; readonly points: ReadonlySet<End> } | undefined> {
  if (!censusSize(problem.network).possible) return undefined;
  const found = await census(problem, algebra, signal ? { signal } : {});
  const points = new Set(found.points.map(({ state }) => ends.add(Float64Array.from(state), 0).end));
  for (const { pieces } of found.continua)
    for (const { state } of pieces) ends.add(Float64Array.from(state), 0);
  return { census: found, points };
}

/** Whether nothing is missing, and why. */
function proofOf(
  problem: Problem,
  found: number,
  counted: Census | undefined,
  surprises: number,
): { complete: boolean; how: string } {
  if (counted) {
    if (!counted.complete || surprises === 0) return { complete: counted.complete, how: counted.how };
    return {
      complete: false,
      how: `${counted.how}, but the search found ${String(surprises)} more points: please report this`,
    };
  }
  if (isContraction(problem) && found === 1)
    return { complete: true, how: '|W| sup|H| < 1: there is exactly one fixed point (Banach)' };
  return { complete: false, how: 'a search from many starts proves nothing about what it has not found' };
}

function outcomeOf({ converged, stalled }: Outcomes, points: number, singletons: number): SearchOutcome {
  if (points > 0) return singletons > 0 || converged === 0 ? 'open' : 'saturated';
  return stalled > 0 ? 'none-found' : 'nonfinite';
}

function unseenMass(complete: boolean, points: number, singletons: number, starts: number): number {
  if (complete) return 0;
  return points === 0 ? 1 : singletons / starts;
}

/** Connected components of the graph of W, the neurons of a blockwise layer joined. */
function partsOf({ network }: Problem): number {
  const n = network.size;
  const w = weightsOf(network).data;
  const parent = Int32Array.from({ length: n }, (_, i) => i);
  const root = (i: number): number => {
    while (parent[i] !== i) i = parent[i] = parent[parent[i]];
    return i;
  };
  const join = (i: number, j: number) => (parent[root(i)] = root(j));
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) if (w[i * n + j] !== 0) join(i, j);
  for (const { offset, size, activation } of network.layers)
    if (activationRow(activation.name).kind === 'blockwise')
      for (let i = 1; i < size; i++) join(offset, offset + i);
  return parent.filter((_, i) => root(i) === i).length;
}

function tooLarge(n: number): MemscapeError {
  return new MemscapeError({
    code: 'fixed-points-size',
    what: `fixed points of ${String(n)} neurons were asked for; the limit is ${String(MOST_NEURONS)}`,
    why: 'every step solves a dense system, and every point needs a spectrum.',
    mend: 'follow the flow from states of interest instead (`memscape trajectories`), or give a smaller network',
    exitCode: 2,
  });
}

/** Fixed points of eq. 1 first, false memories last. */
function byKind(a: FoundPoint, b: FoundPoint): number {
  const energy = (p: FoundPoint) => ({ ...p, energy: p.energy ?? Infinity });
  return Number(a.falseMemory) - Number(b.falseMemory) || byClassAndEnergy(energy(a), energy(b));
}

/** Orbits numbered in the order in which they appear. */
function renumbered(points: readonly FoundPoint[]): FoundPoint[] {
  const numbers = new Map<number, number>();
  return points.map((point) => {
    const orbit = numbers.get(point.orbit) ?? numbers.size;
    numbers.set(point.orbit, orbit);
    return { ...point, orbit };
  });
}

function describePoint(
  evaluator: Evaluator,
  algebra: Algebra,
  set: ZeroSet,
  { orbit, falseMemory }: { readonly orbit: number; readonly falseMemory: boolean },
  lift: (state: Float64Array) => Float64Array,
): FoundPoint {
  const stability = stabilityAt(evaluator, algebra, set.state);
  const residual = norm(evaluator.r);
  const energy = evaluator.energy();
  const { dimension, directions, lower, upper } = set;
  const continuum = { dimension, directions: directions.map(lift), lower: lift(lower), upper: lift(upper) };
  return {
    ...stability,
    state: lift(set.state),
    residual,
    energy: Number.isFinite(energy) ? energy : null,
    falseMemory,
    hits: set.hits,
    orbit,
    ...(dimension > 0 ? { continuum } : {}),
  };
}

/** |W| sup|H| < 1: the map whose fixed points these are is a contraction. */
function isContraction({ network }: Problem): boolean {
  const slope = Math.max(
    ...network.layers.map(({ activation }) =>
      activationRow(activation.name).supHessian(activation.parameters),
    ),
  );
  return frobenius(weightsOf(network)) * slope < 1;
}

/** Images of points under symmetries are points: those that no search has found are added, polished. */
function addImages(
  ends: Ends,
  newton: Newton,
  at: Float64Array,
  generators: readonly SignedPermutation[],
): void {
  // The list grows while it is walked, so that images of images come too.
  const most = 4 * ends.all.length + 1000;
  for (let k = 0; k < ends.all.length && ends.all.length < most; k++)
    for (const generator of generators) {
      const image = permuted(generator, ends.all[k].state);
      if (!ends.find(image) && newton.run(image) === 'converged') ends.add(at, 0);
    }
}

/** For each set the smallest index in its orbit. */
function orbitsOf(sets: readonly ZeroSet[], generators: readonly SignedPermutation[]): number[] {
  const parent = sets.map((_, k) => k);
  const root = (k: number): number => (parent[k] === k ? k : (parent[k] = root(parent[k])));
  const points = new Ends();
  const indexOf = new Map(sets.map((set, k) => [points.add(set.state).end, k]));
  sets.forEach(({ state }, k) => {
    for (const generator of generators) {
      const image = points.find(permuted(generator, state));
      const other = image && indexOf.get(image);
      if (other === undefined) continue;
      const [a, b] = [root(k), root(other)];
      parent[Math.max(a, b)] = Math.min(a, b);
    }
  });
  return sets.map((_, k) => root(k));
}
