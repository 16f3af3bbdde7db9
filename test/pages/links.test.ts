/**
 * Links of random states, opened in Chromium: the page takes each, draws or says why it does not, and copies a link of the
 * same state.
 */
import { isDeepStrictEqual as equal } from 'node:util';
import fc from 'fast-check';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { linkOf, stateFrom } from '../../demo/state/link.js';
import { anyState, plain } from '../demo/any-state.js';
import { launch, openExplorer, settle } from './browser.js';

const LONG = process.env.MEMSCAPE_LONG === '1';
const COUNT = LONG ? 200 : 6;

let browser: Browser;
let page: Page;
let faults: string[];

beforeAll(async () => {
  browser = await launch();
  ({ page, faults } = await openExplorer(
    browser,
    {},
    "Object.defineProperty(navigator, 'clipboard', { value: { writeText: async (text) => { window.copied = text; } } })",
  ));
  await settle(page);
});
afterAll(async () => {
  await browser.close();
});

const states = fc.sample(anyState, { numRuns: COUNT, seed: 5 });

test(
  `${String(COUNT)} random states${LONG ? '' : ' (200 with MEMSCAPE_LONG=1)'} travel through the page and its link`,
  { timeout: 3_600_000 },
  async () => {
    const wrong: string[] = [];
    for (const state of states) {
      faults.length = 0;
      await page.evaluate(`window.copied = undefined; location.hash = ${JSON.stringify(linkOf(state))}`);
      await page
        .locator('html[data-busy]')
        .waitFor({ timeout: 2000 })
        .catch(() => undefined);
      await settle(page);
      await page.locator('#link').click();
      const copied = stateFrom(new URL(await page.evaluate<string>('copied')).hash);
      if (!equal(plain(copied), plain(state))) faults.push(`came back as ${JSON.stringify(copied)}`);
      if (faults.length > 0) wrong.push(`${faults.join('; ')}\n  ${JSON.stringify(state)}`);
    }
    expect(wrong).toEqual([]);
  },
);
