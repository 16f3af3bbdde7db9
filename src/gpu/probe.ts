/**
 * How fast a device is, by two short plans whose cost the model knows: one kernel in registers, one of a large network.
 * What counts is the time of tiles alone, so the first run of each, which compiles, is not measured.
 */
import type { RunStatistics } from '../backend.js';
import type { Problem } from '../model/problem.js';
import type { DevicePace, DeviceProfile } from '../plan/device.js';
import { createPlan, plannedMilliseconds, type Plan } from '../plan/plan.js';
import type { Grid } from '../types.js';

/** Neurons and samples along a side of each probe; some milliseconds on a software adapter. */
const PROBES = { registers: { n: 16, side: 256 }, workspace: { n: 64, side: 64 } } as const;
/** The least of so many counts: other work on the machine only makes them longer. */
const MEASURED_RUNS = 8;

/** y in the plane of two slow waves, W a smooth symmetric matrix: nothing saturates, nothing is zero. */
function probe(n: number, side: number, device: DeviceProfile): Plan {
  const wave = (k: number) => Float64Array.from({ length: n }, (_, i) => Math.cos(1 + i * k));
  const data = Float64Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    return Math.cos(i + j) / Math.sqrt(n);
  });
  const problem: Problem = {
    name: 'probe',
    hash: '',
    network: {
      size: n,
      layers: [{ name: 'x', offset: 0, size: n, activation: { name: 'tanh', parameters: { beta: 1 } } }],
      weights: [{ row: 0, column: 0, matrix: { rows: n, columns: n, data } }],
      patterns: [],
      bias: wave(0.3),
      symmetric: true,
    },
    equation: 1,
    design: { kind: 'identity' },
    designName: 'identity',
    energy: { equation: 4, coefficients: [0, 1, 0], certified: false, why: 'eq. 4 as it stands' },
    notices: [],
  };
  const range = [-2, 2] as const;
  const sampling: Grid = {
    kind: 'grid',
    origin: new Float64Array(n),
    axes: [wave(0.7), wave(1.1)],
    extent: [range, range],
    size: [side, side],
  };
  return createPlan({ problem, sampling, quantities: ['energy'] }, device);
}

/** Time taken over time planned, for both kinds of kernel. */
export async function measurePace(
  run: (plan: Plan) => Promise<RunStatistics>,
  profile: DeviceProfile,
): Promise<DevicePace> {
  const device = { ...profile, pace: { registers: 1, workspace: 1 } };
  const measure = async ({ n, side }: { n: number; side: number }) => {
    const plan = probe(n, side, device);
    await run(plan);
    let least = Infinity;
    for (let k = 0; k < MEASURED_RUNS; k++) least = Math.min(least, (await run(plan)).gpuMilliseconds);
    return least / plannedMilliseconds(plan);
  };
  return { registers: await measure(PROBES.registers), workspace: await measure(PROBES.workspace) };
}
