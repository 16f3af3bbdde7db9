/** Predict, then reveal, as a class sees it. */
import { join } from 'node:path';
import axe, { type AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stateFrom } from '../../demo/state/link.js';
import { FIRST } from '../../demo/state/state.js';
import { fieldPixels, launch, openExplorer, pictures, settle } from './browser.js';

let browser: Browser;
let page: Page;
let faults: string[];

beforeAll(async () => {
  browser = await launch();
  ({ page, faults } = await openExplorer(browser, {}, undefined, '?predict'));
  await settle(page);
  await page.locator('.predict').waitFor();
});
afterAll(async () => {
  expect(faults).toEqual([]);
  await browser.close();
});

const startNow = async () => {
  const hash = await page.evaluate<string>('location.hash');
  return (hash === '' ? FIRST : stateFrom(hash)).start;
};
const isSeen = (selector: string) => page.locator(selector).first().isVisible();

test('what would tell is veiled, a press is a guess and moves nothing, and the answer tells how far it was', async () => {
  for (const telling of ['#left .verdict', '#left-claim', '#table', '#right .strip'])
    expect(await isSeen(telling), telling).toBe(false);
  const described = () =>
    Promise.all(['left', 'right'].map((side) => page.locator(`#${side} .axes`).getAttribute('aria-label')));
  for (const words of await described()) expect(words).not.toMatch(/blind|flat|memor|minim|saddle/i);
  const box = await page.locator('#right .box').boundingBox();
  if (!box) throw new Error('the landscape has no box');
  const veiled = await fieldPixels(page, 'left');
  // (-1, 1): half away from B.
  await page.mouse.click(box.x + box.width * 0.25, box.y + box.height * 0.25);
  expect(await startNow()).toEqual(FIRST.start);
  expect(Number(await page.locator('#guess-1').inputValue())).toBeCloseTo(-1, 1);
  expect(await page.locator('.guess').count()).toBe(2);
  await page.locator('#guess-left').selectOption('yes');
  await page.locator('#guess-right').selectOption('yes');
  await page.screenshot({ path: join(pictures, 'predict.png') });
  await page.evaluate(axe.source);
  const { violations }: AxeResults = await page.evaluate('axe.run()');
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
  await page.locator('#reveal').click();
  expect(await page.locator('#revealed-end').innerText()).toMatch(
    /^The state comes to rest at B, \(−0\.50, 1\.00\)\. Your guess is 0\.5\d? away\.$/,
  );
  expect(await page.locator('#revealed-left').innerText()).toContain('You said otherwise');
  expect(await page.locator('#revealed-right').innerText()).toContain('You were right');
  expect(await isSeen('#left .verdict')).toBe(true);
  for (const words of await described()) expect(words).toMatch(/blind .*saddle/i);
  // The hatching is back.
  const revealed = await fieldPixels(page, 'left');
  const differing = [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4].flatMap((x) =>
    [0.6, 0.7, 0.8, 0.9].filter((y) => veiled.at(x, y) !== revealed.at(x, y)),
  );
  expect(differing.length).toBeGreaterThan(3);
  await page.screenshot({ path: join(pictures, 'predict-revealed.png') });
});

test('another start is asked about, keys will do, and it ends where it began', async () => {
  await page.locator('#again').click();
  await settle(page);
  expect(await startNow()).not.toEqual(FIRST.start);
  expect(await isSeen('#left .verdict')).toBe(false);
  await page.locator('#guess-1').fill('0.25');
  await page.locator('#guess-2').fill('-1');
  expect(await page.locator('.guess').first().isVisible()).toBe(true);
  await page.locator('#reveal').focus();
  await page.keyboard.press('Enter');
  expect(await page.locator('#revealed-end').innerText()).toContain('away');
  await page.locator('#enough').click();
  expect(await page.locator('.predict').isVisible()).toBe(false);
  expect(await page.locator('.guess').first().isVisible()).toBe(false);
  expect(await page.locator('#predict').getAttribute('aria-pressed')).toBe('false');
});
