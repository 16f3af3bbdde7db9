/**
 * How intricate the boundary of basins is, from the labels of a slice.
 *
 * Basin entropy (A. Daza et al., Scientific Reports 6 (2016) 31416): the slice is cut into boxes of side^D samples; with
 * p_j the shares of labels in a box its entropy is -sum_j p_j ln p_j. S_b is the mean over all boxes, S_bb over those with
 * more than one label; S_bb > ln 2 suffices for a fractal boundary.
 *
 * Uncertainty exponent (C. Grebogi et al., Phys. Lett. A 99 (1983) 415): the share f of samples of which one eps to either
 * side along an axis has another label falls as eps^alpha; the boundary has dimension D - alpha, D that of the slice.
 */
import { randomStream } from '../model/random.js';
import { isTold, meanOf, type Estimate } from './estimate.js';
import { inPieces, type Interruptible } from './pieces.js';

/** Entropies in nats. */
export interface BasinEntropy {
  /** Samples along each side of a box. */
  readonly side: number;
  readonly boxes: number;
  /** Boxes with more than one label. */
  readonly mixed: number;
  /** S_b. Errors are of boxes as if they were drawn at random. */
  readonly entropy: Estimate;
  /** S_bb; null where no box is mixed. */
  readonly boundaryEntropy: Estimate | null;
  /** Whether S_bb exceeds ln 2 by two standard errors: then the boundary is fractal at this resolution. */
  readonly exceedsLog2: boolean;
  /** Samples without a place to go to, left out of their boxes. */
  readonly leftOut: number;
}

const SIDE = 5;
const ROUNDING = 1e-9;

/**
 * Basin entropies of a map.
 * @param size samples along each axis, the first fastest, as in a grid.
 * @param options `side`: samples along each side of a box, default 5.
 * @returns undefined for maps smaller than one box, and where no sample in a box has a place to go to.
 */
export async function basinEntropy(
  labels: Int32Array,
  size: readonly number[],
  { side = SIDE, ...watch }: Interruptible & { readonly side?: number } = {},
): Promise<BasinEntropy | undefined> {
  const across = size.map((n) => Math.floor(n / side));
  const boxes = across.reduce((product, n) => product * n, 1);
  if (boxes === 0) return undefined;
  const strides = stridesOf(size);
  const within = offsetsOf(side, strides);
  const entropies: number[] = [];
  let leftOut = 0;
  await inPieces(boxes, watch, (from, to) => {
    for (let box = from; box < to; box++) {
      const counts = new Map<number, number>();
      const corner = cornerOf(box, across, strides, side);
      for (const offset of within) {
        const label = labels[corner + offset];
        if (isTold(label)) counts.set(label, (counts.get(label) ?? 0) + 1);
        else leftOut++;
      }
      if (counts.size > 0) entropies.push(entropyOf([...counts.values()]));
    }
  });
  if (entropies.length === 0) return undefined;
  const mixed = entropies.filter((s) => s > 0);
  const boundaryEntropy = mixed.length > 0 ? meanOf(mixed) : null;
  return {
    side,
    boxes,
    mixed: mixed.length,
    entropy: meanOf(entropies),
    boundaryEntropy,
    exceedsLog2:
      boundaryEntropy !== null &&
      boundaryEntropy.value - 2 * (boundaryEntropy.standardError ?? Infinity) > Math.LN2 + ROUNDING,
    leftOut,
  };
}

function entropyOf(counts: readonly number[]): number {
  if (counts.length < 2) return 0;
  const total = counts.reduce((sum, k) => sum + k, 0);
  return -counts.reduce((sum, k) => sum + (k / total) * Math.log(k / total), 0);
}

const stridesOf = (size: readonly number[]) =>
  size.map((_, k) => size.slice(0, k).reduce((product, n) => product * n, 1));

function offsetsOf(side: number, strides: readonly number[]): number[] {
  return strides.reduce<number[]>(
    (found, stride) => Array.from({ length: side }, (_, k) => found.map((o) => o + k * stride)).flat(),
    [0],
  );
}

function cornerOf(box: number, across: readonly number[], strides: readonly number[], side: number): number {
  let [rest, corner] = [box, 0];
  across.forEach((n, axis) => {
    corner += (rest % n) * side * strides[axis];
    rest = Math.floor(rest / n);
  });
  return corner;
}

/** Shares of uncertain samples by distance, and the power law through them. */
export interface UncertaintyExponent {
  /** Distance in samples, uncertain ones, and all that were asked. */
  readonly scales: readonly {
    readonly distance: number;
    readonly uncertain: number;
    readonly asked: number;
  }[];
  /** alpha. Errors are of the fit, widened where the points scatter by more than their own errors. */
  readonly exponent: Estimate;
  /** D - alpha, the dimension of the boundary within the slice. */
  readonly dimension: Estimate;
}

/** Random samples of each distance. */
const ASKED = 2 ** 15;
/** Power laws end where the sample is smaller than the structure. */
const MOST_UNCERTAIN = 0.3;
const LEAST_UNCERTAIN = 30;
const LEAST_SCALES = 3;
const STREAM = 5;

/**
 * The uncertainty exponent of a map.
 * @param size samples along each axis, the first fastest.
 * @returns undefined where there is no boundary, or too few samples to see a law.
 */
export async function uncertaintyExponent(
  labels: Int32Array,
  size: readonly number[],
  seed = 1,
  watch: Interruptible = {},
): Promise<UncertaintyExponent | undefined> {
  const farthest = 2 ** Math.floor(Math.log2(Math.min(...size) / 8));
  const { uniform } = randomStream(seed, STREAM);
  const strides = stridesOf(size);
  let drawn = 0;
  const scales: { distance: number; uncertain: number; asked: number }[] = [];
  for (let distance = 1; distance <= farthest; distance *= 2) {
    let [uncertain, asked] = [0, 0];
    const ask = () => {
      // All distances ask the same region.
      const cell = size.reduce(
        (sum, n, axis) =>
          sum + strides[axis] * (farthest + Math.floor(uniform(drawn++) * (n - 2 * farthest))),
        0,
      );
      const step = distance * strides[Math.floor(uniform(drawn++) * size.length)];
      const [own, left, right] = [labels[cell], labels[cell - step], labels[cell + step]];
      if (!isTold(own) || !isTold(left) || !isTold(right)) return;
      asked++;
      if (left !== own || right !== own) uncertain++;
    };
    await inPieces(ASKED, watch, (from, to) => {
      for (let k = from; k < to; k++) ask();
    });
    scales.push({ distance, uncertain, asked });
  }
  const used = scales.filter(
    ({ uncertain, asked }) => uncertain >= LEAST_UNCERTAIN && uncertain <= MOST_UNCERTAIN * asked,
  );
  if (used.length < LEAST_SCALES) return undefined;
  const exponent = powerOf(used);
  const dimension = { ...exponent, value: size.length - exponent.value };
  return { scales, exponent, dimension };
}

/** Least squares of ln f against ln distance, each point weighted by its binomial error. */
function powerOf(scales: UncertaintyExponent['scales']): Estimate {
  const points = scales.map(({ distance, uncertain, asked }) => {
    const f = uncertain / asked;
    return { x: Math.log(distance), y: Math.log(f), weight: uncertain / (1 - f) };
  });
  const sum = (of: (p: (typeof points)[number]) => number) =>
    points.reduce((total, p) => total + p.weight * of(p), 0);
  const weight = sum(() => 1);
  const [x, y] = [sum((p) => p.x) / weight, sum((p) => p.y) / weight];
  const spread = sum((p) => (p.x - x) ** 2);
  const value = sum((p) => (p.x - x) * (p.y - y)) / spread;
  const misfit = sum((p) => (p.y - y - value * (p.x - x)) ** 2) / (points.length - 2);
  return { value, standardError: Math.sqrt(Math.max(1, misfit) / spread) };
}
