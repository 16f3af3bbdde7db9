/** Every page fits every screen: nothing is scrolled sideways, bars and rows hold what they should, 4K is legible. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { launch } from './browser.js';

const SIZES = [
  [320, 640],
  [390, 844],
  [768, 1024],
  [1024, 768],
  [1280, 800],
  [1440, 900],
  [1920, 1080],
  [3840, 2160],
] as const;

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
  for (const [width, height] of SIZES) {
    await page.setViewportSize({ width, height });
    const wide = () => page.evaluate<number>('document.documentElement.scrollWidth');
    // Sizes follow the window a frame later.
    await expect.poll(wide, { message: `at ${String(width)} px`, timeout: 5000 }).toBeLessThanOrEqual(width);
  }
  await page.close();
});

const rowsOf = (selector: string) => `(() => {
  const shown = [...document.querySelectorAll(${JSON.stringify(selector)})].filter((e) => e.offsetWidth > 0);
  return new Set(shown.map((e) => { const { top, height } = e.getBoundingClientRect(); return Math.round((top + height / 2) / 8); })).size;
})()`;

test.each([
  [1280, 800],
  [1440, 900],
  [1440, 700],
  [1920, 1080],
])(
  'the layers of the explorer are one row, and the line of honesty is in sight: %i x %i',
  async (width, height) => {
    const page = await browser.newPage({ viewport: { width, height } });
    await page.goto(new URL('index.html', inject('pages')).href);
    await page.locator('html[data-painter]').waitFor();
    expect(await page.evaluate(rowsOf('.layers > *'))).toBe(1);
    const bottom = await page.evaluate<number>(
      'document.querySelector("#facts").getBoundingClientRect().bottom',
    );
    if (height >= 800) expect(bottom).toBeLessThanOrEqual(height);
    await page.close();
  },
);

test.each(['index', 'article', 'gallery', 'volume', 'bench'])(
  'on a phone every page is reached from %s',
  async (name) => {
    const page = await browser.newPage({ viewport: { width: 320, height: 640 }, hasTouch: true });
    await page.goto(new URL(`${name}.html`, inject('pages')).href);
    const button = page.getByRole('button', { name: 'Menu' });
    const size = await button.boundingBox();
    expect(Math.min(size?.width ?? 0, size?.height ?? 0)).toBeGreaterThanOrEqual(44);
    await button.tap();
    const links = page.locator('#menu-pages a:visible');
    expect(await links.count()).toBe(5);
    for (const link of await links.all())
      expect((await link.boundingBox())?.height).toBeGreaterThanOrEqual(44);
    await links.filter({ hasText: name === 'gallery' ? 'Article' : 'Gallery' }).tap();
    await page.waitForURL(name === 'gallery' ? /article\.html/ : /gallery\.html/);
    await page.close();
  },
);

test('a 4K screen has larger words, and the pointer is where it seems to be', async () => {
  const page = await browser.newPage({ viewport: { width: 3840, height: 2160 } });
  // Without WebGPU: a software adapter takes long for eight million pixels.
  await page.addInitScript('Object.defineProperty(navigator, "gpu", { value: undefined })');
  await page.goto(new URL('index.html', inject('pages')).href);
  await page.locator('html[data-painter]').waitFor();
  const heading = await page.locator('h1').boundingBox();
  expect(heading?.height).toBeGreaterThan(40);
  const box = await page.locator('#left .box').boundingBox();
  if (!box) throw new Error('the landscape has no box');
  // A square plot from -2 to 2: three quarters across, a quarter down, is (1, 1).
  await page.mouse.move(box.x + 0.75 * box.width, box.y + 0.25 * box.height);
  await expect
    .poll(() => page.locator('#state').innerText())
    .toMatch(/\(1\.00\d, 1\.00\d\)|\(0\.99\d, 0\.99\d\)/);
  await page.close();
});
