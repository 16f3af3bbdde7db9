/** The model in numbers: layers, W, b, and the checks that decide what can be proved about them. */
import { weightsOf } from '../analysis/linearisation.js';
import { activationRow } from '../model/activation.js';
import { weightsNorm } from '../model/norm.js';
import { formatNumber } from '../figure/number.js';
import type { Check, LayerFacts, NetworkFacts } from './data.js';
import type { Subject } from './subject.js';

/** W is listed up to here, and b. */
const LISTED = 8;
/** Singular values below this, relative to the largest, count as 0. */
const RANK = 1e-12;
/** Up to here |W| is exact (model/norm.ts). */
const EXACT = 512;

const finite = (value: number) => (Number.isFinite(value) ? value : null);

function layerFacts({ problem }: Subject): LayerFacts[] {
  return problem.network.layers.map(({ name, size, activation }) => {
    const row = activationRow(activation.name);
    return {
      name,
      size,
      activation: activation.name,
      parameters: activation.parameters,
      convex: row.convex(activation.parameters),
      supHessian: finite(row.supHessian(activation.parameters)),
    };
  });
}

/** |W|, its rank and its eigenvalues, where they were asked for. */
function weightFacts(
  { problem, inner, algebra }: Subject,
  decomposes: boolean,
): Pick<NetworkFacts, 'norm' | 'normIsBound' | 'rank' | 'eigenvalues'> {
  const { symmetric } = problem.network;
  if (!decomposes) {
    if (!symmetric) return { norm: null, normIsBound: false, rank: null, eigenvalues: null };
    const norm = weightsNorm(inner.network, algebra);
    return { norm, normIsBound: inner.network.size > EXACT, rank: null, eigenvalues: null };
  }
  const { s } = algebra.svd(weightsOf(inner.network));
  const values = symmetric ? algebra.symmetricValues(weightsOf(inner.network)) : undefined;
  return {
    norm: s[0],
    normIsBound: false,
    rank: s.filter((value) => value > RANK * s[0]).length,
    eigenvalues: values ? [values[0], values[values.length - 1]] : null,
  };
}

/** Everything about W, b and the layers. */
export function networkFacts(subject: Subject, decomposes: boolean): NetworkFacts {
  const { network } = subject.problem;
  const { size, bias, symmetric } = network;
  const w = size <= LISTED ? weightsOf(network).data : undefined;
  return {
    layers: layerFacts(subject),
    weights: w ? Array.from({ length: size }, (_, i) => [...w.subarray(i * size, (i + 1) * size)]) : null,
    ...weightFacts(subject, decomposes),
    symmetric,
    bias: {
      values: size <= LISTED ? [...bias] : null,
      least: bias.reduce((a, b) => Math.min(a, b)),
      greatest: bias.reduce((a, b) => Math.max(a, b)),
    },
  };
}

/** Largest |W_ij - W_ji|, where W is one small matrix. */
function asymmetry({ inner }: Subject): string {
  const { data, rows: n } = weightsOf(inner.network);
  let gap = 0;
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++) gap = Math.max(gap, Math.abs(data[i * n + j] - data[j * n + i]));
  return `max |W − Wᵀ| = ${formatNumber(gap)}`;
}

/** The preconditions of the paper's statements, and what each of them is for. */
export function checksOf(subject: Subject, { layers, symmetric }: NetworkFacts): Check[] {
  const bent = layers.filter(({ convex }) => !convex).map(({ name }) => name);
  const sup = layers.some(({ supHessian }) => supHessian === null)
    ? null
    : Math.max(...layers.map(({ supHessian }) => supHessian ?? 0));
  const { certified } = subject.problem.energy;
  return [
    {
      name: 'W = Wᵀ (eq. 2)',
      holds: symmetric,
      found: symmetric ? 'equal, to 10⁻⁶ max |W|' : asymmetry(subject),
      means: symmetric
        ? 'E4 is an energy of eq. 1, and the spectrum at every fixed point under R = I is real'
        : 'E4 is no energy here, cycles are possible; the third term |r|²/2 needs no symmetry',
    },
    {
      name: 'H ≥ 0 (eq. 3)',
      holds: bent.length === 0,
      found: bent.length === 0 ? 'for every layer, at every state' : `not for ${bent.join(', ')}`,
      means:
        bent.length === 0
          ? 'E4 never rises along eq. 1 (with W = Wᵀ)'
          : 'E4 may rise along eq. 1, and no certified coefficients exist',
    },
    {
      name: 'sup H is finite',
      holds: sup !== null,
      found: sup === null ? 'no' : `h = ${formatNumber(sup, 6)}`,
      means: 'with the two above: certified coefficients exist, an energy without blind spots for R = I',
    },
    {
      name: 'certified coefficients',
      holds: certified,
      found: certified ? 'in use' : subject.problem.energy.why,
      means: certified
        ? 'sym M ≥ 0.2 I: the gradient is zero at fixed points only, |grad E| ≥ 0.2 |r|'
        : 'what the chosen energy guarantees is under Certificates',
    },
  ];
}
