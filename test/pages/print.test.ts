/** What a printer gets: figures of the article and plots of the explorer with their pictures, at one scale, in light colours. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { launch, openExplorer, settle } from './browser.js';

let browser: Browser;
let page: Page;
let faults: string[];

beforeAll(async () => {
  browser = await launch();
});
afterAll(async () => {
  await browser.close();
});
afterEach(async () => {
  expect(faults).toEqual([]);
  await page.context().close();
});

/** Of each canvas that a figure prints as a picture: how many colours it has, and the share of the most frequent one. */
const PICTURES = `(root) => [...root.querySelectorAll('.paper')].map((canvas) => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const counts = new Map();
  for (const pixel of new Uint32Array(data.buffer)) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  const most = Math.max(...counts.values()) / (data.length / 4);
  return { colours: counts.size, most };
})`;

interface Picture {
  readonly colours: number;
  readonly most: number;
}

function expectPictures(pictures: readonly Picture[]): void {
  for (const { colours, most } of pictures) {
    expect(colours).toBeGreaterThan(500);
    expect(most).toBeLessThan(0.5);
  }
}

describe('the article', () => {
  /** Instead of a printer: what it would get. */
  const script = `window.print = () => {
    window.dispatchEvent(new Event('beforeprint'));
    window.printed = [...document.querySelectorAll('figure')].map(${PICTURES});
    window.dispatchEvent(new Event('afterprint'));
  }`;
  const open = async () => {
    ({ page, faults } = await openExplorer(browser, { colorScheme: 'light' }, script, 'article.html'));
    await page.locator('#settle figure[data-painter="gpu"]:not([data-busy])').waitFor({ timeout: 60_000 });
  };

  test.each([false, true])(
    'the handout of the light theme has a picture of every figure; scrolled before: %s',
    async (scrolled) => {
      await open();
      if (scrolled)
        for (const figure of await page.locator('figure').all()) {
          await figure.scrollIntoViewIfNeeded();
          await expect.poll(() => figure.getAttribute('data-busy'), { timeout: 60_000 }).toBeNull();
        }
      await page.locator('#print').click();
      const printed = () => page.evaluate<Picture[][] | undefined>('window.printed');
      await expect.poll(printed, { timeout: 100_000 }).toBeDefined();
      const pictures = (await printed()) ?? [];
      // The seventh is a chart alone, two have two landscapes.
      expect(pictures.map(({ length }) => length)).toEqual([1, 1, 1, 1, 1, 1, 0, 1, 2, 1]);
      expectPictures(pictures.flat());
      expect(await page.locator('.paper').count()).toBe(0);
    },
  );

  test('what was never near is a sentence that names the button when a browser prints by itself', async () => {
    await open();
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    await page.emulateMedia({ media: 'print' });
    const said = await page.evaluate<{ computed: boolean; seen: number; content: string }[]>(
      `[...document.querySelectorAll('figure')].map((figure) => ({
        computed: 'painter' in figure.dataset,
        seen: [...figure.querySelectorAll('.panes, .chart, .seen')].filter((e) => e.checkVisibility()).length,
        content: getComputedStyle(figure, '::before').content,
      }))`,
    );
    expect(said[0].computed).toBe(true);
    expect(said[9].computed).toBe(false);
    for (const { computed, seen, content } of said)
      if (computed) {
        expect(seen).toBeGreaterThan(1);
        expect(content).toBe('none');
      } else {
        expect(seen).toBe(0);
        expect(content).toContain('Print handout');
      }
    const [first] = await page.evaluate<Picture[][]>(
      `[...document.querySelectorAll('figure')].map(${PICTURES})`,
    );
    expectPictures(first);
    // The colour bar is a background, which most readers do not print.
    const adjusted = "getComputedStyle(document.querySelector('#settle .ramp')).printColorAdjust";
    expect(await page.evaluate(adjusted)).toBe('exact');
  });
});

/** Paper as the browser lays out for it, in CSS pixels: A4 less its margins. */
const UPRIGHT = { width: 703, height: 1031 };
const LYING = { width: 1031, height: 703 };

interface Part {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly scale: readonly [number, number];
}

describe('the explorer', () => {
  /** Rectangle and size before scaling of everything that must keep its place in a plot. */
  const parts = () =>
    page.evaluate<Part[][]>(
      `[...document.querySelectorAll('.plot')].map((plot) =>
        [plot, ...plot.querySelectorAll('.box, .paper, .axes')].map((part) => {
          const { x, y, width, height } = part.getBoundingClientRect();
          return { x, y, width, height, scale: [width / part.clientWidth, height / part.clientHeight] };
        }),
      )`,
    );

  test.each([
    { layout: 'two', plots: 2, size: { width: 1440, height: 900 } },
    { layout: 'four', plots: 4, size: { width: 1440, height: 900 } },
    // Stacked on the screen, and one strip.
    { layout: 'two', plots: 2, size: { width: 390, height: 844 } },
  ])(
    '$layout of a dark window of $size: field, ink and axes at one scale, light, without controls',
    async ({ layout, plots, size }) => {
      ({ page, faults } = await openExplorer(browser, { colorScheme: 'dark', viewport: size }));
      await settle(page);
      if (layout === 'four') {
        await page.selectOption('#layout', layout);
        await page.locator(`html[data-layout="${layout}"]`).waitFor();
        await settle(page);
      }
      const before = await parts();
      // What the page does for printers is loaded with its first rest.
      await expect
        .poll(async () => {
          await page.evaluate("dispatchEvent(new Event('beforeprint'))");
          return await page.locator('.paper').count();
        })
        .toBe(plots);
      await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
      for (const paper of [UPRIGHT, LYING]) {
        await page.setViewportSize(paper);
        const printed = await parts();
        expect(printed).toHaveLength(plots);
        const [[{ scale: first }]] = printed;
        for (const [k, [plot, box, picture, axes]] of printed.entries()) {
          // Axes have the plot's place, field and ink that of the box, and all have the size they were drawn for.
          for (const { scale } of [plot, box, picture, axes])
            for (const share of scale) expect(share).toBeCloseTo(first[0], 2);
          for (const side of ['x', 'y', 'width', 'height'] as const) {
            expect(axes[side]).toBeCloseTo(plot[side], 1);
            expect(picture[side]).toBeCloseTo(box[side], 1);
          }
          const [, boxBefore] = before[k];
          expect(box.width / boxBefore.width).toBeCloseTo(first[0], 2);
          expect(box.height / boxBefore.height).toBeCloseTo(first[0], 2);
          expect(plot.x).toBeGreaterThanOrEqual(0);
          expect(plot.x + plot.width).toBeLessThanOrEqual(paper.width);
        }
        // One page.
        const bottom = 'document.querySelector(".stage").getBoundingClientRect().bottom';
        expect(await page.evaluate(bottom)).toBeLessThanOrEqual(paper.height);
        const controls = `[...document.querySelectorAll('button, .rail, .sheetbar, nav, .layers')]`;
        expect(await page.evaluate(`${controls}.filter((e) => e.checkVisibility()).length`)).toBe(0);
      }
      // Chromium would draw it again, too small, if it were smoothed.
      const smooth = `[...document.querySelectorAll('.paper, .strip canvas')].filter(
        (canvas) => getComputedStyle(canvas).imageRendering !== 'pixelated').length`;
      expect(await page.evaluate(smooth)).toBe(0);
      expectPictures(await page.evaluate<Picture[]>(`(${PICTURES})(document)`));
      expect(await page.evaluate('getComputedStyle(document.querySelector("h1")).color')).toBe(
        'rgb(26, 30, 36)',
      );
      // A second asking changes nothing.
      await page.evaluate("dispatchEvent(new Event('beforeprint'))");
      expect(await page.locator('.paper').count()).toBe(plots);
      await page.emulateMedia({ media: 'screen', colorScheme: 'dark' });
      await page.setViewportSize(size);
      await page.evaluate("dispatchEvent(new Event('afterprint'))");
      expect(await page.locator('.paper').count()).toBe(0);
      expect(await page.locator('html').getAttribute('data-theme')).toBeNull();
      await settle(page);
      for (const [k, [, box]] of (await parts()).entries()) {
        expect(box.width).toBeCloseTo(before[k][1].width, 1);
        expect(box.height).toBeCloseTo(before[k][1].height, 1);
      }
    },
  );
});
