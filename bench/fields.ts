/**
 * Energy fields on a backend, read-back included, against the best f64 loop that we can write in JavaScript. Verified against
 * the f64 twin before anything is timed: a wrong row is void, not slow.
 */
import { CpuBackend, createPlan, type GpuBackend, type Plan } from '../src/index.js';
import type { SliceCase } from './baseline.js';
import { gridOf, problemOf, sliceCase } from './cases.js';
import { loopsHere, type Loops } from './loops.js';
import { clocked, race, ratioOf, type RaceOptions } from './race.js';
import { spread, type Spread } from './statistics.js';

export const VERIFIED = 1024;
/** f32 rounding of energies of this size; a row beyond it is void. */
const ACCEPTED = 2e-5;

export interface FieldRow {
  readonly name: string;
  readonly error: number;
  readonly gpu: Spread;
  readonly baseline: Spread;
  readonly ratio: Spread;
  readonly goal: number | undefined;
  readonly firstMilliseconds: number;
  readonly points: number;
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
        const difference = Math.abs(values[0] - field[tile.row * size + tile.column]);
        scale = Math.max(scale, Math.abs(values[0]));
        // Math.max would hold a NaN, and a comparison with it would pass as no error.
        error = difference <= error ? error : difference;
      },
    },
  );
  return error / scale;
}

/** @throws Error that says by how much a field is wrong: the row is void. */
export async function measureField(
  backend: GpuBackend,
  { n, size, goal }: { readonly n: number; readonly size: number; readonly goal: number | undefined },
  options: RaceOptions,
  loops: Loops = loopsHere,
): Promise<FieldRow> {
  const given = sliceCase(n, size, 7);
  const problem = await problemOf(given);
  const plan = createPlan({ problem, sampling: gridOf(given), quantities: ['energy'] }, backend.profile);
  const started = performance.now();
  const first = await gpuField(backend, plan, size);
  const firstMilliseconds = performance.now() - started;
  const errors = [await errorOf(first, given), await errorOf((await loops.field(given)).value, given)];
  if (!errors.every((error) => error <= ACCEPTED))
    throw new Error(
      `N = ${String(n)}: errors ${errors.map((error) => error.toExponential(2)).join(' and ')}, the row is void`,
    );
  const contestants = {
    gpu: clocked(() => gpuField(backend, plan, size)),
    baseline: async () => (await loops.field(given)).milliseconds,
  };
  await contestants.gpu();
  await contestants.baseline();
  const times = await race(contestants, options);
  return {
    name: `energy, N = ${String(n)}, ${String(size)} x ${String(size)}`,
    error: Math.max(...errors),
    gpu: spread(times.gpu),
    baseline: spread(times.baseline),
    ratio: ratioOf(times.baseline, times.gpu),
    goal,
    firstMilliseconds,
    points: size * size,
  };
}
