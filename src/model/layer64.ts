/** The f64 twins of the table: rows that are given their library, elementwise ones lifted over the neurons of a layer. */
import { activationRow } from './activation.js';
import * as library from './library64.js';
import type { Elementwise64, Layer64 } from './twin.js';

/** L, g and H of a layer in f64, blockwise rows as they are and elementwise rows lifted over the neurons. */
export function layer64(name: string, parameters: Readonly<Record<string, number>>): Layer64 {
  const row = activationRow(name);
  return row.kind === 'blockwise' ? row.f64(parameters, library) : lift(row.f64(parameters, library));
}

function lift(elementwise: Elementwise64): Layer64 {
  const { lagrangian, activation, hessian, inverseIntegral } = elementwise;
  const sum = (f: (x: number) => number) => (x: Float64Array) => {
    let total = 0;
    for (const value of x) total += f(value);
    return total;
  };
  return {
    elementwise,
    lagrangian: sum(lagrangian),
    activation: (x, out) => {
      for (let i = 0; i < x.length; i++) out[i] = activation(x[i]);
    },
    hessianApply: (x, v, out) => {
      for (let i = 0; i < x.length; i++) out[i] = hessian(x[i]) * v[i];
    },
    hessianDiagonal: (x, out) => {
      for (let i = 0; i < x.length; i++) out[i] = hessian(x[i]);
    },
    deadCount: (x, tolerance) => sum((value) => (Math.abs(hessian(value)) <= tolerance ? 1 : 0))(x),
    hessianTerms: (x, v, out) => {
      for (let i = 0; i < x.length; i++) out[i] = Math.abs(hessian(x[i]) * v[i]);
    },
    ...(inverseIntegral ? { inverseIntegral: sum(inverseIntegral) } : {}),
  };
}
