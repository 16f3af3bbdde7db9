/**
 * `dynamics` and `energy` of a model file: which equation, which R, which coefficients. What can be decided from
 * the names alone is decided here; what needs numbers (symmetry, H >= 0, certified) is decided with them later.
 */
import { findActivation } from '../model/activation.js';
import { layer64 } from '../model/layer64.js';
import { describe, finiteNumber, quote, refuse } from '../model/check.js';
import { readMatrix } from './array.js';
import { readArray, readFields, readOneOf } from './read.js';
import type { OpenArray } from './stored.js';
import type {
  Coefficients,
  DesignChoice,
  DynamicsChoice,
  EnergyChoice,
  EnergyEquation,
  Equation,
  Layer,
} from '../types.js';

const equations: readonly Equation[] = [1, 9, 13];
const namedDesigns = ['identity', 'weights', 'polar', 'gradient', 'adaptive-polar'] as const;
const spectralFunctions = ['linear', 'tanh', 'sign'] as const;

/** Which dynamics an energy belongs to. */
const partners: Readonly<Record<EnergyEquation, readonly Equation[]>> = {
  4: [1, 13],
  5: [1, 13],
  10: [9],
  14: [1, 13],
};

/** `dynamics`, default `{ "equation": 1 }`; `size` is N. */
export async function readDynamics(value: unknown, size: number, open: OpenArray): Promise<DynamicsChoice> {
  const fields = readFields(value, 'dynamics', ['equation', 'R']);
  const given = fields.has('equation') ? fields.get('equation') : 1;
  const equation = readOneOf(given, 'dynamics.equation', equations, 'these are the dynamics of the paper.');
  const design: DesignChoice = fields.has('R')
    ? await readDesign(fields.get('R'), size, open)
    : { name: 'identity' };
  if (equation === 1 && design.name !== 'identity') {
    refuse({
      code: 'model-combination',
      path: 'dynamics.R',
      expected: 'no R with equation 1',
      found: quote(design.name),
      why: 'R belongs to the modified systems, equations 9 and 13; equation 1 is equation 13 with R = identity.',
      mend: 'set "equation" to 13 (state y) or 9 (state u), or remove "R"',
    });
  }
  return { equation, design };
}

async function readDesign(value: unknown, size: number, open: OpenArray): Promise<DesignChoice> {
  const path = 'dynamics.R';
  const matrix = (given: unknown, place: string) => {
    const meaning = `it acts on the ${String(size)} neurons`;
    return readMatrix(given, place, { rows: size, columns: size, meaning }, open);
  };
  if (typeof value === 'string') {
    if (value === 'matrix' || value === 'spectral' || value === 'sylvester') {
      const example = { matrix: '[[..], ..]', spectral: '"tanh"', sylvester: '"identity"' }[value];
      return refuse({
        code: 'model-choice',
        path,
        expected: `an object for R = ${value}`,
        found: describe(value),
        why: 'this R is not complete without more data.',
        mend: `write { "${value}": ${example} }`,
      });
    }
    return {
      name: readOneOf(value, path, namedDesigns, 'these are the designs of R that need no further data.'),
    };
  }
  const fields = readFields(value, path, ['matrix', 'spectral', 'sylvester']);
  if (fields.size !== 1) {
    refuse({
      code: 'model-choice',
      path,
      expected: 'exactly one of the keys matrix, spectral, sylvester',
      found: describe(value),
      why: 'they are different designs of R.',
      mend: `keep one of them, or write one of the names ${namedDesigns.join(', ')}`,
    });
  }
  if (fields.has('spectral')) {
    const why = 'f acts on the eigenvalues of W and must have x f(x) >= 0.';
    return {
      name: 'spectral',
      function: readOneOf(fields.get('spectral'), `${path}.spectral`, spectralFunctions, why),
    };
  }
  if (fields.has('matrix'))
    return { name: 'matrix', matrix: await matrix(fields.get('matrix'), `${path}.matrix`) };
  const right = fields.get('sylvester');
  const why = 'R solves W R + R W = P, for a given P > 0.';
  return {
    name: 'sylvester',
    matrix:
      typeof right === 'string'
        ? readOneOf(right, `${path}.sylvester`, ['identity'] as const, why)
        : await matrix(right, `${path}.sylvester`),
  };
}

/** `energy`, default equation 10 for dynamics 9, else 14, with default coefficients. */
export function readEnergy(value: unknown, dynamics: DynamicsChoice, layers: readonly Layer[]): EnergyChoice {
  const fields = readFields(value, 'energy', ['equation', 'coefficients']);
  const names: readonly EnergyEquation[] = [4, 5, 10, 14];
  const given = fields.has('equation') ? fields.get('equation') : dynamics.equation === 9 ? 10 : 14;
  const equation = readOneOf(given, 'energy.equation', names, 'these are the energies of the paper.');
  if (!partners[equation].includes(dynamics.equation)) {
    const fitting = names.filter((name) => partners[name].includes(dynamics.equation));
    refuse({
      code: 'model-combination',
      path: 'energy.equation',
      expected: `${fitting.join(', ')} for dynamics ${String(dynamics.equation)}`,
      found: String(equation),
      why: `energy ${String(equation)} is a function of the state of equation ${partners[equation].join(' or ')}.`,
      mend: `choose energy ${fitting.join(' or ')}, or dynamics ${partners[equation].join(' or ')}`,
    });
  }
  if (equation === 5) requireInvertible(layers);
  if (!fields.has('coefficients')) return { equation, coefficients: 'default' };
  if (equation === 4 || equation === 5) {
    refuse({
      code: 'model-combination',
      path: 'energy.coefficients',
      expected: `no coefficients with energy ${String(equation)}`,
      found: describe(fields.get('coefficients')),
      why: 'only energies 10 and 14 are mixtures.',
      mend: 'remove "coefficients", or choose energy 14 (energy 4 is 14 with [0, 1, 0])',
    });
  }
  return { equation, coefficients: readCoefficients(fields.get('coefficients')) };
}

function readCoefficients(value: unknown): Coefficients | 'certified' {
  const path = 'energy.coefficients';
  if (typeof value === 'string') {
    return readOneOf(value, path, ['certified'] as const, 'coefficients are three numbers or "certified".');
  }
  const given = readArray(value, path, '3 numbers, or "certified"');
  if (given.length !== 3) {
    refuse({
      code: 'model-shape',
      path,
      expected: '3 numbers',
      found: String(given.length),
      why: 'energies 10 and 14 have three terms.',
      mend: 'write e.g. [0, 1, 0] or "certified"',
    });
  }
  const [first, second, third] = given.map((item, index) => finiteNumber(item, `${path}[${String(index)}]`));
  return [first, second, third];
}

/**
 * Equation 5 integrates g^-1. Invertible is an activation whose row integrates it in closed form, and smu where
 * it is strictly increasing (h > 0): there E5 is E4 along x = g(y) up to a constant.
 */
function requireInvertible(layers: readonly Layer[]): void {
  for (const [index, { activation }] of layers.entries()) {
    const { name, parameters } = activation;
    const increasing = name === 'smu' && findActivation(name)?.convex(parameters) === true;
    if (increasing || layer64(name, parameters).inverseIntegral !== undefined) continue;
    refuse({
      code: 'model-combination',
      path: `layers[${String(index)}].activation`,
      expected: 'an activation that is invertible neuron by neuron, because energy 5 was chosen',
      found: quote(name),
      why: 'equation 5 integrates the inverse of g.',
      mend: 'choose energy 4, which equals 5 up to a constant where g is invertible, or e.g. "tanh"',
    });
  }
}
