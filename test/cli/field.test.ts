import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadModel, readNpy, readNpz, writeNpy } from '../../src/node.js';
import { loadAlgebra } from '../../src/model/algebra.js';
import { Evaluator } from '../../src/model/evaluator.js';
import { resolveProblem } from '../../src/model/problem.js';
import { bytesOf, cli, freshFolder, jsonOf, model, namesIn } from './helpers.js';

const folder = freshFolder();
const at = (name: string) => join(folder, name);
const npy = (...parts: string[]) => readNpy(bytesOf(...parts), { nonFinite: true });

interface FieldJson {
  readonly grid: { origin: number[]; axes: number[][]; extent: number[]; size: number[] };
  readonly fields: Record<string, { file: string; shape: number[]; dtype: string; picture?: string }>;
  readonly energy: { equation: number; coefficients: number[]; certified: boolean; why: string };
  readonly blindShare: number;
  readonly fixedPoints: { name: string; state: number[]; class: string }[];
  readonly flat: { from: number; to: number; label: string }[];
  readonly provenance: Record<string, unknown>;
  readonly notices: string[];
}
const field = (name: string) => jsonOf(at(name), 'field.json') as FieldJson;

async function evaluator(name: string) {
  return new Evaluator(await resolveProblem(await loadModel(model(name))), await loadAlgebra());
}

describe('a plane', () => {
  beforeAll(async () => {
    const argv = [
      'field',
      model('winner-take-all'),
      '--quantity',
      'energy,rhs,alive-mask',
      '--size',
      '40x30',
    ];
    const { code, stdout } = await cli([
      ...argv,
      '--extent',
      '-2:2,-1:2',
      '--out',
      at('plane'),
      '--device',
      'cpu',
    ]);
    expect(code).toBe(0);
    expect(stdout).toContain('40 x 30 samples, CPU, f64, 1 thread');
  });

  test('writes arrays, pictures and one JSON', () => {
    const kinds = (name: string) => [`${name}.npy`, `${name}.png`, `${name}.svg`];
    expect(namesIn(at('plane'))).toEqual(
      [...kinds('alive-mask'), ...kinds('energy'), 'field.json', ...kinds('rhs')].sort(),
    );
    expect(
      readFileSync(join(at('plane'), 'energy.png'))
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG');
    expect(readFileSync(join(at('plane'), 'energy.svg'), 'utf8')).toMatch(/^<svg /);
  });

  test('arrays are [t][s] at cell centres and equal the evaluator', async () => {
    const energy = npy(at('plane'), 'energy.npy');
    const rhs = npy(at('plane'), 'rhs.npy');
    expect([energy.shape, rhs.shape]).toEqual([
      [30, 40],
      [30, 40, 2],
    ]);
    const twin = await evaluator('winner-take-all');
    for (const [column, row] of [
      [0, 0],
      [39, 0],
      [7, 21],
      [39, 29],
    ]) {
      twin.moveTo(Float64Array.of(-2 + (4 * (column + 0.5)) / 40, -1 + (3 * (row + 0.5)) / 30));
      expect(energy.data[row * 40 + column]).toBeCloseTo(twin.energy(), 12);
      expect(rhs.data[2 * (row * 40 + column) + 1]).toBeCloseTo(twin.velocity()[1], 12);
    }
  });

  test('the JSON says what was computed and from what', () => {
    const { grid, fields, energy, provenance, fixedPoints } = field('plane');
    expect(grid).toMatchObject({
      origin: [0, 0],
      axes: [
        [1, 0],
        [0, 1],
      ],
      extent: [-2, 2, -1, 2],
      size: [40, 30],
    });
    expect(fields.rhs).toMatchObject({ file: 'rhs.npy', shape: [30, 40, 2], dtype: '<f8' });
    expect(fields.rhs.picture).toContain('norm');
    expect(energy).toMatchObject({ equation: 14, certified: true });
    expect(energy.coefficients[1]).toBeCloseTo(0.703125, 12);
    expect(energy.why).toContain('certified');
    expect(fixedPoints.map(({ name, class: kind }) => `${name} ${kind}`)).toEqual([
      'A stable',
      'B stable',
      'S saddle',
    ]);
    expect(provenance).toMatchObject({
      version: '0.1.0',
      seed: 1,
      computedBy: { requested: 'cpu', device: 'cpu', precision: 'f64', adapter: {}, driver: '' },
      gpuMilliseconds: 0,
    });
    for (const key of ['command', 'tolerances', 'host', 'wallMilliseconds'])
      expect(provenance).toHaveProperty(key);
    expect(provenance.command).toContain('memscape field models/winner-take-all.json');
    expect(jsonOf(at('plane'), 'field.json')).toHaveProperty('hash', expect.stringMatching(/^[0-9a-f]{64}$/));
  });

  test('is refused the second time, and replaced with --force', async () => {
    const argv = ['field', model('winner-take-all'), '--size', '8', '--out', at('plane')];
    expect(await cli(argv)).toMatchObject({ code: 2 });
    expect(npy(at('plane'), 'energy.npy').shape).toEqual([30, 40]);
    expect(await cli([...argv, '--force'])).toMatchObject({ code: 0 });
    expect(npy(at('plane'), 'energy.npy').shape).toEqual([8, 8]);
  });
});

describe('other slices', () => {
  test('with --json stdout is the JSON alone', async () => {
    const argv = ['field', model('winner-take-all'), '--size', '8', '--out', at('json'), '--json'];
    const { stdout } = await cli(argv);
    expect(JSON.parse(stdout)).toEqual(jsonOf(at('json'), 'field.json'));
  });

  test('the defaults are 1024 x 1024 samples of -2:2', async () => {
    const { code } = await cli(['field', model('winner-take-all-krotov-hopfield'), '--out', at('defaults')]);
    expect(code).toBe(0);
    expect(field('defaults')).toMatchObject({
      grid: { extent: [-2, 2, -2, 2], size: [1024, 1024] },
      blindShare: 0.25,
    });
  });

  test('one axis is a line with its flat stretches', async () => {
    const argv = [
      'field',
      model('winner-take-all-krotov-hopfield'),
      '--axes',
      'e1',
      '--origin',
      '1,0',
      '--size',
      '512',
    ];
    const { code, stdout } = await cli([...argv, '--quantity', 'energy,speed', '--out', at('line')]);
    expect(code).toBe(0);
    expect(stdout).toContain('flat along 50.0 % of this line');
    expect(npy(at('line'), 'speed.npy').shape).toEqual([512]);
    const { flat, fixedPoints, grid } = field('line');
    expect(flat).toMatchObject([{ from: -2, to: 0, label: 'flat: x[1] dead' }]);
    expect(fixedPoints[0].state).toEqual([1, -0.5].map((v) => expect.closeTo(v, 10) as number));
    expect(grid).toMatchObject({ origin: [1, 0], extent: [-2, 2], size: [512] });
  });

  test('a network of one neuron is a line by default', async () => {
    expect(await cli(['field', model('fig-2b'), '--extent', '-3:3', '--out', at('neuron')])).toMatchObject({
      code: 0,
    });
    const { flat, grid } = field('neuron');
    expect(grid.size).toEqual([1024]);
    expect(flat).toHaveLength(1);
    expect(Math.abs(flat[0].from + 1)).toBeLessThan(0.01);
    expect(Math.abs(flat[0].to - 1)).toBeLessThan(0.01);
  });

  test('three axes are a volume without a picture', async () => {
    const argv = [
      'field',
      model('mlp-feedback'),
      '--size',
      '6x5x4',
      '--quantity',
      'energy,rhs',
      '--out',
      at('volume'),
    ];
    expect(await cli(argv)).toMatchObject({ code: 0 });
    expect(namesIn(at('volume'))).toEqual(['energy.npy', 'field.json', 'rhs.npy']);
    expect(npy(at('volume'), 'rhs.npy').shape).toEqual([4, 5, 6, 9]);
    expect(field('volume').grid.axes.map((axis) => axis.indexOf(1))).toEqual([0, 1, 2]);
  });

  test('files say the same as numbers', async () => {
    writeFileSync(at('origin.npy'), writeNpy([2], Float64Array.of(0.5, -0.25)));
    writeFileSync(at('axes.npy'), writeNpy([2, 2], Float64Array.of(1, 1, 1, -1)));
    const argv = ['field', model('winner-take-all'), '--size', '9x7'];
    const numbers = await cli([
      ...argv,
      '--origin',
      '0.5,-0.25',
      '--axes',
      '1,1;1,-1',
      '--out',
      at('numbers'),
    ]);
    const files = await cli([
      ...argv,
      '--origin',
      at('origin.npy'),
      '--axes',
      at('axes.npy'),
      '--out',
      at('files'),
    ]);
    expect([numbers.code, files.code]).toEqual([0, 0]);
    expect(bytesOf(at('numbers'), 'energy.npy')).toEqual(bytesOf(at('files'), 'energy.npy'));
    const twin = await evaluator('winner-take-all');
    const [s, t] = [-2 + (4 * 2.5) / 9, -2 + (4 * 5.5) / 7];
    twin.moveTo(Float64Array.of(0.5 + s + t, -0.25 + s - t));
    expect(npy(at('numbers'), 'energy.npy').data[5 * 9 + 2]).toBeCloseTo(twin.energy(), 12);
  });

  test('--through takes the plane of three states, their triangle and 25 %', async () => {
    const argv = ['field', model('mlp-feedback'), '--size', '8', '--out', at('through')];
    const row = (values: number[]) => Float64Array.from({ length: 9 }, (_, i) => values[i] ?? 0);
    const states = [row([1, 0, 0]), row([1, 4, 0]), row([1, 2, 2])];
    writeFileSync(at('three.npy'), writeNpy([3, 9], Float64Array.from(states.flatMap((y) => [...y]))));
    expect(await cli([...argv, '--through', at('three.npy')])).toMatchObject({ code: 0 });
    const { grid } = field('through');
    expect(grid.origin.slice(0, 3)).toEqual([1, 0, 0]);
    expect(grid.axes.map((axis) => axis.slice(0, 3))).toEqual([
      [0, 1, 0],
      [0, 0, 1],
    ]);
    expect(grid.extent).toEqual([-1, 5, -0.5, 2.5]);
  });

  test('--axes memories takes orthonormal principal axes, the same for the same seed', async () => {
    const argv = ['field', model('softmax-attention'), '--size', '8', '--axes', 'memories'];
    await cli([...argv, '--out', at('m1')]);
    await cli([...argv, '--out', at('m2')]);
    const [first, second] = [field('m1').grid.axes, field('m2').grid.axes];
    expect(first).toEqual(second);
    const product = (a: number[], b: number[]) => a.reduce((sum, v, i) => sum + v * b[i], 0);
    expect(product(first[0], first[0])).toBeCloseTo(1, 12);
    expect(product(first[0], first[1])).toBeCloseTo(0, 12);
  });

  test('--axes memories says which fixed points the view leaves out', async () => {
    const { stderr } = await cli([
      'field',
      model('two-attractor-sigmoid'),
      '--size',
      '8',
      '--axes',
      'memories',
      '--out',
      at('m3'),
    ]);
    expect(stderr).toMatch(/note: 3 of 3 fixed points lie outside of this view; --extent \S+ shows them all/);
  });
});

test('the rate of the energy comes with a verdict on the slice, in JSON, on the picture and in words', async () => {
  const out = `${folder}/rate`;
  const argv = ['field', model('winner-take-all'), '--quantity', 'energy-rate', '--size', '32'];
  const { code, stdout } = await cli([...argv, '--device', 'cpu', '--out', out]);
  expect(code).toBe(0);
  expect(stdout).toContain('the energy falls in 1024 of 1024 cells');
  const { fields } = jsonOf(out, 'field.json') as { fields: Record<string, { lyapunov: unknown }> };
  expect(fields['energy-rate'].lyapunov).toMatchObject({ verdict: 'holds', holds: 1024, violated: 0 });
  expect(new TextDecoder().decode(bytesOf(out, 'energy-rate.svg'))).toContain('1024 of 1024 cells');
});

describe('eval', () => {
  test('writes one array per quantity, and the provenance', async () => {
    writeFileSync(at('points.npy'), writeNpy([3, 2], Float64Array.of(1, -0.5, 0.4, 0.4, -1, -1)));
    const argv = [
      'eval',
      model('winner-take-all'),
      '--points',
      at('points.npy'),
      '--quantity',
      'energy,rhs,blind-spot',
    ];
    const { code, stdout } = await cli([...argv, '--out', at('r.npz'), '--json']);
    expect(code).toBe(0);
    const arrays = readNpz(bytesOf(at('r.npz')));
    expect([...arrays.keys()]).toEqual(['energy', 'rhs', 'blind-spot', 'provenance']);
    expect(arrays.get('rhs')?.shape).toEqual([3, 2]);
    expect([...(arrays.get('rhs')?.data.subarray(0, 4) ?? [])].every((v) => Math.abs(v) < 1e-12)).toBe(true);
    const words = new TextDecoder().decode(Uint8Array.from(arrays.get('provenance')?.data ?? []));
    expect(JSON.parse(words)).toEqual(JSON.parse(stdout));
    expect(JSON.parse(words)).toMatchObject({ points: 3, provenance: { seed: 1, version: '0.1.0' } });
  });

  test('[N] is one point, and for one neuron [P] are P points', async () => {
    await cli(['eval', model('winner-take-all'), '--points', '1,0', '--out', at('one.npz')]);
    await cli(['eval', model('one-neuron'), '--points', '0,1,2', '--out', at('three.npz')]);
    expect(readNpz(bytesOf(at('one.npz'))).get('energy')?.shape).toEqual([1]);
    expect([...(readNpz(bytesOf(at('three.npz'))).get('energy')?.data ?? [])]).toEqual([0, -0.75, -1]);
  });

  test('shapes and numbers that do not fit are exit 3', async () => {
    writeFileSync(at('wide.npy'), writeNpy([2, 3], new Float64Array(6)));
    writeFileSync(at('empty.npy'), writeNpy([0, 2], new Float64Array(0)));
    writeFileSync(at('nan.npy'), writeNpy([1, 2], Float64Array.of(0, NaN)));
    writeFileSync(at('text.npy'), 'no array');
    for (const [name, words] of [
      ['wide.npy', 'expected shape [points, 2] or [2], found [2, 3]'],
      ['empty.npy', 'nothing to compute'],
      ['nan.npy', 'element [0, 1]'],
      ['text.npy', 'not a .npy file'],
      ['missing.npy', 'no such file'],
    ]) {
      const { code, stderr } = await cli([
        'eval',
        model('winner-take-all'),
        '--points',
        at(name),
        '--out',
        at('no.npz'),
      ]);
      expect(stderr).toContain(words);
      expect(code).toBe(3);
    }
    expect(namesIn(folder)).not.toContain('no.npz');
  });
});

describe('doctor', () => {
  test('names what computes and what --device auto does', async () => {
    const { code, stdout } = await cli(['doctor']);
    expect(code).toBe(0);
    for (const words of ['memscape 0.1.0', process.version, 'Dawn', 'ok: tanh', '--device auto:'])
      expect(stdout).toContain(words);
  });

  test('is JSON on demand', async () => {
    const { stdout } = await cli(['doctor', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      format: 'memscape-doctor/1',
      versions: { memscape: '0.1.0', node: process.version },
      healthy: true,
      probes: [{ name: 'tanh at ±100', passed: true }, { passed: true }],
    });
  });
});

describe('--regions', () => {
  interface RegionsJson {
    readonly shape: number[];
    readonly found: number;
    readonly grid: { size: number[] };
    readonly regions: {
      label: number;
      alive: boolean[];
      share: number;
      deadDimensions: number;
      words: string;
      drain: { kind: string; ends: { name: string; inside: boolean }[]; wakes: number[] };
    }[];
  }

  test('labels, the memory of each region or who wakes, and words on the picture', async () => {
    const argv = ['field', model('winner-take-all-krotov-hopfield'), '--regions', '--size', '40x30'];
    const { code } = await cli([...argv, '--device', 'cpu', '--out', at('regions')]);
    expect(code).toBe(0);
    const { regions, shape, found } = jsonOf(at('regions'), 'regions.json') as RegionsJson;
    expect([shape, found]).toEqual([[30, 40], 4]);
    const labels = npy(at('regions'), 'regions.npy');
    expect([labels.shape, labels.dtype]).toEqual([[30, 40], '<i4']);
    const of = (...alive: boolean[]) => regions.find((region) => region.alive.join() === alive.join());
    const memories = field('regions').fixedPoints;
    for (const [corner, alive] of [
      [0, [false, false]],
      [39, [true, false]],
      [29 * 40, [false, true]],
      [1199, [true, true]],
    ] as const)
      expect(of(...alive)).toMatchObject({ label: labels.data[corner], share: 0.25 });
    for (const alive of [
      [true, false],
      [false, true],
    ]) {
      const memory = memories.find(({ state }) => state.every((y, i) => y > 0 === alive[i]));
      const region = of(...alive);
      expect(region).toMatchObject({
        deadDimensions: 1,
        words: `1 alive, drains to ${memory?.name ?? '?'}`,
        drain: { kind: 'fixed-point', ends: [{ name: memory?.name, inside: true }] },
      });
    }
    expect(of(false, false)).toMatchObject({
      words: '0 alive, no memory: x[0], x[1] wake',
      drain: { kind: 'leaves', wakes: [0, 1] },
    });
    const svg = readFileSync(join(at('regions'), 'energy.svg'), 'utf8');
    expect(svg).toContain('drains to A');
    expect(svg).toContain('no memory: x[0], x[1] wake');
  });

  test('a softmax has no pattern of alive neurons, and a slice too fine is cut more coarsely: both are said', async () => {
    const argv = ['field', model('softmax-attention'), '--regions', '--size', '2000x3', '--device', 'cpu'];
    const { code } = await cli([...argv, '--out', at('softmax')]);
    expect(code).toBe(0);
    const { shape } = jsonOf(at('softmax'), 'regions.json') as RegionsJson;
    expect(shape).toEqual([3, 512]);
    expect(jsonOf(at('softmax'), 'regions.json')).toHaveProperty('blockwiseLayers');
    const notices = field('softmax').notices.join('\n');
    expect(notices).toContain('512 x 3 samples');
    expect(notices).toContain('no pattern of alive neurons');
  });
});
