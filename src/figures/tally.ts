/** What computed a figure, summed over the evaluations that it took: times, tiles, the check against f64. */
import type { BackendInfo } from '../backend.js';
import { formatNumber } from '../figure/number.js';
import type { Computation, Evaluation, EvaluateRequest, FieldFacts, Simulator } from '../simulator.js';
import type { FieldCheck } from '../stream/check.js';
import type { TileSink } from '../stream/sink.js';
import type { Quantity } from '../types.js';

/** How to interrupt and watch a computation. */
export interface WorkOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

/** The check of one quantity against f64, and who computed it. */
export interface QuantityRecord {
  readonly quantity: Quantity;
  readonly model: string;
  readonly shape: readonly number[];
  readonly precision: 'f32' | 'f64';
  readonly computedBy: string;
  readonly check?: FieldCheck;
}

/** A simulator that keeps the books. */
export class Tally {
  readonly records: QuantityRecord[] = [];
  readonly notes = new Set<string>();
  wallMilliseconds = 0;
  gpuMilliseconds = 0;
  tiles = 0;
  readonly #simulator: Simulator;
  readonly #options: WorkOptions;

  constructor(simulator: Simulator, options: WorkOptions = {}) {
    this.#simulator = simulator;
    this.#options = options;
  }

  /** What computes. */
  get backend(): BackendInfo {
    return this.#simulator.backend.info;
  }

  /** The signal of the work, for steps outside the simulator. */
  get signal(): AbortSignal | undefined {
    return this.#options.signal;
  }

  async evaluate(request: Omit<EvaluateRequest, 'signal' | 'onProgress'>): Promise<Evaluation> {
    const evaluation = await this.#simulator.evaluate({ ...request, ...this.#options });
    this.#add(request.problem.name, evaluation);
    return evaluation;
  }

  /** As `Simulator.stream`. */
  async stream(
    request: Omit<EvaluateRequest, 'signal' | 'onProgress'>,
    sinks: readonly TileSink[],
  ): Promise<Computation<FieldFacts>> {
    const computation = await this.#simulator.stream({ ...request, ...this.#options }, sinks);
    this.#add(request.problem.name, computation);
    return computation;
  }

  #add(model: string, computation: Computation<FieldFacts>): void {
    this.wallMilliseconds += computation.wallMilliseconds;
    this.gpuMilliseconds += computation.gpuMilliseconds;
    this.tiles += computation.tiles;
    for (const note of computation.notes) this.notes.add(note);
    for (const [quantity, { shape, computedBy, check }] of computation.fields)
      this.records.push({
        quantity,
        model,
        shape,
        precision: computedBy.precision,
        computedBy: computedBy.name,
        ...(check ? { check } : {}),
      });
  }

  /** The record with the largest difference from f64, of one quantity or of all; undefined where all is f64. */
  worst(quantity?: Quantity): (QuantityRecord & { readonly check: FieldCheck }) | undefined {
    let worst: (QuantityRecord & { readonly check: FieldCheck }) | undefined;
    for (const record of this.records) {
      const { check } = record;
      if (quantity !== undefined && record.quantity !== quantity) continue;
      if (check && check.difference >= (worst?.check.difference ?? 0)) worst = { ...record, check };
    }
    return worst;
  }

  /** The line of a figure that says where its numbers come from; the same for the same adapter, so without times. */
  honesty(words = '', quantity?: Quantity): string {
    const { name, precision } = this.backend;
    const worst = this.worst(quantity);
    const check =
      precision === 'f64'
        ? ''
        : worst
          ? `f32, ${worst.check.difference === 0 ? 'equal to' : `at most ${formatNumber(worst.check.difference, 2)} from`} f64 at ${String(worst.check.points)} points (${worst.quantity})`
          : 'f32, not compared with f64';
    return [name, check, words].filter((part) => part !== '').join(' · ');
  }
}
