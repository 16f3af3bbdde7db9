/**
 * Basin maps against loops in JavaScript: the same algorithm (every cell followed) and the same task (blocks refined). Labels
 * are compared with f64 RK4, h = 0.05, whose flows end within 1e-3 of an attractor.
 */
import { findFixedPoints } from '../src/analysis/index.js';
import {
  loadAlgebra,
  mapBasins,
  prepareBasins,
  readModel,
  resolveProblem,
  type Backend,
  type Grid,
} from '../src/index.js';
import { BASIN_CASE, textbookDisc, type Disc } from './basin-loops.js';
import { loopsHere, type Loops } from './loops.js';
import { clocked, race, ratioOf, type Contestant, type RaceOptions } from './race.js';
import { spread, type Spread } from './statistics.js';

/** Share of labels that may differ from the reference. */
const ACCEPTED = 2e-5;
const GOALS = { same: 5, task: 100 };

const names = ['full', 'refined', 'same', 'plain'] as const;

/** What a contestant runs before it is timed: short ones often, so that all are compiled by then. */
const WARM_UP_MILLISECONDS = 2000;
/** A turn of a short contestant is several runs, or one collection of garbage would weigh as much as the map. */
const TURN_MILLISECONDS = 250;

export interface BasinOptions extends RaceOptions {
  /** Processor time of all threads so far, in ms, where it can be known. */
  readonly processorTime?: () => number;
  /** Starts along each side. Default 512. */
  readonly size?: number;
  /** Of a turn and of warming up, in ms. Default 250 and 2000. */
  readonly turn?: number;
  readonly warmUp?: number;
  readonly loops?: Loops;
}

/** Runs a contestant for some time, at least once; mean time of a run, in ms. */
async function turn(
  contestant: Contestant,
  milliseconds: number,
  ran?: (runs: number) => void,
): Promise<number> {
  let total = 0;
  let runs = 0;
  do {
    total += await contestant();
    runs++;
  } while (total < milliseconds);
  ran?.(runs);
  return total / runs;
}

/** What the bench found. */
export interface BasinRow {
  readonly name: string;
  readonly full: Spread;
  readonly refined: Spread;
  readonly same: Spread;
  readonly plain: Spread;
  /** Same algorithm over full map, plain loop over refined map, round by round. */
  readonly ratios: { readonly same: Spread; readonly task: Spread };
  /** Processor time of all threads, a software adapter's included: what other programs on the machine change least. */
  readonly processor: Readonly<Record<(typeof names)[number], Spread>> | undefined;
  readonly wrong: { readonly full: number; readonly refined: number };
  readonly step: number;
  readonly cells: number;
  readonly followed: number;
  readonly disagreements: number;
  readonly met: boolean;
}

const grid = ({ size, reach }: { readonly size: number; readonly reach: number }): Grid => ({
  kind: 'grid',
  origin: new Float64Array(2),
  axes: [Float64Array.of(1, 0), Float64Array.of(0, 1)],
  extent: [
    [-reach, reach],
    [-reach, reach],
  ],
  size: [size, size],
});

/** States at which the length of a step is tried. */
function someStarts(): Float64Array[] {
  let state = 1;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return BASIN_CASE.reach * (state / 2 ** 31 - 1);
  };
  return Array.from({ length: 256 }, () => Float64Array.of(next(), next()));
}

/**
 * Measures the map of the two-attractor-sigmoid network on a backend.
 * @param text models/two-attractor-sigmoid.json
 * @throws Error that says how many labels are wrong: the row is void.
 */
export async function measureBasins(
  backend: Backend,
  text: string,
  { processorTime, size = BASIN_CASE.size, loops = loopsHere, ...options }: BasinOptions,
): Promise<BasinRow> {
  const problem = await resolveProblem(await readModel(text));
  const algebra = await loadAlgebra();
  const { points } = await findFixedPoints(problem, algebra, { starts: 256, box: [-12, 12] });
  const system = await prepareBasins(problem, algebra, points, someStarts());
  const own = system.task.stops.map(({ centre, square }): Disc => ({ centre, square }));
  const textbook = own.map(({ centre }) => textbookDisc(centre));
  const narrow = own.map(({ centre }) => ({ centre, square: 1e-6 }));
  const { value: reference } = await loops.basins({ loop: 'plain', discs: narrow, step: 0.05, size });
  const cells = grid({ ...BASIN_CASE, size });
  const ours = async (full: boolean) => (await mapBasins(backend, system, cells, { full })).labels;
  const loop = {
    same: () => loops.basins({ loop: 'same', discs: own, step: system.step, size }),
    plain: () => loops.basins({ loop: 'plain', discs: textbook, step: 0.1, size }),
  };
  const differing = (labels: Int32Array) =>
    labels.reduce((sum, label, k) => sum + (label === reference[k] ? 0 : 1), 0);
  const wrong = {
    full: differing(await ours(true)),
    refined: differing(await ours(false)),
    same: differing((await loop.same()).value),
    plain: differing((await loop.plain()).value),
  };
  const most = ACCEPTED * reference.length;
  if (!names.every((name) => wrong[name] <= most))
    throw new Error(`labels differ from f64: ${JSON.stringify(wrong)}, the row is void`);
  const contestants: Record<(typeof names)[number], Contestant> = {
    full: clocked(() => ours(true)),
    refined: clocked(() => ours(false)),
    same: async () => (await loop.same()).milliseconds,
    plain: async () => (await loop.plain()).milliseconds,
  };
  for (const name of names) {
    options.signal?.throwIfAborted();
    await turn(contestants[name], options.warmUp ?? WARM_UP_MILLISECONDS);
  }
  const processor: Record<(typeof names)[number], number[]> = { full: [], refined: [], same: [], plain: [] };
  const turns = Object.fromEntries(
    names.map((name): [string, Contestant] => [
      name,
      () => {
        const before = processorTime?.() ?? NaN;
        return turn(contestants[name], options.turn ?? TURN_MILLISECONDS, (runs) => {
          processor[name].push(((processorTime?.() ?? NaN) - before) / runs);
        });
      },
    ]),
  ) as typeof contestants;
  const times = await race(turns, options);
  const { followed, refinement } = await mapBasins(backend, system, cells);
  const ratios = { same: ratioOf(times.same, times.full), task: ratioOf(times.plain, times.refined) };
  const spreads = (all: typeof times) => ({
    full: spread(all.full),
    refined: spread(all.refined),
    same: spread(all.same),
    plain: spread(all.plain),
  });
  return {
    name: `basins, two-attractor-sigmoid, ${String(size)} x ${String(size)}`,
    ...spreads(times),
    ratios,
    processor: processorTime ? spreads(processor) : undefined,
    wrong,
    step: system.step,
    cells: reference.length,
    followed,
    disagreements: refinement?.disagreements ?? NaN,
    met: ratios.same.median >= GOALS.same && ratios.task.median >= GOALS.task,
  };
}

const range = ({ median, lower, upper }: Spread) =>
  `${median.toFixed(1)} (${lower.toFixed(1)}-${upper.toFixed(1)})`;
const verdict = (found: Spread, goal: number) =>
  `x ${range(found)}, goal ${String(goal)}: ${found.median >= goal ? 'met' : 'missed'}`;

const processorLines = ({ processor }: BasinRow) =>
  processor
    ? [
        `  processor time, threads together  ${names.map((name) => `${name} ${range(processor[name])}`).join(', ')} ms`,
      ]
    : [];

/** A row for people. */
export function basinLines(row: BasinRow): string {
  return [
    `${row.name}, ETD4RK with h = ${String(row.step)}`,
    `  every cell followed       ${range(row.full)} ms; same algorithm in f64 JavaScript, 1 thread ${range(row.same)} ms`,
    `  ratio                     ${verdict(row.ratios.same, GOALS.same)}`,
    `  blocks refined (default)  ${range(row.refined)} ms, ${String(row.followed)} starts followed; plain RK4 loop, h = 0.1 ${range(row.plain)} ms`,
    `  ratio                     ${verdict(row.ratios.task, GOALS.task)}`,
    ...processorLines(row),
    `  labels unlike f64 RK4     ${String(row.wrong.full)} and ${String(row.wrong.refined)} of ${String(row.cells)}; ${String(row.disagreements)} random cells disagreed with their block`,
  ].join('\n');
}
