/** `memscape trajectories` as a user runs it. */
import { writeFileSync } from 'node:fs';
import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { readNpy } from '../../src/io/npy.js';
import { bytesOf, cli, freshFolder, model } from './helpers.js';

const folder = freshFolder();

test('states, energies, outcomes and attractors, as interface.md names them', async () => {
  const out = `${folder}/R.npz`;
  const starts = '2,0.5;0.5,2;2,2';
  const { code, stdout, stderr } = await cli([
    'trajectories',
    model('winner-take-all'),
    '--points',
    starts,
    '--times',
    '0.5,2,8',
    '--out',
    out,
    '--json',
  ]);
  expect(stderr).not.toContain('error');
  expect(code).toBe(0);
  const json = JSON.parse(stdout) as {
    outcomes: Record<string, number>;
    largestRise: number;
    lyapunov: unknown;
  };
  expect(json.outcomes).toEqual({ converged: 2, 'saddle-slow': 1 });
  expect(json.largestRise).toBeLessThanOrEqual(1e-12);
  expect(json.lyapunov).toEqual({ holds: 3, violated: 0, 'below-rounding': 0, stepRise: 0 });
  const files = unzipSync(bytesOf(out));
  const array = (name: string) => readNpy(files[`${name}.npy`], { nonFinite: true });
  expect(array('times').data).toEqual(Float64Array.of(0.5, 2, 8));
  expect(array('states').shape).toEqual([3, 3, 2]);
  expect(array('energy').shape).toEqual([3, 3]);
  expect([...array('outcome').data]).toEqual([0, 0, 1]);
  expect(array('outcome').dtype).toBe('|i1');
  expect([...array('attractor').data]).toEqual([0, 1, -1]);
  expect(array('verdict')).toMatchObject({ dtype: '|i1', shape: [3] });
  expect([...array('verdict').data]).toEqual([0, 0, 0]);
  const attractors = [...array('attractor_states').data].map((v) => Number(v.toFixed(9)));
  expect(attractors).toEqual([1, -0.5, -0.5, 1]);
  // Mirror images all the way.
  const { data } = array('states');
  expect([...data.subarray(6, 12)]).toEqual([1, 0, 3, 2, 5, 4].map((i) => data[i]));
  const names = Buffer.from(files['outcome_names.npy']);
  expect(names.toString('latin1', 0, 128)).toContain("'descr': '<U11'");
  const letters = new Uint32Array(Uint8Array.from(names.subarray(128)).buffer);
  expect(String.fromCodePoint(...letters.subarray(0, 11)).replaceAll('\0', '')).toBe('converged');
  expect(letters).toHaveLength(8 * 11);
});

test('an energy that rises is named, with the trajectory, the time and the state', async () => {
  const file = `${folder}/broken.json`;
  writeFileSync(
    file,
    JSON.stringify({
      format: 'memscape-model/1',
      layers: [{ size: 2, activation: 'relu' }],
      weights: [
        [0, -1.5],
        [-1.5, 0],
      ],
      bias: [1, 1],
      energy: { equation: 14, coefficients: [0, 0, 1] },
    }),
  );
  const { stdout, stderr } = await cli(
    `trajectories ${file} --points 1,-0.5;2,0.5;3,3.2 --times 1 --out ${folder}/broken.npz --json`.split(' '),
  );
  expect(stderr).toContain('the energy rises along');
  const { lyapunov } = JSON.parse(stdout) as {
    lyapunov: { violated: number; worst: Record<'trajectory' | 'rate' | 'threshold', number> };
  };
  expect(lyapunov.violated).toBeGreaterThan(0);
  expect(lyapunov.worst.trajectory).toBeGreaterThan(0);
  expect(lyapunov.worst.rate).toBeGreaterThan(lyapunov.worst.threshold);
});

test.each([
  ['--times 2,1', '--times', 2],
  ['--times 1 --method rk5', 'rk4', 2],
  ['--times 1 --rtol 0', '--rtol', 2],
])('%s is refused', async (flags, words, expected) => {
  const { code, stderr } = await cli(
    `trajectories ${model('winner-take-all')} --points 1,1 --out ${folder}/no.npz ${flags}`.split(' '),
  );
  expect(code).toBe(expected);
  expect(stderr).toContain(words);
});
