/** Dense linear algebra, fetched only when a model needs it (polar, certificate, certified, ...). */
export type Algebra = typeof import('../math/linalg.js');

export function loadAlgebra(): Promise<Algebra> {
  return import('../math/linalg.js');
}
