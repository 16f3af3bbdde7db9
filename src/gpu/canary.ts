/** A plan whose answer is known by hand: eq. 4 of the winner-take-all network of Fig. 1 at five states. */
import type { Problem } from '../model/problem.js';
import type { DeviceProfile } from '../plan/device.js';
import { createPlan, type Plan } from '../plan/plan.js';

const problem: Problem = {
  name: 'canary',
  hash: '',
  network: {
    size: 2,
    layers: [{ name: 'x', offset: 0, size: 2, activation: { name: 'relu', parameters: {} } }],
    weights: [
      { row: 0, column: 0, matrix: { rows: 2, columns: 2, data: Float64Array.of(0, -1.5, -1.5, 0) } },
    ],
    patterns: [],
    bias: Float64Array.of(1, 1),
    symmetric: true,
  },
  equation: 1,
  design: { kind: 'identity' },
  designName: 'identity',
  energy: { equation: 4, coefficients: [0, 1, 0], certified: false, why: 'eq. 4 as it stands' },
  notices: [],
};

/** Both memories, the saddle, a dead state and one with everything awake. */
const STATES = Float64Array.of(1, -0.5, -0.5, 1, 0.4, 0.4, -1, -2, 2, 3);
export const CANARY_ENERGIES = [-0.5, -0.5, -0.4, 0, 10.5];

export function canaryPlan(device: DeviceProfile): Plan {
  return createPlan(
    { problem, sampling: { kind: 'points', count: 5, states: STATES }, quantities: ['energy'] },
    device,
  );
}
