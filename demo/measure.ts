/** Time of a field and its distance from f64, taken at rest from the very buffer that is drawn. */
import type { Exact } from './model/exact.js';
import type { Landscape } from './landscape.js';

export interface Check {
  readonly samples: number;
  /** Largest |f32 - f64| of the energy. */
  readonly difference: number;
  /** Samples that are blind in one precision and not in the other. */
  readonly blindDifferences: number;
}

export interface Measured {
  readonly milliseconds: number | undefined;
  readonly check: Check | undefined;
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
  const milliseconds = await gpu.time(exact.problem, view, stale, landscape.deep?.from?.reference);
  if (milliseconds === undefined) return undefined;
  const field = await gpu.read();
  if (!field) return { milliseconds, check: undefined };
  const { energy, blind, columns, rows } = field;
  let difference = 0;
  let blindDifferences = 0;
  for (let k = 0; k < SAMPLES; k++) {
    // Evenly spread over the field, but not in step with its rows.
    const share = (k * GOLDEN) % 1;
    const at = Math.min(energy.length - 1, Math.floor(((k + share) / SAMPLES) * energy.length));
    const [column, row] = [at % columns, Math.floor(at / columns)];
    const state = [
      view.x[0] + ((column + 0.5) / columns) * (view.x[1] - view.x[0]),
      view.y[0] + ((row + 0.5) / rows) * (view.y[1] - view.y[0]),
    ] as const;
    difference = Math.max(difference, Math.abs(energy[at] - exact.energy(state)));
    if (blind[at] > 0.5 !== exact.isBlind(state)) blindDifferences++;
  }
  return { milliseconds, check: { samples: SAMPLES, difference, blindDifferences } };
}
