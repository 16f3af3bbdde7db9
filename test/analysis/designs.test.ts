/** The comparison of designs: what equations.md says about every R is found by the comparison itself. */
import { describe, expect, test } from 'vitest';
import type { DesignComparison, ExaminedDesign } from '../../src/analysis/design-table.js';
import { compareDesigns } from '../../src/analysis/designs.js';
import { loadAlgebra } from '../../src/model/algebra.js';
import { Evaluator, norm } from '../../src/model/evaluator.js';
import type { Network } from '../../src/types.js';
import { random, randomMatrix } from '../random-model.js';
import { problemOf, type Given } from '../problem-of.js';

const algebra = await loadAlgebra();
const LONG = process.env.MEMSCAPE_LONG === '1';

async function networkOf(given: Given): Promise<Network> {
  return (await problemOf({ ...given, energy: { equation: 14, coefficients: [0, 0, 1] } })).network;
}

function row({ rows }: DesignComparison, design: string, choice: string): ExaminedDesign {
  const found = rows.find((r) => r.design === design && r.choice === choice);
  if (!found?.available) throw new Error(`${design} with ${choice}: ${found?.why ?? 'missing'}`);
  return found;
}

const winner: Given = {
  layers: [['relu', 2]],
  weights: [
    [0, -1.5],
    [-1.5, 0],
  ],
  bias: [1, 1],
};

describe('winner-take-all', () => {
  test('eq. 13: certified keeps both memories, polar and weights lose them, the third term alone adds the saddle', async () => {
    const found = await compareDesigns(await networkOf(winner), algebra);
    expect(found.points.map((p) => p.class)).toEqual(['stable', 'stable', 'saddle']);
    expect(found.complete).toBe(true);
    for (const design of ['identity', 'gradient', 'adaptive-polar']) {
      const certified = row(found, design, 'certified');
      expect(certified).toMatchObject({ kept: [0, 1], lost: [], added: [], undecided: [] });
      expect(certified.condition).toMatchObject({ verdict: 'holds', how: 'proved' });
      expect(certified.blind.share).toBe(0);
    }
    for (const design of ['weights', 'polar', 'spectral-tanh'])
      expect(row(found, design, 'first')).toMatchObject({ kept: [], lost: [0, 1] });
    expect(row(found, 'gradient', 'third')).toMatchObject({ kept: [0, 1], added: [2] });
    expect(row(found, 'identity', 'third').condition.verdict).toBe('violated');
    expect(row(found, 'identity', 'eq-4').blind.share).toBeGreaterThan(0.2);
    expect(found.recommended).toBe(0);
    expect(found.why).toMatch(/^R = identity with the certified coefficients: keeps all 2 memories/);
    // Eigenvalues +-1.5 of W sum to 0.
    expect(found.rows.filter((r) => r.design === 'sylvester').every((r) => !r.available)).toBe(true);
    expect(JSON.parse(JSON.stringify(found))).toEqual(found);
  });

  test('eq. 9: the same memories, in u', async () => {
    const found = await compareDesigns(await networkOf(winner), algebra, { equation: 9 });
    expect(found.points[0].argument.map((v) => Math.round(v * 1e9) / 1e9)).toEqual([1, -0.5]);
    expect(row(found, 'identity', 'certified')).toMatchObject({ kept: [0, 1], lost: [], added: [] });
    expect(row(found, 'polar', 'first')).toMatchObject({ lost: [0, 1] });
  });
});

test('W that is not symmetric: only the third term alone is to be had', async () => {
  const network = await networkOf({
    ...winner,
    weights: [
      [0, 1],
      [-0.5, 0.2],
    ],
  });
  const found = await compareDesigns(network, algebra, { samples: 64, evaluations: 32, starts: 64 });
  const available = found.rows.filter((r) => r.available).map(({ design, choice }) => [design, choice]);
  expect(available).toEqual([
    ['identity', 'third'],
    ['gradient', 'third'],
    ['adaptive-polar', 'third'],
  ]);
});

test('false memories of a singular R: at rest, and not at rest under eq. 1', async () => {
  const given: Given = {
    ...winner,
    weights: [
      [1, 1],
      [1, 1],
    ],
    bias: [-0.5, -0.3],
  };
  const network = await networkOf(given);
  const found = await compareDesigns(network, algebra, { equation: 9, samples: 64, evaluations: 32 });
  const { falseMemories, rank } = row(found, 'weights', 'first');
  expect(rank).toMatchObject({ lostDimensions: 1, singularShare: 1 });
  expect(falseMemories.length).toBeGreaterThan(0);
  const problem = await problemOf({ ...given, equation: 9, design: { name: 'weights' } });
  const evaluator = new Evaluator(problem, algebra);
  for (const { state, residual, speed, continuum } of falseMemories) {
    evaluator.moveTo(Float64Array.from(state));
    expect(norm(evaluator.velocity())).toBeLessThan(1e-8);
    expect(norm(evaluator.r)).toBeCloseTo(residual, 10);
    expect(residual).toBeGreaterThan(1e-5);
    expect(speed).toBeLessThan(1e-8);
    expect(continuum).toBeGreaterThanOrEqual(1);
  }
  // polar is regular: sign(0) = 1.
  expect(row(found, 'polar', 'first').falseMemories).toEqual([]);
});

test('random relu networks: certified changes no verdict of eq. 1; the other designs do what equations.md says', async () => {
  const seen = { memories: 0, unchanged: 0, lost: 0, saddles: 0, saddlesStable: 0, dead: 0, deadLost: 0 };
  for (let seed = 1; seed <= (LONG ? 300 : 16); seed++) {
    const r = random(seed);
    const n = r.integer(1, 4);
    const network = await networkOf({
      layers: [['relu', n]],
      weights: randomMatrix(n, r, true),
      bias: Array.from({ length: n }, () => r.normal()),
    });
    const equation = r.pick([9, 13] as const);
    const found = await compareDesigns(network, algebra, {
      equation,
      starts: 64,
      evaluations: 24,
      samples: 48,
    });
    const classes = found.points.map((p) => p.class);
    seen.memories += classes.filter((c) => c === 'stable').length;
    for (const design of ['identity', 'gradient', 'adaptive-polar']) {
      const certified = row(found, design, 'certified');
      expect(certified.classes, `seed ${String(seed)}, ${design}`).toEqual(classes);
      expect(certified.falseMemories).toEqual([]);
      expect(certified.blind.share).toBe(0);
      seen.unchanged += classes.length;
    }
    // R Dr = -M M^T for R = gradient, and -(M M^T)^(1/2) for adaptive-polar: nothing stays a saddle.
    const thirds = ['gradient', 'adaptive-polar'].map((design) => row(found, design, 'third').classes);
    classes.forEach((c, k) => {
      if (c !== 'saddle' && c !== 'unstable') return;
      seen.saddles++;
      if (thirds.every((third) => third[k] === 'stable')) seen.saddlesStable++;
    });
    const polar = row(found, 'polar', 'first');
    seen.lost += polar.lost.length;
    const { values } = algebra.symmetricEigen({
      rows: n,
      columns: n,
      data: network.weights[0].matrix.data.slice(),
    });
    found.points.forEach((point, k) => {
      // A fully dead state has the Jacobian -R: a memory of eq. 1, and none of R = polar with a negative eigenvalue.
      if (!point.argument.every((y) => y < 0) || values[0] >= 0) return;
      seen.dead++;
      expect(point.class).toBe('stable');
      if (polar.lost.includes(k)) seen.deadLost++;
    });
  }
  console.log(JSON.stringify(seen));
  expect(seen.memories).toBeGreaterThan(10);
  expect(seen.lost).toBeGreaterThan(0);
  expect(seen.dead).toBeGreaterThan(0);
  expect(seen.deadLost).toBe(seen.dead);
  expect(seen.saddles).toBeGreaterThan(0);
  expect(seen.saddlesStable).toBe(seen.saddles);
});
