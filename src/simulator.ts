/**
 * The verbs of memscape. A simulator owns a backend and evaluates quantities of a problem on grids and points;
 * what a kernel cannot do for a network (matrices beyond N = 8) goes to the CPU, and the result says so. Every
 * f32 result is checked on sampled points against the f64 twin before it is handed out.
 */
import type { Integrated, IntegrationOptions } from './analysis/integrate.js';
import { sameAdapter, type Backend, type BackendInfo } from './backend.js';
import { loadAlgebra } from './model/algebra.js';
import type { Problem } from './model/problem.js';
import { reduceGrid } from './model/reduce.js';
import { CpuBackend } from './cpu/backend.js';
import { MemscapeError } from './errors.js';
import type { DevicePace, DeviceProfile } from './plan/device.js';
import { hasFlowKernel } from './plan/flow.js';
import { cpuOnly, createPlan, plannedMilliseconds, type Tile } from './plan/plan.js';
import { PointCheck, type FieldCheck } from './stream/check.js';
import { planeShape } from './stream/layout.js';
import { MemorySink } from './stream/memory.js';
import type { StreamPart, TileSink } from './stream/sink.js';
import type { Quantity, Sampling } from './types.js';
import { isVector } from './wgsl/planes.js';
import type { Reference } from './wgsl/reference.js';

/** What to evaluate, and where. */
export interface EvaluateRequest {
  readonly problem: Problem;
  readonly sampling: Sampling;
  readonly quantities: readonly Quantity[];
  /**
   * From which state energies are measured, made by `prepareReference`: `energy` is E(y) - E(reference) then, exact in
   * boxes of any size around it. Beyond N = 32 the CPU computes it.
   */
  readonly reference?: Reference;
  /** Stops within about one tile's time (50 ms); `evaluate` rejects with its reason. */
  readonly signal?: AbortSignal;
  /** Called after every tile, with tiles done and in all. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

/** What is known of one quantity on the whole sampling besides its numbers. */
export interface FieldFacts {
  /** [q][t][s] of a grid (as many axes as it has) or [points], and [N] after it for a vector. */
  readonly shape: readonly number[];
  /** Who computed it. */
  readonly computedBy: BackendInfo;
  /** The check against f64; absent on the CPU, which is f64. */
  readonly check?: FieldCheck;
}

/** One quantity on the whole sampling. */
export interface Field extends FieldFacts {
  /** Row-major values, f32 from a GPU and f64 from the CPU; a vector has a trailing axis of length N. */
  readonly data: Float32Array | Float64Array;
}

/** What a computation took, whatever became of its tiles. Times are in milliseconds by the host's clock. */
export interface Computation<F extends FieldFacts> {
  /** In the order of the request. */
  readonly fields: ReadonlyMap<Quantity, F>;
  readonly wallMilliseconds: number;
  readonly gpuMilliseconds: number;
  /** Tiles in all, those among them that a sink had kept from an earlier run, and the planned time of the longest. */
  readonly tiles: number;
  readonly keptTiles: number;
  readonly tileMilliseconds: number;
  /** Sentences for the user: what ran elsewhere, and why. */
  readonly notes: readonly string[];
}

/** What `evaluate` found, with what it took. */
export type Evaluation = Computation<Field>;

/** Trajectories to integrate. */
export interface TrajectoriesRequest extends IntegrationOptions {
  readonly problem: Problem;
  /** [P][N] numbers: y of eqs. 1 and 13, u of eq. 9. */
  readonly starts: Float64Array;
}

/** What `Simulator.trajectories` found, with what it took. */
export interface Trajectories extends Integrated {
  readonly computedBy: BackendInfo;
  readonly wallMilliseconds: number;
  /** Sentences for the user: what ran elsewhere, and why. */
  readonly notes: readonly string[];
}

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
    const memory = new MemorySink();
    const computation = await this.stream(request, [memory]);
    const fields = new Map<Quantity, Field>();
    for (const [quantity, facts] of computation.fields)
      fields.set(quantity, { ...facts, data: take(memory.arrays, quantity) });
    return { ...computation, fields };
  }

  /**
   * Where damped Newton for r = 0 leads from each of `starts`, [count][N]: seeds for `findFixedPoints`, which takes a
   * simulator as its `presolver`. On a GPU up to N = 8, in f32; else by the plain f64 twin.
   * @throws as `evaluate`.
   */
  async newtonEnds(
    problem: Problem,
    starts: Float64Array,
    signal?: AbortSignal,
  ): Promise<{ ends: Float32Array | Float64Array; by: string }> {
    const { fields } = await this.evaluate({
      problem,
      sampling: { kind: 'points', count: starts.length / problem.network.size, states: starts },
      quantities: ['newton-end'],
      ...(signal ? { signal } : {}),
    });
    const field = fields.get('newton-end');
    if (!field) throw new RangeError('the field that was asked for is missing');
    return { ends: field.data, by: field.computedBy.name };
  }

  /**
   * Computes like `evaluate`, and hands every tile to each of `sinks` in their order instead of keeping it: for fields
   * that no memory holds. Tiles wait for the slowest sink.
   * @throws as `evaluate`, and whatever a sink throws.
   */
  async stream(request: EvaluateRequest, sinks: readonly TileSink[]): Promise<Computation<FieldFacts>> {
    const started = performance.now();
    try {
      return await this.#stream(this.#backend, request, sinks, started);
    } catch (error) {
      if (!this.#continueOnCpu || !(error instanceof MemscapeError) || error.exitCode !== 5) throw error;
      if (error.code !== 'gpu-memory') {
        this.#fallback = error;
        this.#backend = this.#cpu;
      }
      // From the start: no result mixes f32 and f64 tiles.
      const computation = await this.#stream(this.#cpu, request, sinks, started);
      return { ...computation, notes: [...computation.notes, `${error.what}; the CPU computed everything.`] };
    }
  }

  /**
   * Integrates y' = R r (eqs. 1, 9, 13) from many starts at once, each with steps of its own: states at given times, which
   * the steps meet exactly, and how each trajectory ends. On a GPU in f32 up to N = 32 (8 with adaptive-polar; larger
   * networks on the CPU), with a compensated sum of the steps: about 1e-5 of the state where the flow does not tear rounding
   * apart. On the CPU in f64, by the same algorithm in worker threads.
   * @throws MemscapeError `flow-times` (exit 2) for times that are negative, not finite or do not rise, `plan-sampling`
   *   (exit 2) for starts that are no multiple of N numbers; `device-…` (5) as `evaluate`; rejects with the signal's reason
   *   within about 250 ms of an abort.
   */
  async trajectories({ problem, starts, ...options }: TrajectoriesRequest): Promise<Trajectories> {
    const started = performance.now();
    const [{ integrate }, algebra] = await Promise.all([import('./analysis/integrate.js'), loadAlgebra()]);
    const { result, computedBy, notes } = await this.flows(problem, (backend) =>
      integrate(problem, algebra, backend, starts, options),
    );
    return { ...result, computedBy, notes, wallMilliseconds: performance.now() - started };
  }

  /**
   * Follows flows of a problem: does `work` with the backend, with the CPU where the backend has no flow kernel for it
   * (N > 32, or N > 8 with adaptive-polar) and, if it `continueOnCpu`, once more from the start where the GPU is gone.
   * @throws as `work` does.
   */
  async flows<T>(
    problem: Problem,
    work: (backend: Backend) => Promise<T>,
  ): Promise<{ readonly result: T; readonly computedBy: BackendInfo; readonly notes: readonly string[] }> {
    const here = this.#backend.info.device === 'cpu' || hasFlowKernel(problem);
    const backend = here ? this.#backend : this.#cpu;
    const notes = here
      ? []
      : [`flows of ${String(problem.network.size)} neurons are followed on the CPU in f64.`];
    try {
      return { result: await work(backend), computedBy: backend.info, notes };
    } catch (error) {
      const lost = error instanceof MemscapeError && error.exitCode === 5;
      if (!lost || !this.#continueOnCpu || backend === this.#cpu) throw error;
      if (error.code !== 'gpu-memory') {
        this.#fallback = error;
        this.#backend = this.#cpu;
      }
      const again = `${error.what}; the CPU computed everything.`;
      return { result: await work(this.#cpu), computedBy: this.#cpu.info, notes: [again] };
    }
  }

  async #stream(
    main: Backend,
    request: EvaluateRequest,
    sinks: readonly TileSink[],
    started: number,
  ): Promise<Computation<FieldFacts>> {
    const { problem, quantities, sampling, reference, signal, onProgress } = request;
    const { parts, notes } = await this.#plan(main, request, sinks);
    const check = new PointCheck(problem, sampling, reference);
    // What sinks have kept is of these.
    const begun = new Map(parts.map((part) => [part, part.backend.info]));
    // First: what is wrong should not be stored.
    const all = [check, ...sinks];
    for (const sink of all) await sink.begin?.(parts);
    const total = parts.reduce((sum, { plan }) => sum + plan.tiles.length, 0);
    let [before, keptTiles, gpuMilliseconds] = [0, 0, 0];
    for (const part of parts) {
      const { tiles } = part.plan;
      let by = begun.get(part) ?? part.backend.info;
      const kept = await replay(part, all, signal);
      // A tile may come again.
      const done = new Set(kept);
      let open = tiles.filter((tile) => !kept.has(placeOf(tile)));
      let rest = tiles.filter((tile) => kept.has(placeOf(tile)));
      for (let first = true; ; first = false) {
        const statistics = await part.backend.run(
          { ...part.plan, tiles: open },
          {
            ...(signal ? { signal } : {}),
            onTile: async (result) => {
              for (const sink of all) await sink.take(part, result);
              done.add(placeOf(result.tile));
              onProgress?.({ done: before + done.size, total });
            },
          },
        );
        gpuMilliseconds += statistics.gpuMilliseconds;
        notes.push(...(statistics.notes ?? []));
        const now = part.backend.info;
        if (sameAdapter(by, now) || rest.length === 0) {
          if (first) keptTiles += kept.size;
          break;
        }
        // After a loss another adapter computed all that was open: the rest is its work too, or the field had two.
        [open, rest, by] = [rest, open, now];
        for (const tile of open) done.delete(placeOf(tile));
      }
      part.ended = part.backend.info;
      before += tiles.length;
    }
    return {
      fields: new Map(quantities.map((q) => [q, factsOf(q, parts, check.checks)])),
      wallMilliseconds: performance.now() - started,
      gpuMilliseconds,
      tiles: total,
      keptTiles,
      tileMilliseconds: Math.max(0, ...parts.map(({ plan }) => plan.tileMilliseconds)),
      notes,
    };
  }

  /** Long plans are cut for a device whose pace was measured, or as an earlier run has cut them. */
  async #plan(main: Backend, request: EvaluateRequest, sinks: readonly TileSink[]) {
    const earlier = sinks.find(({ pace }) => pace !== undefined)?.pace;
    if (earlier !== undefined) return this.#divide(main, request, earlier);
    const guessed = this.#divide(main, request);
    const milliseconds = guessed.parts
      .filter(({ backend, plan }) => backend === main && plan.pace === undefined)
      .reduce((sum, { plan }) => sum + plannedMilliseconds(plan), 0);
    if (milliseconds < WORTH_CALIBRATING || !main.calibrate) return guessed;
    await main.calibrate();
    return this.#divide(main, request);
  }

  /** Who computes what: scalars of a slice in as few neurons as they take, and on the CPU what no kernel can. */
  #divide(
    main: Backend,
    { problem, quantities, sampling, reference }: EvaluateRequest,
    pace?: DevicePace | 'guessed',
  ): { parts: Part[]; notes: string[] } {
    const notes: string[] = [];
    const parts: Part[] = [];
    const scalars = quantities.filter((q) => !isVector(q));
    const reduced =
      sampling.kind === 'grid' && scalars.length > 0 && !reference
        ? reduceGrid(problem, sampling)
        : undefined;
    const shares = reduced
      ? [
          { problem: reduced.problem, sampling: reduced.grid, quantities: scalars },
          { problem, sampling, quantities: quantities.filter(isVector) },
        ]
      : [{ problem, sampling, quantities }];
    for (const share of shares) {
      const elsewhere =
        main.info.device === 'gpu'
          ? share.quantities.filter((q) => cpuOnly(share.problem, q, reference))
          : [];
      const here = share.quantities.filter((q) => !elsewhere.includes(q));
      const add = (backend: Backend, own: readonly Quantity[]) => {
        if (own.length === 0) return;
        const wanted = { ...share, quantities: own, ...(reference ? { reference } : {}) };
        const part: Part = {
          backend,
          plan: createPlan(wanted, paced(backend, pace)),
          ended: undefined,
          // Asked when it is needed: after a loss it may be another adapter.
          get computedBy() {
            return backend.info;
          },
        };
        parts.push(part);
      };
      add(main, here);
      add(this.#cpu, elsewhere);
      if (elsewhere.length > 0)
        notes.push(
          `${elsewhere.join(', ')}: computed on the CPU in f64, kernels build matrices up to N = 8 and differences of energies up to N = 32.`,
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

/** Planned milliseconds from which on measuring the device is worth its time. */
const WORTH_CALIBRATING = 1000;

/** The profile of a device with the given pace instead of its own. */
function paced({ info, profile }: Backend, pace: DevicePace | 'guessed' | undefined): DeviceProfile {
  if (pace === undefined || info.device === 'cpu') return profile;
  return { ...profile, pace: pace === 'guessed' ? undefined : pace };
}

/** A share of a computation, and who runs it. */
interface Part extends StreamPart {
  readonly backend: Backend;
  /** Who has computed all of it, once that is done. */
  ended: BackendInfo | undefined;
}

const placeOf = ({ column, row, columns, rows }: Tile) => [column, row, columns, rows].join(' ');

/** Lets the sinks take the tiles that one of them has kept; the places of these. */
async function replay(
  part: Part,
  sinks: readonly TileSink[],
  signal: AbortSignal | undefined,
): Promise<ReadonlySet<string>> {
  const kept = new Set<string>();
  const keeper = sinks.find((sink) => sink.kept !== undefined);
  if (keeper?.kept === undefined) return kept;
  for await (const result of keeper.kept(part)) {
    signal?.throwIfAborted();
    for (const sink of sinks) if (sink !== keeper) await sink.take(part, result);
    kept.add(placeOf(result.tile));
  }
  return kept;
}

function factsOf(
  quantity: Quantity,
  parts: readonly Part[],
  checks: ReadonlyMap<Quantity, FieldCheck>,
): FieldFacts {
  for (const { plan, ended, computedBy } of parts) {
    const plane = plan.planes.find((p) => p.quantity === quantity);
    if (!plane) continue;
    const check = checks.get(quantity);
    return { shape: planeShape(plan, plane), computedBy: ended ?? computedBy, ...(check ? { check } : {}) };
  }
  throw new RangeError(`'${quantity}' was not planned`);
}

function take<T>(arrays: ReadonlyMap<Quantity, T>, quantity: Quantity): T {
  const array = arrays.get(quantity);
  if (array === undefined) throw new RangeError(`no tile of '${quantity}' was computed`);
  return array;
}
