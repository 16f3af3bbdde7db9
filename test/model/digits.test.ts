/** models/digits.json: built again it is the same, it remembers what it claims to, and nothing N x N is ever made. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadModel, readNpy } from '../../src/node.js';
import { CpuBackend } from '../../src/cpu/backend.js';
import { throughStates } from '../../src/figures/plane.js';
import { searchPlane } from '../../src/figures/search.js';
import { loadAlgebra } from '../../src/model/algebra.js';
import { Evaluator, norm } from '../../src/model/evaluator.js';
import { applyWeights } from '../../src/model/network.js';
import { resolveProblem, type Problem } from '../../src/model/problem.js';
import { createPlan } from '../../src/plan/plan.js';
import { Simulator } from '../../src/simulator.js';
import type { Grid } from '../../src/types.js';
import { compose } from '../../src/wgsl/compose.js';

const PIXELS = 784;
const DIGITS = 10;
const N = PIXELS + DIGITS;
const SIDE = 28;

const file = (name: string) => `models/${name}`;
const array = (name: string) => readNpy(new Uint8Array(readFileSync(file(name)))).data;
const images = array('digits.npy');
const image = (digit: number) => images.slice(digit * PIXELS, (digit + 1) * PIXELS);

let problem: Problem;
let evaluator: Evaluator;

beforeAll(async () => {
  problem = await resolveProblem(await loadModel(file('digits.json')));
  evaluator = new Evaluator(problem, await loadAlgebra());
});

/** Hidden units at rest: h = X v + b. */
function atRest(pixels: Float64Array): Float64Array {
  const state = new Float64Array(N);
  state.set(pixels);
  const out = new Float64Array(N);
  applyWeights(problem.network, state, out);
  for (let i = PIXELS; i < N; i++) state[i] = out[i] + problem.network.bias[i];
  return state;
}

/** Follows eq. 1 with the midpoint rule to rest, then polishes: y <- W g(y) + b. */
function settle(state: Float64Array): Float64Array {
  const y = Float64Array.from(state);
  const half = new Float64Array(N);
  for (let step = 0; step < 400; step++) {
    evaluator.moveTo(y);
    const first = Float64Array.from(evaluator.velocity());
    for (let i = 0; i < N; i++) half[i] = y[i] + 0.05 * first[i];
    evaluator.moveTo(half);
    const middle = evaluator.velocity();
    for (let i = 0; i < N; i++) y[i] += 0.1 * middle[i];
  }
  for (let step = 0; step < 40; step++) {
    evaluator.moveTo(y);
    for (let i = 0; i < N; i++) y[i] += evaluator.r[i];
  }
  return y;
}

/** Largest eigenvalue of X^T Hess L(h) X, whose square roots less 1, and -1, are the spectrum of the Jacobian. */
function gain(state: Float64Array): number {
  let v = Float64Array.from({ length: N }, (_, i) => (i < PIXELS ? Math.sin(i + 1) : 0));
  const [g, Wg] = [new Float64Array(N), new Float64Array(N)];
  let size = 0;
  for (let step = 0; step < 60; step++) {
    applyWeights(problem.network, v, Wg);
    evaluator.moveTo(state);
    evaluator.lifted.hessianApply(evaluator.x, Wg, g);
    g.fill(0, 0, PIXELS);
    applyWeights(problem.network, g, Wg);
    size = norm(Wg.subarray(0, PIXELS));
    v = Wg.map((x, i) => (i < PIXELS ? x / size : 0));
  }
  return size;
}

const HALVES: Readonly<Record<string, (row: number, column: number) => boolean>> = {
  upper: (row) => row < SIDE / 2,
  lower: (row) => row >= SIDE / 2,
  left: (_, column) => column < SIDE / 2,
  right: (_, column) => column >= SIDE / 2,
};

test('building it again gives the same bytes', { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'memscape-digits-'));
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  execFileSync(process.execPath, ['models/build-digits.mjs', folder]);
  const names = readdirSync(folder).sort();
  expect(names).toEqual(['digits-bias.npy', 'digits-three.npy', 'digits.json', 'digits.npy']);
  for (const name of names)
    expect([name, readFileSync(join(folder, name)).equals(readFileSync(file(name)))]).toEqual([name, true]);
  expect(names.reduce((sum, name) => sum + readFileSync(file(name)).length, 0)).toBeLessThan(100_000);
});

test('images have mean 0 and length 1, so that overlaps are correlations', () => {
  for (let digit = 0; digit < DIGITS; digit++) {
    expect(Math.abs(image(digit).reduce((sum, v) => sum + v, 0))).toBeLessThan(1e-5);
    expect(norm(image(digit))).toBeCloseTo(1, 6);
  }
});

describe.each(Array.from({ length: DIGITS }, (_, digit) => digit))('digit %i', (digit) => {
  /** Half of a grey level: white to ink are 255 of them, or fewer where the ink is not full. */
  const halfGrey = () => (Math.max(...image(digit)) - Math.min(...image(digit))) / 255 / 2;

  test('is a stable fixed point, exact to half of a grey level', () => {
    const y = settle(atRest(image(digit)));
    evaluator.moveTo(y);
    expect(norm(evaluator.r)).toBeLessThan(1e-12);
    expect(Math.max(...image(digit).map((v, i) => Math.abs(v - y[i])))).toBeLessThan(halfGrey());
    expect(gain(y)).toBeLessThan(0.5);
  });

  test.each(Object.entries(HALVES))('comes back from its %s half', (_, kept) => {
    const half = image(digit).map((v, i) => (kept(Math.floor(i / SIDE), i % SIDE) ? v : 0));
    const y = settle(atRest(half));
    expect(Math.max(...image(digit).map((v, i) => Math.abs(v - y[i])))).toBeLessThan(halfGrey());
  });
});

test('energy 4 with the hidden units at rest is minus the log of a Gaussian kernel density, over beta', () => {
  const { beta } = problem.network.layers[1].activation.parameters;
  for (const mix of [
    [0.5, 0.3, 0.2],
    [0.1, -0.4, 1.2],
  ]) {
    const v = image(1).map((_, i) => mix[0] * image(3)[i] + mix[1] * image(5)[i] + mix[2] * image(8)[i]);
    evaluator.moveTo(atRest(v));
    const density = Array.from({ length: DIGITS }, (_, k) =>
      Math.exp((-beta * norm(v.map((x, i) => x - image(k)[i])) ** 2) / 2),
    ).reduce((sum, term) => sum + term, 0);
    expect(evaluator.energy()).toBeCloseTo(-Math.log(density) / beta, 12);
  }
});

function three(): readonly [Float64Array, Float64Array, Float64Array] {
  const states = array('digits-three.npy');
  const [a, b, c] = [0, 1, 2].map((k) => states.slice(k * N, (k + 1) * N));
  return [a, b, c];
}

const planeOf = (side: number): Grid => {
  const plane = throughStates(three());
  if (!plane) throw new Error('the three digits lie on a line');
  return { kind: 'grid', ...plane, size: [side, side] };
};

test('the plane through three digits holds them, with the hidden units at rest everywhere', () => {
  const { origin, axes } = planeOf(8);
  for (const [k, state] of three().entries())
    expect(Math.max(...state.map((v, i) => Math.abs(v - atRest(image([3, 5, 8][k]))[i])))).toBeLessThan(1e-6);
  const y = origin.map((v, i) => v + 0.7 * axes[0][i] - 0.4 * axes[1][i]);
  expect(Math.max(...atRest(y.slice(0, PIXELS)).map((v, i) => Math.abs(v - y[i])))).toBeLessThan(1e-6);
});

test('the search in 21 dimensions finds the three memories and the saddles between them', async () => {
  const found = searchPlane(problem, await loadAlgebra(), planeOf(8)) ?? [];
  for (const { residual } of found) expect(residual).toBeLessThan(1e-12);
  const stable = found.filter((p) => p.class === 'stable');
  for (const digit of [3, 5, 8])
    expect(
      stable.some(({ state }) => norm(state.slice(0, PIXELS).map((v, i) => v - image(digit)[i])) < 1e-2),
    ).toBe(true);
  for (const point of found) if (point.class === 'stable') expect(gain(point.state)).toBeLessThan(1);
  for (const point of found) if (point.class === 'saddle') expect(gain(point.state)).toBeGreaterThan(1);
  expect(found.filter((p) => p.class === 'saddle').length).toBeGreaterThanOrEqual(3);
});

/** Calls `work` while every typed array of N x N numbers or more is refused. */
async function withoutSquares(work: () => Promise<unknown>): Promise<void> {
  const originals = { Float64Array, Float32Array };
  const guard = <T extends Float64ArrayConstructor | Float32ArrayConstructor>(type: T): T =>
    new Proxy(type, {
      construct: (target, given: unknown[], newTarget) => {
        const made = Reflect.construct(target, given, newTarget) as Float64Array | Float32Array;
        if (made.length >= N * N) throw new Error(`an array of ${String(made.length)} numbers was made`);
        return made;
      },
    });
  Object.assign(globalThis, { Float64Array: guard(Float64Array), Float32Array: guard(Float32Array) });
  try {
    await work();
  } finally {
    Object.assign(globalThis, originals);
  }
}

describe('nothing of N x N numbers is made', () => {
  test('the guard sees one', async () => {
    const square = () => new Float64Array(N * N);
    await expect(withoutSquares(() => Promise.resolve(square()))).rejects.toThrow(
      'an array of 630436 numbers',
    );
    await expect(
      withoutSquares(() => Promise.resolve(Float32Array.from({ length: N * N }, () => 0))),
    ).rejects.toThrow('an array of 630436 numbers');
  });

  test('by the certified coefficients of eq. 14', async () => {
    const model = await loadModel(file('digits.json'));
    await withoutSquares(async () => {
      const { energy } = await resolveProblem({
        ...model,
        energy: { equation: 14, coefficients: 'certified' },
      });
      expect(energy.certified).toBe(true);
      expect(energy.coefficients[1]).toBeGreaterThan(0);
    });
  });

  test('by reading, resolving, a 64 x 64 field on the CPU, the search, and the plan of a GPU', async () => {
    await withoutSquares(async () => {
      const own = await resolveProblem(await loadModel(file('digits.json')));
      const sampling = planeOf(64);
      const simulator = new Simulator(new CpuBackend());
      const quantities = ['energy', 'residual', 'blind-spot', 'dead-count'] as const;
      const { fields } = await simulator.evaluate({ problem: own, sampling, quantities });
      expect(fields.get('energy')?.shape).toEqual([64, 64]);
      searchPlane(own, await loadAlgebra(), sampling);
      // The network as it is, not what is left of it on a slice.
      const plan = createPlan(
        { problem: own, sampling, quantities: ['energy', 'rhs'] },
        new CpuBackend().profile,
      );
      const { numbers } = compose(plan.spec);
      expect(numbers.length).toBeLessThan(30_000);
      await simulator.dispose();
    });
  });
});
