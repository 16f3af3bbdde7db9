/** Draws a landscape on the GPU: memscape's kernels write a storage buffer, a render pass reads it. */
import { LiveField, type GpuBackend, type LiveResult, type Problem, type Quantity } from '../library.js';
import shader from './landscape.wgsl?raw';
import { EDGE_COLOUR, hatchColour, ISOLINES, type Look } from './look.js';
import { rampOf } from './tarn.js';
import { gainOf } from './tone.js';
import { gridOf, type View } from './view.js';

/** Planes of the buffer, in the order that landscape.wgsl knows. */
const QUANTITIES: readonly Quantity[] = ['energy', 'blind-spot', 'dead-count'];
const LOOK_BYTES = 80;
/** A field is never made smaller than this, whatever a device says about its speed. */
const LEAST_SIDE = 64;
const TIMINGS = 3;

/** What the painters of one device share. */
export class GpuCanvas {
  readonly backend: GpuBackend;
  readonly format: GPUTextureFormat;
  readonly pipeline: GPURenderPipeline;

  private constructor(backend: GpuBackend, format: GPUTextureFormat, pipeline: GPURenderPipeline) {
    this.backend = backend;
    this.format = format;
    this.pipeline = pipeline;
  }

  static async create(backend: GpuBackend): Promise<GpuCanvas> {
    const format = navigator.gpu.getPreferredCanvasFormat();
    const module = backend.device.createShaderModule({ label: 'landscape', code: shader });
    const pipeline = await backend.device.createRenderPipelineAsync({
      label: 'landscape',
      layout: 'auto',
      vertex: { module },
      fragment: { module, targets: [{ format }] },
    });
    return new GpuCanvas(backend, format, pipeline);
  }
}

export class GpuPainter {
  readonly #shared: GpuCanvas;
  readonly #canvas: HTMLCanvasElement;
  readonly #context: GPUCanvasContext;
  readonly #field: LiveField;
  readonly #look: GPUBuffer;
  readonly #ramp: GPUBuffer;
  /** Share of the canvas' pixels along a side that get a point of their own; falls where one submit is too short. */
  #share = 1;
  #result: LiveResult | undefined;

  constructor(shared: GpuCanvas, canvas: HTMLCanvasElement) {
    const context = canvas.getContext('webgpu');
    if (!context) throw new Error('the canvas gives no WebGPU context');
    const { device } = shared.backend;
    this.#shared = shared;
    this.#canvas = canvas;
    this.#context = context;
    this.#field = new LiveField(shared.backend);
    const usage = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
    this.#look = device.createBuffer({ label: 'look', size: LOOK_BYTES, usage });
    this.#ramp = device.createBuffer({
      label: 'ramp',
      size: rampOf(false).byteLength,
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST,
    });
    context.configure({ device, format: shared.format, alphaMode: 'opaque' });
  }

  /** The last field, for checks against f64. */
  get result(): LiveResult | undefined {
    return this.#result;
  }

  /** Computes the field under a view; nothing changes on the screen. */
  async compute(problem: Problem, view: View): Promise<void> {
    const ratio = devicePixelRatio;
    const [width, height] = [Math.round(view.width * ratio), Math.round(view.height * ratio)];
    if (this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#canvas.height !== height) this.#canvas.height = height;
    for (;;) {
      const grid = gridOf(view, Math.round(width * this.#share), Math.round(height * this.#share));
      try {
        this.#result = await this.#field.update(problem, grid, QUANTITIES);
        return;
      } catch (error) {
        // The planner refuses what would hold a slow device too long: fewer points, interpolated between.
        if (!(error instanceof RangeError) || width * this.#share <= LEAST_SIDE) throw error;
        this.#share *= 0.85;
      }
    }
  }

  /** Resolves when everything submitted so far is done. */
  async finished(): Promise<void> {
    await this.#shared.backend.device.queue.onSubmittedWorkDone();
  }

  /** Median time of computing the field, from submit to done, in milliseconds. */
  async time(problem: Problem, view: View): Promise<number> {
    const times: number[] = [];
    for (let k = 0; k < TIMINGS; k++) {
      await this.finished();
      const started = performance.now();
      await this.compute(problem, view);
      await this.finished();
      times.push(performance.now() - started);
    }
    return times.sort((a, b) => a - b)[times.length >> 1];
  }

  /** A copy of the energies that are drawn; undefined before there are any. */
  async readEnergies(): Promise<{ values: Float32Array; columns: number; rows: number } | undefined> {
    if (!this.#result) return undefined;
    const { device } = this.#shared.backend;
    const [columns, rows] = this.#result.size;
    const bytes = 4 * columns * rows;
    const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
    const staging = device.createBuffer({ label: 'check', size: Math.ceil(bytes / 8) * 8, usage });
    const encoder = device.createCommandEncoder({ label: 'check' });
    encoder.copyBufferToBuffer(this.#result.buffer, 0, staging, 0, bytes);
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    const values = new Float32Array(staging.getMappedRange().slice(0, bytes));
    staging.destroy();
    return { values, columns, rows };
  }

  /** Draws the last field. */
  draw({ tone, dark, isolines, hatch }: Look): void {
    const result = this.#result;
    if (!result) return;
    const { device } = this.#shared.backend;
    const { width, height } = this.#canvas;
    const [columns, rows] = result.size;
    const look = new Float32Array([
      ...[width, height, columns, rows],
      ...[tone.low, tone.range, tone.m, gainOf(tone)],
      ...[...hatchColour(dark), 1],
      ...[...EDGE_COLOUR, 1],
      ...[devicePixelRatio, isolines ? ISOLINES : 0, hatch ? 1 : 0, columns * rows],
    ]);
    device.queue.writeBuffer(this.#look, 0, look);
    device.queue.writeBuffer(this.#ramp, 0, rampOf(dark));
    const { pipeline } = this.#shared;
    const bindings = device.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: [this.#look, this.#ramp, result.buffer].map((buffer, binding) => ({ binding, resource: { buffer } })),
    });
    const encoder = device.createCommandEncoder({ label: 'landscape' });
    const pass = encoder.beginRenderPass({
      colorAttachments: [
        { view: this.#context.getCurrentTexture().createView(), loadOp: 'clear', storeOp: 'store' },
      ],
    });
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindings);
    pass.draw(3);
    pass.end();
    device.queue.submit([encoder.finish()]);
  }

  dispose(): void {
    this.#field.dispose();
    this.#look.destroy();
    this.#ramp.destroy();
    this.#context.unconfigure();
  }
}
