/** The bench page, with the tiny sizes of `?quick`: rows, export, cancelling, and what it says without a GPU. */
import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch, PAGES, violations, visit, type Opened } from './browser.js';

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});
afterAll(async () => {
  await browser.close();
});

const openBench = (query: string, options = {}, script?: string): Promise<Opened> =>
  visit(browser, `bench.html${query}`, PAGES['bench.html'], { ...options, script });

interface Saved {
  readonly adapter: { readonly name: string; readonly software: boolean };
  readonly quick: boolean;
  readonly rows: readonly { readonly name: string; readonly error?: number; readonly void?: string }[];
}

test.each([
  { colorScheme: 'light', viewport: { width: 1440, height: 900 } },
  { colorScheme: 'dark', viewport: { width: 390, height: 844 } },
] as const)('runs, verifies, exports; axe finds nothing: $colorScheme', async (options) => {
  const { page, faults } = await openBench('?quick', options);
  expect(await page.locator('#adapter').innerText()).toMatch(/swiftshader/i);
  expect(await page.locator('#kind').innerText()).toContain('software');
  await page.locator('#start').click();
  await expect.poll(() => page.locator('#status').innerText(), { timeout: 60_000 }).toMatch(/^Done/);
  expect(await page.locator('#rows tr').count()).toBe(4);
  expect(await page.locator('#rows .blind').count()).toBe(0);
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('#save').click()]);
  const saved = JSON.parse(await readFile(await download.path(), 'utf8')) as Saved;
  expect(saved).toMatchObject({ format: 'memscape-bench/1', quick: true, adapter: { software: true } });
  expect(saved.rows).toHaveLength(3);
  expect(saved.rows[0].error).toBeLessThan(2e-5);
  expect(await violations(page)).toEqual([]);
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  expect(faults).toEqual([]);
  await page.context().close();
});

test('cancelling ends the run at once', async () => {
  const { page, faults } = await openBench('');
  await page.locator('#start').click();
  await page.locator('#cancel').click();
  await expect
    .poll(() => page.locator('#status').innerText(), { timeout: 20_000 })
    .toMatch(/^Cancelled after/);
  expect(await page.locator('#start').isVisible()).toBe(true);
  expect(faults).toEqual([]);
  await page.context().close();
});

test('without WebGPU there is nothing to measure, and the page says so', async () => {
  const { page } = await openBench(
    '',
    {},
    "Object.defineProperty(Navigator.prototype, 'gpu', { value: undefined })",
  );
  expect(await page.locator('#status').innerText()).toContain('no WebGPU');
  expect(await page.locator('#start').isDisabled()).toBe(true);
  await page.context().close();
});
