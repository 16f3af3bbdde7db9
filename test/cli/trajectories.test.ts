/** `memscape trajectories` as a user runs it. */
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
  const json = JSON.parse(stdout) as { outcomes: Record<string, number>; largestRise: number };
  expect(json.outcomes).toEqual({ converged: 2, 'saddle-slow': 1 });
  expect(json.largestRise).toBeLessThanOrEqual(1e-12);
  const files = unzipSync(bytesOf(out));
  const array = (name: string) => readNpy(files[`${name}.npy`], { nonFinite: true });
  expect(array('times').data).toEqual(Float64Array.of(0.5, 2, 8));
  expect(array('states').shape).toEqual([3, 3, 2]);
  expect(array('energy').shape).toEqual([3, 3]);
  expect([...array('outcome').data]).toEqual([0, 0, 1]);
  expect(array('outcome').dtype).toBe('|i1');
  expect([...array('attractor').data]).toEqual([0, 1, -1]);
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

test.each([
  ['--times 2,1', '--times', 2],
  ['--times 1 --method rk5', 'rk4', 2],
  ['--times 1 --rtol 0', '--rtol', 2],
  ['--times 1 --device gpu', 'no kernel', 2],
])('%s is refused', async (flags, words, expected) => {
  const { code, stderr } = await cli(
    `trajectories ${model('winner-take-all')} --points 1,1 --out ${folder}/no.npz ${flags}`.split(' '),
  );
  expect(code).toBe(expected);
  expect(stderr).toContain(words);
});
