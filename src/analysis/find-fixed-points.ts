/**
 * Every fixed point, what it is. Newton from thousands of starts (search.ts), ends merged after they have converged,
 * continua told from points (continua.ts), images under symmetries added (symmetries.ts), false memories of singular R
 * (false-memories.ts), and for each its stability (stability.ts).
 *
 * A search proves nothing about what it has not found. Two things are said about it: the Good-Turing estimate of the share
 * of the box that leads to points not yet seen (points hit once / starts), and `complete`, which is true only where Banach's
 * theorem says that the only fixed point was found (|W| sup|H| < 1), or where a census has been made.
 */
import { activationRow } from '../model/activation.js';
import type { Algebra } from '../model/algebra.js';
import { Evaluator, norm } from '../model/evaluator.js';
import type { Problem } from '../model/problem.js';
import { reduce } from '../model/reduce.js';
import { ZeroSets, type ZeroSet } from './continua.js';
import { frobenius } from './eigenvalue-error.js';
import { Ends } from './ends.js';
import { falseMemories } from './false-memories.js';
import { byClassAndEnergy } from './fixed-points.js';
import { weightsOf } from './linearisation.js';
import { Newton } from './newton.js';
import { Breath, defaultStarts, searchBox, searchFurther, type Outcomes, type SearchOptions } from './search.js';
import { stabilityAt, type Stability } from './stability.js';
import { residualField } from './state-field.js';
import { permuted, symmetriesOf, type SignedPermutation } from './symmetries.js';

/** A line, a region, a ring of fixed points. */
export interface Continuum {
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
  readonly continuum?: Continuum;
}

/** Everything that was found. */
export interface FixedPointSearch {
  /** Whether nothing is missing, as a proof. */
  readonly complete: boolean;
  readonly method: 'census' | 'newton';
  readonly points: readonly FoundPoint[];
  /** Seeds in the box. */
  readonly starts: number;
  /** Good-Turing: share of the box that leads to unseen points; 1 where no start has converged. */
  readonly unseenMass: number;
  /** How the starts ended. */
  readonly outcomes: Outcomes;
  /** Symmetries that generate the group of W, b and g, and whether these are all. */
  readonly symmetry: { readonly generators: number; readonly complete: boolean };
}

/**
 * Searches the fixed points of a problem.
 * @param options `starts`, `box`, `seed`: 4096 starts (fewer above 64 neurons) in [-4, 4]^N by default.
 * @throws the signal's reason where it aborts; RangeError for a box that is none.
 */
export async function findFixedPoints(
  problem: Problem,
  algebra: Algebra,
  options: SearchOptions = {},
): Promise<FixedPointSearch> {
  const box = options.box ?? [-4, 4];
  if (!(box[0] < box[1] && Number.isFinite(box[1] - box[0]))) throw new RangeError('a box is [lo, hi] with lo < hi');
  const n = problem.network.size;
  const settings = { ...options, box, seed: options.seed ?? 1, starts: options.starts ?? defaultStarts(n) };
  const reduction = n > 64 ? reduce(problem, []) : undefined;
  const inner = reduction?.problem ?? problem;
  const evaluator = new Evaluator(inner, algebra);
  const field = residualField(evaluator);
  const newton = new Newton(field);
  const { ends, outcomes } = await searchBox(field, newton, settings);
  await searchFurther(evaluator, algebra, newton, field, ends, settings);
  const symmetries = symmetriesOf(inner.network);
  addImages(ends, newton, field.state, symmetries.generators);
  const breath = new Breath(options.signal);
  const sets = new ZeroSets(field, newton, algebra);
  for (const end of ends.all) {
    sets.add(end);
    await breath.take();
  }
  const deceptive = await falseMemories(evaluator, algebra, settings);
  const orbits = orbitsOf(sets.all, symmetries.generators);
  const lift = reduction?.lift ?? ((state: Float64Array) => state);
  const points: FoundPoint[] = [];
  const all = [...sets.all.map((set, k) => ({ set, orbit: orbits[k], falseMemory: false }))];
  deceptive.forEach((set, k) => all.push({ set, orbit: sets.all.length + k, falseMemory: true }));
  for (const { set, orbit, falseMemory } of all) {
    points.push(describePoint(evaluator, algebra, set, { orbit, falseMemory }, lift));
    await breath.take();
  }
  points.sort(byKind);
  const singletons = sets.all.filter(({ hits }) => hits === 1).length;
  return {
    complete: isContraction(inner) && sets.all.length === 1 && deceptive.length === 0,
    method: 'newton',
    points: renumbered(points),
    starts: settings.starts,
    unseenMass: outcomes.converged === 0 ? 1 : singletons / settings.starts,
    outcomes,
    symmetry: { generators: symmetries.generators.length, complete: symmetries.complete },
  };
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
    ...network.layers.map(({ activation }) => activationRow(activation.name).supHessian(activation.parameters)),
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
