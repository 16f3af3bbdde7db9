/** Trajectories on the CPU backend. */
import { CpuBackend } from '../../src/cpu/backend.js';
import { flowSuite } from './backends.js';

const cpu = new CpuBackend();
flowSuite(cpu, { precision: 1e-8, floor: 1e-14, reference: cpu });
