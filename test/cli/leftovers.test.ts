/** Temporary files of processes that are gone are cleared away; those of others are in use. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { settleLeftovers } from '../../src/cli/leftovers.js';

test('what a living process is writing stays', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'memscape-leftovers-'));
  const gone = spawnSync(process.execPath, ['--version']).pid;
  const names = [gone, process.pid].map((pid) => `.memscape-${String(pid)}-0123456789ab.tmp`);
  for (const name of [...names, 'energy.npy', 'energy.npy.part']) writeFileSync(join(folder, name), '');
  await expect(settleLeftovers(folder, { resume: false, force: false })).rejects.toMatchObject({
    code: 'output-unfinished',
  });
  await settleLeftovers(folder, { resume: false, force: true });
  expect(readdirSync(folder).toSorted()).toEqual([names[1], 'energy.npy'].toSorted());
  rmSync(folder, { recursive: true });
});
