/** Two systems on one grid, and the map beside the flow. */
import { describe, expect, test } from 'vitest';
import { findFixedPoints } from '../../src/analysis/find-fixed-points.js';
import { mapBasins } from '../../src/basins/basins.js';
import { compareBasins, VERDICT } from '../../src/basins/comparison.js';
import { LABEL } from '../../src/basins/labels.js';
import { prepareIterates } from '../../src/basins/measures.js';
import { CpuBackend } from '../../src/cpu/backend.js';
import { loadAlgebra } from '../../src/model/algebra.js';
import { Evaluator, norm } from '../../src/model/evaluator.js';
import { stateAt } from '../../src/model/sampling.js';
import { problemOf } from '../problem-of.js';
import { prepared, problemFrom, square } from './kit.js';

const algebra = await loadAlgebra();
const cpu = new CpuBackend();
const full = { full: true };

describe('the map', () => {
  test('goes where plain iteration in f64 goes', async () => {
    const problem = await problemFrom('two-attractor-sigmoid');
    const { points } = await findFixedPoints(problem, algebra, { starts: 128, box: [-12, 12] });
    const system = await prepareIterates(problem, algebra, points);
    expect(system.attractors).toHaveLength(2);
    const grid = square(2, [31, 30], [-12, 12]);
    const { labels } = await mapBasins(cpu, system, grid, full);
    const evaluator = new Evaluator(problem, algebra);
    let y: Float64Array = new Float64Array(2);
    labels.forEach((label, k) => {
      stateAt(grid, k % 31, Math.floor(k / 31), y);
      for (let step = 0; step < 300; step++) {
        evaluator.moveTo(y);
        const velocity = evaluator.velocity();
        y = y.map((v, i) => v + velocity[i]);
      }
      const nearest = system.attractors.findIndex(
        (a) => a.kind === 'fixed-point' && norm(a.state.map((v, i) => v - y[i])) < 1e-6,
      );
      expect(label).toBe(nearest);
    });
  });

  test('has a cycle of two where the flow has a memory; all of it disagrees', async () => {
    const problem = await problemOf({
      layers: [['tanh', 2, { beta: 1 }]],
      weights: [
        [-3, 0],
        [0, -3],
      ],
    });
    const { points } = await findFixedPoints(problem, algebra, { starts: 32 });
    const [first, second] = [await prepared(problem), await prepareIterates(problem, algebra, points)];
    expect([first.attractors.length, second.attractors.length]).toEqual([1, 0]);
    const grid = square(2, [12, 12], [-2, 2]);
    const [a, b] = [await mapBasins(cpu, first, grid, full), await mapBasins(cpu, second, grid, full)];
    expect(second.attractors.length).toBeGreaterThan(0);
    for (const attractor of second.attractors)
      expect(attractor).toMatchObject({ kind: 'limit-cycle', period: 2 });
    const found = await compareBasins(
      { system: first, labels: a.labels },
      { system: second, labels: b.labels },
    );
    expect(found).toMatchObject({ agree: 0, differ: 144, untold: 0, share: { value: 1, standardError: 0 } });
    expect(found.attractors[0]).toMatchObject({ first: 0, second: null });
    expect(found.attractors[1]).toMatchObject({ first: null, second: 0 });
  });

  test('an unstable point of the map is no attractor of it, and its own start stays there', async () => {
    const problem = await problemOf({
      layers: [['tanh', 2, { beta: 1 }]],
      weights: [
        [-3, 0],
        [0, -3],
      ],
    });
    const { points } = await findFixedPoints(problem, algebra, { starts: 32 });
    const system = await prepareIterates(problem, algebra, points);
    const { labels } = await mapBasins(cpu, system, square(2, [3, 3], [-2, 2]), full);
    expect(labels[4]).toBe(LABEL['saddle-slow']);
  });
});

describe('a cycle of the map that repels', () => {
  test('is no attractor, though starts on an axis of symmetry end on it', async () => {
    // On the diagonal a -> -2 tanh a, with a cycle of two; across it the slope is 16 h(a) = 1.3, so nearby starts leave.
    const problem = await problemOf({
      layers: [['tanh', 2, { beta: 1 }]],
      weights: [
        [7, -9],
        [-9, 7],
      ],
    });
    const { points } = await findFixedPoints(problem, algebra, { starts: 64, box: [-20, 20] });
    const system = await prepareIterates(problem, algebra, points);
    const { labels } = await mapBasins(cpu, system, square(2, [5, 5], [-2.5, 2.5]), full);
    for (const k of [0, 1, 3, 4]) expect(labels[k * 6]).toBe(LABEL['saddle-slow']);
    for (const attractor of system.attractors) expect(attractor.kind).toBe('fixed-point');
    expect(system.attractors).toHaveLength(2);
  });
});

describe('a comparison', () => {
  test('knows a closed orbit again, whatever state of it comes first, and counts in common numbers', async () => {
    const system = await prepared(await problemFrom('winner-take-all-krotov-hopfield'));
    const circle = (phase: number, radius: number) => ({
      kind: 'limit-cycle' as const,
      period: 5,
      orbit: Array.from({ length: 64 }, (_, k) => {
        const angle = (2 * Math.PI * (k + phase)) / 64;
        return Float64Array.of(radius * Math.cos(angle), radius * Math.sin(angle));
      }),
    });
    const first = { ...system, attractors: [...system.attractors, circle(0, 3)] };
    const second = { ...system, attractors: [circle(7.3, 4), circle(7.3, 3), ...system.attractors] };
    const labels = [Int32Array.of(0, 1, 2, 2, 2), Int32Array.of(2, 3, 1, 0, LABEL.budget)];
    const found = await compareBasins(
      { system: first, labels: labels[0] },
      { system: second, labels: labels[1] },
    );
    expect([...found.labels]).toEqual([0, 1, 2, 3, LABEL.budget]);
    expect(found.counts).toMatchObject({ attractors: [1, 1, 1, 1], others: { budget: 1 } });
    expect(found).toMatchObject({ agree: 3, differ: 1, untold: 1 });
  });

  test('of a system with itself finds no difference', async () => {
    const system = await prepared(await problemFrom('winner-take-all-krotov-hopfield'));
    const { labels } = await mapBasins(cpu, system, square(2, [17, 17], [-2, 2]), full);
    const found = await compareBasins({ system, labels }, { system, labels });
    expect(found).toMatchObject({ agree: 289, differ: 0, untold: 0 });
    expect(found.labels).toEqual(labels);
  });

  test('numbers attractors in common, and leaves out what one of them does not tell', async () => {
    const system = await prepared(await problemFrom('winner-take-all-krotov-hopfield'));
    const turned = { ...system, attractors: system.attractors.toReversed() };
    const found = await compareBasins(
      { system, labels: Int32Array.of(0, 1, 0, 1, LABEL.undecided) },
      { system: turned, labels: Int32Array.of(1, 0, 0, LABEL.budget, 0) },
    );
    expect(found.attractors).toHaveLength(2);
    expect([...found.labels]).toEqual([0, 1, 1, LABEL.budget, 1]);
    const { agree, differ, untold } = VERDICT;
    expect([...found.verdicts]).toEqual([agree, agree, differ, untold, untold]);
    expect(found.share?.value).toBeCloseTo(1 / 3, 12);
  });

  test('of eqs. 1 and 13 under polar, which loses both memories', async () => {
    const weights = [
      [0, -1.5],
      [-1.5, 0],
    ];
    const layers = [['relu', 2]] as const;
    const first = await prepared(await problemOf({ layers: [...layers], weights, bias: [1, 1] }));
    const lost = await problemOf({
      layers: [...layers],
      weights,
      bias: [1, 1],
      equation: 13,
      design: { name: 'polar' },
    });
    const second = await prepared(lost);
    const grid = square(2, [10, 10], [-1, 1.3]);
    const [a, b] = [await mapBasins(cpu, first, grid, full), await mapBasins(cpu, second, grid, full)];
    const found = await compareBasins(
      { system: first, labels: a.labels },
      { system: second, labels: b.labels },
    );
    for (const shared of found.attractors.filter((s) => s.first !== null)) expect(shared.second).toBeNull();
    expect(found.differ).toBe(100 - found.untold - found.agree);
    expect(found.differ).toBeGreaterThan(80);
  });
});
