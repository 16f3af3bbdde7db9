/** `field --reference`: energies measured from a state, on slices given as offsets from it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadAlgebra } from '../../src/model/algebra.js';
import { Evaluator } from '../../src/model/evaluator.js';
import { resolveProblem } from '../../src/model/problem.js';
import { loadModel, readNpy, writeNpy } from '../../src/node.js';
import { exactField } from '../difference-cases.js';
import { bytesOf, cli, freshFolder, jsonOf, model } from './helpers.js';

const folder = freshFolder();
const at = (name: string) => join(folder, name);

interface ReferenceJson {
  readonly grid: { readonly origin: number[]; readonly extent: number[] };
  readonly reference?: { readonly state: number[]; readonly energy: number };
  readonly fields: Record<
    string,
    { readonly values?: string; readonly least: number; readonly greatest: number }
  >;
}

const field = (name: string, ...flags: string[]) =>
  cli(['field', model('winner-take-all'), ...flags, '--size', '8x8', '--device', 'cpu', '--out', at(name)]);

test('the field is E - E(reference), the slice an offset, and the JSON says both', async () => {
  const reference = [0.4, 0.4 + 1e-7];
  writeFileSync(at('p.npy'), writeNpy([2], Float64Array.from(reference)));
  const { code, stderr } = await field(
    'saddle',
    ...[
      '--reference',
      at('p.npy'),
      '--origin',
      '0,2e-6',
      '--extent',
      '-1e-5:1e-5',
      '--quantity',
      'energy,residual',
    ],
  );
  expect(stderr).toBe('');
  expect(code).toBe(0);
  const json = jsonOf(at('saddle'), 'field.json') as ReferenceJson;
  const problem = await resolveProblem(await loadModel(model('winner-take-all')));
  const evaluator = new Evaluator(problem, await loadAlgebra());
  evaluator.moveTo(Float64Array.from(reference));
  expect(json.reference).toEqual({ state: reference, energy: evaluator.energy() });
  expect(json.grid.origin).toEqual([0.4, reference[1] + 2e-6]);
  expect(json.fields.energy.values).toBe('E - E(reference)');
  expect(json.fields.residual.values).toBeUndefined();
  // The exact field is measured from the grid's origin: it differs by a constant.
  const extent = [-1e-5, 1e-5] as const;
  const { values, range } = exactField(problem, {
    kind: 'grid',
    origin: Float64Array.from(json.grid.origin),
    axes: [Float64Array.of(1, 0), Float64Array.of(0, 1)],
    extent: [extent, extent],
    size: [8, 8],
  });
  const found = readNpy(bytesOf(at('saddle'), 'energy.npy')).data;
  values.forEach((value, k) => {
    expect(Math.abs(found[k] - found[0] - (value - values[0]))).toBeLessThan(1e-9 * range);
  });
  // And the constant is small: not E itself.
  expect(json.fields.energy.greatest).toBeLessThan(1e-8);
});

test('without the flag nothing is said of a reference', async () => {
  expect((await field('plain')).code).toBe(0);
  const json = jsonOf(at('plain'), 'field.json') as ReferenceJson;
  expect(json.reference).toBeUndefined();
  expect(json.fields.energy.values).toBeUndefined();
});

test('pictures say what they show', async () => {
  const flags = ['--reference', '1,-0.5', '--axes', 'e0', '--extent', '-1e-4:1e-4'];
  const argv = ['field', model('winner-take-all'), ...flags, '--size', '64', '--device', 'cpu'];
  expect((await cli([...argv, '--out', at('line')])).code).toBe(0);
  const svg = readFileSync(join(at('line'), 'energy.svg'), 'utf8');
  expect(svg).toContain('(reference)');
  expect(svg).toContain('E(reference) = −0.352 in f64');
});

describe('refusals', () => {
  test('an activation that stops at f32', async () => {
    const { network } = await loadModel(model('smu-nonsymmetric'));
    const state = new Float64Array(network.size).join(',');
    const argv = ['field', model('smu-nonsymmetric'), '--reference', state, '--out', at('no')];
    const { code, stderr } = await cli(argv);
    expect(code).toBe(2);
    expect(stderr).toContain('stop at f32');
    expect(stderr).toContain('leave the reference out');
  });

  test.each([
    ['a state of another size', ['--reference', '1,2,3'], 3, '--reference: expected 2 numbers'],
    [
      'a slice of memories',
      ['--reference', '1,2', '--axes', 'memories'],
      2,
      'cannot be combined with --axes memories',
    ],
    [
      'a slice through states',
      ['--reference', '1,2', '--through', 'a.npy'],
      2,
      'cannot be combined with --through',
    ],
  ])('%s', async (_, flags, exit, words) => {
    const { code, stderr } = await field('no', ...flags);
    expect(code).toBe(exit);
    expect(stderr).toContain(words);
  });
});
