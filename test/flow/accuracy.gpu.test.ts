/** Trajectories of random networks on the GPU, against f64 at 1e-10 (random-networks.ts). */
import { expect, test } from 'vitest';
import { Simulator } from '../../src/simulator.js';
import { backend } from '../gpu-backend.js';
import { compareRandom, inWords, LONG, recipes, TIMES } from './random-networks.js';

const gpu = new Simulator(backend);
const NETWORKS = LONG ? 200 : 8;

test(`${String(NETWORKS)} of 200 random networks at t = 0.5, 2, 8 within 1e-4 (MEMSCAPE_LONG=1 takes all)`, async () => {
  const { gpu: found } = await compareRandom(
    {
      gpu: async (problem, start) =>
        (await gpu.trajectories({ problem, starts: start, times: TIMES, horizon: 8 })).states,
    },
    recipes(NETWORKS),
    1e-4,
  );
  console.log(`flows in f32: ${inWords(found)}`);
  expect(found.compared).toBeGreaterThan(2 * NETWORKS);
  expect(found.sensitive).toBeLessThanOrEqual(0.02 * 3 * NETWORKS);
}, 3_000_000);
