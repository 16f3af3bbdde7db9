/** A view of the explorer as something to compute: problems, grids, and the commands that compute the same. */
import type { Snapshot } from '../explorer.js';
import type { Grid, Problem, Quantity, Reference } from '../library.js';
import { modelOf } from '../state/model.js';
import { linkOf } from '../state/link.js';
import { gridOf } from '../plot/view.js';
import { commandOf, fileName } from './command.js';

export type Side = 'left' | 'right';

/** Numbers that an archive holds of each landscape. */
export const QUANTITIES: readonly Quantity[] = ['energy', 'energy-rate', 'speed', 'blind-spot', 'dead-count'];

/** One landscape that is to be exported. */
export interface Piece {
  readonly side: Side;
  readonly problem: Problem;
  readonly grid: Grid;
  /** From where energies are measured in a deep box; the grid is around it then. */
  readonly reference?: Reference;
  /** The model file that has this energy. */
  readonly model: object;
  /** Name of its files. */
  readonly name: string;
  readonly command: string;
}

/** @param size samples along the longer side. */
export function pieceOf(snapshot: Snapshot, side: Side, size: number): Piece {
  const { pair, state, view, gpu } = snapshot;
  const reference = snapshot.references[side];
  const { problem, drawn } = pair[side];
  const longer = Math.max(view.width, view.height);
  const samples = (length: number) => Math.max(2, Math.round((size * length) / longer));
  const whole = gridOf(view, samples(view.width), samples(view.height));
  const plane = reference ? around(whole, reference) : whole;
  const grid: Grid =
    problem.network.size > 1
      ? plane
      : { ...plane, axes: [plane.axes[0]], extent: [plane.extent[0]], size: [size] };
  const model = modelOf(drawn, side);
  const name = `${fileName(state.name)}-${side}`;
  const device = gpu ? 'auto' : 'cpu';
  return {
    side,
    problem,
    grid,
    model,
    name,
    ...(reference ? { reference } : {}),
    command: commandOf({ model, name, grid, reference, quantities: QUANTITIES, device }),
  };
}

/** The grid of a deep box as `field --reference` has it: offsets from its middle. */
const around = (grid: Grid, { state }: Reference): Grid => ({
  ...grid,
  origin: state,
  extent: grid.extent.map(([low, high]): [number, number] => [(low - high) / 2, (high - low) / 2]),
});

/** Both model files, the state, and how to come back to it: by link, or by dropping this file on the page. */
export function viewFile({ state }: Snapshot, pieces: readonly Piece[], page: string): string {
  const { href } = new URL(linkOf(state) || '#', page);
  const value = {
    format: 'memscape-view/1',
    link: href,
    models: Object.fromEntries(pieces.map(({ side, model }) => [side, model])),
    commands: Object.fromEntries(pieces.map(({ side, command }) => [side, command])),
    state,
  };
  return `${JSON.stringify(value, null, 2)}\n`;
}
