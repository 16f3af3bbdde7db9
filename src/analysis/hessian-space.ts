/**
 * The eigenspaces of H at a state: what is dead and what is alive (eqs. 6-8).
 *
 * H is block diagonal, so it is taken apart layer by layer: a layer of elementwise neurons has unit vectors for
 * eigenvectors, a blockwise layer (softmax, norms) a small dense matrix. Null vectors are chosen as sparse as they
 * come: a neuron that is dead by itself is a unit vector, and only what is left over (the shift of a softmax) is a
 * direction of many neurons. Mixed vectors would hide that one of two dead neurons sleeps for c > 0, the other for c < 0.
 */
import { DEAD_EIGENVALUE } from '../model/activation.js';
import type { Algebra } from '../model/algebra.js';
import { dot, norm, type Evaluator } from '../model/evaluator.js';
import { eigenvector, hessianSpectrum } from './dead-directions.js';
import { plus } from './matrices.js';

/** An eigenvector of H that lives in one layer. */
export interface HessianVector {
  /** Index of the layer. */
  readonly layer: number;
  /** N numbers, of length 1. */
  readonly vector: Float64Array;
  /** |H v|; the eigenvalue of an eigenvector, up to its sign. */
  readonly size: number;
}

/** R^N as the sum of null H and range H at one state. */
export interface HessianSpace {
  /** Orthonormal basis V of null H: eigenvalues of at most 1e-6 (equations.md section 3). */
  readonly dead: readonly HessianVector[];
  /** Orthonormal basis V' of range H. */
  readonly alive: readonly HessianVector[];
  /** Per neuron: false where it is dead by itself (flat-test.ts); an isolated zero of H is alive. */
  readonly mask: readonly boolean[];
}

/** A unit vector counts as part of null H when it keeps all but this of its length in it. */
const INSIDE = 1e-6;

/** Null space and range of H at the evaluator's state, in the argument of g (y, or z = W u + b of eq. 9). */
export function hessianSpace(evaluator: Evaluator, algebra: Algebra): HessianSpace {
  const { lifted, x } = evaluator;
  const n = x.length;
  const spectrum = hessianSpectrum(evaluator, algebra);
  const applied = new Float64Array(n);
  const of = (layer: number, vector: Float64Array): HessianVector => {
    lifted.hessianApply(x, vector, applied);
    return { layer, vector, size: norm(applied) };
  };
  const isNull = (k: number) => Math.abs(spectrum.values[k]) <= DEAD_EIGENVALUE;
  const units = Array.from({ length: n }, (_, at) => new Float64Array(n).fill(1, at, at + 1));
  const dead: HessianVector[] = [];
  const alive: HessianVector[] = [];
  lifted.layers.forEach(({ offset, size, functions }, layer) => {
    const all = Array.from({ length: size }, (_, i) => offset + i);
    const null_ = all.filter(isNull).map((k) => eigenvector(spectrum, k));
    const own = units.slice(offset, offset + size);
    const basis = functions.elementwise ? null_ : sparseBasis(null_, own);
    dead.push(...basis.map((vector) => of(layer, vector)));
    alive.push(...all.filter((k) => !isNull(k)).map((k) => of(layer, eigenvector(spectrum, k))));
  });
  return { dead, alive, mask: spectrum.alive };
}

/** An orthonormal basis of the span of orthonormal `vectors` that takes from `units` those that lie in the span. */
function sparseBasis(
  vectors: readonly Float64Array[],
  units: readonly Float64Array[],
): readonly Float64Array[] {
  const basis: Float64Array[] = [];
  // What is left of the span beside the basis; the longest remainder comes next, so none is lost in rounding.
  let rest = [...vectors];
  const take = (q: Float64Array) => {
    basis.push(q);
    for (let pass = 0; pass < 2; pass++) rest = rest.map((v) => plus(v, -dot(q, v), q));
  };
  for (const e of units) if (1 - vectors.reduce((sum, v) => sum + dot(v, e) ** 2, 0) <= INSIDE) take(e);
  if (basis.length === 0) return vectors;
  while (basis.length < vectors.length) {
    const longest = rest.reduce((a, b) => (norm(b) > norm(a) ? b : a));
    const length = norm(longest);
    take(longest.map((value) => value / length));
  }
  return basis;
}

/** V V^T v: the part of `v` in the span of orthonormal vectors. */
export function projectOn(basis: readonly HessianVector[], v: Float64Array): Float64Array {
  const out = new Float64Array(v.length);
  for (const { vector } of basis) {
    const c = dot(vector, v);
    for (let i = 0; i < out.length; i++) out[i] += c * vector[i];
  }
  return out;
}
