/**
 * The census of a piecewise linear network: every fixed point, proved complete (equations.md section 5). Each activation
 * pattern makes the network linear, so its fixed points are found by solving one linear system per pattern and
 * keeping what lies in the pattern's own cell. Patterns share their eliminations (census-walk.ts), what may be a
 * solution is solved with care (census-cell.ts), and degenerate networks have continua (census-continua.ts).
 *
 * It lists the zeros of r. R of eqs. 9 and 13 does not move them; where R is singular there may be steady states with
 * r != 0 as well (false memories), which are not looked for here.
 */
import type { Algebra } from '../model/algebra.js';
import type { Problem } from '../model/problem.js';
import { Collector, type CensusPoint, type FoundPoint, type UndecidedPattern } from './census-collect.js';
import { joinContinua, type Continuum } from './census-continua.js';
import { CENSUS_PATTERNS, cellsForCensus, countPatterns } from './census-size.js';
import { cellSystem } from './census-system.js';
import { PatternWalk } from './census-walk.js';

/** How a census runs. */
export interface CensusOptions {
  /** Patterns at most, 2^20 by default; for `stableCensus`, patterns that may be visited, 2^24 by default. */
  readonly limit?: number;
  readonly signal?: AbortSignal;
  /** The share that is done, 0 to 1. */
  readonly onProgress?: (done: number) => void;
}

/** All fixed points of a piecewise linear network. Plain data, as JSON can hold it. */
export interface Census {
  /** Whether this is all there is. */
  readonly complete: boolean;
  /** Why it is, or what is missing, in words. */
  readonly how: string;
  readonly points: CensusPoint[];
  /** Connected sets of fixed points of dimension 1 or more; their members are not in `points`. */
  readonly continua: Continuum[];
  /** Patterns that f64 could not decide: none, unless a system is singular up to rounding. */
  readonly undecided: UndecidedPattern[];
  /** Activation patterns solved. */
  readonly patterns: number;
  /** Those whose linear system is singular. */
  readonly singular: number;
  readonly seconds: number;
}

/** How long the caller's thread may be busy before it lets other things happen. */
const BREATH_MILLISECONDS = 40;

/** What `census` of census.ts does. */
export async function takeCensus(
  problem: Problem,
  algebra: Algebra,
  options: CensusOptions = {},
): Promise<Census> {
  const start = performance.now();
  const { network } = problem;
  const cells = cellsForCensus(network, options.limit ?? CENSUS_PATTERNS);
  const system = cellSystem(network, cells);
  const collector = new Collector(problem, algebra, system);
  const walk = new PatternWalk(system, {
    enter: () => true,
    candidate: (pattern, regular) => {
      collector.take(pattern, regular);
    },
  });
  await drain(walk.subtrees(), countPatterns(cells), collector, options);
  const { undecided, overflow } = collector;
  const solved = walk.patterns.toLocaleString('en');
  const open = `${String(undecided.length)} of ${solved} activation patterns could not be decided in f64`;
  return {
    complete: overflow === undefined && undecided.length === 0,
    how: overflow
      ? `stopped after ${solved} activation patterns: ${overflow}`
      : undecided.length > 0
        ? open
        : `all ${solved} activation patterns were solved`,
    points: collector.points().map(plainPoint),
    continua: joinContinua(problem, collector),
    undecided,
    patterns: walk.patterns,
    singular: walk.singular,
    seconds: (performance.now() - start) / 1000,
  };
}

/** A collected point without what only the census needs. */
export function plainPoint({ state, pattern, tied, residual }: FoundPoint): CensusPoint {
  return { state, pattern, tied, residual };
}

/** Runs a walk to its end or to an overflow; lets other things happen every 40 ms. */
export async function drain(
  subtrees: Iterable<number>,
  total: number,
  collector: Collector,
  { signal, onProgress }: CensusOptions,
): Promise<void> {
  let done = 0;
  let breath = performance.now();
  signal?.throwIfAborted();
  for (const patterns of subtrees) {
    done += patterns;
    if (collector.overflow !== undefined) return;
    if (performance.now() - breath < BREATH_MILLISECONDS) continue;
    onProgress?.(done / total);
    await new Promise((resolve) => setTimeout(resolve, 0));
    signal?.throwIfAborted();
    breath = performance.now();
  }
  onProgress?.(1);
}
