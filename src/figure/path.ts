/** Polylines in pixels: interleaved x, y. */

function distanceToChord(points: ArrayLike<number>, k: number, from: number, to: number): number {
  const [x0, y0] = [points[2 * from], points[2 * from + 1]];
  const [dx, dy] = [points[2 * to] - x0, points[2 * to + 1] - y0];
  const [px, py] = [points[2 * k] - x0, points[2 * k + 1] - y0];
  const square = dx * dx + dy * dy;
  const u = square > 0 ? Math.min(1, Math.max(0, (px * dx + py * dy) / square)) : 0;
  return Math.hypot(px - u * dx, py - u * dy);
}

/** Douglas and Peucker: leaves out points nearer to the line than `tolerance` pixels. */
export function simplifyPath(points: readonly number[], tolerance: number): number[] {
  const count = points.length / 2;
  if (count < 3) return [...points];
  const keep = new Uint8Array(count);
  keep[0] = keep[count - 1] = 1;
  const stack: [number, number][] = [[0, count - 1]];
  for (let range = stack.pop(); range; range = stack.pop()) {
    const [from, to] = range;
    let farthest = -1;
    let most = tolerance;
    for (let k = from + 1; k < to; k++) {
      const distance = distanceToChord(points, k, from, to);
      if (distance > most) [farthest, most] = [k, distance];
    }
    if (farthest < 0) continue;
    keep[farthest] = 1;
    stack.push([from, farthest], [farthest, to]);
  }
  return points.filter((_, i) => keep[i >> 1] === 1);
}

/** Length along the path at every point. */
export function arcLengths(points: readonly number[]): Float64Array {
  const lengths = new Float64Array(points.length / 2);
  for (let k = 1; k < lengths.length; k++) {
    const step = Math.hypot(points[2 * k] - points[2 * k - 2], points[2 * k + 1] - points[2 * k - 1]);
    lengths[k] = lengths[k - 1] + step;
  }
  return lengths;
}

/** The point at a length along the path; `lengths` from `arcLengths`. */
export function pointAt(points: readonly number[], lengths: Float64Array, at: number): [number, number] {
  let [low, high] = [0, lengths.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (lengths[middle] <= at) low = middle;
    else high = middle;
  }
  const span = lengths[high] - lengths[low];
  const u = span > 0 ? (at - lengths[low]) / span : 0;
  return [
    points[2 * low] + u * (points[2 * high] - points[2 * low]),
    points[2 * low + 1] + u * (points[2 * high + 1] - points[2 * low + 1]),
  ];
}
