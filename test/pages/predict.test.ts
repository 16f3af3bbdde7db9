/** Predict, then reveal, as a class sees it. */
import { join } from 'node:path';
import axe, { type AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { linkOf, stateFrom } from '../../demo/state/link.js';
import { FIRST, neuronPlane, type State } from '../../demo/state/state.js';
import { fieldPixels, launch, openExplorer, pictures, pixelsOf, placeOf, settle } from './browser.js';

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

/** Opens a state and asks about it; what was asked before is over. */
async function ask(state: State): Promise<void> {
  if ((await page.locator('#predict').getAttribute('aria-pressed')) === 'true')
    await page.locator('#predict').click();
  await open(state);
  await page.locator('#predict').click();
  await page.locator('#reveal').waitFor();
}

async function open(state: State): Promise<void> {
  const link = JSON.stringify(linkOf(state));
  // The page hears of it before this does: it is busy by then.
  await page.evaluate(`new Promise((heard) => {
    if (location.hash === ${link}) return heard();
    addEventListener('hashchange', () => heard(), { once: true });
    location.hash = ${link};
  })`);
  await settle(page);
}

const DYING: State = { ...FIRST, bias: [-1, -1], start: [1.4, 1.2] };
const SHRINKING: State = {
  ...FIRST,
  name: 'fig-2b',
  layers: [{ name: 'x', size: 1, activation: 'shrink', parameters: { t: 1 } }],
  weights: [[0.5]],
  bias: [0],
  plane: neuronPlane(1, 0, 1),
  start: [1.2, 0],
};
const said = (id: string) => page.locator(`#${id}`).innerText();

test('an energy that stands still later on does not fall all the way, and its strip has the colour of that', async () => {
  await ask(DYING);
  await page.locator('#guess-left').selectOption('no');
  await page.locator('#reveal').click();
  expect(await said('revealed-left')).toMatch(
    /does not change from t = 0\.\d\d on, while the state travels 1\.\d\d\. You were right\.$/,
  );
  expect(await said('revealed-right')).toContain('falls all the way');
  const at = async (side: string, x: number) => (await pixelsOf(page.locator(`#${side} .strip`))).at(x, 0.12);
  expect(await at('left', 0.95)).not.toBe(await at('right', 0.95));
  // Not where it falls: the first 0.3 of 8.
  expect(await at('left', 0.1)).toBe(await at('right', 0.1));
  await page.screenshot({ path: join(pictures, 'predict-later.png') });
});

test('one neuron: one number, a press on the curve is a guess, and the distance is that on the line', async () => {
  await ask(SHRINKING);
  expect(await page.locator('.predict input').count()).toBe(1);
  await page.locator('#guess-1').fill('0');
  await page.locator('#guess-left').selectOption('no');
  await page.locator('#reveal').click();
  expect(await said('revealed-end')).toBe('The state comes to rest at A, 0.00. Your guess is 0.00 away.');
  expect(await said('revealed-left')).toContain('You were right');
  await ask(SHRINKING);
  const box = await placeOf(page.locator('#left .box'));
  await page.mouse.click(box.x + 0.25 * box.width, box.y + 0.3 * box.height);
  expect(await startNow()).toEqual(SHRINKING.start);
  const guess = Number(await page.locator('#guess-1').inputValue());
  expect(guess).toBeLessThan(-0.9);
  // On both curves, above the place that was pressed.
  for (const side of ['left', 'right']) {
    const mark = await placeOf(page.locator(`#${side} .guess`));
    const plot = await placeOf(page.locator(`#${side} .box`));
    expect((mark.x + mark.width / 2 - plot.x) / plot.width).toBeCloseTo(0.25, 2);
    expect(mark.y).toBeLessThan(plot.y + plot.height);
  }
  await page.screenshot({ path: join(pictures, 'predict-curve.png') });
  await page.locator('#reveal').click();
  expect(await said('revealed-end')).toContain(`Your guess is ${Math.abs(guess).toFixed(2)} away.`);
});

test('half of a place is asked for and not made up; a place that was cleared is no guess', async () => {
  await ask(FIRST);
  await page.locator('#guess-1').fill('-0.5');
  expect(await page.locator('.guess').first().isVisible()).toBe(false);
  await page.locator('#reveal').click();
  expect(await page.locator('#revealed-end').count()).toBe(0);
  expect(await said('half')).toBe('Type a number here too, or clear what you typed.');
  expect(await page.evaluate('document.activeElement.id')).toBe('guess-2');
  await page.keyboard.type('1');
  expect(await said('half')).toBe('');
  expect(await page.locator('.guess').first().isVisible()).toBe(true);
  await page.locator('#guess-1').fill('');
  await page.locator('#guess-2').fill('');
  await page.locator('#reveal').click();
  expect(await said('revealed-end')).toBe('The state comes to rest at B, (−0.50, 1.00).');
});

test('another state is another question; an answer about an earlier one says so', async () => {
  await ask(FIRST);
  await page.locator('#guess-1').fill('1');
  await page.locator('#guess-2').fill('1');
  await page.locator('#guess-left').selectOption('yes');
  await open({ ...FIRST, left: { equation: 14 }, right: { equation: 4 } });
  expect(await page.locator('#guess-left').inputValue()).toBe('');
  expect(await page.locator('#guess-1').inputValue()).toBe('');
  expect(await page.locator('.guess').first().isVisible()).toBe(false);
  expect(await page.locator('.predict label').allInnerTexts()).toEqual([
    expect.stringContaining('Certified energy, eq. 14'),
    expect.stringContaining('Energy, eq. 4'),
  ]);
  // Not answered with the picture before, however soon.
  await page.evaluate(
    `location.hash = ${JSON.stringify(linkOf(DYING))}; addEventListener('hashchange', () => document.getElementById('reveal').click(), { once: true })`,
  );
  await page.locator('#revealed-end').waitFor();
  expect(await said('revealed-end')).toBe('The state comes to rest at A, (−1.00, −1.00).');
  expect(await page.locator('#earlier').isVisible()).toBe(false);
  // Seen from elsewhere it is the same question.
  await open({ ...DYING, box: { centre: [0, 0], half: 3 } });
  expect(await page.locator('#earlier').isVisible()).toBe(false);
  await open(FIRST);
  expect(await said('earlier')).toContain('about what was shown before');
  expect(await isSeen('#left .verdict')).toBe(true);
  await page.locator('#ask-again').click();
  expect(await isSeen('#left .verdict')).toBe(false);
  await page.locator('#reveal').click();
  expect(await said('revealed-end')).toContain('at B');
});

test('no key tells what is veiled', async () => {
  await ask({ ...FIRST, cursor: { time: 0.5 } });
  await page.locator('#stage').focus();
  const before = await page.evaluate<string>('location.hash');
  for (const key of ['m', ']', '[', 'b', 's', 'd', 'n']) await page.keyboard.press(key);
  expect(await page.evaluate('location.hash')).toBe(before);
  // A start that is moved asks anew, and tells where it is alone.
  await page.keyboard.press('Shift+ArrowRight');
  const words = () => page.locator('#announcement').textContent();
  await expect.poll(words).toMatch(/^y = \(−1\.7\d\d, −1\.200\)\.$/);
  // The view of everything is that of the start, however far the memories.
  const boxNow = async () => stateFrom(await page.evaluate('location.hash')).box;
  await open({ ...FIRST, bias: [6, 6], start: [1, 1], box: { centre: [0, 0], half: 3 } });
  await page.keyboard.press('0');
  await expect.poll(boxNow).toEqual(FIRST.box);
  await page.locator('#predict').click();
  await page.locator('html:not([data-veiled])').waitFor();
  await page.locator('#stage').focus();
  await page.keyboard.press('0');
  await expect.poll(async () => (await boxNow()).half).toBeGreaterThan(5);
});
