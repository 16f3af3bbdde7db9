/** Sinks over tiles of every shape: the same arrays, ranges and samples, however a field is cut and however often. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Backend, TileResult } from '../../src/backend.js';
import { CpuBackend } from '../../src/cpu/backend.js';
import { MemscapeError } from '../../src/errors.js';
import { writeNpy } from '../../src/io/npy.js';
import type { Plan, Tile } from '../../src/plan/plan.js';
import { createNetwork } from '../../src/model/network.js';
import { resolveProblem } from '../../src/model/problem.js';
import { RecoveringBackend } from '../../src/recovery/backend.js';
import { Simulator } from '../../src/simulator.js';
import { readEarlier } from '../../src/stream/earlier.node.js';
import { FileSink, JOURNAL } from '../../src/stream/files.node.js';
import { PickSink } from '../../src/stream/pick.js';
import { rangeOf, RangeSink } from '../../src/stream/range.js';
import type { TileSink } from '../../src/stream/sink.js';
import type { Grid, Quantity } from '../../src/types.js';
import { randomProblem } from '../random-model.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'memscape-sinks-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const N = 3;
const problem = await randomProblem({
  activation: 'tanh',
  equation: 13,
  design: 'matrix',
  energy: 14,
  thirdAlone: true,
  size: N,
  seed: 4,
});
const gridOf = (size: readonly number[]): Grid => ({
  kind: 'grid',
  origin: Float64Array.of(0.1, -0.2, 0.3),
  // General axes: no unit vectors.
  axes: size.map((_, k) => Float64Array.from({ length: N }, (_, i) => Math.cos(1 + 3 * k + i))),
  extent: size.map((_, k) => [-1 - k, 2] as const),
  size,
});

/** A CPU backend whose plans are cut anew: width x height, in a scrambled order, some tiles twice. */
function cutting(width: number, height: number, options: { readonly twice?: boolean } = {}): Backend {
  const cpu = new CpuBackend();
  const wrapped = Object.create(cpu) as Backend;
  return Object.assign(wrapped, {
    info: cpu.info,
    profile: cpu.profile,
    dispose: () => cpu.dispose(),
    run: async (plan: Plan, run: Parameters<Backend['run']>[1]) => {
      const [large] = plan.tiles;
      const tiles: Tile[] = [];
      for (let row = 0; row < large.rows; row += height)
        for (let column = 0; column < large.columns; column += width)
          tiles.push({
            column,
            columns: Math.min(width, large.columns - column),
            row,
            rows: Math.min(height, large.rows - row),
          });
      const order = tiles.toSorted(
        (a, b) => ((7 * a.row + 3 * a.column) % 5) - ((7 * b.row + 3 * b.column) % 5),
      );
      if (options.twice === true) {
        // A lost device: its tiles come again, and what came first was spoilt.
        const spoilt = (result: TileResult) =>
          run.onTile({ tile: result.tile, values: result.values.map((v) => v + 1e9) });
        await cpu.run({ ...plan, tiles: order.slice(0, 3) }, { ...run, onTile: spoilt });
      }
      return await cpu.run({ ...plan, tiles: order }, run);
    },
  });
}

const quantities: readonly Quantity[] = ['energy', 'rhs', 'dead-count'];

describe.each([[[23]], [[13, 11]], [[7, 5, 4]]])('%j', (size) => {
  const grid = gridOf(size);

  test.each([
    [100, 100],
    [100, 3],
    [5, 2],
    [1, 1],
  ])('tiles of %i x %i, some twice: files and ranges as at once', async (width, height) => {
    const whole = await new Simulator(new CpuBackend()).evaluate({ problem, sampling: grid, quantities });
    const files = new FileSink({ folder, identity: { test: 1 }, force: false });
    const ranges = new RangeSink();
    const simulator = new Simulator(cutting(width, height, { twice: true }));
    await simulator.stream({ problem, sampling: grid, quantities }, [files, ranges]);
    const left = readdirSync(folder);
    expect(left.toSorted()).toEqual(
      [JOURNAL, 'dead-count.npy.part', 'energy.npy.part', 'rhs.npy.part'].toSorted(),
    );
    expect(await files.publish()).toHaveLength(3);
    await files.end();
    expect(readdirSync(folder).toSorted()).toEqual(['dead-count.npy', 'energy.npy', 'rhs.npy']);
    for (const [quantity, { shape, data }] of whole.fields) {
      expect(new Uint8Array(readFileSync(join(folder, `${quantity}.npy`)))).toEqual(writeNpy(shape, data));
      expect(ranges.of(quantity)).toEqual(rangeOf(data));
    }
    expect(whole.fields.get('rhs')?.shape).toEqual([...size.toReversed(), N]);
  });
});

test('what is picked for pictures are samples of the field, evenly spread, however it is cut', async () => {
  const grid = gridOf([5000, 9]);
  const request = { problem, sampling: grid, quantities: ['energy'] as const };
  const whole = await new Simulator(new CpuBackend()).evaluate(request);
  const picks = new PickSink();
  await new Simulator(cutting(700, 2)).stream(request, [picks]);
  const picked = picks.picked.get('energy');
  expect(picked?.size).toEqual([2048, 9]);
  for (let row = 0; row < 9; row++)
    for (let k = 0; k < 2048; k++) {
      const column = Math.floor(((k + 0.5) * 5000) / 2048);
      expect(picked?.data[row * 2048 + k]).toBe(whole.fields.get('energy')?.data[row * 5000 + column]);
    }
  const line = new PickSink();
  await new Simulator(cutting(999, 1)).stream({ ...request, sampling: gridOf([10_000]) }, [line]);
  expect(line.picked.get('energy')?.size).toEqual([8192]);
  expect(line.picked.get('energy')?.data.every((v) => v !== 0)).toBe(true);
});

describe('going on', () => {
  const grid = gridOf([40, 30]);
  const request = { problem, sampling: grid, quantities: ['energy', 'rhs'] as const };
  // One backend for both runs: the cut of a plan is part of what goes on.
  const planned = () => {
    const cpu = new CpuBackend();
    const profile = { ...cpu.profile, maxStorageBufferBindingSize: 4 * 4 * 40 * 3 };
    return Object.assign(Object.create(cpu) as Backend, {
      info: cpu.info,
      profile,
      run: (...run: Parameters<Backend['run']>) => cpu.run(...run),
      dispose: () => cpu.dispose(),
    });
  };
  /** Ends the run at its `n`th tile. */
  const stopAt = (n: number): TileSink => ({
    take: () => {
      if (--n === 0) throw new Error('stop');
    },
  });
  const stopped = async (tiles: number) => {
    const files = new FileSink({ folder, identity: { test: 1 }, force: false });
    const run = new Simulator(planned()).stream(request, [files, stopAt(tiles)]);
    await expect(run).rejects.toThrow('stop');
    return await files.abandon(true);
  };
  const goOn = async (identity: Record<string, unknown> = { test: 1 }, backend: Backend = planned()) => {
    const earlier = await readEarlier(join(folder, JOURNAL));
    if (!earlier) throw new Error('no journal');
    const files = new FileSink({ folder, identity, earlier, force: false });
    const ranges = new RangeSink();
    const computed: string[] = [];
    const computation = await new Simulator(backend).stream(request, [
      files,
      ranges,
      { take: (_, { tile }) => void computed.push(`${String(tile.row)} ${String(tile.column)}`) },
    ]);
    await files.publish();
    await files.end();
    return { computation, ranges, computed };
  };
  const expectWhole = async () => {
    const whole = await new Simulator(new CpuBackend()).evaluate(request);
    for (const [quantity, { shape, data }] of whole.fields)
      expect(new Uint8Array(readFileSync(join(folder, `${quantity}.npy`)))).toEqual(writeNpy(shape, data));
    return whole;
  };

  test('from any tile: what was kept is not computed, and counts in everything', async () => {
    for (const tiles of [2, 5, 10]) {
      expect(await stopped(tiles)).toBe(tiles);
      const { computation, ranges, computed } = await goOn();
      expect(computation.keptTiles).toBe(tiles);
      // Every tile passes every sink once, computed or kept.
      expect(new Set(computed).size).toBe(computation.tiles);
      const whole = await expectWhole();
      for (const [quantity, { data }] of whole.fields) expect(ranges.of(quantity)).toEqual(rangeOf(data));
      for (const name of readdirSync(folder)) rmSync(join(folder, name));
    }
  });

  /** The first adapter is lost at its `n`th tile; what the second computes is larger by 1, and it is called otherwise. */
  const losing = (n: number) => {
    const first = planned();
    const second = planned();
    const run = first.run.bind(first);
    let left = n;
    first.run = (plan, options) =>
      run(plan, {
        ...options,
        onTile: (result) => {
          if (--left === 0)
            throw new MemscapeError({ code: 'device-lost', what: 'lost', why: '', mend: '', exitCode: 5 });
          return options.onTile(result);
        },
      });
    const other = Object.assign(planned(), {
      info: { ...second.info, name: 'another' },
      run: (...[plan, options]: Parameters<Backend['run']>) =>
        second.run(plan, {
          ...options,
          onTile: ({ tile, values }) => options.onTile({ tile, values: values.map((v) => v + 1) }),
        }),
    });
    const backends = [first, other];
    return RecoveringBackend.open(() => Promise.resolve(backends.shift() ?? other));
  };

  test('where another adapter takes over, it computes what was kept too', async () => {
    await stopped(5);
    const { computation, ranges } = await goOn({ test: 1 }, await losing(3));
    expect(computation.keptTiles).toBe(0);
    expect(computation.notes).toHaveLength(1);
    const whole = await new Simulator(new CpuBackend()).evaluate(request);
    for (const [quantity, { shape, data }] of whole.fields) {
      const all = data.map((v) => v + 1);
      expect(new Uint8Array(readFileSync(join(folder, `${quantity}.npy`)))).toEqual(writeNpy(shape, all));
      expect(computation.fields.get(quantity)?.computedBy.name).toBe('another');
      expect(ranges.of(quantity)).toEqual(rangeOf(all));
    }
  });

  test('so does it of a part that had not begun when the first was lost', async () => {
    // Identity neurons on which nothing acts: scalars are computed in the dimensions that are left, vectors in all.
    const { network } = createNetwork({
      layers: [
        { name: 'x', size: 2, activation: { name: 'tanh', parameters: {} } },
        { name: 'y', size: 38, activation: { name: 'identity', parameters: {} } },
      ],
      weights: [{ row: 0, column: 0, matrix: { rows: 2, columns: 2, data: Float64Array.of(0, 2, 1, 0) } }],
    });
    const two = await resolveProblem({
      name: 'two parts',
      hash: '',
      notices: [],
      network,
      dynamics: { equation: 1, design: { name: 'identity' } },
      energy: { equation: 14, coefficients: [0, 0, 1] },
    });
    const axes = [0, 1].map((k) => Float64Array.from({ length: 40 }, (_, i) => Number(i === k)));
    const extent = [-1, 1] as const;
    const slice: Grid = {
      kind: 'grid',
      origin: new Float64Array(40),
      axes,
      extent: [extent, extent],
      size: [40, 30],
    };
    const asked = { problem: two, sampling: slice, quantities: ['energy', 'rhs'] as const };
    let parts = 0;
    const whole = await new Simulator(new CpuBackend()).stream(asked, [
      { begin: (all) => void (parts = all.length), take: () => undefined },
    ]);
    expect([parts, whole.keptTiles]).toEqual([2, 0]);
    // Stops within the second part, and forgets the last tile of the first.
    const first = new FileSink({ folder, identity: { test: 1 }, force: false });
    await expect(new Simulator(planned()).stream(asked, [first, stopAt(13)])).rejects.toThrow('stop');
    await first.abandon(true);
    const energy = join(folder, 'energy.npy.part');
    const bytes = readFileSync(energy);
    bytes[bytes.length - 8] ^= 1;
    writeFileSync(energy, bytes);
    const earlier = await readEarlier(join(folder, JOURNAL));
    const files = new FileSink({
      folder,
      identity: { test: 1 },
      ...(earlier ? { earlier } : {}),
      force: false,
    });
    const computation = await new Simulator(await losing(1)).stream(asked, [files]);
    await files.publish();
    await files.end();
    expect(computation.keptTiles).toBe(0);
    const right = await new Simulator(new CpuBackend()).evaluate(asked);
    for (const [quantity, { shape, data }] of right.fields) {
      const all = data.map((v) => v + 1);
      expect(new Uint8Array(readFileSync(join(folder, `${quantity}.npy`)))).toEqual(writeNpy(shape, all));
      expect(computation.fields.get(quantity)?.computedBy.name).toBe('another');
    }
  });

  test('a kept tile whose bytes have changed is computed again', async () => {
    await stopped(6);
    const path = join(folder, 'energy.npy.part');
    const bytes = readFileSync(path);
    bytes[bytes.length - 8 * 1100] ^= 1;
    writeFileSync(path, bytes);
    const { computation } = await goOn();
    expect(computation.keptTiles).toBe(5);
    await expectWhole();
  });

  test('another request, or a part that is gone', async () => {
    await stopped(6);
    await expect(goOn({ test: 2 })).rejects.toMatchObject({
      code: 'resume-differs',
      exitCode: 2,
      what: expect.stringContaining('test was 1 and is 2') as string,
    });
    rmSync(join(folder, 'rhs.npy.part'));
    const { computation } = await goOn();
    expect(computation.keptTiles).toBe(0);
    await expectWhole();
  });

  test('nothing is left where nothing is worth keeping', async () => {
    const files = new FileSink({ folder, identity: {}, force: false });
    await expect(new Simulator(planned()).stream(request, [files, stopAt(3)])).rejects.toThrow('stop');
    expect(await files.abandon(false)).toBe(0);
    expect(readdirSync(folder)).toEqual([]);
  });
});
