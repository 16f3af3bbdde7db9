/**
 * A backend that remembers its flows. What a flow plan gives depends on the plan alone, tile by tile, so tiles of an
 * earlier run are handed out again wherever a plan with the same contents asks for them, and whatever is built on them
 * (refinement, judgement in f64) comes out as it did. Tiles are kept compressed: ten million starts take some megabytes.
 */
import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Backend, BackendInfo, RunOptions, RunStatistics, TileResult } from '../backend.js';
import type { DeviceProfile } from '../plan/device.js';
import type { AnyPlan, Tile } from '../plan/plan.js';
import type { Identity } from '../stream/earlier.node.js';
import { Resumable, type ResumableOptions } from './resumable.js';

/** A tile of a plan, as a journal holds it. */
interface FlowRecord {
  /** SHA-256 of everything that determines the values of the plan's tiles, and the adapter: after a loss it may be another. */
  readonly plan: string;
  /** Column, row, columns, rows. */
  readonly place: string;
  readonly double: boolean;
  /** Base64 of the deflated bytes. */
  readonly values: string;
}

/** Ends and steps of starts repeat: the fastest level already makes a tenth of them. */
const LEVEL = 1;

/** Wraps the backend of one command; whoever opened that disposes of it. */
class KeptFlows implements Backend {
  readonly #inner: Backend;
  readonly #known = new Map<string, Map<string, FlowRecord>>();
  readonly #keep: (job: number, record: FlowRecord) => Promise<void>;
  /** Number of the next record. */
  #count = 0;

  /**
   * @param records of an earlier run with the same backend.
   * @param keep is told every new record, numbered on from theirs; its promise holds the next tile back.
   */
  constructor(
    inner: Backend,
    records: ReadonlyMap<number, FlowRecord>,
    keep: (job: number, record: FlowRecord) => Promise<void>,
  ) {
    this.#inner = inner;
    this.#keep = keep;
    for (const [job, record] of records) {
      this.#count = Math.max(this.#count, job + 1);
      const places = this.#known.get(record.plan) ?? new Map<string, FlowRecord>();
      this.#known.set(record.plan, places.set(record.place, record));
    }
  }

  get info(): BackendInfo {
    return this.#inner.info;
  }

  get profile(): DeviceProfile {
    return this.#inner.profile;
  }

  async run(plan: AnyPlan, options: RunOptions): Promise<RunStatistics> {
    const digest = digestOf(plan);
    // Asked when it is needed: a loss may be amid the plan. The CPU's name counts its threads, which change nothing.
    const name = () => {
      const { device, name: adapter } = this.#inner.info;
      return device === 'gpu' ? `${digest} ${adapter}` : digest;
    };
    const places = this.#known.get(name());
    const open: Tile[] = [];
    for (const tile of plan.tiles) {
      const record = places?.get(placeOf(tile));
      options.signal?.throwIfAborted();
      if (record) await options.onTile({ tile, values: valuesOf(record) });
      else open.push(tile);
    }
    if (open.length === 0) return { gpuMilliseconds: 0 };
    return this.#inner.run(
      { ...plan, tiles: open },
      {
        ...options,
        onTile: async (result) => {
          await this.#keep(this.#count++, recordOf(name(), result));
          await options.onTile(result);
        },
      },
    );
  }

  /** Nothing: the wrapped backend belongs to whoever opened it. */
  dispose(): Promise<void> {
    return Promise.resolve();
  }
}

const placeOf = ({ column, row, columns, rows }: Tile) => [column, row, columns, rows].join(' ');

function recordOf(plan: string, { tile, values }: TileResult): FlowRecord {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return {
    plan,
    place: placeOf(tile),
    double: values instanceof Float64Array,
    values: deflateRawSync(bytes, { level: LEVEL }).toString('base64'),
  };
}

function valuesOf({ double, values }: FlowRecord): Float32Array | Float64Array {
  // A copy: typed arrays must start at multiples of their elements.
  const { buffer } = Uint8Array.from(inflateRawSync(Buffer.from(values, 'base64')));
  return double ? new Float64Array(buffer) : new Float32Array(buffer);
}

/** Of the plan without its tiles: how it is cut, and for what pace, changes no value. */
function digestOf({ spec, sampling, planes, ...plan }: AnyPlan): string {
  const hash = createHash('sha256');
  const text = JSON.stringify(
    {
      spec,
      sampling,
      planes,
      cells: 'cells' in plan ? plan.cells : null,
      steps: 'steps' in plan ? plan.steps : 0,
    },
    (_, value: unknown) => {
      if (!ArrayBuffer.isView(value)) return value === Infinity ? 'Infinity' : value;
      hash.update(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
      return value.byteLength;
    },
  );
  return hash.update(text).digest('hex');
}

/** A backend that keeps its flows in a journal; `end` or `abandon` it. */
export interface KeptBackend {
  readonly backend: Backend;
  /** Tiles that an earlier run left. */
  readonly left: number;
  readonly end: () => Promise<void>;
  readonly abandon: (error: unknown, signal: AbortSignal | undefined) => Promise<unknown>;
}

/**
 * Opens the journal of a command's flows on a backend. Where another backend took over (`before` is there) what the
 * first has kept is of other precision: the journal is begun again.
 * @throws as `Resumable.open`.
 */
export async function keptFlows(
  inner: Backend,
  options: ResumableOptions,
  before?: KeptBackend,
): Promise<KeptBackend> {
  await before?.end();
  const identity = { ...options.identity, backend: backendFacts(inner.info) };
  const kept = await Resumable.open<FlowRecord>({ ...options, identity });
  return {
    backend: new KeptFlows(inner, new Map(kept.records), kept.keep),
    left: kept.left,
    end: () => kept.end(),
    abandon: (error, signal) => kept.abandon(error, 'tiles of flows', signal),
  };
}

/** Who computes, as far as it determines bits: the CPU's name counts its threads, which change nothing. */
const backendFacts = ({ device, name, adapter, precision }: BackendInfo): Identity => ({
  device,
  precision,
  ...(device === 'gpu' ? { adapter: name, facts: adapter } : {}),
});
