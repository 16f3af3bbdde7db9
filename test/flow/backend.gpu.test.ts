/** Trajectories on the GPU, and closed forms of every equation and design there. */
import { test } from 'vitest';
import { CpuBackend } from '../../src/cpu/backend.js';
import { Simulator } from '../../src/simulator.js';
import { backend } from '../gpu-backend.js';
import { flowSuite } from './backends.js';
import { checkLinear, linearSystems } from './closed-forms.js';

flowSuite(backend, { precision: 1e-5, floor: 3e-8, reference: new CpuBackend() });

const LONG = process.env.MEMSCAPE_LONG === '1';
const EACH = LONG ? 1 : 4;

test(`W = 0 and g(y) = y agree with the matrix exponential to 1e-4, one of ${String(EACH)} of all equations and designs`, async () => {
  const systems = (await linearSystems()).filter((_, k) => k % EACH === 0 || LONG);
  const worst = await checkLinear(new Simulator(backend), 1e-4, systems);
  console.log(`closed forms in f32: ${String(systems.length)} systems, worst ${worst.toExponential(1)}`);
}, 600_000);
