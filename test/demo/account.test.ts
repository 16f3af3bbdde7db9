/** What a path came to, as the prediction card tells it. */
import { expect, test } from 'vitest';
import { loadAlgebra } from '../../demo/library.js';
import { accountOf } from '../../demo/model/account.js';
import { Exact } from '../../demo/model/exact.js';
import { findMemories, seenIn } from '../../demo/model/memories.js';
import { resolvePair } from '../../demo/model/pair.js';
import { followPath } from '../../demo/model/path.js';
import { planeOf } from '../../demo/model/plane.js';
import { FIRST, type State } from '../../demo/state/state.js';

async function accounts(state: State) {
  const algebra = await loadAlgebra();
  const plane = planeOf(state.plane);
  const pair = await resolvePair(state);
  const account = (side: 'left' | 'right') => {
    const { problem } = pair[side];
    const path = followPath(new Exact(problem, algebra, plane), state.start, 8);
    const search = seenIn(plane, findMemories(problem, algebra));
    return accountOf({ path, search, rises: path.largestRise > 1e-9 });
  };
  return { left: account('left'), right: account('right') };
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
