/**
 * Derivatives at a state: H as the layers make it (a diagonal, a dense block for softmax and norms), and the Jacobians
 * of r and of R r built on it. `Linearisation` follows its evaluator: move the evaluator, then `update`.
 *
 *   eqs. 1, 13:  Dr = W H - I        eq. 9:  Dr = H W - I        at r = 0:  D(R r) = R Dr
 */
import type { Evaluator } from '../model/evaluator.js';
import { denseWeights } from '../model/network.js';
import type { Matrix, Network } from '../types.js';

const denseCache = new WeakMap<Network, Matrix>();

/** W as one matrix, made once for each network; not to be changed. */
export function weightsOf(network: Network): Matrix {
  const known = denseCache.get(network);
  if (known) return known;
  const made = denseWeights(network);
  denseCache.set(network, made);
  return made;
}

/** A layer whose H is a dense block. */
export interface HessianBlock {
  readonly offset: number;
  readonly size: number;
  /** size x size, row-major. */
  readonly data: Float64Array;
}

/** H at the evaluator's state, and Dr made of it. Nothing is allocated after the first call of each method. */
export class Linearisation {
  readonly evaluator: Evaluator;
  /** Diagonal of H; the whole of H outside of `blocks`. */
  readonly diagonal: Float64Array;
  /** The layers whose neurons act on each other. */
  readonly blocks: readonly HessianBlock[];
  readonly #weights: Float64Array;
  readonly #parts: readonly { readonly x: Float64Array; readonly out: Float64Array }[];
  readonly #unit: Float64Array;
  readonly #column: Float64Array;
  readonly #blockOf: ReadonlyMap<number, HessianBlock>;

  constructor(evaluator: Evaluator) {
    const { lifted, problem, x } = evaluator;
    const n = x.length;
    this.evaluator = evaluator;
    this.diagonal = new Float64Array(n);
    this.#weights = weightsOf(problem.network).data;
    this.#parts = lifted.layers.map(({ offset, size }) => ({
      x: x.subarray(offset, offset + size),
      out: this.diagonal.subarray(offset, offset + size),
    }));
    this.blocks = lifted.layers
      .filter(({ functions }) => !functions.elementwise)
      .map(({ offset, size }) => ({ offset, size, data: new Float64Array(size * size) }));
    this.#blockOf = new Map(this.blocks.map((block) => [block.offset, block]));
    const largest = Math.max(0, ...this.blocks.map(({ size }) => size));
    this.#unit = new Float64Array(largest);
    this.#column = new Float64Array(largest);
  }

  /** Takes H at the state where the evaluator is. */
  update(): void {
    const { layers } = this.evaluator.lifted;
    for (let k = 0; k < layers.length; k++) {
      const { functions, offset } = layers[k];
      const { x, out } = this.#parts[k];
      functions.hessianDiagonal(x, out);
      const block = this.#blockOf.get(offset);
      if (block) this.#fill(block, x, functions.hessianApply);
    }
  }

  #fill({ size, data }: HessianBlock, x: Float64Array, apply: HessianApply): void {
    const unit = this.#unit.subarray(0, size);
    const column = this.#column.subarray(0, size);
    for (let j = 0; j < size; j++) {
      unit.fill(0);
      unit[j] = 1;
      apply(x, unit, column);
      for (let i = 0; i < size; i++) data[i * size + j] = column[i];
    }
  }

  /** Writes Dr, row-major N x N. */
  residual(out: Float64Array): void {
    const n = this.diagonal.length;
    if (this.evaluator.problem.equation === 9) this.#hessianTimesWeights(out);
    else this.#weightsTimesHessian(out);
    for (let i = 0; i < n; i++) out[i * n + i] -= 1;
  }

  #weightsTimesHessian(out: Float64Array): void {
    const { diagonal } = this;
    const w = this.#weights;
    const n = diagonal.length;
    for (let start = 0; start < n * n; start += n)
      for (let j = 0; j < n; j++) out[start + j] = w[start + j] * diagonal[j];
    for (const { offset, size, data } of this.blocks)
      for (let i = 0; i < n; i++) {
        const row = i * n + offset;
        out.fill(0, row, row + size);
        for (let k = 0; k < size; k++) {
          const value = w[row + k];
          if (value === 0) continue;
          for (let j = 0; j < size; j++) out[row + j] += value * data[k * size + j];
        }
      }
  }

  #hessianTimesWeights(out: Float64Array): void {
    const { diagonal } = this;
    const w = this.#weights;
    const n = diagonal.length;
    for (let i = 0, k = 0; i < n; i++) for (let j = 0; j < n; j++, k++) out[k] = diagonal[i] * w[k];
    for (const { offset, size, data } of this.blocks)
      for (let i = 0; i < size; i++) {
        const row = (offset + i) * n;
        out.fill(0, row, row + n);
        for (let k = 0; k < size; k++) {
          const value = data[i * size + k];
          for (let j = 0; j < n; j++) out[row + j] += value * w[(offset + k) * n + j];
        }
      }
  }
}

type HessianApply = (x: Float64Array, v: Float64Array, out: Float64Array) => void;

/** Dr at the evaluator's state; a linearisation of it that is at hand is taken. */
export function residualJacobian(evaluator: Evaluator, linearisation = new Linearisation(evaluator)): Matrix {
  const n = evaluator.y.length;
  linearisation.update();
  const data = new Float64Array(n * n);
  linearisation.residual(data);
  return { rows: n, columns: n, data };
}

/** Jacobian of R r at a fixed point, where the derivative of R does not matter: R Dr; undefined where R is not. */
export function jacobian(evaluator: Evaluator): Matrix | undefined {
  return designTimes(evaluator, residualJacobian(evaluator));
}

/** R times a matrix; undefined where R is not defined. */
export function designTimes(evaluator: Evaluator, inner: Matrix): Matrix | undefined {
  const { design } = evaluator.problem;
  if (design.kind === 'identity') return inner;
  const r = design.kind === 'adaptive-polar' ? evaluator.polar() : designMatrix(evaluator);
  return r?.data.every(Number.isFinite) === true ? product(r, inner) : undefined;
}

function designMatrix(evaluator: Evaluator): Matrix {
  return evaluator.matrixOf((v, out) => {
    evaluator.applyDesign(v, out);
  });
}

/** a b. */
export function product(a: Matrix, b: Matrix): Matrix {
  const columns = b.columns;
  const data = new Float64Array(a.rows * columns);
  for (let i = 0; i < a.rows; i++)
    for (let k = 0; k < a.columns; k++) {
      const value = a.data[i * a.columns + k];
      if (value === 0) continue;
      for (let j = 0; j < columns; j++) data[i * columns + j] += value * b.data[k * columns + j];
    }
  return { rows: a.rows, columns, data };
}
