import { expect, test } from 'vitest';
import { CpuBackend } from '../../src/cpu/backend.js';
import { Simulator } from '../../src/simulator.js';
import { backend } from '../gpu-backend.js';
import { compareRandom, inWords, LONG, recipes } from './random-networks.js';

const NETWORKS = LONG ? 200 : 20;
test(`${String(NETWORKS)} of 200 random networks`, async () => {
  const found = await compareRandom(new Simulator(backend), recipes(NETWORKS, 9000), 1e-4);
  console.log(`GPU: ${inWords(found)}`);
  expect(found.sensitive).toBeLessThanOrEqual(0.02 * 3 * NETWORKS);
}, 3_000_000);
test(`CPU`, async () => {
  const found = await compareRandom(new Simulator(new CpuBackend()), recipes(NETWORKS, 9000), 1e-8);
  console.log(`CPU: ${inWords(found)}`);
}, 3_000_000);
