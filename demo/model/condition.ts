/**
 * Condition (11), sym(M^T R) >= 0, as far as it is known: a proof, a state that violates it, or neither so far. A hunt
 * looks for that state in portions that fit between two frames; the library's Refuter proposes where.
 */
import {
  proofsOf,
  Refuter,
  type Algebra,
  type ConditionAt,
  type EnergyRise,
  type Problem,
} from '../library.js';
import type { View } from '../plot/view.js';
import { stateAt } from './plane.js';
import type { Point } from './exact.js';

type Verdict = 'proved' | 'violated' | 'open';

/** What a landscape says of it. */
export interface Condition {
  readonly verdict: Verdict;
  readonly least: number;
  /** The place of the least eigenvalue, where it lies in the plane that is drawn. */
  readonly at?: Point;
  readonly states: number;
}

/** What a hunt knows by now. */
export interface Known {
  readonly verdict: Verdict;
  /** The theorem, where one applies. */
  readonly proof?: string;
  readonly states: number;
  /** States at which R is not defined. */
  readonly undefinedStates: number;
  readonly worst?: ConditionAt;
  /** A state of this very network from which the energy rises. */
  readonly rise?: EnergyRise;
  /** Whether enough was looked at. */
  readonly done: boolean;
}

/** Milliseconds of a portion, all told; 8 of the 16 of a frame are what it may take where others want the core too. */
const PORTION = 5;
/** States after which nothing more is expected, fewer where (11) is proved; milliseconds of work for slow ones. */
const ENOUGH = { open: 50_000, proved: 2_000, milliseconds: 20_000 } as const;
/** States are looked for at least this far from 0 in every neuron. */
const LEAST_REACH = 4;

/** A box that holds the view, and where activations bend. */
export function boxOf({ x, y, plane }: View): readonly [number, number][] {
  const { origin, axes } = plane;
  const reach = Array.from(origin, () => LEAST_REACH);
  const state = new Float64Array(origin.length);
  const wanted = { origin, axes: [axes[0], axes[1]] as const };
  for (const a of x)
    for (const b of y) {
      stateAt(wanted, [a, b], state);
      state.forEach((v, k) => (reach[k] = Math.max(reach[k], Math.abs(v))));
    }
  return reach.map((r) => [-r, r]);
}

/** Samples along each side of a view. */
const SIDE = 12;

/** States of a view, looked at first: a violation that can be seen is better than one that cannot. */
export function* samplesOf({ x, y, plane: { origin, axes } }: View): Generator<Float64Array> {
  for (let j = 0; j < SIDE; j++)
    for (let i = 0; i < SIDE; i++) {
      const state = new Float64Array(origin.length);
      const share = (k: number, [low, high]: Point) => low + ((k + 0.5) / SIDE) * (high - low);
      stateAt({ origin, axes: [axes[0], axes[1]] }, [share(i, x), share(j, y)], state);
      yield state;
    }
}

export class Hunt {
  readonly problem: Problem;
  readonly #refuter: Refuter;
  readonly #first: Iterator<Float64Array>;
  readonly #proof: string | undefined;
  /** What a portion took beyond what it was given: its last state, and the report. */
  #overrun = 0;
  #spent = 0;
  known: Known;

  /** @param first states to look at before any others. */
  constructor(
    problem: Problem,
    algebra: Algebra,
    box: readonly (readonly [number, number])[],
    first: Iterable<Float64Array> = [],
  ) {
    this.problem = problem;
    this.#first = first[Symbol.iterator]();
    this.#refuter = new Refuter(problem, algebra, { box });
    this.#proof = proofsOf(problem, algebra).find(({ applies }) => applies)?.name;
    this.known = this.#learn(this.#refuter.report());
  }

  /** Looks at some more states, at least one, in about this many milliseconds. */
  step(milliseconds = PORTION): Known {
    const started = performance.now();
    const given = Math.max(0, milliseconds - this.#overrun);
    const left = () => started + given - performance.now();
    while (left() > 0) {
      const next = this.#first.next();
      if (next.done === true) break;
      this.#refuter.look(next.value);
    }
    this.known = this.#learn(this.#refuter.step({ milliseconds: Math.max(0, left()) }));
    const took = performance.now() - started;
    // Forgotten slowly: the first states of all are interpreted, and take longer than those that follow.
    this.#overrun = Math.max(0.8 * this.#overrun, took - given);
    this.#spent += took;
    return this.known;
  }

  #learn({ evaluations, undefinedStates, worst, refuted, rise }: ReturnType<Refuter['report']>): Known {
    const proof = this.#proof;
    const enough = proof === undefined ? ENOUGH.open : ENOUGH.proved;
    return {
      // A proof is of real numbers: what f64 finds against it is its own rounding.
      verdict: proof !== undefined ? 'proved' : refuted ? 'violated' : 'open',
      ...(proof === undefined ? {} : { proof }),
      states: evaluations,
      undefinedStates,
      ...(worst ? { worst } : {}),
      ...(rise?.ownBias === true ? { rise } : {}),
      done: evaluations >= enough || this.#spent >= ENOUGH.milliseconds,
    };
  }
}
