/** Nullclines of two neurons: where one component of the motion is zero, traced through f64 samples of the view. */
import { isolines, toneGrid } from '../figures.js';
import type { Exact, Point } from '../model/exact.js';
import { fromScreen, type View } from './view.js';

export interface Nullcline {
  /** The component that is zero on it: 0 or 1. */
  readonly component: 0 | 1;
  readonly lines: readonly (readonly Point[])[];
}

/** Samples along the longer side: lines are a tenth of a pixel off where the motion is smooth. */
const SIDE = { full: 96, quick: 48 } as const;

/** Fixed points lie where lines of both components cross. */
export function nullclines(
  exact: Pick<Exact, 'velocity'>,
  view: View,
  effort: 'full' | 'quick' = 'full',
): Nullcline[] {
  const longer = Math.max(view.width, view.height);
  const [columns, rows] = [view.width, view.height].map((length) =>
    Math.max(4, Math.round((SIDE[effort] * length) / longer)),
  );
  const motion = [0, 1].map(() => new Float64Array(columns * rows));
  const place = (u: number, v: number): Point => fromScreen(view, [u * view.width, (1 - v) * view.height]);
  for (let j = 0; j < rows; j++)
    for (let i = 0; i < columns; i++)
      exact.velocity(place((i + 0.5) / columns, (j + 0.5) / rows)).forEach((v, k) => {
        motion[k][j * columns + i] = v;
      });
  return ([0, 1] as const).map((component) => {
    const values = motion[component];
    const most = values.reduce((largest, v) => Math.max(largest, Math.abs(v)), 1e-300);
    const grid = toneGrid({ values, size: [columns, rows] }, { toTone: (v) => v / most });
    const lines = isolines(grid, [0])[0].map((flat) =>
      Array.from({ length: flat.length / 2 }, (_, k) => place(flat[2 * k], flat[2 * k + 1])),
    );
    return { component, lines };
  });
}
