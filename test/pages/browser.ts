/** Chromium with WebGPU on SwiftShader, and pages that remember what went wrong in them. */
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axe, { type AxeResults } from 'axe-core';
import { decode } from 'fast-png';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { inject } from 'vitest';

/** Pictures of the pages, to be looked at. */
export const pictures = join(tmpdir(), 'memscape-pages');
mkdirSync(pictures, { recursive: true });

export { launch } from '../chromium.js';

export interface Opened {
  readonly page: Page;
  /** Errors and warnings of the console, uncaught exceptions, failed requests. */
  readonly faults: string[];
  /** Addresses that the page asked for. */
  readonly requests: string[];
}

/** Opens the page at `path` of the site at `site` and waits for `ready`. */
export async function visit(
  browser: Browser,
  path: string,
  ready: string,
  {
    script,
    site = inject('pages'),
    ...options
  }: BrowserContextOptions & { readonly script?: string | undefined; readonly site?: string } = {},
): Promise<Opened> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    reducedMotion: 'reduce',
    ...options,
  });
  const page = await context.newPage();
  const faults: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('requestfailed', (request) => {
    // What a page still loads when it is left has not failed.
    if (request.failure()?.errorText !== 'net::ERR_ABORTED') faults.push(request.url());
  });
  page.on('request', (request) => requests.push(request.url()));
  if (script !== undefined) await page.addInitScript(script);
  await page.goto(new URL(path, site).href);
  await page.locator(ready).first().waitFor({ timeout: 60_000 });
  return { page, faults, requests };
}

/** Opens the explorer, or the page at `path`, and waits until it draws with what it will go on drawing with. */
export const openExplorer = (
  browser: Browser,
  options: BrowserContextOptions = {},
  script?: string,
  path = '',
): Promise<Opened> => visit(browser, path, '[data-painter]', { ...options, script });

/** What each page has when it can be used. */
export const PAGES: Readonly<Record<string, string>> = {
  'index.html': 'html[data-painter]',
  'article.html': 'html[data-device]',
  'gallery.html': '.filters:not([hidden])',
  'volume.html': 'html[data-painter]',
  'bench.html': 'html[data-ready]',
};

/** Where an element is on the screen, in CSS pixels. */
export async function placeOf(locator: Locator): Promise<{
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}> {
  const box = await locator.boundingBox();
  if (!box) throw new Error('the element is not on the page');
  return box;
}

/** Presses the mouse on an element, at a share of it, pulls it by pixels and lets go. */
export async function pull(
  locator: Locator,
  [u, v]: readonly [number, number],
  [dx, dy]: readonly [number, number],
): Promise<void> {
  const { x, y, width, height } = await placeOf(locator);
  const { mouse } = locator.page();
  const [left, top] = [x + u * width, y + v * height];
  await mouse.move(left, top);
  await mouse.down();
  await mouse.move(left + dx / 2, top + dy / 2, { steps: 3 });
  await mouse.move(left + dx, top + dy, { steps: 3 });
  await mouse.up();
}

/** What axe-core finds wrong with a page as it is. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations: found, passes }: AxeResults = await page.evaluate('axe.run()');
  if (passes.length < 15) throw new Error(`axe tried ${String(passes.length)} rules only`);
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

/** Waits until the picture has been measured: colours have settled, nothing is under way. */
export async function settle(page: Page): Promise<void> {
  await page.locator('html:not([data-busy])').waitFor({ timeout: 60_000 });
}

/** Pixels of the field of a landscape alone, without flow, marks and words. */
export async function fieldPixels(page: Page, side: 'left' | 'right'): Promise<Pixels> {
  const hide = (visibility: string) =>
    page.evaluate(
      `for (const c of document.querySelectorAll('canvas.ink')) c.style.visibility = '${visibility}'`,
    );
  await hide('hidden');
  const found = await pixelsOf(page.locator(`#${side} .box`));
  await hide('visible');
  return found;
}

export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** 0xRRGGBB of a pixel, x and y as shares of the picture from the upper left. */
  readonly at: (x: number, y: number) => number;
}

export async function pixelsOf(locator: Locator): Promise<Pixels> {
  await locator.scrollIntoViewIfNeeded();
  const { x, y, ...size } = await placeOf(locator);
  // Elements that begin amid a pixel are drawn from its start: a picture of the element would have a row too many.
  const clip = { x: Math.round(x), y: Math.round(y), ...size };
  const { width, height, data, channels } = decode(await locator.page().screenshot({ clip }));
  return {
    width,
    height,
    at: (x, y) => {
      const place = channels * (Math.floor(y * height) * width + Math.floor(x * width));
      return (data[place] << 16) | (data[place + 1] << 8) | data[place + 2];
    },
  };
}

/** Colours of a part of a picture and how often each occurs, most frequent first. */
export function coloursIn(
  { width, height, at }: Pixels,
  [left, right]: readonly [number, number],
  [top, bottom]: readonly [number, number],
): readonly { readonly colour: number; readonly share: number }[] {
  const counts = new Map<number, number>();
  let total = 0;
  for (let y = top; y < bottom; y += 1 / height)
    for (let x = left; x < right; x += 1 / width, total++)
      counts.set(at(x, y), (counts.get(at(x, y)) ?? 0) + 1);
  return [...counts]
    .map(([colour, count]) => ({ colour, share: count / total }))
    .sort((a, b) => b.share - a.share);
}
