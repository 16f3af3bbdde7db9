/** Everything by keys, and the landscapes by two fingers. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stateFrom } from '../../demo/state/link.js';
import type { State } from '../../demo/state/state.js';
import { launch, openExplorer, PAGES, settle, visit } from './browser.js';

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});
afterAll(async () => {
  await browser.close();
});

/** The state that the address says. */
const stateOf = async (page: Page): Promise<State> => stateFrom(await page.evaluate('location.hash'));

describe('the skip link', () => {
  test.each(Object.entries(PAGES))(
    'of %s is reached first, is seen, and leads past the head',
    async (path, ready) => {
      const { page, faults } = await visit(browser, path, ready);
      const focused = (what: string): Promise<string> => page.evaluate(`document.activeElement.${what}`);
      const address = await page.evaluate('location.hash');
      await page.keyboard.press('Tab');
      expect(await focused('className')).toBe('skip');
      expect(await page.locator('.skip').boundingBox()).toMatchObject({ x: 12, y: 8 });
      const target = (await page.locator('.skip').getAttribute('href'))?.slice(1);
      await page.keyboard.press('Enter');
      await expect.poll(() => focused('id')).toBe(target);
      await page.keyboard.press('Tab');
      expect(await focused(`closest('#${String(target)}') !== null`)).toBe(true);
      // The explorer's address says its state.
      if (path === 'index.html') expect(await page.evaluate('location.hash')).toBe(address);
      expect(await page.locator('#refusal:visible').count()).toBe(0);
      expect(faults).toEqual([]);
      await page.context().close();
    },
  );
});

describe('keys', () => {
  let page: Page;
  let faults: string[];

  beforeAll(async () => {
    ({ page, faults } = await openExplorer(browser));
    await settle(page);
  });
  afterAll(async () => {
    await page.context().close();
  });

  const press = async (...keys: string[]) => {
    await page.locator('#left .plot').focus();
    for (const key of keys) await page.keyboard.press(key);
  };

  test('Tab reaches a landscape from the top of the page, and `?` lists the keys from anywhere', async () => {
    await page.keyboard.press('?');
    expect(await page.locator('#keys-panel').isVisible()).toBe(true);
    const listed = await page.locator('#keys-panel kbd').allInnerTexts();
    for (const key of [
      '1',
      '→',
      'Shift',
      '+',
      '0',
      '[',
      'M',
      'F',
      'N',
      'Space',
      'C',
      'E',
      'L',
      'T',
      '?',
      'Esc',
    ])
      expect(listed).toContain(key);
    await page.keyboard.press('Escape');
    expect(await page.locator('#keys-panel').isHidden()).toBe(true);
    let reached = '';
    for (let k = 0; k < 30 && reached !== 'plot'; k++) {
      await page.keyboard.press('Tab');
      reached = await page.evaluate('document.activeElement.className');
    }
    expect(reached).toBe('plot');
  });

  test('arrows pan, + and − zoom, 0 fits; each is a step of undo', async () => {
    await press('ArrowRight', 'ArrowRight', 'ArrowUp');
    const { centre, half } = (await stateOf(page)).box;
    expect(centre[0]).toBeCloseTo(0.4, 9);
    expect(centre[1]).toBeCloseTo(0.2, 9);
    await press('+');
    expect((await stateOf(page)).box.half).toBeCloseTo(half / 1.25, 9);
    expect((await stateOf(page)).box.centre).toEqual(centre);
    await press('-');
    expect((await stateOf(page)).box.half).toBeCloseTo(half, 9);
    await press('Control+z');
    expect((await stateOf(page)).box.half).toBeCloseTo(half / 1.25, 9);
    await press('0');
    // Both memories and the start, with room around them.
    expect((await stateOf(page)).box).toEqual({ centre: [-0.4, -0.1], half: 2.1 });
    await page.locator('#reset').click();
    await settle(page);
  });

  test('Shift and arrows move the start, [ and ] the time, M goes from one fixed point to the next', async () => {
    const { start } = await stateOf(page);
    await press('Shift+ArrowRight', 'Control+Shift+ArrowUp');
    const moved = (await stateOf(page)).start;
    expect(moved[0] - start[0]).toBeCloseTo(0.05, 9);
    expect(moved[1] - start[1]).toBeCloseTo(0.5, 9);
    await press(']', ']', '[');
    const { cursor: moment } = await stateOf(page);
    expect('time' in moment && moment.time).toBeCloseTo(0.45, 9);
    const names: string[] = [];
    for (let k = 0; k < 4; k++) {
      await press('m');
      const { cursor } = await stateOf(page);
      names.push('at' in cursor ? cursor.at.map((v) => v.toFixed(2)).join() : 'a time');
    }
    // Two memories, a saddle, and the first again.
    expect(names).toEqual(['1.00,-0.50', '-0.50,1.00', '0.40,0.40', '1.00,-0.50']);
    const announced = () => page.locator('#announcement').textContent();
    await expect.poll(announced).toMatch(/^A, memory: y = \(1\.000, −0\.500\): /);
    expect(await page.locator('#where').textContent()).toBe('At A, memory');
  });

  test('M names a fixed point off the plane, and reads out what it is and not its shadow', async () => {
    await page.selectOption('#model', 'ctln-3-cycle');
    await expect.poll(() => page.locator('#search').textContent()).toContain('Off the plane');
    await settle(page);
    await page.locator('#left > .plot').focus();
    await press('m');
    const texts = (...ids: string[]) => Promise.all(ids.map((id) => page.locator(`#${id}`).textContent()));
    expect(await texts('where', 'state')).toEqual([
      expect.stringMatching(/^At ([A-Z]), \w+, 0\.308 off the plane$/),
      '(0.308, 0.308, 0.308)',
    ]);
    expect(await texts('left-energy', 'left-speed', 'right-energy', 'right-speed')).toEqual(
      Array.from({ length: 4 }, () => '0.000'),
    );
    await expect
      .poll(() => page.locator('#announcement').textContent())
      .toMatch(/^[A-Z], \w+, 0\.308 off the plane: u = \(0\.308, 0\.308, 0\.308\): eq\. 10.* 0\.000, /);
    await page.locator('#reset').click();
    await settle(page);
  });

  test('letters switch layers, but not while something is typed', async () => {
    await press('f', 'i', 's', 'd');
    const { flow, isolines, points, hatch } = (await stateOf(page)).shown;
    expect([flow, isolines, points, hatch]).toEqual([false, false, false, false]);
    await press('f', 'i', 's', 'd');
    await page.selectOption('#model', 'winner-take-all');
    await page.locator('#b-1').focus();
    await page.keyboard.press('f');
    expect((await stateOf(page)).shown.flow).toBe(true);
    const dark = page.locator('html[data-theme="dark"]');
    await press('t');
    expect(await dark.count()).toBe(1);
    await press('t');
    expect(await dark.count()).toBe(0);
    await press('e');
    await page.locator('#export-panel').waitFor();
    await page.keyboard.press('Escape');
    expect(faults).toEqual([]);
  });
});

test('two fingers zoom where they are and pan along with them; one scrolls the page', async () => {
  const phone = { viewport: { width: 390, height: 844 }, hasTouch: true };
  const { page, faults } = await openExplorer(browser, phone);
  await settle(page);
  const box = await page.locator('#left .box').boundingBox();
  if (!box) throw new Error('the left plot has no box');
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const session = await page.context().newCDPSession(page);
  const touch = (
    type: 'touchStart' | 'touchMove' | 'touchEnd',
    places: readonly (readonly [number, number])[],
  ) =>
    session.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: places.map(([a, b], id) => ({ x: a, y: b, id })),
    });
  await touch('touchStart', [[x - 40, y]]);
  await touch('touchStart', [
    [x - 40, y],
    [x + 40, y],
  ]);
  for (let k = 1; k <= 8; k++)
    await touch('touchMove', [
      [x - 40 - 5 * k, y],
      [x + 40 + 5 * k, y],
    ]);
  await touch('touchEnd', []);
  await expect.poll(async () => (await stateOf(page)).box.half).toBeCloseTo(1, 6);
  expect(Math.hypot(...(await stateOf(page)).box.centre)).toBeLessThan(0.01);
  await settle(page);
  const pixels = box.width / 2 / 1.0620952380952382;
  await touch('touchStart', [[x - 40, y]]);
  await touch('touchStart', [
    [x - 40, y],
    [x + 40, y],
  ]);
  for (let k = 1; k <= 8; k++)
    await touch('touchMove', [
      [x - 40 + 4 * k, y - 3 * k],
      [x + 40 + 4 * k, y - 3 * k],
    ]);
  await touch('touchEnd', []);
  await expect.poll(async () => (await stateOf(page)).box.centre[0]).toBeCloseTo(-32 / pixels, 2);
  expect((await stateOf(page)).box.centre[1]).toBeCloseTo(-24 / pixels, 2);
  expect((await stateOf(page)).box.half).toBeCloseTo(1, 6);
  expect((await stateOf(page)).start).toEqual([-1.8, -1.2]);
  expect(await page.evaluate('[visualViewport.scale, scrollY]')).toEqual([1, 0]);
  await touch('touchStart', [[x, y]]);
  for (let k = 1; k <= 8; k++) await touch('touchMove', [[x, y - 12 * k]]);
  await touch('touchEnd', []);
  await expect.poll(() => page.evaluate('scrollY')).toBeGreaterThan(20);
  expect(faults).toEqual([]);
  await page.context().close();
});
