/** Condition (11) sampled over a view: sym(M^T R) >= 0, by its least eigenvalue. A sample, never a proof. */
import { fromScreen, type View } from '../plot/view.js';
import type { Exact, Point } from './exact.js';

export interface Condition {
  readonly least: number;
  readonly at: Point;
  readonly samples: number;
}

/** Samples along the longer side; eigenvalues of larger networks take longer. */
const SIDE = { small: 32, large: 10 } as const;
/** Eigenvalues above this times the largest are rounding. */
export const ROUNDING = 1e-9;

export function sampleCondition(exact: Exact, view: View): Condition {
  const side = exact.problem.network.size <= 4 ? SIDE.small : SIDE.large;
  const longer = Math.max(view.width, view.height);
  const columns = Math.max(2, Math.round((side * view.width) / longer));
  const rows = Math.max(2, Math.round((side * view.height) / longer));
  let least = Infinity;
  let at: Point = [0, 0];
  for (let j = 0; j < rows; j++)
    for (let i = 0; i < columns; i++) {
      const place = fromScreen(view, [((i + 0.5) / columns) * view.width, ((j + 0.5) / rows) * view.height]);
      const value = exact.certificate(place);
      if (value < least) [least, at] = [value, place];
    }
  return { least, at, samples: columns * rows };
}
