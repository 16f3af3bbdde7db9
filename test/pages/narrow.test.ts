/** Every page fits every width: nothing has to be scrolled sideways. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { launch } from './browser.js';

const WIDTHS = [320, 390, 768, 1024, 1280, 1440];

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(async () => {
  await browser.close();
});

test.each(['index', 'article', 'gallery', 'volume', 'bench'])('%s', async (name) => {
  const page = await browser.newPage();
  await page.goto(new URL(`${name}.html`, inject('pages')).href);
  await page.locator('main, #stage').first().waitFor();
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    const wide = () => page.evaluate<number>('document.documentElement.scrollWidth');
    // Sizes follow the window a frame later.
    await expect.poll(wide, { message: `at ${String(width)} px`, timeout: 5000 }).toBeLessThanOrEqual(width);
  }
  await page.close();
});
