/**
 * Kernels compiled once per text, of which the last ones that were used are kept: numbers of a model that stand in the
 * text make a new one for every model. Bind group layouts are explicit: group 0 holds the model's numbers and matrices, group 1
 * the task (tile, output, frame or points, workspace).
 *
 * Pipelines are made synchronously unless the caller says that the asynchronous call is safe: in Node it
 * crashes Dawn in a quarter of all runs, in pages it keeps the thread free.
 */
import { MemscapeError } from '../errors.js';
import type { Kernel } from '../wgsl/compose.js';
import { ShaderStage } from './flags.js';
import { scoped } from './scope.js';

export interface CompiledKernel {
  readonly pipeline: GPUComputePipeline;
  readonly groups: readonly [GPUBindGroupLayout, GPUBindGroupLayout];
}

const KEPT = 64;

export class PipelineCache {
  readonly #device: GPUDevice;
  readonly #asynchronous: boolean;
  readonly #compiled = new Map<string, Promise<CompiledKernel>>();

  constructor(device: GPUDevice, asynchronous: boolean) {
    this.#device = device;
    this.#asynchronous = asynchronous;
  }

  /** Pipelines held, for tests. */
  get size(): number {
    return this.#compiled.size;
  }

  get(kernel: Kernel, grid: boolean): Promise<CompiledKernel> {
    const { code } = kernel;
    const compiled = this.#compiled.get(code) ?? this.#compile(kernel, grid);
    // The order of a map is that of its entries: the first was not used for the longest time.
    this.#compiled.delete(code);
    this.#compiled.set(code, compiled);
    for (const oldest of this.#compiled.keys()) {
      if (this.#compiled.size <= KEPT) break;
      this.#compiled.delete(oldest);
    }
    // A failure is not remembered: after a lost device the same text may be asked for again.
    compiled.catch(() => this.#compiled.delete(code));
    return compiled;
  }

  async #compile(kernel: Kernel, grid: boolean): Promise<CompiledKernel> {
    const device = this.#device;
    const { made, refused } = scoped(device, () => {
      const module = device.createShaderModule({ code: kernel.code, label: 'memscape kernel' });
      const groups = layouts(device, kernel, grid);
      const descriptor: GPUComputePipelineDescriptor = {
        label: 'memscape kernel',
        layout: device.createPipelineLayout({ bindGroupLayouts: groups }),
        compute: { module, entryPoint: 'main' },
      };
      const pipeline = this.#asynchronous
        ? device.createComputePipelineAsync(descriptor)
        : device.createComputePipeline(descriptor);
      return { module, groups, pipeline };
    });
    const [scope, pipeline] = await Promise.allSettled([refused, made.pipeline]);
    const refusal = scope.status === 'fulfilled' ? scope.value?.message : String(scope.reason);
    if (refusal === undefined && pipeline.status === 'fulfilled')
      return { pipeline: pipeline.value, groups: made.groups };
    const { messages } = await made.module.getCompilationInfo();
    const found = messages.find((m) => m.type === 'error');
    throw new MemscapeError({
      code: 'kernel-compile',
      what: found
        ? `${kernel.where(found.lineNum)}: ${found.message}`
        : (refusal ?? 'pipeline creation failed'),
      why: 'a kernel that memscape composed was refused by this WebGPU implementation: a fault of memscape.',
      mend: 'use --device cpu, and report the model file together with the output of `memscape doctor --json`.',
      exitCode: 1,
    });
  }
}

function layouts(device: GPUDevice, kernel: Kernel, grid: boolean): [GPUBindGroupLayout, GPUBindGroupLayout] {
  const entry = (binding: number, type: GPUBufferBindingType): GPUBindGroupLayoutEntry => ({
    binding,
    visibility: ShaderStage.COMPUTE,
    buffer: { type },
  });
  const inStorage = kernel.numberStyle === 'storage';
  return [
    device.createBindGroupLayout({
      label: 'model',
      entries: [
        ...(kernel.numbers.length === 0 ? [] : [entry(0, inStorage ? 'read-only-storage' : 'uniform')]),
        ...kernel.matrices.map((_, k) => entry(k + 1, 'read-only-storage')),
      ],
    }),
    device.createBindGroupLayout({
      label: 'task',
      entries: [
        entry(0, 'uniform'),
        entry(1, 'storage'),
        entry(2, grid && !inStorage ? 'uniform' : 'read-only-storage'),
        ...(inStorage ? [entry(3, 'storage')] : []),
        ...(kernel.listsCells ? [entry(3, 'read-only-storage')] : []),
      ],
    }),
  ];
}
