/**
 * The map y -> y + R r(y) beside the flow y' = R r(y): one Euler step of length 1, which for R = I is y -> W g(y) + b, the
 * synchronous update of a network. Both have the same fixed points, but the map keeps those with |1 + lambda| < 1 for every
 * eigenvalue lambda of the Jacobian, and it has cycles where the flow has none.
 */
import { breathe } from '../analysis/box.js';
import type { FixedPointClass, Eigenvalue } from '../analysis/stability.js';
import type { Algebra } from '../model/algebra.js';
import { Evaluator, norm } from '../model/evaluator.js';
import type { Problem } from '../model/problem.js';
import { randomStream } from '../model/random.js';
import { LABEL } from './labels.js';
import { FAR, restSpeed, type Attractor, type BasinSystem, type KnownPoint } from './system.js';

/** A fixed point whose eigenvalues are known. */
export interface SpectralPoint extends KnownPoint {
  readonly spectrum: readonly Eigenvalue[];
}

/** Steps after which an iterate that has not ended is looked at. */
const HORIZON = 512;
/** Without a proof: this close to the point, relative to 1 + |y|, and nearly at rest. */
const [NEAR, SLOW] = [1e-3, 1e-4];
/** |1 + lambda| this close to 1 decides nothing. */
const UNSURE = 1e-9;
const MOST_JUDGED = 64;
const TRANSIENT = 4096;
const LONGEST_CYCLE = 64;
/** Iterates this close, relative to 1 + |y|, have come back. */
const BACK = 1e-9;
/** How far a cycle is pushed, relative to 1 + |y|, to see whether it attracts. */
const KICK = 1e-6;
const STREAM = 7;

/** What a fixed point is for the map. */
function classOfIterate(spectrum: readonly Eigenvalue[]): FixedPointClass {
  const sizes = spectrum.map(({ re, im }) => Math.hypot(1 + re, im));
  if (sizes.some((size) => Math.abs(size - 1) <= UNSURE)) return 'undecided';
  if (sizes.every((size) => size < 1)) return 'stable';
  return sizes.every((size) => size > 1) ? 'unstable' : 'saddle';
}

/** A problem made ready to map the basins of its map; `points` are its fixed points, whatever the flow makes of them. */
export function prepareIteration(
  problem: Problem,
  algebra: Algebra,
  points: readonly SpectralPoint[],
): BasinSystem {
  const evaluator = new Evaluator(problem, algebra);
  const known = points.map((point) => ({ ...point, class: classOfIterate(point.spectrum) }));
  const attractors = known
    .filter((point) => point.class === 'stable' && !point.continuum)
    .map(({ state }) => fixedPoint(state));
  return {
    problem,
    algebra,
    method: 'euler',
    step: 1,
    horizon: HORIZON,
    points: known,
    attractors,
    task: {
      method: 'euler',
      step: 1,
      stops: attractors.map(({ certificate }) => certificate.stop),
      farSquare: FAR ** 2,
    },
    rest: restSpeed(evaluator, points),
    iterates: true,
  };
}

function fixedPoint(state: Float64Array): Attractor & { readonly kind: 'fixed-point' } {
  const size = 1 + norm(state);
  const stop = {
    centre: state.slice(),
    weights: new Float64Array(state.length).fill(1),
    square: (NEAR * size) ** 2,
    slow: SLOW * size,
  };
  const why = 'the sets that are proved hold for the flow, not for its map';
  return { kind: 'fixed-point', state, certificate: { certified: false, stop, why } };
}

/** What became of an iterate that came to rest, or did not within the horizon. */
export class IterateJudge {
  judged = 0;
  unjudged = 0;
  readonly #system: BasinSystem;
  /** Cycles, and points that the search has missed, which starts on their stable sets (axes of symmetry) end on. */
  readonly #repelling: (readonly Float64Array[])[] = [];

  constructor(system: BasinSystem) {
    this.#system = system;
  }

  /** The label of a state at rest, where it needs no look. */
  knownAtRest(state: Float64Array): number | undefined {
    return this.#known(state);
  }

  /** The label of a state that may be on a cycle, where it needs no look. */
  knownReturned(state: Float64Array): number | undefined {
    return this.#known(state);
  }

  /** The label of a state at rest; rejects with the signal's reason. */
  atRest(state: Float64Array, signal?: AbortSignal): Promise<number> {
    return this.returned(state, signal);
  }

  /** Iterates on in f64 until the states repeat; what repeats may be a new attractor. Rejects with the signal's reason. */
  async returned(state: Float64Array, signal?: AbortSignal): Promise<number> {
    const known = this.#known(state);
    if (known !== undefined) return known;
    if (this.judged >= MOST_JUDGED) {
      this.unjudged++;
      return LABEL.undecided;
    }
    this.judged++;
    await breathe(signal);
    const { attractors } = this.#system;
    const orbit = this.#orbit(state);
    if (!orbit) return LABEL.undecided;
    const now = this.#known(orbit[0]);
    if (now !== undefined) return now;
    const change = this.#changeAround(orbit);
    if (change > 1) this.#repelling.push(orbit);
    if (change > 1 / 2) return change > 1 ? LABEL['saddle-slow'] : LABEL.undecided;
    const attractor: Attractor =
      orbit.length === 1 ? fixedPoint(orbit[0]) : { kind: 'limit-cycle', period: orbit.length, orbit };
    return attractors.push(attractor) - 1;
  }

  /** The label of a state near something known. */
  #known(state: Float64Array): number | undefined {
    const { attractors, points } = this.#system;
    const isNear = (at: Float64Array) => distance(at, state) <= NEAR * (1 + norm(state));
    const label = attractors.findIndex((a) =>
      a.kind === 'fixed-point' ? isNear(a.state) : a.orbit.some(isNear),
    );
    if (label >= 0) return label;
    const point = points.find((p) => isNear(p.state));
    if (!point) return this.#repelling.some((orbit) => orbit.some(isNear)) ? LABEL['saddle-slow'] : undefined;
    return point.class === 'undecided' ? LABEL.undecided : LABEL['saddle-slow'];
  }

  /** One round of the cycle that a state ends in; undefined where none of up to 64 states is seen. */
  #orbit(from: Float64Array): Float64Array[] | undefined {
    const next = this.#map();
    let y = from;
    for (let k = 0; k < TRANSIENT; k++) y = next(y);
    const orbit = [y];
    for (let period = 1; period <= LONGEST_CYCLE; period++) {
      const at = next(orbit[period - 1]);
      if (!at.every(Number.isFinite)) return undefined;
      if (distance(at, y) <= BACK * (1 + norm(y))) return orbit;
      orbit.push(at);
    }
    return undefined;
  }

  /** How many times as far from a cycle as before a state is that was pushed off it, in a direction at random. */
  #changeAround(orbit: readonly Float64Array[]): number {
    const next = this.#map();
    const { normal } = randomStream(1, STREAM);
    const direction = orbit[0].map((_, i) => normal(i));
    const kick = KICK * (1 + norm(orbit[0]));
    let y: Float64Array = orbit[0].map((v, i) => v + (kick * direction[i]) / norm(direction));
    for (let k = 0; k < TRANSIENT; k++) y = next(y);
    const away = Math.min(...orbit.map((at) => distance(at, y)));
    return Number.isFinite(away) ? away / kick : Infinity;
  }

  #map(): (y: Float64Array) => Float64Array {
    const { problem, algebra } = this.#system;
    const evaluator = new Evaluator(problem, algebra);
    return (y) => {
      evaluator.moveTo(y);
      const velocity = evaluator.velocity();
      return y.map((v, i) => v + velocity[i]);
    };
  }
}

function distance(a: Float64Array, b: Float64Array): number {
  let square = 0;
  for (let i = 0; i < a.length; i++) square += (a[i] - b[i]) ** 2;
  return Math.sqrt(square);
}
