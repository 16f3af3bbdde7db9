/** Inner bounds of basins as curves on a slice: where it cuts ellipsoids, and the rims of wells. */
import { ellipseIn } from '../basins/inner.js';
import type { InnerBounds } from '../basins/proved.js';
import type { BasinSystem } from '../basins/system.js';
import { isolines, toneGrid } from '../figure/contour.js';
import type { PlotCurve } from '../figure/picture.js';
import type { Grid } from '../types.js';

/**
 * Curves of the inner bounds of every basin.
 * @param labels and
 * @param energies of the certified energy on the slice; without energies wells are not drawn.
 */
export function boundCurves(
  system: BasinSystem,
  bounds: readonly (InnerBounds | null)[],
  grid: Grid,
  labels: Int32Array,
  energies?: ArrayLike<number>,
): PlotCurve[] {
  return bounds.flatMap((bound, own): PlotCurve[] => {
    const attractor = system.attractors[own];
    if (!bound || attractor.kind !== 'fixed-point') return [];
    const { ellipsoid, well } = bound;
    const ellipse = ellipsoid.certified ? ellipseIn(ellipsoid, attractor.state, grid.origin, grid.axes) : [];
    const rims =
      well?.level != null && energies ? rimsOf(well.level, well.bottom, grid, labels, energies, own) : [];
    return [
      ...(ellipse.length > 0 ? [{ kind: 'bound', points: ellipse } as const] : []),
      ...rims.map((points) => ({ kind: well?.certified === true ? 'bound' : 'conjecture', points }) as const),
    ];
  });
}

/** Isolines of the energy around the samples of one basin; elsewhere it counts as just above the level. */
function rimsOf(
  level: number,
  bottom: number,
  { extent, size }: Grid,
  labels: Int32Array,
  energies: ArrayLike<number>,
  own: number,
): [number, number][][] {
  const depth = level - bottom;
  const values = Float64Array.from(labels, (label, k) => {
    const height = (energies[k] - level) / depth;
    return label === own ? height : Math.max(height, OUTSIDE);
  });
  const field = { values, size: [size[0], size[1]] as const };
  const tones = toneGrid(field, { toTone: (v: number) => v });
  const at = ([lo, hi]: readonly [number, number], share: number) => lo + share * (hi - lo);
  return isolines(tones, [0])[0].map((flat) =>
    Array.from({ length: flat.length / 2 }, (_, k): [number, number] => [
      at(extent[0], flat[2 * k]),
      at(extent[1], flat[2 * k + 1]),
    ]),
  );
}

const OUTSIDE = 1e-3;
