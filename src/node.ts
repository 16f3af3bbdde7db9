/**
 * memscape in Node: the same verbs with a supervised GPU process, worker threads and files.
 * @packageDocumentation
 */
import { openCpu } from './cpu/pool.node.js';
import { MemscapeError } from './errors.js';
import { gpuOpener } from './gpu/supervised.node.js';
import { RecoveringBackend } from './recovery/backend.js';
import { Simulator } from './simulator.js';

export { openCpu } from './cpu/pool.node.js';
export {
  attempts as vulkanAttempts,
  gpuOpener,
  openSupervisedGpu,
  SupervisedGpu,
  type Environment,
  type GpuProcessOptions,
} from './gpu/supervised.node.js';
export { loadModel, writeWhole, type WriteOptions } from './io/files.node.js';
export { FileSink, type FileSinkOptions } from './stream/files.node.js';
export { readEarlier, type Earlier, type Identity } from './stream/earlier.node.js';
export { readNpy, writeNpy, type NpyArray, type NpyOptions, type NpySource } from './io/npy.js';
export { openSafetensors, type Safetensors, type SafetensorsOptions, type Tensor } from './io/safetensors.js';
export { readNpz, readNpzTexts, writeNpz, type NamedArray } from './io/npz.js';

/** Where to compute: `auto` takes a GPU and falls back to the CPU, also when the GPU goes away, saying why. */
export type DeviceChoice = 'auto' | 'gpu' | 'cpu';

/**
 * Opens a simulator in Node. A GPU that is lost, crashes or hangs is opened again and finishes its work; when that
 * fails, `auto` computes on the CPU, from the start, and `gpu` rejects with `device-gone` (exit 5).
 * @param device `auto` (default), `gpu` or `cpu`.
 * @returns the simulator and, where `auto` fell back to the CPU, the reason.
 * @throws MemscapeError `no-adapter`, `no-dawn` or `adapter-wrong` (exit 4) with `gpu` where none is usable.
 */
export async function openSimulator(
  device: DeviceChoice = 'auto',
): Promise<{ simulator: Simulator; fallback?: MemscapeError }> {
  const cpu = openCpu();
  if (device === 'cpu') return { simulator: new Simulator(cpu, cpu) };
  let gpu: RecoveringBackend;
  try {
    gpu = await RecoveringBackend.open(gpuOpener());
  } catch (error) {
    if (device === 'gpu' || !(error instanceof MemscapeError)) throw error;
    return { simulator: new Simulator(cpu, cpu), fallback: error };
  }
  return { simulator: new Simulator(gpu, cpu, { continueOnCpu: device === 'auto' }) };
}
