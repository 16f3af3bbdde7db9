/** What the table knows about H over all states of a network. */
import { activationRow } from '../model/activation.js';
import type { Network } from '../types.js';

/** sup of the largest eigenvalue of H, and whether H >= 0 (eq. 3), over all states of a network. */
export function hessianBounds({ layers }: Pick<Network, 'layers'>): { sup: number; convex: boolean } {
  const rows = layers.map(({ activation: { name, parameters } }) => ({
    row: activationRow(name),
    parameters,
  }));
  return {
    sup: Math.max(...rows.map(({ row, parameters }) => row.supHessian(parameters))),
    convex: rows.every(({ row, parameters }) => row.convex(parameters)),
  };
}
