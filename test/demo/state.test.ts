/** The explorer's state: its link says all of it, its history takes a drag for one step, model files become states. */
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MemscapeError, readModel } from '../../demo/library.js';
import { setWeight } from '../../demo/state/change.js';
import { History } from '../../demo/state/history.js';
import { linkOf, stateFrom } from '../../demo/state/link.js';
import { modelOf, stateOf } from '../../demo/state/model.js';
import { FIRST } from '../../demo/state/state.js';
import { anyState, letters, plain } from './any-state.js';

describe('link', () => {
  test('200 random states come back as they were', () => {
    fc.assert(
      fc.property(anyState, (state) => {
        expect(plain(stateFrom(linkOf(state)))).toEqual(plain(state));
      }),
      { numRuns: 200 },
    );
  });

  test('a link that was made before there were layouts, maps and nullclines opens as it did', () => {
    // Written by the page at version 1 with b_1 = 1.5.
    const old = '#1GxzRBuSPRhxpEQcA';
    const state = stateFrom(old);
    expect(plain(state)).toEqual(plain({ ...FIRST, bias: [1.5, 1] }));
    expect(linkOf(state)).toBe(old);
  });

  test('the first state needs no text, a changed number little', () => {
    expect(linkOf(FIRST)).toBe('');
    expect(stateFrom('')).toBe(FIRST);
    expect(linkOf(setWeight(FIRST, 0, 1, -0.8)).length).toBeLessThan(60);
  });

  test('whatever is cut, changed or made up is refused with what, why and mend, and nothing else is thrown', () => {
    const link = linkOf(setWeight(FIRST, 0, 1, -0.8));
    const hostile = fc.oneof(
      fc.string({ maxLength: 300 }).map((text) => `#1${text}`),
      fc.string({ minLength: 1, maxLength: 40 }),
      fc.nat({ max: link.length - 3 }).map((at) => link.slice(0, 2 + at)),
      fc
        .tuple(fc.nat({ max: link.length - 3 }), letters('AZaz09-_!'))
        .map(([at, letter]) => link.slice(0, 2 + at) + letter + link.slice(3 + at)),
    );
    fc.assert(
      fc.property(hostile, (hash) => {
        try {
          stateFrom(hash);
        } catch (error) {
          if (!(error instanceof MemscapeError)) throw error;
          expect(error.code).toMatch(/^link-/);
          expect([error.what, error.why, error.mend].every((part) => part.length > 10)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  const made = (change: object) => linkOf({ ...FIRST, ...change });
  test.each([
    ['a bomb', made({ name: 'a'.repeat(5_000_000) }), 'more than 200000 bytes'],
    ['too long', `#1${'A'.repeat(100_000)}`, '100001 characters'],
    ['another version', '#7abc', 'begins with "7"'],
    ['no object', made({ layers: null }), 'layers of the link'],
    ['NaN', made({ bias: [1, NaN] }), 'bias[1] of the link: expected a finite number, found null'],
    [
      'an activation that is none',
      made({ layers: [{ name: 'x', size: 2, activation: '__proto__', parameters: {} }] }),
      'layers[0].activation',
    ],
    [
      'a parameter outside its domain',
      made({ layers: [{ name: 'x', size: 2, activation: 'tanh', parameters: { beta: -1 } }] }),
      'beta > 0',
    ],
    [
      'a thousand neurons',
      made({ layers: [{ name: 'x', size: 1000, activation: 'relu', parameters: {} }] }),
      'layers[0].size',
    ],
    ['too few weights', made({ weights: [[1]] }), 'weights of the link: expected 2 values'],
    ['an unknown key', made({ onload: 'alert(1)' }), 'onload'],
    [
      'axes that are none',
      made({
        plane: {
          ...FIRST.plane,
          axes: [
            [0, 0],
            [0, 0],
          ],
        },
      }),
      'orthonormal',
    ],
    ['a view without size', made({ box: { centre: [0, 0], half: 0 } }), 'box.half'],
    ['R with equation 1', made({ design: 'gradient' }), 'identity with equation 1'],
    ['an R of another size', made({ equation: 13, design: { matrix: [[1]] } }), 'design.matrix'],
    ['an energy of the other state', made({ left: { equation: 10 } }), 'left.equation'],
    [
      'tied and not symmetric',
      made({
        weights: [
          [0, 1],
          [2, 0],
        ],
      }),
      'tied',
    ],
  ])('refuses %s', (_, hash, words) => {
    expect(() => stateFrom(hash)).toThrow(words);
  });
});

test('every model file of the page becomes a state, and the state a model with the same numbers', async () => {
  let seen = 0;
  for (const name of readdirSync('models').filter(
    (file) => file.endsWith('.json') && file !== 'digits.json',
  )) {
    const read = (json: unknown) =>
      readModel(json, (path) => Promise.resolve(readFileSync(`models/${path}`)));
    const model = await read(readFileSync(`models/${name}`, 'utf8'));
    const state = stateOf(model);
    const again = await read({
      ...modelOf({ ...state, left: model.energy.equation > 5 ? state.right : state.left }, 'left'),
    });
    expect(again.network.bias).toEqual(model.network.bias);
    expect(again.network.symmetric).toBe(model.network.symmetric);
    expect(again.network.layers).toEqual(model.network.layers);
    expect(stateOf(again).weights).toEqual(state.weights);
    expect(plain(stateFrom(linkOf(state)))).toEqual(plain(state));
    seen++;
  }
  expect(seen).toBeGreaterThan(10);
});

test('a drag is one step of undo, a new step forgets what was undone', () => {
  const history = new History(0);
  for (const k of [1, 2, 3]) history.move(k);
  history.rest();
  history.move(9);
  history.rest();
  expect(history.undo()).toBe(true);
  expect(history.present).toBe(3);
  expect(history.undo()).toBe(true);
  expect(history.present).toBe(0);
  expect(history.undo()).toBe(false);
  expect(history.redo()).toBe(true);
  expect(history.present).toBe(3);
  history.move(4);
  // Undone in the middle of a drag: back to where the drag began.
  expect(history.undo()).toBe(true);
  expect(history.present).toBe(3);
  expect(history.canRedo).toBe(true);
  history.move(5);
  history.rest();
  expect(history.canRedo).toBe(false);
});
