/** The page of the volume: what a slice shows, and what moves it. */
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { coloursIn, launch, openExplorer, pictures, pixelsOf, type Opened } from './browser.js';

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});
afterAll(async () => {
  await browser.close();
});

const open = (options: BrowserContextOptions = {}, script?: string): Promise<Opened> =>
  openExplorer(browser, options, script, 'volume.html');

const q = async (page: Page) => Number(await page.locator('#q').inputValue());
const seen = (page: Page) => page.locator('#seen').innerText();

async function goTo(page: Page, value: number): Promise<void> {
  await page.locator('#q').fill(String(value));
  await page.waitForTimeout(1500);
}

const fieldOf = async (page: Page) => {
  await page.evaluate("document.querySelector('canvas.ink').style.visibility = 'hidden'");
  const pixels = await pixelsOf(page.locator('.box'));
  await page.evaluate("document.querySelector('canvas.ink').style.visibility = 'visible'");
  return pixels;
};

describe.each([
  ['gpu', undefined],
  ['cpu', "Object.defineProperty(Navigator.prototype, 'gpu', { value: undefined })"],
])('drawn by the %s', (painter, script) => {
  let page: Page;
  let faults: string[];

  beforeAll(async () => {
    ({ page, faults } = await open({}, script));
  });
  afterAll(async () => {
    await page.context().close();
  });

  test('a slice has a field, and another slice another one', async () => {
    expect(await page.locator('html').getAttribute('data-painter')).toBe(painter);
    await goTo(page, 0.3);
    const first = await fieldOf(page);
    expect(coloursIn(first, [0, 1], [0, 1]).length).toBeGreaterThan(200);
    await page.screenshot({ path: join(pictures, `volume-${painter}.png`) });
    await goTo(page, 1.1);
    const second = await fieldOf(page);
    const places = Array.from({ length: 64 }, (_, k) => [(k % 8) / 8 + 0.06, Math.floor(k / 8) / 8 + 0.06]);
    expect(places.filter(([x, y]) => first.at(x, y) !== second.at(x, y)).length).toBeGreaterThan(32);
    expect(faults).toEqual([]);
  });

  test('says what the slice cuts: the fixed point at u3 = 0.31, and the cycle twice', async () => {
    await goTo(page, 0.31);
    expect(await seen(page)).toMatch(/^2 crossings of the orbit, 1 fixed point in this slice$/);
    await goTo(page, 1.25);
    expect(await seen(page)).toBe('0 crossings of the orbit, 0 fixed points in this slice');
  });
});

test('another network: two cliques have a memory where only the third neuron fires', async () => {
  const { page } = await open();
  await page.locator('input[value="ctln-two-clique"]').check();
  await goTo(page, 1);
  expect(await seen(page)).toContain('1 fixed point in this slice');
  await goTo(page, 0);
  expect(await seen(page)).toContain('1 fixed point in this slice');
  await page.context().close();
});

describe('motion', () => {
  test('plays by itself, and the hand takes over', async () => {
    const { page } = await open({ reducedMotion: 'no-preference' });
    const before = await q(page);
    await expect.poll(() => q(page), { timeout: 10_000 }).not.toBe(before);
    expect(await page.locator('#play').getAttribute('aria-pressed')).toBe('true');
    await page.locator('#q').focus();
    await page.keyboard.press('Home');
    expect(await page.locator('#play').getAttribute('aria-pressed')).toBe('false');
    expect(await q(page)).toBe(-0.25);
    await page.waitForTimeout(1500);
    expect(await q(page)).toBe(-0.25);
    await page.context().close();
  });

  test('stands still under reduced motion until asked, and then goes in steps', async () => {
    const { page } = await open();
    const before = await q(page);
    await page.waitForTimeout(1500);
    expect(await q(page)).toBe(before);
    await page.locator('#play').focus();
    await page.keyboard.press('Space');
    const visited = new Set<number>();
    for (let k = 0; k < 12; k++) {
      visited.add(await q(page));
      await page.waitForTimeout(200);
    }
    expect(visited.size).toBeGreaterThan(1);
    expect(visited.size).toBeLessThanOrEqual(5);
    await page.context().close();
  });
});
