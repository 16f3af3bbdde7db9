/** Thinning: drawings need fewer samples than a field may have, and every one they show must be a real one. */

/** Row-major samples of any numeric kind. */
interface Samples {
  readonly values: ArrayLike<number>;
  readonly size: readonly [number, number];
}

/** A field thinned by whole strides: every value is a sample, none is an average. */
export interface ThinnedField {
  readonly values: ArrayLike<number>;
  readonly width: number;
  readonly height: number;
  /** Source index of sample 0 and the stride between samples, per axis. */
  readonly offset: readonly [number, number];
  readonly stride: readonly [number, number];
}

/** Thins an array so that no side is longer than `limit`. */
export function thinField(field: Samples, limit: number): ThinnedField {
  const [ns, nt] = field.size;
  const stride = [Math.ceil(ns / limit), Math.ceil(nt / limit)] as const;
  const width = Math.floor(ns / stride[0]);
  const height = Math.floor(nt / stride[1]);
  const offset = [(ns - 1 - (width - 1) * stride[0]) >> 1, (nt - 1 - (height - 1) * stride[1]) >> 1] as const;
  if (stride[0] === 1 && stride[1] === 1) return { values: field.values, width, height, offset, stride };
  const values = new Float64Array(width * height);
  for (let j = 0; j < height; j++) {
    const row = (offset[1] + j * stride[1]) * ns + offset[0];
    for (let i = 0; i < width; i++) values[j * width + i] = field.values[row + i * stride[0]];
  }
  return { values, width, height, offset, stride };
}
