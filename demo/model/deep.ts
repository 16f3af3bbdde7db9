/**
 * Deep zoom: in small boxes energies are drawn as E - E(centre), which f32 holds to its last bits, where energies
 * themselves would drown in their rounding.
 */
import { energiesFrom, MemscapeError, prepareReference, type Problem, type Reference } from '../library.js';
import { fromScreen, type View } from '../plot/view.js';
import type { Point } from '../state/state.js';

/** Half of the longer side of a box below which it is deep. */
const DEEP = 1e-2;

/** How a deep box is drawn. */
export interface Deep {
  readonly centre: Point;
  /** Absent where the activation stops at f32. */
  readonly from?: {
    readonly reference: Reference;
    /** E - E(centre) in f64. */
    readonly energy: (state: Float64Array) => number;
  };
  /** Why energies are drawn as they are. */
  readonly refusal?: string;
}

/** Undefined in boxes that f32 is enough for. */
export async function deepAt(problem: Problem, view: View): Promise<Deep | undefined> {
  const half = Math.max(view.x[1] - view.x[0], view.y[1] - view.y[0]) / 2;
  if (half >= DEEP) return undefined;
  const centre = fromScreen(view, [view.width / 2, view.height / 2]);
  const { origin, axes } = view.plane;
  const state = origin.map((x, i) => x + centre[0] * axes[0][i] + centre[1] * axes[1][i]);
  try {
    const [reference, energy] = await Promise.all([
      prepareReference(problem, state),
      energiesFrom(problem, state),
    ]);
    return { centre, from: { reference, energy } };
  } catch (error) {
    if (!(error instanceof MemscapeError)) throw error;
    return { centre, refusal: error.what };
  }
}

/** The power of ten in which axes count from the centre. */
export const exponentOf = ({ x }: View): number => Math.floor(Math.log10((x[1] - x[0]) / 2));
