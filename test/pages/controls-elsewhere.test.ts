/** Controls of the article, the gallery, the volume and the bench page that no other test operates. */
import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { stateFrom } from '../../demo/state/link.js';
import { launch, PAGES, placeOf, pull, visit } from './browser.js';

let browser: Browser;
let page: Page;
let faults: string[];

beforeAll(async () => {
  browser = await launch();
});
afterAll(async () => {
  await browser.close();
});
afterEach(async () => {
  expect(faults).toEqual([]);
  await page.context().close();
});

const open = async (name: string, options: Parameters<typeof visit>[3] = {}) => {
  ({ page, faults } = await visit(browser, name, PAGES[name.replace(/\?.*/, '')], options));
};
const theme = () => page.locator('html').getAttribute('data-theme');

test('the article: a start by the mouse, the flow held, sections by their numbers, light and dark, a handout', async () => {
  // A printer is asked for, and nothing comes of it but what the page does before and after.
  const script = `window.print = () => {
    window.dispatchEvent(new Event('beforeprint'));
    window.printed = [...document.querySelectorAll('figure')].map((figure) => figure.dataset.painter ?? 'never drawn');
    window.printedTheme = document.documentElement.dataset.theme;
    window.dispatchEvent(new Event('afterprint'));
  }`;
  await open('article.html', { script, reducedMotion: 'no-preference' });
  const figure = page.locator('#settle figure:not([data-busy])');
  await figure.scrollIntoViewIfNeeded();
  await figure.waitFor({ timeout: 60_000 });
  const start = async () =>
    stateFrom(new URL((await page.locator('#settle a.open').getAttribute('href')) ?? '', page.url()).hash)
      .start;
  const before = await start();
  await pull(page.locator('#settle .grab').first(), [0.5, 0.5], [40, -30]);
  await figure.waitFor();
  const after = await start();
  const { width } = await placeOf(page.locator('#settle .box').first());
  // The plot shows 4 units or a little more across, both axes alike.
  const unit = (after[0] - before[0]) / 40;
  expect(unit * width).toBeGreaterThan(3.9);
  expect(unit * width).toBeLessThan(6);
  expect(after[1] - before[1]).toBeCloseTo(30 * unit, 1);
  const box = page.locator('#settle .box').first();
  const moves = async () => {
    const one = await box.screenshot();
    await page.waitForTimeout(250);
    return !one.equals(await box.screenshot());
  };
  await expect.poll(moves).toBe(true);
  await page.locator('#hold').click();
  expect(await page.locator('#hold').getAttribute('aria-pressed')).toBe('true');
  expect(await moves()).toBe(false);
  await page.locator('#theme').click();
  expect(await theme()).toBe('dark');
  const dark = await box.screenshot();
  await page.locator('#theme').click();
  expect(await theme()).toBe('light');
  await expect.poll(async () => dark.equals(await box.screenshot())).toBe(false);
  await page.locator('.toc a[href="#prop2"]').click();
  await page.locator('.toc a[href="#prop2"][aria-current]').waitFor();
  await page.locator('#prop2 figure[data-painter]').waitFor({ timeout: 60_000 });
  await page.locator('#theme').click();
  await page.locator('#print').click();
  const printed = () => page.evaluate('window.printed');
  await expect.poll(printed, { timeout: 60_000 }).toEqual(Array.from({ length: 10 }, () => 'gpu'));
  expect(await page.evaluate('printedTheme')).toBe('light');
  expect(await theme()).toBe('dark');
});

test('the gallery: every filter, a card, light and dark', async () => {
  await open('gallery.html');
  const cards = await page.locator('.card').count();
  const shown: number[] = [];
  for (const filter of await page.locator('[data-filter]').all()) {
    await filter.click();
    expect(await page.locator('[data-filter][aria-pressed="true"]').count()).toBe(1);
    shown.push(await page.locator('.card:not([hidden])').count());
    expect(await page.locator('#shown').innerText()).toBe(`${String(shown[shown.length - 1])} cards`);
  }
  // All, and parts that make up all.
  expect(shown[0]).toBe(cards);
  expect(shown.slice(1).reduce((sum, v) => sum + v, 0)).toBe(cards);
  await page.locator('#theme').click();
  expect(await theme()).toBe('dark');
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.locator('#open').click()]);
  expect(chooser.isMultiple()).toBe(true);
  await page.locator('[data-filter=""]').click();
  await page.getByRole('link', { name: 'two-attractor-sigmoid' }).click();
  await page.waitForURL(/index\.html#1/);
  await page.locator(PAGES['index.html']).waitFor({ timeout: 60_000 });
  expect(await page.locator('#model').inputValue()).toBe('two-attractor-sigmoid');
  // The theme goes along.
  expect(await theme()).toBe('dark');
});

test('the volume: the slice by the mouse, play and stop, there and back between networks, dark', async () => {
  await open('volume.html');
  const q = async () => Number(await page.locator('#q').inputValue());
  const seen = () => page.locator('#seen').innerText();
  const { width } = await placeOf(page.locator('#q'));
  const before = await page.locator('.box').screenshot();
  // The thumb stands at its share of the range; it travels the width of the slider less its own.
  await pull(page.locator('#q'), [(0.3 + 0.25) / 1.5, 0.5], [0.3 * width, 0]);
  expect(await q()).toBeGreaterThan(0.65);
  expect(await q()).toBeLessThan(0.9);
  await expect.poll(async () => before.equals(await page.locator('.box').screenshot())).toBe(false);
  expect(await page.locator('#q-value').innerText()).toBe((await q()).toFixed(2));
  await page.locator('#q').fill('0');
  await expect.poll(seen).toContain('0 fixed points');
  await page.locator('input[value="ctln-two-clique"]').check();
  await expect.poll(seen).toContain('1 fixed point ');
  await page.locator('input[value="ctln-3-cycle"]').check();
  await expect.poll(seen).toContain('0 fixed points');
  await page.locator('#play').click();
  await expect.poll(q, { timeout: 10_000 }).not.toBe(0);
  await page.locator('#play').click();
  const stopped = await q();
  const light = await page.locator('.box').screenshot();
  await page.locator('#theme').click();
  await expect.poll(async () => light.equals(await page.locator('.box').screenshot())).toBe(false);
  await page.waitForTimeout(1200);
  expect(await q()).toBe(stopped);
});

test('the bench: a device that computes wrongly gives void rows and no time, and the JSON says so', async () => {
  const script = `const open = GPUBuffer.prototype.getMappedRange;
    GPUBuffer.prototype.getMappedRange = function (...all) {
      const range = open.apply(this, all);
      if (window.wrong && this.usage & GPUBufferUsage.MAP_READ) new Float32Array(range).fill(0.125);
      return range;
    }`;
  await open('bench.html?quick', { script, acceptDownloads: true, colorScheme: 'dark' });
  await page.evaluate('window.wrong = true');
  const run = async () => {
    await page.locator('#start').click();
    await expect.poll(() => page.locator('#status').innerText(), { timeout: 60_000 }).toMatch(/^Done/);
  };
  await run();
  const rows = await page.locator('#rows tr').allInnerTexts();
  expect(rows).toHaveLength(3);
  for (const row of rows.slice(0, 2))
    expect(row).toMatch(/Void: N = \d+: errors \S+ and \S+, the row is void/);
  expect(rows[2]).toContain('Void: ');
  expect(await page.locator('#rows .num').count()).toBe(0);
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('#save').click()]);
  const saved = JSON.parse(await readFile(await download.path(), 'utf8')) as { rows: { void?: string }[] };
  expect(saved.rows.map(({ void: why }) => why !== undefined)).toEqual([true, true, true]);
  await page.evaluate('window.wrong = false');
  expect(await page.locator('#start').innerText()).toBe('Run again');
  await run();
  expect(await page.locator('#rows .blind').count()).toBe(0);
  await page.locator('#theme').click();
  expect(await theme()).toBe('light');
});
