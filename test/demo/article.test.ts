/** The text of the article, checked: every number and claim of a figure against the equations, in f64. */
import { fates } from '../../demo/model/fates.js';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  climb,
  drain,
  expectedRadius,
  leastEigenvalue,
  rangeOfQuarter,
  spectrumAlive,
} from '../../demo/article/claims.js';
import { Ensemble, randomWeights } from '../../demo/article/ensemble.js';
import * as states from '../../demo/article/states.js';
import { loadAlgebra, readModel, type Algebra } from '../../demo/library.js';
import { Exact, type Point } from '../../demo/model/exact.js';
import { findMemories } from '../../demo/model/memories.js';
import { resolveColumn } from '../../demo/model/pair.js';
import { followPath } from '../../demo/model/path.js';
import { planeOf } from '../../demo/model/plane.js';
import { linkOf, stateFrom } from '../../demo/state/link.js';
import { stateOf } from '../../demo/state/model.js';
import type { State } from '../../demo/state/state.js';
import { typeset } from '../../vite.formulas.js';

let algebra: Algebra;
beforeAll(async () => {
  algebra = await loadAlgebra();
});

async function exactOf(state: State, side: 'left' | 'right' = 'left'): Promise<Exact> {
  return new Exact(await resolveColumn(state, side), algebra, planeOf(state.plane));
}

const found = (exact: Exact) => findMemories(exact.problem, algebra).points;
const stable = (exact: Exact) => found(exact).filter(({ kind }) => kind === 'stable');
const endOf = (exact: Exact, start: Point, time = 8): Point =>
  followPath(exact, start, time).points.at(-1)?.y ?? [NaN, NaN];

describe('1, at rest', () => {
  test('every start off the diagonal comes to the memory on its side, every start on it to the saddle', async () => {
    const exact = await exactOf(states.settling([0, 0]));
    for (const [a, b] of [
      [-1.8, -1.2],
      [2, 1.9],
      [-2, -1.99],
      [0.5, 0.49],
      [-0.3, 1.8],
    ] as const) {
      const [u, v] = endOf(exact, [a, b], 20);
      const memory = a > b ? [1, -0.5] : [-0.5, 1];
      expect(Math.hypot(u - memory[0], v - memory[1]), `${String(a)}, ${String(b)}`).toBeLessThan(0.02);
    }
    const [u, v] = endOf(exact, [-1.5, -1.5], 20);
    expect(Math.hypot(u - 0.4, v - 0.4)).toBeLessThan(1e-6);
  });
});

describe('2, dying', () => {
  test.each([0.01, 0.1, 0.3])('with slope %f the energy falls wherever the state moves', async (a) => {
    const exact = await exactOf(states.dying(a));
    for (let k = 0; k < 400; k++) {
      const at: Point = [-2.7 + 0.27 * (k % 20), -2.7 + 0.27 * Math.floor(k / 20)];
      const { rate, speed } = exact.read(exact.stateAt(at));
      expect(rate).toBeLessThanOrEqual(-0.99 * a * speed ** 2);
      expect(exact.isBlind(at)).toBe(false);
    }
    const [low, high] = rangeOfQuarter(exact);
    expect(high - low).toBeGreaterThan(a);
  });

  test('without it the quarter is a plain that the state crosses', async () => {
    const state = states.dying(0);
    const exact = await exactOf(state);
    expect(rangeOfQuarter(exact).map(Math.abs)).toEqual([0, 0]);
    expect(exact.isBlind(state.start)).toBe(true);
    expect(followPath(exact, state.start, 8).blindLength).toBeGreaterThan(0.5);
  });
});

describe('3, flat', () => {
  test('-0.5 is the least energy, and stays while neuron 2 climbs by the formula of the text', async () => {
    const state = states.standing(-2);
    const exact = await exactOf(state);
    const { points, blindTime } = followPath(exact, state.start, 8);
    for (const { t, y, energy } of points) {
      expect(energy).toBe(-0.5);
      expect(y[1]).toBeCloseTo(-0.5 - 1.5 * Math.exp(-t), 6);
    }
    expect(blindTime).toBeCloseTo(8, 1);
    // I - W is copositive, and E4 = x.(I - W)x/2 - b.x on outputs x >= 0.
    for (let a = 0; a <= 4; a += 0.05)
      for (let b = 0; b <= 4; b += 0.05) expect(exact.energy([a, b])).toBeGreaterThanOrEqual(-0.5 - 1e-12);
  });

  test.each([-2, -1, 0.5, 2])(
    'from y2 = %f the certified energy falls wherever the state moves',
    async (y2) => {
      const state = states.standing(y2);
      const exact = await exactOf(state, 'right');
      expect(exact.problem.energy.certified).toBe(true);
      const { points } = followPath(exact, state.start, 8);
      for (const { state: at } of points) {
        const { rate, speed } = exact.read(at);
        expect(rate).toBeLessThanOrEqual(-0.2 * speed ** 2 + 1e-12);
      }
    },
  );
});

describe('4, one for many', () => {
  test.each([-1, -0.3, 0.4])('shift %f: same landscape below, same curve, another memory', async (c) => {
    const [shifted, old] = await Promise.all([exactOf(states.shifted(c)), exactOf(states.shifted(0))]);
    for (let a = -1; a <= 3; a += 0.25)
      for (let b = -2.2; b <= 0; b += 0.2) expect(shifted.energy([a, b])).toBe(old.energy([a, b]));
    expect(shifted.energy([0.9, 0.3])).not.toBe(old.energy([0.9, 0.3]));
    const { start } = states.shifted(c);
    const curve = (exact: Exact) => followPath(exact, start, 8).points.map(({ energy }) => energy);
    expect(curve(shifted)).toEqual(curve(old));
    const below = stable(shifted).filter(({ state }) => state[1] < 0 && state[0] > 0);
    expect(below.map(({ state }) => state[1])[0]).toBeCloseTo(-0.5 + c, 9);
  });
});

describe('5, floors', () => {
  test.each([-1.5, -1.1, -0.9, -0.5, 0.4])(
    'w = %f: where the floor drains to, and whether a state rests there',
    async (w) => {
      const state = states.draining(w);
      const exact = await exactOf(state);
      const target = drain(exact, state.start);
      expect(target[0]).toBe(1);
      expect(target[1]).toBeCloseTo(1 + w, 12);
      const rests = stable(exact).some(({ state: y }) => Math.hypot(y[0] - 1, y[1] - 1 - w) < 1e-9);
      expect(rests).toBe(w < -1);
      const { points } = followPath(exact, state.start, 20);
      const fall = points[0].energy - (points.at(-1)?.energy ?? NaN);
      if (w < -1) expect(fall).toBe(0);
      else expect(fall).toBeGreaterThan(1e-3);
      // The floor itself is the same for every w.
      expect(exact.energy([1, -1])).toBe(-0.5);
    },
  );
});

describe('6, three shapes', () => {
  test.each(states.SHAPES)('%s is the network of models/', async (shape) => {
    const file = await readModel(readFileSync(`models/fig-2${shape}.json`, 'utf8'));
    const { layers, weights, bias } = stateOf(file);
    expect(states.shaped(shape)).toMatchObject({ layers, weights, bias });
  });

  test('unbounded below with two memories; flat from -1 to 1 and rising; flat without end', async () => {
    const [a, b, c] = await Promise.all(states.SHAPES.map((shape) => exactOf(states.shaped(shape))));
    expect(stable(a).map(({ state }) => [...state].map((v) => v.toFixed(3)).join())).toEqual([
      '1.915,-1.000',
      '-1.915,-1.000',
    ]);
    expect(a.energy([0, 300])).toBeLessThan(-40_000);
    for (const s of [-1, -0.4, 0, 0.9]) expect(b.energy([s, 0])).toBe(0);
    expect(b.energy([1.5, 0])).toBeGreaterThan(0.1);
    expect(b.energy([-1.5, 0])).toBeGreaterThan(0.1);
    for (const s of [-1, -10, -1e6]) expect(Math.abs(c.energy([s, 0]))).toBe(0);
    expect(stable(c).map(({ state }) => state[0])).toEqual([-1]);
    expect(Math.abs(stable(b)[0].state[0])).toBe(0);
  });
});

describe('7, calm', () => {
  test('removing neurons never raises the largest eigenvalue; the law is near the middle of many networks', async () => {
    const ensemble = await Ensemble.draw(() => Promise.resolve());
    const { largest, radius } = ensemble.own;
    for (let k = 1; k < largest.length; k++) expect(largest[k]).toBeLessThanOrEqual(largest[k - 1] + 1e-12);
    expect(largest[8]).toBeGreaterThan(1);
    expect(largest[states.NEURONS - 4]).toBeLessThan(1);
    for (const [low, high] of ensemble.quartiles[0].map((v, k) => [v, ensemble.quartiles[1][k]]))
      expect(low).toBeLessThanOrEqual(high);
    expect(Math.abs(radius[16] - expectedRadius(radius[0], 16, states.NEURONS))).toBeLessThan(0.2);
  });

  test('the eigenvalues are those of the block: trace and interlacing on one network', async () => {
    const weights = await randomWeights(5);
    expect(weights.every((row, i) => row.every((w, j) => w === weights[j][i]))).toBe(true);
    const one = spectrumAlive(algebra, weights, states.NEURONS - 1);
    expect(one.largest).toBe(weights[0][0]);
    expect(one.radius).toBe(Math.abs(weights[0][0]));
  });

  test('the network that opens has its dead neurons dead at the memory, and is stable where the figure says so', async () => {
    const weights = await randomWeights(1);
    const dead = 24;
    expect(spectrumAlive(algebra, weights, dead).largest).toBeLessThan(1);
    const [memory] = stable(await exactOf(states.silenced(weights, dead)));
    expect([...memory.state].slice(-dead).every((v) => v < 0)).toBe(true);
  });
});

describe('8, certified', () => {
  test('the energy climbs below 0.5, and never from there on; 0.5625 is the bound, 0.703 the certificate', async () => {
    for (const b2 of [0, 0.25, 0.4375]) {
      const state = states.weighed(b2);
      const exact = await exactOf(state, 'right');
      expect(leastEigenvalue(exact)).toBeCloseTo(b2 - 0.5, 9);
      expect(climb(followPath(exact, state.start, 8))).toBeGreaterThan(1e-3);
    }
    for (const b2 of [0.5, 0.5625, 0.75, 1]) {
      const state = states.weighed(b2);
      const exact = await exactOf(state, 'right');
      expect(leastEigenvalue(exact)).toBeGreaterThan(-1e-12);
      expect(climb(followPath(exact, state.start, 8))).toBeLessThan(1e-12);
    }
    const [, certified] = (await exactOf(states.designed('identity'), 'right')).problem.energy.coefficients;
    expect(certified).toBeCloseTo(0.703125, 9);
    expect(certified / 1.25).toBeCloseTo(0.25 * 1.5 ** 2, 9);
  });
});

describe('9, other motions', () => {
  test.each([
    ['identity', 2, 0],
    ['gradient', 2, 0],
    ['adaptive-polar', 2, 0],
    ['polar', 0, 2],
    ['weights', 0, 2],
  ] as const)(
    '%s keeps %i memories and loses %i; the steady states stay, the energy falls',
    async (design, kept, lost) => {
      const state = states.designed(design);
      const [before, after] = [await exactOf(state), await exactOf(state, 'right')];
      const became = fates(found(before), found(after));
      expect([became.kept, became.lost, became.added].map(({ length }) => length)).toEqual([kept, lost, 0]);
      const places = (exact: Exact) =>
        found(exact)
          .map(({ state: y }) => [...y].map((v) => v.toFixed(6)).join())
          .sort();
      expect(places(after)).toEqual(places(before));
      expect(leastEigenvalue(after)).toBeGreaterThanOrEqual(-1e-12);
      const kinds = found(after).filter(({ state: y }) => Math.abs(y[0] - y[1]) > 0.1);
      for (const { kind } of kinds) expect(kind).toBe(kept === 2 ? 'stable' : 'saddle');
    },
  );
});

describe('10, without symmetry', () => {
  test('the bound of the slope is reached', async () => {
    const exact = await exactOf(states.asymmetric(1));
    expect(exact.problem.network.symmetric).toBe(false);
    const [{ data }] = exact.problem.network.weights.map(({ matrix }) => matrix);
    expect(Math.max(...data.map(Math.abs)) * states.SMU_SLOPE).toBeCloseTo(1, 9);
  });

  test.each([
    [0.4, 1, 1],
    [0.95, 1, 1],
    [1.4, 2, 1],
    [1.8, 2, 1],
  ])('gain %f: %i steady states, %i of them stable for (1), all for the gradient', async (gain, all, own) => {
    const state = states.asymmetric(gain);
    const [plain, gradient] = [await exactOf(state), await exactOf(state, 'right')];
    expect([found(plain).length, stable(plain).length]).toEqual([all, own]);
    expect(stable(gradient).length).toBe(all);
    expect(climb(followPath(gradient, state.start, 8))).toBeLessThan(1e-9);
  });
});

test('every state of a handle is a link that opens as itself', async () => {
  const weights = await randomWeights(1);
  const all: State[] = [
    states.settling([0.3, -1.1]),
    states.dying(0.07),
    states.standing(-1.35),
    states.shifted(-0.44),
    states.draining(0.15),
    ...states.SHAPES.map(states.shaped),
    states.silenced(weights, 9),
    states.weighed(0.3125),
    ...states.DESIGNS.map(states.designed),
    states.asymmetric(1.25),
  ];
  for (const state of all) expect(stateFrom(linkOf(state))).toEqual(state);
});

test('formulas become MathML without styles or scripts, and nonsense ends the build', () => {
  const math = typeset(String.raw`y_2(t) = -\tfrac{1}{2} + e^{-t}`, true);
  expect(math).toMatch(/^<math display="block">.*<mfrac>.*<\/math>$/);
  expect(math).not.toMatch(/\sstyle=|\sclass=|annotation|<span/);
  expect(() => typeset(String.raw`\nonsense{x}`)).toThrow(/nonsense/);
});
