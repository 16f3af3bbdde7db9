/**
 * Basin maps against loops in JavaScript: the same algorithm (every cell followed) and the same task (blocks refined). Labels
 * are compared with f64 RK4, h = 0.05, whose flows end within 1e-3 of an attractor.
 */
import { readFile } from 'node:fs/promises';
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
import { BASIN_CASE, plain, sameAlgorithm, textbookDisc, type Disc } from './basin-loops.js';
import { shuffled, spread, type Spread } from './statistics.js';

const ROUNDS = 9;
/** Share of labels that may differ from the reference. */
const ACCEPTED = 2e-5;
const GOALS = { same: 5, task: 100 };

const names = ['full', 'refined', 'same', 'plain'] as const;

/** What a contestant runs before it is timed: short ones often, so that all are compiled by then. */
const WARM_UP_MILLISECONDS = 2000;
/** A turn of a short contestant is several runs, or one collection of garbage would weigh as much as the map. */
const TURN_MILLISECONDS = 250;

/** Runs a contestant for some time, at least once; mean times of a run, in ms. */
async function turn(contestant: () => Promise<unknown>, milliseconds = TURN_MILLISECONDS) {
  const start = performance.now();
  const before = process.cpuUsage();
  let runs = 0;
  do {
    await contestant();
    runs++;
  } while (performance.now() - start < milliseconds);
  const { user, system } = process.cpuUsage(before);
  return { wall: (performance.now() - start) / runs, processor: (user + system) / 1000 / runs };
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
  readonly processor: Readonly<Record<(typeof names)[number], Spread>>;
  readonly wrong: { readonly full: number; readonly refined: number };
  readonly step: number;
  readonly followed: number;
  readonly disagreements: number;
  readonly met: boolean;
}

const grid = ({ size, reach }: typeof BASIN_CASE): Grid => ({
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

/** Measures the 512 x 512 map of models/two-attractor-sigmoid.json on a backend. */
export async function measureBasins(backend: Backend): Promise<BasinRow> {
  const text = await readFile('models/two-attractor-sigmoid.json', 'utf8');
  const problem = await resolveProblem(await readModel(text));
  const algebra = await loadAlgebra();
  const { points } = await findFixedPoints(problem, algebra, { starts: 256, box: [-12, 12] });
  const system = await prepareBasins(problem, algebra, points, someStarts());
  const own = system.task.stops.map(({ centre, square }): Disc => ({ centre, square }));
  const textbook = own.map(({ centre }) => textbookDisc(centre));
  const reference = plain(
    own.map(({ centre }) => ({ centre, square: 1e-6 })),
    0.05,
  );
  const cells = grid(BASIN_CASE);
  const contestants = {
    full: async () => (await mapBasins(backend, system, cells, { full: true })).labels,
    refined: async () => (await mapBasins(backend, system, cells)).labels,
    same: () => Promise.resolve(sameAlgorithm(own, system.step)),
    plain: () => Promise.resolve(plain(textbook, 0.1)),
  };
  const differing = (labels: Int32Array) =>
    labels.reduce((sum, label, k) => sum + (label === reference[k] ? 0 : 1), 0);
  const wrong = { full: NaN, refined: NaN, same: NaN, plain: NaN };
  for (const name of names) wrong[name] = differing(await contestants[name]());
  const most = ACCEPTED * reference.length;
  if (!names.every((name) => wrong[name] <= most))
    throw new Error(`labels differ from f64: ${JSON.stringify(wrong)}, the row is void`);
  for (const name of names) await turn(contestants[name], WARM_UP_MILLISECONDS);
  const times: Record<(typeof names)[number], number[]> = { full: [], refined: [], same: [], plain: [] };
  const processor: typeof times = { full: [], refined: [], same: [], plain: [] };
  for (let round = 0; round < ROUNDS; round++)
    for (const name of shuffled(names, round)) {
      const taken = await turn(contestants[name]);
      times[name].push(taken.wall);
      processor[name].push(taken.processor);
    }
  const { followed, refinement } = await mapBasins(backend, system, cells);
  const ratio = (loop: readonly number[], ours: readonly number[]) => spread(loop.map((t, k) => t / ours[k]));
  const ratios = { same: ratio(times.same, times.full), task: ratio(times.plain, times.refined) };
  return {
    name: `basins, two-attractor-sigmoid, ${String(BASIN_CASE.size)} x ${String(BASIN_CASE.size)}`,
    full: spread(times.full),
    refined: spread(times.refined),
    same: spread(times.same),
    plain: spread(times.plain),
    ratios,
    processor: {
      full: spread(processor.full),
      refined: spread(processor.refined),
      same: spread(processor.same),
      plain: spread(processor.plain),
    },
    wrong,
    step: system.step,
    followed,
    disagreements: refinement?.disagreements ?? NaN,
    met: ratios.same.median >= GOALS.same && ratios.task.median >= GOALS.task,
  };
}

const range = ({ median, lower, upper }: Spread) =>
  `${median.toFixed(1)} (${lower.toFixed(1)}-${upper.toFixed(1)})`;
const verdict = (found: Spread, goal: number) =>
  `x ${range(found)}, goal ${String(goal)}: ${found.median >= goal ? 'met' : 'missed'}`;

/** A row for people. */
export function basinLines(row: BasinRow): string {
  return [
    `${row.name}, ETD4RK with h = ${String(row.step)}`,
    `  every cell followed       ${range(row.full)} ms; same algorithm in f64 JavaScript, 1 thread ${range(row.same)} ms`,
    `  ratio                     ${verdict(row.ratios.same, GOALS.same)}`,
    `  blocks refined (default)  ${range(row.refined)} ms, ${String(row.followed)} starts followed; plain RK4 loop, h = 0.1 ${range(row.plain)} ms`,
    `  ratio                     ${verdict(row.ratios.task, GOALS.task)}`,
    `  processor time, threads together  ${names.map((name) => `${name} ${range(row.processor[name])}`).join(', ')} ms`,
    `  labels unlike f64 RK4     ${String(row.wrong.full)} and ${String(row.wrong.refined)} of ${String(BASIN_CASE.size ** 2)}; ${String(row.disagreements)} random cells disagreed with their block`,
  ].join('\n');
}
