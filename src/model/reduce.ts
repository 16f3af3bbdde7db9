/**
 * Fewer neurons, same numbers: the directions of an identity layer that nothing looks at are left out.
 *
 * L(x) = |x|^2/2 does not change when an identity layer is rotated. Let Q have orthonormal columns that span what
 * the other neurons see of the layer and send to it (rows and columns of W), its bias, and the states of a slice.
 * With y = Q y' the residual stays in the span of Q: r = Q r', so energies, norms, products and counts are those of
 * a network with Q^T W in place of W. A memory of 784 pixels and 10 hidden units takes 25 neurons on a plane.
 *
 * Outside the span nothing acts (W = 0, H = 1), every direction is like every other: one of them is kept as a
 * witness, so that spectra and singular values lose multiplicity only.
 *
 * Ours, not the paper's. It needs R = identity, gradient or adaptive-polar, and weights within identity layers that
 * are zero or made of patterns.
 */
import type { Grid, Layer, Matrix, Network, PatternTerm, WeightBlock } from '../types.js';
import type { Problem } from './problem.js';

/** A problem in fewer neurons. States change places by `project` and `lift`. */
export interface Reduction {
  /** The identity layers as one layer of N' neurons, then the other layers; its network has fewer neurons. */
  readonly problem: Problem;
  /** Q^T y: exact for states in the span of Q, which the given vectors, W and b make up. */
  readonly project: (state: Float64Array) => Float64Array;
  /** Q y': the state of the whole network. */
  readonly lift: (reduced: Float64Array) => Float64Array;
}

/** A vector that keeps less than this of its length beside the others lies in their span. */
const DEPENDENT = 1e-12;
/** Reducing costs a basis, and a kernel its own text: networks below this are fast as they are. */
const SMALL = 32;

/**
 * The problem on the span of `vectors` (N numbers each), if it takes at most half of the neurons.
 * @returns undefined where the network is small, R or the weights do not allow it, or too little would be saved.
 */
export function reduce(problem: Problem, vectors: readonly Float64Array[]): Reduction | undefined {
  const { network, design, energy } = problem;
  if (network.size <= SMALL || design.kind === 'matrix') return undefined;
  // W^-1 does not exist: W is zero on what is left out.
  if (energy.equation === 14 && energy.coefficients[0] !== 0) return undefined;
  const split = new Split(network.layers);
  const most = Math.floor(network.size / 2) - split.others;
  const seen = split.seen(network, most);
  if (seen === undefined) return undefined;
  const basis = new Basis(split.identity, most);
  const wanted = [...seen, ...[network.bias, ...vectors].map((v) => split.take(v))];
  if (!wanted.every((v) => basis.add(v)) || !basis.addWitness()) return undefined;
  const reduced = split.reduce(network, basis);
  return {
    problem: { ...problem, network: reduced },
    project: (state) => split.project(state, basis),
    lift: (state) => split.lift(state, basis),
  };
}

/** A slice in the coordinates of a reduction. */
export function reduceGrid(problem: Problem, grid: Grid): { problem: Problem; grid: Grid } | undefined {
  const reduction = reduce(problem, [grid.origin, ...grid.axes]);
  return (
    reduction && {
      problem: reduction.problem,
      grid: { ...grid, origin: reduction.project(grid.origin), axes: grid.axes.map(reduction.project) },
    }
  );
}

/** Orthonormal vectors, grown one by one up to `most`. */
class Basis {
  readonly vectors: Float64Array[] = [];
  readonly #length: number;
  readonly #most: number;

  constructor(length: number, most: number) {
    this.#length = length;
    this.#most = most;
  }

  /** Takes v into the span; false where that would be one vector too many. */
  add(v: Float64Array): boolean {
    const rest = Float64Array.from(v);
    const before = length(v);
    if (before === 0) return true;
    // Twice is enough: the second pass removes what rounding left of the first.
    for (let pass = 0; pass < 2; pass++) for (const q of this.vectors) subtract(rest, overlap(q, rest), q);
    const left = length(rest);
    if (left <= DEPENDENT * before) return true;
    if (this.vectors.length >= this.#most) return false;
    this.vectors.push(rest.map((x) => x / left));
    return true;
  }

  /** Adds one direction outside of the span. */
  addWitness(): boolean {
    const count = this.vectors.length;
    // Of length + 1 trials one must work unless the span is everything; the first nearly always does.
    for (let i = 0; i < this.#length && this.vectors.length === count; i++) {
      const unit = new Float64Array(this.#length);
      unit[i] = 1;
      if (!this.add(unit)) return false;
    }
    return this.vectors.length > count;
  }

  project(v: Float64Array): Float64Array {
    const size = length(v);
    // What is below rounding is zero: such entries would only cost the kernel a product.
    return Float64Array.from(this.vectors, (q) => {
      const x = overlap(q, v);
      return Math.abs(x) <= 1e-15 * size ? 0 : x;
    });
  }
}

/** Which neurons belong to identity layers, and where the others go. */
class Split {
  /** Number of identity neurons and of all others. */
  readonly identity: number;
  readonly others: number;
  readonly #layers: readonly Layer[];
  /** Place of a neuron among the identity neurons, or ~(place among the others). */
  readonly #place: Int32Array;

  constructor(layers: readonly Layer[]) {
    const last = layers[layers.length - 1];
    this.#layers = layers;
    this.#place = new Int32Array(last.offset + last.size);
    let [identity, others] = [0, 0];
    for (const { offset, size, activation } of layers)
      for (let i = offset; i < offset + size; i++)
        this.#place[i] = activation.name === 'identity' ? identity++ : ~others++;
    this.identity = identity;
    this.others = others;
  }

  /** The identity neurons of a state. */
  take(state: Float64Array): Float64Array {
    const part = new Float64Array(this.identity);
    this.#place.forEach((place, i) => {
      if (place >= 0) part[place] = state[i];
    });
    return part;
  }

  /**
   * What W shows of the identity neurons: its rows and columns that connect them with others, and the patterns.
   * Undefined where they act on each other by a block, or where that alone would be more than `most` vectors.
   */
  seen({ weights, patterns }: Network, most: number): Float64Array[] | undefined {
    const rows = new Map<number, Float64Array>();
    const vector = (key: number) => {
      const known = rows.get(key) ?? new Float64Array(this.identity);
      rows.set(key, known);
      return known;
    };
    for (const { row, column, matrix } of weights)
      for (let i = 0, k = 0; i < matrix.rows; i++) {
        const to = this.#place[row + i];
        for (let j = 0; j < matrix.columns; j++, k++) {
          const from = this.#place[column + j];
          const value = matrix.data[k];
          if (value === 0 || (to < 0 && from < 0)) continue;
          if (to >= 0 && from >= 0) return undefined;
          if (from >= 0) vector(2 * ~to)[from] += value;
          else vector(2 * ~from + 1)[to] += value;
          // Rows and columns of a symmetric W are the same vectors, hence the factor.
          if (rows.size > 2 * most) return undefined;
        }
      }
    const factors = patterns.flatMap(({ factor }) => lines(factor));
    if (factors.length > most) return undefined;
    return [...rows.values(), ...factors.map((line) => this.take(line))];
  }

  project(state: Float64Array, basis: Basis): Float64Array {
    const size = basis.vectors.length;
    const out = new Float64Array(size + this.others);
    out.set(basis.project(this.take(state)));
    this.#place.forEach((place, i) => {
      if (place < 0) out[size + ~place] = state[i];
    });
    return out;
  }

  lift(reduced: Float64Array, basis: Basis): Float64Array {
    const size = basis.vectors.length;
    const part = new Float64Array(this.identity);
    basis.vectors.forEach((q, k) => {
      subtract(part, -reduced[k], q);
    });
    return Float64Array.from(this.#place, (place) => (place >= 0 ? part[place] : reduced[size + ~place]));
  }

  reduce({ layers, weights, patterns, bias, symmetric }: Network, basis: Basis): Network {
    const m = basis.vectors.length;
    let offset = m;
    const others = layers
      .filter((l) => l.activation.name !== 'identity')
      .map((layer): Layer => {
        const placed = { ...layer, offset };
        offset += layer.size;
        return placed;
      });
    const visible: Layer = {
      name: 'span of the identity layers',
      offset: 0,
      size: m,
      activation: { name: 'identity', parameters: {} },
    };
    return {
      size: offset,
      layers: [visible, ...others],
      weights: this.#blocks(weights, basis, symmetric),
      patterns: patterns.map(({ factor, scale }): PatternTerm => {
        const data = new Float64Array(factor.rows * offset);
        lines(factor).forEach((line, k) => {
          data.set(this.project(line, basis), k * offset);
        });
        return { factor: { rows: factor.rows, columns: offset, data }, scale };
      }),
      bias: this.project(bias, basis),
      symmetric,
    };
  }

  /** Per layer of others: W Q from the span, Q^T W to it; blocks among the others cut along the layers. */
  #blocks(weights: readonly WeightBlock[], basis: Basis, symmetric: boolean): WeightBlock[] {
    const m = basis.vectors.length;
    const pieces = new Map<string, WeightBlock>();
    const piece = (row: number, column: number, rows: number, columns: number): Matrix => {
      const key = `${String(row)} ${String(column)}`;
      const known = pieces.get(key) ?? {
        row,
        column,
        matrix: { rows, columns, data: new Float64Array(rows * columns) },
      };
      pieces.set(key, known);
      return known.matrix;
    };
    for (const { row, column, matrix } of weights)
      for (const to of this.#parts(row, matrix.rows))
        for (const from of this.#parts(column, matrix.columns)) {
          const entry = (i: number, j: number) =>
            matrix.data[(to.start - row + i) * matrix.columns + from.start - column + j];
          if (to.identity && from.identity) continue;
          if (!to.identity && !from.identity) {
            const { data } = piece(m + to.layer, m + from.layer, to.layerSize, from.layerSize);
            for (let i = 0; i < to.count; i++)
              for (let j = 0; j < from.count; j++)
                data[(to.within + i) * from.layerSize + from.within + j] += entry(i, j);
          } else if (from.identity) {
            const { data } = piece(m + to.layer, 0, to.layerSize, m);
            for (let i = 0; i < to.count; i++)
              basis.vectors.forEach((q, k) => {
                for (let j = 0; j < from.count; j++)
                  data[(to.within + i) * m + k] += entry(i, j) * q[from.layer + from.within + j];
              });
          } else if (!symmetric) {
            const { data } = piece(0, m + from.layer, m, from.layerSize);
            basis.vectors.forEach((q, k) => {
              for (let i = 0; i < to.count; i++)
                for (let j = 0; j < from.count; j++)
                  data[k * from.layerSize + from.within + j] += q[to.layer + to.within + i] * entry(i, j);
            });
          }
        }
    const blocks = [...pieces.values()];
    // To the last bit: a symmetric W stays symmetric.
    const mirrored = symmetric
      ? blocks
          .filter((b) => b.column === 0)
          .map(({ row, matrix }) => ({ row: 0, column: row, matrix: transpose(matrix) }))
      : [];
    return [...blocks, ...mirrored];
  }

  /** Cuts `count` neurons from `start` on along the layers. */
  #parts(start: number, count: number): Part[] {
    return this.#layers.flatMap(({ offset, size, activation }): Part[] => {
      const first = Math.max(start, offset);
      const end = Math.min(start + count, offset + size);
      if (first >= end) return [];
      const place = this.#place[offset];
      return [
        {
          start: first,
          count: end - first,
          identity: activation.name === 'identity',
          layer: place >= 0 ? place : ~place,
          layerSize: size,
          within: first - offset,
        },
      ];
    });
  }
}

/** Neurons of one layer. */
interface Part {
  readonly start: number;
  readonly count: number;
  readonly identity: boolean;
  /** Where the layer begins among the identity neurons, or among the others. */
  readonly layer: number;
  readonly layerSize: number;
  /** Where the part begins in its layer. */
  readonly within: number;
}

const lines = ({ rows, columns, data }: Matrix): Float64Array[] =>
  Array.from({ length: rows }, (_, k) => data.subarray(k * columns, (k + 1) * columns));

function transpose({ rows, columns, data }: Matrix): Matrix {
  const out = new Float64Array(data.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) out[j * rows + i] = data[i * columns + j];
  return { rows: columns, columns: rows, data: out };
}

function overlap(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

const length = (v: Float64Array) => Math.sqrt(overlap(v, v));

function subtract(v: Float64Array, c: number, q: Float64Array): void {
  for (let i = 0; i < v.length; i++) v[i] -= c * q[i];
}
