/** Every example model loads, and what models/README.md claims about it holds. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { describe, expect, test } from 'vitest';
import { loadModel } from '../../src/io/files.node.js';
import { activationRow } from '../../src/model/activation.js';
import { layer64 } from '../../src/model/layer64.js';
import { applyWeights, applyWeightsTransposed } from '../../src/model/network.js';
import { randomStream } from '../../src/model/random.js';
import type { Model, Network } from '../../src/types.js';
import { stateDict } from './state-dict.js';

const folder = new URL('../../models/', import.meta.url).pathname;
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.slice(0, -5));
const load = (name: string) => loadModel(`${folder}${name}.json`);

const readme = readFileSync(`${folder}README.md`, 'utf8');
const claims = new Map(
  readme
    .split('\n### ')
    .slice(1)
    .map((section) => {
      const points = /Fixed points: (.*)/.exec(section)?.[1] ?? '';
      const list = [...points.matchAll(/`(\[.*?\])` (stable|saddle|unstable)/g)];
      return [
        section.split('\n')[0],
        list.map(([, point, kind]) => ({ point: JSON.parse(point) as number[], kind })),
      ];
    }),
);

function activation({ layers }: Network, x: Float64Array): Float64Array {
  const g = new Float64Array(x.length);
  for (const {
    offset,
    size,
    activation: { name, parameters },
  } of layers) {
    layer64(name, parameters).activation(x.slice(offset, offset + size), g.subarray(offset, offset + size));
  }
  return g;
}

/** r of equation 1 (which is that of 13) or 9. */
function residual({ network, dynamics }: Model, x: Float64Array): Float64Array {
  const out = new Float64Array(x.length);
  const state = dynamics.equation === 9;
  applyWeights(network, state ? x : activation(network, x), out);
  for (let i = 0; i < out.length; i++) out[i] += network.bias[i];
  return (state ? activation(network, out) : out).map((value, i) => value - x[i]);
}

function kindOf(model: Model, x: Float64Array): string {
  const n = x.length;
  const jacobian = Matrix.zeros(n, n);
  for (let j = 0; j < n; j++) {
    const move = (by: number) =>
      residual(
        model,
        x.map((value, i) => (i === j ? value + by : value)),
      );
    const [up, down] = [move(1e-6), move(-1e-6)];
    for (let i = 0; i < n; i++) jacobian.set(i, j, (up[i] - down[i]) / 2e-6);
  }
  const real = new EigenvalueDecomposition(jacobian).realEigenvalues;
  if (real.every((value) => value < -1e-4)) return 'stable';
  return real.every((value) => value > 1e-4) ? 'unstable' : 'saddle';
}

test('README and folder list the same models', () => {
  expect([...claims.keys()].sort()).toEqual([...names].sort());
});

describe.each(names)('%s', (name) => {
  test('loads as it is, under its own name', async () => {
    const model = await load(name);
    expect(model.name).toBe(name);
    expect(model.notices).toEqual([]);
  });

  // Too many numbers to print; test/model/digits.test.ts finds its fixed points.
  test.skipIf(name === 'digits')('its fixed points are fixed points of the stated kind', async () => {
    const model = await load(name);
    const points = claims.get(name) ?? [];
    expect(points.length).toBeGreaterThan(0);
    for (const { point, kind } of points) {
      const x = Float64Array.from(point);
      expect(x.length).toBe(model.network.size);
      expect(Math.hypot(...residual(model, x))).toBeLessThan(1e-9);
      expect([point, kindOf(model, x)]).toEqual([point, kind]);
    }
  });
});

test('mlp-state-dict.safetensors is what its seed gives (MEMSCAPE_WRITE_MODELS=1 writes it)', () => {
  const file = `${folder}mlp-state-dict.safetensors`;
  if (process.env.MEMSCAPE_WRITE_MODELS === '1') writeFileSync(file, stateDict());
  expect(new Uint8Array(readFileSync(file))).toEqual(stateDict());
});

test('smu-nonsymmetric: |W| |H| < 1, by power iteration on W^T W', async () => {
  const { network } = await load('smu-nonsymmetric');
  expect(network.symmetric).toBe(false);
  let x = Float64Array.of(1, 0.3, -0.2);
  const y = new Float64Array(3);
  let norm = 0;
  for (let k = 0; k < 200; k++) {
    applyWeights(network, x, y);
    norm = Math.hypot(...y) / Math.hypot(...x);
    const z = new Float64Array(3);
    applyWeightsTransposed(network, y, z);
    x = z.map((value) => value / Math.hypot(...z));
  }
  const { name, parameters } = network.layers[0].activation;
  expect(norm * activationRow(name).supHessian(parameters)).toBeLessThan(0.9);
});

test('softmax-attention-density: energy 4 on the slaved hidden layer is minus a log density over beta', async () => {
  const { network } = await load('softmax-attention-density');
  const { layers, bias, size } = network;
  const beta = layers[1].activation.parameters.beta;
  const patterns = [
    [1, 0],
    [-0.5, 0.75],
    [-0.5, -1],
  ];
  const { normal } = randomStream(5);
  for (let trial = 0; trial < 20; trial++) {
    const v = [normal(2 * trial), normal(2 * trial + 1)];
    const y = Float64Array.from([...v, ...patterns.map(([a, b], k) => a * v[0] + b * v[1] + bias[2 + k])]);
    const g = activation(network, y);
    const Wg = new Float64Array(size);
    applyWeights(network, g, Wg);
    let energy = 0;
    for (let i = 0; i < size; i++) energy += (y[i] - bias[i]) * g[i] - (g[i] * Wg[i]) / 2;
    for (const {
      offset,
      size: count,
      activation: { name, parameters },
    } of layers) {
      energy -= layer64(name, parameters).lagrangian(y.slice(offset, offset + count));
    }
    const density = patterns.reduce(
      (sum, [a, b]) => sum + Math.exp((-beta * ((v[0] - a) ** 2 + (v[1] - b) ** 2)) / 2),
      0,
    );
    expect(energy).toBeCloseTo(-Math.log(density) / beta, 12);
  }
});
