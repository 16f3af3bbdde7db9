/**
 * Zeros that are not isolated. Where the derivative is singular at an end, two things are possible: the zeros go on in
 * its null directions (a line, a region, a ring: thousands of ends would be beads of one string), or the zero is a
 * multiple one, and ends lie scattered around it as far as rounding reaches. Both are recognised by walking: a step of 1e-2
 * along a null direction, then the shortest way back to a zero, either stays away or returns.
 *
 * Ends belong to one set where a walk from one leads to the other: straight through zeros, or step by step along null
 * directions. Never across: the shortest way back to a zero may lead to another set beside it. At a kink where a set ends
 * the derivative may be regular, as it is that of the other side: such ends come last, when the sets are known.
 */
import type { Algebra } from '../model/algebra.js';
import { dot, norm } from '../model/evaluator.js';
import type { Matrix } from '../types.js';
import type { End } from './ends.js';
import type { Breath } from './jobs.js';
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
const WALK_STEPS = 200;
/** How far from where it aimed a step may arrive, relative to its length: where zeros bend, shorter ones come nearer. */
const ASIDE = 0.05;
/** Least cosine between the goal and the null directions: beyond, the set leads no nearer to it. */
const ALONG = 0.02;
/** With more sets than this an end is not tried for joining two of them. */
const MOST_COMPARED = 16;

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

  /** Takes distinct ends. */
  async add(ends: readonly End[], breath: Pick<Breath, 'take'>): Promise<void> {
    const regular: End[] = [];
    for (const end of ends) {
      const nulls = this.#nullDirections(end.state);
      if (nulls.length > 0) this.#addSingular(end, nulls);
      else regular.push(end);
      await breath.take();
    }
    for (const end of regular) {
      this.#addRegular(end);
      await breath.take();
    }
  }

  #addSingular({ state, hits }: End, nulls: readonly Float64Array[]): void {
    const homes = this.#homesOf(state);
    if (homes.length > 0) {
      const [home, ...more] = homes;
      join(home, { hits, anchors: [state], lower: state, upper: state });
      for (const other of more) {
        join(home, other);
        this.all.splice(this.all.indexOf(other), 1);
        this.#singular.splice(this.#singular.indexOf(other), 1);
      }
      return;
    }
    const set = setAt(
      state,
      hits,
      nulls.filter((v) => this.#goesOn(state, v)),
    );
    this.all.push(set);
    this.#singular.push(set);
  }

  /** A point, or where a continuum ends at a kink. */
  #addRegular({ state, hits }: End): void {
    const home = this.#singular.find((set) => set.dimension > 0 && this.#isNextTo(set, state));
    // No walk starts here: its null directions are those of the other side.
    if (home) join(home, { hits, anchors: [], lower: state, upper: state });
    else this.all.push(setAt(state, hits, []));
  }

  /** The sets that a state belongs to: more than one where it shows that they are one. */
  #homesOf(state: Float64Array): ZeroSet[] {
    if (this.#singular.length > MOST_COMPARED) {
      const first = this.#singular.find((set) => this.#isNextTo(set, state));
      if (first) return [first];
    } else {
      const all = this.#singular.filter((set) => this.#isNextTo(set, state));
      if (all.length > 0) return all;
    }
    return this.#singular
      .filter(({ dimension }) => dimension > 0)
      .map((set) => ({ set, from: nearest(set.anchors, state) }))
      .sort((a, b) => distance(a.from, state) - distance(b.from, state))
      .slice(0, MOST_COMPARED)
      .filter(({ from }) => this.#walk(from, state))
      .map(({ set }) => set);
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

  /** Whether a straight walk leads from a set to a state. */
  #isNextTo({ anchors }: ZeroSet, state: Float64Array): boolean {
    return [...anchors]
      .sort((a, b) => distance(a, state) - distance(b, state))
      .some((anchor) => this.#isStraight(anchor, state));
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

  /** Whether steps along null directions towards `goal`, each followed by the shortest way back to a zero, arrive. */
  #walk(from: Float64Array, goal: Float64Array): boolean {
    let at = from;
    let left = distance(at, goal);
    let stride = left / 4;
    for (let k = 0; k < WALK_STEPS; k++) {
      if (this.#isStraight(at, goal)) return true;
      const way = this.#wayTo(at, goal);
      const along = norm(way) / left;
      if (along < ALONG) return false;
      const length = Math.min(stride, along * left);
      const aim = at.map((v, i) => v + (length / (along * left)) * way[i]);
      const arrived = this.#newton.project(aim) === 'converged' ? this.#field.state.slice() : undefined;
      const remaining = arrived ? distance(arrived, goal) : Infinity;
      // At a kink every step arrives aside: a short one may, where nothing else is so near.
      const short = TRIAL * (1 + norm(at));
      const aside = (length <= short ? 1 : ASIDE) * length;
      if (arrived && distance(arrived, aim) <= aside && remaining < left - (along * length) / 8) {
        at = arrived;
        left = remaining;
        stride = Math.min(stride * 1.5, left);
      } else {
        stride = length / 2;
        if (stride < 1e-3 * Math.min(left, short)) return false;
      }
    }
    return false;
  }

  /** The part of the way from a zero to a goal that lies in its null directions. */
  #wayTo(at: Float64Array, goal: Float64Array): Float64Array {
    const whole = goal.map((v, i) => v - at[i]);
    const way = new Float64Array(at.length);
    for (const v of this.#nullDirections(at)) {
      const share = dot(whole, v);
      for (let i = 0; i < way.length; i++) way[i] += share * v[i];
    }
    return way;
  }
}

export const setAt = (state: Float64Array, hits: number, directions: readonly Float64Array[]): ZeroSet => ({
  state,
  hits,
  dimension: directions.length,
  directions,
  anchors: [state],
  lower: state.slice(),
  upper: state.slice(),
});

const nearest = (states: readonly Float64Array[], state: Float64Array): Float64Array =>
  states.reduce((a, b) => (distance(b, state) < distance(a, state) ? b : a));

/** Takes the ends of another set, or one end, into a set. */
export function join(
  home: ZeroSet,
  { hits, anchors, lower, upper }: Pick<ZeroSet, 'hits' | 'anchors' | 'lower' | 'upper'>,
): void {
  home.hits += hits;
  home.anchors.push(...anchors.slice(0, ANCHORS - home.anchors.length));
  for (let i = 0; i < lower.length; i++) {
    home.lower[i] = Math.min(home.lower[i], lower[i]);
    home.upper[i] = Math.max(home.upper[i], upper[i]);
  }
}

const distance = (a: Float64Array, b: Float64Array): number => norm(a.map((v, i) => v - b[i]));
