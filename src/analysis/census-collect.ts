/**
 * What a census keeps: fixed points, each once although every cell that shares it finds it, pieces of continua, and
 * patterns that rounding leaves open. Nothing is kept that the f64 oracle does not confirm.
 */
import type { Algebra } from '../model/algebra.js';
import { Evaluator, norm } from '../model/evaluator.js';
import type { Problem } from '../model/problem.js';
import { EXACT, solveCell } from './census-cell.js';
import { cellsUnder, type CellSystem, type Pattern } from './census-system.js';

/** A zero of r. */
export interface CensusPoint {
  /** N numbers: y of eqs. 1 and 13, u of eq. 9. */
  readonly state: number[];
  /** The cell of each neuron, counted from the left; for a tied neuron, one of its two. */
  readonly pattern: number[];
  /** Neurons whose argument of g lies at a kink, so that the point belongs to more than one cell. */
  readonly tied: number[];
  /** |r| at it. */
  readonly residual: number;
}

/** A pattern that may hold a fixed point which f64 can neither confirm nor rule out. */
export interface UndecidedPattern {
  readonly state: number[];
  readonly pattern: number[];
  readonly why: string;
}

/** A point as it is collected, with the argument y of g. */
export interface FoundPoint extends CensusPoint {
  readonly y: Float64Array;
}

/** A polytope of fixed points within one closed cell. */
export interface FoundPiece extends FoundPoint {
  /** Orthonormal, in y. */
  readonly basis: readonly Float64Array[];
}

/** Networks with more fixed points than this are counted no further. */
const MOST_POINTS = 2 ** 17;
/** Continua of more pieces than this come from networks that are degenerate altogether (W = I). */
const MOST_PIECES = 1024;
/** Tied points this close are one point, found in two cells. Relative to 1 + |y|. */
const SAME = 1e-11;

export class Collector {
  readonly system: CellSystem;
  readonly pieces: FoundPiece[] = [];
  readonly undecided: UndecidedPattern[] = [];
  readonly #points: FoundPoint[] = [];
  readonly #tied: FoundPoint[] = [];
  readonly #evaluator: Evaluator;

  constructor(problem: Problem, algebra: Algebra, system: CellSystem) {
    this.system = system;
    this.#evaluator = new Evaluator(problem, algebra);
  }

  /** Why no more can be kept. */
  get overflow(): string | undefined {
    if (this.#points.length > MOST_POINTS) return `there are more than ${String(MOST_POINTS)} fixed points`;
    if (this.pieces.length > MOST_PIECES)
      return `continua of fixed points have more than ${String(MOST_PIECES)} pieces`;
    return undefined;
  }

  /** Solves a pattern and keeps what its closed cell holds. `regular`: its system is not singular. */
  take(pattern: Pattern, regular: boolean): FoundPoint | FoundPiece | undefined {
    const known = this.#tied.find((point) => this.#touches(point, pattern));
    // A regular pattern has one solution, and this is it.
    if (known && regular) return known;
    const solution = solveCell(this.system, pattern);
    if (solution.kind === 'none') return undefined;
    const { y } = solution;
    const { state, residual, exact } = this.#check(y, pattern);
    if (solution.kind === 'undecided' || !exact) {
      const why = solution.kind === 'undecided' ? solution.why : `|r| = ${residual.toExponential(1)} at it`;
      this.undecided.push({ state, pattern: [...pattern], why });
      return undefined;
    }
    const found = { state, pattern: [...pattern], tied: solution.tied, residual, y };
    if (solution.kind === 'piece') {
      const piece = { ...found, basis: solution.basis };
      this.pieces.push(piece);
      return piece;
    }
    if (found.tied.length > 0) {
      const twin = known ?? this.#tied.find((point) => isSame(point, found));
      if (twin) return twin;
      this.#tied.push(found);
    }
    this.#points.push(found);
    return found;
  }

  /** The distinct points, without those that lie on a continuum. */
  points(): FoundPoint[] {
    return this.#points.filter(
      (point) =>
        point.tied.length === 0 ||
        !(
          this.pieces.some((piece) => this.isInCell(point.y, piece.pattern)) ||
          this.#points.some((other) => other.tied.length === 0 && isSame(point, other))
        ),
    );
  }

  /** Whether y lies in the closed cell of a pattern: a fixed point then solves its system. */
  isInCell(y: Float64Array, pattern: ArrayLike<number>): boolean {
    const slack = 1e-9 * (1 + norm(y));
    return this.system.cells.every((own, i) => {
      const { from, to } = own[pattern[i]];
      return y[i] >= from - slack && y[i] <= to + slack;
    });
  }

  /** Whether a tied point lies in the closed cell of a pattern: they differ at its ties only, by one cell. */
  #touches({ tied, pattern, y }: FoundPoint, other: Pattern): boolean {
    for (let i = 0; i < other.length; i++) {
      if (other[i] === pattern[i]) continue;
      if (!tied.includes(i) || Math.abs(other[i] - pattern[i]) > 1) return false;
      const own = this.system.cells[i];
      const kink = own[Math.max(other[i], pattern[i])].from;
      if (Math.abs(y[i] - kink) > EXACT * (1 + norm(y))) return false;
    }
    return true;
  }

  /** |r| by the oracle, and whether it is rounding. */
  #check(y: Float64Array, pattern: Pattern): { state: number[]; residual: number; exact: boolean } {
    const state = this.stateOf(y, pattern);
    this.#evaluator.moveTo(Float64Array.from(state));
    const residual = norm(this.#evaluator.r);
    const { size: n, weights, bias } = this.system;
    let terms = 0;
    for (let i = 0; i < n; i++) {
      let sum = Math.abs(bias[i]) + Math.abs(y[i]);
      for (let j = 0; j < n; j++) sum += Math.abs(weights.data[i * n + j] * this.#evaluator.g[j]);
      terms = Math.max(terms, sum);
    }
    const rounding = 4 * n * Number.EPSILON * terms;
    return { state, residual, exact: residual <= Math.max(EXACT * (1 + norm(y)), rounding) };
  }

  /** The state of the problem whose argument of g is y: y itself, or u = g(y) for eq. 9. */
  stateOf(y: Float64Array, pattern: ArrayLike<number>): number[] {
    if (this.#evaluator.problem.equation !== 9) return [...y];
    return cellsUnder(this.system, pattern).map(({ slope, offset }, i) => slope * y[i] + offset);
  }
}

function isSame(a: FoundPoint, b: FoundPoint): boolean {
  const limit = SAME * (1 + norm(a.y));
  return a.y.every((v, i) => Math.abs(v - b.y[i]) <= limit);
}
