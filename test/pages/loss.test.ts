/** Chromium's own GPU process, killed under the article and under the explorer: pictures come back by themselves, and the page says so. */
import type { Browser, Page } from 'playwright-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { stateFrom } from '../../demo/state/link.js';
import { coloursIn, fieldPixels, launch, PAGES, pixelsOf, placeOf, settle, visit } from './browser.js';

/** Every picture comes three times, on a machine that may be busy. */
const patience = { timeout: 300_000 };

// A browser of its own for each test: Chromium takes WebGPU away after some crashes in a row.
let browser: Browser;
beforeEach(async () => {
  browser = await launch();
});
afterEach(async () => {
  await browser.close();
});

async function killGpu(): Promise<void> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const [{ id }, ...others] = processInfo.filter(({ type }) => type.toLowerCase() === 'gpu');
  expect(others).toEqual([]);
  process.kill(id, 'SIGKILL');
}

/** Everything that the page said about its device, in turn. */
const LISTEN = `window.said = [];
  new MutationObserver(() => said.push(document.getElementById('status').textContent))
    .observe(document.getElementById('status'), { childList: true })`;

/** Chromium itself tells of what happened to its process; a page adds no fault of its own. */
const own = (faults: readonly string[]) =>
  faults.filter((fault) => !/GPU|context|device|Dawn|instance/i.test(fault));

const isDrawn = async (page: Page) => {
  await page.locator('#settle figure:not([data-busy])').waitFor({ timeout: 60_000 });
  const box = page.locator('#settle .box').first();
  return coloursIn(await pixelsOf(box), [0, 1], [0, 1]).length > 100;
};

test(
  'killed once, the article draws again with another device; killed until there is none, with the CPU',
  patience,
  async () => {
    const { page, faults } = await visit(browser, 'article.html', PAGES['article.html']);
    await page.locator('#settle figure').scrollIntoViewIfNeeded();
    expect(await isDrawn(page)).toBe(true);
    const words = await page.locator('#settle .seen').innerText();
    await page.evaluate(LISTEN);
    const seen: string[] = [];
    for (let kills = 0; kills < 2; kills++) {
      await page.evaluate('said.length = 0');
      await killGpu();
      await expect
        .poll(() => page.evaluate<string[]>('said'), { timeout: 60_000 })
        .toEqual([
          expect.stringContaining('The GPU was lost'),
          expect.stringMatching(/^Computed here and now|The processor computes every figure/),
        ]);
      await page.locator('html:not([data-lost])').waitFor({ timeout: 60_000 });
      const device = (await page.locator('html').getAttribute('data-device')) ?? '';
      seen.push(device);
      await expect.poll(() => page.locator('#settle figure').getAttribute('data-painter')).toBe(device);
      await expect.poll(() => isDrawn(page), { timeout: 60_000 }).toBe(true);
      expect(await page.locator('#settle .seen').innerText()).toBe(words);
    }
    console.info(`after the kills: ${seen.join(', ')}`);
    // A figure that was never near comes with the device that there is now.
    await page.locator('#slope figure').scrollIntoViewIfNeeded();
    await page
      .locator(`#slope figure[data-painter="${seen[1]}"]:not([data-busy])`)
      .waitFor({ timeout: 60_000 });
    const moved = page.locator('#slope .handle input');
    await moved.fill('0');
    await expect
      .poll(() => page.locator('#slope .seen').innerText(), { timeout: 30_000 })
      .toMatch(/is 0, everywhere/);
    expect(own(faults)).toEqual([]);
  },
);

test('killed amid a drag, the explorer comes back with the state that it had come to', patience, async () => {
  const { page, faults } = await visit(browser, '', PAGES['index.html']);
  await settle(page);
  await page.evaluate(LISTEN);
  const { x, y } = await placeOf(page.locator('#w-1-2'));
  await page.mouse.move(x + 20, y + 10);
  await page.mouse.down();
  await page.mouse.move(x + 40, y + 10, { steps: 4 });
  await killGpu();
  await page.mouse.move(x + 70, y + 10, { steps: 6 });
  await page.mouse.up();
  await expect.poll(() => page.evaluate('said[0]'), { timeout: 60_000 }).toContain('The GPU was lost');
  await page.locator('html:not([data-lost])').waitFor({ timeout: 60_000 });
  await settle(page);
  expect(await page.locator('html').getAttribute('data-painter')).toBe('gpu');
  expect(await page.locator('#w-1-2').inputValue()).toBe('−1');
  expect(stateFrom(await page.evaluate('location.hash')).weights[0][1]).toBe(-1);
  const facts = await page.locator('#facts').innerText();
  const difference = /\|f32 − f64\| ≤ ([\d.e−]+)/.exec(facts)?.[1] ?? '';
  expect(Number(difference.replace('−', '-'))).toBeLessThan(5e-6);
  expect(coloursIn(await fieldPixels(page, 'right'), [0, 1], [0, 1]).length).toBeGreaterThan(300);
  expect(own(faults)).toEqual([]);
});
