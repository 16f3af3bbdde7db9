/**
 * W, b and the layers of one network, checked once so that everything behind can trust them.
 *
 * W is a list of blocks that do not overlap (a dense W is one block), plus stored patterns as factors. Whether W = W^T is tested here, and where
 * it holds up to rounding W is made exactly symmetric: eigenvalues are then real, and what equations.md proves for
 * symmetric W holds to the last bit.
 */
import { MemscapeError } from '../errors.js';
import { checkActivation, describe, finiteNumber, FLOAT32_MAX, FLOAT32_MIN, refuse } from './check.js';
import { addPatterns, checkPatterns, flushed, flushedPatterns } from './patterns.js';
import { symmetrise } from './symmetry.js';
import type { Layer, Matrix, Network, PatternTerm, WeightBlock } from '../types.js';

export const MAX_NEURONS = 65536;
/** Blocks are compared in pairs, and each one costs the GPU a binding or a loop. */
export const MAX_BLOCKS = 4096;
/** A dense N x N matrix of f64 above this takes more than half a GiB. */
export const MAX_DENSE = 8192;

/** A network as it is given: offsets follow from the order of the layers, what no block of W covers is 0. */
export interface NetworkParts {
  readonly layers: readonly Omit<Layer, 'offset'>[];
  /** Blocks of W[to][from] that do not overlap; a dense W is one block. */
  readonly weights: readonly WeightBlock[];
  /** Stored patterns, added to the blocks; none where absent. */
  readonly patterns?: readonly PatternTerm[];
  /** N numbers; 0 where absent. */
  readonly bias?: ArrayLike<number>;
}

/**
 * A checked network; nothing given is changed or kept.
 * @returns the network (W symmetrised where |W - W^T| <= 1e-6 max|W|), and notices for the user: that it was
 *   symmetrised, and which numbers float32 turns into 0.
 * @throws MemscapeError (exit 2) naming the element: sizes, unknown activations, parameters outside their domain,
 *   blocks outside of W or overlapping, patterns that are not K x N, numbers that are not finite or overflow float32.
 */
export function createNetwork(parts: NetworkParts): { network: Network; notices: string[] } {
  const layers = placeLayers(parts.layers);
  const last = layers[layers.length - 1];
  const size = last.offset + last.size;
  const weights = checkBlocks(parts.weights, size);
  const patterns = checkPatterns(parts.patterns ?? [], size);
  const bias = checkBias(parts.bias ?? new Float64Array(size), size);
  const notices = [...underflowNotices(weights, patterns, bias)];
  // Patterns are symmetric as they are: the blocks alone decide, against the largest of their own numbers.
  const { symmetric, difference, tolerance } = symmetrise(weights);
  if (symmetric && difference > 0) {
    notices.push(
      `W was made exactly symmetric: W and W^T differed by up to ${difference.toExponential(2)}, ` +
        `within 1e-6 max|W| = ${tolerance.toExponential(2)}.`,
    );
  }
  return { network: { size, layers, weights, patterns, bias, symmetric }, notices };
}

/**
 * Layers with their offsets, checked: 1 to 4096 of them, unique names, positive sizes, activations of the table.
 * @throws MemscapeError (exit 2) naming the element, e.g. `layers[1].size`.
 */
export function placeLayers(given: NetworkParts['layers']): Layer[] {
  if (given.length === 0 || given.length > MAX_BLOCKS) {
    refuse({
      code: 'model-size',
      path: 'layers',
      expected: `1 to ${String(MAX_BLOCKS)} layers`,
      found: String(given.length),
      why: 'a network has at least one layer, and very many are slow to check.',
      mend: 'join layers of the same activation',
    });
  }
  const names = new Map<string, number>();
  let offset = 0;
  return given.map(({ name, size, activation }, index) => {
    const path = `layers[${String(index)}]`;
    if (!Number.isSafeInteger(size) || size < 1 || offset + size > MAX_NEURONS) {
      refuse({
        code: 'model-size',
        path: `${path}.size`,
        expected: `a positive integer, with at most ${String(MAX_NEURONS)} neurons in all layers together`,
        found: describe(size),
        why: 'the size is the number of neurons of the layer.',
        mend: 'write the number of neurons, without a fraction',
      });
    }
    const twin = names.get(name);
    if (twin !== undefined) {
      refuse({
        code: 'model-name',
        path: `${path}.name`,
        expected: 'a name of its own',
        found: `${describe(name)}, the name of layers[${String(twin)}]`,
        why: 'blocks of weights refer to layers by name.',
        mend: 'rename one of the two (layers without a name are called layer0, layer1, ..)',
      });
    }
    names.set(name, index);
    const checked = checkActivation(
      activation.name,
      new Map(Object.entries(activation.parameters)),
      `${path}.activation`,
    );
    const layer = { name, offset, size, activation: checked };
    offset += size;
    return layer;
  });
}

function checkBlocks(given: readonly WeightBlock[], size: number): WeightBlock[] {
  if (given.length > MAX_BLOCKS) {
    refuse({
      code: 'model-size',
      path: 'weights',
      expected: `at most ${String(MAX_BLOCKS)} blocks`,
      found: String(given.length),
      why: 'every block costs the kernels a loop.',
      mend: 'join blocks, or give W as one matrix',
    });
  }
  const blocks = given.map(({ row, column, matrix }, index) => {
    const { rows, columns, data } = matrix;
    const integers = [row, column, rows, columns].every((value) => Number.isSafeInteger(value));
    const inside =
      row >= 0 && column >= 0 && rows >= 1 && columns >= 1 && row + rows <= size && column + columns <= size;
    if (!integers || !inside || data.length !== rows * columns) {
      refuse({
        code: 'model-shape',
        path: `weights block ${String(index)}`,
        expected: `a block inside the ${String(size)} x ${String(size)} matrix W with rows x columns numbers`,
        found: `${String(rows)} x ${String(columns)} at (${String(row)}, ${String(column)}) with ${String(data.length)} numbers`,
        why: 'W[to][from] has one row and one column for each neuron.',
        mend: 'check the sizes of the layers and of the matrix',
      });
    }
    const copy = data.slice();
    for (let k = 0; k < copy.length; k++) {
      // One test for NaN, infinities and float32 overflow; the path is only made for a refusal.
      if (!(Math.abs(copy[k]) <= FLOAT32_MAX)) {
        finiteNumber(
          copy[k],
          `W[${String(row + Math.floor(k / columns))}][${String(column + (k % columns))}]`,
        );
      }
    }
    return { row, column, matrix: { rows, columns, data: copy } };
  });
  refuseOverlap(blocks);
  return blocks;
}

function refuseOverlap(blocks: readonly WeightBlock[]): void {
  for (let a = 0; a < blocks.length; a++) {
    for (let b = 0; b < a; b++) {
      const { row, column, matrix } = blocks[a];
      const other = blocks[b];
      if (
        row < other.row + other.matrix.rows &&
        other.row < row + matrix.rows &&
        column < other.column + other.matrix.columns &&
        other.column < column + matrix.columns
      ) {
        refuse({
          code: 'model-overlap',
          path: `weights block ${String(a)}`,
          expected: 'a part of W that no other block covers',
          found: `an overlap with block ${String(b)} at W[${String(Math.max(row, other.row))}][${String(Math.max(column, other.column))}]`,
          why: 'whether to add or to replace would be a guess.',
          mend: 'add the two matrices yourself and give the sum as one block',
        });
      }
    }
  }
}

function checkBias(given: ArrayLike<number>, size: number): Float64Array {
  if (given.length !== size) {
    refuse({
      code: 'model-shape',
      path: 'bias',
      expected: `${String(size)} numbers, one for each neuron`,
      found: String(given.length),
      why: 'b has the length of the state.',
      mend: 'give one number for each neuron, or a single number for all',
    });
  }
  return Float64Array.from(given, (value, index) => finiteNumber(value, `bias[${String(index)}]`));
}

function* underflowNotices(
  blocks: readonly WeightBlock[],
  patterns: readonly PatternTerm[],
  bias: Float64Array,
): Generator<string> {
  for (const lost of [flushedWeights(blocks), flushedPatterns(patterns), flushedBias(bias)]) {
    const { value: first } = lost.next();
    if (!first) continue;
    const [place, value] = first;
    let count = 1;
    while (lost.next().done !== true) count++;
    yield (
      `${String(count)} number${count === 1 ? '' : 's'} of size below ${FLOAT32_MIN.toExponential(2)} ` +
      `become${count === 1 ? 's' : ''} 0 in float32 on the GPU (first: ${place} = ${String(value)}).`
    );
  }
}

function* flushedWeights(blocks: readonly WeightBlock[]): Generator<readonly [string, number], undefined> {
  for (const { row, column, matrix } of blocks)
    for (let k = 0; k < matrix.data.length; k++)
      if (flushed(matrix.data[k])) {
        const [i, j] = [row + Math.floor(k / matrix.columns), column + (k % matrix.columns)];
        yield [`W[${String(i)}][${String(j)}]`, matrix.data[k]];
      }
}

function* flushedBias(bias: Float64Array): Generator<readonly [string, number], undefined> {
  for (const [i, value] of bias.entries()) if (flushed(value)) yield [`bias[${String(i)}]`, value];
}

/** The parts of a network that make up W. */
export type Weights = Pick<Network, 'weights' | 'patterns'>;

/** out = W x in f64; `x` and `out` have length N and must not overlap. */
export function applyWeights({ weights, patterns }: Weights, x: Float64Array, out: Float64Array): void {
  out.fill(0);
  for (const term of patterns) addPatterns(term, x, out);
  for (const { row, column, matrix } of weights) {
    const { rows, columns, data } = matrix;
    // Four sums at a time: one alone waits for its own last addition, and x[j] is loaded once for all.
    let i = 0;
    for (; i + 3 < rows; i += 4) {
      const p = i * columns;
      const q = p + columns;
      const r = q + columns;
      const s = r + columns;
      let first = 0;
      let second = 0;
      let third = 0;
      let fourth = 0;
      for (let j = 0; j < columns; j++) {
        const value = x[column + j];
        first += data[p + j] * value;
        second += data[q + j] * value;
        third += data[r + j] * value;
        fourth += data[s + j] * value;
      }
      out[row + i] += first;
      out[row + i + 1] += second;
      out[row + i + 2] += third;
      out[row + i + 3] += fourth;
    }
    for (; i + 1 < rows; i += 2) {
      const p = i * columns;
      const q = p + columns;
      let first = 0;
      let second = 0;
      for (let j = 0; j < columns; j++) {
        const value = x[column + j];
        first += data[p + j] * value;
        second += data[q + j] * value;
      }
      out[row + i] += first;
      out[row + i + 1] += second;
    }
    if (i === rows) continue;
    let sum = 0;
    for (let j = 0; j < columns; j++) sum += data[i * columns + j] * x[column + j];
    out[row + i] += sum;
  }
}

/** out = W^T x in f64; `x` and `out` have length N and must not overlap. */
export function applyWeightsTransposed(
  { weights, patterns }: Weights,
  x: Float64Array,
  out: Float64Array,
): void {
  out.fill(0);
  for (const term of patterns) addPatterns(term, x, out);
  for (const { row, column, matrix } of weights) {
    const { rows, columns, data } = matrix;
    for (let i = 0, k = 0; i < rows; i++) {
      const value = x[row + i];
      for (let j = 0; j < columns; j++, k++) out[column + j] += data[k] * value;
    }
  }
}

/** W[i][j], from the block that covers it and the patterns. */
export function weightAt({ weights, patterns }: Weights, i: number, j: number): number {
  let sum = 0;
  for (const { row, column, matrix } of weights)
    if (i >= row && i < row + matrix.rows && j >= column && j < column + matrix.columns)
      sum += matrix.data[(i - row) * matrix.columns + j - column];
  for (const { factor, scale } of patterns)
    for (let k = 0; k < factor.rows; k++)
      sum += scale * factor.data[k * factor.columns + i] * factor.data[k * factor.columns + j];
  return sum;
}

/** W as one N x N matrix, a copy. Refused above N = 8192, where it would take more than 512 MiB. */
export function denseWeights({ size, weights, patterns }: Weights & Pick<Network, 'size'>): Matrix {
  if (size > MAX_DENSE) {
    throw new MemscapeError({
      code: 'model-dense',
      what: `a dense matrix of ${String(size)} x ${String(size)} numbers was needed; the limit is N = ${String(MAX_DENSE)}`,
      why: `it would take ${((size * size * 8) / 2 ** 30).toFixed(1)} GiB.`,
      mend: 'choose an R and an energy that use W as it is stored (R identity or gradient), or a smaller network',
      exitCode: 2,
    });
  }
  const data = new Float64Array(size * size);
  for (const { row, column, matrix } of weights) {
    for (let i = 0; i < matrix.rows; i++) {
      const line = matrix.data.subarray(i * matrix.columns, (i + 1) * matrix.columns);
      data.set(line, (row + i) * size + column);
    }
  }
  for (const { factor, scale } of patterns) {
    for (let k = 0; k < factor.rows; k++) {
      const pattern = factor.data.subarray(k * size, (k + 1) * size);
      for (let i = 0; i < size; i++) {
        const value = scale * pattern[i];
        for (let j = 0; j < size; j++) data[i * size + j] += value * pattern[j];
      }
    }
  }
  return { rows: size, columns: size, data };
}
