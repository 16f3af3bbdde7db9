/** --image 28x28: which neurons of a state are its pixels. */
import type { ImageChoice } from '../figures/index.js';
import type { Problem } from '../model/problem.js';
import { readSize } from './arguments.js';
import { usageError } from './usage.js';

export const IMAGE_HELP =
  'draw the fixed points in view, and the states of --through, as images of this size, e.g. 28x28';

/**
 * The pixels are the first layer with as many neurons as the image, row by row from the top.
 * @param states to draw besides the fixed points
 */
export function readImage(
  { image }: Readonly<Record<string, unknown>>,
  { network }: Problem,
  states: readonly Float64Array[],
): ImageChoice | undefined {
  if (typeof image !== 'string') return undefined;
  const sides = readSize(image);
  const [width, height] = sides;
  const layer = sides.length === 2 ? network.layers.find(({ size }) => size === width * height) : undefined;
  if (!layer)
    throw usageError(
      `--image ${image}: no layer has that many neurons`,
      `an image of W x H pixels is a layer of as many neurons; the layers have ${network.layers.map(({ size }) => String(size)).join(', ')}.`,
      'give the width and the height, e.g. --image 28x28',
    );
  return { offset: layer.offset, size: [width, height], states };
}
