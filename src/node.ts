/**
 * memscape in Node: the same verbs with a supervised GPU process, worker threads and files.
 * @packageDocumentation
 */
import type { Backend } from './backend.js';
import { openCpu } from './cpu/pool.node.js';
import { MemscapeError } from './errors.js';
import { openSupervisedGpu } from './gpu/supervised.node.js';
import { Simulator } from './simulator.js';

export { openCpu } from './cpu/pool.node.js';
export {
  attempts as vulkanAttempts,
  openSupervisedGpu,
  SupervisedGpu,
  type Environment,
} from './gpu/supervised.node.js';
export { loadModel, writeWhole, type WriteOptions } from './io/files.node.js';
export { FileSink, type FileSinkOptions } from './stream/files.node.js';
export { readEarlier, type Earlier, type Identity } from './stream/earlier.node.js';
export { readNpy, writeNpy, type NpyArray, type NpyOptions, type NpySource } from './io/npy.js';
export { openSafetensors, type Safetensors, type SafetensorsOptions, type Tensor } from './io/safetensors.js';
export { readNpz, writeNpz, type NamedArray } from './io/npz.js';

/** Where to compute: `auto` takes a GPU and falls back to the CPU, saying why. */
export type DeviceChoice = 'auto' | 'gpu' | 'cpu';

/**
 * Opens a simulator in Node.
 * @param device `auto` (default), `gpu` or `cpu`.
 * @returns the simulator and, where `auto` fell back to the CPU, the reason.
 * @throws MemscapeError `no-adapter`, `no-dawn` or `adapter-wrong` (exit 4) with `gpu` where none is usable.
 */
export async function openSimulator(
  device: DeviceChoice = 'auto',
): Promise<{ simulator: Simulator; fallback?: MemscapeError }> {
  const cpu = openCpu();
  if (device === 'cpu') return { simulator: new Simulator(cpu, cpu) };
  let gpu: Backend;
  try {
    gpu = await openSupervisedGpu();
  } catch (error) {
    if (device === 'gpu' || !(error instanceof MemscapeError)) throw error;
    return { simulator: new Simulator(cpu, cpu), fallback: error };
  }
  return { simulator: new Simulator(gpu, cpu) };
}
