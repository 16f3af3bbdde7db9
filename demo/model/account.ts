/** What a path came to, in numbers and words: where it ends, and whether its energy fell all the way. */
import type { Point } from './exact.js';
import type { Path } from './path.js';

export interface Account {
  /** Where the path ends, in the plane: at the fixed point, where it has reached one. */
  readonly end: Point;
  /** The fixed point that it has reached, if any. */
  readonly name: string | undefined;
  readonly rests: boolean;
  /** Whether the energy stood still nowhere while the state moved, and never rose. */
  readonly falls: boolean;
  /** Why, as the rest of a sentence about the energy. */
  readonly why: string;
}

/** A path ends at a fixed point this close to it, relative to 1 + |y|. */
const NEAR = 0.05;
/** A state slower than this share of its first speed, or than this, has stopped. */
const STOPPED = 0.02;

/** What is known of a motion and its energy. */
interface Told {
  readonly path: Path;
  /** Whether the energy rises along the path by more than rounding. */
  readonly rises: boolean;
  readonly search: {
    readonly points: readonly { readonly name: string; readonly state: Float64Array; readonly y: Point }[];
  };
}

export function accountOf({ path, rises, search }: Told): Account {
  const last = path.points[path.points.length - 1];
  const distance = (state: Float64Array) => Math.hypot(...state.map((v, k) => v - last.state[k]));
  const rests = last.speed <= STOPPED * Math.max(1, path.points[0].speed);
  const reached = rests
    ? search.points.find(({ state }) => distance(state) <= NEAR * (1 + Math.hypot(...state)))
    : undefined;
  return {
    end: reached?.y ?? last.y,
    name: reached?.name,
    rests,
    falls: path.stretches.length === 0 && !rises,
    why: rises
      ? 'rises on the way: it is no Lyapunov function of this motion'
      : path.standstill
        ? `does not change ${path.standstill[0]}, while the state travels ${path.standstill[1]}`
        : 'falls all the way',
  };
}
