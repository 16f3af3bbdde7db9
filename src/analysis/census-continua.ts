/**
 * Continua of fixed points out of their pieces, one for each cell they cross: faces of larger pieces are left out, and
 * pieces that touch at a border between cells are joined.
 */
import { norm } from '../model/evaluator.js';
import { applyWeights } from '../model/network.js';
import type { Problem } from '../model/problem.js';
import { orthonormal } from '../math/complete-pivoting.js';
import { boxOf } from './census-cell.js';
import type { Collector, CensusPoint, FoundPiece } from './census-collect.js';
import { meet, ranges, reach, type Box } from './census-polytope.js';
import { cellsUnder } from './census-system.js';

/** An interval that may be unbounded: null stands for minus or plus infinity. */
export type Interval = readonly [number | null, number | null];

/** A polytope of fixed points within one closed cell: `state + sum_k t_k directions_k`. */
export interface ContinuumPiece extends CensusPoint {
  /** Orthonormal, as many as the dimension. */
  readonly directions: number[][];
  /** How far each direction leads from `state` within the piece: an interval of t. */
  readonly extent: Interval[];
  /** The least and the largest value of each component of the state over the piece. */
  readonly range: Interval[];
}

/** A connected set of fixed points. */
export interface Continuum {
  /** The largest of its pieces' dimensions: 1 for lines, 2 for planes, ... */
  readonly dimension: number;
  readonly bounded: boolean;
  /** The pieces by falling dimension; pieces of one continuum touch. */
  readonly pieces: ContinuumPiece[];
}

/** Lengths that count as 0 where pieces of different cells are compared; relative to 1 + |y|. */
const TOUCH = 1e-9;

/** All continua of a census. */
export function joinContinua(problem: Problem, collector: Collector): Continuum[] {
  const pieces = maximal(collector);
  const boxes = pieces.map(({ pattern }) => boxOf(cellsUnder(collector.system, pattern)));
  const leader = pieces.map((_, k) => k);
  const find = (k: number): number => (leader[k] === k ? k : (leader[k] = find(leader[k])));
  for (let a = 0; a < pieces.length; a++)
    for (let b = 0; b < a; b++)
      if (find(a) !== find(b) && isTouching(pieces[a], boxes[a], boxes[b])) leader[find(a)] = find(b);
  const all = [...pieces.keys()];
  return all
    .filter((k) => find(k) === k)
    .map((first) => {
      const described = all
        .filter((k) => find(k) === first)
        .map((k) => describe(problem, collector, pieces[k], boxes[k]))
        .sort((p, q) => q.directions.length - p.directions.length);
      return {
        dimension: described[0].directions.length,
        bounded: described.every(({ range }) => range.flat().every((end) => end !== null)),
        pieces: described,
      };
    });
}

/** The pieces that are no face of another one, each once. */
function maximal(collector: Collector): FoundPiece[] {
  // A piece lies in the closed cell of another one if its inner point does: it is then a part of that piece.
  return collector.pieces.filter(
    (piece, k) =>
      piece.tied.length === 0 ||
      !collector.pieces.some(
        (other, l) =>
          l !== k &&
          (other.basis.length > piece.basis.length || (other.basis.length === piece.basis.length && l < k)) &&
          collector.isInCell(piece.y, other.pattern),
      ),
  );
}

/** Whether two pieces share a point: it solves both systems if it lies in both closed cells. */
function isTouching(piece: FoundPiece, own: Box, other: Box): boolean {
  const tolerance = TOUCH * (1 + norm(piece.y));
  const from = Array.from(own.from, (v, i) => Math.max(v, other.from[i]));
  const to = Array.from(own.to, (v, i) => Math.min(v, other.to[i]));
  return (
    from.every((v, i) => v <= to[i]) && meet(piece.y, piece.basis, { from, to }, tolerance) !== undefined
  );
}

const end = (value: number) => (Number.isFinite(value) ? value : null);

function describe(problem: Problem, collector: Collector, piece: FoundPiece, box: Box): ContinuumPiece {
  const { state, pattern, tied, residual, y, basis } = piece;
  const { network, equation } = problem;
  const cells = cellsUnder(collector.system, pattern);
  const inArgument = ranges({ point: y, basis }, box);
  if (equation !== 9) {
    const extent = basis.map((z) => reach(y, z, box));
    return {
      ...{ state, pattern, tied, residual },
      directions: basis.map((z) => [...z]),
      extent: extent.map(([a, b]) => [end(a), end(b)]),
      range: inArgument.map(([a, b]) => [end(a), end(b)]),
    };
  }
  // u = D y + o along the piece, and y = W u + b.
  const directions = orthonormal(basis.map((z) => z.map((v, i) => cells[i].slope * v)));
  const extent = directions.map((direction) => {
    const z = new Float64Array(network.size);
    applyWeights(network, direction, z);
    return reach(y, z, box);
  });
  return {
    ...{ state, pattern, tied, residual },
    directions: directions.map((direction) => [...direction]),
    extent: extent.map(([a, b]) => [end(a), end(b)]),
    range: inArgument.map((interval, i): Interval => {
      const { slope, offset } = cells[i];
      if (slope === 0) return [offset, offset];
      const [a, b] = interval.map((v) => end(slope * v + offset));
      return slope > 0 ? [a, b] : [b, a];
    }),
  };
}
