/**
 * The loop to beat: eq. 4 of a sigmoid network on a plane slice in plain f64 JavaScript, one thread, as fast as we
 * can write it by hand. Everything that the pixels of a row share is hoisted, W is halved by symmetry, exp is
 * shared between g and L, and one logarithm serves all neurons of a point (2^64 is far from overflow in f64).
 */
export interface SliceCase {
  readonly n: number;
  /** Pixels along each side. */
  readonly size: number;
  /** Symmetric W, row-major. */
  readonly weights: Float64Array;
  readonly bias: Float64Array;
  readonly origin: Float64Array;
  readonly axes: readonly [Float64Array, Float64Array];
  /** Half-width of the box. */
  readonly reach: number;
}

export function baselineField({ n, size, weights, bias, origin, axes, reach }: SliceCase): Float32Array {
  const out = new Float32Array(size * size);
  const [first, second] = axes;
  const step = (2 * reach) / size;
  // Lower triangle, diagonal halved, rows one after the other: the inner loop walks straight through it.
  const half = new Float64Array((n * (n + 1)) / 2);
  for (let i = 0, k = 0; i < n; i++)
    for (let j = 0; j <= i; j++, k++) half[k] = (i === j ? 0.5 : 1) * weights[i * n + j];
  const base = new Float64Array(n);
  const g = new Float64Array(n);
  for (let row = 0, at = 0; row < size; row++) {
    const t = (row - (size - 1) / 2) * step;
    for (let i = 0; i < n; i++) base[i] = origin[i] + t * second[i];
    for (let column = 0; column < size; column++, at++) {
      const s = (column - (size - 1) / 2) * step;
      let energy = 0;
      let product = 1;
      let form = 0;
      for (let i = 0, k = 0; i < n; i++) {
        const y = base[i] + s * first[i];
        const e = Math.exp(-Math.abs(y));
        const r = 1 / (1 + e);
        const gi = y > 0 ? r : e * r;
        g[i] = gi;
        product *= 1 + e;
        energy += (y - bias[i]) * gi - (y > 0 ? y : 0);
        let sum = 0;
        for (let j = 0; j <= i; j++, k++) sum += half[k] * g[j];
        form += sum * gi;
      }
      out[at] = energy - Math.log(product) - form;
    }
  }
  return out;
}
