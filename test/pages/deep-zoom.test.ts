/** Small boxes in the explorer: E - E(centre), exact in f32 down to half-widths of 1e-5, and said so. */
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { linkOf, stateFrom } from '../../demo/state/link.js';
import { FIRST, type State } from '../../demo/state/state.js';
import { exactEnergy, fixed, toNumber } from '../kit/exact-energy.js';
import { createNetwork } from '../../src/model/network.js';
import { resolveProblem } from '../../src/model/problem.js';
import { coloursIn, fieldPixels, launch, openExplorer, pictures, settle } from './browser.js';

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(async () => {
  await browser.close();
});

const facts = (page: Page) => page.locator('#facts').innerText();
const heading = (page: Page, side: string) => page.locator(`#${side} > header h2`).innerText();

/** The page at a box around a place. */
async function openAt(half: number, centre: readonly [number, number], state: Partial<State> = {}) {
  const opened = await openExplorer(
    browser,
    {},
    undefined,
    linkOf({ ...FIRST, ...state, box: { centre, half } }),
  );
  await settle(opened.page);
  return opened;
}

/** `|f32 - f64| <= x` of the line of honesty. */
const differenceIn = (text: string): number =>
  Number((/\|f32 − f64\| ≤ (\S+) at/.exec(text)?.[1] ?? 'NaN').replace('−', '-'));

describe.each([1e-3, 1e-4, 1e-5])('half-width %s around a memory', (half) => {
  test('the drawn buffer is within 1e-4 of its range of f64, and the page says what it draws', async () => {
    const { page, faults } = await openAt(half, [1, -0.5]);
    await page.screenshot({ path: join(pictures, `deep-${String(half)}.png`) });
    const text = await facts(page);
    expect(text).toContain('E − E(centre)');
    expect(text).toContain('offsets from the centre (1, −0.5)');
    expect(await heading(page, 'left')).toBe('Energy, eq. 4, E − E(centre)');
    expect(await heading(page, 'right')).toContain('E − E(centre)');
    // Of second order at a memory: no more than the square of the box, and yet not nothing.
    const range = await rangeAround([1, -0.5], half);
    expect(range).toBeLessThan(4 * half * half);
    expect(differenceIn(text)).toBeLessThan(1e-4 * range);
    // A landscape, not noise: many shades, and the middle of the right one is its lowest.
    const pixels = await fieldPixels(page, 'right');
    expect(coloursIn(pixels, [0.05, 0.95], [0.05, 0.95]).length).toBeGreaterThan(20);
    expect(faults).toEqual([]);
    await page.context().close();
  });
});

/** Range of eq. 4 of Figure 1 over the corners and edges of a box, in fixed point. */
async function rangeAround([a, b]: readonly [number, number], half: number): Promise<number> {
  const { network } = createNetwork({
    layers: [{ name: 'x', size: 2, activation: { name: 'relu', parameters: {} } }],
    weights: [
      { row: 0, column: 0, matrix: { rows: 2, columns: 2, data: Float64Array.of(0, -1.5, -1.5, 0) } },
    ],
    bias: Float64Array.of(1, 1),
  });
  const problem = await resolveProblem({
    name: '',
    hash: '',
    network,
    notices: [],
    dynamics: { equation: 1, design: { name: 'identity' } },
    energy: { equation: 4, coefficients: 'default' },
  });
  const energy = exactEnergy(problem);
  const values = [-1, 0, 1].flatMap((u) =>
    [-1, 0, 1].map((v) => energy([fixed(a) + fixed(u * half), fixed(b) + fixed(v * half)])),
  );
  const [least, greatest] = values.reduce(
    ([lo, hi], v) => [v < lo ? v : lo, v > hi ? v : hi],
    [values[0], values[0]],
  );
  return toNumber(greatest - least);
}

test('zooming in and out by keys passes into deep boxes and out of them', async () => {
  const { page, faults } = await openAt(0.02, [1, -0.5]);
  expect(await facts(page)).not.toContain('E(centre)');
  await page.locator('#right .plot').focus();
  for (let k = 0; k < 8; k++) await page.keyboard.press('+');
  await settle(page);
  const { box } = stateFrom(await page.evaluate('location.hash'));
  expect(box.half).toBeLessThan(0.01);
  expect(await facts(page)).toContain('E − E(centre)');
  for (let k = 0; k < 8; k++) await page.keyboard.press('-');
  await settle(page);
  expect(await facts(page)).not.toContain('E(centre)');
  expect(await heading(page, 'left')).toBe('Energy, eq. 4');
  expect(faults).toEqual([]);
  await page.context().close();
});

test('an activation without exact differences says that it stops at f32', async () => {
  const layers = [{ name: 'x', size: 2, activation: 'gelu', parameters: {} }];
  const { page, faults } = await openAt(1e-3, [0.5, 0.5], { layers });
  const text = await facts(page);
  expect(text).toContain('stop at f32');
  expect(await heading(page, 'left')).not.toContain('E(centre)');
  expect(faults).toEqual([]);
  await page.context().close();
});

test('without WebGPU the CPU draws the same differences in f64', async () => {
  const { page, faults } = await openExplorer(
    browser,
    {},
    "Object.defineProperty(navigator, 'gpu', { value: undefined })",
    linkOf({ ...FIRST, box: { centre: [0.4, 0.4], half: 1e-5 } }),
  );
  await settle(page);
  await page.screenshot({ path: join(pictures, 'deep-cpu.png') });
  expect(await facts(page)).toContain('E − E(centre)');
  const pixels = await fieldPixels(page, 'right');
  expect(coloursIn(pixels, [0.05, 0.95], [0.05, 0.95]).length).toBeGreaterThan(20);
  expect(faults).toEqual([]);
  await page.context().close();
});
