/**
 * From a model to a problem: R as a matrix or a rule, W^-1, coefficients with the conditions of their proofs, and
 * every precondition with the sentence that refuses it. Loaded on first use, together with the linear algebra.
 */
import { MemscapeError } from '../errors.js';
import type { Coefficients, Matrix, Model, Network } from '../types.js';
import { activationRow } from './activation.js';
import { loadAlgebra, type Algebra } from './algebra.js';
import { denseWeights, weightAt } from './network.js';
import { weightsNorm } from './norm.js';
import type { Design, Energy, Problem } from './resolved.js';
import { worstPair } from './symmetry.js';

/** Margin of `certified` over the bound where M may become singular. */
const CERTIFIED_MARGIN = 1.25;

/** What `resolveProblem` does. */
export async function resolve(model: Model): Promise<Problem> {
  const algebra = await loadAlgebra();
  let problem: Problem;
  try {
    problem = resolveWith(model, algebra);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw tooLarge(model, error.message);
  }
  const { design, inverseWeights, energy } = problem;
  const derived = [
    energy.coefficients,
    ...(design.kind === 'matrix' ? [design.matrix.data] : []),
    ...(inverseWeights ? [inverseWeights.data] : []),
  ];
  if (derived.some((numbers) => numbers.some((v) => !Number.isFinite(Math.fround(v)))))
    throw tooLarge(model, 'coefficients, R or W^-1 of this model do not fit f32.');
  return problem;
}

function tooLarge({ dynamics, energy }: Model, why: string): MemscapeError {
  return new MemscapeError({
    code: 'model-too-large',
    what: `R = '${dynamics.design.name}' and the coefficients of eq. ${String(energy.equation)} cannot be computed for these weights`,
    why,
    mend: 'scale the weights, or write the simplest choice into the model: "R": "identity" and "coefficients": [0, 0, 1].',
    exitCode: 2,
  });
}

function resolveWith(model: Model, algebra: Algebra): Problem {
  const { network } = model;
  const notices = [...model.notices];
  const design = resolveDesign(model, algebra);
  const energy = resolveEnergy(model, algebra);
  const [first, second] = energy.coefficients;
  if ((first !== 0 || second !== 0) && !network.symmetric) {
    const needs = energy.equation === 10 || energy.equation === 14 ? 'its first two terms' : 'it';
    throw new MemscapeError({
      code: 'model-asymmetric',
      what: `weights: eq. ${String(energy.equation)} with coefficients ${JSON.stringify(energy.coefficients)} needs W = W^T, but ${asymmetry(network)}`,
      why: `the energy of eq. ${String(energy.equation)} is defined by grad L and a symmetric W (eq. 2); ${needs} would not fall along the flow.`,
      mend: `make W symmetric, or take the third term alone: "energy": { "equation": ${model.dynamics.equation === 9 ? '10' : '14'}, "coefficients": [0, 0, 1] }.`,
      exitCode: 2,
    });
  }
  if (!network.layers.every((l) => activationRow(l.activation.name).convex(l.activation.parameters)))
    notices.push(
      `H >= 0 (eq. 3) does not hold for every layer (gelu, silu, gaussian, smu with small a).${needsConvexity(model) ? ' The energy may rise along the flow.' : ''}`,
    );
  // With R = M = -J^T the Jacobian R J is -J^T J, with the polar factor of M it is -(J^T J)^(1/2): never a saddle.
  const { name } = model.dynamics.design;
  if (
    (name === 'gradient' || name === 'adaptive-polar') &&
    first === 0 &&
    second === 0 &&
    (energy.equation === 10 || energy.equation === 14)
  )
    notices.push(
      `R = ${name} with the third coefficient alone descends |r|^2/2: every fixed point becomes stable, saddles of eq. 1 included.`,
    );
  const inverse = energy.equation === 14 && first !== 0 ? invertWeights(network, algebra) : undefined;
  return {
    name: model.name,
    hash: model.hash,
    network,
    equation: model.dynamics.equation,
    design,
    designName: model.dynamics.design.name,
    energy,
    ...(inverse ? { inverseWeights: inverse } : {}),
    notices,
  };
}

/** R = gradient and adaptive-polar keep condition (11) for any H (equations.md, designs of R). */
const needsConvexity = ({ dynamics }: Model) =>
  dynamics.design.name !== 'gradient' && dynamics.design.name !== 'adaptive-polar';

function asymmetry(network: Network): string {
  const [i, j] = worstPair(network.weights);
  const entry = (to: number, from: number) =>
    `weights[${String(to)}][${String(from)}] is ${String(weightAt(network, to, from))}`;
  return `${entry(i, j)} and ${entry(j, i)}`;
}

/** Whether fewer patterns than neurons are all there is: W is singular, and none of it need be built to know. */
function lacksRank({ size, weights, patterns }: Network): boolean {
  return weights.length === 0 && patterns.reduce((sum, { factor }) => sum + factor.rows, 0) < size;
}

const inverseOf = (network: Network, algebra: Algebra): Matrix | undefined =>
  lacksRank(network) ? undefined : algebra.inverse(denseWeights(network));

function invertWeights(network: Network, algebra: Algebra): Matrix {
  const inverse = inverseOf(network, algebra);
  if (inverse === undefined)
    throw new MemscapeError({
      code: 'model-singular',
      what: 'weights: eq. 14 with b1 != 0 needs an invertible W, but W is singular to working precision',
      why: 'its first term is (y - b).W^-1 (y - b)/2 - L(y).',
      mend: 'set b1 to 0 ("coefficients": [0, b2, b3]), or use equation 9 with energy 10, which needs no inverse.',
      exitCode: 2,
    });
  return inverse;
}

function needSymmetric(network: Network, name: string): void {
  if (network.symmetric) return;
  throw new MemscapeError({
    code: 'model-asymmetric',
    what: `dynamics.R: '${name}' needs W = W^T, but ${asymmetry(network)}`,
    why: 'it is built from the eigenvectors of W (Example 5), which are orthogonal only for symmetric W.',
    mend: 'make W symmetric, or take R = "gradient" or "adaptive-polar", which need no symmetry.',
    exitCode: 2,
  });
}

function resolveDesign({ network, dynamics }: Model, algebra: Algebra): Design {
  const { design } = dynamics;
  const spectral = (f: (lambda: number) => number): Design => {
    needSymmetric(network, design.name);
    return { kind: 'matrix', matrix: algebra.spectralFunction(denseWeights(network), f) };
  };
  const sign = (lambda: number) => (lambda < 0 ? -1 : 1);
  switch (design.name) {
    case 'identity':
    case 'gradient':
    case 'adaptive-polar':
      return { kind: design.name };
    case 'weights':
      needSymmetric(network, design.name);
      return { kind: 'matrix', matrix: denseWeights(network) };
    case 'polar':
      return spectral(sign);
    case 'spectral':
      return spectral({ linear: (x: number) => x, tanh: Math.tanh, sign }[design.function]);
    case 'sylvester':
      needSymmetric(network, design.name);
      return { kind: 'matrix', matrix: algebra.sylvester(denseWeights(network), design.matrix) };
    case 'matrix':
      return { kind: 'matrix', matrix: design.matrix };
  }
}

/** The largest eigenvalue that H takes anywhere: h of equations.md section 4. */
function supHessian(network: Network): number {
  return Math.max(
    ...network.layers.map((l) => activationRow(l.activation.name).supHessian(l.activation.parameters)),
  );
}

/** Why `certified` does not apply to this model, or undefined where it does. */
function certifiedObstacle({ network, dynamics }: Model): string | undefined {
  if (!['identity', 'gradient', 'adaptive-polar'].includes(dynamics.design.name))
    return `it is proved for R = identity, gradient and adaptive-polar, not for '${dynamics.design.name}'`;
  if (!network.symmetric) return `it is proved for W = W^T, but ${asymmetry(network)}`;
  for (const { name, activation } of network.layers) {
    const row = activationRow(activation.name);
    if (!row.convex(activation.parameters))
      return `it needs H >= 0, which '${activation.name}' (layer '${name}') does not have`;
    if (!Number.isFinite(row.supHessian(activation.parameters)))
      return `it needs a bounded H, and that of '${activation.name}' (layer '${name}') is not`;
  }
  return undefined;
}

function certified(model: Model, algebra: Algebra): Coefficients {
  const h = supHessian(model.network);
  if (model.energy.equation === 10) return [0, (CERTIFIED_MARGIN * h) / 4, 1];
  const norm = weightsNorm(model.network, algebra);
  return [0, (CERTIFIED_MARGIN * h * norm * norm) / 4, 1];
}

function resolveEnergy(model: Model, algebra: Algebra): Energy {
  const { equation, coefficients } = model.energy;
  if (equation === 4 || equation === 5)
    return {
      equation,
      coefficients: [0, 1, 0],
      certified: false,
      why: `eq. ${String(equation)} as it stands`,
    };
  if (typeof coefficients !== 'string')
    return { equation, coefficients, certified: false, why: 'given in the model file' };
  const obstacle = certifiedObstacle(model);
  if (coefficients === 'certified' && obstacle !== undefined)
    throw new MemscapeError({
      code: 'model-not-certified',
      what: `energy.coefficients: 'certified' does not apply to this model: ${obstacle}`,
      why: 'certified coefficients come with a proof (no blind spots, minima are exactly the stable fixed points), and the proof needs these conditions.',
      mend: 'leave the coefficients out to get the best that is known for this model, or give three numbers.',
      exitCode: 2,
    });
  if (obstacle === undefined) {
    const h = String(supHessian(model.network));
    return {
      equation,
      coefficients: certified(model, algebra),
      certified: true,
      why: `certified: W = W^T, H >= 0, h = ${h} (equations.md section 4, margin 1/4)`,
    };
  }
  const ownDesign = ['weights', 'polar', 'spectral', 'sylvester'].includes(model.dynamics.design.name);
  if (ownDesign && equation === 14 && inverseOf(model.network, algebra) === undefined)
    return {
      equation,
      coefficients: [0, 0, 1],
      certified: false,
      why: '|r|^2/2 alone: the first term needs W^-1, and W is singular',
    };
  if (ownDesign)
    return {
      equation,
      coefficients: [1, 0, 0],
      certified: false,
      why: `R = ${model.dynamics.design.name} makes the first term a Lyapunov function (Example 5)`,
    };
  return { equation, coefficients: [0, 0, 1], certified: false, why: `|r|^2/2 alone: ${obstacle}` };
}
