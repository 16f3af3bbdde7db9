/** The layer of basins: what a map says of networks whose basins are known, and the picture of it. */
import { beforeAll, describe, expect, test } from 'vitest';
import { CpuBackend, loadAlgebra, type Algebra } from '../../demo/library.js';
import { computeBasins, estimates, LEAVES, SADDLE, UNDECIDED, type Basins } from '../../demo/model/basins.js';
import { findMemories, seenIn } from '../../demo/model/memories.js';
import { resolveColumn } from '../../demo/model/pair.js';
import { planeOf } from '../../demo/model/plane.js';
import { inkAt, paintBasins } from '../../demo/plot/basin-ink.js';
import { viewOf } from '../../demo/plot/view.js';
import { FIRST, type State } from '../../demo/state/state.js';

let algebra: Algebra;
beforeAll(async () => {
  algebra = await loadAlgebra();
});

async function map(state: State, signal = new AbortController().signal) {
  const plane = planeOf(state.plane);
  const view = viewOf(300, 240, state.box, plane);
  const problem = await resolveColumn(state, 'left');
  const search = seenIn(plane, findMemories(problem, algebra));
  const shown: { basins: Basins; done: boolean }[] = [];
  await computeBasins({ backend: new CpuBackend(), problem, algebra, search, view, signal }, (basins, done) =>
    shown.push({ basins, done }),
  );
  return { shown, view };
}

test('winner-take-all: the diagonal divides it, coarse first, then shares with errors, then fine', async () => {
  const { shown, view } = await map(FIRST);
  expect(shown.map(({ done }) => done)).toEqual([false, false, true]);
  const [first, second, last] = shown.map(({ basins }) => basins);
  expect(first.size[0]).toBe(48);
  expect(first.regions.every(({ error }) => error === undefined)).toBe(true);
  expect(last.size[0]).toBeGreaterThanOrEqual(96);
  for (const { regions } of [second, last]) {
    expect(regions.map(({ name }) => name).sort()).toEqual(['A', 'B']);
    for (const { share, error = NaN } of regions) {
      expect(error).toBeLessThan(0.02);
      expect(Math.abs(share - 0.5)).toBeLessThan(4 * error + 1e-9);
    }
  }
  // y_1 > y_2 goes to A at (1, -0.5): every cell but those that the diagonal crosses.
  const [columns, rows] = last.size;
  const a = last.regions.find(({ name }) => name === 'A')?.label;
  const b = last.regions.find(({ name }) => name === 'B')?.label;
  last.labels.forEach((label, k) => {
    const y1 = view.x[0] + (((k % columns) + 0.5) / columns) * (view.x[1] - view.x[0]);
    const y2 = view.y[0] + ((Math.floor(k / columns) + 0.5) / rows) * (view.y[1] - view.y[0]);
    if (Math.abs(y1 - y2) > 1e-3) expect(label).toBe(y1 > y2 ? a : b);
    else expect([a, b, SADDLE]).toContain(label);
  });
});

test('a flow that runs away has a region of its own', async () => {
  // y' = 2 relu(y) - y - 1: to -1 below 1, away above it, in both neurons.
  const { shown } = await map({
    ...FIRST,
    weights: [
      [2, 0],
      [0, 2],
    ],
    bias: [-1, -1],
  });
  const { regions } = shown[2].basins;
  expect(regions.map(({ label, name }) => [label, name])).toEqual([
    [0, 'A'],
    [LEAVES, 'runs away'],
  ]);
  expect(regions[0].share + regions[1].share).toBeCloseTo(1, 12);
});

test('an abort ends it, with nothing shown', async () => {
  const controller = new AbortController();
  controller.abort(new Error('moved'));
  await expect(map(FIRST, controller.signal)).rejects.toThrow('moved');
});

test('errors of shares are those of their mean', () => {
  const found = estimates([
    new Map([
      [0, 0.5],
      [1, 0.5],
    ]),
    new Map([
      [0, 0.7],
      [1, 0.3],
    ]),
    new Map([
      [0, 0.6],
      [1, 0.3],
      [-1, 0.1],
    ]),
  ]);
  expect(found.get(0)?.share).toBeCloseTo(0.6, 12);
  expect(found.get(0)?.error).toBeCloseTo(0.1 / Math.sqrt(3), 12);
  expect(found.get(-1)?.share).toBeCloseTo(0.1 / 3, 12);
});

describe('ink', () => {
  const colours = (label: number) => {
    const seen = new Set<string>();
    for (let y = 0; y < 52; y++) for (let x = 0; x < 52; x++) seen.add(inkAt(label, x, y).join());
    return seen;
  };

  test('no two of forty basins look alike, and what is undecided looks like none of them', () => {
    const all = Array.from({ length: 40 }, (_, label) => {
      const marks: boolean[] = [];
      const ground = inkAt(label, 0, 0).join();
      for (let y = 0; y < 26; y++)
        for (let x = 0; x < 26; x++) marks.push(inkAt(label, x, y).join() !== ground);
      return `${ground} ${marks.map(Number).join('')}`;
    });
    expect(new Set(all).size).toBe(40);
    const basins = new Set(Array.from({ length: 40 }, (_, label) => [...colours(label)]).flat());
    for (const label of [UNDECIDED, LEAVES, SADDLE])
      for (const colour of colours(label)) expect(basins.has(colour)).toBe(false);
    expect(colours(UNDECIDED).size).toBe(2);
  });

  test('rows of a map are drawn from below, with a line between labels', () => {
    const labels = Int32Array.of(0, 0, 5, 5);
    const out = new Uint8ClampedArray(4 * 20 * 20);
    paintBasins(out, [20, 20], 1, { labels, size: [2, 2] });
    const at = (x: number, y: number) => [...out.subarray(4 * (20 * y + x), 4 * (20 * y + x) + 4)];
    expect(at(3, 15)).toEqual([...inkAt(0, 3, 15)]);
    expect(at(3, 3)).toEqual([...inkAt(5, 3, 3)]);
    expect(at(3, 9)).toEqual([...inkAt(SADDLE, 3, 9)]);
    expect(at(3, 10)).toEqual([...inkAt(0, 3, 10)]);
  });
});
