/**
 * `npm run bench`: energy fields and basin maps on the GPU, read-back included, against the best f64 loop that we can write in
 * JavaScript. Verify first, then warm up, then run the contestants in turn (shuffled, at least nine rounds), and
 * compare run by run: absolute times on a busy machine mean little, ratios of neighbours do.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { create } from 'webgpu';
import { GpuBackend, openGpu } from '../src/index.js';
import { vulkanAttempts } from '../src/node.js';
import { basinLines, measureBasins } from './basins.js';
import { SIZES } from './cases.js';
import { measureField, VERIFIED, type FieldRow } from './fields.js';
import { measureNewton, newtonLine, type NewtonRow } from './newton.js';
import { claims } from './race.js';
import type { Spread } from './statistics.js';

const ROUNDS = 15;
const BASIN_ROUNDS = 9;
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

const ns = (milliseconds: number, points: number) => ((milliseconds * 1e6) / points).toFixed(1);
const range = ({ median, lower, upper }: Spread, digits: number) =>
  `${median.toFixed(digits)} (${lower.toFixed(digits)}-${upper.toFixed(digits)})`;

function line({ name, error, gpu, baseline, ratio, goal, firstMilliseconds, points }: FieldRow): string {
  const claim = claims(ratio) ? `x ${range(ratio, 2)}` : 'no claim: the quartiles hold 1';
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
const rows: FieldRow[] = [];
for (const size of SIZES) {
  const row = await measureField(backend, size, { rounds: ROUNDS });
  rows.push(row);
  console.log(`${line(row)}\n`);
}
const basins = await measureBasins(backend, await readFile('models/two-attractor-sigmoid.json', 'utf8'), {
  rounds: BASIN_ROUNDS,
  processorTime: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
});
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
