/** axe-core on every page and on what opens in it, in both themes, on a laptop and on a phone; none needs sideways scrolling. */
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeNpy } from '../../src/node.js';
import { launch, openExplorer, PAGES, pictures, settle, violations, visit } from './browser.js';

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});
afterAll(async () => {
  await browser.close();
});

const SCREENS = { laptop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const;
type Screen = keyof typeof SCREENS;

interface Case {
  readonly path: string;
  /** Brings the page to what is looked at. */
  readonly prepare?: (page: Page) => Promise<void>;
  /** What a phone has to be asked for. */
  readonly onPhone?: (page: Page) => Promise<void>;
}

const npy = (name: string, values: readonly number[]) => ({
  name,
  mimeType: 'application/octet-stream',
  buffer: Buffer.from(writeNpy([2, 2], Float64Array.from(values))),
});

/** Two matrices: which is W? */
async function ask(page: Page): Promise<void> {
  await page.locator('#files').setInputFiles([npy('V.npy', [0, 1, 1, 0]), npy('W.npy', [1, 0, 0, 1])]);
  await page.locator('.array-choice').waitFor();
}

async function refuse(page: Page): Promise<void> {
  await page
    .locator('#files')
    .setInputFiles([{ name: 'w.npy', mimeType: '', buffer: Buffer.from('no array') }]);
  await page.locator('#refusal').waitFor();
}

const sheet = (name: string) => (page: Page) => page.locator(`[data-sheet="${name}"]`).click();

const CASES: Readonly<Record<string, Case>> = {
  explorer: { path: 'index.html', prepare: settle, onPhone: sheet('cursor') },
  'explorer, which array': { path: 'index.html', prepare: ask },
  'explorer, export': {
    path: 'index.html',
    prepare: async (page) => {
      await page.locator('#export').click();
      await page.locator('#export-panel').waitFor();
    },
  },
  'explorer, keys': { path: 'index.html', prepare: (page) => page.locator('#keys').click() },
  embedded: { path: 'index.html?embed', prepare: settle },
  prediction: {
    path: 'index.html?predict',
    prepare: async (page) => {
      await page.locator('.predict').waitFor();
      await settle(page);
    },
  },
  'prediction, revealed': { path: 'index.html?predict', prepare: (page) => page.locator('#reveal').click() },
  article: {
    path: 'article.html',
    prepare: (page) =>
      page.locator('#settle figure[data-painter]:not([data-busy])').waitFor({ timeout: 60_000 }),
  },
  gallery: { path: 'gallery.html' },
  'gallery, the menu': { path: 'gallery.html', onPhone: (page) => page.locator('#menu').click() },
  'gallery, a refusal': { path: 'gallery.html', prepare: refuse },
  volume: { path: 'volume.html' },
  bench: { path: 'bench.html?quick' },
};

/** Cases that follow each other on one page. */
const GROUPS = [
  ['explorer', 'explorer, which array', 'explorer, export', 'explorer, keys'],
  ['embedded'],
  ['prediction', 'prediction, revealed'],
  ['article'],
  ['gallery', 'gallery, the menu', 'gallery, a refusal'],
  ['volume'],
  ['bench'],
];

const LONG = process.env.MEMSCAPE_LONG === '1';

/** Pages are looked at in both themes on both screens; so is what opens in them with MEMSCAPE_LONG=1, else on one of each. */
function looksOf(name: string): readonly (readonly [Screen, 'light' | 'dark'])[] {
  const crossed = [
    ['laptop', 'light'],
    ['phone', 'dark'],
  ] as const;
  if (!LONG && name.includes(',')) return crossed;
  return [...crossed, ['laptop', 'dark'], ['phone', 'light']];
}

async function look(
  page: Page,
  name: string,
  screen: Screen,
  colorScheme: 'light' | 'dark',
): Promise<string[]> {
  await page.setViewportSize(SCREENS[screen]);
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  const open = screen === 'phone' ? CASES[name].onPhone : undefined;
  await open?.(page);
  const found = await violations(page);
  const wide = await page.evaluate<number>('document.documentElement.scrollWidth');
  if (wide > SCREENS[screen].width) found.push(`${String(wide)} px wide`);
  await page.screenshot({
    path: join(pictures, `axe-${name.replace(/\W+/g, '-')}-${screen}-${colorScheme}.png`),
  });
  if (open) await page.keyboard.press('Escape');
  return found.map((fault) => `${name}, ${screen}, ${colorScheme}: ${fault}`);
}

test.each(GROUPS.map((names) => ({ names, first: names[0] })))(
  'axe finds nothing: $first',
  { timeout: 300_000 },
  async ({ names, first }) => {
    const { path } = CASES[first];
    const { page, faults } = await visit(browser, path, PAGES[path.replace(/\?.*/, '')]);
    const found: string[] = [];
    for (const name of names) {
      await page.setViewportSize(SCREENS.laptop);
      await CASES[name].prepare?.(page);
      for (const [screen, colorScheme] of looksOf(name))
        found.push(...(await look(page, name, screen, colorScheme)));
    }
    expect(found).toEqual([]);
    expect(faults).toEqual([]);
    await page.context().close();
  },
);

test('the theme button overrides the system and is remembered', async () => {
  const { page } = await openExplorer(browser);
  await page.locator('#theme').click();
  expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
  const colour = () => page.evaluate('getComputedStyle(document.documentElement).backgroundColor');
  expect(await colour()).toBe('rgb(18, 21, 25)');
  await page.reload();
  await page.locator('html[data-painter]').waitFor();
  expect(await colour()).toBe('rgb(18, 21, 25)');
  await page.context().close();
});
