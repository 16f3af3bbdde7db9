/** Opening the GPU, opening it again when it is lost, or a plain sentence why the CPU computes. */
import { MemscapeError, openGpu } from './library.js';
import { GpuCanvas } from './plot/gpu-painter.js';

export type Opened = { readonly gpu: GpuCanvas } | { readonly reason: string };

/** Who draws on a device as long as there is one. */
export interface DeviceHost {
  readonly useGpu: (gpu: GpuCanvas) => Promise<void>;
  readonly useCpu: (reason: string) => Promise<void>;
  readonly lost: (message: string) => void;
  readonly failed: (error: unknown) => void;
}

/** Times that a lost device is opened again before the CPU takes over. */
const REOPENINGS = 3;

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
    const what =
      error instanceof MemscapeError ? error.what : error instanceof Error ? error.message : String(error);
    return { reason: `No GPU: ${what}.` };
  }
}

/** Gives the host what was opened, and whatever comes after it. */
export async function keepDevice(host: DeviceHost, opening: Promise<Opened>, losses = 0): Promise<void> {
  const opened = await opening;
  if (!('gpu' in opened)) {
    await host.useCpu(opened.reason);
    return;
  }
  void opened.gpu.backend.device.lost
    .then(({ message }) => {
      host.lost(message);
      const again = losses + 1;
      const reason = `The GPU was lost ${String(again)} times.`;
      return keepDevice(host, again <= REOPENINGS ? openCanvas() : Promise.resolve({ reason }), again);
    })
    .catch(host.failed);
  await host.useGpu(opened.gpu);
}
