/**
 * Executes a plan on a device: one submit per tile, a ring of tiles in flight so that reading one back overlaps
 * computing the next. A tile counts as done only when its bytes were mapped and the device was still there:
 * after a loss many calls go on succeeding with nothing behind them.
 */
import { orAbort } from '../abort.js';
import type { RunOptions, RunStatistics } from '../backend.js';
import { MemscapeError } from '../errors.js';
import type { AnyPlan, Tile } from '../plan/plan.js';
import { compose, type Kernel } from '../wgsl/compose.js';
import { DISPATCH_LIMIT, lanesOf, workgroupOf } from '../wgsl/lanes.js';
import { planeCount } from '../wgsl/planes.js';
import { BufferUsage, MapMode } from './flags.js';
import {
  packFrame,
  packLanes,
  packPoints,
  packTile,
  statesOf,
  paddedRows,
  TILE_BYTES,
  workspaceBytes,
} from './pack.js';
import type { Pace } from './pace.js';
import type { BufferPool } from './pool.js';
import type { CompiledKernel, PipelineCache } from './pipeline.js';
import { refusalError, scoped, type Refusal } from './scope.js';

/** Tiles in the ring; measured against computing alone (SwiftShader, 10 tiles): 1 x 1.19, 2 x 1.06, 3 x 1.04, 4 no better. */
const IN_FLIGHT = 3;
/** How long the word of a loss may take after the first call that fails because of it. */
const NEWS_MILLISECONDS = 50;

/** A device with what was compiled for it, and whether it is still there. */
export interface Session {
  readonly device: GPUDevice;
  readonly pipelines: PipelineCache;
  readonly pool: BufferPool;
  readonly pace: Pace;
  /** Why the device was lost, once it is. */
  readonly lost: () => string | undefined;
}

/** Buffers that one tile in flight owns. */
interface Slot {
  readonly tile: GPUBuffer;
  readonly output: GPUBuffer;
  readonly staging: GPUBuffer;
  readonly task: GPUBindGroup;
}

interface Prepared {
  readonly kernel: Kernel;
  readonly compiled: CompiledKernel;
  readonly model: GPUBindGroup;
  readonly slots: readonly Slot[];
  readonly buffers: readonly GPUBuffer[];
}

/** What was read back, and when. */
interface Read {
  readonly end: number;
  readonly values: Float32Array;
}

export async function runPlan(
  session: Session,
  plan: AnyPlan,
  { signal, onTile }: RunOptions,
): Promise<RunStatistics> {
  signal?.throwIfAborted();
  if (plan.tiles.length === 0) return { gpuMilliseconds: 0 };
  const prepared = await prepare(session, plan, signal);
  // Tiles run one after the other: one starts when it was submitted and the one before has ended.
  let read = Promise.resolve<Read>({ end: 0, values: new Float32Array() });
  // They are taken one after the other too, while the next are computed and read: a slow taker holds up the ring.
  let taken: Promise<void> = Promise.resolve();
  const pending: Promise<void>[] = [];
  let busy = 0;
  const largest = plan.tiles.reduce((most, t) => Math.max(most, t.columns * t.rows), 0);
  try {
    for (const [index, tile] of plan.tiles.entries()) {
      signal?.throwIfAborted();
      if (pending.length >= IN_FLIGHT) await pending.shift();
      const slot = prepared.slots[index % IN_FLIGHT];
      const refused = submit(session, plan, prepared, slot, tile);
      const submitted = performance.now();
      const ended = read.then(async ({ end }) => {
        const started = Math.max(end, submitted);
        const points = tile.columns * tile.rows;
        const more = index + 1 < plan.tiles.length;
        // After an abort what is under way is only waited for.
        const { code } = prepared.kernel;
        const woke =
          signal?.aborted === true ? started : await session.pace.sleep(code, points, started, more);
        const values = await readBack(session, plan, slot, tile, refused);
        const now = performance.now();
        if (2 * points > largest) session.pace.learn(code, points, started, woke, now);
        busy += now - started;
        return { end: now, values };
      });
      read = ended;
      taken = taken.then(async () => {
        const { values } = await ended;
        signal?.throwIfAborted();
        await onTile({ tile, values });
      });
      // Awaited in order; these keep a rejection of a later tile from being unhandled meanwhile.
      read.catch(() => undefined);
      taken.catch(() => undefined);
      pending.push(taken);
    }
    await taken;
  } finally {
    await Promise.allSettled([read, taken]);
    prepared.buffers.forEach((buffer) => {
      session.pool.giveBack(buffer);
    });
  }
  return { gpuMilliseconds: busy };
}

async function prepare(session: Session, plan: AnyPlan, signal: AbortSignal | undefined): Promise<Prepared> {
  const { device, pipelines, pool } = session;
  const kernel = compose(plan.spec);
  const compiling = pipelines.get(kernel, plan.sampling.kind === 'grid');
  const compiled = await orAbort(compiling, signal).catch(async (cause: unknown) => {
    // A compiler that went with its device says anything.
    if (signal?.aborted !== true && (await isLost(session))) throw lostError(session, cause);
    throw cause;
  });
  if (session.lost() !== undefined) throw lostError(session);
  const buffers: GPUBuffer[] = [];
  try {
    const { made, refused } = scoped(device, () => bindAll(session, plan, kernel, compiled, buffers));
    const refusal = await refused.catch((cause: unknown) => {
      throw lostError(session, cause);
    });
    if (session.lost() !== undefined) throw lostError(session);
    if (refusal) throw refusalError(refusal, device, pool.lent);
    return { kernel, compiled, ...made, buffers };
  } catch (error) {
    buffers.forEach((buffer) => {
      pool.giveBack(buffer);
    });
    throw error;
  }
}

/** Fills and binds everything that a plan needs; all buffers are noted in `buffers`. */
function bindAll(
  { device, pool }: Session,
  plan: AnyPlan,
  kernel: Kernel,
  compiled: CompiledKernel,
  buffers: GPUBuffer[],
): Pick<Prepared, 'model' | 'slots'> {
  const create = (label: string, size: number, usage: number) => {
    const buffer = pool.borrow(label, size, usage);
    buffers.push(buffer);
    return buffer;
  };
  const upload = (
    label: string,
    data: Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>,
    usage: number,
  ) => {
    const buffer = create(label, data.byteLength, usage | BufferUsage.COPY_DST);
    device.queue.writeBuffer(buffer, 0, data);
    return buffer;
  };
  const inStorage = kernel.numberStyle === 'storage';
  const constants = inStorage ? BufferUsage.STORAGE : BufferUsage.UNIFORM;
  const bind = (label: string, layout: GPUBindGroupLayout, resources: readonly GPUBuffer[]) =>
    device.createBindGroup({
      label,
      layout,
      entries: resources.map((buffer, binding) => ({ binding, resource: { buffer } })),
    });
  const numbers =
    kernel.numbers.length > 0 ? [upload('numbers', new Float32Array(kernel.numbers), constants)] : [];
  const matrices = kernel.matrices.map(({ bytes, parts }) => {
    const buffer = create('matrices', bytes, BufferUsage.STORAGE | BufferUsage.COPY_DST);
    let at = 0;
    for (const part of parts()) {
      device.queue.writeBuffer(buffer, at, part);
      at += part.byteLength;
    }
    return buffer;
  });
  const sampling = statesOf(plan);
  const states =
    sampling.kind === 'grid'
      ? upload('frame', packFrame(sampling), constants)
      : upload('points', 'clocks' in plan ? packLanes(plan) : packPoints(sampling), BufferUsage.STORAGE);
  const listed = 'cells' in plan ? [upload('cells', Uint32Array.from(plan.cells), BufferUsage.STORAGE)] : [];
  const bytes = plan.tiles.reduce((most, tile) => Math.max(most, tileBytes(plan, tile)), 0);
  const slots = Array.from({ length: Math.min(IN_FLIGHT, plan.tiles.length) }, (): Slot => {
    const tile = create('tile', TILE_BYTES, BufferUsage.UNIFORM | BufferUsage.COPY_DST);
    const output = create('output', bytes, BufferUsage.STORAGE | BufferUsage.COPY_SRC);
    const staging = create('staging', bytes, BufferUsage.MAP_READ | BufferUsage.COPY_DST);
    const work = inStorage ? [create('workspace', workspaceBytes(plan, kernel), BufferUsage.STORAGE)] : [];
    const task = bind('task', compiled.groups[1], [tile, output, states, ...work, ...listed]);
    return { tile, output, staging, task };
  });
  return { model: bind('model', compiled.groups[0], [...numbers, ...matrices]), slots };
}

function submit(
  { device }: Session,
  plan: AnyPlan,
  prepared: Prepared,
  slot: Slot,
  tile: Tile,
): Promise<Refusal | undefined> {
  const { refused } = scoped(device, () => {
    device.queue.writeBuffer(slot.tile, 0, packTile(plan, tile, prepared.kernel));
    const encoder = device.createCommandEncoder({ label: 'tile' });
    dispatchTile(encoder, prepared.compiled, plan, tile, [prepared.model, slot.task]);
    encoder.copyBufferToBuffer(slot.output, 0, slot.staging, 0, tileBytes(plan, tile));
    device.queue.submit([encoder.finish()]);
  });
  // Awaited with the tile; an abort may come before.
  refused.catch(() => undefined);
  return refused;
}

/** Encodes the pass of one tile. More workgroups than a dimension holds are folded into a second one. */
export function dispatchTile(
  encoder: GPUCommandEncoder,
  { pipeline }: CompiledKernel,
  { spec }: AnyPlan,
  tile: Tile,
  [model, task]: readonly [GPUBindGroup, GPUBindGroup],
): void {
  const groups = Math.ceil(lanesOf(spec, tile) / workgroupOf(spec));
  const pass = encoder.beginComputePass({ label: 'tile' });
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, model);
  pass.setBindGroup(1, task);
  pass.dispatchWorkgroups(Math.min(groups, DISPATCH_LIMIT), Math.ceil(groups / DISPATCH_LIMIT));
  pass.end();
}

const tileBytes = (plan: AnyPlan, tile: Tile) =>
  4 * planeCount(plan.planes) * tile.columns * paddedRows(plan, tile);

async function readBack(
  session: Session,
  plan: AnyPlan,
  { staging }: Slot,
  tile: Tile,
  refused: Promise<Refusal | undefined>,
): Promise<Float32Array> {
  const bytes = tileBytes(plan, tile);
  // Mapped ranges are multiples of 8 bytes; buffers are multiples of 16.
  const mapped = Math.ceil(bytes / 8) * 8;
  let refusal: Refusal | undefined;
  let values: Float32Array;
  try {
    await session.pace.whileAsking(staging.mapAsync(MapMode.READ, 0, mapped));
    refusal = await refused;
    values = new Float32Array(staging.getMappedRange(0, mapped).slice(0, bytes));
    staging.unmap();
  } catch (cause) {
    throw lostError(session, cause);
  }
  if (session.lost() !== undefined) throw lostError(session);
  if (refusal) throw refusalError(refusal, session.device, session.pool.lent);
  return withoutPadding(plan, tile, values);
}

function withoutPadding(plan: AnyPlan, tile: Tile, padded: Float32Array): Float32Array {
  const from = tile.columns * paddedRows(plan, tile);
  const to = tile.columns * tile.rows;
  if (from === to) return padded;
  const planes = planeCount(plan.planes);
  const values = new Float32Array(planes * to);
  for (let plane = 0; plane < planes; plane++)
    values.set(padded.subarray(plane * from, plane * from + to), plane * to);
  return values;
}

/** Whether the device is gone; a failing call may be heard of before the loss that made it fail. */
async function isLost(session: Session): Promise<boolean> {
  if (session.lost() === undefined) await new Promise((resolve) => setTimeout(resolve, NEWS_MILLISECONDS));
  return session.lost() !== undefined;
}

/** @internal `device-lost`, exit 5: whoever can opens another device and replays what is unfinished. */
export function lostError(session: Pick<Session, 'lost'>, cause?: unknown): MemscapeError {
  return new MemscapeError(
    {
      code: 'device-lost',
      what: 'the GPU device was lost while computing',
      why:
        session.lost() ??
        (cause instanceof Error && cause.message !== '' ? cause.message : 'no reason was given'),
      mend: 'run the command again; if it happens again, update the driver or use --device cpu.',
      exitCode: 5,
    },
    { cause },
  );
}
