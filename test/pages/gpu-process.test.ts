/** Chromium's own GPU process, killed amid a field of the bundle: the same bits from the next one, or the CPU. */
import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import type * as Memscape from '../../src/index.js';
import { launch } from './browser.js';

const browser = await launch();
afterAll(() => browser.close());

/** Runs in the page; the library is the bundle. */
const script = `
  import * as memscape from './memscape.min.js';
  const problem = await memscape.resolveProblem(await memscape.readModel(await (await fetch('./model.json')).json()));
  const backend = await memscape.RecoveringBackend.open(
    () => memscape.openGpu(navigator.gpu, { asynchronousPipelines: true }));
  const simulator = new memscape.Simulator(backend, undefined, { continueOnCpu: true });
  const unit = (k) => Float64Array.from({ length: problem.network.size }, (_, i) => Number(i === k));
  const request = {
    problem,
    quantities: ['energy', 'rhs'],
    sampling: { kind: 'grid', origin: unit(-1), axes: [unit(0), unit(1)], extent: [[-2, 2], [-2, 2]], size: [700, 700] },
  };
  globalThis.field = async (killed) => {
    let asked = !killed;
    const onProgress = () => {
      if (!asked) killGpu();
      asked = true;
    };
    const before = backend.losses;
    let evaluation;
    // The blow takes its time: it lands amid this field or one that follows at once.
    do evaluation = await simulator.evaluate({ ...request, onProgress });
    while (killed && backend.losses === before);
    const { fields, notes } = evaluation;
    const sums = [...fields.values()].map(({ data, computedBy }) => {
      let sum = 0x811c9dc5;
      for (const byte of new Uint8Array(data.buffer)) sum = Math.imul(sum ^ byte, 0x01000193) >>> 0;
      return computedBy.device + ' ' + sum;
    });
    return { sums, notes, losses: backend.losses };
  };
`;

interface Found {
  readonly sums: readonly string[];
  readonly notes: Memscape.Evaluation['notes'];
  readonly losses: number;
}

test('killed once amid a field: the same bits; killed until Chromium gives no more: the CPU', async () => {
  const page = await browser.newPage();
  const origin = 'http://127.0.0.1:9';
  const files: Readonly<Partial<Record<string, { body: string; contentType: string }>>> = {
    '/': { body: '<!doctype html><title>field</title>', contentType: 'text/html' },
    '/memscape.min.js': {
      body: readFileSync('dist/memscape.min.js', 'utf8'),
      contentType: 'text/javascript',
    },
    '/field.js': { body: script, contentType: 'text/javascript' },
    '/model.json': {
      body: readFileSync('models/mlp-feedback.json', 'utf8'),
      contentType: 'application/json',
    },
  };
  await page.route(`${origin}/**`, (route) => {
    const file = files[new URL(route.request().url()).pathname];
    return file ? route.fulfill(file) : route.abort();
  });
  const cdp = await browser.newBrowserCDPSession();
  // Found beforehand: asking Chromium takes as long as the field on a machine that does something else.
  let victim = NaN;
  await page.exposeFunction('killGpu', () => process.kill(victim, 'SIGKILL'));
  await page.goto(`${origin}/`);
  await page.addScriptTag({ url: `${origin}/field.js`, type: 'module' });
  await page.waitForFunction('globalThis.field !== undefined');
  const field = async (killed: boolean) => {
    const { processInfo } = await cdp.send('SystemInfo.getProcessInfo');
    const gpus = processInfo.filter(({ type }) => type.toLowerCase() === 'gpu');
    expect(gpus).toHaveLength(1);
    victim = gpus[0].id;
    return page.evaluate<Found>(`field(${String(killed)})`);
  };
  const expected = await field(false);
  expect(expected.sums.join()).toMatch(/^gpu \d+,gpu \d+$/);

  const once = await field(true);
  expect(once.losses).toBe(1);
  expect(once.sums).toEqual(expected.sums);
  expect(once.notes.join()).toMatch(/lost and opened again/);

  // Chromium takes WebGPU away from a page after some crashes in a row; no result is ever wrong or half.
  const twice = await field(true);
  expect(twice.losses).toBe(2);
  if (twice.sums[0].startsWith('gpu')) expect(twice.sums).toEqual(expected.sums);
  else expect(twice.notes.join()).toMatch(/lost for good.*the CPU computed everything/);
  console.log(`after the second kill: ${twice.sums.join()}; ${twice.notes.join(' ')}`);
});
