/**
 * All patterns of a piecewise linear network, depth first: one neuron is decided at a time, and its column of
 * A = I - W D is eliminated at once, with partial pivoting over the rows. Columns of undecided neurons are kept as
 * their two ingredients, T e_j and T W e_j (T: the elimination so far), so a step costs 2 m^2 for m undecided
 * neurons, and patterns with a common prefix share it: about a dozen multiplications per pattern, for every N. At the
 * end of a branch back substitution gives the neurons in reverse order and stops at the first one outside its cell.
 *
 * The walk only rejects what is clearly no solution. Everything else, and every pattern with a small pivot, goes to
 * `candidate`, to be solved with care (census-cell.ts).
 */
import { rowScales, roundingPivot, type CellSystem, type Pattern } from './census-system.js';

/** What happens during a walk. */
export interface Visitor {
  /** Whether to go on below a prefix: `neuron`, the decision number `depth`, has just been put into `cell`. */
  enter(depth: number, neuron: number, cell: number): boolean;
  /** A pattern that may hold fixed points; it is overwritten afterwards. `regular`: its system is not singular. */
  candidate(pattern: Pattern, regular: boolean): void;
}

/** Pivots below this may cost more digits than MARGIN allows for. */
const SMALL_PIVOT = 1e-4;
/** A coordinate this far outside its cell, relative to it and to the scale of the system, is no rounding error. */
const MARGIN = 1e-6;
/** Patterns of a subtree that is walked in one go: below 5 ms. */
const SUBTREE = 4096;

/** How far the columns of a prefix are from linear dependence. */
const REGULAR = 0;
const SUSPECT = 1;
const SINGULAR = 2;

/** One level of the elimination: the rows without pivot, over the undecided neurons. */
interface Level {
  /** Row-major: for each row the m entries of T e_j, the m entries of T W e_j, the right-hand side. */
  readonly block: Float64Array;
  /** The same of the pivot row of the neuron decided here, and its pivot. */
  readonly upper: Float64Array;
  pivot: number;
  rows: number;
  state: number;
}

export class PatternWalk {
  /** Patterns reached. */
  patterns = 0;
  /** Patterns whose system is singular. */
  singular = 0;
  readonly #system: CellSystem;
  readonly #visitor: Visitor;
  readonly #levels: Level[];
  /** Neurons in the order of decision, those with fewest cells first: the tree is thin where steps are dear. */
  readonly #order: number[];
  readonly #pattern: Pattern;
  readonly #columnScale: readonly number[];
  readonly #margin: number;
  readonly #y: Float64Array;
  readonly #g: Float64Array;

  constructor(system: CellSystem, visitor: Visitor) {
    const { size: n, cells, weights, bias, scale } = system;
    this.#system = system;
    this.#visitor = visitor;
    this.#order = [...cells.keys()].sort((a, b) => cells[a].length - cells[b].length);
    this.#pattern = new Uint8Array(n);
    this.#y = new Float64Array(n);
    this.#g = new Float64Array(n);
    this.#margin = MARGIN * scale;
    this.#levels = Array.from({ length: n + 1 }, (_, depth) => ({
      block: new Float64Array(n * (2 * (n - depth) + 1)),
      upper: new Float64Array(2 * (n - depth) + 1),
      pivot: 0,
      rows: 0,
      state: REGULAR,
    }));
    const rows = rowScales(system);
    const [root] = this.#levels;
    root.rows = n;
    this.#order.forEach((neuron, j) => {
      for (let i = 0; i < n; i++) {
        root.block[i * (2 * n + 1) + j] = i === neuron ? rows[i] : 0;
        root.block[i * (2 * n + 1) + n + j] = rows[i] * weights.data[i * n + neuron];
      }
    });
    for (let i = 0; i < n; i++) root.block[i * (2 * n + 1) + 2 * n] = rows[i] * bias[i];
    // Of W e_j, scaled; the entry of e_j is rows[j].
    const largest = this.#order.map((_, j) => {
      let size = 0;
      for (let i = 0; i < n; i++) size = Math.max(size, Math.abs(root.block[i * (2 * n + 1) + n + j]));
      return size;
    });
    this.#columnScale = this.#order.flatMap((neuron, j) =>
      cells[neuron].map(({ slope }) => Math.max(rows[neuron], Math.abs(slope) * largest[j])),
    );
    this.#firstCell = [0];
    this.#order.forEach((neuron, j) => this.#firstCell.push(this.#firstCell[j] + cells[neuron].length));
  }

  /** Where the cells of the j-th neuron of the order start in #columnScale. */
  readonly #firstCell: number[];

  /** Walks subtree by subtree, so that the caller may breathe in between; gives the patterns done or cut off. */
  *subtrees(depth = 0, below = this.#count(0)): Generator<number> {
    if (below <= SUBTREE) {
      this.#descend(depth);
      yield below;
      return;
    }
    const neuron = this.#order[depth];
    const cells = this.#system.cells[neuron];
    for (let cell = 0; cell < cells.length; cell++) {
      this.#pattern[neuron] = cell;
      if (!this.#visitor.enter(depth, neuron, cell)) {
        yield below / cells.length;
        continue;
      }
      this.#eliminate(depth, cell);
      yield* this.subtrees(depth + 1, below / cells.length);
    }
  }

  #count(depth: number): number {
    return this.#order.slice(depth).reduce((product, i) => product * this.#system.cells[i].length, 1);
  }

  #descend(depth: number): void {
    if (depth === this.#order.length) {
      this.#finish();
      return;
    }
    const neuron = this.#order[depth];
    const { length } = this.#system.cells[neuron];
    for (let cell = 0; cell < length; cell++) {
      this.#pattern[neuron] = cell;
      if (!this.#visitor.enter(depth, neuron, cell)) continue;
      this.#eliminate(depth, cell);
      this.#descend(depth + 1);
    }
  }

  /** Decides the neuron of `depth` and eliminates its column; the rows that are left go to the next level. */
  #eliminate(depth: number, cell: number): void {
    const from = this.#levels[depth];
    const to = this.#levels[depth + 1];
    const { slope, offset } = this.#system.cells[this.#order[depth]][cell];
    const m = this.#order.length - depth;
    const width = 2 * m + 1;
    const { block, rows } = from;
    let at = 0;
    let pivot = 0;
    for (let i = 0; i < rows; i++) {
      const entry = block[i * width] - slope * block[i * width + m];
      if (Math.abs(entry) <= Math.abs(pivot)) continue;
      pivot = entry;
      at = i;
    }
    const size = Math.abs(pivot) / this.#columnScale[this.#firstCell[depth] + cell];
    const dependent = size <= roundingPivot(this.#order.length);
    from.pivot = pivot;
    to.state = Math.max(from.state, dependent ? SINGULAR : size < SMALL_PIVOT ? SUSPECT : REGULAR);
    // A dependent column has no pivot: no row is used up, and the neuron stays free.
    to.rows = dependent ? rows : rows - 1;
    const { upper } = from;
    for (let j = 0; j < width; j++) upper[j] = dependent ? 0 : block[at * width + j];
    upper[2 * m] += offset * upper[m];
    const narrow = width - 2;
    const next = to.block;
    for (let i = 0, row = 0; i < rows; i++) {
      if (!dependent && i === at) continue;
      const source = i * width;
      const target = row++ * narrow;
      const factor = dependent ? 0 : (block[source] - slope * block[source + m]) / pivot;
      for (let j = 1; j < m; j++) {
        next[target + j - 1] = block[source + j] - factor * upper[j];
        next[target + m + j - 2] = block[source + m + j] - factor * upper[m + j];
      }
      next[target + narrow - 1] = block[source + 2 * m] + offset * block[source + m] - factor * upper[2 * m];
    }
  }

  #finish(): void {
    this.patterns++;
    const { state, block, rows } = this.#levels[this.#order.length];
    if (state === SINGULAR) {
      this.singular++;
      // 0 = right-hand side in the rows that have no pivot.
      for (let i = 0; i < rows; i++) if (Math.abs(block[i]) > this.#margin) return;
    }
    if (state !== REGULAR || this.#backSubstitute())
      this.#visitor.candidate(this.#pattern, state === REGULAR);
  }

  /** Whether all neurons lie in their cells, up to the margin. */
  #backSubstitute(): boolean {
    const n = this.#order.length;
    for (let k = n - 1; k >= 0; k--) {
      const { upper, pivot } = this.#levels[k];
      const m = n - k;
      let sum = upper[2 * m];
      for (let j = 1; j < m; j++) sum += upper[m + j] * this.#g[k + j] - upper[j] * this.#y[k + j];
      const y = sum / pivot;
      const neuron = this.#order[k];
      const { from, to, slope, offset } = this.#system.cells[neuron][this.#pattern[neuron]];
      const margin = this.#margin + MARGIN * Math.abs(y);
      // Written so that NaN passes and is looked at.
      if (y < from - margin || y > to + margin) return false;
      this.#y[k] = y;
      this.#g[k] = slope * y + offset;
    }
    return true;
  }
}
