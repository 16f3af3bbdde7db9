/** A network of three neurons, cut by planes u3 = q: its energy and motion in a plane, orbits and fixed points through it. */
import {
  Evaluator,
  fixedPointsFrom,
  loadAlgebra,
  readModel,
  resolveProblem,
  type FixedPointClass,
  type Problem,
} from '../library.js';
import type { Point } from './exact.js';

export type State3 = readonly [number, number, number];

export interface VolumePoint {
  readonly kind: FixedPointClass;
  readonly state: State3;
}

/** What a volume shows besides its energy: orbits from these starts, after `skip` units of time, for `time` more. */
export interface Orbits {
  readonly starts: readonly State3[];
  readonly skip: number;
  readonly time: number;
}

const STEP = 0.05;

export class Volume {
  readonly problem: Problem;
  readonly points: readonly VolumePoint[];
  readonly orbits: readonly (readonly State3[])[];
  readonly #evaluator: Evaluator;
  readonly #state = new Float64Array(3);

  private constructor(
    problem: Problem,
    evaluator: Evaluator,
    points: readonly VolumePoint[],
    orbits: Orbits,
  ) {
    this.problem = problem;
    this.#evaluator = evaluator;
    this.points = points;
    this.orbits = orbits.starts.map((start) => this.#follow(start, orbits));
  }

  /** @param text a model file of three neurons with all of its numbers in it. */
  static async read(text: string, orbits: Orbits): Promise<Volume> {
    const problem = await resolveProblem(await readModel(text));
    const algebra = await loadAlgebra();
    const seeds = [0, 0.5, 1].flatMap((a) =>
      [0, 0.5, 1].flatMap((b) => [0, 0.5, 1].map((c) => Float64Array.of(a, b, c))),
    );
    const points = fixedPointsFrom(problem, algebra, seeds).map((point): VolumePoint => {
      const [a, b, c] = point.state;
      return { kind: point.class, state: [a, b, c] };
    });
    return new Volume(problem, new Evaluator(problem, algebra), points, orbits);
  }

  /** Energy and motion in the plane u3 = q. */
  cut(q: number): { readonly energy: (at: Point) => number; readonly velocity: (at: Point) => Point } {
    return {
      energy: ([a, b]) => {
        this.#moveTo([a, b, q]);
        return this.#evaluator.energy();
      },
      velocity: ([a, b]) => {
        const [u, v] = this.#velocity([a, b, q]);
        return [u, v];
      },
    };
  }

  #moveTo(state: State3): void {
    this.#state.set(state);
    this.#evaluator.moveTo(this.#state);
  }

  #velocity(state: State3): State3 {
    this.#moveTo(state);
    const [a, b, c] = this.#evaluator.velocity();
    return [a, b, c];
  }

  #follow(start: State3, { skip, time }: Orbits): State3[] {
    const orbit: State3[] = [];
    let state = start;
    for (let k = 0; k * STEP < skip + time; k++) {
      if (k * STEP >= skip) orbit.push(state);
      const middle = this.#velocity(along(state, this.#velocity(state), STEP / 2));
      state = along(state, middle, STEP);
    }
    return orbit;
  }
}

const along = ([a, b, c]: State3, [u, v, w]: State3, by: number): State3 => [
  a + by * u,
  b + by * v,
  c + by * w,
];

interface Crossing {
  readonly at: Point;
  readonly up: boolean;
}

/** Turns of a cycle go through the same places: each of them once. */
export function distinct(all: readonly Crossing[]): Crossing[] {
  const near = (a: Crossing, b: Crossing) => Math.hypot(a.at[0] - b.at[0], a.at[1] - b.at[1]) < 0.01;
  return all.filter((crossing, k) => !all.slice(0, k).some((earlier) => near(earlier, crossing)));
}

/** Where an orbit goes through the plane u3 = q, and whether upwards. */
export function crossings(orbit: readonly State3[], q: number): Crossing[] {
  return orbit.slice(1).flatMap((to, k) => {
    const from = orbit[k];
    if (from[2] < q === to[2] < q) return [];
    const share = (q - from[2]) / (to[2] - from[2]);
    const at: Point = [from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])];
    return [{ at, up: to[2] > from[2] }];
  });
}
