/** The exact outline of a mask: along the edges of its samples, so that the hatched area is the masked area. */
import type { CountField, Mask } from './picture.js';
import { thinField, type ThinnedField } from './thin.js';

const LIMIT = 512;

/** Directions right, up, left, down; the masked side is on the left of the way. */
const STEPS = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
] as const;

/** Outgoing directions per grid vertex as four bits. */
function boundaryEdges({ values, width, height }: ThinnedField, threshold: number): Uint8Array {
  const bits = new Uint8Array((width + 1) * (height + 1));
  const inside = (i: number, j: number): boolean =>
    i >= 0 && j >= 0 && i < width && j < height && values[j * width + i] >= threshold;
  const vertex = (i: number, j: number): number => j * (width + 1) + i;
  for (let j = 0; j < height; j++) {
    for (let i = 0; i < width; i++) {
      if (!inside(i, j)) continue;
      if (!inside(i, j - 1)) bits[vertex(i, j)] |= 1;
      if (!inside(i + 1, j)) bits[vertex(i + 1, j)] |= 2;
      if (!inside(i, j + 1)) bits[vertex(i + 1, j + 1)] |= 4;
      if (!inside(i - 1, j)) bits[vertex(i, j + 1)] |= 8;
    }
  }
  return bits;
}

/** Turning left first keeps diagonal neighbours apart, so rings never cross themselves. */
function nextDirection(bits: number, direction: number): number {
  for (const turn of [1, 0, 3]) {
    const candidate = (direction + turn) & 3;
    if ((bits & (1 << candidate)) !== 0) return candidate;
  }
  return -1;
}

function traceRing(bits: Uint8Array, row: number, start: number, first: number): number[] {
  const ring: number[] = [];
  let [at, direction, before] = [start, first, -1];
  while (direction >= 0 && (bits[at] & (1 << direction)) !== 0) {
    bits[at] &= ~(1 << direction);
    if (direction !== before) ring.push(at % row, Math.floor(at / row));
    before = direction;
    at += STEPS[direction][0] + STEPS[direction][1] * row;
    direction = nextDirection(bits[at], before);
  }
  return ring;
}

/**
 * Closed rings around the masked samples.
 * @returns interleaved positions as fractions of the extent (t upwards); outer rings counter-clockwise, holes clockwise
 */
export function maskOutline(mask: Mask): number[][] {
  return outlineAbove(thinField({ values: mask.mask, size: mask.size }, LIMIT), 1);
}

/** Counts for `outlineAbove`, thinned to at most 512 samples a side. */
export function thinCounts(counts: CountField): ThinnedField {
  return thinField(counts, LIMIT);
}

/** Rings, as of `maskOutline`, around the samples that are at least `threshold`. */
export function outlineAbove(thin: ThinnedField, threshold: number): number[][] {
  const bits = boundaryEdges(thin, threshold);
  const rings: number[][] = [];
  for (let at = 0; at < bits.length; at++) {
    for (let direction = 0; direction < 4; direction++) {
      if ((bits[at] & (1 << direction)) === 0) continue;
      const ring = traceRing(bits, thin.width + 1, at, direction);
      rings.push(ring.map((value, i) => value / (i % 2 === 0 ? thin.width : thin.height)));
    }
  }
  return rings;
}

/** The parts of closed rings that do not run along the border of the extent. */
export function innerEdges(rings: readonly (readonly number[])[]): number[][] {
  const edges: number[][] = [];
  for (const ring of rings) {
    const count = ring.length / 2;
    let run: number[] = [];
    for (let k = 0; k < count; k++) {
      const [x0, y0] = [ring[2 * k], ring[2 * k + 1]];
      const [x1, y1] = [ring[2 * ((k + 1) % count)], ring[2 * ((k + 1) % count) + 1]];
      const onBorder = (x0 === x1 && (x0 === 0 || x0 === 1)) || (y0 === y1 && (y0 === 0 || y0 === 1));
      if (onBorder) {
        if (run.length > 0) edges.push(run);
        run = [];
      } else if (run.length > 0) run.push(x1, y1);
      else run = [x0, y0, x1, y1];
    }
    if (run.length > 0) edges.push(run);
  }
  return edges;
}
