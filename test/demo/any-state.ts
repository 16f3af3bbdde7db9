/** Random states of the explorer: everything that its types allow, sensible or not. */
import fc from 'fast-check';
import { activationNames, activationRow } from '../../demo/library.js';
import { setTied } from '../../demo/state/change.js';
import { neuronPlane, type EnergySetting, type PlaneSetting, type State } from '../../demo/state/state.js';

const f32 = fc.float({ noNaN: true, noDefaultInfinity: true });
/** One of these characters. */
export const letters = (text: string) => fc.constantFrom(...Array.from(text));
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

export const anyState: fc.Arbitrary<State> = fc
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
export const plain = (state: State): unknown => JSON.parse(JSON.stringify(state));
