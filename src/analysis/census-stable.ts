/**
 * All stable fixed points of a symmetric piecewise linear network under R = I, beyond the reach of the full census:
 * the same walk over patterns, cut off wherever the decided neurons already make the pattern unstable
 * (census-definite.ts).
 *
 * Theorem. Let W = W^T, R = I, all slopes >= 0, and y a fixed point. (a) If no neuron of y is at a kink, y is stable
 * where M = I - D^1/2 W D^1/2 of its pattern is positive definite, and unstable where M has a negative eigenvalue. (b) If
 * neurons are tied, y is stable if M is positive definite with every tied neuron on its steeper side: M of all other
 * sides is then positive definite too, because D' <= D gives D'^1/2 W D'^1/2 = C (D^1/2 W D^1/2) C with a contraction C,
 * and eq. 14 with the certified coefficients has a strict minimum at y. If M has a negative eigenvalue with every
 * tied neuron on its flatter side, y is unstable. In between, and where M is singular, linearisation does not decide.
 * Hence every stable fixed point lies in the closed cell of a pattern with M >= 0, and the walk visits all of those.
 *
 * For relu, M is I - W_SS on the support S; for hard-tanh and shrink S is the set of neurons in a cell of slope 1.
 */
import { MemscapeError } from '../errors.js';
import type { Algebra } from '../model/algebra.js';
import type { Problem } from '../model/problem.js';
import { plainPoint, drain, type CensusOptions } from './census-all.js';
import { Collector, type CensusPoint, type FoundPoint, type UndecidedPattern } from './census-collect.js';
import { joinContinua, type Continuum } from './census-continua.js';
import { DefiniteGuard } from './census-definite.js';
import { cellsForCensus, countPatterns } from './census-size.js';
import { cellSystem, type CellSystem } from './census-system.js';
import { PatternWalk } from './census-walk.js';

/** All stable fixed points of a symmetric piecewise linear network. Plain data, as JSON can hold it. */
export interface StableCensus {
  /** What is complete: all stable fixed points; false where the walk was given up or f64 left something open. */
  readonly complete: 'stable points' | false;
  /** Why it is, or what is missing, in words. */
  readonly how: string;
  /** Asymptotically stable fixed points. */
  readonly points: CensusPoint[];
  /** Fixed points with an eigenvalue 0 or ties on which linearisation depends: stable or not, case by case. */
  readonly marginal: CensusPoint[];
  /** Continua of fixed points without an unstable direction, at least within the cell of each piece. */
  readonly continua: Continuum[];
  readonly undecided: UndecidedPattern[];
  /** Activation patterns of the network. */
  readonly patterns: number;
  /** Those that were not cut off, and solved: "permitted sets" in the language of threshold-linear networks. */
  readonly visited: number;
  readonly seconds: number;
}

/** Patterns that may be visited unless told otherwise: some 20 s. */
const VISITS = 2 ** 24;

/** What `stableCensus` of census.ts does. */
export async function takeStableCensus(
  problem: Problem,
  algebra: Algebra,
  options: CensusOptions = {},
): Promise<StableCensus> {
  const start = performance.now();
  const limit = options.limit ?? VISITS;
  const system = cellSystem(problem.network, cellsForCensus(problem.network, Infinity));
  refuseOthers(problem, system);
  const patterns = countPatterns(system.cells);
  const collector = new Collector(problem, algebra, system);
  const guard = new DefiniteGuard(system);
  const stable = new Set<FoundPoint>();
  const walk = new PatternWalk(system, {
    enter: (depth, neuron, cell) => guard.enter(depth, neuron, cell),
    candidate: (pattern, regular) => {
      const found = collector.take(pattern, regular && !guard.marginal);
      if (found && isStable(system, found)) stable.add(found);
    },
  });
  await drain(withinBudget(walk, limit), patterns, collector, options);
  const points = collector.points();
  const reason = unfinished(walk, limit, collector);
  return {
    complete: reason === undefined ? 'stable points' : false,
    how:
      reason ??
      `of ${patterns.toLocaleString('en')} activation patterns the ${walk.patterns.toLocaleString('en')} ` +
        'that can be stable were solved; Cauchy interlacing rules out the others',
    points: points.filter((point) => stable.has(point)).map(plainPoint),
    marginal: points.filter((point) => !stable.has(point)).map(plainPoint),
    continua: joinContinua(problem, collector),
    undecided: collector.undecided,
    patterns,
    visited: walk.patterns,
    seconds: (performance.now() - start) / 1000,
  };
}

/** M with every tied neuron on its steeper side is positive definite. */
function isStable(system: CellSystem, { pattern, tied, y }: FoundPoint): boolean {
  const guard = new DefiniteGuard(system);
  const steepest = (neuron: number) => {
    const own = system.cells[neuron];
    const at = pattern[neuron];
    const beside = Math.abs(y[neuron] - own[at].from) < Math.abs(y[neuron] - own[at].to) ? at - 1 : at + 1;
    return own[beside].slope > own[at].slope ? beside : at;
  };
  const isSemidefinite = pattern.every((cell, neuron) =>
    guard.enter(neuron, neuron, tied.includes(neuron) ? steepest(neuron) : cell),
  );
  return isSemidefinite && !guard.marginal;
}

function* withinBudget(walk: PatternWalk, limit: number): Generator<number> {
  for (const done of walk.subtrees()) {
    if (walk.patterns > limit) return;
    yield done;
  }
}

function unfinished(walk: PatternWalk, limit: number, collector: Collector): string | undefined {
  const visited = `stopped after ${walk.patterns.toLocaleString('en')} activation patterns`;
  if (walk.patterns > limit)
    return `${visited}: more of them can be stable than the limit of ${limit.toLocaleString('en')}`;
  if (collector.overflow !== undefined) return `${visited}: ${collector.overflow}`;
  return collector.undecided.length > 0
    ? `${String(collector.undecided.length)} activation patterns could not be decided in f64`
    : undefined;
}

function refuseOthers({ network, design }: Problem, { cells }: CellSystem): void {
  const slopes = cells.flatMap((own) => own.map((cell) => cell.slope));
  const what = !network.symmetric
    ? 'W is not symmetric'
    : design.kind !== 'identity'
      ? 'R is not the identity'
      : slopes.some((slope) => slope < 0)
        ? 'g falls somewhere'
        : undefined;
  if (what === undefined) return;
  throw new MemscapeError({
    code: 'census-asymmetric',
    what: `the search for stable fixed points does not apply: ${what}`,
    why: 'the interlacing theorem needs W = W^T, H >= 0 and R = I.',
    mend: 'take `census` where the network is small enough, or search with `fixedPointsFrom`.',
    exitCode: 2,
  });
}
