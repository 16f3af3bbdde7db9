/** Flat stretches of an energy along a line: its slope along the line is zero although the state moves. */
import type { FlatStretch } from '../figure/picture.js';
import { coordinate } from '../model/sampling.js';
import type { Problem } from '../model/problem.js';
import type { Grid } from '../types.js';
import { edges, runs, valuesOf } from './survey.js';
import { neuronName } from './slice.js';
import type { Tally } from './tally.js';
import { literal } from './words.js';

/** Slopes below this share of |r| count as zero, as for blind spots (equations.md section 3). */
const FLAT = 1e-6;
const MOVING = 1e-6;
const SAMPLES = 1024;

export interface Stretches {
  readonly flat: readonly FlatStretch[];
  /** Share of the samples on flat stretches. */
  readonly share: number;
  /** Share of the samples where the gradient is zero in all directions. */
  readonly blindShare: number;
}

/** The flat stretches of the energy of a problem on a line of its state space. */
export async function flatStretches(problem: Problem, grid: Grid, tally: Tally): Promise<Stretches> {
  const n = problem.network.size;
  const line: Grid = { ...grid, size: [Math.min(SAMPLES, Math.max(grid.size[0], 256))] };
  const { fields } = await tally.evaluate({
    problem,
    sampling: line,
    quantities: ['energy-gradient', 'residual', 'blind-spot', 'alive-mask'],
  });
  const gradient = valuesOf(fields, 'energy-gradient');
  const residual = valuesOf(fields, 'residual');
  const blind = valuesOf(fields, 'blind-spot');
  const alive = valuesOf(fields, 'alive-mask');
  const [axis] = grid.axes;
  const length = Math.hypot(...axis);
  const flat = Uint8Array.from(residual, (r, i) => {
    let slope = 0;
    for (let k = 0; k < n; k++) slope += gradient[i * n + k] * axis[k];
    return r > MOVING && Math.abs(slope) <= FLAT * r * length ? 1 : 0;
  });
  bridge(flat, residual);
  const size = line.size[0];
  const stretches = runs(flat)
    // One sample alone is an extremum that happened to be hit.
    .filter(([a, b]) => b > a)
    .map(([a, b]): FlatStretch => {
      const [from, to] = edges(line.extent[0], size, a, b);
      const middle = Math.floor((a + b) / 2);
      const dead = [...Array(n).keys()].filter((k) => alive[middle * n + k] === 0);
      return { from, to, label: label(problem, dead) };
    });
  return {
    flat: stretches,
    share: flat.reduce((sum, v) => sum + v, 0) / size,
    blindShare: Float64Array.from(blind).filter((v) => v > 0).length / size,
  };
}

/** A fixed point inside a stretch does not end it, although nothing moves there. */
function bridge(flat: Uint8Array, residual: ArrayLike<number>): void {
  for (let i = 1; i + 1 < flat.length; i++)
    if (flat[i] === 0 && residual[i] <= MOVING && flat[i - 1] === 1 && flat[i + 1] === 1) flat[i] = 1;
}

function label({ network }: Problem, dead: readonly number[]): string {
  if (dead.length === 0) return 'flat along this line';
  if (network.size === 1) return 'flat: the neuron is dead';
  const names = dead.slice(0, 2).map((k) => literal(neuronName(network, k)));
  return dead.length > 2 ? `flat: ${String(dead.length)} neurons dead` : `flat: ${names.join(' and ')} dead`;
}

/** Coordinates of the samples of a line. */
export function lineCoordinates({ extent, size }: Grid): Float64Array {
  return Float64Array.from({ length: size[0] }, (_, i) => coordinate(extent[0], size[0], i));
}
