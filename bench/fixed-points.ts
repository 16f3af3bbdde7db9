/**
 * `npm run bench:fixed-points`: 1000 Newton starts on 16 tanh neurons, merged and classified, against scipy.optimize.root
 * (hybr, with and without the Jacobian) on the same starts, where python3-scipy is installed. CPU time, because the
 * machine may be busy; runs take turns, ours before and after scipy's, and the ratio is the median of those of each turn,
 * because the speed of a shared processor changes from second to second.
 */
import { spawnSync } from 'node:child_process';
import { fixedPointsFrom } from '../src/analysis/index.js';
import { createNetwork, loadAlgebra, resolveProblem } from '../src/index.js';
import { sliceCase } from './cases.js';
import { spread } from './statistics.js';

const N = 16;
const STARTS = 1000;
const ROUNDS = 15;
/** Runs without a clock first, as scipy comes compiled: V8 compiles this code, and compiles it again, over several runs. */
const WARM = 8;
/** At most this share of scipy's time. */
const GOAL = 1 / 5;

const SCIPY = `
import json, sys, time, numpy as np
from scipy.optimize import root
d = json.load(sys.stdin)
w, b, s = (np.array(d[k]) for k in ('weights', 'bias', 'starts'))
w = w.reshape(len(b), -1)
f = lambda y: w @ np.tanh(y) + b - y
jac = (lambda y: w * (1 - np.tanh(y) ** 2) - np.eye(len(b))) if d['jacobian'] else None
t = time.process_time()
ends = [root(f, x, jac=jac, tol=1e-12).x for x in s]
t = time.process_time() - t
good = [y for y in ends if np.abs(f(y)).max() < 1e-9]
print(json.dumps({'milliseconds': 1e3 * t, 'converged': len(good), 'points': len({tuple(np.round(y, 5)) for y in good})}))
`;

interface Run {
  readonly milliseconds: number;
  readonly converged: number;
  readonly points: number;
}

// W six times that of the energy bench: strong enough for dozens of fixed points.
const { weights, bias } = sliceCase(N, 1, 7);
const strong = weights.map((w) => 6 * w);
const { network } = createNetwork({
  layers: [{ name: 'x', size: N, activation: { name: 'tanh', parameters: { beta: 1 } } }],
  weights: [{ row: 0, column: 0, matrix: { rows: N, columns: N, data: strong } }],
  bias,
});
const problem = await resolveProblem({
  name: 'tanh-16',
  hash: '',
  notices: [],
  network,
  dynamics: { equation: 1, design: { name: 'identity' } },
  energy: { equation: 4, coefficients: 'default' },
});
const algebra = await loadAlgebra();
// A golden-ratio sequence: nothing random, the same for both.
const starts = Array.from({ length: STARTS }, (_, k) =>
  Float64Array.from({ length: N }, (__, j) => 8 * (((k + 1) * Math.sqrt(2 + 3 * j)) % 1) - 4),
);

function ours(): Run {
  const before = process.cpuUsage().user;
  const points = fixedPointsFrom(problem, algebra, starts);
  const milliseconds = (process.cpuUsage().user - before) / 1000;
  return { milliseconds, converged: points.reduce((sum, p) => sum + p.hits, 0), points: points.length };
}

function scipy(jacobian: boolean): Run | undefined {
  const input = JSON.stringify({
    weights: [...strong],
    bias: [...bias],
    starts: starts.map((s) => [...s]),
    jacobian,
  });
  const env = { ...process.env, OPENBLAS_NUM_THREADS: '1' };
  const { status, stdout } = spawnSync('python3', ['-c', SCIPY], { input, encoding: 'utf8', env });
  return status === 0 ? (JSON.parse(stdout) as Run) : undefined;
}

const contestants = [
  ['memscape', ours],
  ['scipy root, differences', () => scipy(false)],
  ['memscape', ours],
  ['scipy root, Jacobian given', () => scipy(true)],
] as const;
for (let round = 0; round < WARM; round++) ours();
const runs = new Map<string, Run[]>();
const ratios: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  const turn = contestants.map(([name, run]) => {
    const found = run();
    if (found) runs.set(name, [...(runs.get(name) ?? []), found]);
    return found?.milliseconds ?? NaN;
  });
  ratios.push((turn[0] + turn[2]) / 2 / turn[1]);
}
for (const [name, all] of runs) {
  const { median, lower, upper } = spread(all.map((r) => r.milliseconds));
  console.log(
    `${name.padEnd(27)} ${median.toFixed(0)} ms CPU (${lower.toFixed(0)}-${upper.toFixed(0)}), ` +
      `${String(all[0].converged)} of ${String(STARTS)} starts converged, at ${String(all[0].points)} points`,
  );
}
if (ratios.some(Number.isNaN)) console.log('no python3-scipy here: nothing to compare with');
else {
  const { median, lower, upper } = spread(ratios);
  const share = `ratio ${median.toFixed(2)} (${lower.toFixed(2)}-${upper.toFixed(2)})`;
  console.log(`${share}, goal ${GOAL.toFixed(2)}: ${median <= GOAL ? 'met' : 'missed'}`);
}
