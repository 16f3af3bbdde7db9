/** Whether a network can have a census, decided without an exception: which size it is, what stands against it. */
import { MemscapeError, type MemscapeErrorParts } from '../errors.js';
import { networkCells, type Cell } from '../model/piecewise.js';
import type { Network } from '../types.js';

/** Patterns that a census solves unless told otherwise: 20 relu neurons, 12 of `hard-tanh` or `shrink`. */
export const CENSUS_PATTERNS = 2 ** 20;
/** The walk keeps 16 N^3 / 3 bytes. */
const CENSUS_NEURONS = 128;

/** The size of a census: its number of patterns, or why there is none. */
export type CensusSize =
  | { readonly possible: true; readonly patterns: number }
  | {
      readonly possible: false;
      /** Absent where the network is not piecewise linear. */
      readonly patterns?: number;
      /** Names the size and the alternatives. */
      readonly refusal: MemscapeErrorParts;
    };

const SEARCH =
  'search instead: `fixedPointsFrom` finds fixed points from seeds, without a proof that none is missing';

/**
 * Whether all fixed points of a network can be enumerated (equations.md section 5): every neuron piecewise linear, and
 * the product of their numbers of cells (relu, leaky-relu 2, hard-tanh, shrink 3, identity 1) at most `limit`.
 * @param limit patterns to be solved at most; a million takes about a second.
 */
export function censusSize(network: Network, limit: number = CENSUS_PATTERNS): CensusSize {
  const found = networkCells(network);
  if ('smooth' in found) return { possible: false, refusal: smooth(found.smooth) };
  const patterns = countPatterns(found.cells);
  if (network.size > CENSUS_NEURONS) return { possible: false, patterns, refusal: wide(network.size) };
  return patterns <= limit
    ? { possible: true, patterns }
    : { possible: false, patterns, refusal: large(patterns, limit, network.symmetric) };
}

/** The cells of every neuron. @throws MemscapeError (exit 2) with the refusal of `censusSize`. */
export function cellsForCensus(network: Network, limit: number): readonly (readonly Cell[])[] {
  const size = censusSize(network, limit);
  if (!size.possible) throw new MemscapeError(size.refusal);
  const found = networkCells(network);
  return 'cells' in found ? found.cells : [];
}

/** The number of patterns; beyond 2^53 rounded, beyond 1e308 Number.MAX_VALUE. */
export function countPatterns(cells: readonly (readonly Cell[])[]): number {
  return Math.min(
    Number.MAX_VALUE,
    cells.reduce((product, own) => product * own.length, 1),
  );
}

const number = (value: number) =>
  value < 1e15 ? value.toLocaleString('en') : value.toExponential(2).replace('e+', 'e');

function smooth(layer: string): MemscapeErrorParts {
  return {
    code: 'census-smooth',
    what: `a census of all fixed points needs piecewise linear neurons, which ${layer} has not`,
    why: 'only where every activation pattern makes the network linear can each pattern be solved.',
    mend: `${SEARCH}.`,
    exitCode: 2,
  };
}

function wide(neurons: number): MemscapeErrorParts {
  return {
    code: 'census-size',
    what: `a census stops at ${String(CENSUS_NEURONS)} neurons, not ${String(neurons)}`,
    why: 'linear systems are kept for every neuron that is decided.',
    mend: `leave identity layers out (\`reduce\` rotates them away), or ${SEARCH}.`,
    exitCode: 2,
  };
}

function large(patterns: number, limit: number, symmetric: boolean): MemscapeErrorParts {
  const stable = symmetric
    ? 'take `stableCensus`, which finds the stable fixed points of large networks, or '
    : '';
  return {
    code: 'census-size',
    what: `a census would solve ${number(patterns)} activation patterns; the limit is ${number(limit)}`,
    why: 'every neuron multiplies their number by its linear pieces.',
    mend: `${stable}raise \`limit\` (a million patterns take about a second), or ${SEARCH}.`,
    exitCode: 2,
  };
}
