/** axe-core on the explorer: both themes, screen and phone. */
import { join } from 'node:path';
import axe, { type AxeResults } from 'axe-core';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch, openExplorer, pictures, settle } from './browser.js';

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});
afterAll(async () => {
  await browser.close();
});

const phone = { width: 390, height: 844 };

test.each([
  { name: 'light', colorScheme: 'light', viewport: { width: 1440, height: 900 } },
  { name: 'dark', colorScheme: 'dark', viewport: { width: 1440, height: 900 } },
  { name: 'light phone', colorScheme: 'light', viewport: phone },
  { name: 'dark phone', colorScheme: 'dark', viewport: phone },
] as const)('axe finds nothing: $name', async ({ name, ...options }) => {
  const { page } = await openExplorer(browser, options);
  await settle(page);
  if (name.includes('phone')) await page.locator('[data-sheet="cursor"]').click();
  await page.evaluate(axe.source);
  const { violations, passes }: AxeResults = await page.evaluate('axe.run()');
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
  expect(passes.length).toBeGreaterThan(20);
  await page.screenshot({ path: join(pictures, `axe-${name.replace(' ', '-')}.png`) });
  await page.context().close();
});

test('the theme button overrides the system and is remembered', async () => {
  const { page } = await openExplorer(browser);
  await page.locator('#theme').click();
  expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
  const colour = () => page.evaluate('getComputedStyle(document.documentElement).backgroundColor');
  expect(await colour()).toBe('rgb(18, 21, 25)');
  await page.reload();
  await page.locator('html[data-painter]').waitFor();
  expect(await colour()).toBe('rgb(18, 21, 25)');
  await page.context().close();
});
