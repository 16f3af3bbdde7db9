/**
 * A memory with many identity neurons: its slices are computed in few dimensions, on both backends, and every value
 * is that of the whole network within the bound of the whole network.
 */
import { expect, test } from 'vitest';
import { CpuBackend } from '../../src/cpu/backend.js';
import { loadAlgebra } from '../../src/model/algebra.js';
import { BOUND_FACTOR, BoundedEvaluator } from '../../src/model/bound.js';
import { gridStateError } from '../../src/model/grid-error.js';
import { createNetwork } from '../../src/model/network.js';
import { resolveProblem } from '../../src/model/problem.js';
import { stateAt } from '../../src/model/sampling.js';
import { Simulator } from '../../src/simulator.js';
import type { Backend } from '../../src/backend.js';
import type { Grid, Quantity } from '../../src/types.js';
import { backend } from '../gpu-backend.js';
import { random } from '../random-model.js';

const [PIXELS, MEMORIES] = [150, 6];
const N = PIXELS + MEMORIES;
const QUANTITIES: readonly Quantity[] = ['energy', 'residual', 'speed', 'energy-rate', 'dead-count', 'rhs'];

async function memory() {
  const r = random(42);
  const data = Float64Array.from({ length: MEMORIES * PIXELS }, () => (r.uniform() < 0.3 ? 1 : 0));
  const flipped = new Float64Array(data.length);
  data.forEach((x, at) => {
    flipped[(at % PIXELS) * MEMORIES + Math.floor(at / PIXELS)] = x;
  });
  const { network } = createNetwork({
    layers: [
      { name: 'pixels', size: PIXELS, activation: { name: 'identity', parameters: {} } },
      { name: 'memories', size: MEMORIES, activation: { name: 'softmax', parameters: { beta: 0.4 } } },
    ],
    weights: [
      { row: PIXELS, column: 0, matrix: { rows: MEMORIES, columns: PIXELS, data } },
      { row: 0, column: PIXELS, matrix: { rows: PIXELS, columns: MEMORIES, data: flipped } },
    ],
    bias: Float64Array.from({ length: N }, () => 0.3 * r.normal()),
  });
  const problem = await resolveProblem({
    name: 'memory',
    network,
    dynamics: { equation: 1, design: { name: 'identity' } },
    energy: { equation: 14, coefficients: [0, 0.6, 1.2] },
    notices: [],
    hash: '',
  });
  const vector = () => Float64Array.from({ length: N }, () => r.normal() / 4);
  const grid: Grid = {
    kind: 'grid',
    origin: vector(),
    axes: [vector(), vector()],
    extent: [
      [-1, 2],
      [-2, 1],
    ],
    size: [19, 17],
  };
  return { problem, grid };
}

// Not disposed of: the device belongs to all tests.
const backends: readonly (readonly [string, Backend])[] = [
  ['GPU', backend],
  ['CPU', new CpuBackend()],
];

test.each(backends)('%s: every point within the bound of the whole network', async (_, used) => {
  const { problem, grid } = await memory();
  const { fields, notes } = await new Simulator(used).evaluate({
    problem,
    sampling: grid,
    quantities: QUANTITIES,
  });
  expect(notes.join()).toContain(`of N = ${String(N)} dimensions`);
  const twin = new BoundedEvaluator(problem, await loadAlgebra());
  const state = new Float64Array(N);
  for (let at = 0; at < 19 * 17; at += 7) {
    stateAt(grid, at % 19, Math.floor(at / 19), state);
    twin.moveTo(state, gridStateError(grid, at % 19, Math.floor(at / 19)));
    for (const [quantity, { data }] of fields) {
      const { value, error } = twin.evaluate(quantity);
      value.forEach((expected, i) => {
        const found = data[at * value.length + i];
        expect(Math.abs(found - expected), `${quantity} at ${String(at)}`).toBeLessThanOrEqual(
          BOUND_FACTOR * error[i],
        );
      });
    }
  }
});
