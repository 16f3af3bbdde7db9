/** Draws a landscape on the GPU: memscape's kernels write a storage buffer, a render pass reads it. */
import {
  LiveField,
  type GpuBackend,
  type LiveResult,
  type Problem,
  type Quantity,
  type Reference,
} from '../library.js';
import shader from './landscape.wgsl?raw';
import { EDGE_COLOUR, hatchColour, type Look } from './look.js';
import { pixelRatio } from '../page/scale.js';
import { isPrinting } from '../page/theme.js';
import { rampOf } from './tarn.js';
import { gainOf } from './tone.js';
import { gridOf, type View } from './view.js';

/** Planes of the buffer, in the order that landscape.wgsl knows; what is not hatched is drawn from the first alone. */
const HATCHED: readonly Quantity[] = ['energy', 'blind-spot', 'dead-count'];
const PLAIN: readonly Quantity[] = ['energy'];
const SPEED: readonly Quantity[] = ['speed'];
const LOOK_BYTES = 64;
/** A field is never made smaller than this, whatever a device says about its speed. */
const LEAST_SIDE = 16;
/** Points along a side where one submit would take too long, as a share of those before. */
const FEWER = 0.9;
const TIMINGS = 3;

export interface FieldCopy {
  readonly energy: Float32Array;
  /** 1 where the gradient is zero while the state moves. */
  readonly blind: Float32Array;
  readonly columns: number;
  readonly rows: number;
}

/** What the painters of one device share: one pipeline for every choice of layers, made when it is first needed. */
export class GpuCanvas {
  readonly backend: GpuBackend;
  readonly format = navigator.gpu.getPreferredCanvasFormat();
  readonly #module: GPUShaderModule;
  readonly #layout: GPUBindGroupLayout;
  readonly #pipelines = new Map<string, GPURenderPipeline>();

  private constructor(backend: GpuBackend) {
    const { device } = backend;
    this.backend = backend;
    this.#module = device.createShaderModule({ label: 'landscape', code: shader });
    const entry = (binding: number, type: GPUBufferBindingType) =>
      ({ binding, visibility: GPUShaderStage.FRAGMENT, buffer: { type } }) as const;
    this.#layout = device.createBindGroupLayout({
      label: 'landscape',
      entries: [entry(0, 'uniform'), entry(1, 'read-only-storage'), entry(2, 'read-only-storage')],
    });
  }

  /** Compiles what the first picture needs, without holding up the page. */
  static async create(backend: GpuBackend): Promise<GpuCanvas> {
    const canvas = new GpuCanvas(backend);
    await Promise.all(
      [true, false].map(async (hatch) => {
        const layers = { hatch, isolines: true };
        canvas.#pipelines.set(
          JSON.stringify(layers),
          await backend.device.createRenderPipelineAsync(canvas.#describe(layers)),
        );
      }),
    );
    return canvas;
  }

  pipeline({ hatch, isolines }: Pick<Look, 'hatch' | 'isolines'>): GPURenderPipeline {
    const layers = { hatch, isolines };
    const key = JSON.stringify(layers);
    const known =
      this.#pipelines.get(key) ?? this.backend.device.createRenderPipeline(this.#describe(layers));
    this.#pipelines.set(key, known);
    return known;
  }

  bind(buffers: readonly GPUBuffer[]): GPUBindGroup {
    return this.backend.device.createBindGroup({
      layout: this.#layout,
      entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
    });
  }

  #describe({ hatch, isolines }: Pick<Look, 'hatch' | 'isolines'>): GPURenderPipelineDescriptor {
    const { device } = this.backend;
    const module = this.#module;
    return {
      label: 'landscape',
      layout: device.createPipelineLayout({ bindGroupLayouts: [this.#layout] }),
      vertex: { module },
      fragment: {
        module,
        constants: { hatched: Number(hatch), isolines: Number(isolines) },
        targets: [{ format: this.format }],
      },
    };
  }
}

export class GpuPainter {
  readonly #shared: GpuCanvas;
  readonly #canvas: HTMLCanvasElement;
  readonly #context: GPUCanvasContext;
  readonly #field: LiveField;
  #quantities: readonly Quantity[] = PLAIN;
  readonly #look: GPUBuffer;
  readonly #ramp: GPUBuffer;
  /** Share of the screen's pixels along a side that get a point; falls where one submit would take too long. */
  #share = 1;
  #result: LiveResult | undefined;
  /** Pixels of the field to a CSS pixel, and whether a point is a square of some. */
  #ratio = 1;
  #coarse = false;
  /** What the canvas shows: a pass costs a software adapter as much as a field. */
  #shown: { readonly result: LiveResult; readonly look: string } | undefined;

  constructor(shared: GpuCanvas, canvas: HTMLCanvasElement) {
    const context = canvas.getContext('webgpu');
    if (!context) throw new Error('the canvas gives no WebGPU context');
    const { device } = shared.backend;
    const create = (label: string, size: number, usage: number) =>
      device.createBuffer({ label, size, usage: usage | GPUBufferUsage.COPY_DST });
    this.#shared = shared;
    this.#canvas = canvas;
    this.#context = context;
    this.#field = new LiveField(shared.backend);
    this.#look = create('look', LOOK_BYTES, GPUBufferUsage.UNIFORM);
    this.#ramp = create('ramp', rampOf('tarn', false).byteLength, GPUBufferUsage.STORAGE);
    context.configure({ device, format: shared.format, alphaMode: 'opaque' });
  }

  /** What computes here; whoever borrows it leaves its life to its owner. */
  get backend(): GpuBackend {
    return this.#shared.backend;
  }

  /** Points of the last field along each side. */
  get size(): readonly [number, number] | undefined {
    return this.#result ? [this.#result.size[0], this.#result.size[1]] : undefined;
  }

  /**
   * Computes the field under a view; nothing changes on the screen.
   * @param options `coarseness` divides the points along each side, while a slider moves on a slow device; `hatched`:
   * whether blind and dead regions will be hatched; `shows`: what the colours say; `reference`: from where energies are
   * measured.
   */
  async compute(
    problem: Problem,
    view: View,
    {
      coarseness = 1,
      hatched = false,
      shows = 'energy',
      reference,
    }: {
      coarseness?: number;
      hatched?: boolean;
      shows?: 'energy' | 'speed';
      reference?: Reference | undefined;
    } = {},
  ): Promise<void> {
    const quantities = shows === 'speed' ? SPEED : hatched ? HATCHED : PLAIN;
    // What was too much for one problem may do for the next.
    this.#share = Math.min(1, this.#share / FEWER);
    for (;;) {
      const ratio = (pixelRatio() * this.#share) / coarseness;
      const grid = gridOf(view, Math.round(view.width * ratio), Math.round(view.height * ratio));
      try {
        this.#result = await this.#field.update(problem, grid, quantities, reference);
        this.#quantities = quantities;
        this.#ratio = ratio;
        this.#coarse = coarseness > 1 && this.#share === 1;
        return;
      } catch (error) {
        // The planner refuses what would hold a slow device too long: fewer points, and the browser scales them.
        if (!(error instanceof RangeError) || grid.size[0] <= LEAST_SIDE) throw error;
        this.#share *= FEWER;
      }
    }
  }

  /** Resolves when everything submitted so far is done. */
  async finished(): Promise<void> {
    await this.#shared.backend.device.queue.onSubmittedWorkDone();
  }

  /** Median time of computing the field, from asking to done, in milliseconds; undefined once it is `stale`. */
  async time(
    problem: Problem,
    view: View,
    stale: () => boolean,
    reference?: Reference,
  ): Promise<number | undefined> {
    const times: number[] = [];
    for (let k = 0; k < TIMINGS; k++) {
      await this.finished();
      // The buffer is the one that is drawn: an old field must not be written over a new one.
      if (stale()) return undefined;
      const started = performance.now();
      await this.compute(problem, view, { hatched: this.#quantities === HATCHED, reference });
      await this.finished();
      times.push(performance.now() - started);
    }
    return times.sort((a, b) => a - b)[times.length >> 1];
  }

  /** A copy of the energies and blind spots that are drawn; undefined before there are any, and where none are hatched. */
  async read(): Promise<FieldCopy | undefined> {
    if (!this.#result || this.#quantities !== HATCHED) return undefined;
    const { device } = this.#shared.backend;
    const [columns, rows] = this.#result.size;
    // Rows beyond the box lie between the planes.
    const points = columns * this.#result.rows;
    const bytes = 8 * points;
    const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
    const staging = device.createBuffer({ label: 'check', size: bytes, usage });
    const encoder = device.createCommandEncoder({ label: 'check' });
    encoder.copyBufferToBuffer(this.#result.buffer, 0, staging, 0, bytes);
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    const values = new Float32Array(staging.getMappedRange().slice(0, bytes));
    staging.destroy();
    const plane = (k: number) => values.subarray(k * points, k * points + columns * rows);
    return { energy: plane(0), blind: plane(1), columns, rows };
  }

  /**
   * Draws the last field, a pixel for every point, unless that is what is seen: for a printer it is drawn all the same,
   * because a canvas that was shown is empty for copies.
   */
  draw(wanted: Look): void {
    const result = this.#result;
    const asked = JSON.stringify(wanted);
    const known = this.#shown?.result === result && this.#shown?.look === asked;
    if (!result || (known && !isPrinting())) return;
    this.#shown = { result, look: asked };
    const { tone, map, dark, isolines, hatch } = wanted;
    const { device } = this.#shared.backend;
    const [columns, rows] = result.size;
    if (this.#canvas.width !== columns) this.#canvas.width = columns;
    if (this.#canvas.height !== rows) this.#canvas.height = rows;
    this.#canvas.classList.toggle('coarse', this.#coarse);
    const look = new Float32Array([
      ...[columns, rows, this.#ratio, columns * result.rows],
      ...[tone.low, tone.range, tone.m, gainOf(tone)],
      ...[...hatchColour(dark), 1],
      ...[...EDGE_COLOUR, 1],
    ]);
    device.queue.writeBuffer(this.#look, 0, look);
    device.queue.writeBuffer(this.#ramp, 0, rampOf(map, dark));
    const encoder = device.createCommandEncoder({ label: 'landscape' });
    const pass = encoder.beginRenderPass({
      label: 'landscape',
      colorAttachments: [
        { view: this.#context.getCurrentTexture().createView(), loadOp: 'clear', storeOp: 'store' },
      ],
    });
    pass.setPipeline(this.#shared.pipeline({ hatch: hatch && this.#quantities === HATCHED, isolines }));
    pass.setBindGroup(0, this.#shared.bind([this.#look, this.#ramp, result.buffer]));
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
