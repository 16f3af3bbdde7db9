/**
 * Dead neurons at a state: directions v in which the activation does not react, so that eq. 4 is flat although the
 * state may move (Prop. 1). H v = 0 is necessary and not enough: the zero of gelu's H at -0.752 is a point. So every
 * candidate is walked along, both ways, and the verdict says how far g stays as it is:
 *
 *   line, half-line   g never reacts again on two sides, on one (relu, saturation, the shift of a softmax): dead
 *   interval          a compact plateau (shrink): dead, but only within it
 *   point             H vanishes here alone (gelu, silu, gaussian, smu with small a; power at 0): degenerate
 *
 * Everything is told in the argument of g: y of eqs. 1 and 13, z = W u + b of eq. 9.
 */
import { DEAD_EIGENVALUE } from '../model/activation.js';
import type { Algebra } from '../model/algebra.js';
import { Evaluator, norm } from '../model/evaluator.js';
import type { Problem } from '../model/problem.js';
import { EDGE, FLAT_SLOPE, FlatTest, JUMP } from './flat-test.js';
import { hessianSpace } from './hessian-space.js';
import { argumentOf, krotovHopfield } from './krotov-hopfield.js';
import { plus } from './matrices.js';

/**
 * `dead`: g does not react on the named set. `degenerate`: H v = 0 here, but g reacts as soon as one moves on, or
 * wakes smoothly on one side. `not-flat`: H v is not zero.
 */
export type FlatVerdict = 'dead' | 'degenerate' | 'not-flat';

/** The set of c with g(y + c v) = g(y), as far as it reaches from c = 0. */
export type FlatSet = 'line' | 'half-line' | 'interval' | 'point';

/** What happens at y + c v. */
export interface FlatProbe {
  /** c. */
  readonly length: number;
  /** max |g(y + c v) - g(y)|. */
  readonly reaction: number;
  /** E4(y + c v) - E4(y); null where W is not symmetric. */
  readonly energy: number | null;
}

/** A direction of the argument of g with what was found along it. */
export interface FlatDirection {
  /** Name of the layer, or null for a direction across layers. */
  readonly layer: string | null;
  /** Neurons that the direction moves: |v_i| > 1e-6. */
  readonly neurons: readonly number[];
  /** v, N numbers of length 1. */
  readonly direction: readonly number[];
  /** |H v| at the state. */
  readonly hessian: number;
  readonly verdict: FlatVerdict;
  readonly set: FlatSet;
  /** Ends of the flat set in units of c; null is infinity. */
  readonly ends: readonly [number | null, number | null];
  /** Both ways, by rising c. */
  readonly probes: readonly FlatProbe[];
  /** The verdict in words. */
  readonly why: string;
}

/** What is dead at a state. */
export interface DeadReport {
  /** Dimension of null H (`dead-count`): candidates, degenerate ones included. */
  readonly nullDimension: number;
  /** How many of the candidates are dead. */
  readonly deadDimension: number;
  /** Rank of H. */
  readonly rank: number;
  /** Per neuron: false where it is dead by itself; an isolated zero of H is alive. */
  readonly alive: readonly boolean[];
  readonly directions: readonly FlatDirection[];
}

/** |c| relative to 1 + |y|: from where an isolated zero of H shows to far beyond any state. */
const LENGTHS = [1e-3, 1e-2, 1e-1, 1, 10, 100, 1000, 1e4];
const BISECTIONS = 60;
/** Activations of the table do all that they do at |x| below this. */
const NEAR_ZERO = 60;

/** Walks along directions from one state. */
class Walker {
  readonly #problem: Problem;
  readonly #evaluator: Evaluator;
  readonly #from: Float64Array;
  readonly #g: Float64Array;
  readonly #energy: number;
  readonly #test: FlatTest;
  readonly scale: number;

  constructor(problem: Problem, algebra: Algebra, argument: Float64Array) {
    this.#problem = problem.network.symmetric ? krotovHopfield(problem) : { ...problem, equation: 1 };
    this.#evaluator = new Evaluator(this.#problem, algebra);
    this.#from = argument;
    this.#evaluator.moveTo(argument);
    this.#g = Float64Array.from(this.#evaluator.g);
    this.#energy = this.#e4() ?? 0;
    this.#test = new FlatTest(this.#evaluator.lifted, argument.length).moveTo(argument);
    this.scale = 1 + norm(argument);
  }

  #e4(): number | null {
    return this.#problem.network.symmetric ? this.#evaluator.energy() : null;
  }

  /** |H v| at y + c v. */
  hessian(v: Float64Array, c: number): number {
    const out = new Float64Array(v.length);
    this.#evaluator.lifted.hessianApply(plus(this.#from, c, v), v, out);
    return norm(out);
  }

  /** max |g(y + c v) - g(y)|. */
  reaction(v: Float64Array, c: number): number {
    const g = new Float64Array(v.length);
    this.#evaluator.lifted.activation(plus(this.#from, c, v), g);
    return g.reduce((most, value, i) => Math.max(most, Math.abs(value - this.#g[i])), 0);
  }

  /** The local verdict, the same as that of `hessianSpectrum`; the walk adds how far it holds. */
  isDead(v: Float64Array): boolean {
    return this.#test.along(v);
  }

  sleeps(v: Float64Array, c: number): boolean {
    return this.hessian(v, c) <= FLAT_SLOPE && this.reaction(v, c) <= FLAT_SLOPE * Math.max(1, Math.abs(c));
  }

  probe(v: Float64Array, length: number): FlatProbe {
    const reaction = this.reaction(v, length);
    this.#evaluator.moveTo(plus(this.#from, length, v));
    const energy = this.#e4();
    return { length, reaction, energy: energy === null ? null : energy - this.#energy };
  }

  /**
   * Lengths to look at, rising: beside those of `LENGTHS` every half unit while the neuron that moves most is within
   * 60 of 0, where all activations of the table wake: from one tail of a gaussian to the other leads over its bump.
   */
  #lengths(v: Float64Array, sign: number): number[] {
    const i = v.reduce((most, value, k) => (Math.abs(value) > Math.abs(v[most]) ? k : most), 0);
    const crossing = Array.from({ length: 4 * NEAR_ZERO + 1 }, (_, k) => {
      const x = (k - 2 * NEAR_ZERO) / 2;
      return (x - this.#from[i]) / (sign * v[i]);
    });
    return [...LENGTHS.map((length) => length * this.scale), ...crossing.filter((c) => c > 0)].sort(
      (a, b) => a - b,
    );
  }

  /** How far g sleeps along v on one side (sign +1 or -1); Infinity where it never wakes. */
  reach(v: Float64Array, sign: number): number {
    let asleep = 0;
    for (const c of this.#lengths(v, sign)) {
      if (this.sleeps(v, sign * c)) {
        asleep = c;
        continue;
      }
      let awake = c;
      for (let k = 0; k < BISECTIONS && awake - asleep > 1e-12 * awake; k++) {
        const middle = (asleep + awake) / 2;
        if (this.sleeps(v, sign * middle)) asleep = middle;
        else awake = middle;
      }
      return asleep;
    }
    return Infinity;
  }
}

type Finding = Pick<FlatDirection, 'verdict' | 'set' | 'ends' | 'why'>;

/** The verdict on one direction, from how far g sleeps along it on both sides. */
function judge(walker: Walker, v: Float64Array): Finding {
  const [back, ahead] = [walker.reach(v, -1), walker.reach(v, 1)];
  const finite = (c: number) => (Number.isFinite(c) ? c : null);
  const ends = [back === 0 ? 0 : finite(-back), finite(ahead)] as const;
  if (walker.hessian(v, 0) > DEAD_EIGENVALUE)
    return { verdict: 'not-flat', set: 'point', ends: [0, 0], why: 'H v is not zero' };
  if (back === Infinity && ahead === Infinity)
    return { verdict: 'dead', set: 'line', ends, why: 'g does not react, however far along v or -v' };
  if (back === Infinity || ahead === Infinity) return halfLine(walker, v, back === Infinity ? 1 : -1, ends);
  if (walker.isDead(v))
    return {
      verdict: 'dead',
      set: 'interval',
      ends,
      why: 'g does not react within a bounded interval, and wakes at both of its ends',
    };
  return {
    verdict: 'degenerate',
    set: 'point',
    ends,
    why: 'H v vanishes at this point only: g reacts to second order, and E4 with it',
  };
}

/** Flat on one side; `wakes` is the side where it is not. */
function halfLine(walker: Walker, v: Float64Array, wakes: 1 | -1, ends: Finding['ends']): Finding {
  const side = wakes === 1 ? '-v' : 'v';
  if (!walker.isDead(v))
    return {
      verdict: 'degenerate',
      set: 'half-line',
      ends,
      why: `the state lies on the edge of a dead half-line: g sleeps along ${side} and wakes smoothly the other way`,
    };
  const edge =
    walker.hessian(v, wakes * EDGE * walker.scale) > JUMP ? '; the state lies on the very edge of it' : '';
  return {
    verdict: 'dead',
    set: 'half-line',
    ends,
    why: `g does not react along ${side}, however far${edge}`,
  };
}

function explore(walker: Walker, layer: string | null, v: Float64Array): FlatDirection {
  const steps = LENGTHS.slice(0, 6).map((length) => length * walker.scale);
  const finding = judge(walker, v);
  return {
    layer,
    neurons: [...v.keys()].filter((i) => Math.abs(v[i]) > 1e-6),
    direction: [...v],
    hessian: walker.hessian(v, 0),
    ...finding,
    probes: [...steps.map((c) => -c).reverse(), ...steps].map((c) => walker.probe(v, c)),
  };
}

/**
 * Dead neurons and directions at a state (Prop. 1), each candidate confirmed or refused by walking along it.
 * @param state y of eqs. 1 and 13, or u of eq. 9 (the directions are then those of z = W u + b).
 * @returns rank and null space of H, who is alive, and a verdict for every null direction.
 */
export function deadNeuronsAt(problem: Problem, algebra: Algebra, state: Float64Array): DeadReport {
  const evaluator = new Evaluator(problem, algebra);
  evaluator.moveTo(state);
  const { dead, alive, mask } = hessianSpace(evaluator, algebra);
  const walker = new Walker(problem, algebra, argumentOf(problem, state));
  const directions = dead.map(({ layer, vector }) =>
    explore(walker, problem.network.layers[layer].name, vector),
  );
  return {
    nullDimension: dead.length,
    deadDimension: directions.filter(({ verdict }) => verdict === 'dead').length,
    rank: alive.length,
    alive: mask,
    directions,
  };
}

/**
 * The same verdict for a direction of one's own, in the argument of g.
 * @param direction N numbers, not all 0; its length does not matter.
 */
export function flatDirection(
  problem: Problem,
  algebra: Algebra,
  state: Float64Array,
  direction: Float64Array,
): FlatDirection {
  const length = norm(direction);
  if (!(length > 0 && Number.isFinite(length))) throw new RangeError('a direction is finite and not 0');
  const walker = new Walker(problem, algebra, argumentOf(problem, state));
  const v = direction.map((value) => value / length);
  const touched = problem.network.layers.filter(({ offset, size }) =>
    v.subarray(offset, offset + size).some((value) => value !== 0),
  );
  return explore(walker, touched.length === 1 ? touched[0].name : null, v);
}
