/**
 * `npm run bench`: energy fields and basin maps on the GPU, read-back included, against the best f64 loop that we can write in
 * JavaScript. Verify first, then warm up, then run the contestants in turn (shuffled, at least nine rounds), and
 * compare run by run: absolute times on a busy machine mean little, ratios of neighbours do.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { create } from 'webgpu';
import { createPlan, CpuBackend, GpuBackend, openGpu, type Plan } from '../src/index.js';
import { vulkanAttempts } from '../src/node.js';
import { basinLines, measureBasins } from './basins.js';
import { baselineField, type SliceCase } from './baseline.js';
import { gridOf, problemOf, SIZES, sliceCase } from './cases.js';
import { measureNewton, newtonLine, type NewtonRow } from './newton.js';
import { shuffled, spread, type Spread } from './statistics.js';

const ROUNDS = 15;
const VERIFIED = 1024;
/** f32 rounding of energies of this size; a row beyond it is not printed. */
const ACCEPTED = 2e-5;

interface Row {
  readonly name: string;
  readonly error: number;
  readonly gpu: Spread;
  readonly baseline: Spread;
  readonly ratio: Spread;
  readonly goal: number | undefined;
  readonly firstMilliseconds: number;
  readonly points: number;
}

// Held until the process ends: Dawn crashes when its objects are collected.
const held: unknown[] = [];

async function openBackend(): Promise<GpuBackend> {
  let last: unknown;
  for (const env of vulkanAttempts(process.env)) {
    Object.assign(process.env, env);
    const gpu = create([]);
    held.push(gpu);
    try {
      const backend = await openGpu(gpu, { asynchronousPipelines: false, tries: 1 });
      held.push(backend);
      return backend;
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

/** The whole field in one array: what a caller gets. */
async function gpuField(backend: GpuBackend, plan: Plan, size: number): Promise<Float32Array> {
  const field = new Float32Array(size * size);
  await backend.run(plan, {
    onTile: ({ tile, values }) => {
      for (let row = 0; row < tile.rows; row++)
        field.set(
          values.subarray(row * tile.columns, (row + 1) * tile.columns),
          (tile.row + row) * size + tile.column,
        );
    },
  });
  return field;
}

/** Largest error of a field against the f64 backend at 1024 points, relative to the largest energy there. */
async function errorOf(field: Float32Array, given: SliceCase): Promise<number> {
  const { size } = given;
  const problem = await problemOf(given);
  const cpu = new CpuBackend();
  const grid = gridOf(given);
  const plan = createPlan({ problem, sampling: grid, quantities: ['energy'] }, cpu.profile);
  const picked = Array.from({ length: VERIFIED }, (_, k) =>
    Math.floor(((k + 0.37) * size * size) / VERIFIED),
  );
  const tiles = picked.map((at) => ({ column: at % size, columns: 1, row: Math.floor(at / size), rows: 1 }));
  let error = 0;
  let scale = 0;
  await cpu.run(
    { ...plan, tiles },
    {
      onTile: ({ tile, values }) => {
        scale = Math.max(scale, Math.abs(values[0]));
        error = Math.max(error, Math.abs(values[0] - field[tile.row * size + tile.column]));
      },
    },
  );
  return error / scale;
}

async function measure(backend: GpuBackend, n: number, size: number, goal: number | undefined): Promise<Row> {
  const given = sliceCase(n, size, 7);
  const problem = await problemOf(given);
  const plan = createPlan({ problem, sampling: gridOf(given), quantities: ['energy'] }, backend.profile);
  const started = performance.now();
  const first = await gpuField(backend, plan, size);
  const firstMilliseconds = performance.now() - started;
  const error = Math.max(await errorOf(first, given), await errorOf(baselineField(given), given));
  if (!(error <= ACCEPTED))
    throw new Error(`N = ${String(n)}: error ${error.toExponential(2)}, the row is void`);
  const times = { gpu: [] as number[], baseline: [] as number[] };
  const contestants = {
    gpu: () => gpuField(backend, plan, size),
    baseline: () => Promise.resolve(baselineField(given)),
  };
  const names = ['gpu', 'baseline'] as const;
  for (const name of names) await contestants[name]();
  for (let round = 0; round < ROUNDS; round++)
    for (const name of shuffled(names, round)) {
      const start = performance.now();
      await contestants[name]();
      times[name].push(performance.now() - start);
    }
  return {
    name: `energy, N = ${String(n)}, ${String(size)} x ${String(size)}`,
    error,
    gpu: spread(times.gpu),
    baseline: spread(times.baseline),
    ratio: spread(times.baseline.map((t, k) => t / times.gpu[k])),
    goal,
    firstMilliseconds,
    points: size * size,
  };
}

const ns = (milliseconds: number, points: number) => ((milliseconds * 1e6) / points).toFixed(1);
const range = ({ median, lower, upper }: Spread, digits: number) =>
  `${median.toFixed(digits)} (${lower.toFixed(digits)}-${upper.toFixed(digits)})`;

function line({ name, error, gpu, baseline, ratio, goal, firstMilliseconds, points }: Row): string {
  const claim =
    ratio.lower <= 1 && ratio.upper >= 1 ? 'no claim: the quartiles hold 1' : `x ${range(ratio, 2)}`;
  return [
    name,
    `  GPU, read-back included  ${range(gpu, 1)} ms, ${ns(gpu.median, points)} ns a point, first run ${firstMilliseconds.toFixed(0)} ms`,
    `  f64 JavaScript, 1 thread ${range(baseline, 1)} ms, ${ns(baseline.median, points)} ns a point`,
    `  ratio                    ${claim}${goal === undefined ? '' : `, goal ${String(goal)}: ${ratio.median >= goal ? 'met' : 'missed'}`}`,
    `  largest error            ${error.toExponential(1)} of max |E|, ${String(VERIFIED)} points against f64`,
  ].join('\n');
}

const backend = await openBackend();
const machine = { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.version };
const before = loadavg();
console.log(`${backend.info.name}; ${machine.cpu}, ${String(machine.cores)} cores, Node ${machine.node}`);
if (backend.info.software)
  console.log('A software adapter: these are not GPU figures, and say nothing about one.');
console.log(
  `median (quartiles) of ${String(ROUNDS)} interleaved rounds; load before ${before[0].toFixed(2)}\n`,
);
const rows: Row[] = [];
for (const { n, size, goal } of SIZES) {
  const row = await measure(backend, n, size, goal);
  rows.push(row);
  console.log(`${line(row)}\n`);
}
const basins = await measureBasins(backend);
console.log(`${basinLines(basins)}\n`);
const newton: NewtonRow[] = [];
for (const n of [2, 8]) {
  const row = await measureNewton(backend, n);
  newton.push(row);
  console.log(`${newtonLine(row)}\n`);
}
const after = loadavg();
console.log(`load after ${after[0].toFixed(2)}`);
await mkdir('out', { recursive: true });
await writeFile(
  'out/bench.json',
  JSON.stringify({ adapter: backend.info, machine, before, after, rows, basins, newton }, null, 2),
);
console.log('written: out/bench.json');
const missed = rows.filter((row) => row.goal !== undefined && row.ratio.median < row.goal);
process.exit(missed.length > 0 || !basins.met ? 6 : 0);
