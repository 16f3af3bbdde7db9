/**
 * The GPU backend of this test process, opened once and held until the process ends: Dawn crashes when its
 * objects are collected while something is pending.
 */
import { create } from 'webgpu';
import { openGpu } from '../src/gpu/device.js';

const gpu = create([]);
export const backend = await openGpu(gpu, { asynchronousPipelines: false });
export const held = { gpu, backend };
