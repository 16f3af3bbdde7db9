/**
 * A field that stays on the GPU, for pages that draw it straight from the storage buffer: no read-back. Numbers
 * of the model go through a uniform buffer, so a slider that changes W, b or a coefficient rewrites some bytes
 * and compiles nothing.
 */
import type { Problem } from '../model/problem.js';
import { offsetsFrom } from '../model/sampling.js';
import { createPlan } from '../plan/plan.js';
import type { Grid, Quantity } from '../types.js';
import { compose } from '../wgsl/compose.js';
import { planeCount, type Plane } from '../wgsl/planes.js';
import type { Reference } from '../wgsl/reference.js';
import type { GpuBackend } from './device.js';
import { BufferUsage } from './flags.js';
import { packFrame, packTile, paddedRows } from './pack.js';
import { dispatchTile } from './run.js';
import { refusalError, scoped } from './scope.js';

/** A field on the GPU, to be bound as read-only storage. */
export interface LiveResult {
  /** f32 values as [component][row][s]; valid until the next update. */
  readonly buffer: GPUBuffer;
  /** Rows per component: size[1] padded to whole walks of the kernel; the surplus rows are beyond the box. */
  readonly rows: number;
  /** Which component holds what. */
  readonly planes: readonly Plane[];
  /** Points per axis, as in the grid. */
  readonly size: readonly number[];
}

/** A field that is computed anew for every frame into buffers it keeps; one for each field that is drawn at a time. */
export class LiveField {
  readonly #backend: GpuBackend;
  readonly #buffers = new Map<string, GPUBuffer>();
  /** What has become too small: the last result may still be drawn from it, until this one is there. */
  #outgrown: GPUBuffer[] = [];
  /** Whether a buffer is new of which is not known yet whether the device had memory for it. */
  #grown = false;

  constructor(backend: GpuBackend) {
    this.#backend = backend;
  }

  /**
   * Computes quantities of a problem (N <= 32) on a plane slice, as one submit.
   * @param reference made by `prepareReference`: `energy` is E - E(reference) then.
   * @throws RangeError for larger networks and for grids that one submit should not take (over 50 ms planned);
   *   MemscapeError `plan-kernel` (exit 2) for what is `cpuOnly`; `device-lost` (exit 5) once the device is gone: open another one and make a new field for it;
   *   `gpu-memory` (exit 5) where a smaller grid may do. A loss while it computes is told by `device.lost` alone.
   */
  async update(
    problem: Problem,
    grid: Grid,
    quantities: readonly Quantity[],
    reference?: Reference,
  ): Promise<LiveResult> {
    const { device, pipelines, profile } = this.#backend;
    this.#dropOutgrown();
    const request = { problem, sampling: grid, quantities, live: true, ...(reference ? { reference } : {}) };
    const plan = createPlan(request, { ...profile, whole: true });
    const offsets = reference ? offsetsFrom(grid, reference.state) : grid;
    const [tile] = plan.tiles;
    const kernel = compose(plan.spec);
    if (kernel.numberStyle !== 'uniform')
      throw new RangeError('a live field needs a network of at most 32 neurons');
    this.#backend.throwIfLost();
    const compiled = await pipelines.get(kernel, true);
    this.#backend.throwIfLost();
    const rows = paddedRows(plan, tile);
    const bytes = 4 * planeCount(plan.planes) * tile.columns * rows;
    const work = () => {
      const uniform = (label: string, data: ArrayBuffer) => {
        const buffer = this.#buffer(label, data.byteLength, BufferUsage.UNIFORM | BufferUsage.COPY_DST);
        device.queue.writeBuffer(buffer, 0, data);
        return buffer;
      };
      const output = this.#buffer('output', bytes, BufferUsage.STORAGE | BufferUsage.COPY_SRC);
      const bind = (layout: GPUBindGroupLayout, resources: readonly GPUBuffer[]) =>
        device.createBindGroup({
          layout,
          entries: resources.map((buffer, binding) => ({ binding, resource: { buffer } })),
        });
      const encoder = device.createCommandEncoder({ label: 'live field' });
      dispatchTile(encoder, compiled, plan, tile, [
        bind(compiled.groups[0], [uniform('numbers', new Float32Array(kernel.numbers).buffer)]),
        bind(compiled.groups[1], [
          uniform('tile', packTile(plan, tile, kernel)),
          output,
          uniform('frame', packFrame(offsets).buffer),
        ]),
      ]);
      device.queue.submit([encoder.finish()]);
      return output;
    };
    const { made: buffer, refused } = scoped(device, work);
    const word = refused.catch(() => undefined);
    // New buffers may be refused; waiting for that in every frame would cost frames.
    if (this.#grown) {
      const refusal = await word;
      this.#backend.throwIfLost();
      if (refusal) {
        this.dispose();
        throw refusalError(refusal, device, { bytes, largest: bytes });
      }
      this.#grown = false;
    }
    return { buffer, rows, planes: plan.planes, size: grid.size };
  }

  /** A buffer kept under `label`, made anew when it has to grow. */
  #buffer(label: string, bytes: number, usage: number): GPUBuffer {
    const known = this.#buffers.get(label);
    if (known && known.size >= bytes) return known;
    if (known) this.#outgrown.push(known);
    this.#grown = true;
    const buffer = this.#backend.device.createBuffer({
      label,
      size: Math.max(16, Math.ceil(bytes / 16) * 16),
      usage,
    });
    this.#buffers.set(label, buffer);
    return buffer;
  }

  #dropOutgrown(): void {
    for (const buffer of this.#outgrown) buffer.destroy();
    this.#outgrown = [];
  }

  /** Frees its buffers; idempotent. */
  dispose(): void {
    this.#dropOutgrown();
    for (const buffer of this.#buffers.values()) buffer.destroy();
    this.#buffers.clear();
  }
}
