/** Tiles that a journal keeps are handed out to the adapter that computed them, and to no other. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Backend, RunOptions } from '../../src/backend.js';
import { keptFlows } from '../../src/cli/kept-flows.js';
import type { AnyPlan } from '../../src/plan/plan.js';
import { freshFolder } from './helpers.js';

const tiles = [0, 1].map((row) => ({ column: 0, row, columns: 1, rows: 1 }));
const plan = { spec: {}, sampling: {}, planes: [], tiles } as unknown as AnyPlan;

/** A GPU that answers with its adapter's number, and is lost to the other one before `lostAt`. */
function changing(first: number, lostAt: number) {
  let adapter = first;
  const computed: number[] = [];
  const backend = {
    get info() {
      return { device: 'gpu', precision: 'f32', name: `adapter ${String(adapter)}`, adapter: {} };
    },
    run: async (asked: AnyPlan, { onTile }: RunOptions) => {
      for (const tile of asked.tiles) {
        if (tile.row === lostAt) adapter = 3 - first;
        computed.push(tile.row);
        await onTile({ tile, values: Float32Array.of(adapter) });
      }
      return { gpuMilliseconds: 0 };
    },
  } as unknown as Backend;
  return { backend, computed };
}

test('after a loss to another adapter its tiles are not mixed with those of the first', async () => {
  const path = join(freshFolder(), 'basins.journal');
  const options = { path, identity: { command: 'basins' }, resume: true, force: false };
  const values = async (backend: Backend) => {
    const found: number[] = [];
    await backend.run(plan, { onTile: ({ values: [value] }) => void found.push(value) });
    return found;
  };
  const lost = changing(1, 1);
  const kept = await keptFlows(lost.backend, options);
  expect(await values(kept.backend)).toEqual([1, 2]);
  await kept.abandon(new Error('killed'), undefined);
  const again = changing(1, -1);
  const resumed = await keptFlows(again.backend, options);
  expect(resumed.left).toBe(2);
  expect(await values(resumed.backend)).toEqual([1, 1]);
  expect(again.computed).toEqual([1]);
  await resumed.end();
});
