/** Opening the GPU, or a plain sentence why the CPU computes. */
import { MemscapeError, openGpu } from './library.js';
import { GpuCanvas } from './plot/gpu-painter.js';

export type Opened = { readonly gpu: GpuCanvas } | { readonly reason: string };

export async function openCanvas(): Promise<Opened> {
  // Typed as always present; browsers without WebGPU have not read the types.
  const gpu = (navigator as { readonly gpu?: GPU }).gpu;
  if (!gpu)
    return {
      reason: isSecureContext
        ? 'No WebGPU: this browser does not offer it.'
        : 'No WebGPU: browsers offer it on https pages only.',
    };
  try {
    const backend = await openGpu(gpu, { asynchronousPipelines: true, tries: 3 });
    return { gpu: await GpuCanvas.create(backend) };
  } catch (error) {
    const what = error instanceof MemscapeError ? error.what : error instanceof Error ? error.message : String(error);
    return { reason: `No GPU: ${what}.` };
  }
}
