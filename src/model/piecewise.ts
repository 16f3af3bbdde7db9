/**
 * Piecewise linear activations as lists of cells (equations.md section 5): on each interval between two kinks
 * g(x) = slope x + offset. The cells follow from the activation table alone: a row says that it is piecewise linear and
 * where its kinks are, slopes and offsets are read off its g and H.
 */
import type { Network } from '../types.js';
import { activationRow } from './activation.js';
import { layer64 } from './layer64.js';

/** A closed interval [from, to] on which g(x) = slope x + offset; the ends are kinks or infinite. */
export interface Cell {
  readonly from: number;
  readonly to: number;
  readonly slope: number;
  readonly offset: number;
}

/** Some point inside an interval. */
function inside(from: number, to: number): number {
  if (Number.isFinite(from)) return Number.isFinite(to) ? (from + to) / 2 : from + 1 + Math.abs(from);
  return Number.isFinite(to) ? to - 1 - Math.abs(to) : 0;
}

/** The cells of an activation from left to right, or undefined where g is not piecewise linear. */
export function cellsOf(
  name: string,
  parameters: Readonly<Record<string, number>>,
): readonly Cell[] | undefined {
  const row = activationRow(name);
  const { elementwise } = layer64(name, parameters);
  if (row.kind === 'blockwise' || !elementwise || row.piecewiseLinear?.(parameters) !== true)
    return undefined;
  const { activation, hessian } = elementwise;
  // A Set takes -0 and 0 for one: the kinks -t and t of `shrink` with t = 0 leave no cell between them.
  const kinks = [...new Set(row.kinks(parameters))].sort((a, b) => a - b);
  const edges = [-Infinity, ...kinks, Infinity];
  const cells: Cell[] = [];
  for (let k = 0; k + 1 < edges.length; k++) {
    const [from, to] = [edges[k], edges[k + 1]];
    const slope = hessian(inside(from, to));
    // g is continuous, so a kink of the cell is a point of its line, and one where g is exact.
    const anchor = Number.isFinite(from) ? from : Number.isFinite(to) ? to : 0;
    // + 0 turns -0 into 0.
    const offset = activation(anchor) - slope * anchor + 0;
    const last = cells.at(-1);
    if (last?.slope === slope && last.offset === offset) cells[cells.length - 1] = { ...last, to };
    else cells.push({ from, to, slope, offset });
  }
  return cells;
}

/** The cells of every neuron, or the first layer that is not piecewise linear. */
export function networkCells(
  network: Network,
): { readonly cells: readonly (readonly Cell[])[] } | { readonly smooth: string } {
  const cells: (readonly Cell[])[] = [];
  for (const { name, size, activation } of network.layers) {
    const own = cellsOf(activation.name, activation.parameters);
    if (own === undefined) return { smooth: `layer '${name}' (${activation.name})` };
    for (let i = 0; i < size; i++) cells.push(own);
  }
  return { cells };
}
