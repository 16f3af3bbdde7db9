/** Chromium with WebGPU on SwiftShader, and pages that remember what went wrong in them. */
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { chromium, type Browser, type BrowserContextOptions, type Locator, type Page } from 'playwright-core';
import { inject } from 'vitest';

/** Pictures of the pages, to be looked at. */
export const pictures = join(tmpdir(), 'memscape-pages');
mkdirSync(pictures, { recursive: true });

export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env.MEMSCAPE_CHROMIUM ?? '/usr/bin/chromium',
    args: (process.env.MEMSCAPE_CHROMIUM_FLAGS ?? '').split(' ').filter((flag) => flag !== ''),
  });

export interface Opened {
  readonly page: Page;
  /** Errors and warnings of the console, uncaught exceptions, failed requests. */
  readonly faults: string[];
  /** Addresses that the page asked for. */
  readonly requests: string[];
}

/** Opens the explorer, or the page at `path`, and waits until it draws with what it will go on drawing with. */
export async function openExplorer(
  browser: Browser,
  options: BrowserContextOptions = {},
  script?: string,
  path = '',
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
  page.on('requestfailed', (request) => faults.push(request.url()));
  page.on('request', (request) => requests.push(request.url()));
  if (script !== undefined) await page.addInitScript(script);
  await page.goto(new URL(path, inject('pages')).href);
  await page.locator('[data-painter]').first().waitFor({ timeout: 60_000 });
  return { page, faults, requests };
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
  const { width, height, data, channels } = decode(await locator.screenshot());
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
