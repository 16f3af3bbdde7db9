/**
 * The null space of H at a state, and what of it is dead (equations.md section 3). H v = 0 is necessary only: at an
 * isolated zero of H (gelu at -0.752, gaussian at 0) g moves along v, slowly at first, and E4 is not flat. So g is
 * tried along +-v (flat-test.ts).
 *
 * Layers of single neurons have the unit vectors as their eigenvectors; in blockwise ones (softmax, norms) directions
 * are mixtures of neurons.
 */
import { DEAD_EIGENVALUE } from '../model/activation.js';
import type { Algebra } from '../model/algebra.js';
import type { Evaluator } from '../model/evaluator.js';
import { FlatTest } from './flat-test.js';
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
  /** For each neuron: false where it is dead, i.e. g stands still along its own axis. */
  readonly alive: readonly boolean[];
}

/** What becomes of g along an eigenvector of H. */
export type DirectionKind = 'alive' | 'dead' | 'degenerate';

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
  const flat = new FlatTest(evaluator.lifted, values.length).moveTo(evaluator.x);
  const alive = new Uint8Array(values.length);
  flat.aliveNeurons(alive);
  const spectrum = { values, blocks };
  const kinds = Array.from(values, (value, k): DirectionKind => {
    if (Math.abs(value) > DEAD_EIGENVALUE) return 'alive';
    const block = blocks.find(({ offset, size }) => k >= offset && k < offset + size);
    const dead = block ? flat.along(eigenvector(spectrum, k)) : alive[k] === 0;
    return dead ? 'dead' : 'degenerate';
  });
  return { ...spectrum, kinds, alive: Array.from(alive, (a) => a === 1) };
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
