/** `field --regions`: the slice cut into regions of constant alive set, as labels, JSON and lines on the pictures. */
import { flatRegions, mostRegionCells, type FlatRegions } from '../analysis/flat-regions.js';
import { resampled } from '../figures/slice.js';
import { count } from '../figures/words.js';
import { loadAlgebra } from '../model/algebra.js';
import type { Problem } from '../model/problem.js';
import type { Grid } from '../types.js';
import type { Session } from './session.js';

/** Regions need no more samples than a picture shows. */
const SIDE = 512;
export const REGIONS_HELP =
  'cut the slice into regions of constant alive set and follow where each drains to (Prop. 4)';

/** The grid of the regions: that of the field, or a coarser one where it is too fine to be cut in f64. */
function regionGrid({ network }: Problem, grid: Grid): Grid {
  const axes = grid.size.length;
  const side = Math.floor(Math.min(axes === 3 ? 64 : SIDE, mostRegionCells(network.size) ** (1 / axes)));
  return resampled(
    grid,
    grid.size.map((size) => Math.min(size, Math.max(1, side))),
  );
}

/** What a user should know about the regions that were cut. */
export function regionNotices(grid: Grid, flat: FlatRegions): string[] {
  const words = (size: readonly number[]) => size.map(count).join(' x ');
  const { found, regions, size, blockwiseLayers } = flat;
  const followed = regions.filter(({ drain }) => drain).length;
  return [
    ...(words(size) === words(grid.size) ? [] : [`regions were told apart on ${words(size)} samples.`]),
    ...(followed < found
      ? [`the flow was followed from the ${count(followed)} largest of ${count(found)} regions.`]
      : []),
    ...(blockwiseLayers.length > 0
      ? [`${blockwiseLayers.join(', ')}: a blockwise layer has no pattern of alive neurons.`]
      : []),
  ];
}

/** Cuts and follows, with a progress bar of its own. */
export async function cutRegions(problem: Problem, grid: Grid, session: Session): Promise<FlatRegions> {
  const progress = session.console.progress('regions');
  try {
    return await flatRegions(problem, await loadAlgebra(), regionGrid(problem, grid), {
      ...(session.signal ? { signal: session.signal } : {}),
      onProgress: (done) => {
        progress.update({ done, total: 1 });
      },
    });
  } finally {
    progress.stop();
  }
}
