/**
 * The verbs of memscape. A simulator owns a backend and evaluates quantities of a problem on grids and points;
 * what a kernel cannot do for a network (matrices beyond N = 8) goes to the CPU, and the result says so. Every
 * f32 result is checked on sampled points against the f64 twin before it is handed out.
 */
import type { Backend, BackendInfo, TileResult } from './backend.js';
import { MemscapeError } from './errors.js';
import { loadAlgebra } from './model/algebra.js';
import { BoundedEvaluator } from './model/bound.js';
import { gridStateError } from './model/grid-error.js';
import type { Problem } from './model/problem.js';
import { reduceGrid } from './model/reduce.js';
import { stateAt } from './model/sampling.js';
import { CpuBackend } from './cpu/backend.js';
import { cpuOnly, createPlan, pointCount, shapeOf, type Plan } from './plan/plan.js';
import type { Quantity, Sampling } from './types.js';
import { isVector } from './wgsl/planes.js';

/** What to evaluate, and where. */
export interface EvaluateRequest {
  readonly problem: Problem;
  readonly sampling: Sampling;
  readonly quantities: readonly Quantity[];
  /** Stops within about one tile's time (50 ms); `evaluate` rejects with its reason. */
  readonly signal?: AbortSignal;
  /** Called after every tile, with tiles done and in all. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

/** One quantity on the whole sampling. */
export interface Field {
  /** Row-major values, f32 from a GPU and f64 from the CPU; a vector has a trailing axis of length N. */
  readonly data: Float32Array | Float64Array;
  /** [q][t][s] of a grid (as many axes as it has) or [points], and [N] after it for a vector. */
  readonly shape: readonly number[];
  /** Who computed it. */
  readonly computedBy: BackendInfo;
  /** The check against f64; absent on the CPU, which is f64. */
  readonly check?: FieldCheck;
}

/** The f32 values of some points against the f64 twin. */
export interface FieldCheck {
  readonly points: number;
  /** Largest |f32 - f64|. */
  readonly difference: number;
  /** Largest running error bound of those points (model/bound.ts); 4 times it is the contract. */
  readonly errorBound: number;
  /** Points where a mask or count may differ because a threshold lies within rounding. */
  readonly nearThreshold: number;
}

/** What `evaluate` found, with what it took. Times are in milliseconds by the host's clock. */
export interface Evaluation {
  /** In the order of the request. */
  readonly fields: ReadonlyMap<Quantity, Field>;
  readonly wallMilliseconds: number;
  readonly gpuMilliseconds: number;
  /** Tiles computed and the planned time of the longest. */
  readonly tiles: number;
  readonly tileMilliseconds: number;
  /** Sentences for the user: what ran elsewhere, and why. */
  readonly notes: readonly string[];
}

/** Multiples of the running error bound that an f32 value may be off. */
export const BOUND_FACTOR = 4;
const CHECKED_POINTS = 64;
/** Beyond this, squares overflow f32 on the way although results might not: nothing is promised there. */
const LARGEST_CHECKED = 1e18;

/** How a simulator deals with the loss of its GPU. */
export interface SimulatorOptions {
  /**
   * Where the GPU is gone for good or has too little memory, compute the whole request again on the CPU, in f64 and
   * with a note; a GPU that is gone is not asked again. Default false.
   */
  readonly continueOnCpu?: boolean;
}

/**
 * The way to compute fields: plans, runs, puts tiles together, checks. In Node `openSimulator` of `memscape/node` makes
 * one; in pages `new Simulator(await openGpu(navigator.gpu, { asynchronousPipelines: true }))`.
 */
export class Simulator {
  readonly #first: Backend;
  readonly #cpu: Backend;
  readonly #continueOnCpu: boolean;
  #backend: Backend;
  #fallback: MemscapeError | undefined;

  /**
   * Takes ownership of both backends; `cpu` computes what a GPU backend cannot.
   * @param options what to do where the GPU is gone for good; by default `evaluate` rejects.
   */
  constructor(backend: Backend, cpu: Backend = new CpuBackend(), options: SimulatorOptions = {}) {
    this.#first = backend;
    this.#backend = backend;
    this.#cpu = cpu;
    this.#continueOnCpu = options.continueOnCpu === true;
  }

  /** Computes what it can; `Evaluation.notes` tells the rest. The CPU once a GPU is gone for good. */
  get backend(): Backend {
    return this.#backend;
  }

  /** Why the CPU took over, if it did. */
  get fallback(): MemscapeError | undefined {
    return this.#fallback;
  }

  /**
   * Evaluates quantities on a grid or at points.
   * @throws MemscapeError `plan-…` (exit 2) for requests that do not fit, `device-lost`, `device-gone` and
   * `gpu-memory` (5) unless the CPU continues, `numeric-contract` (6) where f32 values are further from f64 than four
   * error bounds; rejects with the signal's reason on abort.
   */
  async evaluate(request: EvaluateRequest): Promise<Evaluation> {
    const started = performance.now();
    try {
      return await this.#evaluate(this.#backend, request, started);
    } catch (error) {
      if (!this.#continueOnCpu || !(error instanceof MemscapeError) || error.exitCode !== 5) throw error;
      if (error.code !== 'gpu-memory') {
        this.#fallback = error;
        this.#backend = this.#cpu;
      }
      // From the start: no result mixes f32 and f64 tiles.
      const evaluation = await this.#evaluate(this.#cpu, request, started);
      return { ...evaluation, notes: [...evaluation.notes, `${error.what}; the CPU computed everything.`] };
    }
  }

  async #evaluate(main: Backend, request: EvaluateRequest, started: number): Promise<Evaluation> {
    const { problem, quantities, sampling } = request;
    const { parts, notes } = this.#divide(main, request);
    const total = parts.reduce((sum, { plan }) => sum + plan.tiles.length, 0);
    const fields = new Map<Quantity, Field>();
    const done = new Set<string>();
    let gpuMilliseconds = 0;
    for (const [part, { backend, plan }] of parts.entries()) {
      const assembler = new Assembler(plan, backend.info.precision);
      const statistics = await backend.run(plan, {
        ...(request.signal ? { signal: request.signal } : {}),
        onTile: (result) => {
          assembler.add(result);
          // A tile may come again.
          done.add([part, result.tile.column, result.tile.row].join());
          request.onProgress?.({ done: done.size, total });
        },
      });
      gpuMilliseconds += statistics.gpuMilliseconds;
      notes.push(...(statistics.notes ?? []));
      for (const [quantity, field] of assembler.fields(backend.info)) fields.set(quantity, field);
    }
    if (main.info.precision === 'f32') await check(problem, sampling, fields);
    return {
      fields: new Map(quantities.map((q) => [q, take(fields, q)])),
      wallMilliseconds: performance.now() - started,
      gpuMilliseconds,
      tiles: total,
      tileMilliseconds: Math.max(0, ...parts.map(({ plan }) => plan.tileMilliseconds)),
      notes,
    };
  }

  /** Who computes what: scalars of a slice in as few neurons as they take, and on the CPU what no kernel can. */
  #divide(
    main: Backend,
    { problem, quantities, sampling }: EvaluateRequest,
  ): { parts: Part[]; notes: string[] } {
    const notes: string[] = [];
    const parts: Part[] = [];
    const scalars = quantities.filter((q) => !isVector(q));
    const reduced =
      sampling.kind === 'grid' && scalars.length > 0 ? reduceGrid(problem, sampling) : undefined;
    const shares = reduced
      ? [
          { problem: reduced.problem, sampling: reduced.grid, quantities: scalars },
          { problem, sampling, quantities: quantities.filter(isVector) },
        ]
      : [{ problem, sampling, quantities }];
    for (const share of shares) {
      const elsewhere =
        main.info.device === 'gpu' ? share.quantities.filter((q) => cpuOnly(share.problem, q)) : [];
      const here = share.quantities.filter((q) => !elsewhere.includes(q));
      const add = (backend: Backend, own: readonly Quantity[]) => {
        if (own.length > 0)
          parts.push({ backend, plan: createPlan({ ...share, quantities: own }, backend.profile) });
      };
      add(main, here);
      add(this.#cpu, elsewhere);
      if (elsewhere.length > 0)
        notes.push(
          `${elsewhere.join(', ')}: computed on the CPU in f64, kernels build matrices up to N = 8 only.`,
        );
    }
    if (reduced) {
      const [kept, n] = [reduced.problem.network.size, problem.network.size];
      notes.push(
        `scalars of this slice were computed in ${String(kept)} of N = ${String(n)} dimensions: the other ` +
          `${String(n - kept)} are directions of identity neurons on which nothing acts (model/reduce.ts).`,
      );
    }
    return { parts, notes };
  }

  /** Frees devices, processes and threads of both backends; idempotent. */
  async dispose(): Promise<void> {
    await Promise.all([this.#first.dispose(), this.#cpu.dispose()]);
  }
}

/** A plan and who runs it. */
interface Part {
  readonly backend: Backend;
  readonly plan: Plan;
}

function take(fields: ReadonlyMap<Quantity, Field>, quantity: Quantity): Field {
  const field = fields.get(quantity);
  if (field === undefined) throw new RangeError(`no tile of '${quantity}' was computed`);
  return field;
}

/** Puts tiles in their places of whole arrays. */
class Assembler {
  readonly #plan: Plan;
  readonly #columns: number;
  readonly #arrays: readonly (Float32Array | Float64Array)[];

  constructor(plan: Plan, precision: BackendInfo['precision']) {
    this.#plan = plan;
    const shape = shapeOf(plan.sampling);
    this.#columns = shape[shape.length - 1];
    const points = pointCount(plan.sampling);
    this.#arrays = plan.planes.map(({ components }) =>
      precision === 'f32' ? new Float32Array(points * components) : new Float64Array(points * components),
    );
  }

  add({ tile, values }: TileResult): void {
    const points = tile.columns * tile.rows;
    this.#plan.planes.forEach(({ first, components }, k) => {
      const array = this.#arrays[k];
      for (let row = 0; row < tile.rows; row++) {
        const to = (tile.row + row) * this.#columns + tile.column;
        const from = row * tile.columns;
        if (components === 1) {
          array.set(values.subarray(first * points + from, first * points + from + tile.columns), to);
          continue;
        }
        for (let c = 0; c < components; c++)
          for (let column = 0; column < tile.columns; column++)
            array[(to + column) * components + c] = values[(first + c) * points + from + column];
      }
    });
  }

  fields(computedBy: BackendInfo): [Quantity, Field][] {
    const shape = shapeOf(this.#plan.sampling);
    return this.#plan.planes.map(({ quantity, components, vector }, k) => [
      quantity,
      {
        data: this.#arrays[k],
        shape: vector ? [...shape, components] : shape,
        computedBy,
      },
    ]);
  }
}

/** Compares sampled points with the f64 twin, adds the finding to each f32 field, refuses what breaks the contract. */
async function check(problem: Problem, sampling: Sampling, fields: Map<Quantity, Field>): Promise<void> {
  const algebra = await loadAlgebra();
  const twin = new BoundedEvaluator(problem, algebra);
  const n = problem.network.size;
  const points = pointCount(sampling);
  const wanted = Math.min(points, Math.max(4, Math.min(CHECKED_POINTS, Math.floor(4096 / n))));
  const columns = shapeOf(sampling).at(-1) ?? 1;
  const state = new Float64Array(n);
  const found = new Map<
    Quantity,
    { points: number; difference: number; errorBound: number; nearThreshold: number }
  >();
  for (let k = 0; k < wanted; k++) {
    // Evenly spread, but not in step with rows or tiles.
    const at = Math.min(points - 1, Math.floor(((k + fraction(k * GOLDEN)) * points) / wanted));
    const [column, row] = [at % columns, Math.floor(at / columns)];
    stateAt(sampling, column, row, state);
    if (state.some((v) => Math.abs(v) > LARGEST_CHECKED)) continue;
    twin.moveTo(state, sampling.kind === 'grid' ? gridStateError(sampling, column, row) : undefined);
    for (const [quantity, field] of fields) {
      if (field.computedBy.precision !== 'f32') continue;
      const record = found.get(quantity) ?? { points: 0, difference: 0, errorBound: 0, nearThreshold: 0 };
      found.set(quantity, record);
      comparePoint(quantity, field, twin, at, record);
    }
  }
  for (const [quantity, record] of found) fields.set(quantity, { ...take(fields, quantity), check: record });
}

const GOLDEN = 0.6180339887498949;
const fraction = (x: number) => x - Math.floor(x);
const MASKS: ReadonlySet<Quantity> = new Set(['dead-count', 'alive-mask', 'blind-spot']);

function comparePoint(
  quantity: Quantity,
  { data }: Field,
  twin: BoundedEvaluator,
  at: number,
  record: { points: number; difference: number; errorBound: number; nearThreshold: number },
): void {
  const { value, error } = twin.evaluate(quantity);
  record.points++;
  let near = false;
  for (let i = 0; i < value.length; i++) {
    const found = data[at * value.length + i];
    const expected = value[i];
    if (Number.isNaN(found) && Number.isNaN(expected)) continue;
    if (!(Math.abs(expected) <= LARGEST_CHECKED && error[i] <= LARGEST_CHECKED)) continue;
    const difference = Math.abs(found - expected);
    near ||= MASKS.has(quantity) && error[i] > 0;
    record.difference = Math.max(record.difference, difference);
    record.errorBound = Math.max(record.errorBound, error[i]);
    if (difference <= BOUND_FACTOR * error[i]) continue;
    throw new MemscapeError({
      code: 'numeric-contract',
      what: `${quantity} of point ${String(at)} is ${String(found)} in f32 and ${String(expected)} in f64, further apart than 4 x ${error[i].toExponential(2)}`,
      why: 'numbers overflow or cancel in f32 on the way, the adapter computes less exactly than WGSL promises, or a kernel of memscape is wrong.',
      mend: 'use --device cpu for this model, and report it with the output of `memscape doctor --json`.',
      exitCode: 6,
    });
  }
  if (near) record.nearThreshold++;
}
