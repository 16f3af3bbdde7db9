/**
 * Deep zoom: energies measured from a reference in f32 against fixed-point arithmetic with 256 bits, in boxes of
 * half-width 1e-2 to 1e-5 around random states, fixed points, kinks and saturated neurons. The error is at most 1e-4 of
 * the field's own range; a term that is missing is not.
 */
import { expect, test } from 'vitest';
import { CpuBackend } from '../../src/cpu/backend.js';
import { createNetwork } from '../../src/model/network.js';
import { resolveProblem, type Problem } from '../../src/model/problem.js';
import { createPlan } from '../../src/plan/plan.js';
import { Simulator } from '../../src/simulator.js';
import type { Grid } from '../../src/types.js';
import { prepareReference } from '../../src/wgsl/prepare-reference.js';
import type { Reference } from '../../src/wgsl/reference.js';
import {
  ACTIVATIONS,
  boxAround,
  centred,
  CENTRES,
  ENERGIES,
  exactField,
  type Centre,
  type EnergyCase,
} from '../difference-cases.js';
import { backend } from '../gpu-backend.js';
import { random } from '../random-model.js';

const LONG = process.env.MEMSCAPE_LONG !== undefined;
const WIDTHS = [1e-2, 1e-3, 1e-4, 1e-5];
const SIDE = 4;
const ALLOWED = 1e-4;

/** Largest error of a field on the GPU as a share of the field's range. */
async function shareOf(problem: Problem, sampling: Grid, reference: Reference): Promise<number> {
  // Live: one pipeline for all that differs in numbers alone.
  const request = { problem, sampling, quantities: ['energy'], reference, live: true } as const;
  const plan = createPlan(request, backend.profile);
  const found = new Float32Array(sampling.size[0] * sampling.size[1]);
  await backend.run(plan, {
    onTile: ({ values }) => {
      found.set(values);
    },
  });
  const { values, range } = exactField(problem, sampling);
  const error = Math.max(...values.map((v, at) => Math.abs(v - found[at])));
  return error === 0 ? 0 : error / range;
}

async function share(
  activation: string,
  energy: EnergyCase,
  n: 2 | 5,
  centre: Centre,
  width: number,
  seed: number,
): Promise<number> {
  const { problem, state } = await centred(activation, energy, n, centre, width, seed);
  const sampling = boxAround(state, width, SIDE, random(seed + 1));
  return shareOf(problem, sampling, await prepareReference(problem, state));
}

test.each([...ACTIVATIONS, 'power'])(
  `%s: ${LONG ? 'every' : 'some'} box around every kind of centre under every energy`,
  { timeout: 600_000 },
  async (activation) => {
    let worst = 0;
    for (const [e, energy] of ENERGIES.entries())
      for (const n of [2, 5] as const)
        for (const [c, centre] of CENTRES.entries())
          for (const [w, width] of WIDTHS.entries()) {
            // The quick suite walks through the table in both directions at once.
            const at = 2 * e + Number(n === 5);
            if (!LONG && (at % CENTRES.length !== c || (at + e) % WIDTHS.length !== w)) continue;
            const found = await share(
              activation,
              energy,
              n,
              centre,
              width,
              1000 * e + 100 * n + 10 * c + w + 1,
            );
            worst = Math.max(worst, found);
            expect(found, `${energy.name}, N = ${String(n)}, ${centre}, ${String(width)}`).toBeLessThan(
              ALLOWED,
            );
          }
    console.info(`${activation}: worst error ${worst.toExponential(1)} of the range`);
  },
);

test('offsets may also be large: half-widths 0.3, 1 and 4', { timeout: 600_000 }, async () => {
  for (const [a, activation] of ACTIVATIONS.entries())
    for (const [w, width] of [0.3, 1, 4].entries()) {
      if (!LONG && (a + w) % 3 !== 0) continue;
      const energy = ENERGIES[(a + w) % ENERGIES.length];
      const found = await share(activation, energy, 2, 'random', width, 7 * a + w);
      expect(found, `${activation}, ${energy.name}, ${String(width)}`).toBeLessThan(ALLOWED);
    }
});

test(
  'offsets may be wider than an exponential of f32 holds, from neurons without a slope',
  { timeout: 600_000 },
  async () => {
    for (const [a, activation] of ACTIVATIONS.entries())
      for (const [w, width] of [30, 300, 2000, 2e4].entries()) {
        const energy = ENERGIES[(a + w) % ENERGIES.length];
        const { problem, state } = await centred(activation, energy, 2, 'random', 1, 7 * a + w);
        // Where shares are below the normal numbers of f32, and below all of them.
        if (w > 0) state[0] -= w % 2 === 0 ? 95 : 150;
        const sampling = boxAround(state, width, SIDE, random(a + w));
        const reference = await prepareReference(problem, state);
        const request = { problem, sampling, quantities: ['energy'], reference } as const;
        const [values, exact] = await Promise.all(
          [backend, new CpuBackend()].map(async (on) => {
            const { fields } = await new Simulator(on).evaluate(request);
            return Array.from(fields.get('energy')?.data ?? []);
          }),
        );
        const range = Math.max(...exact) - Math.min(...exact);
        const error = Math.max(...exact.map((v, at) => Math.abs(v - values[at])));
        expect(exact).toHaveLength(SIDE * SIDE);
        // Terms of the offsets' size cancel where the energy is flat; where it is so by two kinks, their squares do.
        const rounding = 4e-7 * width * (activation === 'hard-tanh' ? width : 1);
        expect(error, `${activation}, ${energy.name}, ${String(width)}`).toBeLessThan(
          ALLOWED * range + rounding,
        );
      }
  },
);

/** The winner-take-all network of two relu neurons with its certified energy (equations.md section 3). */
async function winnerTakeAll(): Promise<Problem> {
  const { network } = createNetwork({
    layers: [{ name: 'x', size: 2, activation: { name: 'relu', parameters: {} } }],
    weights: [
      { row: 0, column: 0, matrix: { rows: 2, columns: 2, data: Float64Array.of(0, -1.5, -1.5, 0) } },
    ],
    bias: Float64Array.of(1, 1),
  });
  return resolveProblem({
    name: 'winner-take-all',
    hash: '',
    network,
    notices: [],
    dynamics: { equation: 13, design: { name: 'identity' } },
    energy: { equation: 14, coefficients: 'certified' },
  });
}

const around = (state: Float64Array, width: number): Grid => ({
  kind: 'grid',
  origin: state,
  axes: [Float64Array.of(1, 0), Float64Array.of(0, 1)],
  extent: [
    [-width, width],
    [-width, width],
  ],
  size: [16, 16],
});

test.each([
  ['its memory', [1, -0.5]],
  ['its saddle', [0.4, 0.4]],
  ['a kink', [0.7, 0]],
] as const)('winner-take-all around %s, by way of a simulator that checks itself', async (_, place) => {
  const problem = await winnerTakeAll();
  const simulator = new Simulator(backend);
  const state = Float64Array.from(place);
  const reference = await prepareReference(problem, state);
  for (const width of WIDTHS) {
    const sampling = around(state, width);
    const { values, range } = exactField(problem, sampling);
    const { fields } = await simulator.evaluate({
      problem,
      sampling,
      quantities: ['energy', 'residual'],
      reference,
    });
    const energy = fields.get('energy');
    const residual = fields.get('residual');
    values.forEach((value, at) => {
      expect(Math.abs((energy?.data[at] ?? NaN) - value)).toBeLessThan(ALLOWED * range);
    });
    expect(energy?.check?.points).toBe(64);
    // What the check allows says something about a field of this size, too.
    expect(energy?.check?.errorBound).toBeLessThan(ALLOWED * range);
    expect(energy?.check?.difference).toBeGreaterThan(0);
    expect(residual?.check?.points).toBe(64);
  }
});

test('a box that is given far from its origin is as exact: its middle is taken out in f64', async () => {
  const problem = await winnerTakeAll();
  const centre = [1 + 3e-6, -0.5 + 1e-6] as const;
  const reference = await prepareReference(problem, Float64Array.from(centre));
  const sampling: Grid = {
    ...around(new Float64Array(2), 1),
    extent: [
      [centre[0] - 1e-5, centre[0] + 1e-5],
      [centre[1] - 1e-5, centre[1] + 1e-5],
    ],
  };
  const { values, range } = exactField(problem, sampling);
  const simulators = [new Simulator(backend), new Simulator(new CpuBackend())];
  for (const simulator of simulators) {
    const { fields } = await simulator.evaluate({ problem, sampling, quantities: ['energy'], reference });
    const found = fields.get('energy')?.data ?? [];
    // Differences from the first sample: the exact field is measured from the origin.
    for (const [at, value] of values.entries())
      expect(Math.abs(found[at] - found[0] - (value - values[0]))).toBeLessThan(ALLOWED * range);
  }
});

test.each([
  ['the second-order part of the activation', /var e = [^;]*;/, 'var e = 0.0;'],
  ['the Lagrange function', /c\.moment/, '0.0'],
  ['the interaction', /0\.5 \* weights_form\(c\.g\)/, '0.0'],
  ['the gradient', /return e \+ \([^;]*\);/, 'return e;'],
  ['|dr|^2', /return 0\.5 \* dot_state\(r, r\)/, 'return 0.0'],
  ['W^-1', /0\.5 \* dot_state\(d, inverse_weights_apply\(d\)\)/, '0.0'],
] as const)('a kernel without %s is found out', async (name, term, without) => {
  // Near a fixed point all is of second order; elsewhere the gradient and what multiplies `rest` count.
  const centre = /gradient|activation/.test(name) ? 'random' : 'fixed point';
  const { problem, state } = await centred('tanh', ENERGIES[1], 2, centre, 1e-4, 5);
  const sampling = boxAround(state, 1e-2, SIDE, random(6));
  const reference = await prepareReference(problem, state);
  const fragments = reference.fragments.map((fragment) => ({
    ...fragment,
    code: fragment.name.includes('remainders') ? fragment.code : fragment.code.replace(term, without),
  }));
  expect(fragments).not.toEqual(reference.fragments);
  expect(await shareOf(problem, sampling, reference)).toBeLessThan(ALLOWED);
  expect(await shareOf(problem, sampling, { ...reference, fragments })).toBeGreaterThan(ALLOWED);
});
