/** `memscape.min.js` in a page, untouched by any build tool: it computes what the sources compute. */
import { expect, test } from 'vitest';
import * as memscape from '../../src/index.js';
import model from '../../models/smu-nonsymmetric.json?raw';
import bundle from '../../dist/memscape.min.js?raw';
import { compute, hashes } from './request.js';

test('the bundle runs as a plain module', async () => {
  const address = URL.createObjectURL(new Blob([bundle], { type: 'text/javascript' }));
  const bundled = (await import(/* @vite-ignore */ address)) as typeof memscape;
  const results = await Promise.all(
    [memscape, bundled].map(async (library) => {
      const gpu = await library.openGpu(navigator.gpu, { asynchronousPipelines: true });
      const simulator = new library.Simulator(gpu);
      try {
        return hashes(await compute(library, simulator, { model, size: 32, quantities: ['energy', 'rhs'] }));
      } finally {
        await simulator.dispose();
      }
    }),
  );
  expect(results[1]).toEqual(results[0]);
});
