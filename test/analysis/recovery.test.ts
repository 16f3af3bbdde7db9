/** Minima of eq. 4 and the steady states behind them (Prop. 4): recovered or spurious, and the flat regions that drain. */
import { describe, expect, test } from 'vitest';
import { deadNeuronsAt } from '../../src/analysis/dead.js';
import { descendE4 } from '../../src/analysis/descent.js';
import { fixedPointsFrom } from '../../src/analysis/fixed-points.js';
import { byFlatRegion, recover } from '../../src/analysis/recovery.js';
import { settle } from '../../src/analysis/settle.js';
import { loadAlgebra } from '../../src/model/algebra.js';
import { Evaluator, norm } from '../../src/model/evaluator.js';
import { random, randomMatrix } from '../random-model.js';
import { problemOf } from '../problem-of.js';

const algebra = await loadAlgebra();
const LONG = process.env.MEMSCAPE_LONG === '1';

const distance = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  norm(Float64Array.from(a, (value, i) => value - b[i]));

/** A random symmetric network of relu, hard-tanh and shrink layers, scaled so that E4 is bounded below. */
async function randomNetwork(seed: number) {
  const r = random(seed);
  const n = r.integer(2, 6);
  const name = r.pick(['relu', 'relu', 'relu', 'hard-tanh', 'shrink', 'power']);
  const raw = randomMatrix(n, r, true);
  const { values } = algebra.symmetricEigen(raw);
  const top = Math.max(...values);
  // Unbounded energies have no minimum to recover from: relu, shrink and power need lambda_max(W) < 1.
  const scale = name === 'hard-tanh' || top < 0.9 ? 1 : 0.9 / top;
  return {
    r,
    n,
    problem: await problemOf({
      layers: [[name, n, name === 'shrink' ? { t: 1 } : name === 'power' ? { n: 2 } : {}]],
      weights: { ...raw, data: raw.data.map((w) => scale * w) },
      bias: Array.from({ length: n }, () => r.normal()),
    }),
  };
}

describe('descent and recovery', () => {
  test('the spurious minimum of equations.md: a dead neuron wants to wake', async () => {
    const problem = await problemOf({
      layers: [['relu', 2]],
      weights: [
        [0, 0.5],
        [0.5, 0],
      ],
      bias: [1, 1],
    });
    const found = recover(problem, algebra, Float64Array.of(1, -3));
    expect(found).toMatchObject({ verdict: 'spurious', wakes: [1], deadDimensions: 1 });
    expect(found.state).toEqual([1, 1.5]);
    expect(found.residualBefore).toBeCloseTo(4.5, 12);
    expect(found.flow).toMatchObject({ outcome: 'converged', class: 'stable' });
    expect(distance(found.flow.state, [2, 2])).toBeLessThan(1e-9);
  });

  test('a true one: the dead neuron of the winner-take-all network is brought home', async () => {
    const problem = await problemOf({
      layers: [['relu', 2]],
      weights: [
        [0, -1.5],
        [-1.5, 0],
      ],
      bias: [1, 1],
    });
    const { state, outcome } = descendE4(problem, algebra, Float64Array.of(0.8, -7));
    expect(outcome).toBe('minimum');
    expect([...state]).toEqual([1, -7]);
    const found = recover(problem, algebra, state);
    expect(found).toMatchObject({ verdict: 'recovered', wakes: [] });
    expect(found.state).toEqual([1, -0.5]);
    expect(found.residualAfter).toBeLessThan(1e-12);
  });

  test('an energy without a floor is said to have none', async () => {
    const problem = await problemOf({
      layers: [
        ['tanh', 1],
        ['relu', 1],
      ],
      weights: [
        [2, 0],
        [0, 2],
      ],
      bias: [0, -1],
    });
    expect(descendE4(problem, algebra, Float64Array.of(0.1, 5)).outcome).toBe('unbounded');
    expect(descendE4(problem, algebra, Float64Array.of(0.1, 0.5)).outcome).toBe('minimum');
  });

  test('W that is not symmetric is refused', async () => {
    const problem = await problemOf({
      layers: [['relu', 2]],
      weights: [
        [0, 1],
        [0, 0],
      ],
    });
    expect(() => recover(problem, algebra, new Float64Array(2))).toThrow(/W is not symmetric/);
  });

  const wanted = LONG ? 200 : 50;
  const title = `${String(wanted)} networks with dead neurons: every minimum is recovered or spurious, and a true flat region drains from 50 far starts`;
  test(title, async () => {
    const share = { recovered: 0, spurious: 0 };
    let drained = 0;
    for (let seed = 1; share.recovered + share.spurious < wanted; seed++) {
      const { problem, r, n } = await randomNetwork(seed);
      const start = Float64Array.from({ length: n }, () => 3 * r.normal());
      const descent = descendE4(problem, algebra, start);
      expect(descent.outcome, `seed ${String(seed)}`).toBe('minimum');
      const evaluator = new Evaluator(problem, algebra);
      evaluator.moveTo(descent.state);
      if (evaluator.lifted.deadCount(evaluator.x) === 0) continue;
      const found = recover(problem, algebra, descent.state);
      if (found.verdict === 'spurious') {
        share.spurious++;
        expect(found.wakes.length).toBeGreaterThan(0);
        expect(found.flow.outcome).toBe('converged');
        continue;
      }
      expect(found.verdict, `seed ${String(seed)}`).toBe('recovered');
      share.recovered++;
      expect(found.residualAfter).toBeLessThan(1e-10);
      // Anywhere in the flat region: along every dead direction as far as it reaches, but not beyond 30.
      const flats = deadNeuronsAt(problem, algebra, descent.state).directions;
      for (let k = 0; k < 50; k++) {
        const far = Float64Array.from(descent.state);
        for (const { ends, direction } of flats) {
          const c = r.uniform(Math.max(-30, ends[0] ?? -30), Math.min(30, ends[1] ?? 30));
          direction.forEach((v, i) => (far[i] += 0.999 * c * v));
        }
        const end = settle(problem, algebra, far);
        expect(end.outcome).toBe('converged');
        expect(distance(end.state, found.state), `seed ${String(seed)}`).toBeLessThan(1e-7);
        drained++;
      }
    }
    console.log(`minima with dead neurons: ${JSON.stringify(share)}, far starts drained: ${String(drained)}`);
    expect(share.recovered).toBeGreaterThan(wanted / 20);
    expect(share.spurious).toBeGreaterThan(wanted / 4);
    expect(drained).toBe(50 * share.recovered);
  });

  test('a flat region supports at most one steady state', async () => {
    let points = 0;
    for (let seed = 1; seed <= 60; seed++) {
      const { problem, r, n } = await randomNetwork(1000 + seed);
      const seeds = Array.from({ length: 40 }, () => Float64Array.from({ length: n }, () => 3 * r.normal()));
      const states = fixedPointsFrom(problem, algebra, seeds).map(({ state }) => state);
      points += states.length;
      expect(byFlatRegion(problem, algebra, states).map((group) => group.length)).toEqual(
        states.map(() => 1),
      );
    }
    expect(points).toBeGreaterThan(60);
  });
});
