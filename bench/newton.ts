/**
 * Multi-start Newton with the GPU as presolver against the search in f64 alone: whole searches from the same starts, up to
 * the classified points, so both give the same result. A row whose points differ is void.
 */
import { findFixedPoints, type FixedPointSearch } from '../src/analysis/index.js';
import {
  createNetwork,
  loadAlgebra,
  resolveProblem,
  Simulator,
  type GpuBackend,
  type Problem,
} from '../src/index.js';
import { sliceCase } from './cases.js';
import { shuffled, spread, type Spread } from './statistics.js';

const STARTS = 16_384;
const ROUNDS = 7;
/** Two searches agree where every state does to so many digits. */
const DIGITS = 8;

export interface NewtonRow {
  readonly name: string;
  readonly points: number;
  readonly gpu: Spread;
  readonly host: Spread;
  readonly ratio: Spread;
  readonly firstMilliseconds: number;
}

function problemOf(n: number): Promise<Problem> {
  const { weights, bias } = sliceCase(n, 1, 7);
  const { network } = createNetwork({
    layers: [{ name: 'x', size: n, activation: { name: 'tanh', parameters: { beta: 1 } } }],
    weights: [{ row: 0, column: 0, matrix: { rows: n, columns: n, data: weights.map((w) => 6 * w) } }],
    bias: bias.map((v) => v / 4),
  });
  return resolveProblem({
    name: `tanh-${String(n)}`,
    hash: '',
    notices: [],
    network,
    dynamics: { equation: 1, design: { name: 'identity' } },
    energy: { equation: 4, coefficients: 'default' },
  });
}

const statesOf = ({ points }: FixedPointSearch) =>
  points.map(({ state }) => [...state].map((v) => v.toFixed(DIGITS)).join(' ')).sort();

export async function measureNewton(backend: GpuBackend, n: number): Promise<NewtonRow> {
  const problem = await problemOf(n);
  const algebra = await loadAlgebra();
  const simulator = new Simulator(backend);
  const contestants = {
    gpu: () =>
      findFixedPoints(problem, algebra, { starts: STARTS, presolver: simulator, presolve: 'always' }),
    host: () => findFixedPoints(problem, algebra, { starts: STARTS }),
  };
  const started = performance.now();
  const first = await contestants.gpu();
  const firstMilliseconds = performance.now() - started;
  const [found, expected] = [statesOf(first), statesOf(await contestants.host())];
  if (found.length !== expected.length || found.some((state, k) => state !== expected[k]))
    throw new Error(
      `N = ${String(n)}: ${String(found.length)} points by way of the GPU, ${String(expected.length)} in f64`,
    );
  const names = ['gpu', 'host'] as const;
  const times = { gpu: [] as number[], host: [] as number[] };
  for (let round = 0; round < ROUNDS; round++)
    for (const name of shuffled(names, round)) {
      const start = performance.now();
      await contestants[name]();
      times[name].push(performance.now() - start);
    }
  return {
    name: `multi-start Newton, N = ${String(n)}, ${String(STARTS)} starts`,
    points: found.length,
    gpu: spread(times.gpu),
    host: spread(times.host),
    ratio: spread(times.host.map((t, k) => t / times.gpu[k])),
    firstMilliseconds,
  };
}

const range = ({ median, lower, upper }: Spread, digits: number) =>
  `${median.toFixed(digits)} (${lower.toFixed(digits)}-${upper.toFixed(digits)})`;

export const newtonLine = ({ name, points, gpu, host, ratio, firstMilliseconds }: NewtonRow): string =>
  [
    name,
    `  GPU, then f64            ${range(gpu, 1)} ms, first run ${firstMilliseconds.toFixed(0)} ms`,
    `  f64 alone, 1 thread      ${range(host, 1)} ms`,
    `  ratio                    ${ratio.lower <= 1 && ratio.upper >= 1 ? 'no claim: the quartiles hold 1' : `x ${range(ratio, 2)}`}`,
    `  the same ${String(points)} points both ways`,
  ].join('\n');
