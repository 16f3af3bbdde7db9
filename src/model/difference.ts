/**
 * Energies measured from a reference state: E(y0 + d) - E(y0) in f64, exact for offsets d as small as they come, and the
 * numbers from which a kernel does the same in f32. Two large energies are never subtracted. With dx the change of the
 * argument of g (d itself, or W d for eq. 9), dg and rest = dg - H0 dx, r0 the residual at y0,
 *
 *   E(y0 + d) - E(y0) = grad E(y0).d + second.rest + sum of coefficient x a term of second order
 *   eq. 14:  second = b3 W^T r0 - b2 r0,    eq. 10:  second = a3 r0 - a2 W r0
 *
 *             eq. 14                                eq. 10 (dx = W d)
 *   first     d.W^-1 d/2 - lagrangian               d.dx/2 - lagrangian
 *   second    moment - dg.W dg/2                    the same
 *   third     |W dg - d|^2/2                        |dg - d|^2/2
 *
 * (lagrangian, moment: difference-layers.ts). grad E(y0) is formed here, in f64: near a critical point it is what is left
 * of large terms. Eqs. 4 and 5 differ by a constant and are the second term of eq. 14. Ours, not the paper's.
 */
import { MemscapeError } from '../errors.js';
import type { Matrix } from '../types.js';
import type { Algebra } from './algebra.js';
import { ROUNDOFF } from './bound.js';
import { layerDifference, type Change, type LayerDifference } from './difference-layers.js';
import { dot, Evaluator } from './evaluator.js';
import { applyWeights, applyWeightsTransposed, type Weights } from './network.js';
import type { Problem } from './problem.js';

/** A difference of energies, and what f32 may lose of it. */
export interface EnergyDifference {
  readonly value: number;
  /** Running error bound of an f32 kernel (docs/precision.md). */
  readonly error: number;
}

/** Roundings on the way to the value of a term, as a multiple of the unit roundoff, besides those of sums. */
const ROUNDINGS = 12;

interface Placed {
  readonly offset: number;
  readonly size: number;
  readonly layer: LayerDifference;
}

/** One problem around one reference state. */
export class Differences {
  readonly problem: Problem;
  /** The state y0 (u0 for eq. 9), [N]. */
  readonly reference: Float64Array;
  /** E at the reference. */
  readonly energy: number;
  /** grad E at the reference, [N]. */
  readonly gradient: Float64Array;
  /** What multiplies `rest`, [N]. */
  readonly second: Float64Array;
  /** The layers around the reference, in their order. */
  readonly layers: readonly Placed[];
  readonly #metric: Weights;
  readonly #change: Change;
  readonly #sizes: Weights;
  readonly #scratch: readonly [Float64Array, Float64Array];
  /** No sizes: f64 values alone are wanted. */
  readonly #exactly: Float64Array;

  /** @throws MemscapeError `reference-activation`, `reference-state` (exit 2). */
  constructor(problem: Problem, reference: Float64Array, algebra: Algebra) {
    const { size: n } = problem.network;
    if (reference.length !== n || !reference.every((x) => Number.isFinite(Math.fround(x))))
      throw new MemscapeError({
        code: 'reference-state',
        what: `the reference is not a state of ${String(n)} finite numbers`,
        why: 'energies are measured from one state of the network.',
        mend: `give ${String(n)} numbers, one for each neuron.`,
        exitCode: 2,
      });
    const at = new Evaluator(problem, algebra);
    at.moveTo(reference);
    this.problem = problem;
    this.reference = reference;
    this.energy = at.energy();
    this.layers = problem.network.layers.map((layer) => {
      const { offset, size, name, activation } = layer;
      const own = layerDifference(layer, at.x.slice(offset, offset + size));
      if (!own) throw stopsAtSingle(name, activation.name);
      return { offset, size, layer: own };
    });
    const inverse = problem.inverseWeights;
    this.#metric = inverse ? whole(inverse) : { weights: [], patterns: [] };
    this.second = this.#secondFactor(at.r);
    this.gradient = this.#gradientAt(at.r);
    this.#sizes = absolute(problem.network);
    const vector = () => new Float64Array(n);
    this.#scratch = [vector(), vector()];
    this.#exactly = vector();
    this.#change = {
      ...{ g: vector(), rest: vector(), gSize: vector(), restSize: vector() },
      ...{ lagrangian: 0, moment: 0, lagrangianSize: 0, momentSize: 0 },
    };
  }

  /** out = H(x0) v. */
  hessianApply(v: Float64Array, out: Float64Array): void {
    for (const { offset, size, layer } of this.layers)
      layer.hessianApply(v.subarray(offset, offset + size), out.subarray(offset, offset + size));
  }

  get #inRates(): boolean {
    return this.problem.equation === 9;
  }

  #product(apply: typeof applyWeights, v: Float64Array, weights: Weights = this.problem.network) {
    const out = new Float64Array(v.length);
    apply(weights, v, out);
    return out;
  }

  #secondFactor(r: Float64Array): Float64Array {
    const [, c2, c3] = this.problem.energy.coefficients;
    if (this.#inRates) {
      const product = this.#product(applyWeights, r);
      return r.map((x, i) => c3 * x - c2 * product[i]);
    }
    const product = this.#product(applyWeightsTransposed, r);
    return r.map((x, i) => c3 * product[i] - c2 * x);
  }

  /** The part of grad E that does not pass through g, and what `second` adds through H0. */
  #gradientAt(r: Float64Array): Float64Array {
    const [c1, , c3] = this.problem.energy.coefficients;
    const steered = new Float64Array(r.length);
    this.hessianApply(this.second, steered);
    const through = this.#inRates ? this.#product(applyWeightsTransposed, steered) : steered;
    const first =
      c1 === 0 ? undefined : this.#product(applyWeights, r, this.#inRates ? undefined : this.#metric);
    return r.map((x, i) => through[i] - c3 * x - (first ? c1 * first[i] : 0));
  }

  /** E(y0 + d) - E(y0). */
  value(d: Float64Array): number {
    return this.#valueAt(d, this.#exactly);
  }

  /**
   * E(y0 + d) - E(y0), and what f32 may lose of it.
   * @param terms sizes of the terms of which a kernel makes d up; by default d is known to it but for its rounding.
   */
  at(d: Float64Array, terms: Float64Array = d.map(Math.abs)): EnergyDifference {
    const dxTerms = this.#inRates ? this.#product(applyWeights, terms, this.#sizes) : terms;
    const value = this.#valueAt(d, dxTerms);
    const size = this.#sizeAt(terms, dxTerms);
    return { value, error: (Math.sqrt(d.length) + ROUNDINGS) * ROUNDOFF * size };
  }

  /** Leaves the changes, with sizes after `dxTerms`, for `#sizeAt`. */
  #valueAt(d: Float64Array, dxTerms: Float64Array): number {
    const { network, energy } = this.problem;
    const [c1, c2, c3] = energy.coefficients;
    const [argument, product] = this.#scratch;
    if (this.#inRates) applyWeights(network, d, argument);
    const dx = this.#inRates ? argument : d;
    const change = this.#changeAt(dx, dxTerms);
    let value = dot(this.gradient, d) + dot(this.second, change.rest);
    if (c1 !== 0) {
      if (!this.#inRates) applyWeights(this.#metric, d, product);
      value += c1 * (dot(d, this.#inRates ? dx : product) / 2 - change.lagrangian);
    }
    if (c2 !== 0 || (c3 !== 0 && !this.#inRates)) applyWeights(network, change.g, product);
    if (c2 !== 0) value += c2 * (change.moment - dot(change.g, product) / 2);
    if (c3 !== 0) {
      const moved = this.#inRates ? change.g : product;
      let squares = 0;
      for (let i = 0; i < d.length; i++) squares += (moved[i] - d[i]) ** 2;
      value += (c3 * squares) / 2;
    }
    return value;
  }

  /** Sum of the absolute values of all terms of the value computed last. */
  #sizeAt(terms: Float64Array, dxTerms: Float64Array): number {
    const [c1, c2, c3] = this.problem.energy.coefficients.map(Math.abs);
    const { gSize, restSize, lagrangianSize, momentSize } = this.#change;
    const product = this.#product(applyWeights, gSize, this.#sizes);
    const paired = this.#inRates ? dxTerms : this.#product(applyWeights, terms, absolute(this.#metric));
    const moved = this.#inRates ? gSize : product;
    const squares = moved.reduce((sum, size, i) => sum + (size + terms[i]) ** 2, 0);
    return (
      dot(this.gradient.map(Math.abs), terms) +
      dot(this.second.map(Math.abs), restSize) +
      c1 * (dot(terms, paired) + lagrangianSize) +
      c2 * (momentSize + dot(gSize, product)) +
      c3 * squares
    );
  }

  #changeAt(dx: Float64Array, terms: Float64Array): Change {
    const total = this.#change;
    total.lagrangian = total.moment = total.lagrangianSize = total.momentSize = 0;
    for (const { offset, size, layer } of this.layers) {
      const part = (v: Float64Array) => v.subarray(offset, offset + size);
      const own: Change = {
        ...{ g: part(total.g), rest: part(total.rest) },
        ...{ gSize: part(total.gSize), restSize: part(total.restSize) },
        ...{ lagrangian: 0, moment: 0, lagrangianSize: 0, momentSize: 0 },
      };
      layer.change(part(dx), part(terms), own);
      total.lagrangian += own.lagrangian;
      total.moment += own.moment;
      total.lagrangianSize += own.lagrangianSize;
      total.momentSize += own.momentSize;
    }
    return total;
  }
}

const whole = (matrix: Matrix): Weights => ({ weights: [{ row: 0, column: 0, matrix }], patterns: [] });

/** |W| entry by entry. */
function absolute({ weights, patterns }: Weights): Weights {
  const positive = (matrix: Matrix): Matrix => ({ ...matrix, data: matrix.data.map(Math.abs) });
  return {
    weights: weights.map((block) => ({ ...block, matrix: positive(block.matrix) })),
    patterns: patterns.map(({ factor, scale }) => ({ factor: positive(factor), scale: Math.abs(scale) })),
  };
}

const stopsAtSingle = (layer: string, activation: string) =>
  new MemscapeError({
    code: 'reference-activation',
    what: `layer '${layer}' is '${activation}', for which energies are not measured from a reference: its fields stop at f32`,
    why: 'differences without cancellation are known for identity, relu, leaky-relu, power with n = 2, hard-tanh, shrink, sigmoid, tanh, softplus and softmax.',
    mend: 'leave the reference out; --device cpu computes the energy itself in f64, which is right down to boxes of about 1e-6.',
    exitCode: 2,
  });
