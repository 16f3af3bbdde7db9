/** The built package as its users meet it (global-setup.ts has built it). */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const root = new URL('../../', import.meta.url).pathname;
const scratch = mkdtempSync(join(tmpdir(), 'memscape-dist-'));
afterAll(() => {
  rmSync(scratch, { recursive: true });
});

const { version, bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  version: string;
  bin: { memscape: string };
};

/** Names that a module exports, as a fresh Node without any WebGPU globals sees them. */
function exportsOf(file: string): string[] {
  const code = `console.log(JSON.stringify(Object.keys(await import(${JSON.stringify(file)}))))`;
  const printed = execFileSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
  return (JSON.parse(printed) as string[]).sort();
}

/** Everything that `file` of dist/ and what it imports statically import from elsewhere. */
function externals(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return new Set();
  seen.add(file);
  const found = new Set<string>();
  for (const [, specifier] of readFileSync(file, 'utf8').matchAll(
    /^(?:import|export)\b[^'"]*["']([^'"]+)["'];$/gm,
  ))
    if (!specifier.startsWith('.')) found.add(specifier);
    else for (const name of externals(join(dirname(file), specifier), seen)) found.add(name);
  return found;
}

test.each([
  ['index.js', 'Simulator'],
  ['analysis/index.js', 'fixedPointsFrom'],
])('%s needs no globals, no Node and no linear algebra to load', (file, name) => {
  expect(exportsOf(join(root, 'dist', file))).toContain(name);
  const others = externals(join(root, 'dist', file));
  expect([...others].filter((name) => name.startsWith('node:') || name === 'ml-matrix')).toEqual([]);
});

test('the bundle is one file that stands alone: the index and the analysis', () => {
  const alone = join(scratch, 'memscape.min.mjs');
  copyFileSync(join(root, 'dist/memscape.min.js'), alone);
  const [index, analysis] = ['index.js', 'analysis/index.js'].map((file) =>
    exportsOf(join(root, 'dist', file)),
  );
  expect(exportsOf(alone)).toEqual([...index, ...analysis].sort());
  expect(index.filter((name) => analysis.includes(name))).toEqual([]);
});

test('the node entry loads', () => {
  expect(exportsOf(join(root, 'dist/node.js'))).toContain('openSimulator');
});

test('the command runs by its own name', () => {
  const file = join(root, bin.memscape);
  expect(readFileSync(file, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  expect(execFileSync(file, ['--version'], { encoding: 'utf8' })).toBe(`${version}\n`);
});

test.each(['dist/gpu/child.js', 'dist/cpu/worker.node.js', 'dist/cpu/worker.web.js'])(
  '%s is there',
  (file) => {
    expect(readFileSync(join(root, file), 'utf8')).not.toBe('');
  },
);

test('threads that have nothing to do let the process end, and compute all that they owe before', () => {
  const file = (name: string) => JSON.stringify(join(root, name));
  const script = `
    const { loadModel, openCpu } = await import(${file('dist/node.js')});
    const { createPlan, resolveProblem } = await import(${file('dist/index.js')});
    const problem = await resolveProblem(await loadModel(${file('models/two-attractor-sigmoid.json')}));
    const backend = openCpu(2);
    const side = [-1, 1];
    const sampling = {
      kind: 'grid', origin: Float64Array.of(0, 0), axes: [Float64Array.of(1, 0), Float64Array.of(0, 1)],
      extent: [side, side], size: [2048, 2048],
    };
    const plan = createPlan({ problem, sampling, quantities: ['energy'] }, backend.profile);
    let points = 0;
    backend.run(plan, { onTile: ({ tile }) => { points += tile.columns * tile.rows; } }).then(() => console.log(points));
  `;
  const path = join(scratch, 'threads.mjs');
  writeFileSync(path, script);
  const flag = '--max-old-space-size=1024';
  for (const how of [
    [path],
    [flag, path],
    ['--input-type=module', '-e', script],
    [flag, '--input-type=module', '-e', script],
  ]) {
    const printed = execFileSync(process.execPath, how, { encoding: 'utf8', timeout: 60_000 });
    expect(Number(printed)).toBe(2048 ** 2);
  }
}, 90_000);
