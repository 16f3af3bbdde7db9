/** The text of kernels without a device: literals, linking, slots, stable composition. */
import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { compose } from '../../src/wgsl/compose.js';
import { countCalls, link } from '../../src/wgsl/functions.js';
import { f32, u32 } from '../../src/wgsl/literal.js';
import { NumberStore } from '../../src/wgsl/numbers.js';
import { firstWriters, packTiles } from '../../src/wgsl/tiled.js';
import { createNetwork } from '../../src/model/network.js';
import { resolveProblem } from '../../src/model/problem.js';
import type { DeviceProfile } from '../../src/plan/device.js';
import { MemscapeError } from '../../src/errors.js';
import { createPlan } from '../../src/plan/plan.js';
import { randomProblem, combinations } from '../random-model.js';
import { activationNames } from '../../src/model/activation.js';

const device: DeviceProfile = {
  kind: 'gpu',
  software: true,
  maxStorageBufferBindingSize: 2 ** 27,
  maxBufferSize: 2 ** 28,
  maxUniformBufferBindingSize: 2 ** 16,
};

describe('literals', () => {
  test('every f32 prints to text that reads back to the same number', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (x) => {
        const text = f32(x);
        expect(text).toMatch(/^-?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?f$/);
        if (Math.abs(x) >= 2 ** -126 || x === 0)
          expect(Math.fround(Number(text.slice(0, -1)))).toBe(x === 0 ? 0 : x);
      }),
      { numRuns: 20_000 },
    );
  });

  test('what is not a number never reaches a shader', () => {
    for (const x of [NaN, Infinity, 1e39, -1e39])
      expect(() => f32(x)).toThrow(expect.objectContaining({ code: 'model-f32' }));
    for (const x of [-1, 0.5, 2 ** 32, NaN]) expect(() => u32(x)).toThrow(RangeError);
    expect(f32(3)).toBe('3.0f');
    expect(u32(3)).toBe('3u');
  });
});

describe('linking', () => {
  const a = { name: 'a.wgsl', code: 'const K = 2.0; // two\n\nfn one() -> f32 {\n  return two() * K;\n}\n' };
  const b = {
    name: 'b.wgsl',
    code: '// a comment\nfn two() -> f32 {\n  return fresh() + fresh();\n}\n\nfn unused() {\n}\n',
  };

  test('only what the entry reaches is kept, and every line knows where it came from', () => {
    const { code, where } = link([a, b], 'one');
    expect(code).not.toContain('unused');
    const line = code.split('\n').findIndex((text) => text.includes('fresh')) + 1;
    expect(where(line)).toBe('b.wgsl:3');
  });

  test('calls are counted through functions', () => {
    expect(countCalls(link([a, b], 'one').code, 'one', 'fresh')).toBe(2);
  });

  test('a function defined twice is an error with both places', () => {
    expect(() => link([a, { ...a, name: 'c.wgsl' }], 'one')).toThrow(/a\.wgsl:1.*c\.wgsl:1/);
  });
});

describe('kernels', () => {
  test('the same request gives the same text, and no number but finite ones', async () => {
    for (const activation of activationNames()) {
      const [combination] = combinations(activation);
      const problem = await randomProblem({ ...combination, size: 5, seed: 3 });
      const plan = createPlan(
        {
          problem,
          sampling: { kind: 'points', count: 3, states: new Float64Array(15) },
          quantities: ['energy', 'rhs'],
        },
        device,
      );
      const { code } = compose(plan.spec);
      expect(compose(plan.spec).code).toBe(code);
      expect(code.replace(/\/\/.*/g, '')).not.toMatch(/NaN|undefined|Infinity|\[object/);
      // WGSL may assume that NaN does not occur: a self-comparison proves nothing.
      expect(code).not.toMatch(/\b(\w+) [!=]= \1\b/);
    }
  });

  test('the text of the smallest kernel, for review', async () => {
    const problem = await randomProblem({
      activation: 'relu',
      equation: 13,
      design: 'gradient',
      energy: 14,
      thirdAlone: false,
      size: 2,
      seed: 1,
    });
    const grid = {
      kind: 'grid' as const,
      origin: new Float64Array(2),
      axes: [Float64Array.of(1, 0), Float64Array.of(0, 1)],
      extent: [[-2, 2] as const, [-2, 2] as const],
      size: [64, 64],
    };
    const plan = createPlan({ problem, sampling: grid, quantities: ['energy', 'rhs'], live: true }, device);
    await expect(compose(plan.spec).code).toMatchFileSnapshot('__snapshots__/gradient-n2.wgsl');
  });
});

describe('large networks', () => {
  const matrix = (rows: number, columns: number) => ({
    rows,
    columns,
    data: Float64Array.from({ length: rows * columns }, (_, k) => k + 1),
  });

  test('tiles hold every entry once, where the kernels look for it, and zeros elsewhere', () => {
    const given = matrix(11, 6);
    const packed = packTiles(given);
    expect(packed).toHaveLength(16 * 8);
    let sum = 0;
    for (let i = 0; i < 16; i++)
      for (let j = 0; j < 8; j++) {
        // row / 4 * tiles across + column / 2, as in tiled.ts, then the lower tile of a strip, then row-major.
        const tile = Math.floor((i & ~7) / 4) * 2 + Math.floor((j & ~3) / 2) + ((i >> 2) & 1);
        const entry = packed[16 * tile + 4 * (i % 4) + (j % 4)];
        expect(entry).toBe(i < 11 && j < 6 ? given.data[6 * i + j] : 0);
        sum += entry;
      }
    expect(sum).toBe((66 * 67) / 2);
  });

  test('blocks that meet no earlier one may store; what none of those writes starts at 0', () => {
    const spans = [
      { from: 2, to: 5 },
      { from: 4, to: 8 },
      { from: 8, to: 9 },
      { from: 0, to: 1 },
    ];
    expect(firstWriters(spans, 10)).toEqual({
      first: [true, false, true, true],
      gaps: [
        { from: 1, to: 2 },
        { from: 5, to: 8 },
        { from: 9, to: 10 },
      ],
    });
    expect(firstWriters([], 3)).toEqual({ first: [], gaps: [{ from: 0, to: 3 }] });
    expect(firstWriters([{ from: 0, to: 3 }], 3)).toEqual({ first: [true], gaps: [] });
  });

  test('matrices are cut into bindings of 128 MiB, and what no text reads is in none', () => {
    const store = new NumberStore('storage');
    const pack = () => new Float32Array(16);
    const names = [2 ** 20, 2 ** 20, 2 ** 20, 7].map((tiles) => store.addTiles(tiles, pack));
    const { declarations, matrices } = store.declare(`${names[0]}(0u) ${names[2]}(0u) ${names[3]}(1u)`);
    expect(matrices.map(({ bytes }) => bytes)).toEqual([2 ** 27, 7 * 64]);
    expect(declarations).not.toContain(names[1]);
    expect(declarations).toContain(`fn ${names[2]}(at: u32) -> mat4x4f {\n  return tiles_1[1048576u + at];`);
    expect(declarations).toContain('@group(0) @binding(2) var<storage, read> tiles_2');
  });

  test('the text of a large kernel, for review', async () => {
    const { network } = createNetwork({
      layers: [
        { name: 'x', size: 30, activation: { name: 'softmax', parameters: { beta: 1 } } },
        { name: 'h', size: 11, activation: { name: 'tanh', parameters: { beta: 1 } } },
      ],
      weights: [
        { row: 0, column: 30, matrix: matrix(30, 11) },
        { row: 30, column: 0, matrix: matrix(11, 30) },
      ],
      patterns: [{ factor: matrix(3, 41), scale: 0.5 }],
    });
    const problem = await resolveProblem({
      name: 'large',
      hash: '',
      network,
      notices: [],
      dynamics: { equation: 13, design: { name: 'gradient' } },
      energy: { equation: 14, coefficients: [0, 0, 1] },
    });
    const sampling = { kind: 'points' as const, count: 1, states: new Float64Array(41) };
    const plan = createPlan({ problem, sampling, quantities: ['energy', 'rhs'] }, device);
    await expect(compose(plan.spec).code).toMatchFileSnapshot('__snapshots__/blocks-n41.wgsl');
  });
});

describe('plans', () => {
  test('tiles cover every point once, within the limits and the time of a submit', () => {
    return fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 90 }),
        fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 3 }),
        fc.constantFrom(2 ** 20, 2 ** 27),
        async (n, size, binding) => {
          const problem = await randomProblem({
            activation: 'tanh',
            equation: 9,
            design: 'gradient',
            energy: 10,
            thirdAlone: true,
            size: n,
            seed: n,
          });
          const sampling = {
            kind: 'grid' as const,
            origin: new Float64Array(n),
            axes: size.map(() => new Float64Array(n)),
            extent: size.map(() => [-1, 1] as const),
            size,
          };
          const limits = { ...device, maxStorageBufferBindingSize: binding };
          const plan = createPlan({ problem, sampling, quantities: ['energy', 'rhs'] }, limits);
          const { slots } = compose(plan.spec);
          let covered = 0;
          for (const { columns, rows } of plan.tiles) {
            covered += columns * rows;
            expect(4 * (n + 1) * columns * rows).toBeLessThanOrEqual(binding);
            expect(4 * slots * n * columns * rows).toBeLessThanOrEqual(binding);
          }
          expect(covered).toBe(size.reduce((a, b) => a * b, 1));
          if (plan.tiles.some((t) => t.columns * t.rows > 8))
            expect(plan.tileMilliseconds).toBeLessThanOrEqual(50.001);
        },
      ),
      { numRuns: 30 },
    );
  });

  const atRest = async (size: number) => {
    const problem = await randomProblem({
      activation: 'tanh',
      equation: 9,
      design: 'gradient',
      energy: 10,
      thirdAlone: true,
      size,
      seed: 1,
    });
    const sampling = { kind: 'points' as const, count: 1, states: new Float64Array(size) };
    return { problem, sampling, quantities: ['energy', 'rhs'] as const };
  };

  test('a device that cannot bind the workspace of one run of lanes is refused, with what, why and mend', async () => {
    const small = { ...device, maxStorageBufferBindingSize: 2 ** 14 };
    // One neuron fewer is evaluated in registers, which need no workspace.
    expect(createPlan(await atRest(32), small).tiles).toHaveLength(1);
    const request = await atRest(33);
    let refusal: unknown;
    try {
      createPlan(request, small);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(MemscapeError);
    expect(refusal).toMatchObject({
      code: 'plan-memory',
      exitCode: 2,
      what: expect.stringMatching(
        /^8 lanes at N = 33 need \d+ bytes of workspace, the device binds 16384$/,
      ) as string,
      why: expect.stringContaining('one storage binding') as string,
      mend: expect.stringContaining('--device cpu') as string,
    });
  });

  test('a point that takes longer than a tile should is a tile of its own, not a refusal', async () => {
    const { problem, sampling } = await atRest(100);
    const cpu: DeviceProfile = {
      ...device,
      kind: 'cpu',
      maxStorageBufferBindingSize: Number.MAX_SAFE_INTEGER,
    };
    const points = { ...sampling, count: 3, states: new Float64Array(300) };
    const plan = createPlan({ problem, sampling: points, quantities: ['certificate'] }, cpu);
    expect(plan.tileMilliseconds).toBeGreaterThan(50);
    expect(plan.tiles.map(({ columns, rows }) => columns * rows)).toEqual([1, 1, 1]);
  });

  test('samplings that do not fit are refused with what, why and mend', async () => {
    const problem = await randomProblem({
      activation: 'tanh',
      equation: 1,
      design: 'identity',
      energy: 4,
      thirdAlone: false,
      size: 2,
      seed: 1,
    });
    const points = (states: Float64Array, count: number) =>
      createPlan({ problem, sampling: { kind: 'points', count, states }, quantities: ['energy'] }, device);
    expect(() => points(new Float64Array(3), 2)).toThrow(/2 x 2 numbers/);
    expect(() => points(Float64Array.of(1, NaN), 1)).toThrow(/points\[0\]\[1\] is NaN/);
    expect(() => points(Float64Array.of(1e39, 0), 1)).toThrow(/finite f32/);
    const grid = (extent: [number, number], size: number) =>
      createPlan(
        {
          problem,
          sampling: {
            kind: 'grid',
            origin: new Float64Array(2),
            axes: [new Float64Array(2)],
            extent: [extent],
            size: [size],
          },
          quantities: ['energy'],
        },
        device,
      );
    expect(() => grid([1, 1], 4)).toThrow(/lo < hi/);
    expect(() => grid([0, 1], 2.5)).toThrow(/whole number/);
    expect(() => grid([0, 1], 2 ** 24 + 1)).toThrow(/16777216/);
  });
});
