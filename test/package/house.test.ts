/** Faults planted into every floor of the house: the import rules of eslint.config.js must see them, and nothing else. */
import { ESLint, Linter } from 'eslint';
import { expect, test } from 'vitest';

const eslint = new ESLint();
const linter = new Linter();

/** What no-restricted-imports, as configured for `file`, says about an import. */
async function complaints(file: string, specifier: string): Promise<number> {
  const { rules } = (await eslint.calculateConfigForFile(file)) as { rules: Linter.RulesRecord };
  const rule = rules['no-restricted-imports'];
  return linter.verify(`import '${specifier}';`, { rules: { 'no-restricted-imports': rule } }).length;
}

test.each([
  ['src/types.ts', './errors.js'],
  ['src/errors.ts', './model/network.js'],
  ['src/math/linalg.ts', '../model/network.js'],
  ['src/model/network.ts', '../io/npy.js'],
  ['src/model/network.ts', '../plan/plan.js'],
  ['src/io/npy.ts', '../wgsl/compose.js'],
  ['src/wgsl/compose.ts', '../plan/plan.js'],
  ['src/plan/plan.ts', '../backend.js'],
  ['src/backend.ts', './cpu/backend.js'],
  ['src/cpu/backend.ts', '../gpu/device.js'],
  ['src/gpu/run.ts', '../cpu/backend.js'],
  ['src/gpu/supervised.node.ts', '../simulator.js'],
  ['src/analysis/fixed-points.ts', '../cpu/backend.js'],
  ['src/figure/png.node.ts', '../gpu/device.js'],
  ['src/simulator.ts', './gpu/device.js'],
  ['src/simulator.ts', './figures/index.js'],
  ['src/figures/paper.ts', '../index.js'],
  ['src/index.ts', './node.js'],
  ['src/node.ts', './cli/main.js'],
  // Node, in files that pages load.
  ['src/io/npy.ts', 'node:fs'],
  ['src/io/npy.ts', './files.node.js'],
  ['src/gpu/device.ts', 'webgpu'],
  ['src/cpu/worker.web.ts', 'node:worker_threads'],
  // Users of the library.
  ['demo/main.ts', '../src/simulator.js'],
  ['demo/page/text.ts', '../../src/model/network.js'],
  ['bench/cases.ts', '../src/gpu/device.js'],
])('%s may not import %s', async (file, specifier) => {
  expect(await complaints(file, specifier)).toBeGreaterThan(0);
});

test.each([
  ['src/model/network.ts', '../math/special.js'],
  ['src/model/problem.ts', './network.js'],
  ['src/plan/plan.ts', '../wgsl/compose.js'],
  ['src/simulator.ts', './cpu/backend.js'],
  ['src/simulator.ts', './plan/plan.js'],
  ['src/figures/paper.ts', '../simulator.js'],
  ['src/figures/paper.ts', './index.js'],
  ['src/figure/png.node.ts', 'node:zlib'],
  ['src/gpu/supervised.node.ts', '../backend.js'],
  ['src/node.ts', './gpu/supervised.node.js'],
  ['src/cli/run.ts', '../node.js'],
  ['demo/main.ts', '../src/index.js'],
  ['demo/page/text.ts', '../../src/index.js'],
])('%s may import %s', async (file, specifier) => {
  expect(await complaints(file, specifier)).toBe(0);
});
