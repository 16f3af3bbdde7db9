/** The gallery: its cards, its links into the explorer, files dropped on it, and the explorer embedded. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stateFrom } from '../../demo/state/link.js';
import { writeNpy } from '../../src/node.js';
import { launch, openExplorer, PAGES, visit, type Opened } from './browser.js';

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});
afterAll(async () => {
  await browser.close();
});

const openGallery = (options = {}): Promise<Opened> =>
  visit(browser, 'gallery.html', PAGES['gallery.html'], options);

const models = readdirSync('models').filter((name) => name.endsWith('.json'));

test('a card for each model, with true numbers and a link that opens it; filters', async () => {
  const { page, faults } = await openGallery();
  const cards = await page.locator('.card').all();
  expect(cards).toHaveLength(models.length);
  for (const name of models.map((file) => file.replace('.json', ''))) {
    const card = page.locator('.card', { has: page.getByRole('heading', { name, exact: true }) });
    const model = JSON.parse(readFileSync(join('models', `${name}.json`), 'utf8')) as {
      layers: { size: number }[];
    };
    const neurons = model.layers.reduce((sum, { size }) => sum + size, 0);
    expect(await card.locator('.facts').innerText()).toContain(`${String(neurons)} neuron`);
    if (neurons > 32) {
      expect(await card.locator('.obstacle').innerText()).toContain('the explorer takes up to 32');
      expect(await card.locator('a').count()).toBe(0);
      continue;
    }
    const href = (await card.locator('a').getAttribute('href')) ?? '';
    expect(stateFrom(href.slice(href.indexOf('#')))).toMatchObject({ name });
  }
  const take = page.locator('.card', {
    has: page.getByRole('heading', { name: 'winner-take-all', exact: true }),
  });
  expect(await take.locator('.facts').innerText()).toMatch(/2 stable\s*1 saddle/);
  expect(await take.locator('img').first().getAttribute('alt')).toMatch(/blind on 2\d\.\d %/);
  await page.evaluate('for (const image of document.images) image.loading = "eager"');
  await expect
    .poll(() => page.evaluate('[...document.images].every((i) => i.complete && i.naturalWidth > 0)'))
    .toBe(true);
  await page.locator('[data-filter="paper"]').click();
  const shown = await page.locator('.card:not([hidden])').count();
  expect(shown).toBeGreaterThan(2);
  expect(shown).toBeLessThan(models.length);
  expect(faults).toEqual([]);
  await page.context().close();
});

test('a file opens in the explorer; a wrong one is refused, and the page goes on', async () => {
  const { page, faults } = await openGallery();
  const npy = (shape: number[], values: number[]) => ({
    name: 'own.npy',
    mimeType: 'application/octet-stream',
    buffer: Buffer.from(writeNpy(shape, Float64Array.from(values))),
  });
  await page.locator('#files').setInputFiles(npy([2, 3], [1, 2, 3, 4, 5, 6]));
  await page.locator('#refusal').waitFor();
  expect(await page.locator('#refusal').innerText()).toContain('own.npy (2 x 3)');
  await page.locator('#files').setInputFiles(npy([2, 2], [0, 0.5, 0.5, 0]));
  await page.waitForURL(/index\.html#1/);
  const state = stateFrom(await page.evaluate('location.hash'));
  expect(state.weights).toEqual([
    [0, 0.5],
    [0.5, 0],
  ]);
  expect(faults).toEqual([]);
  await page.context().close();
});

test('embedded, the explorer keeps its landscapes and the way out', async () => {
  const { page, faults } = await openExplorer(browser, {}, undefined, 'index.html?embed');
  expect(await page.locator('.plot').first().isVisible()).toBe(true);
  for (const id of ['#model', '#export', '#link', '.rail', '.layers'])
    expect(await page.locator(id).first().isVisible()).toBe(false);
  expect(await page.locator('#whole').getAttribute('href')).toMatch(/^\.\/index\.html/);
  expect(faults).toEqual([]);
  await page.context().close();
});
