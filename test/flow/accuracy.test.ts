/**
 * Trajectories of random networks in f64, every activation with every design that does not jump, against f64 at 1e-10: those
 * of `trajectories` (one start after the other) and those of the CPU backend. Starts whose flow tears roundings apart are
 * counted, and are few.
 */
import { expect, test } from 'vitest';
import { trajectories } from '../../src/analysis/trajectories.js';
import { CpuBackend } from '../../src/cpu/backend.js';
import { loadAlgebra } from '../../src/model/algebra.js';
import { Simulator } from '../../src/simulator.js';
import { compareRandom, inWords, LONG, recipes, TIMES, type Integrate } from './random-networks.js';

const NETWORKS = LONG ? 200 : 38;
if (!LONG) console.log(`trajectories: ${String(NETWORKS)} of 200 random networks; MEMSCAPE_LONG=1 takes all`);

const cpu = new Simulator(new CpuBackend());
const ways: Record<string, Integrate> = {
  'one after the other': async (problem, start) => {
    const { trajectories: found } = await trajectories(problem, await loadAlgebra(), [start], {
      times: TIMES,
      horizon: 8,
    });
    return found[0].states;
  },
  'CPU backend': async (problem, start) =>
    (await cpu.trajectories({ problem, starts: start, times: TIMES, horizon: 8 })).states,
};

test('1e-8 relative at t = 0.5, 2, 8', async () => {
  for (const [name, found] of Object.entries(await compareRandom(ways, recipes(NETWORKS), 1e-8))) {
    console.log(`flows in f64, ${name}: ${inWords(found)}`);
    expect(found.compared).toBeGreaterThan(2.5 * NETWORKS);
    expect(found.sensitive).toBeLessThanOrEqual(0.02 * 3 * NETWORKS);
  }
}, 3_000_000);
