/** Output layout of a kernel: one plane of points per component, quantities in the order asked for. */
import type { Quantity } from '../types.js';

/** Where the values of a quantity are in a tile. */
export interface Plane<Q = Quantity> {
  readonly quantity: Q;
  /** Index of its first plane. */
  readonly first: number;
  /** 1 for scalars, N for vectors (which may be 1 as well). */
  readonly components: number;
  readonly vector: boolean;
}

const VECTORS: ReadonlySet<Quantity> = new Set(['rhs', 'energy-gradient', 'alive-mask', 'newton-end']);

/** Whether a quantity has N numbers per point. */
export const isVector = (quantity: Quantity): boolean => VECTORS.has(quantity);

export function planesOf(quantities: readonly Quantity[], n: number): Plane[] {
  const planes: Plane[] = [];
  for (const quantity of quantities) {
    const last = planes.at(-1);
    planes.push({
      quantity,
      first: last ? last.first + last.components : 0,
      components: isVector(quantity) ? n : 1,
      vector: isVector(quantity),
    });
  }
  return planes;
}

export const planeCount = (planes: readonly Pick<Plane, 'components'>[]): number =>
  planes.reduce((count, plane) => count + plane.components, 0);
