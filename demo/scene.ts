/** From the numbers that the reader set to everything that both columns show. Pure; f64 throughout. */
import { loadAlgebra, type Algebra } from './library.js';
import type { Scene } from './landscape.js';
import { Exact, type Point } from './model/exact.js';
import { blindFloors } from './model/floors.js';
import { findMemories } from './model/memories.js';
import { resolvePair, type Pair, type Parameters, type RightDesign } from './model/pair.js';
import { followPath } from './model/path.js';
import { fixed } from './page/text.js';
import type { View } from './plot/view.js';

export interface Settings {
  readonly parameters: Parameters;
  readonly design: RightDesign;
  readonly start: Point;
  /** What the read-out names: a moment of the path, or a state. */
  readonly cursor: { readonly time: number } | { readonly state: Point };
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

/** Keeps what depends on the model alone, so that moving the start or the cursor computes no more than it must. */
export class Director {
  readonly #algebra: Algebra;
  #pair: Pair | undefined;
  #fixed: Pick<Scene, 'exact' | 'search'>[] = [];

  private constructor(algebra: Algebra) {
    this.#algebra = algebra;
  }

  static async create(): Promise<Director> {
    return new Director(await loadAlgebra());
  }

  /** Resolves the problems of the settings. */
  async resolve({ parameters, design }: Settings): Promise<Pair> {
    const pair = await resolvePair(parameters, design);
    this.#pair = pair;
    const search = findMemories(pair.left, this.#algebra);
    this.#fixed = [
      { exact: new Exact(pair.left, this.#algebra), search },
      {
        exact: new Exact(pair.right, this.#algebra),
        // R = I is the same motion, so its fixed points are the same, classes included.
        search: design === 'identity' ? search : findMemories(pair.right, this.#algebra),
      },
    ];
    return pair;
  }

  get pair(): Pair | undefined {
    return this.#pair;
  }

  /** Both scenes of the model resolved last. */
  scenes(settings: Settings, view: View): Scenes {
    const [left, right] = this.#fixed;
    const floors = blindFloors(left.exact, settings.parameters, view);
    return {
      left: { ...this.#scene(left, settings, true), floors, flat: flatEnergy(left.exact) },
      right: this.#scene(right, settings, false),
    };
  }

  #scene(
    { exact, search }: Pick<Scene, 'exact' | 'search'>,
    { start, cursor }: Settings,
    blind: boolean,
  ): Scene {
    const path = followPath(exact, start, DURATION);
    const { points, blindTime, blindLength, largestRise } = path;
    const time = 'time' in cursor ? cursor.time : undefined;
    const state =
      'state' in cursor
        ? cursor.state
        : points[Math.min(points.length - 1, Math.round((cursor.time / DURATION) * (points.length - 1)))].y;
    const fall = points[0].energy - points[points.length - 1].energy;
    const stripNote =
      blindTime > 0
        ? `no change for ${fixed(blindTime, 2)}, the state travels ${fixed(blindLength, 2)}`
        : largestRise > ROUNDING * Math.max(1, Math.abs(fall))
          ? `rises by ${largestRise.toExponential(1)} in a step`
          : points[points.length - 1].speed > STOPPED
            ? 'falls at once, and goes on falling'
            : 'falls at once, and until it stops';
    return {
      exact,
      search,
      floors: [],
      path,
      start,
      cursor: state,
      time,
      duration: DURATION,
      flat: undefined,
      stripNote,
      blind,
    };
  }
}

/** The energy of the quarter where both neurons are dead, where it is the same and blind at every state tried. */
function flatEnergy(exact: Exact): number | undefined {
  const tried: readonly Point[] = [
    [-0.3, -1.7],
    [-1.1, -0.4],
    [-1.7, -1.6],
    [-0.2, -0.2],
  ];
  const energy = exact.energy(tried[0]);
  return tried.every((y) => exact.isBlind(y) && exact.energy(y) === energy) ? energy : undefined;
}
