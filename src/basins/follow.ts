/**
 * Follows many starts until each has a label. A first plan takes all of them some steps and gives no states; nearly all are
 * told by then. The rest start again in batches, with rest and returns noticed, and go on from the states that they have
 * reached, each plan with twice the steps of the one before: the few that take long do not hold up the others, and no
 * submit is long.
 */
import type { Backend, RunStatistics } from '../backend.js';
import { END, type ReachTask } from '../flow/task.js';
import { createFlowPlan, mostStarts } from '../plan/flow.js';
import { pointCount, type Tile } from '../plan/plan.js';
import type { Grid, Points, Sampling } from '../types.js';
import { IterateJudge } from './iterate.js';
import { Judge } from './judge.js';
import { LABEL } from './labels.js';
import type { BasinSystem } from './system.js';

/** Where starts are: every point of a sampling, or cells of a grid (column + row width). */
export type Starts =
  { readonly sampling: Sampling } | { readonly sampling: Grid; readonly cells: Uint32Array };

/** How to interrupt and watch. */
export interface FollowOptions {
  readonly signal?: AbortSignal;
  /** Starts that have a label now, of this call. */
  readonly onTold?: (starts: number) => void;
}

/** Steps of the first plan, and of the first one that follows. */
const FIRST_STEPS = 64;
const FURTHER_STEPS = 64;
const BATCH = 2 ** 15;
/** Of a start that has to go on; no label of a result. */
const PENDING = -128;

/** Follows starts of one system on one backend. */
export class Follower {
  readonly judge: Judge | IterateJudge;
  readonly #backend: Backend;
  readonly #system: BasinSystem;
  /** One object for all plans: its kernels are composed once. */
  readonly #further: ReachTask;
  gpuMilliseconds = 0;
  /** What went wrong on the way and was mended. */
  readonly notes = new Set<string>();

  constructor(backend: Backend, system: BasinSystem) {
    this.#backend = backend;
    this.#system = system;
    this.#further = { ...system.task, follow: { rest: system.rest } };
    this.judge = system.iterates === true ? new IterateJudge(system) : new Judge(system);
  }

  /**
   * Labels of starts, in their order, and the times at which they were told.
   * @throws as `Backend.run`; rejects with the signal's reason on abort.
   */
  async follow(
    starts: Starts,
    options: FollowOptions = {},
  ): Promise<{ labels: Int32Array; times: Float32Array }> {
    const count = 'cells' in starts ? starts.cells.length : pointCount(starts.sampling);
    const labels = new Int32Array(count).fill(LABEL.undecided);
    const times = new Float32Array(count);
    if (count === 0) return { labels, times };
    const most = this.#mostOf(starts);
    if (count <= most) await this.#follow(starts, labels, times, options);
    else
      for (let first = 0; first < count; first += most) {
        const share = new Uint32Array(Math.min(most, count - first)).map((_, k) => first + k);
        const end = first + share.length;
        const own = subsetOf(starts, share);
        await this.#follow(own, labels.subarray(first, end), times.subarray(first, end), options);
      }
    return { labels, times };
  }

  /** Starts that one plan can take. */
  #mostOf(starts: Starts): number {
    const cells = 'cells' in starts;
    if (!cells && starts.sampling.kind === 'grid') return Infinity;
    return mostStarts(this.#system.problem, cells, this.#backend.profile);
  }

  /** Labels and times of starts that one plan can list. */
  async #follow(
    starts: Starts,
    labels: Int32Array,
    times: Float32Array,
    { signal, onTold }: FollowOptions,
  ): Promise<void> {
    const { problem, task, step } = this.#system;
    const count = 'cells' in starts ? starts.cells.length : pointCount(starts.sampling);
    const plan = createFlowPlan({ problem, ...starts, task, steps: FIRST_STEPS }, this.#backend.profile);
    const columns = plan.cells || starts.sampling.kind === 'points' ? count : starts.sampling.size[0];
    const statistics = await this.#backend.run(plan, {
      ...(signal ? { signal } : {}),
      onTile: ({ tile, values }) => {
        const told = takeTile(tile, columns, values, step, labels, times);
        onTold?.(told);
      },
    });
    this.#note(statistics);
    for (const batch of batches(labels, BATCH)) {
      await this.#goOn(starts, batch, labels, times, signal);
      onTold?.(batch.length);
    }
  }

  /** Follows some of the starts to their ends. */
  async #goOn(
    starts: Starts,
    batch: Uint32Array,
    labels: Int32Array,
    times: Float32Array,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { problem, step, horizon } = this.#system;
    const n = problem.network.size;
    let left = batch;
    let now: Starts = subsetOf(starts, batch);
    let taken = 0;
    for (let steps = FURTHER_STEPS; left.length > 0; steps *= 2) {
      const plan = createFlowPlan({ problem, ...now, task: this.#further, steps }, this.#backend.profile);
      const ends = new Int32Array(left.length);
      const states = new Float64Array(left.length * n);
      const statistics = await this.#backend.run(plan, {
        ...(signal ? { signal } : {}),
        onTile: ({ tile: { column, columns }, values }) => {
          for (let k = 0; k < columns; k++) {
            ends[column + k] = values[k];
            times[left[column + k]] = (taken + values[columns + k]) * step;
            for (let i = 0; i < n; i++) states[(column + k) * n + i] = values[(2 + i) * columns + k];
          }
        },
      });
      this.#note(statistics);
      taken += steps;
      const spent = taken * step >= horizon;
      const open: number[] = [];
      for (let k = 0; k < left.length; k++) {
        signal?.throwIfAborted();
        const state = () => states.slice(k * n, (k + 1) * n);
        if (ends[k] === END.running && !spent) open.push(k);
        else labels[left[k]] = this.#label(ends[k], state) ?? (await this.#look(ends[k], state(), signal));
      }
      left = Uint32Array.from(open, (k) => left[k]);
      const next = new Float64Array(open.length * n);
      open.forEach((k, at) => {
        next.set(states.subarray(k * n, (k + 1) * n), at * n);
      });
      now = { sampling: { kind: 'points', count: open.length, states: next } };
    }
  }

  /** The label of an end that needs no look in f64. */
  #label(end: number, state: () => Float64Array): number | undefined {
    if (end >= 0) return end;
    // An iterate that is still running may be on a cycle.
    if (end === END.running && this.#system.iterates === true) return this.judge.knownReturned(state());
    if (end === END.rest) return this.judge.knownAtRest(state());
    return end === END.returned ? this.judge.knownReturned(state()) : LABEL_OF[-end];
  }

  #look(end: number, state: Float64Array, signal: AbortSignal | undefined): Promise<number> {
    return end === END.rest ? this.judge.atRest(state, signal) : this.judge.returned(state, signal);
  }

  #note({ gpuMilliseconds, notes = [] }: RunStatistics): void {
    this.gpuMilliseconds += gpuMilliseconds;
    notes.forEach((note) => this.notes.add(note));
  }
}

/** Sorts the ends of a tile and the times that they took into those of all starts; how many starts are told. */
function takeTile(
  tile: Tile,
  columns: number,
  values: Float32Array | Float64Array,
  step: number,
  labels: Int32Array,
  times: Float32Array,
): number {
  const points = tile.columns * tile.rows;
  let running = 0;
  for (let row = 0, from = 0; row < tile.rows; row++) {
    const first = (tile.row + row) * columns + tile.column;
    for (let at = first; at < first + tile.columns; at++, from++) {
      const end = values[from];
      times[at] = values[points + from] * step;
      if (end >= 0) labels[at] = end;
      else if (end !== END.running) labels[at] = LABEL_OF[-end];
      else {
        labels[at] = PENDING;
        running++;
      }
    }
  }
  return points - running;
}

/** By the negated code of an end. */
const LABEL_OF: readonly number[] = [
  0,
  LABEL.budget,
  LABEL['left-box'],
  LABEL.diverged,
  LABEL.nonfinite,
  LABEL.undecided,
  LABEL.undecided,
];

/** The pending starts, in pieces: there may be millions, or none. */
function* batches(labels: Int32Array, most: number): Generator<Uint32Array> {
  const pending: number[] = [];
  for (let at = labels.indexOf(PENDING); at >= 0; at = labels.indexOf(PENDING, at + 1)) {
    if (pending.push(at) === most) yield Uint32Array.from(pending.splice(0));
  }
  if (pending.length > 0) yield Uint32Array.from(pending);
}

function subsetOf(starts: Starts, indices: Uint32Array): Starts {
  if ('cells' in starts) return { sampling: starts.sampling, cells: indices.map((k) => starts.cells[k]) };
  const { sampling } = starts;
  if (sampling.kind === 'grid') return { sampling, cells: indices };
  return { sampling: pick(sampling, indices) };
}

function pick({ states, count }: Points, indices: Uint32Array): Points {
  const n = states.length / Math.max(1, count);
  const picked = new Float64Array(indices.length * n);
  indices.forEach((k, at) => {
    picked.set(states.subarray(k * n, (k + 1) * n), at * n);
  });
  return { kind: 'points', count: indices.length, states: picked };
}
