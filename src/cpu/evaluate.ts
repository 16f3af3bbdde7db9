/** One tile of a plan on the CPU in f64: what a worker does, and all of it where there are no workers. */
import type { TileResult } from '../backend.js';
import { loadAlgebra, type Algebra } from '../model/algebra.js';
import type { Differences } from '../model/difference.js';
import { Evaluator } from '../model/evaluator.js';
import { offsetsFrom, stateAt } from '../model/sampling.js';
import { advanceTile } from './advance.js';
import { flowTile } from './flow.js';
import type { AnyPlan, Tile } from '../plan/plan.js';
import { planeCount } from '../wgsl/planes.js';

/** The algebra, and where a plan measures energies from a reference what does that: loaded for the tiles of one plan. */
export interface Tools {
  readonly algebra: Algebra;
  readonly differences?: Differences;
}

/** What the tiles of `plan` take. */
export async function toolsFor({ spec }: AnyPlan): Promise<Tools> {
  const algebra = await loadAlgebra();
  if (!spec.reference) return { algebra };
  const { Differences } = await import('../model/difference.js');
  return { algebra, differences: new Differences(spec.problem, spec.reference.state, algebra) };
}

export function evaluateTile(plan: AnyPlan, tile: Tile, { algebra, differences }: Tools): TileResult {
  if ('clocks' in plan) return advanceTile(plan, tile, algebra);
  if ('steps' in plan) return flowTile(plan, tile, algebra);
  const { problem } = plan.spec;
  const evaluator = new Evaluator(problem, algebra);
  const points = tile.columns * tile.rows;
  const values = new Float64Array(planeCount(plan.planes) * points);
  const state = new Float64Array(problem.network.size);
  const offset = new Float64Array(problem.network.size);
  const offsets = differences && offsetsFrom(plan.sampling, differences.reference);
  for (let row = 0, at = 0; row < tile.rows; row++)
    for (let column = 0; column < tile.columns; column++, at++) {
      stateAt(plan.sampling, tile.column + column, tile.row + row, state);
      if (offsets) stateAt(offsets, tile.column + column, tile.row + row, offset);
      evaluator.moveTo(state);
      for (const plane of plan.planes)
        if (differences && plane.quantity === 'energy')
          values[plane.first * points + at] = differences.value(offset);
        else evaluator.write(plane.quantity, values, plane.first * points + at, points);
    }
  return { tile, values };
}
