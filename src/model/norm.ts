/**
 * |W| for the certified coefficients, never too small and as tight as is cheap: exact where an eigenvalue solver takes
 * seconds, else put together from the norms of the parts, so that no N x N matrix is made that the network does not
 * store. A bound that is too large by a factor makes the energy steeper by its square and the picture worse; one that
 * is too small would break the proof.
 */
import type { Algebra } from './algebra.js';
import { denseWeights } from './network.js';
import { mirrorPairs, type Tile } from './symmetry.js';
import type { Matrix, Network, WeightBlock } from '../types.js';

/** Up to here eigenvalues of the whole W are fast. */
const EXACT = 512;

const known = new WeakMap<Network, number>();

/** |W| of a symmetric network, rounded up; computed once for each network. */
export function weightsNorm(network: Network, algebra: Algebra): number {
  const found = known.get(network) ?? compute(network, algebra);
  known.set(network, found);
  return found;
}

function compute(network: Network, algebra: Algebra): number {
  const { size, weights, patterns } = network;
  if (size <= EXACT && weights.length > 0) return algebra.symmetricNorm(denseWeights(network));
  // |W| <= |blocks| + |patterns|, with equality where only one of them is there.
  let norm = weights.length > 0 ? blocksNorm(weights, algebra) : 0;
  for (const { factor, scale } of patterns) norm += Math.abs(scale) * algebra.spectralNorm(factor) ** 2;
  return norm * (1 + 8 * Number.EPSILON);
}

/**
 * W cut into tiles along the edges of its blocks has at most the norm of the small matrix of the tiles' norms: for
 * layers that are coupled to the next one and back this is tight, for one dense block it is the norm of the block.
 */
function blocksNorm(blocks: readonly WeightBlock[], algebra: Algebra): number {
  const norms: { row: number; column: number; norm: number }[] = [];
  for (const [tile, mirror] of mirrorPairs(blocks)) {
    const norm = algebra.spectralNorm(cut(tile));
    // A tile of zeros alone may have no mirror image.
    if (norm === 0) continue;
    norms.push({ row: tile.row, column: tile.column, norm });
    if (mirror && mirror !== tile) norms.push({ row: tile.column, column: tile.row, norm });
  }
  const cuts = new Map([...new Set(norms.map(({ row }) => row))].map((row, index) => [row, index]));
  const n = cuts.size;
  const up = 1 + 4 * n * Number.EPSILON;
  if (n > EXACT) {
    const sums = new Map<number, number>();
    let squares = 0;
    for (const { row, norm } of norms) {
      sums.set(row, (sums.get(row) ?? 0) + norm);
      squares += norm * norm;
    }
    return up * Math.min(Math.max(...sums.values()), Math.sqrt(squares));
  }
  const data = new Float64Array(n * n);
  // W is symmetric, so every column of tiles is a row of tiles too.
  for (const { row, column, norm } of norms) data[(cuts.get(row) ?? 0) * n + (cuts.get(column) ?? 0)] = norm;
  return algebra.symmetricNorm({ rows: n, columns: n, data });
}

function cut({ rows, columns, data, start, stride }: Tile): Matrix {
  const out = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++)
    out.set(data.subarray(start + i * stride, start + i * stride + columns), i * columns);
  return { rows, columns, data: out };
}
