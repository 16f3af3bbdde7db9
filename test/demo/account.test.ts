/** What a path came to, as the prediction card tells it. */
import { expect, test } from 'vitest';
import { loadAlgebra } from '../../demo/library.js';
import { accountOf } from '../../demo/model/account.js';
import { Exact } from '../../demo/model/exact.js';
import { findMemories, seenIn } from '../../demo/model/memories.js';
import { resolvePair } from '../../demo/model/pair.js';
import { followPath } from '../../demo/model/path.js';
import { planeOf } from '../../demo/model/plane.js';
import { viewOf } from '../../demo/plot/view.js';
import { Director } from '../../demo/scene.js';
import { FIRST, neuronPlane, type State } from '../../demo/state/state.js';

async function accounts(state: State) {
  const algebra = await loadAlgebra();
  const plane = planeOf(state.plane);
  const pair = await resolvePair(state);
  const pathOf = (side: 'left' | 'right') =>
    followPath(new Exact(pair[side].problem, algebra, plane), state.start, 8);
  const paths = { left: pathOf('left'), right: pathOf('right') };
  const account = (side: 'left' | 'right') => {
    const path = paths[side];
    const search = seenIn(plane, findMemories(pair[side].problem, algebra));
    return accountOf({ path, search, rises: path.largestRise > 1e-9 });
  };
  return { left: account('left'), right: account('right'), paths };
}

test('Figure 1: the state rests at B; eq. 4 is blind on the way, eq. 14 falls all of it', async () => {
  const { left, right } = await accounts(FIRST);
  expect(left).toMatchObject({ name: 'B', rests: true, falls: false });
  expect(left.why).toMatch(/^does not change for 0\.79, while the state travels 1\.94$/);
  expect(right).toMatchObject({ name: 'B', falls: true, why: 'falls all the way' });
  expect(right.end[0]).toBeCloseTo(-0.5, 2);
  expect(right.end[1]).toBeCloseTo(1, 2);
});

test('a motion that never ends rests nowhere', async () => {
  const turning = {
    ...FIRST,
    layers: [{ name: 'x', size: 2, activation: 'tanh', parameters: {} }],
    weights: [
      [1.5, -2],
      [2, 1.5],
    ],
    bias: [0, 0],
    tied: false,
  };
  const { right } = await accounts(turning);
  expect(right).toMatchObject({ rests: false, name: undefined });
});

const alone = (
  activation: string,
  bias: number,
  parameters: Readonly<Record<string, number>> = {},
): State => ({
  ...FIRST,
  layers: [{ name: 'x', size: 1, activation, parameters }],
  weights: [[0.5]],
  bias: [bias],
  plane: neuronPlane(1, 0, 1),
  start: [2, 0],
});

test('one shrinking neuron: eq. 4 falls, and stands still on the rest of its way through the dead piece', async () => {
  const { left, right, paths } = await accounts({ ...alone('shrink', 0, { t: 1 }), start: [1.2, 0] });
  expect(left).toMatchObject({ name: 'A', rests: true, falls: false });
  expect(left.why).toMatch(/^does not change from t = 0\.\d\d on, while the state travels 1\.00$/);
  expect(paths.left.blindTime).toBe(0);
  expect(right).toMatchObject({ falls: true, why: 'falls all the way' });
});

test('both neurons die on the way, and the state travels on unseen', async () => {
  const { left, right, paths } = await accounts({ ...FIRST, bias: [-1, -1], start: [1.4, 1.2] });
  expect(left.falls).toBe(false);
  const [stretch, ...others] = paths.left.stretches;
  expect(others).toEqual([]);
  // From where the second neuron has died to the end: from there on the state is (-1, -1) + c exp(-t).
  const { points } = paths.left;
  const after = points.filter(({ t }) => t >= stretch.from);
  expect(stretch.to).toBe(points[points.length - 1].t);
  expect(Math.max(...after[0].state)).toBeLessThan(0);
  expect(Math.max(...points[points.indexOf(after[0]) - 1].state)).toBeGreaterThan(0);
  expect(new Set(after.map(({ energy }) => energy)).size).toBe(1);
  const way = Math.hypot(...after[0].state.map((v, k) => v - points[points.length - 1].state[k]));
  expect(stretch.length).toBeGreaterThan(way);
  expect(stretch.length).toBeCloseTo(way, 1);
  expect(stretch.points).toEqual(after);
  expect(right.falls).toBe(true);
});

test('the strip says when the energy stands still, and the first words are enough of it', async () => {
  const director = await Director.create();
  const note = async (state: State) => {
    await director.resolve(state);
    const view = viewOf(480, 480, state.box, planeOf(state.plane));
    const { left, right } = director.scenes(state, state.cursor, view);
    return [left.stripNote, right.stripNote];
  };
  expect(await note(FIRST)).toEqual([
    'no change for 0.79, the state travels 1.94',
    'falls at once, and until it stops',
  ]);
  expect(await note({ ...FIRST, bias: [-1, -1], start: [1.4, 1.2] })).toEqual([
    expect.stringMatching(/^no change from t = 0\.\d\d on, the state travels 1\.\d\d$/),
    'falls at once, and until it stops',
  ]);
});

test('a stretch amid a path has both of its ends: blind between two thresholds', async () => {
  // From 2 through the dead piece from 1 to -1 towards 0.5 shrink(y) + b = -3.5: y' = -2.25 - y there.
  const state = alone('shrink', -2.25, { t: 1 });
  const { left, paths } = await accounts(state);
  const [{ from, to, length }, ...others] = paths.left.stretches;
  expect(others).toEqual([]);
  expect(length).toBeCloseTo(2, 4);
  expect(to - from).toBeCloseTo(Math.log(3.25 / 1.25), 4);
  expect(left.why).toBe(
    `does not change from t = ${from.toFixed(2)} to ${to.toFixed(2)}, while the state travels 2.00`,
  );
});

test('a motion along the levels of its energy is seen to stand still all the way', async () => {
  // Two identity neurons without weights, turned by R: |y|²/2 stays.
  const turning: State = {
    ...FIRST,
    layers: [{ name: 'x', size: 2, activation: 'identity', parameters: {} }],
    weights: [
      [0, 0],
      [0, 0],
    ],
    bias: [0, 0],
    equation: 13,
    design: {
      matrix: [
        [0, -1],
        [1, 0],
      ],
    },
    right: { equation: 4 },
    start: [1, 0],
  };
  const { right, paths } = await accounts(turning);
  expect(right.falls).toBe(false);
  expect(paths.right.stretches).toEqual([expect.objectContaining({ from: 0, to: 8 })]);
  expect(paths.right.stretches[0].length).toBeCloseTo(8, 3);
  expect(right.why).toBe('does not change for 8.00, while the state travels 8.00');
});

test('what creeps to its rest where the energy sees nothing has fallen all the way', async () => {
  // Dead below 0, and at rest a thousandth below.
  const { left, paths } = await accounts({ ...alone('relu', -0.001), weights: [[-1]] });
  expect(paths.left.points.filter(({ still }) => still).length).toBeGreaterThan(100);
  expect(left).toMatchObject({ falls: true, why: 'falls all the way' });
});
