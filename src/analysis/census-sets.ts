/**
 * What a census knows, as sets that the ends of searches are sorted into. A zero of r in the closed cell of a piece solves
 * the piece's system, so it lies on it: no walk has to find that out.
 */
import { norm, type Evaluator } from '../model/evaluator.js';
import { networkCells } from '../model/piecewise.js';
import type { Census } from './census-all.js';
import { join, setAt, type ZeroSet } from './continua.js';
import type { End } from './ends.js';

/** Ends lie at most this far beyond a border of their cell; relative to 1 + |y|. */
const SLACK = 1e-7;

/**
 * The sets of a census, points and then continua, and the ends that are in none of them.
 * @param counted the census, and which of the ends its points are.
 */
export function sortedByCensus(
  evaluator: Evaluator,
  { census, points }: { readonly census: Census; readonly points: ReadonlySet<End> },
  ends: readonly End[],
): { readonly sets: readonly ZeroSet[]; readonly others: readonly End[] } {
  const found = networkCells(evaluator.problem.network);
  const cells = 'cells' in found ? found.cells : [];
  const inCell = (pattern: readonly number[]) => {
    const slack = SLACK * (1 + norm(evaluator.x));
    return pattern.every((cell, i) => {
      const { from, to } = cells[i][cell];
      return evaluator.x[i] >= from - slack && evaluator.x[i] <= to + slack;
    });
  };
  const ranges = census.continua.map(({ pieces }) => {
    const [{ state, directions }] = pieces;
    const set = setAt(
      Float64Array.from(state),
      0,
      directions.map((v) => Float64Array.from(v)),
    );
    return { set, pieces };
  });
  const known: ZeroSet[] = [];
  const others: End[] = [];
  for (const end of ends) {
    const { state, hits } = end;
    if (points.has(end)) {
      known.push(setAt(state, hits, []));
      continue;
    }
    evaluator.moveTo(state);
    const home = ranges.find(({ pieces }) => pieces.some(({ pattern }) => inCell(pattern)));
    if (home) join(home.set, { hits, anchors: [], lower: state, upper: state });
    else others.push(end);
  }
  return { sets: [...known, ...ranges.map(({ set }) => set)], others };
}
