/** Images of fixed points, for networks whose states are images. */
import { pixelPng } from '../figure/images.js';
import type { ImageChoice } from '../figures/images.js';
import type { ReportPoint } from './data.js';

/** Data URIs by the names of the points. */
export function pointImages(
  points: readonly ReportPoint[],
  choice: ImageChoice | undefined,
): ReadonlyMap<string, string> {
  if (!choice) return new Map();
  const { offset, size } = choice;
  return new Map(
    points.map(({ name, state }) => [
      name,
      pixelPng({ pixels: state.slice(offset, offset + size[0] * size[1]), size }, 1),
    ]),
  );
}
