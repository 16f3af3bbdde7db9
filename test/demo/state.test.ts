/** The explorer's state: its link says all of it, its history takes a drag for one step, model files become states. */
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { activationNames, activationRow, MemscapeError, readModel } from '../../demo/library.js';
import { setTied, setWeight } from '../../demo/state/change.js';
import { History } from '../../demo/state/history.js';
import { linkOf, stateFrom } from '../../demo/state/link.js';
import { modelOf, stateOf } from '../../demo/state/model.js';
import {
  FIRST,
  neuronPlane,
  type EnergySetting,
  type PlaneSetting,
  type State,
} from '../../demo/state/state.js';

const f32 = fc.float({ noNaN: true, noDefaultInfinity: true });
/** One of these characters. */
const letters = (text: string) => fc.constantFrom(...Array.from(text));
const numbers = (size: number) =>
  fc.array(
    fc.oneof(
      f32,
      fc.integer({ min: -40, max: 40 }).map((k) => k / 20),
    ),
    {
      minLength: size,
      maxLength: size,
    },
  );
const matrix = (size: number) => fc.array(numbers(size), { minLength: size, maxLength: size });
const point = fc.tuple(
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
);

const layer = (size: number) =>
  fc.constantFrom(...activationNames()).chain((activation) => {
    const table = Object.entries(activationRow(activation).parameters);
    const values = fc.tuple(
      ...table.map(([, { accepts, default: usual }]) =>
        fc.double({ min: 0, max: 10, noNaN: true }).map((v) => (accepts(v) ? v : usual)),
      ),
    );
    return fc.record({
      name: fc.string({ minLength: 1, maxLength: 12, unit: letters('abc é–#"\\{}0') }),
      size: fc.constant(size),
      activation: fc.constant(activation),
      parameters: values.map((all) => Object.fromEntries(table.map(([name], k) => [name, all[k]]))),
    });
  });

/** An orthonormal pair: a rotation of two neurons. One neuron has a line. */
const plane = (size: number): fc.Arbitrary<PlaneSetting> =>
  size === 1 ? fc.constant(neuronPlane(1, 0, 1)) : planeOf(size);

const planeOf = (size: number): fc.Arbitrary<PlaneSetting> =>
  fc
    .record({
      angle: fc.double({ min: -4, max: 4, noNaN: true }),
      how: fc.constantFrom('principal axes', 'neurons 1 and 2'),
      i: fc.nat({ max: size - 2 }),
      origin: fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: size, maxLength: size }),
    })
    .map(({ angle, how, i, origin }) => {
      const axis = (a: number, b: number) => origin.map((_, k) => (k === i ? a : k === i + 1 ? b : 0));
      const [c, s] = [Math.cos(angle), Math.sin(angle)];
      return { how, origin, axes: [axis(c, s), axis(-s, c)] };
    });

const coefficients = fc.option(fc.oneof(fc.constant('certified' as const), fc.tuple(f32, f32, f32)), {
  nil: undefined,
});
const energy = (equation: number): fc.Arbitrary<EnergySetting> =>
  fc
    .record({
      chosen:
        equation === 9 ? fc.constant(10 as const) : fc.constantFrom(4 as const, 5 as const, 14 as const),
      coefficients,
    })
    .map(({ chosen, coefficients: given }) =>
      given === undefined || chosen === 4 || chosen === 5
        ? { equation: chosen }
        : { equation: chosen, coefficients: given },
    );

const anyState: fc.Arbitrary<State> = fc
  .record({
    sizes: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }),
    equation: fc.constantFrom(1 as const, 9 as const, 13 as const),
  })
  .chain(({ sizes, equation }) => {
    const n = sizes.reduce((a, b) => a + b, 0);
    const designs = fc.oneof(
      fc.constantFrom('identity', 'weights', 'polar', 'gradient', 'adaptive-polar'),
      fc.record({ spectral: fc.constantFrom('linear', 'tanh', 'sign') }),
      fc.record({ sylvester: fc.oneof(fc.constant('identity' as const), matrix(n)) }),
      fc.record({ matrix: matrix(n) }),
    );
    return fc.record({
      name: fc.string({ minLength: 1, maxLength: 20, unit: letters('winer-tak 2') }),
      layers: fc.tuple(...sizes.map(layer)),
      weights: matrix(n),
      bias: numbers(n),
      tied: fc.boolean(),
      equation: fc.constant(equation),
      design: equation === 1 ? fc.constant('identity' as const) : designs,
      left: energy(equation),
      right: energy(equation),
      plane: plane(n),
      box: fc.record({ centre: point, half: fc.double({ min: 1e-6, max: 1e6, noNaN: true }) }),
      start: point,
      cursor: fc.oneof(
        fc.record({ time: fc.double({ min: 0, max: 1000, noNaN: true }) }),
        fc.record({ at: point }),
      ),
      shown: fc.record({
        flow: fc.boolean(),
        isolines: fc.boolean(),
        points: fc.boolean(),
        hatch: fc.boolean(),
        nullclines: fc.boolean(),
        basins: fc.boolean(),
      }),
      layout: fc.constantFrom('two' as const, 'four' as const, 'surface' as const),
      map: fc.constantFrom('tarn' as const, 'cividis' as const),
      sight: fc.record({
        turn: fc.double({ min: -360, max: 360, noNaN: true }),
        tilt: fc.double({ min: 0, max: 90, noNaN: true }),
      }),
    });
  })
  .map((state) => (state.tied ? setTied(state, true) : state));

/** JSON writes −0 as 0, which no control of the page can tell apart. */
const plain = (state: State): unknown => JSON.parse(JSON.stringify(state));

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
