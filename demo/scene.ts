/** From the state that the reader set to everything that both columns show. Pure; f64 throughout. */
import { loadAlgebra, type Algebra } from './library.js';
import { Exact, type Point } from './model/exact.js';
import { blindFloors, flatEnergy, isReluPair, type Floor } from './model/floors.js';
import { kinkLines, type Line } from './model/kinks.js';
import { findMemories, seenIn, type Found, type NamedPoint, type Search } from './model/memories.js';
import { resolvePair, sameProblems, type Pair, type Side } from './model/pair.js';
import { followPath, type Path } from './model/path.js';
import { planeOf } from './model/plane.js';
import type { View } from './plot/view.js';
import type { Cursor, State } from './state/state.js';

/** What one state of the model looks like in one column. */
export interface Scene {
  readonly exact: Exact;
  readonly search: Search;
  readonly floors: readonly Floor[];
  readonly kinks: readonly Line[];
  readonly path: Path;
  readonly start: Point;
  readonly cursor: Point;
  /** The fixed point that the cursor was put on: where it lies off the plane, the cursor is at its shadow. */
  readonly named: NamedPoint | undefined;
  /** The state that the read-out is about: on the path, the fixed point that is named, or at the cursor. */
  readonly reading: Float64Array;
  readonly time: number | undefined;
  readonly duration: number;
  readonly flat: number | undefined;
  readonly stripNote: string;
  /** Whether the energy rises along the path by more than rounding. */
  readonly rises: boolean;
}

export interface Scenes {
  readonly left: Scene;
  readonly right: Scene;
}

export const DURATION = 8;
/** A rise of the energy below this, relative to its fall, is rounding of the path. */
const ROUNDING = 1e-6;
/** A state slower than this has stopped, to the eye. */
const STOPPED = 0.02;

interface Resolved {
  readonly state: State;
  readonly pair: Pair;
  readonly found: Readonly<Record<'left' | 'right', Found>>;
}

type Fixed = Pick<Scene, 'exact' | 'search'>;

/** Keeps what depends on the model alone, so that moving the start or the cursor computes no more than it must. */
export class Director {
  readonly #algebra: Algebra;
  #resolved: Resolved | undefined;
  #plane: State['plane'] | undefined;
  #fixed: Readonly<Record<'left' | 'right', Fixed>> | undefined;

  private constructor(algebra: Algebra) {
    this.#algebra = algebra;
  }

  static async create(): Promise<Director> {
    return new Director(await loadAlgebra());
  }

  /** Resolves the problems of a state; a state that differs in its view alone keeps them. */
  async resolve(state: State): Promise<Pair> {
    if (!this.#resolved || !sameProblems(this.#resolved.state, state)) {
      this.#resolved = await this.#search(state);
      this.#plane = undefined;
    }
    const { pair, found } = this.#resolved;
    if (this.#plane !== state.plane) {
      this.#plane = state.plane;
      const plane = planeOf(state.plane);
      const look = (side: 'left' | 'right'): Fixed => ({
        exact: new Exact(pair[side].problem, this.#algebra, plane),
        search: seenIn(plane, found[side]),
      });
      this.#fixed = { left: look('left'), right: look('right') };
    }
    return pair;
  }

  /** The fixed points of a state's own network, before any plane is chosen. */
  async find(state: State): Promise<Found> {
    const { found } = await this.#search(state);
    return found.right;
  }

  async #search(state: State): Promise<Resolved> {
    const pair = await resolvePair(state);
    const left = findMemories(pair.left.problem, this.#algebra);
    // R = I is the same motion, so its fixed points are the same, classes included.
    const same = pair.right.problem.design.kind === 'identity';
    const right = same ? left : findMemories(pair.right.problem, this.#algebra);
    return { state, pair, found: { left, right } };
  }

  get pair(): Pair | undefined {
    return this.#resolved?.pair;
  }

  /** Both scenes of the model resolved last. */
  scenes(state: State, cursor: Cursor, view: View): Scenes {
    if (!this.#fixed || !this.#resolved) throw new Error('nothing was resolved yet');
    const { pair } = this.#resolved;
    const at = { state, cursor, view, named: pointUnder(this.#fixed.right, cursor) };
    return {
      left: scene(this.#fixed.left, pair.left, at),
      right: scene(this.#fixed.right, pair.right, at),
    };
  }

  /** Whether scenes are of a state: those that are staged may be of the one before. */
  isOf({ left }: Scenes, state: State): boolean {
    return (
      this.#resolved !== undefined &&
      sameProblems(this.#resolved.state, state) &&
      this.#plane === state.plane &&
      this.#fixed?.left.exact === left.exact &&
      left.start === state.start
    );
  }
}

/** The fixed point that a cursor was put on; of two with one shadow the one that it was taken from. */
function pointUnder({ search: { points } }: Fixed, cursor: Cursor): NamedPoint | undefined {
  if ('time' in cursor) return undefined;
  const [a, b] = cursor.at;
  return points.find(({ y }) => y === cursor.at) ?? points.find(({ y }) => y[0] === a && y[1] === b);
}

/** What is seen of a network, and where. */
interface Sought {
  readonly state: State;
  readonly cursor: Cursor;
  readonly view: View;
  readonly named: NamedPoint | undefined;
}

function scene({ exact, search }: Fixed, { problem }: Side, { state, cursor, view, named }: Sought): Scene {
  const path = followPath(exact, state.start, DURATION);
  const { points } = path;
  const time = 'time' in cursor ? cursor.time : undefined;
  const moment =
    time === undefined
      ? undefined
      : points[Math.max(0, Math.min(points.length - 1, Math.round((time / DURATION) * (points.length - 1))))];
  const at: Point = 'at' in cursor ? cursor.at : (moment?.y ?? state.start);
  const relu = isReluPair(state) && problem.energy.equation === 4;
  return {
    exact,
    search,
    floors: relu ? blindFloors(exact, state, view) : [],
    kinks: kinkLines(problem, exact.plane, view),
    path,
    start: state.start,
    cursor: at,
    named,
    reading: moment?.state ?? named?.state ?? exact.stateAt(at),
    time,
    duration: DURATION,
    flat: relu ? flatEnergy(exact) : undefined,
    stripNote: noteOf(path),
    rises: rises(path),
  };
}

function rises({ points, largestRise }: Scene['path']): boolean {
  const fall = points[0].energy - points[points.length - 1].energy;
  return largestRise > ROUNDING * Math.max(1, Math.abs(fall));
}

function noteOf(path: Scene['path']): string {
  const { points, standstill, largestRise } = path;
  const last = points[points.length - 1];
  // More than that it does not fall: that it rises.
  if (rises(path)) return `rises by ${largestRise.toExponential(1).replace('-', '−')} in a step`;
  if (standstill) return `no change ${standstill[0]}, the state travels ${standstill[1]}`;
  if (points[0].speed < 1e-9) return 'nothing moves from here';
  return last.speed > STOPPED ? 'falls at once, and goes on falling' : 'falls at once, and until it stops';
}
