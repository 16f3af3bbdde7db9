/**
 * Zeros that are not isolated. Where the derivative is singular at an end, two things are possible: the zeros go on in
 * its null directions (a line, a region, a ring: thousands of ends would be beads of one string), or the zero is a
 * multiple one, and ends lie scattered around it as far as rounding reaches. Both are recognised by walking: a step of 1e-2
 * along a null direction, then the shortest way back to a zero, either stays away or returns.
 *
 * Ends belong to one set where a walk from one leads to the other: straight through zeros, or step by step.
 */
import type { Algebra } from '../model/algebra.js';
import { dot, norm } from '../model/evaluator.js';
import type { Matrix } from '../types.js';
import type { End } from './ends.js';
import type { Newton } from './newton.js';
import type { StateField } from './state-field.js';

/** A connected set of zeros that searches ended in: a point (dimension 0), or a continuum. */
export interface ZeroSet {
  /** One of its states. */
  readonly state: Float64Array;
  hits: number;
  /** 0 for a point. */
  readonly dimension: number;
  /** Orthonormal tangent directions at `state`, as many as `dimension`. */
  readonly directions: readonly Float64Array[];
  /** Ends in it, a few: what walks start from, and their bounding box so far. */
  readonly anchors: Float64Array[];
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** Singular values below this, relative to the largest (at least 1), are tried as null directions. */
const NULL = 1e-6;
/** Length of a trial walk, relative to 1 + |y|. */
const TRIAL = 1e-2;
const ANCHORS = 12;
/** Where a straight walk is tested; no simple fractions, lest symmetric networks have zeros just there. */
const FRACTIONS = [0.137, 0.318, 0.503, 0.711, 0.893];
const WALK_STEPS = 60;

/** Sorts ends of one field into points and continua. */
export class ZeroSets {
  readonly #field: StateField;
  readonly #newton: Newton;
  readonly #algebra: Algebra;
  /** Found so far. */
  readonly all: ZeroSet[] = [];
  readonly #singular: ZeroSet[] = [];

  constructor(field: StateField, newton: Newton, algebra: Algebra) {
    this.#field = field;
    this.#newton = newton;
    this.#algebra = algebra;
  }

  /** Takes one distinct end. */
  add({ state, hits }: End): void {
    const nulls = this.#nullDirections(state);
    if (nulls.length === 0) {
      this.all.push({ state, hits, dimension: 0, directions: [], anchors: [], lower: state, upper: state });
      return;
    }
    const home = this.#singular.find((set) => this.#isConnected(set, state));
    if (home) {
      home.hits += hits;
      if (home.anchors.length < ANCHORS) home.anchors.push(state);
      state.forEach((v, i) => {
        home.lower[i] = Math.min(home.lower[i], v);
        home.upper[i] = Math.max(home.upper[i], v);
      });
      return;
    }
    const directions = nulls.filter((v) => this.#goesOn(state, v));
    const set = {
      state,
      hits,
      dimension: directions.length,
      directions,
      anchors: [state],
      lower: state.slice(),
      upper: state.slice(),
    };
    this.all.push(set);
    this.#singular.push(set);
  }

  #nullDirections(state: Float64Array): Float64Array[] {
    const n = state.length;
    this.#field.moveTo(state);
    const derivative: Matrix = { rows: n, columns: n, data: new Float64Array(n * n) };
    this.#field.derivative(derivative.data);
    if (!derivative.data.every(Number.isFinite)) return [];
    const { s, v } = this.#algebra.svd(derivative);
    const limit = NULL * Math.max(1, s[0]);
    return [...s.keys()]
      .filter((k) => s[k] <= limit)
      .map((k) => Float64Array.from({ length: n }, (_, i) => v.data[i * n + k]));
  }

  /** Whether zeros go on from `state` in the direction v or -v. */
  #goesOn(state: Float64Array, v: Float64Array): boolean {
    const length = TRIAL * (1 + norm(state));
    return [1, -1].some((sign) => {
      const aim = state.map((value, i) => value + sign * length * v[i]);
      if (this.#newton.project(aim) !== 'converged') return false;
      const moved = this.#field.state.map((value, i) => sign * (value - state[i]));
      return dot(moved, v) >= length / 2;
    });
  }

  #isConnected(set: ZeroSet, state: Float64Array): boolean {
    const near = [...set.anchors].sort((a, b) => distance(a, state) - distance(b, state));
    return (
      near.some((anchor) => this.#isStraight(anchor, state)) ||
      (set.dimension > 0 && this.#walk(near[0], state))
    );
  }

  /** Whether the field vanishes between two zeros as far as it does at them. */
  #isStraight(a: Float64Array, b: Float64Array): boolean {
    const sizeAt = (state: Float64Array) => {
      this.#field.moveTo(state);
      return norm(this.#field.value);
    };
    const limit = Math.max(4 * sizeAt(a), 4 * sizeAt(b), 1e-13 * (1 + Math.max(norm(a), norm(b))));
    return FRACTIONS.every((t) => sizeAt(a.map((v, i) => v + t * (b[i] - v))) <= limit);
  }

  /** Whether steps towards `goal`, each followed by the shortest way back to a zero, arrive. */
  #walk(from: Float64Array, goal: Float64Array): boolean {
    let at = from;
    let left = distance(at, goal);
    let stride = left / 4;
    for (let k = 0; k < WALK_STEPS; k++) {
      if (this.#isStraight(at, goal)) return true;
      const part = Math.min(1, stride / left);
      const aim = at.map((v, i) => v + part * (goal[i] - v));
      const arrived = this.#newton.project(aim) === 'converged' ? this.#field.state.slice() : undefined;
      const remaining = arrived ? distance(arrived, goal) : Infinity;
      if (arrived && remaining < left - stride / 8) {
        at = arrived;
        left = remaining;
        stride = Math.min(stride * 1.5, left);
      } else {
        stride /= 2;
        if (stride < 1e-3 * left) return false;
      }
    }
    return false;
  }
}

const distance = (a: Float64Array, b: Float64Array): number => norm(a.map((v, i) => v - b[i]));
