/** L, g and H of a whole state in f64: the layers of a network side by side, H block diagonal. */
import type { Layer } from '../types.js';
import { DEAD_EIGENVALUE, type Layer64 } from './activation.js';
import { layer64 } from './layer64.js';

/** L, g = grad L and H = Hess L of a whole state of N numbers. `out` must not be `x` or `v`. */
export interface Lifted64 {
  /** L(x), the sum over the layers. */
  readonly lagrangian: (x: Float64Array) => number;
  /** out = g(x). */
  readonly activation: (x: Float64Array, out: Float64Array) => void;
  /** out = H(x) v. */
  readonly hessianApply: (x: Float64Array, v: Float64Array, out: Float64Array) => void;
  /** out_i = H(x)_ii. */
  readonly hessianDiagonal: (x: Float64Array, out: Float64Array) => void;
  /** Number of eigenvalues of H(x) with |lambda| <= tolerance; 1e-6 by default. */
  readonly deadCount: (x: Float64Array, tolerance?: number) => number;
  /** Sum over layers of integral_0^{g_i} g_i^{-1}, eq. 5; undefined where a layer has no closed form. */
  readonly inverseIntegral: ((g: Float64Array) => number) | undefined;
  /** The layers one by one: `functions` act on the neurons `offset .. offset + size`. */
  readonly layers: readonly { readonly offset: number; readonly size: number; readonly functions: Layer64 }[];
}

export function liftNetwork(given: readonly Layer[]): Lifted64 {
  const layers = given.map(({ offset, size, activation }) => ({
    offset,
    size,
    functions: layer64(activation.name, activation.parameters),
  }));
  const [only] = layers;
  // One layer, the common case: no views to make for every point.
  if (layers.length === 1) {
    const { lagrangian, activation, hessianApply, hessianDiagonal, deadCount, inverseIntegral } =
      only.functions;
    return {
      lagrangian,
      activation,
      hessianApply,
      hessianDiagonal,
      deadCount: (x, tolerance = DEAD_EIGENVALUE) => deadCount(x, tolerance),
      inverseIntegral,
      layers,
    };
  }
  const part = (x: Float64Array, l: (typeof layers)[number]) => x.subarray(l.offset, l.offset + l.size);
  const integrals = layers.map((l) => l.functions.inverseIntegral);
  return {
    lagrangian: (x) => layers.reduce((sum, l) => sum + l.functions.lagrangian(part(x, l)), 0),
    activation: (x, out) => {
      for (const l of layers) l.functions.activation(part(x, l), part(out, l));
    },
    hessianApply: (x, v, out) => {
      for (const l of layers) l.functions.hessianApply(part(x, l), part(v, l), part(out, l));
    },
    hessianDiagonal: (x, out) => {
      for (const l of layers) l.functions.hessianDiagonal(part(x, l), part(out, l));
    },
    deadCount: (x, tolerance = DEAD_EIGENVALUE) =>
      layers.reduce((sum, l) => sum + l.functions.deadCount(part(x, l), tolerance), 0),
    inverseIntegral: integrals.every((f) => f !== undefined)
      ? (g) => layers.reduce((sum, l, k) => sum + integrals[k](part(g, l)), 0)
      : undefined,
    layers,
  };
}
