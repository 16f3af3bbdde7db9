import { beforeAll, describe, expect, test } from 'vitest';
import {
  PAPER_MODELS,
  paperFigure1,
  paperFigure1ThirdTerm,
  paperFigure2,
  paperProblem,
  type PaperFigure,
} from '../../src/figures/index.js';
import { CpuBackend } from '../../src/cpu/backend.js';
import type { LandscapePanel, LinePanel, Panel } from '../../src/figure/picture.js';
import { loadAlgebra } from '../../src/model/algebra.js';
import { Evaluator } from '../../src/model/evaluator.js';
import { coordinate } from '../../src/model/sampling.js';
import { Simulator } from '../../src/simulator.js';
import { bytesOf, cli, freshFolder, jsonOf, model, namesIn } from './helpers.js';

const simulator = new Simulator(new CpuBackend());

function landscape(panel: Panel): LandscapePanel {
  if (panel.kind !== 'landscape') throw new Error('expected a landscape');
  return panel;
}
function line(panel: Panel): LinePanel {
  if (panel.kind !== 'line') throw new Error('expected a line');
  return panel;
}

/** Index of the sample nearest to (s, t). */
function sampleAt({ field, extent }: LandscapePanel, s: number, t: number): [number, number] {
  return [s, t].map((v, k) =>
    Math.floor(((v - extent[k][0]) / (extent[k][1] - extent[k][0])) * field.size[k]),
  ) as [number, number];
}

/** Coordinates of the samples with no lower neighbour. */
function minima({ field: { values, size }, extent }: LandscapePanel): [number, number][] {
  const found: [number, number][] = [];
  for (let j = 1; j < size[1] - 1; j++)
    for (let i = 1; i < size[0] - 1; i++) {
      const around = [-1, 0, 1].flatMap((b) => [-1, 0, 1].map((a) => values[(j + b) * size[0] + i + a]));
      if (Math.min(...around) < values[j * size[0] + i] - 1e-12) continue;
      found.push([coordinate(extent[0], size[0], i), coordinate(extent[1], size[1], j)]);
    }
  return found;
}

const memoriesOf = ({ fixedPoints = [] }: LandscapePanel) => fixedPoints.filter((p) => p.class === 'stable');
const CELL = 4 / 512;

test('the embedded models are the files', () => {
  for (const [name, embedded] of Object.entries(PAPER_MODELS)) expect(embedded).toEqual(jsonOf(model(name)));
});

describe('Figure 1', () => {
  let made: PaperFigure;
  let left: LandscapePanel;
  let right: LandscapePanel;
  beforeAll(async () => {
    made = await paperFigure1(simulator);
    [left, right] = made.figure.panels[1].map(landscape);
  });

  test('has vector fields above level sets', () => {
    expect(made.figure.panels.map((row) => row.map((panel) => landscape(panel).style ?? 'levels'))).toEqual([
      ['flow', 'flow'],
      ['levels', 'levels'],
    ]);
  });

  test('both systems have the same fixed points with the same verdicts', () => {
    const points = made.systems.map(({ fixedPoints }) =>
      fixedPoints.map(({ name, class: kind, state }) => [
        name,
        kind,
        ...state.map((v) => Math.round(v * 1e9) / 1e9),
      ]),
    );
    expect(points[0]).toEqual([
      ['A', 'stable', 1, -0.5],
      ['B', 'stable', -0.5, 1],
      ['S', 'saddle', 0.4, 0.4],
    ]);
    expect(points[1]).toEqual(points[0]);
    for (const panel of [left, right])
      expect(panel.fixedPoints?.map(({ name }) => name)).toEqual(['A', 'B', 'S']);
  });

  test('energy 4 is blind exactly where both neurons are dead', () => {
    const { mask, size } = left.blind ?? { mask: new Uint8Array(), size: [0, 0] };
    for (let j = 0; j < size[1]; j++)
      for (let i = 0; i < size[0]; i++)
        expect(mask[j * size[0] + i]).toBe(i < size[0] / 2 && j < size[1] / 2 ? 1 : 0);
    expect(left).toMatchObject({ verdict: 'blind', subtitle: 'blind on 25.0 % of this view' });
    expect(made.systems[0].blindShare).toBe(0.25);
    const blind = left.field.values.filter((_, k) => k % 512 < 256 && k < 256 * 512);
    expect(new Set(blind)).toEqual(new Set([0]));
  });

  test('energy 4 is flat along the dead neuron through both memories: they are no strict minima', () => {
    const [a, b] = left.fixedPoints ?? [];
    const [i, j] = sampleAt(left, a.s, a.t);
    const column = [...Array(200).keys()].map((k) => left.field.values[k * 512 + i]);
    expect(Math.max(...column) - Math.min(...column)).toBeLessThan(1e-12);
    expect(j).toBeLessThan(256);
    const row = sampleAt(left, b.s, b.t)[1];
    const across = [...left.field.values.subarray(row * 512, row * 512 + 200)];
    expect(Math.max(...across) - Math.min(...across)).toBeLessThan(1e-12);
    // Both rays of lowest samples go on to the edge, and none of them is lower than its neighbours.
    const low = minima(left).filter(([x, y]) => Math.abs(x - 1) <= CELL || Math.abs(y - 1) <= CELL);
    expect(low.length).toBeGreaterThan(2 * 250);
    // The blind rays that are drawn run through the memories to the edge of the view.
    expect(
      left.curves?.map(({ kind, points }) => [kind, points[1].map((v) => Math.round(v * 1e9) / 1e9)]),
    ).toEqual([
      ['blind', [1, -0.5]],
      ['blind', [-0.5, 1]],
    ]);
    for (const { points } of left.curves ?? []) expect(Math.min(...points.flat())).toBeLessThan(-1.98);
  });

  test('the certified energy is blind nowhere and has strict minima exactly at the memories', () => {
    expect(right).toMatchObject({ verdict: 'certified' });
    expect(right.blind?.mask.every((v) => v === 0)).toBe(true);
    expect(right.curves).toEqual([]);
    const found = minima(right);
    // The memories lie on corners of cells, so up to four samples around each are equally low.
    for (const { s, t } of memoriesOf(right))
      expect(
        found.filter(([x, y]) => Math.max(Math.abs(x - s), Math.abs(y - t)) <= CELL).length,
      ).toBeGreaterThan(0);
    for (const [x, y] of found)
      expect(memoriesOf(right).some(({ s, t }) => Math.max(Math.abs(x - s), Math.abs(y - t)) <= CELL)).toBe(
        true,
      );
  });

  test('the memories are strict minima of the certified energy, in every direction', async () => {
    const evaluator = new Evaluator(await paperProblem('winner-take-all'), await loadAlgebra());
    const energyAt = (s: number, t: number) => {
      evaluator.moveTo(Float64Array.of(s, t));
      return evaluator.energy();
    };
    for (const { s, t } of memoriesOf(right))
      for (const radius of [1e-4, 1e-2, 0.2])
        for (let k = 0; k < 64; k++) {
          const angle = (2 * Math.PI * k) / 64;
          const rise = energyAt(s + radius * Math.cos(angle), t + radius * Math.sin(angle)) - energyAt(s, t);
          expect(rise).toBeGreaterThan(0.01 * radius ** 2);
        }
  });

  test('the arms of the saddle are its eigen-directions', () => {
    const arms = left.fixedPoints?.find(({ class: kind }) => kind === 'saddle')?.directions ?? [];
    expect(arms.map(([u, v]) => Math.round((1e9 * u) / v) / 1e9).sort()).toEqual([-1, 1]);
  });
});

test('with the third term alone the saddle keeps its name and becomes a memory', async () => {
  const { systems, figure } = await paperFigure1ThirdTerm(simulator);
  expect(systems[0].fixedPoints.map(({ name, class: kind }) => `${name} ${kind}`).sort()).toEqual([
    'A stable',
    'B stable',
    'S stable',
  ]);
  expect(systems[0].notices.join()).toContain('every fixed point becomes stable');
  expect(figure.panels[0][1]).toMatchObject({ verdict: 'unproved', subtitle: 'S is a memory here' });
});

describe('Figure 2', () => {
  let made: PaperFigure;
  beforeAll(async () => {
    made = await paperFigure2(simulator);
  });

  test('a falls without end and has two memories', () => {
    expect(made.systems[0].findings).toMatchObject({ unboundedBelow: true });
    expect(made.systems[0].fixedPoints.map((p) => p.class)).toEqual([
      'stable',
      'stable',
      'saddle',
      'saddle',
      'saddle',
      'unstable',
    ]);
    expect(landscape(made.figure.panels[0][0]).fixedPoints).toHaveLength(6);
  });

  test('b is flat on [-1, 1], c on y <= 0, and both have their memory there', () => {
    const [b, c] = made.figure.panels[0].slice(1).map(line);
    for (const [panel, from, to, memory] of [
      [b, -1, 1, 0],
      [c, -3, 0, -1],
    ] as const) {
      expect(panel.flat).toHaveLength(1);
      expect(Math.abs((panel.flat?.[0].from ?? NaN) - from)).toBeLessThan(0.01);
      expect(Math.abs((panel.flat?.[0].to ?? NaN) - to)).toBeLessThan(0.01);
      expect(panel.markers).toMatchObject([
        { name: 'A', class: 'stable', x: expect.closeTo(memory, 9) as number },
      ]);
    }
    expect(made.systems[1].findings).toMatchObject({ boundedBelow: true, flatWithoutEnd: false });
    expect(made.systems[2].findings).toMatchObject({ boundedBelow: true, flatWithoutEnd: true });
  });

  test('the certified energy beside them has its only minimum at the memory', () => {
    for (const panel of made.figure.panels[0].slice(1).map(line)) {
      const { x, y } = panel.extraCurves?.[0] ?? { x: [], y: [] };
      const minima = [...y.keys()].filter(
        (i) => i > 0 && i + 1 < y.length && y[i] <= y[i - 1] && y[i] <= y[i + 1],
      );
      for (const i of minima) expect(Math.abs(x[i] - (panel.markers?.[0].x ?? NaN))).toBeLessThan(0.01);
      expect(minima.length).toBeGreaterThan(0);
    }
  });
});

test('`figure all` writes nine files and says what computed them', async () => {
  const folder = freshFolder();
  const { code, stdout, stderr } = await cli(['figure', 'all', '--out', folder, '--device', 'cpu']);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  const names = ['figure-1', 'figure-1-third-term', 'figure-2'];
  expect(namesIn(folder)).toEqual(
    names.flatMap((name) => ['json', 'png', 'svg'].map((kind) => `${name}.${kind}`)).sort(),
  );
  for (const name of names) {
    expect(stdout).toContain(`${name}: CPU, f64`);
    expect(stdout).toContain(`wrote ${folder}/${name}.png`);
    expect(
      Buffer.from(bytesOf(folder, `${name}.png`))
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG');
    expect(jsonOf(folder, `${name}.json`)).toMatchObject({
      format: 'memscape-figure/1',
      name,
      provenance: { version: '0.1.0', seed: 1, computedBy: { device: 'cpu', precision: 'f64' } },
    });
  }
});
