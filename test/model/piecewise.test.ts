/** Cells against the g and H they were read from, for every row of the table; rows that keep silent are not linear. */
import { describe, expect, test } from 'vitest';
import { activationNames, activationRow, registerActivation } from '../../src/model/activation.js';
import { layer64 } from '../../src/model/layer64.js';
import { createNetwork } from '../../src/model/network.js';
import { cellsOf, networkCells } from '../../src/model/piecewise.js';
import { random, randomActivation } from '../random-model.js';

const names = activationNames().filter((name) => activationRow(name).kind === 'elementwise');
/** Parameters at which rows change their kind. */
const SPECIAL: Readonly<Record<string, readonly Record<string, number>[]>> = {
  'leaky-relu': [{ a: 0 }, { a: 1 }, { a: 2 }],
  power: [{ n: 2 }, { n: 2.5 }, { n: 3 }],
  shrink: [{ t: 0 }, { t: 0.3 }],
  elu: [{ a: 0 }, { a: 1 }],
};

describe.each(names)('%s', (name) => {
  const r = random(names.indexOf(name) + 900);
  const variants: Readonly<Record<string, number>>[] = [
    ...(SPECIAL[name] ?? []),
    ...Array.from({ length: 5 }, () => randomActivation(name, r).parameters),
  ];

  test('cells are g and H, or g is curved', () => {
    for (const parameters of variants) agree(parameters);
  });

  function agree(parameters: Readonly<Record<string, number>>): void {
    const { elementwise } = layer64(name, parameters);
    if (elementwise === undefined) throw new Error('an elementwise row without functions');
    const { activation, hessian } = elementwise;
    const cells = cellsOf(name, parameters);
    if (cells === undefined) {
      // Some H is neither that of its neighbours nor a jump away: g is curved.
      const isCurved = Array.from({ length: 400 }, (_, k) => (k - 200) / 50 + 0.003).some((x) => {
        const [a, b, c] = [hessian(x - 1e-3), hessian(x), hessian(x + 1e-3)];
        return a !== b && b !== c;
      });
      expect(isCurved).toBe(true);
      return;
    }
    expect(cells[0].from).toBe(-Infinity);
    expect(cells.at(-1)?.to).toBe(Infinity);
    cells.slice(1).forEach(({ from, slope, offset }, k) => {
      const before = cells[k];
      expect(from).toBe(before.to);
      expect(from).toBeGreaterThan(before.from);
      expect([slope, offset]).not.toEqual([before.slope, before.offset]);
      expect(slope * from + offset).toBeCloseTo(before.slope * from + before.offset, 14);
    });
    for (let trial = 0; trial < 200; trial++) {
      const x = 3 * r.normal();
      const cell = cells.find(({ from, to }) => from < x && x < to);
      if (cell === undefined) continue;
      expect(Math.abs(cell.slope * x + cell.offset - activation(x))).toBeLessThan(1e-14 * (1 + Math.abs(x)));
      expect(hessian(x)).toBe(cell.slope);
    }
  }
});

test('cells by hand', () => {
  const of = (name: string, parameters = {}) =>
    cellsOf(name, parameters)?.map((c) => [c.from, c.slope, c.offset]);
  expect(of('identity')).toEqual([[-Infinity, 1, 0]]);
  expect(of('relu')).toEqual([
    [-Infinity, 0, 0],
    [0, 1, 0],
  ]);
  expect(of('hard-tanh')).toEqual([
    [-Infinity, 0, -1],
    [-1, 1, 0],
    [1, 0, 1],
  ]);
  expect(of('shrink', { t: 0.3 })).toEqual([
    [-Infinity, 1, 0.3],
    [-0.3, 0, 0],
    [0.3, 1, -0.3],
  ]);
  expect(of('shrink', { t: 0 })).toEqual([[-Infinity, 1, 0]]);
  expect(of('leaky-relu', { a: 1 })).toEqual([[-Infinity, 1, 0]]);
  expect(of('power', { n: 2 })).toEqual(of('relu'));
  expect(of('elu', { a: 0 })).toEqual(of('relu'));
  expect(of('softmax', { beta: 1 })).toBeUndefined();
});

test('a row that is registered is taken without further ado; a smooth layer is named', () => {
  const remove = registerActivation('stairs', {
    kind: 'elementwise',
    parameters: {},
    wgsl: { lagrangian: '0.0', activation: '0.0', hessian: '0.0' },
    f64: () => ({
      lagrangian: () => 0,
      activation: (x) => Math.max(0, Math.min(x, (x + 1) / 2)),
      hessian: (x) => (x < 0 ? 0 : x < 1 ? 1 : 0.5),
    }),
    supHessian: () => 1,
    convex: () => true,
    kinks: () => [0, 1],
    piecewiseLinear: () => true,
    dead: 'x <= 0',
    source: 'this test',
  });
  expect(cellsOf('stairs', {})).toEqual([
    { from: -Infinity, to: 0, slope: 0, offset: 0 },
    { from: 0, to: 1, slope: 1, offset: 0 },
    { from: 1, to: Infinity, slope: 0.5, offset: 0.5 },
  ]);
  remove();
  const layer = (name: string, size: number) => ({ name, size, activation: { name, parameters: {} } });
  const of = (...layers: ReturnType<typeof layer>[]) =>
    networkCells(createNetwork({ layers, weights: [] }).network);
  expect(of(layer('relu', 2), layer('hard-tanh', 1))).toEqual({
    cells: [cellsOf('relu', {}), cellsOf('relu', {}), cellsOf('hard-tanh', {})],
  });
  expect(of(layer('relu', 2), layer('softplus', 1))).toEqual({ smooth: "layer 'softplus' (softplus)" });
});
