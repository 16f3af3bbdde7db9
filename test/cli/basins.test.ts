/** `memscape basins` from model file to labels, JSON and pictures. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readBasinFlags } from '../../src/cli/basins-flags.js';
import { readNpy } from '../../src/node.js';
import { doubleWells } from '../basins/kit.js';
import { bytesOf, cli, freshFolder, jsonOf, model, namesIn } from './helpers.js';

const folder = freshFolder();
const wta = model('winner-take-all-krotov-hopfield');

test('labels, counts and pictures agree; the axis of symmetry is nobody’s', async () => {
  const out = join(folder, 'a');
  const { code, stdout } = await cli(['basins', wta, '--size', '33', '--full', '--json', '--out', out]);
  expect(code).toBe(0);
  expect(namesIn(out)).toEqual(['attractors.json', 'basins.png', 'basins.svg', 'labels.npy', 'time.npy']);
  const facts = jsonOf(out, 'attractors.json') as {
    attractors: { name: string; starts: number; share: number; certifiedBall: unknown }[];
    others: Record<string, number>;
    provenance: unknown;
  };
  expect(JSON.parse(stdout)).toEqual(facts);
  expect(facts.attractors.map(({ name, starts }) => [name, starts])).toEqual([
    ['A', 528],
    ['B', 528],
  ]);
  expect(facts.attractors.every(({ certifiedBall }) => certifiedBall !== null)).toBe(true);
  expect(facts.others).toMatchObject({ 'saddle-slow': 33, undecided: 0 });
  const { shape, data } = readNpy(bytesOf(out, 'labels.npy'));
  expect(shape).toEqual([33, 33]);
  expect([0, 1, -2].map((label) => Array.from(data).filter((v) => v === label).length)).toEqual([
    528, 528, 33,
  ]);
});

test('the same command gives the same bytes, refined too', async () => {
  const command = ['basins', wta, '--size', '70x64', '--extent', '-1.7:2.1'];
  for (const name of ['b', 'c']) expect((await cli([...command, '--out', join(folder, name)])).code).toBe(0);
  expect((await cli([...command, '--full', '--out', join(folder, 'd')])).code).toBe(0);
  for (const name of ['labels.npy', 'basins.png', 'basins.svg'])
    expect(bytesOf(folder, 'b', name)).toEqual(bytesOf(folder, 'c', name));
  expect(bytesOf(folder, 'b', 'labels.npy')).toEqual(bytesOf(folder, 'd', 'labels.npy'));
});

test('what is asked wrongly is refused with the option’s name', async () => {
  for (const [option, value] of [
    ['--method', 'dopri5'],
    ['--step', '0'],
    ['--size', '70000x70000'],
    ['--save', 'speed'],
    ['--fractions', '100'],
    ['--box', '4:-4'],
    ['--compare', 'hopfeild'],
  ]) {
    const { code, stderr } = await cli(['basins', wta, option, value, '--out', join(folder, 'e')]);
    expect(code).toBe(2);
    expect(stderr).toContain(option);
  }
});

test('starts in N dimensions fit into memory', async () => {
  const fractions = '1048576';
  expect(readBasinFlags({ fractions }, await doubleWells(8)).fractions).toBe(2 ** 20);
  const large = await doubleWells(32);
  expect(() => readBasinFlags({ fractions }, large)).toThrow('--fractions');
  expect(readBasinFlags({ fractions: String(2 ** 18) }, large).fractions).toBe(2 ** 18);
});

test('an abort ends it soon (250 ms, and as much again twice for a busy machine), and --resume goes on', async () => {
  const [whole, cut] = ['f', 'g'].map((name) => join(folder, name));
  const abort = new AbortController();
  let aborted = 0;
  const command = ['basins', wta, '--size', '40', '--full', '--step', '0.01'];
  const started = performance.now();
  expect((await cli([...command, '--out', whole])).code).toBe(0);
  setTimeout(
    () => {
      aborted = performance.now();
      abort.abort(new Error('enough'));
    },
    0.6 * (performance.now() - started),
  );
  const interrupted = await cli([...command, '--out', cut], { signal: abort.signal });
  expect(interrupted.code).toBe(130);
  expect(performance.now() - aborted).toBeLessThan(3 * 250);
  expect(namesIn(cut)).toEqual(['basins.journal']);
  const other = await cli([...command, '--out', cut, '--resume', '--seed', '9']);
  expect(other.stderr).toContain('seed was 1 and is 9');
  const resumed = await cli([...command, '--out', cut, '--resume']);
  expect(resumed.code).toBe(0);
  expect(resumed.stderr).toContain('taken as they are');
  expect(namesIn(cut)).toEqual(namesIn(whole));
  for (const name of ['labels.npy', 'time.npy', 'basins.svg', 'basins.png'])
    expect(bytesOf(cut, name)).toEqual(bytesOf(whole, name));
});

test('measures, bounds and a comparison: their arrays, facts and pictures agree', async () => {
  const out = join(folder, 'm');
  const asked = '--save energy-drop --fractions 64 --shocks --bounds --compare'.split(' ');
  const { code } = await cli(['basins', wta, '--size', '64', ...asked, '--out', out]);
  expect(code).toBe(0);
  const names = ['attractors.json', 'basins.png', 'basins.svg', 'compare.png', 'compare.svg'];
  expect(namesIn(out)).toEqual(
    [...names, 'disagreement.npy', 'energy-drop.npy', 'labels-compared.npy', 'labels.npy'].sort(),
  );
  const facts = jsonOf(out, 'attractors.json') as {
    attractors: {
      fraction: { value: number; standardError: number };
      shock: { slice: { distance: number }; allDimensions: { distance: number; proved: number } };
      inner: {
        well: { certified: boolean };
        share: { slice: { either: { value: number }; contradictions: number } };
      };
    }[];
    basinEntropy: { mixed: number };
    comparison: { differ: number; agree: number; untold: number; share: { value: number } };
  };
  for (const { fraction, shock, inner } of facts.attractors) {
    expect(Math.abs(fraction.value - 0.5)).toBeLessThan(4 * fraction.standardError);
    // From (1, -0.5) to the diagonal.
    expect(shock.allDimensions.distance).toBeCloseTo(1.5 / Math.SQRT2, 3);
    expect(shock.slice.distance).toBeCloseTo(1.5 / Math.SQRT2, 1);
    expect(shock.allDimensions.proved).toBeGreaterThan(0.4);
    expect(inner.well.certified).toBe(true);
    expect(inner.share.slice.either.value).toBeGreaterThan(0.05);
    expect(inner.share.slice.contradictions).toBe(0);
  }
  expect(facts.basinEntropy.mixed).toBeGreaterThan(10);
  const verdicts = Array.from(readNpy(bytesOf(out, 'disagreement.npy')).data);
  const { differ, agree, untold } = facts.comparison;
  expect([1, 0, -1].map((v) => verdicts.filter((one) => one === v).length)).toEqual([differ, agree, untold]);
  const labels = readNpy(bytesOf(out, 'labels.npy')).data;
  const other = readNpy(bytesOf(out, 'labels-compared.npy')).data;
  verdicts.forEach((v, k) => {
    if (v >= 0) expect(v === 0).toBe(labels[k] === other[k]);
  });
  // E4 is a Lyapunov function: it only falls.
  const drops = readNpy(bytesOf(out, 'energy-drop.npy'), { nonFinite: true }).data;
  drops.forEach((drop, k) => {
    if (labels[k] < 0) expect(drop).toBeNaN();
    else expect(drop).toBeGreaterThanOrEqual(-1e-6);
  });
});

test('--resume of what has finished does nothing; of another command it is refused', async () => {
  const out = join(folder, 'h');
  const command = ['basins', wta, '--size', '16', '--out', out];
  expect((await cli(command)).code).toBe(0);
  const before = bytesOf(out, 'attractors.json');
  const again = await cli([...command, '--resume', '--json']);
  expect(again.code).toBe(0);
  expect(again.stderr).toContain('nothing to resume');
  expect(JSON.parse(again.stdout)).toEqual(jsonOf(out, 'attractors.json'));
  expect(bytesOf(out, 'attractors.json')).toEqual(before);
  expect((await cli([...command, '--resume', '--seed', '2'])).code).toBe(2);
  expect((await cli(command)).code).toBe(2);
});
