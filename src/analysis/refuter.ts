/**
 * The refuter: it looks for a state at which condition (11) fails, sym(M^T R) with a negative eigenvalue, or at which
 * the energy rises along the flow. It cannot prove that there is none; what it finds is checked and stands.
 *
 * Half of its states are uniform in the box; the other half start from the best one so far and move one neuron anywhere
 * (which crosses the kinks of a piecewise linear H) or all of them a little. It works in portions, so that a page can
 * call it between two frames, and state k is a function of the seed: stopping and going on changes nothing.
 */
import type { Algebra } from '../model/algebra.js';
import { dot, Evaluator, norm } from '../model/evaluator.js';
import { applyWeights } from '../model/network.js';
import type { Problem } from '../model/problem.js';
import { randomStream, type RandomStream } from '../model/random.js';
import { boxOf, STREAM, type Box } from './box.js';
import { product } from './linearisation.js';
import {
  designMatrix,
  eigenvalueError,
  isFinite64,
  metricTerms,
  leastEigenpair,
  plus,
  symmetricPart,
  times,
  transpose,
} from './matrices.js';

/** sym(M^T R) at one state. */
export interface ConditionAt {
  /** Its smallest eigenvalue. */
  readonly eigenvalue: number;
  /** What rounding may have done to it; smaller than this it is not told from 0. */
  readonly error: number;
  /** The state: y of eq. 13, u of eq. 9. With a free bias: the argument of g. */
  readonly state: readonly number[];
  /** Unit eigenvector. */
  readonly vector: readonly number[];
}

/** A state from which the energy rises: the negative control of a violated condition. */
export interface EnergyRise {
  /** The bias b with which it does: the network's own, or one that was made for it. */
  readonly bias: readonly number[];
  readonly ownBias: boolean;
  readonly state: readonly number[];
  /** dE/dt = -(M r).(R r) there. */
  readonly rate: number;
  /** A step of the flow (`time`) and by how much the energy, evaluated before and after, really rose. */
  readonly time: number;
  readonly rise: number;
}

/** What the refuter knows by now. */
export interface Refutation {
  readonly evaluations: number;
  /** States at which R is not defined (`adaptive-polar` at a singular M). */
  readonly undefinedStates: number;
  /** The worst state so far; absent before the first evaluation. */
  readonly worst?: ConditionAt;
  /** Whether the worst eigenvalue is negative beyond rounding. */
  readonly refuted: boolean;
  /** A state of the network itself from which the energy rises, or with a bias of its own; where one was found. */
  readonly rise?: EnergyRise;
}

/** Where to look. */
export interface RefuterOptions {
  /** States (with a free bias: arguments of g); [-4, 4] in every coordinate by default. */
  readonly box?: Box;
  /** 1 by default. */
  readonly seed?: number;
  /**
   * `given` (default) looks at states of this network. `free` looks at every argument of g, as if b could be anything:
   * condition (11) as a statement on W, g and R alone.
   */
  readonly bias?: 'given' | 'free';
}

interface Candidate {
  readonly state: Float64Array;
  readonly eigenvalue: number;
  readonly error: number;
  readonly vector: Float64Array;
}

/** Searches for a violation of condition (11), portion by portion. */
export class Refuter {
  readonly #problem: Problem;
  readonly #own: Float64Array;
  readonly #free: boolean;
  readonly #evaluator: Evaluator;
  readonly #algebra: Algebra;
  /** Size of the terms of M before they cancel. */
  readonly #terms: number;
  readonly #box: readonly (readonly [number, number])[];
  readonly #stream: RandomStream;
  #drawn = 0;
  #evaluations = 0;
  #undefined = 0;
  #worst: Candidate | undefined;
  #rise: { state: Float64Array; relative: number } | undefined;

  constructor(
    problem: Problem,
    algebra: Algebra,
    { box = [-4, 4], seed = 1, bias = 'given' }: RefuterOptions = {},
  ) {
    // A bias of one's own to write to: with a free one, z of eq. 9 is set through it.
    this.#own = Float64Array.from(problem.network.bias);
    this.#problem = { ...problem, network: { ...problem.network, bias: Float64Array.from(this.#own) } };
    this.#free = bias === 'free' && problem.equation === 9;
    this.#evaluator = new Evaluator(this.#problem, algebra);
    this.#terms = metricTerms(problem);
    this.#algebra = algebra;
    this.#box = boxOf(box, problem.network.size);
    this.#stream = randomStream(seed, STREAM.search);
  }

  /** Looks at one state of one's own choice (with a free bias: an argument of g). */
  look(state: Float64Array): void {
    this.#evaluations++;
    const evaluator = this.#moveTo(state);
    const m = evaluator.metric();
    const r = isFinite64(m) ? designMatrix(evaluator) : undefined;
    if (r === undefined) {
      this.#undefined++;
      return;
    }
    const { value, vector } = leastEigenpair(this.#algebra, symmetricPart(product(transpose(m), r)));
    const error = eigenvalueError(m, r, this.#terms);
    if (!this.#worst || value < this.#worst.eigenvalue)
      this.#worst = { state: Float64Array.from(state), eigenvalue: value, error, vector };
    if (this.#free) return;
    const size = norm(evaluator.r);
    const relative = -dot(times(m, evaluator.r), times(r, evaluator.r)) / size ** 2;
    if (relative > error && relative > (this.#rise?.relative ?? 0))
      this.#rise = { state: Float64Array.from(state), relative };
  }

  /**
   * Looks at more states: a number of them, or as many as fit into a time (at least one).
   * @returns everything known by now.
   */
  step(budget: { readonly evaluations: number } | { readonly milliseconds: number }): Refutation {
    const until = 'milliseconds' in budget ? performance.now() + budget.milliseconds : Infinity;
    const count = 'evaluations' in budget ? budget.evaluations : Infinity;
    let done = 0;
    do this.look(this.#propose());
    while (++done < count && performance.now() < until);
    return this.report();
  }

  /** What is known by now; the rise is computed here, so ask when it is wanted. */
  report(): Refutation {
    const worst = this.#worst;
    const refuted = worst !== undefined && worst.eigenvalue < -worst.error;
    const rise = this.#ownRise() ?? (refuted ? this.#madeRise(worst) : undefined);
    return {
      evaluations: this.#evaluations,
      undefinedStates: this.#undefined,
      ...(worst
        ? {
            worst: {
              eigenvalue: worst.eigenvalue,
              error: worst.error,
              state: [...worst.state],
              vector: [...worst.vector],
            },
          }
        : {}),
      refuted,
      ...(rise ? { rise } : {}),
    };
  }

  #uniform(): number {
    return this.#stream.uniform(this.#drawn++);
  }

  #anywhere = (i: number): number => {
    const [lo, hi] = this.#box[i];
    return lo + (hi - lo) * this.#uniform();
  };

  #propose(): Float64Array {
    const n = this.#box.length;
    const best = this.#worst;
    if (!best || this.#evaluations % 2 === 0)
      return Float64Array.from({ length: n }, (_, i) => this.#anywhere(i));
    const state = Float64Array.from(best.state);
    if (this.#uniform() < 0.5) {
      const i = Math.min(n - 1, Math.floor(n * this.#uniform()));
      state[i] = this.#anywhere(i);
      return state;
    }
    const reach = 10 ** (-3 * this.#uniform());
    return state.map((value, i) => {
      const [lo, hi] = this.#box[i];
      return Math.min(hi, Math.max(lo, value + reach * (hi - lo) * (this.#uniform() - 0.5)));
    });
  }

  #moveTo(state: Float64Array, bias?: Float64Array): Evaluator {
    const own = this.#problem.network.bias;
    if (this.#free && bias === undefined) {
      own.set(state);
      this.#evaluator.moveTo(new Float64Array(state.length));
    } else {
      own.set(bias ?? this.#own);
      this.#evaluator.moveTo(state);
    }
    return this.#evaluator;
  }

  #ownRise(): EnergyRise | undefined {
    return this.#rise && this.#climb(this.#rise.state, this.#own, true);
  }

  /** A bias that turns the residual into the eigenvector v: then dE/dt = -lambda |v|^2 > 0. */
  #madeRise({ state, vector }: Candidate): EnergyRise | undefined {
    const { network, equation } = this.#problem;
    const evaluator = this.#moveTo(state);
    const g = Float64Array.from(evaluator.g);
    const product = new Float64Array(g.length);
    if (equation !== 9) {
      // r = W g + b - y = v.
      applyWeights(network, g, product);
      return this.#climb(
        state,
        state.map((y, i) => vector[i] + y - product[i]),
        false,
      );
    }
    // r = g(z) - u = v with z = W u + b as it is.
    const z = Float64Array.from(evaluator.x);
    const u = plus(g, -1, vector);
    applyWeights(network, u, product);
    return this.#climb(u, plus(z, -1, product), false);
  }

  /** Takes a step of the flow and sees whether the energy rose; the step shrinks until it does as the rate says. */
  #climb(state: Float64Array, bias: Float64Array, ownBias: boolean): EnergyRise | undefined {
    const evaluator = this.#moveTo(state, bias);
    const velocity = Float64Array.from(evaluator.velocity());
    const rate = -dot(evaluator.metricTimesResidual(), velocity);
    const before = evaluator.energy();
    for (let time = 0.1; time > 1e-7; time /= 4) {
      this.#moveTo(plus(state, time, velocity), bias);
      const rise = evaluator.energy() - before;
      if (Math.abs(rise - time * rate) <= 0.1 * time * rate)
        return { bias: [...bias], ownBias, state: [...state], rate, time, rise };
    }
    return undefined;
  }
}
