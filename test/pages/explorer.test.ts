/** The live Figure 1 in a browser: what it draws, what it says, and that its words are true. */
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { noteAdapter } from '../setup/adapter.js';
import { coloursIn, fieldPixels, launch, openExplorer, pictures, pixelsOf, settle } from './browser.js';

let browser: Browser;
let adapter: string | undefined;

beforeAll(async () => {
  browser = await launch();
});
afterAll(async () => {
  await browser.close();
});
noteAdapter(() => adapter);

/** The quarter where both neurons are dead, and its middle without edges, as shares of a picture. */
const DEAD = [
  [0.02, 0.48],
  [0.52, 0.98],
] as const;

const number = async (page: Page, id: string) =>
  Number((await page.locator(`#${id}`).innerText()).replace('−', '-'));

async function slide(page: Page, id: string, value: number): Promise<void> {
  await page.locator(`#${id}`).fill(String(value));
  await settle(page);
}

const answers = (page: Page): Promise<number[]> =>
  page.evaluate("performance.getEntriesByName('memscape.answer').map((entry) => entry.duration)");

describe('with WebGPU', () => {
  let page: Page;
  let faults: string[];
  let requests: string[];

  beforeAll(async () => {
    ({ page, faults, requests } = await openExplorer(browser));
    await settle(page);
    adapter = `${await page.locator('#facts b').innerText()}, Chromium ${browser.version().split('.')[0]}`;
    console.info(`adapter seen by the page: ${adapter}`);
  });
  afterAll(async () => {
    await page.context().close();
  });

  test('loads without a fault and asks its own server only', async () => {
    expect(faults).toEqual([]);
    expect(requests.filter((url) => !url.startsWith(inject('pages')) && !url.startsWith('data:'))).toEqual(
      [],
    );
    expect(await page.locator('html').getAttribute('data-painter')).toBe('gpu');
    const marks: [string, number][] = await page.evaluate(
      "performance.getEntriesByType('mark').map((mark) => [mark.name, Math.round(mark.startTime)])",
    );
    console.info('milliseconds after navigation:', Object.fromEntries(marks));
    // 2 s on a machine of its own; tests share theirs.
    expect(Object.fromEntries(marks)['memscape.first']).toBeLessThan(8000);
  });

  test('tells the adapter, the time and the distance from f64', async () => {
    const facts = await page.locator('#facts').innerText();
    expect(facts).not.toContain('blind or not differs');
    expect(facts).toMatch(/\d ms a field \(\d+ × \d+\)/);
    const difference = /\|f32 − f64\| ≤ ([\d.e−]+)/.exec(facts)?.[1] ?? '';
    expect(Number(difference.replace('−', '-'))).toBeLessThan(5e-6);
  });

  test('draws two landscapes: the left one is flat where both neurons are dead, the right one is not', async () => {
    const left = await fieldPixels(page, 'left');
    const right = await fieldPixels(page, 'right');
    expect(coloursIn(left, [0, 1], [0, 1]).length).toBeGreaterThan(500);
    // One colour and the hatch over it.
    const flat = coloursIn(left, ...DEAD);
    expect(flat[0].share).toBeGreaterThan(0.6);
    const curved = coloursIn(right, ...DEAD);
    expect(curved[0].share).toBeLessThan(0.1);
    expect(curved.length).toBeGreaterThan(100);
    await page.locator('[data-layer="hatch"]').click();
    expect(coloursIn(await fieldPixels(page, 'left'), ...DEAD)).toHaveLength(1);
    await page.locator('[data-layer="hatch"]').click();
    await page.screenshot({ path: join(pictures, 'light.png') });
  });

  test('reads out the numbers of the cursor in f64', async () => {
    const box = await page.locator('#left .box').boundingBox();
    if (!box) throw new Error('the left plot has no box');
    // y = (1.5, 0.5): r = (-1.25, -1.75), E4 = y.y/2 - b.y + 1.5 y1 y2 = 0.375, dE4/dt = -r.r
    await page.mouse.move(box.x + (3.5 / 4) * box.width, box.y + (1.5 / 4) * box.height);
    expect(await page.locator('#state').innerText()).toBe('(1.500, 0.500)');
    expect(await number(page, 'left-energy')).toBeCloseTo(0.375, 2);
    expect(await number(page, 'left-rate')).toBeCloseTo(-4.625, 2);
    expect(await number(page, 'right-energy')).toBeCloseTo(0.703125 * 0.375 + 4.625 / 2, 2);
    expect(await page.locator('#left-alive').innerText()).toBe('1, 2');
    // Where both are dead, eq. 4 does not move although the state does.
    await page.mouse.move(box.x + box.width / 4, box.y + (3 / 4) * box.height);
    expect(await page.locator('#left-rate').innerText()).toBe('0');
    expect(await number(page, 'left-speed')).toBeGreaterThan(2);
    expect(await number(page, 'right-rate')).toBeLessThan(-1);
    expect(await page.locator('#right-alive').innerText()).toBe('none');
    await page.mouse.move(0, 0);
  });

  test('a slider changes the picture and the numbers, in time', async () => {
    const before = coloursIn(await fieldPixels(page, 'right'), ...DEAD);
    const coefficient = await number(page, 'coefficient');
    await slide(page, 'w12', -0.8);
    expect(await number(page, 'coefficient')).toBeCloseTo((1.25 * 0.64) / 4, 3);
    expect(coefficient).toBeCloseTo(0.703125, 3);
    expect(await page.locator('label[for="w12"] ~ output').innerText()).toBe('−0.80');
    expect(coloursIn(await fieldPixels(page, 'right'), ...DEAD)).not.toEqual(before);
    await page.locator('#w12').focus();
    for (let k = 0; k < 10; k++) {
      await page.keyboard.press('ArrowLeft');
      await page.waitForTimeout(150);
    }
    await settle(page);
    const times = (await answers(page)).slice(-10).sort((a, b) => a - b);
    console.info('slider answers, milliseconds:', times.map(Math.round).join(' '));
    expect(await page.locator('#w12').inputValue()).toBe('-1.3');
    // 100 ms on a machine of its own; tests share theirs.
    expect(times[Math.floor(times.length / 2)]).toBeLessThan(1500);
    await page.locator('#reset').click();
    await settle(page);
  });

  test('R = gradient moves the right column only', async () => {
    const right = page.locator('#right .box');
    const [left, before] = [await page.locator('#left .box').screenshot(), await right.screenshot()];
    await page.locator('input[value="gradient"]').check();
    await settle(page);
    expect(await page.locator('h1').innerText()).toContain('two motions');
    expect(left.equals(await page.locator('#left .box').screenshot())).toBe(true);
    expect(before.equals(await right.screenshot())).toBe(false);
    await page.locator('input[value="identity"]').check();
    await settle(page);
  });

  test('the keyboard moves the start, and a screen reader hears where it is', async () => {
    const before = await page.locator('#right .box').screenshot();
    await page.locator('#left .plot').focus();
    await page.keyboard.press('Shift+ArrowUp');
    await expect.poll(() => page.locator('#announcement').textContent()).toContain('(−1.800, −0.700)');
    expect(before.equals(await page.locator('#right .box').screenshot())).toBe(false);
    expect(await page.locator('#left .axes').getAttribute('aria-label')).toContain('Blind on 25.0 %');
  });

  test('nothing on it was pushed aside while it loaded', async () => {
    const shifts: number = await page.evaluate(`new Promise((resolve) => {
      new PerformanceObserver((list) => resolve(list.getEntries().reduce((sum, entry) => sum + (entry.hadRecentInput ? 0 : entry.value), 0)))
        .observe({ type: 'layout-shift', buffered: true });
      setTimeout(() => resolve(0), 500);
    })`);
    expect(shifts).toBeLessThan(0.01);
    expect(faults).toEqual([]);
  });
});

describe('elsewhere', () => {
  test('without WebGPU the CPU draws the same page, and says why', async () => {
    const { page, faults } = await openExplorer(browser, {}, 'delete Navigator.prototype.gpu');
    await settle(page);
    expect(await page.locator('html').getAttribute('data-painter')).toBe('cpu');
    expect(await page.locator('#status').innerText()).toContain('this browser does not offer it');
    expect(await page.locator('#facts').innerText()).toMatch(/CPU, f64.*256 × 256/s);
    expect(coloursIn(await fieldPixels(page, 'left'), ...DEAD)[0].share).toBeGreaterThan(0.6);
    expect(coloursIn(await fieldPixels(page, 'right'), ...DEAD)[0].share).toBeLessThan(0.1);
    await slide(page, 'b1', 0.2);
    expect(await page.locator('#fixed-points').innerText()).toContain('(−1.300, 1.000)');
    expect(faults).toEqual([]);
    await page.screenshot({ path: join(pictures, 'no-webgpu.png') });
    await page.context().close();
  });

  test('a lost device is told and opened again', async () => {
    const remember = `const open = GPUAdapter.prototype.requestDevice;
      globalThis.devices = [];
      GPUAdapter.prototype.requestDevice = async function (...all) {
        const device = await open.apply(this, all);
        devices.push(device);
        return device;
      };`;
    const { page } = await openExplorer(browser, {}, remember);
    await settle(page);
    await page.evaluate(`globalThis.said = [];
      new MutationObserver(() => said.push(document.getElementById('status').textContent))
        .observe(document.getElementById('status'), { childList: true });
      devices.at(-1).destroy();`);
    await expect.poll(() => page.evaluate('devices.length'), { timeout: 30_000 }).toBe(2);
    await page.locator('html:not([data-lost])').waitFor({ timeout: 30_000 });
    expect(await page.evaluate('said[0]')).toContain('The GPU was lost');
    expect(await page.locator('html').getAttribute('data-painter')).toBe('gpu');
    await slide(page, 'w12', -1);
    expect(coloursIn(await fieldPixels(page, 'right'), [0, 1], [0, 1]).length).toBeGreaterThan(500);
    await page.context().close();
  });

  test('streaks drift unless the reader prefers stillness', async () => {
    for (const reducedMotion of ['reduce', 'no-preference'] as const) {
      const { page } = await openExplorer(browser, { reducedMotion });
      await settle(page);
      const one = await page.locator('#left .box').screenshot();
      await page.waitForTimeout(400);
      expect(one.equals(await page.locator('#left .box').screenshot())).toBe(reducedMotion === 'reduce');
      await page.context().close();
    }
  });

  test('a phone shows both landscapes, and its field is right', async () => {
    const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true };
    const { page, faults } = await openExplorer(browser, phone);
    await settle(page);
    const difference = /\|f32 − f64\| ≤ ([\d.e−]+)/.exec(await page.locator('#facts').innerText())?.[1] ?? '';
    expect(Number(difference.replace('−', '-'))).toBeLessThan(5e-6);
    expect((await pixelsOf(page.locator('#right .box'))).width).toBeGreaterThan(600);
    await page.screenshot({ path: join(pictures, 'phone.png') });
    await page.locator('[data-sheet="network"]').click();
    await settle(page);
    const sheet = await page.locator('.rail').boundingBox();
    const plot = await page.locator('#right .box').boundingBox();
    expect((plot?.y ?? Infinity) + (plot?.height ?? 0)).toBeLessThanOrEqual(sheet?.y ?? 0);
    await page.screenshot({ path: join(pictures, 'phone-sheet.png') });
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test('320 px need no sideways scroll', async () => {
    const { page } = await openExplorer(browser, { viewport: { width: 320, height: 640 } });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
    await page.context().close();
  });
});
