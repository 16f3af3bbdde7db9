/** Values written on isolines: on long, straight pieces, upright, away from everything else. */
import { isInside, type Frame } from './frame.js';
import { lineDiscs, type Occupancy } from './occupancy.js';
import { arcLengths, pointAt } from './path.js';

export interface LabelPlace {
  readonly x: number;
  readonly y: number;
  /** Degrees in (-90, 90]. */
  readonly angle: number;
}

interface Candidate extends LabelPlace {
  /** Length along the line. */
  readonly at: number;
  readonly score: number;
}

/** A line this long, in pixels, gets a second label, at least half as far away. */
const LONG = 480;

/** How far the line leaves the chord under the label, in pixels. */
function bend(points: readonly number[], lengths: Float64Array, from: number, to: number): number {
  const [x0, y0] = pointAt(points, lengths, from);
  const [x1, y1] = pointAt(points, lengths, to);
  const span = Math.hypot(x1 - x0, y1 - y0) || 1;
  let most = to - from - span;
  for (const u of [0.25, 0.5, 0.75]) {
    const [x, y] = pointAt(points, lengths, from + u * (to - from));
    most = Math.max(most, Math.abs((x - x0) * (y1 - y0) - (y - y0) * (x1 - x0)) / span);
  }
  return most;
}

function candidateAt(
  points: readonly number[],
  lengths: Float64Array,
  middle: number,
  width: number,
): Candidate {
  const [x0, y0] = pointAt(points, lengths, middle - width / 2);
  const [x1, y1] = pointAt(points, lengths, middle + width / 2);
  let angle = (Math.atan2(y1 - y0, x1 - x0) * 180) / Math.PI;
  if (angle > 90) angle -= 180;
  else if (angle <= -90) angle += 180;
  const centred = Math.abs(middle / lengths[lengths.length - 1] - 0.5);
  const score =
    2 * bend(points, lengths, middle - width / 2, middle + width / 2) + angle ** 2 / 1500 + 3 * centred;
  return { x: (x0 + x1) / 2, y: (y0 + y1) / 2, angle, at: middle, score };
}

function candidates(
  points: readonly number[],
  lengths: Float64Array,
  width: number,
  frame: Frame,
): Candidate[] {
  const total = lengths[lengths.length - 1];
  const found: Candidate[] = [];
  const step = Math.max(5, total / 120);
  for (let at = 0.7 * width; at <= total - 0.7 * width; at += step) {
    const candidate = candidateAt(points, lengths, at, width);
    if (isInside(frame, candidate.x, candidate.y, width / 2 + 5)) found.push(candidate);
  }
  return found.filter(({ score }) => score <= 12).sort((a, b) => a.score - b.score);
}

/**
 * The best free places for labels on one line, one or two; they are reserved.
 * @param points interleaved pixels
 * @param size [width, height] of the label in pixels
 */
export function placeOnLine(
  points: readonly number[],
  size: readonly [number, number],
  frame: Frame,
  occupancy: Occupancy,
): LabelPlace[] {
  const lengths = arcLengths(points);
  const total = lengths[lengths.length - 1];
  const [width, height] = size;
  if (total < 2.4 * width) return [];
  const wanted = total > LONG ? 2 : 1;
  const placed: Candidate[] = [];
  for (const candidate of candidates(points, lengths, width, frame)) {
    if (placed.some((other) => Math.abs(other.at - candidate.at) < LONG / 2)) continue;
    const { x, y, angle } = candidate;
    const discs = lineDiscs(x, y, width, height, (angle * Math.PI) / 180);
    if (!occupancy.isFree(discs)) continue;
    occupancy.reserve(discs.map(([u, v, radius]) => [u, v, radius + 4]));
    placed.push(candidate);
    if (placed.length === wanted) break;
  }
  return placed;
}
