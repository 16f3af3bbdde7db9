/** `memscape compare` and `memscape experiments` as a user runs them. */
import { expect, test } from 'vitest';
import { cli, freshFolder, jsonOf, model } from './helpers.js';

const folder = freshFolder();
const quick = ['--starts', '64', '--samples', '128', '--evaluations', '32'];

test('compare: a table for people, JSON for machines, and the same numbers again', async () => {
  const out = `${folder}/R.json`;
  const people = await cli(['compare', model('winner-take-all'), ...quick, '--out', out]);
  expect(people.code, people.stderr).toBe(0);
  expect(people.stdout).toContain(`wrote ${out}`);
  expect(people.stdout).toMatch(/^> identity +certified +proved/m);
  expect(people.stdout).toMatch(/^ {2}sylvester .* not to be had: /m);
  const file = jsonOf(out) as Record<string, unknown>;
  expect(file).toMatchObject({ format: 'memscape-comparison/1', equation: 13, recommended: 0 });
  const machine = await cli(['compare', model('winner-take-all'), ...quick, '--json']);
  const found = JSON.parse(machine.stdout) as Record<string, unknown>;
  expect({ ...file, provenance: null }).toEqual({ ...found, provenance: null });
});

test('compare: refuses what it cannot read, before any work', async () => {
  const start = ['compare', model('winner-take-all')];
  for (const [bad, words] of [
    [['--box', '1:2,1:2,1:2'], '--box: found 3 ranges for 2 neurons'],
    [['--starts', '0'], '--starts: expected a whole number'],
    [['--out', `${folder}/R.txt`], 'does not end in .json'],
    [['--device', 'gpu'], 'there is no kernel'],
  ] as const) {
    const { code, stderr } = await cli([...start, ...bad]);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
  }
});

test('experiments: three propositions', async () => {
  const flags = ['--size', '60', '--draws', '2', '--networks', '2', '--dead', '15,30'];
  const people = await cli(['experiments', ...flags]);
  expect(people.code, people.stderr).toBe(0);
  for (const words of ['Prop. 1', 'Prop. 2', 'Prop. 3', 'relu', '15 dead: 0.'])
    expect(people.stdout).toContain(words);
  const { stdout } = await cli(['experiments', ...flags, '--json', '--seed', '3']);
  expect(JSON.parse(stdout)).toMatchObject({ format: 'memscape-experiments/1', seed: 3 });
  expect((await cli(['experiments', '--dead', '400'])).code).toBe(2);
});
