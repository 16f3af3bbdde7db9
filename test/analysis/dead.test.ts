/** Flat directions: dead, degenerate, or not flat at all, for every activation that has a zero of H. */
import { describe, expect, test } from 'vitest';
import { deadNeuronsAt, flatDirection } from '../../src/analysis/dead.js';
import { hessianSpectrum } from '../../src/analysis/dead-directions.js';
import { loadAlgebra } from '../../src/model/algebra.js';
import { layer64 } from '../../src/model/layer64.js';
import { Evaluator } from '../../src/model/evaluator.js';
import { problemOf } from '../problem-of.js';

const algebra = await loadAlgebra();

async function one(name: string, x: number, parameters: Record<string, number> = {}) {
  const problem = await problemOf({ layers: [[name, 1, parameters]], weights: [[0.5]], bias: [0.2] });
  return deadNeuronsAt(problem, algebra, Float64Array.of(x));
}

/** Zero of a continuous function between lo and hi. */
function root(f: (x: number) => number, lo: number, hi: number): number {
  for (let k = 0; k < 200; k++) {
    const middle = (lo + hi) / 2;
    if (f(lo) * f(middle) <= 0) hi = middle;
    else lo = middle;
  }
  return (lo + hi) / 2;
}

function zeroOfHessian(name: string, parameters: Record<string, number>, lo: number, hi: number) {
  const { elementwise } = layer64(name, parameters);
  if (!elementwise) throw new RangeError(name);
  return root(elementwise.hessian, lo, hi);
}

describe('one neuron', () => {
  test.each([
    ['relu', -0.7, {}, 'dead', 'half-line'],
    ['relu', 0, {}, 'dead', 'half-line'],
    ['leaky-relu', -2, { a: 0 }, 'dead', 'half-line'],
    ['power', -0.7, { n: 3 }, 'dead', 'half-line'],
    ['power', 0, { n: 3 }, 'degenerate', 'half-line'],
    ['power', 0, { n: 5 }, 'degenerate', 'half-line'],
    ['hard-tanh', 1.5, {}, 'dead', 'half-line'],
    ['hard-tanh', -1, {}, 'dead', 'half-line'],
    ['shrink', 0.3, { t: 1 }, 'dead', 'interval'],
    ['shrink', 0, { t: 1e-4 }, 'dead', 'interval'],
    ['sigmoid', -20, { beta: 1 }, 'dead', 'half-line'],
    ['tanh', 9, { beta: 1 }, 'dead', 'half-line'],
    ['arctan', 2000, { beta: 1 }, 'dead', 'half-line'],
    ['softplus', -30, {}, 'dead', 'half-line'],
    ['elu', -30, { a: 1 }, 'dead', 'half-line'],
    ['selu', -30, {}, 'dead', 'half-line'],
    ['gelu', -10, {}, 'dead', 'half-line'],
    ['silu', -40, {}, 'dead', 'half-line'],
    ['gaussian', 6, {}, 'dead', 'half-line'],
    ['gaussian', 0, {}, 'degenerate', 'point'],
    ['smu', -30, { a: 0, mu: 1 }, 'dead', 'half-line'],
    ['softmax', 3, { beta: 1 }, 'dead', 'line'],
    ['layer-norm', 3, { eps: 1e-5 }, 'dead', 'line'],
  ] as const)('%s at %d is %s', async (name, x, parameters, verdict, set) => {
    const report = await one(name, x, parameters);
    expect(report.nullDimension).toBe(1);
    expect(report.directions[0]).toMatchObject({ verdict, set });
    expect(report.deadDimension).toBe(verdict === 'dead' ? 1 : 0);
  });

  test.each([
    ['gelu', {}, -0.9, -0.6, -0.752],
    ['silu', {}, -1.5, -1.1, -1.278],
    ['smu', { a: 0.05, mu: 1 }, -1, -0.1, NaN],
  ] as const)('the isolated zero of H of %s is degenerate', async (name, parameters, lo, hi, known) => {
    const zero = zeroOfHessian(name, parameters, lo, hi);
    if (!Number.isNaN(known)) expect(zero).toBeCloseTo(known, 3);
    const { directions } = await one(name, zero, parameters);
    expect(directions[0]).toMatchObject({ verdict: 'degenerate', set: 'point' });
    const far = directions[0].probes.filter(({ length }) => Math.abs(length) > 0.1);
    expect(Math.min(...far.map(({ energy }) => Math.abs(energy ?? 0)))).toBeGreaterThan(1e-4);
  });

  test('identity, leaky-relu and smu with a > 0 never die', async () => {
    for (const name of ['identity', 'leaky-relu', 'smu']) {
      const parameters = name === 'smu' ? { a: 0.25, mu: 1 } : name === 'leaky-relu' ? { a: 0.01 } : {};
      for (const x of [-1e3, -1, 0.5, 1e3]) expect((await one(name, x, parameters)).nullDimension).toBe(0);
    }
  });

  test('the ends of a flat set are where g wakes', async () => {
    const shrink = (await one('shrink', 0.3, { t: 1 })).directions[0];
    expect(shrink.ends[0]).toBeCloseTo(-1.3, 5);
    expect(shrink.ends[1]).toBeCloseTo(0.7, 5);
    const relu = (await one('relu', -0.7)).directions[0];
    expect(relu.ends[0]).toBeNull();
    expect(relu.ends[1]).toBeCloseTo(0.7, 5);
  });

  test('the other tail of a gaussian lies behind its bump', async () => {
    for (const x of [-10, -3000]) {
      const [{ ends, set }] = (await one('gaussian', x)).directions;
      expect(set).toBe('half-line');
      expect(ends[0]).toBeNull();
      expect(x + (ends[1] ?? NaN)).toBeLessThan(-3);
      expect(x + (ends[1] ?? NaN)).toBeGreaterThan(-5);
    }
  });

  test('counterexample: E4 is flat along a half-line at the zero of a power neuron, although it is degenerate', async () => {
    const [found] = (await one('power', 0, { n: 3 })).directions;
    const behind = found.probes.filter(({ length }) => length < 0);
    const ahead = found.probes.filter(({ length }) => length > 0.1);
    for (const { energy, reaction } of behind) expect([energy, reaction]).toEqual([0, 0]);
    for (const { energy } of ahead) expect(Math.abs(energy ?? 0)).toBeGreaterThan(1e-3);
  });
});

describe('layers', () => {
  test('a saturated softmax: its shift and every neuron that is out of the race', async () => {
    const problem = await problemOf({
      layers: [['softmax', 4, { beta: 1 }]],
      weights: Array.from({ length: 4 }, (_, i) => [0, 1, 2, 3].map((j) => (i === j ? 0.5 : 0.1))),
    });
    const { directions, rank } = deadNeuronsAt(problem, algebra, Float64Array.of(0.2, 0, -40, -50));
    expect(rank).toBe(1);
    expect(directions.map(({ neurons }) => neurons)).toEqual([[2], [3], [0, 1]]);
    for (const { verdict } of directions) expect(verdict).toBe('dead');
    expect(directions.map(({ set }) => set)).toEqual(['half-line', 'half-line', 'half-line']);
  });

  test('eq. 9 is told in the argument of g', async () => {
    const given = {
      layers: [['relu', 2]],
      weights: [
        [0, -1.5],
        [-1.5, 0],
      ],
      bias: [1, 1],
    } as const;
    const nine = await problemOf({ ...given, equation: 9 });
    // u = (1, 0): z = (1, -0.5), the memory of eq. 1.
    expect(deadNeuronsAt(nine, algebra, Float64Array.of(1, 0)).alive).toEqual([true, false]);
    const one = await problemOf(given);
    expect(deadNeuronsAt(one, algebra, Float64Array.of(1, -0.5)).alive).toEqual([true, false]);
  });

  test("a direction of one's own: across layers, and one that is not flat", async () => {
    const problem = await problemOf({
      layers: [
        ['relu', 1],
        ['tanh', 1],
      ],
      weights: [
        [0, 1],
        [1, 0],
      ],
    });
    const state = Float64Array.of(-1, 0.1);
    const flat = flatDirection(problem, algebra, state, Float64Array.of(3, 0));
    expect(flat).toMatchObject({ verdict: 'dead', layer: 'l0', direction: [1, 0] });
    const steep = flatDirection(problem, algebra, state, Float64Array.of(1, 1));
    expect(steep).toMatchObject({ verdict: 'not-flat', layer: null });
    expect(() => flatDirection(problem, algebra, state, new Float64Array(2))).toThrow(RangeError);
  });
});

test('the two ways to tell what is dead agree, on edges as well', async () => {
  const cases: [string, Record<string, number>, number[]][] = [
    ['relu', {}, [0]],
    ['leaky-relu', { a: 0 }, [0]],
    ['power', { n: 2 }, [0]],
    ['power', { n: 3 }, [0]],
    ['power', { n: 4.5 }, [0]],
    ['hard-tanh', {}, [-1, 1]],
    ['shrink', { t: 1 }, [-1, 1]],
    ['gelu', {}, [-0.7517916243860979, -7]],
    ['gaussian', {}, [0, 6]],
    ['tanh', {}, [0, 7.6]],
    ['softplus', {}, [0, -13.8155]],
  ];
  const tally = { dead: 0, degenerate: 0, alive: 0 };
  for (const [name, parameters, edges] of cases) {
    const problem = await problemOf({ layers: [[name, 1, parameters]], weights: [[0.5]] });
    const evaluator = new Evaluator(problem, algebra);
    for (const edge of edges)
      for (const off of [0, 1e-12, 1e-9, 1e-7, 5e-7, 1e-5, 1e-3, 0.1].flatMap((d) => [-d, d])) {
        const state = Float64Array.of(edge + off);
        evaluator.moveTo(state);
        const { kinds, alive } = hessianSpectrum(evaluator, algebra);
        const walked = deadNeuronsAt(problem, algebra, state);
        const verdict = walked.directions.at(0)?.verdict ?? 'alive';
        expect(kinds, `${name} at ${String(edge)} + ${String(off)}`).toEqual([verdict]);
        expect(walked.alive).toEqual(alive);
        expect(alive).toEqual([verdict !== 'dead']);
        tally[kinds[0]]++;
      }
  }
  for (const seen of Object.values(tally)) expect(seen).toBeGreaterThan(20);
});
