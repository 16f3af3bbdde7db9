/** The article: ten figures that come up, move by their handles, say what is seen, and open in the explorer. */
import { join } from 'node:path';
import axe, { type AxeResults } from 'axe-core';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stateFrom } from '../../demo/state/link.js';
import type { State } from '../../demo/state/state.js';
import {
  coloursIn,
  launch,
  openExplorer,
  pictures,
  pixelsOf,
  settle,
  type Opened,
  type Pixels,
} from './browser.js';

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});
afterAll(async () => {
  await browser.close();
});

const NO_GPU = "Object.defineProperty(Navigator.prototype, 'gpu', { value: undefined })";
const open = (options = {}, script?: string): Promise<Opened> =>
  openExplorer(browser, options, script, 'article.html');

/** What each handle is moved to, what the words must then say, and what the link must then name. */
const MOVES: Readonly<Record<string, { to: string; says: RegExp; names: Partial<State> }>> = {
  settle: { to: 'keys', says: /memory A at \(1\.00, −0\.50\)/, names: { start: [-0.8, -1.2] } },
  slope: { to: '0', says: /is 0, everywhere/, names: { name: 'winner-take-all, leaky' } },
  prop1: { to: '1', says: /Eq\. 4: 0\.50 at the start, −0\.40 at the end/, names: { start: [1, 1] } },
  prop2: { to: '-0.5', says: /\(1\.00, −1\.00\).*by nothing/, names: { bias: [1, 0.5] } },
  prop4: { to: '0.4', says: /neuron 2 wakes.*from −0\.50 to −1\.67/, names: { start: [1, -1.5] } },
  fig2: { to: 'c', says: /^Flat at 0 for all y below 0/, names: { name: 'fig-2c' } },
  prop3: { to: '20', says: /^20 of 32 dead.*below 1: every/, names: { name: '20 of 32 neurons dead' } },
  certified: { to: '0.75', says: /falls all along this path/, names: { equation: 1 } },
  designs: { to: 'weights', says: /keeps 0 and loses 2/, names: { design: 'weights', equation: 13 } },
  layers: { to: '1.6', says: /2 steady states.*holds 2.*only 1/, names: { equation: 13, tied: false } },
};
const IDS = Object.keys(MOVES);

const figure = (page: Page, id: string): Locator => page.locator(`#${id} figure`);
const words = (page: Page, id: string): Promise<string> => page.locator(`#${id} .seen`).innerText();

async function come(page: Page, id: string): Promise<void> {
  await figure(page, id).scrollIntoViewIfNeeded();
  await page.locator(`#${id} figure:not([data-busy])`).waitFor({ timeout: 60_000 });
}

async function move(page: Page, id: string): Promise<void> {
  const { to, says } = MOVES[id];
  const handle = page.locator(`#${id} .handle`);
  if (to === 'keys') {
    await page.locator(`#${id} .plot`).focus();
    for (let k = 0; k < 2; k++) await page.keyboard.press('Shift+ArrowRight');
  } else if (/^[a-z]/.test(to)) await handle.locator(`input[value="${to}"]`).check();
  else await handle.locator('input').fill(to);
  await expect.poll(() => words(page, id), { timeout: 30_000 }).toMatch(says);
  await page.locator(`#${id} figure:not([data-busy])`).waitFor({ timeout: 30_000 });
}

const picture = (page: Page, id: string): Promise<Pixels> =>
  pixelsOf(page.locator(`#${id} :is(.box, .chart)`).last());

/** Pixels, every other one along each side, that differ between two pictures of one size. */
function differences(a: Pixels, b: Pixels): number {
  let found = 0;
  for (let y = 0; y < a.height; y += 2)
    for (let x = 0; x < a.width; x += 2) {
      const [u, v] = [(x + 0.5) / a.width, (y + 0.5) / a.height];
      if (a.at(u, v) !== b.at(u, v)) found++;
    }
  return found;
}

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations: found }: AxeResults = await page.evaluate('axe.run()');
  return found.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
}

describe('with WebGPU', () => {
  let page: Page;
  let faults: string[];
  beforeAll(async () => {
    ({ page, faults } = await open());
  });
  afterAll(async () => {
    await page.context().close();
  });

  test('figures wait until they are near', async () => {
    expect(await page.locator('#layers figure').getAttribute('data-painter')).toBe(null);
    expect(await words(page, 'layers')).toBe('Computed when it is near.');
  });

  test.each(IDS)('%s: comes up, moves by its handle, says so, and names its state', async (id) => {
    await come(page, id);
    expect(await figure(page, id).getAttribute('data-painter')).toBe('gpu');
    const first = await words(page, id);
    const before = await picture(page, id);
    if (id !== 'prop3') expect(coloursIn(before, [0, 1], [0, 1]).length).toBeGreaterThan(40);
    await move(page, id);
    expect(await words(page, id)).not.toBe(first);
    expect(differences(before, await picture(page, id))).toBeGreaterThan(20);
    const image = page.locator(`#${id} [role="img"]`).last();
    expect(await image.getAttribute('aria-label')).toMatch(
      MOVES[id].says.source.startsWith('^') ? /./ : MOVES[id].says,
    );
    const href = (await page.locator(`#${id} a.open`).getAttribute('href')) ?? '';
    expect(href).toMatch(/^\.\/index\.html/);
    expect(stateFrom(href.replace(/^[^#]*/, ''))).toMatchObject(MOVES[id].names);
  });

  test('axe finds nothing in light', async () => {
    expect(await violations(page)).toEqual([]);
    await page.screenshot({ path: join(pictures, 'article-light.png') });
  });

  test('a link opens in the explorer with the state it names', async () => {
    await page.locator('#designs a.open').click();
    await page.locator('#right').waitFor();
    await page.locator('html[data-painter]').waitFor({ timeout: 60_000 });
    await settle(page);
    expect(await page.locator('#right h2').innerText()).toContain('b₁ alone');
    expect(faults).toEqual([]);
  });
});

test('without WebGPU, on a phone, in dark: drawn by the CPU, nothing for axe, no sideways scroll', async () => {
  const { page, faults } = await open({ viewport: { width: 390, height: 844 }, colorScheme: 'dark' }, NO_GPU);
  for (const id of ['settle', 'slope', 'prop3']) {
    await come(page, id);
    expect(await figure(page, id).getAttribute('data-painter')).toBe('cpu');
    await move(page, id);
  }
  // The plain of figure 2 is hatched: several colours where there was one energy.
  expect(coloursIn(await picture(page, 'slope'), [0.05, 0.4], [0.6, 0.9]).length).toBeGreaterThan(20);
  expect(await page.locator('#status').innerText()).toContain('No WebGPU');
  expect(await violations(page)).toEqual([]);
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  await page.screenshot({ path: join(pictures, 'article-phone.png') });
  expect(faults).toEqual([]);
  await page.context().close();
});
