/** Trajectories against closed forms, their order of convergence, and every outcome by a network that has it. */
import { describe, expect, test } from 'vitest';
import { trajectories } from '../../src/analysis/trajectories.js';
import { methods, type MethodName } from '../../src/flow/methods.js';
import { phi } from '../../src/flow/exponential.js';
import { createStepper } from '../../src/flow/steppers.js';
import { probeStep } from '../../src/flow/trajectory.js';
import type { FlowOptions } from '../../src/flow/trajectory.js';
import { loadAlgebra } from '../../src/model/algebra.js';
import { Evaluator } from '../../src/model/evaluator.js';
import { createNetwork } from '../../src/model/network.js';
import { resolveProblem, type Problem } from '../../src/model/problem.js';
import type { Coefficients, DesignChoice, Equation } from '../../src/types.js';

interface Given {
  readonly activation?: string;
  readonly parameters?: Record<string, number>;
  readonly weights: number[][];
  readonly bias: number[];
  readonly equation?: Equation;
  readonly design?: DesignChoice;
  readonly coefficients?: Coefficients;
}

function problemOf(given: Given): Promise<Problem> {
  const n = given.bias.length;
  const { network } = createNetwork({
    layers: [
      {
        name: 'x',
        size: n,
        activation: { name: given.activation ?? 'tanh', parameters: given.parameters ?? {} },
      },
    ],
    weights: [
      { row: 0, column: 0, matrix: { rows: n, columns: n, data: Float64Array.from(given.weights.flat()) } },
    ],
    bias: given.bias,
  });
  const equation = given.equation ?? 1;
  return resolveProblem({
    name: 'flow',
    network,
    dynamics: { equation, design: given.design ?? { name: 'identity' } },
    energy: { equation: equation === 9 ? 10 : 14, coefficients: given.coefficients ?? [0, 0, 1] },
    notices: [],
    hash: '',
  });
}

const run = async (given: Given, starts: number[][], options: FlowOptions) =>
  trajectories(
    await problemOf(given),
    await loadAlgebra(),
    starts.map((s) => Float64Array.from(s)),
    options,
  );

const ASYMMETRIC: Given = {
  weights: [
    [0.4, -1.3, 0.2],
    [0.9, 0.1, -0.7],
    [-0.3, 0.8, 0.5],
  ],
  bias: [0.3, -0.2, 0.5],
};

test('the tableaus are consistent: rows sum to nodes, weights to one, errors to zero', () => {
  for (const [name, method] of Object.entries(methods)) {
    if (method.family !== 'runge-kutta') continue;
    const sum = (row: readonly number[]) => row.reduce((a, b) => a + b, 0);
    expect(sum(method.b), name).toBeCloseTo(1, 14);
    if ('error' in method) expect(sum(method.error), name).toBeCloseTo(0, 14);
    // Order 2 condition: sum b_i c_i = 1/2.
    const second = method.b.reduce((s, b, i) => s + b * sum(method.a[i]), 0);
    if (method.order > 1) expect(second, name).toBeCloseTo(1 / 2, 14);
  }
});

test('phi functions agree with their recurrence and their limits', () => {
  expect(phi(0)).toEqual([1, 1 / 2, 1 / 6]);
  for (const z of [-1e-9, -0.3, -0.999999, -1, -1.000001, -3, -40]) {
    const [one, two, three] = phi(z);
    expect(one).toBeCloseTo(Math.expm1(z) / z, 14);
    expect(1 + z * one).toBeCloseTo(Math.exp(z), 13);
    expect(1 + z * two).toBeCloseTo(one, 13);
    expect(1 / 2 + z * three).toBeCloseTo(two, 13);
  }
});

describe('order of convergence', () => {
  test.each(Object.keys(methods) as MethodName[])('%s', async (name) => {
    const problem = await problemOf({ ...ASYMMETRIC, design: { name: 'gradient' }, equation: 13 });
    const evaluator = new Evaluator(problem, await loadAlgebra());
    const field = (y: Float64Array, out: Float64Array) => {
      evaluator.moveTo(y);
      out.set(evaluator.velocity());
    };
    const endpoint = (method: MethodName, steps: number) => {
      const stepper = createStepper(method, 3, field);
      let [y, next] = [Float64Array.of(1, -0.5, 2), new Float64Array(3)];
      const slope = new Float64Array(3);
      for (let k = 0; k < steps; k++) {
        field(y, slope);
        stepper.step(y, slope, 1 / steps, next, new Float64Array(3));
        [y, next] = [next, y];
      }
      return y;
    };
    const exact = endpoint('dopri5', 4096);
    const errors = [32, 64, 128].map((steps) =>
      Math.hypot(...endpoint(name, steps).map((v, i) => v - exact[i])),
    );
    const slope = Math.log2(errors[1] / errors[2]);
    expect(slope).toBeGreaterThan(methods[name].order - 0.25);
    expect(slope).toBeLessThan(methods[name].order + 0.6);
  });
});

describe('closed forms', () => {
  test('W = 0: y = b + (y0 - b) e^-t', async () => {
    const zero = { ...ASYMMETRIC, weights: ASYMMETRIC.weights.map((row) => row.map(() => 0)) };
    const times = [0, 0.5, 2, 8];
    const { trajectories: found } = await run(zero, [[3, -1, 0.2]], { times });
    times.forEach((t, k) => {
      [3, -1, 0.2].forEach((y0, i) => {
        const b = zero.bias[i];
        expect(found[0].states[3 * k + i]).toBeCloseTo(b + (y0 - b) * Math.exp(-t), 9);
      });
    });
    expect(found[0].outcome).toBe('converged');
    expect(found[0].largestRise).toBeLessThanOrEqual(0);
  });

  test('a linear network: y = e^{(W - I) t} y0, here a rotation that decays', async () => {
    const linear: Given = {
      activation: 'identity',
      weights: [
        [0.5, -2],
        [2, 0.5],
      ],
      bias: [0, 0],
    };
    const { trajectories: found } = await run(linear, [[1, 0.3]], { times: [0.7, 3] });
    [0.7, 3].forEach((t, k) => {
      const [c, s, decay] = [Math.cos(2 * t), Math.sin(2 * t), Math.exp(-0.5 * t)];
      expect(found[0].states[2 * k]).toBeCloseTo(decay * (c - 0.3 * s), 8);
      expect(found[0].states[2 * k + 1]).toBeCloseTo(decay * (s + 0.3 * c), 8);
    });
  });

  test('etd methods keep fixed points to rounding, whatever the step', async () => {
    const { attractors } = await run(ASYMMETRIC, [[1, 1, 1]], { times: [1] });
    const problem = await problemOf(ASYMMETRIC);
    const evaluator = new Evaluator(problem, await loadAlgebra());
    const field = (y: Float64Array, out: Float64Array) => {
      evaluator.moveTo(y);
      out.set(evaluator.velocity());
    };
    const { state } = attractors[0];
    const [slope, out] = [new Float64Array(3), new Float64Array(3)];
    field(state, slope);
    for (const name of ['etd1', 'etd2rk', 'etd4rk'] as const) {
      createStepper(name, 3, field).step(state, slope, 5, out, new Float64Array(3));
      out.forEach((v, i) => {
        expect(v).toBeCloseTo(state[i], 11);
      });
    }
  });
});

const WINNER: Given = {
  activation: 'relu',
  weights: [
    [0, -1.5],
    [-1.5, 0],
  ],
  bias: [1, 1],
};
/** x' = -x + [W x + b]+ with W_ij = -0.75 along 1 -> 2 -> 3 -> 1 and -1.5 else (validation.md 2). */
const CYCLE: Given = {
  activation: 'relu',
  equation: 9,
  weights: [
    [0, -1.5, -0.75],
    [-0.75, 0, -1.5],
    [-1.5, -0.75, 0],
  ],
  bias: [1, 1, 1],
};

describe('outcomes', () => {
  test('converged: each start to its memory, with the neurons that died on the way', async () => {
    const { trajectories: found, attractors } = await run(
      WINNER,
      [
        [2, 0.5],
        [0.5, 2],
        [1.5, 1.4],
      ],
      { times: [1, 50] },
    );
    expect(found.map((t) => t.outcome)).toEqual(['converged', 'converged', 'converged']);
    expect(found.map((t) => t.attractor)).toEqual([0, 1, 0]);
    expect([...attractors[0].state].map((v) => Number(v.toFixed(9)))).toEqual([1, -0.5]);
    expect(found[0].wakes).toMatchObject([{ neuron: 1, alive: false }]);
    expect([...found[0].states.subarray(2)].map((v) => Number(v.toFixed(9)))).toEqual([1, -0.5]);
  });

  test('saddle-slow: a start on the symmetry axis never leaves it, and is not called an attractor', async () => {
    const { trajectories: found, attractors } = await run(WINNER, [[2, 2]], { times: [1] });
    expect(found[0].outcome).toBe('saddle-slow');
    expect(found[0].attractor).toBe(-1);
    expect(attractors).toEqual([]);
  });

  test('limit-cycle: the CTLN 3-cycle, with one period from every start', async () => {
    const { trajectories: found } = await run(
      CYCLE,
      [
        [0.4, 0.1, 0.2],
        [0.1, 0.9, 0.3],
      ],
      { times: [1] },
    );
    expect(found.map((t) => t.outcome)).toEqual(['limit-cycle', 'limit-cycle']);
    expect(found[0].period).toBeGreaterThan(2);
    expect(found[0].period).toBeCloseTo(found[1].period ?? 0, 4);
  });

  test('a slow spiral into a fixed point is no cycle', async () => {
    const spiral: Given = {
      activation: 'identity',
      weights: [
        [0.99, -1],
        [1, 0.99],
      ],
      bias: [0, 0],
    };
    const { trajectories: found } = await run(spiral, [[1, 0]], { times: [1], horizon: 4000 });
    expect(found[0].outcome).toBe('converged');
  });

  /** Turns once in 2 pi and shrinks at `rate`. */
  const turning = (rate: number): Given => ({
    activation: 'identity',
    weights: [
      [1 - rate, -1],
      [1, 1 - rate],
    ],
    bias: [0, 0],
  });
  const turned = (rate: number, times: readonly number[]) =>
    times.flatMap((t) => [Math.exp(-rate * t) * Math.cos(t), Math.exp(-rate * t) * Math.sin(t)]);
  const farthest = (a: Float64Array, b: readonly number[]) =>
    Math.max(...a.map((v, i) => Math.abs(v - b[i])));

  test('states of a cycle go on after it was told', async () => {
    const times = [5, 20, 50, 400];
    const { trajectories: found } = await run(turning(0), [[1, 0]], { times });
    expect(found[0].outcome).toBe('limit-cycle');
    expect(found[0].period).toBeCloseTo(2 * Math.PI, 8);
    expect(found[0].endTime).toBeLessThan(50);
    expect(farthest(found[0].states, turned(0, times))).toBeLessThan(1e-8);
    expect(found[0].energy.every(Number.isFinite)).toBe(true);
    const ctln = await run(CYCLE, [[0.5, 0.3, 0.1]], { times: [40, 60, 200], horizon: 70 });
    const { states, period = NaN } = ctln.trajectories[0];
    const again = await run(CYCLE, [[0.5, 0.3, 0.1]], { times: [200 - 3 * period, 200 + 3 * period] });
    for (const at of [0, 3])
      expect(
        farthest(states.subarray(6), [...again.trajectories[0].states.subarray(at, at + 3)]),
      ).toBeLessThan(1e-6);
  });

  test('a cycle whose states do not all come within the budget ends as budget', async () => {
    const options = { times: [50, 1000], budget: 5000 };
    const [cut] = (await run(turning(0), [[1, 0]], options)).trajectories;
    expect(cut.outcome).toBe('budget');
    expect(cut.endTime).toBeGreaterThan(50);
    expect([...cut.states].map(Number.isFinite)).toEqual([true, true, false, false]);
  });

  test('a spiral that shrinks by 6e-8 of itself in a loop is no cycle either', async () => {
    const times = [5, 20, 50];
    const { trajectories: found } = await run(turning(1e-8), [[1, 0]], { times });
    expect(found[0].outcome).toBe('budget');
    expect(farthest(found[0].states, turned(1e-8, times))).toBeLessThan(1e-9);
    // Where the loop itself shrinks ever more slowly, as t^-1/2.
    const cubic = await run({ ...turning(0), activation: 'tanh' }, [[0.001, 0]], { times });
    expect(cubic.trajectories[0].outcome).toBe('budget');
    expect(cubic.trajectories[0].states.every(Number.isFinite)).toBe(true);
  });

  test('a cycle that draws flows in slowly is told all the same', async () => {
    // Beyond a Hopf bifurcation: transients shrink by an eighth in a lap.
    const hopf = { ...turning(-0.01), activation: 'tanh' };
    const { trajectories: found } = await run(hopf, [[0.5, 0]], { times: [5] });
    expect(found[0].outcome).toBe('limit-cycle');
    expect(found[0].period).toBeCloseTo(6.346124, 5);
  });

  test('next to a saddle, and near a slow point, states are those of the flow', async () => {
    const times = [1, 20, 60];
    const saddle: Given = {
      weights: [
        [2, 0],
        [0, 0],
      ],
      bias: [0, 0],
    };
    const [leaving] = (await run(saddle, [[1e-13, 0]], { times, atol: 1e-18 })).trajectories;
    expect(leaving.outcome).toBe('converged');
    expect(leaving.states[2] / (1e-13 * Math.exp(20))).toBeCloseTo(1, 6);
    expect(leaving.states[4]).toBeCloseTo(1.915008, 6);
    // Exactly on it nothing moves, and there is nothing to wait for.
    const [still] = (await run(saddle, [[0, 0]], { times })).trajectories;
    expect(still).toMatchObject({ outcome: 'saddle-slow', steps: 0 });
    expect([...still.states]).toEqual([0, 0, 0, 0, 0, 0]);
    const slow: Given = { activation: 'identity', weights: [[1 - 1e-8]], bias: [0] };
    // Asked at the start, 0 is no attractor before a flow has ended there.
    expect((await run(slow, [[5e-5]], { times, budget: 1 })).attractors).toEqual([]);
    const [creeping] = (await run(slow, [[5e-5]], { times })).trajectories;
    expect(creeping.outcome).toBe('converged');
    expect(
      farthest(
        creeping.states,
        times.map((t) => 5e-5 * Math.exp(-1e-8 * t)),
      ),
    ).toBeLessThan(1e-15);
  });

  test('diverged, left-box and budget', async () => {
    const growing: Given = { activation: 'relu', weights: [[2]], bias: [1] };
    expect((await run(growing, [[1]], { times: [1] })).trajectories[0].outcome).toBe('diverged');
    const boxed = await run(growing, [[1]], { times: [100], box: [-5, 5] });
    expect(boxed.trajectories[0].outcome).toBe('left-box');
    expect(boxed.trajectories[0].states[0]).toBeNaN();
    const short = await run(ASYMMETRIC, [[1, 1, 1]], { times: [0.1], budget: 12 });
    expect(short.trajectories[0].outcome).toBe('budget');
  });

  test('nonfinite: a start that is NaN, and a state that overflows, end at once', async () => {
    const { trajectories: found } = await run(ASYMMETRIC, [[NaN, 0, 0]], { times: [1] });
    expect(found[0].outcome).toBe('nonfinite');
    expect(found[0].steps).toBe(0);
  });

  test('chatter: the gradient design jumps where a relu dies, and the flow sticks to the jump', async () => {
    const jumping: Given = {
      ...WINNER,
      equation: 13,
      design: { name: 'matrix', matrix: matrixOf([-1, -3, 3, -1]) },
    };
    // Negative control first: this one is smooth enough to end by itself.
    expect((await run(WINNER, [[2, 0.5]], { times: [1] })).trajectories[0].outcome).not.toBe('chatter');
    expect((await run(jumping, [[2, 0.5]], { times: [1], horizon: 50 })).trajectories[0].outcome).not.toBe(
      'chatter',
    );
    const sliding = await run(
      {
        activation: 'relu',
        weights: [
          [0.2, -2],
          [0.4, 0.3],
        ],
        bias: [0.5, 0],
        equation: 13,
        design: { name: 'gradient' },
      },
      Array.from({ length: 40 }, (_, k) => [4 * Math.cos(k), 4 * Math.sin(k)]),
      { times: [1], horizon: 100 },
    );
    expect(sliding.trajectories.map((t) => t.outcome)).toContain('chatter');
  }, 60_000);
});

function matrixOf(data: number[]) {
  const n = Math.sqrt(data.length);
  return { rows: n, columns: n, data: Float64Array.from(data) };
}

test('times that do not rise are refused by name', async () => {
  await expect(run(WINNER, [[1, 1]], { times: [2, 1] })).rejects.toThrow('times[1]');
  await expect(run(WINNER, [[1, 1]], { times: [] })).rejects.toThrow('none');
});

test('a probed step keeps the error of a step within its tolerance', async () => {
  const problem = await problemOf(ASYMMETRIC);
  const algebra = await loadAlgebra();
  const start = [Float64Array.of(3, -2, 1)];
  const coarse = probeStep(problem, algebra, start, 'etd4rk', 1e-3);
  const fine = probeStep(problem, algebra, start, 'etd4rk', 1e-9);
  expect(fine).toBeLessThan(coarse);
  const options = { times: [2], step: fine, method: 'etd4rk' } as const;
  const [a, b] = await Promise.all([
    run(ASYMMETRIC, [[3, -2, 1]], options),
    run(ASYMMETRIC, [[3, -2, 1]], { times: [2] }),
  ]);
  a.trajectories[0].states.forEach((v, i) => {
    expect(v).toBeCloseTo(b.trajectories[0].states[i], 6);
  });
});
