/**
 * The loops to beat: basins of the two-attractor sigmoid network (models/two-attractor-sigmoid.json) in plain f64
 * JavaScript, one thread, written by hand for its two neurons. `sameAlgorithm` is what memscape computes (ETD4RK,
 * the same h and stop sets); `plain` is RK4 with h = 0.1 and the balls that the textbook bound proves (|W| max|g''|).
 */

/** W, b, and how starts lie: size x size cell centres of the square of half-width `reach`. */
export const BASIN_CASE = { weights: [10, -6, -6, 10], bias: [-2, -2.5], reach: 12, size: 512 } as const;

/** A disc around an attractor. */
export interface Disc {
  readonly centre: ArrayLike<number>;
  readonly square: number;
}

type Step = (y: number, z: number) => void;

const MOST_STEPS = 10_000;
const { reach } = BASIN_CASE;
const [w00, w01, w10, w11] = BASIN_CASE.weights;
const [b0, b1] = BASIN_CASE.bias;
/** Results of a step and of N, without allocating. */
const at = { y: 0, z: 0 };

const logistic = (x: number) => 1 / (1 + Math.exp(-x));

function loop(discs: readonly Disc[], size: number, step: Step): Int32Array {
  const labels = new Int32Array(size * size).fill(-1);
  const pixel = (2 * reach) / size;
  const [p, q] = discs;
  const [p0, p1, ps] = [p.centre[0], p.centre[1], p.square];
  const [q0, q1, qs] = [q.centre[0], q.centre[1], q.square];
  for (let row = 0, k = 0; row < size; row++)
    for (let column = 0; column < size; column++, k++) {
      let y = (column - (size - 1) / 2) * pixel;
      let z = (row - (size - 1) / 2) * pixel;
      for (let n = 0; n < MOST_STEPS; n++) {
        if ((y - p0) * (y - p0) + (z - p1) * (z - p1) <= ps) {
          labels[k] = 0;
          break;
        }
        if ((y - q0) * (y - q0) + (z - q1) * (z - q1) <= qs) {
          labels[k] = 1;
          break;
        }
        step(y, z);
        y = at.y;
        z = at.z;
      }
    }
  return labels;
}

/** RK4 with steps of length h, from size x size starts. */
export function plain(discs: readonly Disc[], h: number, size: number = BASIN_CASE.size): Int32Array {
  return loop(discs, size, (y, z) => {
    let [g, k] = [logistic(y), logistic(z)];
    const [a0, a1] = [w00 * g + w01 * k + b0 - y, w10 * g + w11 * k + b1 - z];
    let [u, v] = [y + (h / 2) * a0, z + (h / 2) * a1];
    g = logistic(u);
    k = logistic(v);
    const [c0, c1] = [w00 * g + w01 * k + b0 - u, w10 * g + w11 * k + b1 - v];
    u = y + (h / 2) * c0;
    v = z + (h / 2) * c1;
    g = logistic(u);
    k = logistic(v);
    const [d0, d1] = [w00 * g + w01 * k + b0 - u, w10 * g + w11 * k + b1 - v];
    u = y + h * d0;
    v = z + h * d1;
    g = logistic(u);
    k = logistic(v);
    const [e0, e1] = [w00 * g + w01 * k + b0 - u, w10 * g + w11 * k + b1 - v];
    at.y = y + (h / 6) * (a0 + 2 * (c0 + d0) + e0);
    at.z = z + (h / 6) * (a1 + 2 * (c1 + d1) + e1);
  });
}

/** ETD4RK (Cox and Matthews 2002) with steps of length h, from size x size starts. */
export function sameAlgorithm(discs: readonly Disc[], h: number, size: number = BASIN_CASE.size): Int32Array {
  const [decay, half] = [Math.exp(-h), Math.exp(-h / 2)];
  const gain = 1 - half;
  const p1 = (1 - decay) / h;
  const p2 = (1 - p1) / h;
  const p3 = (1 / 2 - p2) / h;
  const [f1, f2, f3] = [h * (p1 - 3 * p2 + 4 * p3), 2 * h * (p2 - 2 * p3), h * (4 * p3 - p2)];
  return loop(discs, size, (y, z) => {
    let [g, k] = [logistic(y), logistic(z)];
    const [n0, n1] = [w00 * g + w01 * k + b0, w10 * g + w11 * k + b1];
    const [a0, a1] = [half * y + gain * n0, half * z + gain * n1];
    g = logistic(a0);
    k = logistic(a1);
    const [na0, na1] = [w00 * g + w01 * k + b0, w10 * g + w11 * k + b1];
    g = logistic(half * y + gain * na0);
    k = logistic(half * z + gain * na1);
    const [nb0, nb1] = [w00 * g + w01 * k + b0, w10 * g + w11 * k + b1];
    g = logistic(half * a0 + gain * (2 * nb0 - n0));
    k = logistic(half * a1 + gain * (2 * nb1 - n1));
    at.y = decay * y + f1 * n0 + f2 * (na0 + nb0) + f3 * (w00 * g + w01 * k + b0);
    at.z = decay * z + f1 * n1 + f2 * (na1 + nb1) + f3 * (w10 * g + w11 * k + b1);
  });
}

/** The disc that mu_2(J*) + |W| sqrt(3)/18 r < 0 proves: the bound with the global slope of H. */
export function textbookDisc(centre: ArrayLike<number>): Disc {
  const [h0, h1] = [0, 1].map((i) => logistic(centre[i]) * (1 - logistic(centre[i])));
  const [a, b, d] = [w00 * h0 - 1, (w01 * h1 + w10 * h0) / 2, w11 * h1 - 1];
  const mu = (a + d) / 2 + Math.hypot((a - d) / 2, b);
  const radius = -mu / (16 * (Math.sqrt(3) / 18));
  return { centre, square: radius * radius };
}
