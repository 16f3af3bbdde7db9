/** States that are images: which neurons are the pixels, and what is drawn where. */
import type { FixedPointMark, ImageMark, PixelImage } from '../figure/picture.js';
import type { Grid } from '../types.js';
import type { NamedPoint } from './marks.js';
import { SliceFrame } from './slice.js';

/** Which neurons of a state are an image, row by row from the top, and states to draw besides the fixed points. */
export interface ImageChoice {
  /** The first of the neurons. */
  readonly offset: number;
  /** [width, height]. */
  readonly size: readonly [number, number];
  readonly states: readonly Float64Array[];
}

function imageOf(state: Float64Array, { offset, size }: ImageChoice): PixelImage {
  return { pixels: state.slice(offset, offset + size[0] * size[1]), size };
}

/** Marks of fixed points with the images of their states. */
export function withImages(
  marks: readonly FixedPointMark[],
  points: readonly NamedPoint[],
  choice: ImageChoice,
): FixedPointMark[] {
  return marks.map((mark) => {
    const point = points.find(({ name }) => name === mark.name);
    return point ? { ...mark, image: imageOf(point.state, choice) } : mark;
  });
}

/** States nearer to a fixed point than this share of the view are that point. */
const SAME = 0.02;

/** Images of the states that are no fixed points, at their feet in the slice. */
export function imageMarks(grid: Grid, points: readonly FixedPointMark[], choice: ImageChoice): ImageMark[] {
  const frame = new SliceFrame(grid);
  const widths = grid.extent.map(([lo, hi]) => hi - lo);
  return choice.states.flatMap((state): ImageMark[] => {
    const { s, t } = frame.locate(state);
    const known = points.some(
      (point) => Math.hypot((point.s - s) / widths[0], (point.t - t) / widths[1]) < SAME,
    );
    return known ? [] : [{ s, t, ...imageOf(state, choice) }];
  });
}
