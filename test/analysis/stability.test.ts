/** What a fixed point is: spectra, Prop. 4, Hessians, bounds and errors (equations.md section 3; validation.md 1-3). */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fixedPointsFrom } from '../../src/analysis/fixed-points.js';
import { stabilityAt } from '../../src/analysis/stability.js';
import { loadAlgebra } from '../../src/model/algebra.js';
import { Evaluator, norm } from '../../src/model/evaluator.js';
import type { Problem } from '../../src/model/problem.js';
import { problemOf } from '../problem-of.js';
import { DESIGNS, random, randomMatrix, randomProblem, type Random } from '../random-model.js';

const algebra = await loadAlgebra();
const stability = (problem: Problem, state: readonly number[] | Float64Array) =>
  stabilityAt(new Evaluator(problem, algebra), algebra, Float64Array.from(state));
const seeds = (n: number, r: Random, count: number) =>
  Array.from({ length: count }, () => Float64Array.from({ length: n }, () => r.uniform(-4, 4)));
/** One neuron with y' = w g(y) + b - y and the fixed point `at`. */
const oneNeuron = (activation: string, g: number, at: number, weight = 0.5) =>
  problemOf({ layers: [[activation, 1]], weights: [[weight]], bias: [at - weight * g] });

interface Golden {
  readonly activation: string;
  readonly weights: readonly (readonly number[])[];
  readonly bias: readonly number[];
  readonly state: readonly number[];
  readonly spectrum: readonly (readonly [number, number])[];
  readonly reactivity: number;
  readonly multiplier: number;
}

describe('spectra', () => {
  test('agree with LAPACK on 24 networks, within the errors that are stated', () => {
    const cases = JSON.parse(
      readFileSync(new URL('../fixtures/spectra.json', import.meta.url), 'utf8'),
    ) as Golden[];
    expect(cases).toHaveLength(24);
    return Promise.all(
      cases.map(async ({ activation, weights, bias, state, spectrum, reactivity, multiplier }) => {
        const problem = await problemOf({ layers: [[activation, state.length]], weights, bias });
        const found = stability(problem, state);
        found.spectrum.forEach(({ re, im }, k) => {
          expect(re).toBeCloseTo(spectrum[k][0], 11);
          expect(im).toBeCloseTo(spectrum[k][1], 11);
        });
        expect(found.reactivity).toBeCloseTo(reactivity, 11);
        expect(found.asMap.modulus).toBeCloseTo(multiplier, 11);
        expect(found.estimatedError).toBeLessThan(1e-10);
        const unstable = spectrum.filter(([re]) => re > 0).length;
        const expected = unstable === 0 ? 'stable' : unstable === spectrum.length ? 'unstable' : 'saddle';
        expect(found.class).toBe(expected);
      }),
    );
  });

  test('n = 3 of the fixed-point finder: stable as the flow, unstable as the map', async () => {
    const line = [-1, 0, 1];
    const weights = line.map((_, i) => line.map((__, j) => -line[(j + i) % 3]));
    const problem = await problemOf({ layers: [['tanh', 3, { beta: 1 }]], weights, equation: 9 });
    const points = fixedPointsFrom(problem, algebra, seeds(3, random(5), 40)).filter(
      (p) => p.class === 'stable',
    );
    expect(points).toHaveLength(2);
    for (const { state } of points) {
      const { spectrum, asMap } = stability(problem, state);
      expect(spectrum[0].re).toBeCloseTo(-0.7147, 4);
      expect(asMap.modulus).toBeCloseTo(1.0064, 4);
      expect(asMap.class).toBe('saddle');
    }
  });
});

describe('dead directions', () => {
  test.each([
    ['gelu', -0.7517915246935646, -0.1699712074190612],
    ['silu', -1.278464542761074, -0.278464542761074],
    ['gaussian', 0, 1],
    ['power', 0, 0],
  ])('%s at its isolated zero of H is degenerate, not dead', async (name, at, g) => {
    const found = stability(
      name === 'power'
        ? await problemOf({ layers: [['power', 1, { n: 3 }]], weights: [[0.5]] })
        : await oneNeuron(name, g, at),
      [at],
    );
    expect(found).toMatchObject({
      deadDimensions: 0,
      degenerateDimensions: 1,
      alive: [true],
      restrictedSpectrum: [],
    });
    expect(found.class).toBe('stable');
  });

  test.each([
    ['relu', -1, 0],
    ['relu', -1e-4, 0],
    ['shrink', 0.3, 0],
    ['hard-tanh', 1.0001, 1],
    ['tanh', 9, Math.tanh(9)],
    ['gelu', -9, 0],
  ])('%s at %d is dead', async (name, at, g) => {
    const found = stability(await oneNeuron(name, g, at), [at]);
    expect(found).toMatchObject({
      deadDimensions: 1,
      degenerateDimensions: 0,
      alive: [false],
      class: 'stable',
    });
  });

  test('softmax: the shift, and the neurons that a saturated one silences', async () => {
    const zero = [0, 0, 0].map(() => [0, 0, 0]);
    const at = async (bias: number[]) =>
      stability(await problemOf({ layers: [['softmax', 3]], weights: zero, bias }), bias);
    expect(await at([0, 0.5, 1])).toMatchObject({ deadDimensions: 1, alive: [true, true, true] });
    expect(await at([0, 1, 40])).toMatchObject({ deadDimensions: 3, alive: [false, false, false] });
    expect(await at([39, -2, 40])).toMatchObject({ deadDimensions: 2, alive: [true, false, true] });
  });

  test('Prop. 4: the restricted verdict is the full one on 200 networks with dead neurons', async () => {
    const r = random(41);
    const tally = new Map<string, number>();
    let networks = 0;
    for (let attempt = 0; networks < 200; attempt++) {
      const n = r.integer(2, 6);
      const name = r.pick(['relu', 'hard-tanh', 'shrink', 'power', 'leaky-relu']);
      const parameters = name === 'leaky-relu' ? { a: 0 } : name === 'power' ? { n: 2 } : {};
      const problem = await problemOf({
        layers: [[name, n, parameters]],
        weights: randomMatrix(n, r, r.uniform() < 0.5),
        bias: Array.from({ length: n }, () => r.normal()),
        equation: r.pick([1, 9]),
      });
      const points = fixedPointsFrom(problem, algebra, seeds(n, r, 30)).filter(
        (p) => p.class !== 'undecided',
      );
      const dead = points.map((p) => stability(problem, p.state)).filter((s) => s.deadDimensions > 0);
      if (dead.length === 0) continue;
      networks++;
      for (const { restrictedSpectrum, spectrum, restrictedClass, class: kind, deadDimensions } of dead) {
        expect(restrictedSpectrum.length + deadDimensions).toBe(n);
        expect(restrictedSpectrum.every((e) => e.re < 0)).toBe(kind === 'stable');
        expect(restrictedClass).toBe(kind);
        // The rest of the spectrum is the decay of dead neurons, -1 each.
        const all = [...restrictedSpectrum.map((e) => e.re), ...Array<number>(deadDimensions).fill(-1)];
        all.sort((a, b) => b - a);
        all.forEach((re, k) => {
          expect(spectrum[k].re).toBeCloseTo(re, 9);
        });
        tally.set(kind, (tally.get(kind) ?? 0) + 1);
      }
    }
    expect(tally.get('stable')).toBeGreaterThan(50);
    expect(tally.get('saddle')).toBeGreaterThan(20);
  });
});

describe('energies and bounds', () => {
  test('the Hessian is that of differences of the gradient, for every design and energy', async () => {
    let compared = 0;
    for (const [k, design] of DESIGNS.entries())
      for (const equation of [9, 13] as const)
        for (const [seed, activation] of ['tanh', 'softplus', 'softmax'].entries()) {
          const problem = await randomProblem({
            activation,
            equation,
            design,
            energy: equation === 9 ? 10 : 14,
            thirdAlone: false,
            size: 3,
            seed: 100 * k + seed,
          });
          for (const { state } of fixedPointsFrom(problem, algebra, seeds(3, random(k), 20)).slice(0, 2)) {
            const { hessian } = stability(problem, state);
            const expected = algebra.symmetricEigen(gradientDifferences(problem, state)).values;
            const scale = Math.max(...expected.map(Math.abs));
            hessian?.forEach((value, i) => {
              expect(Math.abs(value - expected[i]) / scale).toBeLessThan(1e-6);
            });
            compared++;
          }
        }
    expect(compared).toBeGreaterThan(40);
  });

  test('no more directions are unstable than eigenvalues of W allow (Ostrowski), and the bound is reached', async () => {
    const r = random(17);
    let points = 0;
    let reached = 0;
    for (let k = 0; k < 120; k++) {
      const n = r.integer(2, 6);
      const problem = await problemOf({
        layers: [[r.pick(['relu', 'tanh', 'sigmoid', 'softmax', 'softplus']), n]],
        weights: randomMatrix(n, r, true),
        bias: Array.from({ length: n }, () => r.normal()),
      });
      for (const { state } of fixedPointsFrom(problem, algebra, seeds(n, r, 20))) {
        const { spectrum, unstableBound } = stability(problem, state);
        const unstable = spectrum.filter((e) => e.re > 0).length;
        expect(unstable).toBeLessThanOrEqual(unstableBound ?? -1);
        points++;
        if (unstable > 0 && unstable === unstableBound) reached++;
      }
    }
    expect(points).toBeGreaterThan(100);
    expect(reached).toBeGreaterThan(10);
  });
});

describe('undecided', () => {
  test('a line of fixed points, a pitchfork and a kink decide nothing; far from them everything is decided', async () => {
    const line = await problemOf({
      layers: [['identity', 2]],
      weights: [
        [1, 0],
        [0, 0.5],
      ],
    });
    expect(stability(line, [3, 0]).class).toBe('undecided');
    const pitchfork = await problemOf({ layers: [['tanh', 1]], weights: [[1]] });
    expect(stability(pitchfork, [0]).class).toBe('undecided');
    // Newton stops 1e-5 away from the triple zero, where the eigenvalue is -1e-10 and |r| is rounding.
    expect(stability(pitchfork, [1e-5]).class).toBe('undecided');
    const kink = await problemOf({ layers: [['relu', 1]], weights: [[2]], bias: [0] });
    expect(stability(kink, [0]).class).toBe('undecided');
    for (const weight of [0.999, 1.001])
      expect(stability(await problemOf({ layers: [['tanh', 1]], weights: [[weight]] }), [0]).class).toBe(
        weight < 1 ? 'stable' : 'unstable',
      );
  });

  test('a defective eigenvalue is given the error that it has', async () => {
    // A Jordan block: W H - 1 = [[-1e-9, 1], [0, -1e-9]] moves by sqrt(perturbation), about 1e-8.
    const problem = await problemOf({
      layers: [['identity', 2]],
      weights: [
        [1 - 1e-9, 1],
        [0, 1 - 1e-9],
      ],
    });
    const { class: kind, estimatedError } = stability(problem, [0, 0]);
    expect(kind).toBe('undecided');
    expect(estimatedError).toBeGreaterThan(1e-9);
    expect(estimatedError).toBeLessThan(1e-5);
  });

  test('a continuum does not hide that a point is a saddle', async () => {
    const problem = await problemOf({
      layers: [['identity', 3]],
      weights: [
        [1, 0, 0],
        [0, 3, 0],
        [0, 0, 0],
      ],
    });
    expect(stability(problem, [2, 0, 0]).class).toBe('saddle');
  });
});

/** Central differences of grad E, symmetrised. */
function gradientDifferences(problem: Problem, state: Float64Array) {
  const evaluator = new Evaluator(problem, algebra);
  const n = state.length;
  const step = 1e-5 * (1 + norm(state));
  const data = new Float64Array(n * n);
  for (let j = 0; j < n; j++)
    for (const sign of [1, -1]) {
      evaluator.moveTo(state.map((v, i) => (i === j ? v + sign * step : v)));
      const product = evaluator.metricTimesResidual();
      for (let i = 0; i < n; i++) {
        const slope = (-sign * product[i]) / (2 * step);
        data[i * n + j] += slope / 2;
        data[j * n + i] += slope / 2;
      }
    }
  return { rows: n, columns: n, data };
}
