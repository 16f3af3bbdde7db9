/** Plans to disturb: small and large networks, grids and points, one tile and many; and a sink that notes what it got. */
import type { Backend, RunStatistics } from '../../src/backend.js';
import type { DeviceProfile } from '../../src/plan/device.js';
import { createPlan, mostLanes, pointCount, shapeOf, type Plan, type Tile } from '../../src/plan/plan.js';
import type { Quantity, Sampling } from '../../src/types.js';
import { random, randomProblem } from '../random-model.js';

/** The full figures of a promise take minutes; the quick suite samples them. */
export const LONG = process.env.MEMSCAPE_LONG === '1';
export const WHY_SHORT = `MEMSCAPE_LONG=1 runs the full count${LONG ? ', and is set' : ''}`;

interface Scenario {
  readonly name: string;
  readonly size: number;
  readonly activation: string;
  readonly quantities: readonly Quantity[];
  /** Points along the axes of a grid, or how many points. */
  readonly points: readonly number[] | number;
  /** Columns and rows of a tile; without it the plan's own. */
  readonly tile?: readonly [number, number];
}

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'N = 3, grid, 12 tiles',
    size: 3,
    activation: 'sigmoid',
    quantities: ['energy', 'rhs'],
    points: [40, 96],
    tile: [20, 16],
  },
  {
    name: 'N = 3, grid, ragged tiles',
    size: 3,
    activation: 'tanh',
    quantities: ['energy'],
    points: [33, 47],
    tile: [33, 20],
  },
  { name: 'N = 2, grid, one tile', size: 2, activation: 'relu', quantities: ['residual'], points: [64, 64] },
  {
    name: 'N = 5, points, 7 tiles',
    size: 5,
    activation: 'gelu',
    quantities: ['rhs', 'speed'],
    points: 450,
    tile: [64, 1],
  },
  { name: 'N = 4, points, one tile', size: 4, activation: 'silu', quantities: ['energy'], points: 100 },
  {
    name: 'N = 40, grid, 6 tiles',
    size: 40,
    activation: 'softmax',
    quantities: ['energy', 'rhs'],
    points: [24, 18],
    tile: [24, 3],
  },
];

function samplingOf({ size: n, points }: Scenario): Sampling {
  const r = random(9);
  const vector = () => Float64Array.from({ length: n }, () => r.normal());
  if (typeof points === 'number')
    return {
      kind: 'points',
      count: points,
      states: Float64Array.from({ length: points * n }, () => r.normal()),
    };
  return {
    kind: 'grid',
    origin: vector(),
    axes: points.map(vector),
    extent: points.map((_, k) => [-2 - k, 1.5 + k] as const),
    size: points,
  };
}

export async function planOf(scenario: Scenario, profile: DeviceProfile): Promise<Plan> {
  const { size, activation, quantities, tile } = scenario;
  const problem = await randomProblem({
    activation,
    equation: 13,
    design: 'matrix',
    energy: 14,
    thirdAlone: true,
    size,
    seed: 5,
  });
  const plan = createPlan({ problem, sampling: samplingOf(scenario), quantities }, profile);
  return tile ? cutInto(plan, ...tile) : plan;
}

/** The same plan in tiles of a given size. */
export function cutInto(plan: Plan, width: number, height: number): Plan {
  const [columns, ...outer] = [...shapeOf(plan.sampling)].reverse();
  const rows = outer.reduce((a, b) => a * b, 1);
  const tiles: Tile[] = [];
  for (let row = 0; row < rows; row += height)
    for (let column = 0; column < columns; column += width)
      tiles.push({
        column,
        columns: Math.min(width, columns - column),
        row,
        rows: Math.min(height, rows - row),
      });
  return { ...plan, tiles, lanes: mostLanes(tiles, plan.spec) };
}

/** What a run delivered. */
export interface Delivery {
  /** As [component][row][column] of the whole sampling, f32; points that nobody delivered are NaN of odd bits. */
  readonly bits: Uint32Array;
  /** Deliveries per tile of the plan, in its order. */
  readonly times: readonly number[];
  /** Deliveries of anything else. */
  readonly strays: number;
  readonly statistics: RunStatistics;
}

const NEVER = 0x7fc0dead;

export async function deliver(
  backend: Backend,
  plan: Plan,
  { signal, onTile }: { signal?: AbortSignal; onTile?: (count: number) => void } = {},
): Promise<Delivery> {
  const points = pointCount(plan.sampling);
  const columns = shapeOf(plan.sampling).at(-1) ?? 1;
  const planes = plan.planes.reduce((sum, p) => sum + p.components, 0);
  const bits = new Uint32Array(planes * points).fill(NEVER);
  const key = ({ column, columns: w, row, rows }: Tile) => [column, w, row, rows].join();
  const times = new Map(plan.tiles.map((tile) => [key(tile), 0]));
  let strays = 0;
  let count = 0;
  const statistics = await backend.run(plan, {
    ...(signal ? { signal } : {}),
    onTile: ({ tile, values }) => {
      const before = times.get(key(tile));
      if (before === undefined) strays++;
      else times.set(key(tile), before + 1);
      const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
      for (let p = 0; p < planes; p++)
        for (let row = 0; row < tile.rows; row++)
          bits.set(
            words.subarray((p * tile.rows + row) * tile.columns, (p * tile.rows + row + 1) * tile.columns),
            p * points + (tile.row + row) * columns + tile.column,
          );
      onTile?.(++count);
    },
  });
  return { bits, times: [...times.values()], strays, statistics };
}
