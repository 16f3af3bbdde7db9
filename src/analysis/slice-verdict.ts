/**
 * Does the energy fall everywhere on a slice? A sink that judges dE/dt cell by cell as the tiles of `energy-rate` pass:
 * holds, violated, or not told from rounding, against four error bounds of that very cell (model/bound.ts) in the
 * precision that computed it.
 *
 * A bound costs as much as hundreds of cells of a kernel, so it is computed where it decides: bounds of cells spread
 * over the slice give a range, and a rate 16 times above its upper end or below its lower one is told by its sign, or
 * as nothing, without a bound of its own. The worst cells are computed again in f64, and only what is violated there
 * makes the slice `violated`.
 */
import type { TileResult } from '../backend.js';
import { EnergyRounding, type FallVerdict } from '../flow/fall.js';
import type { Algebra } from '../model/algebra.js';
import { BOUND_FACTOR, BoundedEvaluator, F64_SHARE } from '../model/bound.js';
import { gridStateError } from '../model/grid-error.js';
import type { Problem } from '../model/problem.js';
import { stateAt } from '../model/sampling.js';
import { columnsOf } from '../stream/layout.js';
import type { StreamPart, TileSink } from '../stream/sink.js';
import type { Grid } from '../types.js';
import { breathe } from './box.js';

/** The verdict on a slice. */
export interface SliceVerdict {
  /**
   * `violated`: at `worst`, in f64. `holds`: the energy falls beyond rounding in some cells and rises beyond it in none.
   * `below-rounding`: nothing is told from rounding.
   */
  readonly verdict: FallVerdict;
  /** Cells by what dE/dt is in them. */
  readonly holds: number;
  readonly violated: number;
  readonly belowRounding: number;
  /** Cells where R is not defined, or numbers overflow. */
  readonly undefinedCells: number;
  /** The cell with the largest dE/dt among those computed again in f64; absent where no cell has a finite one. */
  readonly worst?: {
    readonly state: readonly number[];
    /** In f64, with four f64 error bounds. */
    readonly rate: number;
    readonly threshold: number;
  };
  /** Smallest and largest of the sampled thresholds (four error bounds in the precision of the field). */
  readonly thresholds: readonly [least: number, greatest: number];
}

/** Cells of one tile. */
interface TileCount {
  holds: number;
  violated: number;
  belowRounding: number;
  undefinedCells: number;
  readonly worst: Cell[];
}

interface Cell {
  readonly column: number;
  readonly row: number;
  readonly rate: number;
}

/** Beyond this share of the sampled bounds no bound is computed. */
const MARGIN = 16;
/** Bounds that are sampled, and those computed for single cells at most, for networks of some neurons. */
const SAMPLED = 256;
const EXACT = 2 ** 18;
/** Cells that are computed again in f64, in a tile and in all. */
const [AGAIN_IN_TILE, AGAIN] = [4, 64];
const BREATH_MILLISECONDS = 20;
const GOLDEN = 0.6180339887498949;

/** Judges the `energy-rate` of a grid; ask `finish` when the computation is done. */
export class SliceVerdictSink implements TileSink {
  readonly #grid: Grid;
  readonly #signal: AbortSignal | undefined;
  readonly #bounded: BoundedEvaluator;
  readonly #rounding: EnergyRounding;
  readonly #state: Float64Array;
  readonly #tiles = new Map<string, TileCount>();
  #thresholds: [number, number] = [0, 0];
  #share = 1;
  #exact = 0;
  #breath = performance.now();

  /** @param signal stops the judging of a tile; the computation has its own. */
  constructor(problem: Problem, algebra: Algebra, grid: Grid, signal?: AbortSignal) {
    this.#grid = grid;
    this.#signal = signal;
    this.#bounded = new BoundedEvaluator(problem, algebra);
    this.#rounding = new EnergyRounding(problem, algebra);
    this.#state = new Float64Array(problem.network.size);
  }

  begin(parts: readonly StreamPart[]): void {
    const part = parts.find(({ plan }) => plan.planes.some(({ quantity }) => quantity === 'energy-rate'));
    this.#tiles.clear();
    if (!part) return;
    this.#share = part.computedBy.precision === 'f32' ? 1 : F64_SHARE;
    this.#exact = Math.max(64, Math.floor(EXACT / this.#state.length ** 2));
    const [columns, rows] = [columnsOf(part.plan), this.#grid.size.slice(1).reduce((a, b) => a * b, 1)];
    const samples = Math.min(columns * rows, Math.max(4, Math.min(SAMPLED, 16384 / this.#state.length)));
    let [least, greatest] = [Infinity, 0];
    for (let k = 0; k < samples; k++) {
      const at = Math.floor(((k + ((k * GOLDEN) % 1)) * columns * rows) / samples);
      const threshold = this.#thresholdAt(at % columns, Math.floor(at / columns));
      if (threshold < least) least = threshold;
      if (threshold > greatest && Number.isFinite(threshold)) greatest = threshold;
    }
    this.#thresholds = [Math.min(least, greatest), greatest];
  }

  async take({ plan }: StreamPart, { tile, values }: TileResult): Promise<void> {
    const plane = plan.planes.find(({ quantity }) => quantity === 'energy-rate');
    if (!plane) return;
    const points = tile.columns * tile.rows;
    const count: TileCount = { holds: 0, violated: 0, belowRounding: 0, undefinedCells: 0, worst: [] };
    for (let k = 0; k < points; k++) {
      const rate = values[plane.first * points + k];
      const [column, row] = [tile.column + (k % tile.columns), tile.row + Math.floor(k / tile.columns)];
      if (!Number.isFinite(rate)) {
        count.undefinedCells++;
        continue;
      }
      const verdict = this.#judge(rate, column, row);
      if (verdict === 'below-rounding') count.belowRounding++;
      else count[verdict]++;
      keepWorst(count.worst, rate, column, row);
      if (k % 64 === 63 && performance.now() - this.#breath > BREATH_MILLISECONDS) {
        await breathe(this.#signal);
        this.#breath = performance.now();
      }
    }
    // A tile that comes again replaces what it was.
    this.#tiles.set(`${String(tile.column)} ${String(tile.row)}`, count);
  }

  /** The verdict on all tiles that came. */
  finish(): SliceVerdict {
    const counts = [...this.#tiles.values()];
    const sum = (of: (count: TileCount) => number) => counts.reduce((total, count) => total + of(count), 0);
    const again = counts
      .flatMap(({ worst }) => worst)
      .sort((a, b) => b.rate - a.rate)
      .slice(0, AGAIN)
      .map(({ column, row }) => {
        stateAt(this.#grid, column, row, this.#state);
        return { state: [...this.#state], ...this.#rounding.rateAt(this.#state) };
      })
      .filter(({ rate }) => Number.isFinite(rate))
      .sort((a, b) => b.rate - b.threshold - (a.rate - a.threshold));
    const worst = again.at(0);
    const holds = sum((count) => count.holds);
    const violated = worst !== undefined && worst.rate > worst.threshold;
    return {
      verdict: violated ? 'violated' : holds > 0 ? 'holds' : 'below-rounding',
      holds,
      violated: sum((count) => count.violated),
      belowRounding: sum((count) => count.belowRounding),
      undefinedCells: sum((count) => count.undefinedCells),
      ...(worst ? { worst } : {}),
      thresholds: this.#thresholds,
    };
  }

  #judge(rate: number, column: number, row: number): FallVerdict {
    const size = Math.abs(rate);
    const [least, greatest] = this.#thresholds;
    if (size === 0 || size < least / MARGIN) return 'below-rounding';
    const sign = rate > 0 ? 'violated' : 'holds';
    if (size > greatest * MARGIN) return sign;
    // Where bounds would cost too much, what is near to rounding counts as not told from it.
    if (this.#exact === 0) return 'below-rounding';
    this.#exact--;
    return size > this.#thresholdAt(column, row) ? sign : 'below-rounding';
  }

  #thresholdAt(column: number, row: number): number {
    stateAt(this.#grid, column, row, this.#state);
    // In f64 the state is the sampled one itself.
    const stateError =
      this.#share === 1 ? gridStateError(this.#grid, column, row) : new Float64Array(this.#state.length);
    this.#bounded.moveTo(this.#state, stateError);
    return BOUND_FACTOR * this.#share * this.#bounded.evaluate('energy-rate').error[0];
  }
}

/** Keeps the largest few. */
function keepWorst(worst: Cell[], rate: number, column: number, row: number): void {
  if (worst.length === AGAIN_IN_TILE && rate <= worst[AGAIN_IN_TILE - 1].rate) return;
  worst.push({ column, row, rate });
  worst.sort((a, b) => b.rate - a.rate);
  worst.length = Math.min(worst.length, AGAIN_IN_TILE);
}

/** `the energy falls in 250 of 256 cells, rises in 6`: for people. */
export function sliceVerdictWords({ holds, violated, belowRounding, undefinedCells }: SliceVerdict): string {
  const cells = holds + violated + belowRounding + undefinedCells;
  const others: readonly (readonly [count: number, words: string])[] = [
    [violated, 'rises in'],
    [belowRounding, 'is not told from rounding in'],
    [undefinedCells, 'is not defined in'],
  ];
  return [
    `the energy falls in ${String(holds)} of ${String(cells)} cells`,
    ...others.filter(([count]) => count > 0).map(([count, words]) => `${words} ${String(count)}`),
  ].join(', ');
}
