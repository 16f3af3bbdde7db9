/**
 * The null space of H at a state, and what of it is dead (equations.md section 3). H v = 0 is necessary only: at an
 * isolated zero of H (gelu at -0.752, gaussian at 0) g moves along v, slowly at first, and E4 is not flat. So g is
 * tried along +-v: it must stand still over a step of 1e-2, or exactly over one of 1e-6 (close to a kink).
 *
 * Layers of single neurons have the unit vectors as their eigenvectors; in blockwise ones (softmax, norms) directions
 * are mixtures of neurons.
 */
import { DEAD_EIGENVALUE } from '../model/activation.js';
import type { Algebra } from '../model/algebra.js';
import type { Evaluator } from '../model/evaluator.js';
import { Linearisation } from './linearisation.js';

/** H at one state in its eigenbasis. */
export interface HessianSpectrum {
  /** N eigenvalues, layer by layer: in the order of the neurons, ascending within a blockwise layer. */
  readonly values: Float64Array;
  /** Eigenvectors (columns) of each blockwise layer, row-major; elsewhere they are unit vectors. */
  readonly blocks: readonly {
    readonly offset: number;
    readonly size: number;
    readonly vectors: Float64Array;
  }[];
  /** For each eigenvalue: `alive` above 1e-6 in size, `dead` where g stands still, else `degenerate`. */
  readonly kinds: readonly DirectionKind[];
  /** For each neuron: false where g stands still along its own axis. */
  readonly alive: readonly boolean[];
}

export type DirectionKind = 'alive' | 'dead' | 'degenerate';

/** Steps along +-v: tails of sigmoid-like activations are flat over the long one, intervals of any length over the short. */
const LONG = 1e-2;
const SHORT = 1e-6;
/** Over the long step h may double: a tail passes with |eigenvalue| <= 1e-6 anywhere in it. */
const FLAT_SLOPE = 2 * DEAD_EIGENVALUE;

/** The eigenvectors of H where the evaluator is, and which of them are dead. Finite states only. */
export function hessianSpectrum(evaluator: Evaluator, algebra: Algebra): HessianSpectrum {
  const linearisation = new Linearisation(evaluator);
  linearisation.update();
  const values = Float64Array.from(linearisation.diagonal);
  const blocks = linearisation.blocks.map(({ offset, size, data }) => {
    const eigen = algebra.symmetricEigen({ rows: size, columns: size, data: data.slice() });
    values.set(eigen.values, offset);
    return { offset, size, vectors: eigen.vectors.data };
  });
  const flat = new FlatTest(evaluator);
  const isDeadAxis = Array.from(
    linearisation.diagonal,
    (h, i) => Math.abs(h) <= DEAD_EIGENVALUE && flat.along(unitVector(values.length, i)),
  );
  const spectrum = { values, blocks };
  const kinds = Array.from(values, (value, k): DirectionKind => {
    if (Math.abs(value) > DEAD_EIGENVALUE) return 'alive';
    const block = blocks.find(({ offset, size }) => k >= offset && k < offset + size);
    const dead = block ? flat.along(eigenvector(spectrum, k)) : isDeadAxis[k];
    return dead ? 'dead' : 'degenerate';
  });
  return { ...spectrum, kinds, alive: isDeadAxis.map((dead) => !dead) };
}

/** Eigenvector `k` as N numbers. */
export function eigenvector(
  { values, blocks }: Pick<HessianSpectrum, 'values' | 'blocks'>,
  k: number,
): Float64Array {
  const block = blocks.find(({ offset, size }) => k >= offset && k < offset + size);
  if (!block) return unitVector(values.length, k);
  const out = new Float64Array(values.length);
  const { offset, size, vectors } = block;
  for (let i = 0; i < size; i++) out[offset + i] = vectors[i * size + k - offset];
  return out;
}

/** The orthonormal dead directions V: g(y + V c) = g(y). */
export function deadBasis(spectrum: HessianSpectrum): Float64Array[] {
  return spectrum.kinds.flatMap((kind, k) => (kind === 'dead' ? [eigenvector(spectrum, k)] : []));
}

function unitVector(n: number, k: number): Float64Array {
  const v = new Float64Array(n);
  v[k] = 1;
  return v;
}

/** Whether g stands still along a direction from the evaluator's state. */
class FlatTest {
  readonly #evaluator: Evaluator;
  readonly #x: Float64Array;
  readonly #g: Float64Array;
  readonly #moved: Float64Array;
  readonly #movedG: Float64Array;
  readonly #scale: number;

  constructor(evaluator: Evaluator) {
    const { x, g } = evaluator;
    this.#evaluator = evaluator;
    this.#x = x;
    this.#g = g;
    this.#moved = new Float64Array(x.length);
    this.#movedG = new Float64Array(x.length);
    this.#scale = Math.max(1, ...Array.from(x, Math.abs));
  }

  along(v: Float64Array): boolean {
    return [1, -1].every(
      (sign) =>
        this.#change(v, sign * LONG) <= FLAT_SLOPE * LONG ||
        this.#change(v, sign * SHORT * this.#scale) === 0,
    );
  }

  /** |g(x + c v) - g(x)|, largest component. */
  #change(v: Float64Array, c: number): number {
    for (let i = 0; i < v.length; i++) this.#moved[i] = this.#x[i] + c * v[i];
    this.#evaluator.lifted.activation(this.#moved, this.#movedG);
    let largest = 0;
    for (let i = 0; i < v.length; i++) largest = Math.max(largest, Math.abs(this.#movedG[i] - this.#g[i]));
    return largest;
  }
}
