/** Time of a field and its distance from f64, taken at rest from the very buffer that is drawn. */
import type { Exact } from './model/exact.js';
import type { Landscape } from './landscape.js';

export interface Measured {
  readonly milliseconds: number | undefined;
  readonly check: { readonly difference: number; readonly samples: number } | undefined;
}

const SAMPLES = 256;
const GOLDEN = 0.6180339887498949;

/** @param stale whether a newer picture is under way: then there is nothing to measure, and undefined is returned. */
export async function measure(
  landscape: Landscape,
  exact: Exact,
  stale: () => boolean,
): Promise<Measured | undefined> {
  const { gpu, view } = landscape;
  if (!gpu) return { milliseconds: landscape.cpuMilliseconds, check: undefined };
  const milliseconds = await gpu.time(exact.problem, view, stale);
  if (milliseconds === undefined) return undefined;
  const field = await gpu.readEnergies();
  if (!field) return { milliseconds, check: undefined };
  const { values, columns, rows } = field;
  let difference = 0;
  for (let k = 0; k < SAMPLES; k++) {
    // Evenly spread over the field, but not in step with its rows.
    const share = (k * GOLDEN) % 1;
    const at = Math.min(values.length - 1, Math.floor(((k + share) / SAMPLES) * values.length));
    const [column, row] = [at % columns, Math.floor(at / columns)];
    const state = [
      view.x[0] + ((column + 0.5) / columns) * (view.x[1] - view.x[0]),
      view.y[0] + ((row + 0.5) / rows) * (view.y[1] - view.y[0]),
    ] as const;
    difference = Math.max(difference, Math.abs(values[at] - exact.energy(state)));
  }
  return { milliseconds, check: { difference, samples: SAMPLES } };
}
