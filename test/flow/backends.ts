/** What `Simulator.trajectories` promises, asked of a backend: both have the same suite. */
import { describe, expect, test } from 'vitest';
import type { Backend } from '../../src/backend.js';
import { methods, type MethodName } from '../../src/flow/methods.js';
import { outcomes } from '../../src/flow/outcome.js';
import { CLOCK } from '../../src/flow/task.js';
import type { Problem } from '../../src/model/problem.js';
import { advanceSpec, createAdvancePlan } from '../../src/plan/advance.js';
import { Simulator, type TrajectoriesRequest } from '../../src/simulator.js';
import { problemOf, type Given } from '../problem-of.js';

const WINNER: Given = {
  layers: [['relu', 2]],
  weights: [
    [0, -1.5],
    [-1.5, 0],
  ],
  bias: [1, 1],
};
/** x' = -x + [W x + b]+ with W_ij = -0.75 along 1 -> 2 -> 3 -> 1 and -1.5 else (the CTLN 3-cycle). */
const CYCLE: Given = {
  layers: [['relu', 3]],
  equation: 9,
  weights: [
    [0, -1.5, -0.75],
    [-0.75, 0, -1.5],
    [-1.5, -0.75, 0],
  ],
  bias: [1, 1, 1],
};
/** Asymmetric, with a state-dependent R that is smooth. */
const SMOOTH: Given = {
  layers: [['tanh', 3]],
  weights: [
    [0.4, -1.3, 0.2],
    [0.9, 0.1, -0.7],
    [-0.3, 0.8, 0.5],
  ],
  bias: [0.3, -0.2, 0.5],
  equation: 13,
  design: { name: 'gradient' },
};

/** Long enough for errors of order 5 above the rounding of f32. */
const SPAN = 4;

/** Ends of fixed steps of one length over four units of time. */
async function endpoint(backend: Backend, problem: Problem, method: MethodName, steps: number) {
  const n = problem.network.size;
  const clocks = new Float64Array(CLOCK.size);
  clocks.set([0, SPAN / steps, 1, -1]);
  const plan = createAdvancePlan(
    {
      spec: advanceSpec(problem, { method, farSquare: 1e24 }),
      states: Float64Array.of(1, -0.5, 2),
      clocks,
      span: SPAN,
      step: SPAN / steps,
      steps,
    },
    backend.profile,
  );
  let state = new Float64Array(n);
  await backend.run(plan, {
    onTile: ({ values }) => {
      expect(values[3]).toBe(steps);
      state = Float64Array.from({ length: n }, (_, i) => values[6 + i] + values[6 + n + i]);
    },
  });
  return state;
}

/** The suite; `precision` is what states are accurate to, `floor` what rounding does to them in a unit of time. */
export function flowSuite(
  backend: Backend,
  { precision, floor, reference }: { precision: number; floor: number; reference: Backend },
): void {
  const simulator = new Simulator(backend);
  const run = async (
    given: Given,
    starts: readonly (readonly number[])[],
    options: Omit<TrajectoriesRequest, 'problem' | 'starts'>,
  ) => {
    const problem = await problemOf(given);
    const found = await simulator.trajectories({
      problem,
      starts: Float64Array.from(starts.flat()),
      ...options,
    });
    return { ...found, names: Array.from(found.outcome, (code) => outcomes[code]) };
  };

  describe('order of convergence', () => {
    test.each(Object.keys(methods) as MethodName[])('%s', async (method) => {
      const problem = await problemOf(SMOOTH);
      const exact = await endpoint(reference, problem, 'dopri5', 4096);
      const away = (state: Float64Array) => Math.hypot(...state.map((v, i) => v - exact[i]));
      const { order } = methods[method];
      const errors: number[] = [];
      for (let steps = 4; steps <= 128; steps *= 2) {
        const error = away(await endpoint(backend, problem, method, steps));
        if (error < 30 * floor) break;
        errors.push(error);
        // Above what rounding does, an error is the method's, in f32 as in f64.
        const twin = away(await endpoint(reference, problem, method, steps));
        expect(Math.abs(error / twin - 1)).toBeLessThan(0.1);
      }
      expect(errors.length).toBeGreaterThanOrEqual(2);
      const slope = Math.log2(errors[errors.length - 2] / errors[errors.length - 1]);
      expect(slope).toBeGreaterThan(order - 0.35);
      expect(slope).toBeLessThan(order + 1.2);
    });
  });

  test.each(['dopri5', 'bs3', 'rk4', 'etd2rk', 'etd4rk'] as const)('%s chooses its steps', async (method) => {
    const times = [0.3, 1.1, 3];
    const options = { times, horizon: 3, method, rtol: 1e-5, atol: 1e-7 };
    const starts = [
      [1, -0.5, 2],
      [-2, 3, 0.1],
    ];
    const [{ states, steps }, exact] = await Promise.all([
      run(SMOOTH, starts, options),
      new Simulator(reference).trajectories({
        problem: await problemOf(SMOOTH),
        starts: Float64Array.from(starts.flat()),
        times,
        horizon: 3,
        rtol: 1e-11,
        atol: 1e-13,
      }),
    ]);
    const away = Math.max(...states.map((v, i) => Math.abs(v - exact.states[i])));
    expect(away).toBeLessThan(2e-5);
    // Far fewer than steps of the first length (0.01) would be for the higher orders, and never none.
    expect(Math.min(...steps)).toBeGreaterThan(5);
  });

  describe('outcomes', () => {
    test('converged and saddle-slow: memories fill later times, a symmetric start stays on its axis', async () => {
      const found = await run(
        WINNER,
        [
          [2, 0.5],
          [0.5, 2],
          [1.5, 1.4],
          [2, 2],
        ],
        { times: [0, 1, 50, 5000] },
      );
      expect(found.names).toEqual(['converged', 'converged', 'converged', 'saddle-slow']);
      expect([...found.attractor]).toEqual([0, 1, 0, -1]);
      expect([...found.attractors[0].state].map((v) => Number(v.toFixed(9)))).toEqual([1, -0.5]);
      expect([...found.states.subarray(0, 2)]).toEqual([2, 0.5]);
      expect(found.states[6]).toBeCloseTo(1, 9);
      // The saddle (0.4, 0.4) is where a start on the axis is at the last time too.
      expect(Math.abs(found.states[30] - 0.4)).toBeLessThan(precision);
    });

    test('a far time costs no resolution: its flow ends as it does for a near one', async () => {
      const found = await run(WINNER, [[2, 0.5]], { times: [1e7] });
      expect(found.names).toEqual(['converged']);
      expect(found.states[0]).toBeCloseTo(1, 9);
      expect(found.endTime[0]).toBeLessThan(100);
    });

    test('limit-cycle, with one period from every start', async () => {
      const starts = Array.from({ length: 12 }, (_, k) => [0.4 + 0.02 * k, 0.1, 0.2]);
      const found = await run(CYCLE, starts, { times: [1] });
      expect(new Set(found.names)).toEqual(new Set(['limit-cycle']));
      expect(found.period[0]).toBeGreaterThan(2);
      found.period.forEach((period) => {
        expect(period).toBeCloseTo(found.period[0], 3);
      });
    });

    test('diverged, also in finite time; left-box; budget; nonfinite', async () => {
      const growing: Given = { layers: [['relu', 1]], weights: [[2]], bias: [1] };
      const exploding: Given = { layers: [['power', 1, { n: 4 }]], weights: [[1]], bias: [0] };
      expect((await run(growing, [[1]], { times: [1] })).names).toEqual(['diverged']);
      // Within a tick the numbers end: f is defined, and too large.
      const steep: Given = { layers: [['power', 1, { n: 8 }]], weights: [[1]], bias: [0] };
      expect((await run(steep, [[300]], { times: [1] })).names).toEqual(['diverged']);
      const equal = { times: [1], method: 'rk4', step: 0.5 } as const;
      expect((await run(steep, [[300]], equal)).names).toEqual(['diverged']);
      const exploded = await run(exploding, [[2], [0.5]], { times: [5] });
      expect(exploded.names).toEqual(['diverged', 'converged']);
      expect(exploded.states[0]).toBeNaN();
      // y' = y^3 - y from 2: infinite at t = log(4/3)/2.
      expect(exploded.endTime[0]).toBeCloseTo(Math.log(4 / 3) / 2, 4);
      const boxed = await run(growing, [[1]], { times: [0.5, 100], box: [-5, 5] });
      expect(boxed.names).toEqual(['left-box']);
      expect(boxed.states[0]).toBeGreaterThan(1);
      expect(boxed.states[1]).toBeNaN();
      expect((await run(SMOOTH, [[1, 1, 1]], { times: [8], budget: 10 })).names).toEqual(['budget']);
      expect((await run(SMOOTH, [[1, 1, 1]], { times: [0.1], horizon: 0.1 })).names).toEqual(['budget']);
      const none = await run(
        SMOOTH,
        [
          [NaN, 0, 0],
          [Infinity, 0, 0],
          [1e39, 0, 0],
        ],
        { times: [1] },
      );
      expect(none.names).toEqual(['nonfinite', 'nonfinite', 'diverged']);
      expect([...none.steps]).toEqual([0, 0, 0]);
    });

    test('steps that are short beside a loose tolerance are no chatter', async () => {
      const found = await run(CYCLE, [[0.4, 0.1, 0.2]], { times: [6000], rtol: 0.5, atol: 0.01 });
      expect(found.names).toEqual(['limit-cycle']);
    });

    test('chatter: flows that stick to a jump of R end', async () => {
      const found = await run(
        {
          layers: [['relu', 2]],
          weights: [
            [0.2, -2],
            [0.4, 0.3],
          ],
          bias: [0.5, 0],
          equation: 13,
          design: { name: 'gradient' },
          energy: { equation: 14, coefficients: [0, 0, 1] },
        },
        Array.from({ length: 40 }, (_, k) => [4 * Math.cos(k), 4 * Math.sin(k)]),
        { times: [1], horizon: 100 },
      );
      expect(found.names).toContain('chatter');
    });

    test('a flow that stands still everywhere (R = 0) ends', async () => {
      const still: Given = {
        layers: [['tanh', 2]],
        weights: [
          [0, 0],
          [0, 0],
        ],
        bias: [1, 1],
        equation: 13,
        design: { name: 'weights' },
        energy: { equation: 14, coefficients: [0, 0, 1] },
      };
      const found = await run(still, [[1, 2]], { times: [1, 8], horizon: 8 });
      expect([...found.states]).toEqual([1, 2, 1, 2]);
    });
  });

  test('times that do not rise and starts that do not fit are refused by name', async () => {
    await expect(run(WINNER, [[1, 1]], { times: [2, 1] })).rejects.toThrow('times[1]');
    await expect(run(WINNER, [[1, 1, 1]], { times: [1] })).rejects.toMatchObject({ code: 'plan-sampling' });
  });

  test('an abort settles within 250 ms of computing, before, amid and after the states', async () => {
    const problem = await problemOf(SMOOTH);
    const starts = Float64Array.from({ length: 3 * 20_000 }, (_, k) => 3 * Math.sin(k));
    // Compiles, which is not what is measured.
    await simulator.trajectories({ problem, starts: starts.subarray(0, 30), times: [0.1], horizon: 0.1 });
    for (const delay of [0, 30, 150, 400]) {
      const abort = new AbortController();
      // Of this process, all threads: a busy machine makes everybody wait.
      let aborted = process.cpuUsage();
      setTimeout(() => {
        aborted = process.cpuUsage();
        abort.abort(new Error('enough'));
      }, delay);
      const reason = await simulator
        .trajectories({ problem, starts, times: [2, 500], rtol: 1e-8, signal: abort.signal })
        .catch((error: unknown) => error);
      const { user, system } = process.cpuUsage(aborted);
      expect(reason).toBe(abort.signal.reason);
      expect((user + system) / 1000).toBeLessThan(250);
    }
  });
}
