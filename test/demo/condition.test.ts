/** Hunts for a violation of condition (11): their three verdicts, where they look, and where the probe is taken. */
import { beforeAll, describe, expect, test } from 'vitest';
import { loadAlgebra, type Algebra } from '../../demo/library.js';
import { boxOf, Hunt, samplesOf } from '../../demo/model/condition.js';
import { resolveColumn } from '../../demo/model/pair.js';
import { planeOf } from '../../demo/model/plane.js';
import { isAt, placeAt, placeOf } from '../../demo/model/probe.js';
import { asTyped, typedOf } from '../../demo/model/typed.js';
import { viewOf } from '../../demo/plot/view.js';
import { setDesign, setDesignEntry, setEquation } from '../../demo/state/change.js';
import { FIRST, neuronPlane, type State } from '../../demo/state/state.js';

let algebra: Algebra;
beforeAll(async () => {
  algebra = await loadAlgebra();
});

const third: State = { ...FIRST, right: { equation: 14, coefficients: [0, 0, 1] } };
const matrix = (rows: number[][]): State => setDesign(third, { matrix: rows });
const view = viewOf(400, 400, FIRST.box, planeOf(FIRST.plane));

async function hunt(state: State, portions = 6) {
  const found = new Hunt(await resolveColumn(state, 'right'), algebra, boxOf(view), samplesOf(view));
  for (let k = 0; k < portions; k++) found.step(4);
  return found.known;
}

describe('verdicts', () => {
  test('a proof holds, whatever rounding says', async () => {
    const known = await hunt(FIRST);
    expect(known.verdict).toBe('proved');
    expect(known.proof).toContain('R = I');
    expect(known.worst?.eigenvalue).toBeGreaterThanOrEqual(-(known.worst?.error ?? 0));
  });

  test('R = diag(-2, 1): the least eigenvalue is that of the activation patterns', async () => {
    const known = await hunt(
      matrix([
        [-2, 0],
        [0, 1],
      ]),
    );
    expect(known.verdict).toBe('violated');
    // M = I - H W of four patterns; sym(M^T R) of the worst, by hand: M = [[1, 1.5 h_1], [1.5 h_2, 1]].
    const least = Math.min(
      ...[0, 1].flatMap((h1) =>
        [0, 1].map((h2) => {
          const off = (1.5 * h2 - 3 * h1) / 2;
          return -0.5 - Math.hypot(1.5, off);
        }),
      ),
    );
    expect(known.worst?.eigenvalue).toBeCloseTo(least, 10);
    expect(known.worst?.error).toBeLessThan(1e-12);
    // A state of the view has the worst pattern, and was looked at first.
    for (const v of known.worst?.state ?? [NaN]) expect(Math.abs(v)).toBeLessThan(2);
  });

  test('R = I without a proof: open, and less so with every portion', async () => {
    const problem = await resolveColumn(
      {
        ...third,
        layers: [{ ...FIRST.layers[0], activation: 'silu' }],
        weights: [
          [0, 0.1],
          [0.1, 0],
        ],
      },
      'right',
    );
    const found = new Hunt(problem, algebra, boxOf(view));
    const before = found.step(2).states;
    const { verdict, states, worst, done } = found.step(2);
    expect({ verdict, done }).toEqual({ verdict: 'open', done: false });
    expect(states).toBeGreaterThan(before);
    expect(worst?.eigenvalue).toBeGreaterThan(0.5);
  });

  test('an end comes: after enough states, fewer where it is proved', async () => {
    const found = new Hunt(await resolveColumn(FIRST, 'right'), algebra, boxOf(view));
    for (let k = 0; k < 2000 && !found.known.done; k++) found.step(20);
    expect(found.known.done).toBe(true);
    expect(found.known.states).toBeLessThan(20_000);
  });
});

test('the box of a hunt holds the view, and what lies near 0 in every neuron', () => {
  const plane = { ...neuronPlane(3, 0, 2), origin: [0, 7, 0] };
  const wide = viewOf(400, 400, { centre: [9, 0], half: 2 }, planeOf(plane));
  expect(boxOf(wide)).toEqual([
    [-11, 11],
    [-7, 7],
    [-4, 4],
  ]);
  const states = [...samplesOf(wide)];
  expect(new Set(states.map(([, b]) => b))).toEqual(new Set([7]));
  expect(Math.min(...states.map(([a]) => a))).toBeGreaterThan(7);
  expect(Math.max(...states.map(([a]) => a))).toBeLessThan(11);
});

describe('the probe', () => {
  test('in the plane: the view stays where it holds the state, and grows where it does not', () => {
    const near = placeAt(FIRST, [1, -1], [1, 0]);
    expect(near).toEqual({ plane: FIRST.plane, box: FIRST.box, start: [1, -1], cursor: { time: 0 } });
    const far = placeAt(FIRST, [3, -6], [1, 0]);
    expect(far.box).toEqual({ centre: [0, 0], half: 10 });
    expect(isAt({ ...FIRST, ...far }, far)).toBe(true);
    expect(isAt({ ...FIRST, ...far }, placeOf(FIRST))).toBe(false);
  });

  test('off the plane: the two neurons that the eigenvector has most of, through the state', () => {
    const state: State = { ...FIRST, plane: neuronPlane(4, 0, 1), bias: [0, 0, 0, 0] };
    const { plane, start } = placeAt(state, [1, 2, 3, 4], [0.1, -0.7, 0, 0.7]);
    expect(plane.how).toBe('neurons 2 and 4');
    expect(plane.origin).toEqual([1, 0, 3, 0]);
    expect(start).toEqual([2, 4]);
  });
});

describe('R as numbers', () => {
  test('begins with the R that is drawn, and with I where R is a rule', async () => {
    const polar = asTyped(await resolveColumn(setDesign(FIRST, 'polar'), 'right'));
    expect(polar).toEqual({
      matrix: [
        [expect.closeTo(0, 12), expect.closeTo(-1, 12)],
        [expect.closeTo(-1, 12), expect.closeTo(0, 12)],
      ],
    });
    const rule = asTyped(await resolveColumn(setDesign(FIRST, 'gradient'), 'right'));
    expect(rule).toEqual({
      matrix: [
        [1, 0],
        [0, 1],
      ],
    });
  });

  test('an entry changes alone, and eq. 1 leaves R behind', () => {
    const state = setDesignEntry(
      matrix([
        [1, 0],
        [0, 1],
      ]),
      0,
      1,
      0.25,
    );
    expect(state.equation).toBe(13);
    expect(typedOf(state)).toEqual([
      [1, 0.25],
      [0, 1],
    ]);
    expect(typedOf(setEquation(state, 1))).toBeUndefined();
    expect(setDesignEntry(FIRST, 0, 1, 0.25)).toBe(FIRST);
    expect(typedOf({ ...state, bias: [0, 0, 0, 0, 0] })).toBeUndefined();
  });
});
