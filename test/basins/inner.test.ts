/** Inner bounds: the functions they rest on fall, the flow agrees, and proofs are claimed only where they hold. */
import { describe, expect, test } from 'vitest';
import { findFixedPoints } from '../../src/analysis/find-fixed-points.js';
import { certify } from '../../src/basins/ball.js';
import { mapBasins } from '../../src/basins/basins.js';
import { ellipseIn, isInEllipsoid, lyapunovEllipsoid } from '../../src/basins/inner.js';
import { innerBounds, prepareIterates } from '../../src/basins/measures.js';
import { provedShares } from '../../src/basins/proved.js';
import { prepareSystem } from '../../src/basins/system.js';
import { CpuBackend } from '../../src/cpu/backend.js';
import { loadModel } from '../../src/io/files.node.js';
import { loadAlgebra } from '../../src/model/algebra.js';
import { Evaluator } from '../../src/model/evaluator.js';
import { resolveProblem } from '../../src/model/problem.js';
import { stateAt } from '../../src/model/sampling.js';
import { problemOf } from '../problem-of.js';
import { random, randomMatrix } from '../random-model.js';
import { cube, doubleWells, problemFrom, square } from './kit.js';

const algebra = await loadAlgebra();
const cpu = new CpuBackend();

const volume = (s: Float64Array, radius: number) => s.reduce((sum, v) => sum + Math.log(radius / v), 0);

/** V = |T (y - y*)|^2 falls along the flow at random states of the ellipsoid; its volume against the contracting one's. */
function falls(evaluator: Evaluator, state: Float64Array): number | undefined {
  const found = lyapunovEllipsoid(evaluator, algebra, state);
  if (!found.certified) return undefined;
  const { transform, radius, ball } = found;
  const n = state.length;
  const inverse = algebra.inverse(transform);
  const r = random(2);
  const through = (v: Float64Array, { data } = transform) =>
    v.map((_, i) => v.reduce((sum, x, j) => sum + data[i * n + j] * x, 0));
  for (let k = 0; k < 80; k++) {
    const direction = Float64Array.from({ length: n }, () => r.normal());
    const size = (radius * (k % 2 === 0 ? 1 : r.uniform())) / Math.hypot(...direction);
    const v = through(
      direction.map((x) => x * size),
      inverse,
    );
    const at = state.map((x, i) => x + v[i]);
    evaluator.moveTo(at);
    const [tv, tf] = [through(v), through(Float64Array.from(evaluator.velocity()))];
    expect(tv.reduce((sum, x, i) => sum + x * tf[i], 0)).toBeLessThan(0);
    // The ball lies within.
    const pushed = state.map((x, i) => x + (0.999 * ball * direction[i]) / Math.hypot(...direction));
    expect(isInEllipsoid(found, state, pushed)).toBe(true);
  }
  const contracting = certify(evaluator, algebra, state);
  if (!contracting.certified) return Infinity;
  const own = contracting.ellipsoid;
  return volume(algebra.svd(transform).s, radius) - volume(algebra.svd(own.transform).s, own.radius);
}

describe('Lyapunov ellipsoids', () => {
  test.each([
    'two-attractor-sigmoid',
    'hopfield-1984',
    'fixed-point-finder-3',
    'winner-take-all-krotov-hopfield',
  ])('V falls all over them, and they are no smaller (by 5 %) than what contracts: %s', async (name) => {
    const problem = await problemFrom(name);
    const { points } = await findFixedPoints(problem, algebra, { starts: 128, box: [-9, 9] });
    const stable = points.filter((p) => p.class === 'stable');
    const gains = stable.map(({ state }) => falls(new Evaluator(problem, algebra), state));
    expect(gains.some((gain) => gain !== undefined)).toBe(true);
    for (const gain of gains) expect(gain ?? 0).toBeGreaterThan(-0.05);
  });

  test('secant slopes reach far beyond contraction, nearly to the saddle', async () => {
    const problem = await doubleWells(1);
    // y = 2 tanh y; contraction ends where 2 (1 - tanh^2 y) = 1, V = (y - y*)^2 rises only beyond the saddle 0.
    const memory = Float64Array.of(1.9150080481545368);
    const found = lyapunovEllipsoid(new Evaluator(problem, algebra), algebra, memory);
    const contracting = memory[0] - Math.asinh(1);
    expect(found).toMatchObject({ certified: true });
    if (!found.certified) return;
    expect(found.ball).toBeGreaterThan(1.5 * contracting);
    expect(found.ball).toBeLessThan(memory[0]);
  });

  test('nothing is proved of the map, whose steps may jump out of what the flow never leaves', async () => {
    const problem = await doubleWells(1);
    const { points } = await findFixedPoints(problem, algebra, { starts: 64 });
    const system = await prepareIterates(problem, algebra, points);
    const bounds = await innerBounds(system, { complete: true, how: 'known' });
    expect(bounds.map((bound) => bound?.ellipsoid.certified)).toEqual([false, false]);
  });

  test('asymmetric W under a constant R, eqs. 9 and 13', async () => {
    const r = random(12);
    let certified = 0;
    for (const equation of [9, 13] as const)
      for (let trial = 0; trial < 4; trial++) {
        const n = r.integer(2, 4);
        const near = randomMatrix(n, r, false);
        const matrix = { ...near, data: near.data.map((v, k) => 0.2 * v + (k % (n + 1) === 0 ? 1 : 0)) };
        const problem = await problemOf({
          layers: [[r.pick(['tanh', 'softplus', 'relu']), n]],
          weights: randomMatrix(n, r, false),
          bias: Array.from({ length: n }, () => r.normal()),
          equation,
          design: { name: 'matrix', matrix },
          energy: { equation: equation === 9 ? 10 : 14, coefficients: [0, 0, 1] },
        });
        const { points } = await findFixedPoints(problem, algebra, { starts: 32 });
        for (const { state } of points.filter((p) => p.class === 'stable'))
          if (falls(new Evaluator(problem, algebra), state) !== undefined) certified++;
      }
    expect(certified).toBeGreaterThan(3);
  });

  test('a plane cuts them in the ellipse that is drawn, or misses them', async () => {
    const problem = await doubleWells(3);
    const { points } = await findFixedPoints(problem, algebra, { starts: 64 });
    const { state } = points.find((p) => p.class === 'stable') ?? { state: new Float64Array(3) };
    const found = lyapunovEllipsoid(new Evaluator(problem, algebra), algebra, state);
    if (!found.certified) throw new Error('double wells have ellipsoids');
    const axes = [Float64Array.of(1, 0.3, 0), Float64Array.of(0.2, 1, 0.1)];
    const curve = ellipseIn(
      found,
      state,
      state.map((v) => v + 0.1 * found.ball),
      axes,
    );
    expect(curve.length).toBeGreaterThan(50);
    for (const [s, t] of curve) {
      const y = state.map((v, i) => v + 0.1 * found.ball + s * axes[0][i] + t * axes[1][i]);
      expect(isInEllipsoid({ ...found, radius: found.radius * (1 + 1e-9) }, state, y)).toBe(true);
      expect(isInEllipsoid({ ...found, radius: found.radius * (1 - 1e-9) }, state, y)).toBe(false);
    }
    expect(
      ellipseIn(
        found,
        state,
        state.map((v) => v + 50),
        axes,
      ),
    ).toEqual([]);
  });
});

describe('shares of the basin', () => {
  test.each([
    ['winner-take-all-krotov-hopfield', 3, true],
    ['two-attractor-sigmoid', 12, false],
  ])(
    '%s: no start in a bound goes elsewhere, and wells are proved only by a census',
    async (name, reach, proved) => {
      const model = await loadModel(`models/${name}.json`);
      const problem = await resolveProblem(model);
      const certified = await resolveProblem({
        ...model,
        energy: { equation: 14, coefficients: 'certified' },
      });
      const search = await findFixedPoints(problem, algebra, { starts: 128, box: [-reach, reach] });
      const system = prepareSystem(problem, algebra, search.points, cube(2, 32, reach, 1));
      const grid = square(2, [60, 60], [-reach, reach]);
      const { labels } = await mapBasins(cpu, system, grid, { full: true });
      const evaluator = new Evaluator(certified, algebra);
      const state = new Float64Array(2);
      const energies = Float64Array.from(labels, (_, k) => {
        stateAt(grid, k % 60, Math.floor(k / 60), state);
        evaluator.moveTo(state);
        return evaluator.energy();
      });
      const bounds = await innerBounds(system, search, certified);
      const shares = await provedShares(system, bounds, grid, labels, energies);
      const saddle = search.points.find((p) => p.class === 'saddle');
      evaluator.moveTo(saddle?.state ?? state);
      const pass = evaluator.energy();
      bounds.forEach((bound, own) => {
        expect(bound?.well?.certified).toBe(proved);
        expect(bound?.well?.level).toBeCloseTo(pass, 6);
        expect(shares[own]?.contradictions).toBe(0);
        expect(shares[own]?.ellipsoid?.value).toBeGreaterThan(0.01);
        expect(shares[own]?.well?.value).toBeGreaterThan(0.01);
        expect(shares[own]?.either?.value).toBeLessThan(1);
        if (proved)
          expect(shares[own]?.either?.value).toBeGreaterThanOrEqual(shares[own]?.well?.value ?? NaN);
        else expect(shares[own]?.either).toEqual(shares[own]?.ellipsoid);
        // Nowhere do two wells touch.
        labels.forEach((label, k) => {
          if (label !== own || energies[k] >= pass) return;
          for (const next of [k % 60 < 59 ? k + 1 : k, k + 60 < labels.length ? k + 60 : k])
            if (energies[next] < pass) expect(labels[next]).toBe(own);
        });
      });
    },
  );

  test('without the certified energy, or under another R, there is no well, or no claim', async () => {
    const problem = await problemFrom('winner-take-all');
    const search = await findFixedPoints(problem, algebra, { starts: 64 });
    const system = prepareSystem(problem, algebra, search.points, []);
    for (const bound of await innerBounds(system, search)) expect(bound?.well).toBeNull();
    for (const bound of await innerBounds(system, search, problem)) {
      expect(bound?.well?.certified).toBe(false);
      expect(bound?.ellipsoid.certified).toBe(false);
    }
  });
});
