/** Numbers of attractors: one for each memory, in the order of arrival, whatever an earlier run has left. */
import { expect, test } from 'vitest';
import { trajectories, type TrajectoryRecord } from '../../src/analysis/trajectories.js';
import { loadAlgebra } from '../../src/model/algebra.js';
import { resolveProblem } from '../../src/model/problem.js';
import { loadModel } from '../../src/node.js';

const problem = await resolveProblem(await loadModel('models/winner-take-all.json'));
const algebra = await loadAlgebra();
const starts = [
  [2, 0.5],
  [2, 2],
  [3, 0.5],
  [0.5, 2],
  [0.6, 3],
].map((start) => Float64Array.from(start));
const options = { times: [1, 10] } as const;

/** A run that keeps what it finishes. */
async function recorded() {
  const records: TrajectoryRecord[] = [];
  const found = await trajectories(problem, algebra, starts, {
    ...options,
    keep: (index, record) => {
      records[index] = record;
      return Promise.resolve();
    },
  });
  return { found, records };
}

const withKept = (kept: ReadonlyMap<number, TrajectoryRecord>) =>
  trajectories(problem, algebra, starts, { ...options, kept });

test('flows into one memory have one number, however differently they come to rest', async () => {
  const { found } = await recorded();
  expect(found.trajectories.map(({ attractor }) => attractor)).toEqual([0, -1, 0, 1, 1]);
  expect(found.attractors.map(({ state }) => [...state].map((v) => Number(v.toFixed(9))))).toEqual([
    [1, -0.5],
    [-0.5, 1],
  ]);
});

test('what an earlier run has left changes nothing, also where some of it is lost', async () => {
  const { found, records } = await recorded();
  // Every set of kept records, from none to all.
  for (let set = 0; set < 2 ** starts.length; set++) {
    const kept = [...records.entries()].filter(([index]) => set & (1 << index));
    expect(await withKept(new Map(kept)), set.toString(2)).toEqual(found);
  }
});

test('numbers and attractors of another run are not taken for those of this one', async () => {
  const { found, records } = await recorded();
  const { attractors } = found;
  // As they were left where each flow brought an attractor of its own.
  const repeating = records.map(({ trajectory }, index) => ({
    trajectory: { ...trajectory, attractor: trajectory.attractor < 0 ? -1 : index },
    attractors: trajectory.attractor < 0 ? [] : [attractors[trajectory.attractor]],
  }));
  expect(await withKept(new Map(repeating.entries()))).toEqual(found);
});
