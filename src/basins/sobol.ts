/**
 * Scrambled Sobol points: evenly spread over the unit cube, yet each uniformly distributed, so that the mean over a set is
 * unbiased and independent scramblings tell its error.
 *
 * I. Sobol (1967); direction numbers of S. Joe and F. Kuo, "Constructing Sobol sequences with better two-dimensional
 * projections", SIAM J. Sci. Comput. 30 (2008). Scrambled by random lower triangular matrices and a digital shift
 * (J. Matousek, J. Complexity 14 (1998)), in 32 binary digits. Dimensions beyond the table are padded with independent
 * uniform numbers: by then evenness in all of them would take more points than anybody has.
 */
import { randomStream } from '../model/random.js';

const BITS = 32;

/** Degree, inner coefficients and first direction numbers of the primitive polynomials of dimensions 2, 3, .. */
const POLYNOMIALS: readonly (readonly [degree: number, inner: number, first: readonly number[]])[] = [
  [1, 0, [1]],
  [2, 1, [1, 3]],
  [3, 1, [1, 3, 1]],
  [3, 2, [1, 1, 1]],
  [4, 1, [1, 1, 3, 3]],
  [4, 4, [1, 3, 5, 13]],
  [5, 2, [1, 1, 5, 5, 17]],
  [5, 4, [1, 1, 5, 5, 5]],
  [5, 7, [1, 1, 7, 11, 19]],
  [5, 11, [1, 1, 5, 1, 1]],
  [5, 13, [1, 1, 1, 3, 11]],
  [5, 14, [1, 3, 5, 5, 31]],
  [6, 1, [1, 3, 3, 9, 7, 49]],
  [6, 13, [1, 1, 1, 15, 21, 21]],
  [6, 16, [1, 3, 1, 13, 27, 49]],
];

/** Dimensions that are even; further ones are random. */
export const SOBOL_DIMENSIONS = POLYNOMIALS.length + 1;
/** Philox streams from this one on, one for each scrambling. */
const STREAMS = 1024;

/**
 * The first `count` points of one scrambling, row-major [count][dimensions], each coordinate in (0, 1).
 * @param count a power of two, or the evenness is lost.
 * @param scrambling 0, 1, ..: different ones are independent.
 */
export function scrambledSobol(
  dimensions: number,
  count: number,
  seed: number,
  scrambling: number,
): Float64Array {
  const { uniform } = randomStream(seed, STREAMS + scrambling);
  const points = new Float64Array(count * dimensions);
  let drawn = 0;
  const word = () => Math.floor(uniform(drawn++) * 2 ** BITS) >>> 0;
  for (let d = 0; d < Math.min(dimensions, SOBOL_DIMENSIONS); d++) {
    const directions = scrambled(directionNumbers(d), word);
    let digits = word();
    for (let k = 0; k < count; k++) {
      // Gray code: one direction number more or less from point to point.
      if (k > 0) digits = (digits ^ directions[31 - Math.clz32(k & -k)]) >>> 0;
      points[k * dimensions + d] = (digits + 0.5) * 2 ** -BITS;
    }
  }
  for (let k = 0; k < count; k++)
    for (let d = SOBOL_DIMENSIONS; d < dimensions; d++) points[k * dimensions + d] = uniform(drawn++);
  return points;
}

/** Of dimension d = 0, 1, ..: digit k of a point's number adds the k-th, first digit uppermost. */
function directionNumbers(d: number): Uint32Array {
  const v = new Uint32Array(BITS);
  const [degree, inner, first] = d === 0 ? [BITS, 0, Array<number>(BITS).fill(1)] : POLYNOMIALS[d - 1];
  for (let k = 0; k < BITS; k++) {
    if (k < degree) {
      v[k] = first[k] << (BITS - 1 - k);
      continue;
    }
    v[k] = v[k - degree] ^ (v[k - degree] >>> degree);
    for (let j = 1; j < degree; j++) if ((inner >>> (degree - 1 - j)) & 1) v[k] ^= v[k - j];
  }
  return v;
}

/** The direction numbers through a random lower triangular matrix with ones on its diagonal, over GF(2). */
function scrambled(directions: Uint32Array, word: () => number): Uint32Array {
  const rows = Uint32Array.from({ length: BITS }, (_, r) => {
    const own = 2 ** (BITS - 1 - r);
    // Digits above the own one; the first row has none.
    const above = r === 0 ? 0 : (0xffffffff << (BITS - r)) >>> 0;
    return ((word() & above) | own) >>> 0;
  });
  return directions.map((v) =>
    rows.reduce((sum, row, r) => (parity(row & v) === 1 ? sum | (1 << (BITS - 1 - r)) : sum), 0),
  );
}

function parity(bits: number): number {
  let folded = bits;
  for (const shift of [16, 8, 4, 2, 1]) folded ^= folded >>> shift;
  return folded & 1;
}
