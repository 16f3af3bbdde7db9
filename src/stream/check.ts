/**
 * The check of f32 against f64: some points of every computation, spread evenly, are compared with the twin as their
 * tiles pass, so that a kernel that is wrong is found at its first sampled tile and not after the last.
 */
import type { TileResult } from '../backend.js';
import { MemscapeError } from '../errors.js';
import { loadAlgebra } from '../model/algebra.js';
import { BOUND_FACTOR, BoundedEvaluator, ROUNDOFF } from '../model/bound.js';
import type { Differences } from '../model/difference.js';
import { gridStateError } from '../model/grid-error.js';
import type { Problem } from '../model/problem.js';
import { offsetsFrom, stateAt } from '../model/sampling.js';
import { pointCount } from '../plan/plan.js';
import type { Quantity, Sampling } from '../types.js';
import type { Plane } from '../wgsl/planes.js';
import type { Reference } from '../wgsl/reference.js';
import { columnsOf } from './layout.js';
import type { StreamPart, TileSink } from './sink.js';

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

const CHECKED_POINTS = 64;
/** Beyond this, squares overflow f32 on the way although results might not: nothing is promised there. */
const LARGEST_CHECKED = 1e18;
const GOLDEN = 0.6180339887498949;
const fraction = (x: number) => x - Math.floor(x);
const MASKS: ReadonlySet<Quantity> = new Set(['dead-count', 'alive-mask', 'blind-spot']);

/** Values of a point in f64, and bounds of what f32 may make of them. */
interface Expected {
  readonly value: Float64Array;
  readonly error: Float64Array;
}

/** What one point showed. */
interface Finding {
  readonly difference: number;
  readonly errorBound: number;
  readonly near: boolean;
}

/** A sink that compares; `take` throws `numeric-contract` (exit 6) where values are further apart than they may be. */
export class PointCheck implements TileSink {
  readonly #problem: Problem;
  readonly #sampling: Sampling;
  readonly #points: readonly number[];
  /** By point, so that a tile that comes again does not count twice. */
  readonly #found = new Map<Quantity, Map<number, Finding>>();
  #twin: BoundedEvaluator | undefined;
  readonly #reference: Reference | undefined;
  #differences: Differences | undefined;

  constructor(problem: Problem, sampling: Sampling, reference?: Reference) {
    this.#problem = problem;
    this.#reference = reference;
    this.#sampling = sampling;
    this.#points = spreadPoints(pointCount(sampling), problem.network.size);
  }

  async begin(parts: readonly StreamPart[]): Promise<void> {
    if (!parts.some(({ computedBy }) => computedBy.precision === 'f32')) return;
    const algebra = await loadAlgebra();
    this.#twin = new BoundedEvaluator(this.#problem, algebra);
    if (!this.#reference) return;
    const { Differences } = await import('../model/difference.js');
    this.#differences = new Differences(this.#problem, this.#reference.state, algebra);
  }

  take({ plan, computedBy }: StreamPart, result: TileResult): void {
    if (computedBy.precision !== 'f32' || !this.#twin) return;
    const columns = columnsOf(plan);
    const { tile } = result;
    for (const point of this.#points) {
      const [column, row] = [(point % columns) - tile.column, Math.floor(point / columns) - tile.row];
      if (column < 0 || column >= tile.columns || row < 0 || row >= tile.rows) continue;
      if (!this.#moveTo(this.#twin, point, columns)) continue;
      for (const plane of plan.planes) {
        const found = this.#found.get(plane.quantity) ?? new Map<number, Finding>();
        this.#found.set(plane.quantity, found);
        const differences = plane.quantity === 'energy' ? this.#differences : undefined;
        const expected = differences
          ? this.#difference(differences, point, columns)
          : this.#twin.evaluate(plane.quantity);
        found.set(point, compare(expected, plane, result, row * tile.columns + column, point));
      }
    }
  }

  /** By quantity; none for what f64 computed. */
  get checks(): ReadonlyMap<Quantity, FieldCheck> {
    return new Map(
      [...this.#found].map(([quantity, found]) => {
        const findings = [...found.values()];
        const most = (of: (finding: Finding) => number) => Math.max(0, ...findings.map(of));
        return [
          quantity,
          {
            points: findings.length,
            difference: most((f) => f.difference),
            errorBound: most((f) => f.errorBound),
            nearThreshold: findings.filter((f) => f.near).length,
          },
        ];
      }),
    );
  }

  /** E - E(reference) of a point. */
  #difference(differences: Differences, point: number, columns: number): Expected {
    const [column, row] = [point % columns, Math.floor(point / columns)];
    const offsets = offsetsFrom(this.#sampling, differences.reference);
    const d = new Float64Array(differences.reference.length);
    stateAt(offsets, column, row, d);
    // Each term of a coordinate counts, also where they cancel.
    const terms =
      offsets.kind === 'grid' ? gridStateError(offsets, column, row).map((e) => e / ROUNDOFF) : undefined;
    const { value, error } = differences.at(d, terms);
    return { value: Float64Array.of(value), error: Float64Array.of(error) };
  }

  /** Moves the twin to a point; false where the point is too large to be checked. */
  #moveTo(twin: BoundedEvaluator, point: number, columns: number): boolean {
    const [column, row] = [point % columns, Math.floor(point / columns)];
    const sampling = this.#sampling;
    const state = new Float64Array(this.#problem.network.size);
    stateAt(sampling, column, row, state);
    if (state.some((v) => Math.abs(v) > LARGEST_CHECKED)) return false;
    twin.moveTo(state, sampling.kind === 'grid' ? gridStateError(sampling, column, row) : undefined);
    return true;
  }
}

/** Evenly spread, but not in step with rows or tiles; fewer for networks whose twin is slow. */
function spreadPoints(points: number, n: number): number[] {
  const wanted = Math.min(points, Math.max(4, Math.min(CHECKED_POINTS, Math.floor(4096 / n))));
  return Array.from({ length: wanted }, (_, k) =>
    Math.min(points - 1, Math.floor(((k + fraction(k * GOLDEN)) * points) / wanted)),
  );
}

/** The values of one plane at position `at` of a tile, which is `point` of the sampling. */
function compare(
  { value, error }: Expected,
  { quantity, first }: Plane,
  { tile, values }: TileResult,
  at: number,
  point: number,
): Finding {
  let [difference, errorBound, near] = [0, 0, false];
  for (let i = 0; i < value.length; i++) {
    const found = values[(first + i) * tile.columns * tile.rows + at];
    const expected = value[i];
    if (Number.isNaN(found) && Number.isNaN(expected)) continue;
    if (!(Math.abs(expected) <= LARGEST_CHECKED && error[i] <= LARGEST_CHECKED)) continue;
    const apart = Math.abs(found - expected);
    near ||= MASKS.has(quantity) && error[i] > 0;
    difference = Math.max(difference, apart);
    errorBound = Math.max(errorBound, error[i]);
    if (apart <= BOUND_FACTOR * error[i]) continue;
    throw new MemscapeError({
      code: 'numeric-contract',
      what: `${quantity} of point ${String(point)} is ${String(found)} in f32 and ${String(expected)} in f64, further apart than 4 x ${error[i].toExponential(2)}`,
      why: 'numbers overflow or cancel in f32 on the way, the adapter computes less exactly than WGSL promises, or a kernel of memscape is wrong.',
      mend: 'use --device cpu for this model, and report it with the output of `memscape doctor --json`.',
      exitCode: 6,
    });
  }
  return { difference, errorBound, near };
}
