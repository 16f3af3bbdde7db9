/**
 * When condition (11), sym(M^T R) >= 0, holds everywhere by a proof (equations.md, "Designs of R" and section 4), with
 * each premise of the proof checked and listed. A proof that does not apply says which premise fails; condition (11)
 * may hold all the same.
 */
import type { Algebra } from '../model/algebra.js';
import { denseWeights } from '../model/network.js';
import { weightsNorm } from '../model/norm.js';
import type { Problem } from '../model/problem.js';
import type { Matrix } from '../types.js';
import { hessianBounds } from './hessian-bounds.js';
import { product } from './linearisation.js';
import { eigenvalueError, leastEigenpair, symmetricPart } from './matrices.js';

/** One premise of a proof. */
export interface Premise {
  /** What is needed, with its numbers. */
  readonly statement: string;
  readonly met: boolean;
}

/** A way to prove (11), and whether it applies. */
export interface Proof {
  /** The statement that is proved, and where it stands. */
  readonly name: string;
  readonly premises: readonly Premise[];
  /** All premises are met. */
  readonly applies: boolean;
}

const proof = (name: string, premises: readonly Premise[]): Proof => ({
  name,
  premises,
  applies: premises.every(({ met }) => met),
});

const short = (x: number) => Number(x.toPrecision(6)).toString();

/** Every proof of (11) that fits the form of the problem: R and which coefficients are not zero. */
export function proofsOf(problem: Problem, algebra: Algebra): Proof[] {
  const { design, energy, network, equation } = problem;
  const [c1, c2, c3] = energy.coefficients;
  if (design.kind === 'gradient') return [proof('R = M: M^T R = M^T M (Ex. 6.1)', [])];
  if (design.kind === 'adaptive-polar')
    return [proof('R = U V^T of M = U S V^T: M^T R = V S V^T, where M is regular (Prop. 5.2)', [])];
  const symmetric = { statement: 'W = W^T', met: network.symmetric };
  const proofs: Proof[] = [];
  if (c2 === 0 && c3 === 0) proofs.push(constantProof(problem, algebra, symmetric));
  if (design.kind === 'matrix') return proofs;
  const { sup, convex } = hessianBounds(network);
  const convexity = { statement: 'H >= 0 everywhere (eq. 3)', met: convex };
  const bounded = {
    statement: `h = sup of the eigenvalues of H is finite (${short(sup)})`,
    met: Number.isFinite(sup),
  };
  if (c1 === 0 && c3 === 0 && equation !== 9)
    proofs.push(
      proof('R = I and eq. 4: M^T R = H (Krotov & Hopfield)', [
        symmetric,
        convexity,
        { statement: `b2 = ${short(c2)} >= 0`, met: c2 >= 0 },
      ]),
    );
  if (c1 === 0 && c3 === 0 && equation === 9)
    proofs.push(
      proof('R = I and the second term alone: M^T R = a2 W H W', [
        symmetric,
        convexity,
        { statement: `a2 = ${short(c2)} >= 0`, met: c2 >= 0 },
      ]),
    );
  if (c1 === 0 && c3 > 0) proofs.push(mixtureProof(problem, algebra, [symmetric, convexity, bounded], sup));
  if (c1 === 0 && c2 === 0 && c3 > 0) {
    const size = network.symmetric
      ? weightsNorm(network, algebra)
      : algebra.spectralNorm(denseWeights(network));
    proofs.push(
      proof('R = I and the third term alone: the numerical abscissa of H W is at most |H| |W| (Ex. 6.2)', [
        convexity,
        bounded,
        { statement: `h |W| = ${short(sup * size)} <= 1`, met: sup * size <= 1 },
      ]),
    );
  }
  return proofs;
}

/** The first term alone with a constant R: M^T R does not depend on the state, one eigenvalue decides. */
function constantProof(problem: Problem, algebra: Algebra, symmetric: Premise): Proof {
  const { design, energy, network, inverseWeights, designName } = problem;
  const [c1] = energy.coefficients;
  const first = problem.equation === 9 ? denseWeights(network) : inverseWeights;
  const built = designName !== 'identity' && designName !== 'matrix';
  if (built)
    return proof(`R = ${designName} and the first term alone: M^T R >= 0 by construction (Ex. 5)`, [
      symmetric,
      { statement: `the first coefficient, ${short(c1)}, is >= 0`, met: c1 >= 0 },
    ]);
  const r: Matrix | undefined = design.kind === 'matrix' ? design.matrix : undefined;
  if (first === undefined || c1 === 0)
    return proof('the first term alone: M^T R is constant', [{ statement: 'W^-1 exists', met: false }]);
  const m: Matrix = { ...first, data: first.data.map((w) => c1 * w) };
  const { value } = leastEigenpair(algebra, symmetricPart(r ? product(m, r) : m));
  const norm = Math.max(
    1e-300,
    m.data.reduce((sum, v) => Math.hypot(sum, v), 0),
  );
  const error = r ? eigenvalueError(m, r) : eigenvalueError(m, m) / norm;
  return proof('the first term alone: M^T R is constant, and its least eigenvalue decides', [
    symmetric,
    { statement: `least eigenvalue ${short(value)} > ${short(error)} (rounding)`, met: value > error },
  ]);
}

/** Section 4: R = I, a3 = 1 and enough of the second term. */
function mixtureProof(
  { network, energy, equation }: Problem,
  algebra: Algebra,
  premises: readonly Premise[],
  h: number,
): Proof {
  const [, c2, c3] = energy.coefficients;
  const size = network.symmetric && equation !== 9 ? weightsNorm(network, algebra) : 1;
  const needed = (c3 * h * size * size) / 4;
  const what = equation === 9 ? 'a3 h/4' : 'b3 h |W|^2/4';
  return proof('R = I, no first term, enough of the second (section 4)', [
    ...premises,
    {
      statement: `the second coefficient, ${short(c2)}, is at least ${what} = ${short(needed)}`,
      met: c2 >= needed,
    },
  ]);
}
