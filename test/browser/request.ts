/** One request, computed alike by the sources in a page and by the built library in Node. */
import type * as Memscape from '../../src/index.js';

/** What crosses from a page to Node: plain JSON. */
export interface Request {
  /** Text of a model file. */
  readonly model: string;
  /** Points along each of the first two neurons (or the only one). */
  readonly size: number;
  readonly quantities: readonly Memscape.Quantity[];
}

type Library = Pick<typeof Memscape, 'readModel' | 'resolveProblem'>;

/** Evaluates a request on [-2.5, 3]^2; all other neurons rest at 0.25. */
export async function compute(
  { readModel, resolveProblem }: Library,
  simulator: Memscape.Simulator,
  { model, size, quantities }: Request,
): Promise<Memscape.Evaluation> {
  const problem = await resolveProblem(await readModel(model));
  const n = problem.network.size;
  const axes = Array.from({ length: Math.min(2, n) }, (_, k) =>
    Float64Array.from({ length: n }, (_, i) => Number(i === k)),
  );
  const sampling: Memscape.Grid = {
    kind: 'grid',
    origin: Float64Array.from({ length: n }, (_, i) => (i < 2 ? 0 : 0.25)),
    axes,
    extent: axes.map(() => [-2.5, 3]),
    size: axes.map(() => size),
  };
  return simulator.evaluate({ problem, sampling, quantities });
}

/** FNV-1a of the bytes of every field, by quantity. */
export function hashes({ fields }: Memscape.Evaluation): Record<string, string> {
  return Object.fromEntries([...fields].map(([quantity, { data }]) => [quantity, fnv(data)]));
}

function fnv({ buffer, byteOffset, byteLength }: Float32Array | Float64Array): string {
  let hash = 0x811c9dc5;
  for (const byte of new Uint8Array(buffer, byteOffset, byteLength))
    hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16);
}
