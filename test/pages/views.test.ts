/** Views of one network: four panels, surfaces, nullclines, the curve of one neuron, the triangle, another map. */
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { linkOf, stateFrom } from '../../demo/state/link.js';
import { FIRST, neuronPlane, type State } from '../../demo/state/state.js';
import { random } from '../random-model.js';
import { coloursIn, fieldPixels, launch, openExplorer, pictures, pixelsOf, settle } from './browser.js';

let browser: Browser;
let page: Page;
let faults: string[];

beforeAll(async () => {
  browser = await launch();
  ({ page, faults } = await openExplorer(browser));
  await settle(page);
});
afterAll(async () => {
  expect(faults).toEqual([]);
  await browser.close();
});

const stateNow = async (): Promise<State> => stateFrom(await page.evaluate('location.hash'));
const label = (side: string) => page.locator(`#${side} > .plot .axes`).getAttribute('aria-label');

async function choose(layout: string): Promise<void> {
  await page.selectOption('#layout', layout);
  await page.locator(`html[data-layout="${layout}"]`).waitFor();
  await settle(page);
}

test('four panels of nine neurons under the adaptive polar R, whose velocity has no kernel: the CPU paints it', async () => {
  const r = random(4);
  const size = 9;
  const numbers = (scale: number) => Array.from({ length: size }, () => scale * r.normal());
  const nine: State = {
    ...FIRST,
    name: 'nine',
    layers: [{ name: 'x', size, activation: 'softplus', parameters: {} }],
    weights: numbers(1).map(() => numbers(0.3)),
    bias: numbers(0.5),
    tied: false,
    equation: 13,
    design: 'adaptive-polar',
    right: { equation: 14 },
    plane: neuronPlane(size, 0, 1),
    layout: 'four',
  };
  const before = await page.evaluate('location.hash');
  await page.evaluate(`location.hash = ${JSON.stringify(linkOf(nine))}`);
  await page.locator('html[data-layout="four"]').waitFor();
  await settle(page);
  expect(await page.locator('#refusal:visible').count()).toBe(0);
  expect(await page.locator('.speed .verdict').allInnerTexts()).toEqual([
    'colour: speed',
    'colour: speed, by the CPU in f64',
  ]);
  // Neither field is of one colour, and both are seen.
  for (const side of ['left', 'right']) {
    const found = await pixelsOf(page.locator(`#${side} .speed .box`));
    expect(new Set(Array.from({ length: 64 }, (_, k) => found.at((k % 8) / 8, k / 64))).size).toBeGreaterThan(
      20,
    );
  }
  await page.screenshot({ path: join(pictures, 'nine.png') });
  await page.evaluate(`location.hash = ${JSON.stringify(before)}`);
  await page.locator('html[data-layout="two"]').waitFor();
  await settle(page);
});

test('four panels: the field of Figure 1 above each energy, and the link opens them again', async () => {
  await choose('four');
  expect(await page.locator('.speed h2').allInnerTexts()).toEqual([
    'Vector field of eq. 1',
    'Vector field of eq. 1',
  ]);
  expect(await page.locator('#left > header h2').innerText()).toBe('Energy, eq. 4');
  const brightness = (colour: number) => (colour >> 16) + ((colour >> 8) & 255) + (colour & 255);
  const hide = "for (const c of document.querySelectorAll('canvas.ink')) c.style.visibility = 'hidden'";
  await page.evaluate(hide);
  const speeds = await pixelsOf(page.locator('#right .speed .box'));
  await page.evaluate(hide.replace('hidden', 'visible'));
  // Beside memory A nothing moves; in the corner everything does.
  const { box } = await stateNow();
  const wide = 2.5976;
  const at = (a: number, b: number) =>
    speeds.at(
      0.5 + (a - box.centre[0]) / (2 * wide),
      0.5 - (b - box.centre[1]) / ((2 * wide * speeds.height) / speeds.width),
    );
  expect(brightness(at(1, -0.5))).toBeLessThan(brightness(at(-2.4, -1.2)) - 150);
  await page.screenshot({ path: join(pictures, 'four.png') });
  await page.reload();
  await page.locator('html[data-painter]').waitFor();
  await settle(page);
  expect(await page.locator('.speed').count()).toBe(2);
  await choose('two');
  expect(await page.locator('.speed').count()).toBe(0);
});

test('surfaces turn by hand and by keys, and a turn is a step of undo', async () => {
  await choose('surface');
  expect(await label('left')).toContain('Energy, eq. 4 as a surface');
  const box = page.locator('#left > .plot .box');
  const before = await box.screenshot();
  expect(coloursIn(await pixelsOf(box), [0, 1], [0, 1]).length).toBeGreaterThan(300);
  await page.screenshot({ path: join(pictures, 'surface.png') });
  const place = await box.boundingBox();
  if (!place) throw new Error('the surface has no box');
  const { sight } = await stateNow();
  await page.mouse.move(place.x + 200, place.y + 200);
  await page.mouse.down();
  await page.mouse.move(place.x + 250, place.y + 200, { steps: 4 });
  await page.mouse.up();
  expect((await stateNow()).sight).toEqual({ turn: sight.turn + 20, tilt: sight.tilt });
  expect(before.equals(await box.screenshot())).toBe(false);
  await page.keyboard.press('Control+z');
  await expect.poll(stateNow).toMatchObject({ sight });
  await page.locator('#left > .plot').focus();
  await page.keyboard.press('ArrowUp');
  await expect.poll(stateNow).toMatchObject({ sight: { turn: sight.turn, tilt: sight.tilt + 5 } });
  await page.keyboard.press('Control+z');
  await page.keyboard.press('1');
  await page.locator('html[data-layout="two"]').waitFor();
  await settle(page);
});

test('nullclines lie over two neurons, and are not offered for others', async () => {
  const box = page.locator('#left > .plot .box');
  // The frame of the focus is no part of the picture.
  await page.evaluate('document.activeElement.blur()');
  const before = await box.screenshot();
  await page.locator('#nullclines').click();
  await expect.poll(async () => before.equals(await box.screenshot())).toBe(false);
  expect((await stateNow()).shown.nullclines).toBe(true);
  await page.screenshot({ path: join(pictures, 'nullclines.png') });
  await page.locator('#nullclines').click();
  await expect.poll(async () => before.equals(await box.screenshot())).toBe(true);
  await page.selectOption('#model', 'softmax-attention');
  await expect.poll(() => page.locator('#nullclines').isHidden()).toBe(true);
  await settle(page);
  await page.locator('#reset').click();
  await settle(page);
});

test('another network is seen in the colours, the view and the layers that were chosen', async () => {
  await choose('four');
  await page.selectOption('#map', 'cividis');
  await page.locator('[data-layer="flow"]').click();
  await page.locator('#nullclines').click();
  await settle(page);
  for (const [model, nullclines] of [
    ['ctln-3-cycle', false],
    ['two-attractor-sigmoid', false],
  ] as const) {
    await page.selectOption('#model', model);
    await expect.poll(async () => (await stateNow()).name).toBe(model);
    await settle(page);
    const { map, layout, shown } = await stateNow();
    expect([map, layout, shown.flow, shown.nullclines]).toEqual(['cividis', 'four', false, nullclines]);
  }
  await page.locator('#reset').click();
  await settle(page);
  expect(await stateNow()).toEqual(FIRST);
});

test('cividis: the same picture in other colours, on fields, surfaces and bars', async () => {
  const darkest = async () => {
    const colours = coloursIn(await fieldPixels(page, 'right'), [0, 1], [0, 1]);
    return colours.map(({ colour }) => colour).sort((a, b) => sum(a) - sum(b))[0];
  };
  const sum = (c: number) => (c >> 16) + ((c >> 8) & 255) + (c & 255);
  await page.locator('[data-layer="isolines"]').click();
  const tarn = await darkest();
  await page.selectOption('#map', 'cividis');
  await expect.poll(darkest).not.toBe(tarn);
  // Its deep end, (0, 32, 81), a little lit by the relief.
  const deep = await darkest();
  expect(deep >> 16).toBeLessThan(24);
  expect(Math.abs((deep & 255) - 81)).toBeLessThan(24);
  expect(await page.locator('#left > header .ramp').getAttribute('style')).toContain('rgb(0, 32, 81)');
  await page.locator('[data-layer="isolines"]').click();
  await page.selectOption('#map', 'tarn');
  await settle(page);
});

describe('one neuron', () => {
  test('from the menu: a curve with its dead region, flow, fixed point, in f64', async () => {
    await page.selectOption('#model', 'one-neuron');
    await page.locator('#left[data-curve]').waitFor();
    await settle(page);
    expect(await page.locator('#model-words').innerText()).toBe('1 neuron, relu');
    expect(await page.locator('#facts').innerText()).toContain('CPU, f64');
    // y' = relu(y)/2 - y + 1: dead below 0, one memory at y = 2, E4 = y^2/4 - y = -1 there.
    expect(await page.locator('#fixed-points').innerText()).toMatch(/A\s+memory\s+\(2\.000\)\s+−1\.000/);
    expect(await label('left')).toMatch(
      /a curve over y from −\d.*Blind on 4\d\.\d %.*1 memory: memory A at \(2\.000\)/,
    );
    expect(await label('right')).toContain('1 minimum: memory A');
    expect(await page.locator('#left .deadbar').count()).toBe(1);
    await page.screenshot({ path: join(pictures, 'one-neuron.png') });
    const box = await page.locator('#left > .plot .box').boundingBox();
    if (!box) throw new Error('the curve has no box');
    await page.mouse.move(box.x + 0.1 * box.width, box.y + 40);
    expect(await page.locator('#left-rate').innerText()).toBe('0');
    expect(Number((await page.locator('#left-speed').innerText()).replace('−', '-'))).toBeGreaterThan(1);
    expect(await page.locator('#left-alive').innerText()).toBe('none');
    await page.mouse.click(box.x + 0.9 * box.width, box.y + 40);
    expect((await stateNow()).start[0]).toBeGreaterThan(1.5);
    await page.mouse.move(0, 0);
  });

  test('W and b change it, a file of one neuron drops, and the way back to two neurons is open', async () => {
    await page.locator('#b-1').focus();
    await page.keyboard.type('0.5');
    await page.keyboard.press('Enter');
    await settle(page);
    expect(await page.locator('#fixed-points').innerText()).toContain('(1.000)');
    const model = JSON.stringify({
      format: 'memscape-model/1',
      name: 'dropped',
      layers: [{ size: 1, activation: 'tanh' }],
      weights: [[2]],
    });
    await page.evaluate(`(() => {
      const data = new DataTransfer();
      data.items.add(new File([${JSON.stringify(model)}], 'dropped.json'));
      document.dispatchEvent(new DragEvent('drop', { dataTransfer: data, cancelable: true, bubbles: true }));
    })()`);
    await expect.poll(() => page.locator('#model-words').textContent()).toBe('1 neuron, tanh');
    await settle(page);
    expect(await page.locator('#fixed-points tr').count()).toBe(3);
    await page.locator('#reset').click();
    await page.locator('#left:not([data-curve])').waitFor();
    await settle(page);
    expect(coloursIn(await fieldPixels(page, 'left'), [0, 1], [0, 1]).length).toBeGreaterThan(500);
  });
});

test('the triangle: corners by hand, the certified place marked, one step of undo', async () => {
  const svg = page.locator('#right-triangle svg');
  await svg.scrollIntoViewIfNeeded();
  const box = await svg.boundingBox();
  if (!box) throw new Error('the triangle has no box');
  const at = (x: number, y: number) =>
    [box.x + (x / 260) * box.width, box.y + (y / 140) * box.height] as const;
  const numbers = () =>
    Promise.all(['b1', 'b2', 'b3'].map((name) => page.locator(`#right-${name}`).inputValue()));
  expect(await numbers()).toEqual(['0', '0.703', '1']);
  // (0, 0.703, 1): on the lower side, where b3 has 1/1.703 of it.
  const ring = page.locator('#right-triangle .certified');
  expect(Number(await ring.getAttribute('cx'))).toBeCloseTo(40 + 180 / 1.703125, 1);
  await page.mouse.move(...at(145.7, 120));
  await page.mouse.down();
  await page.mouse.move(...at(90, 118), { steps: 3 });
  await page.mouse.move(...at(40, 121), { steps: 3 });
  await page.mouse.up();
  await settle(page);
  expect(await numbers()).toEqual(['0', '1.7', '0']);
  expect(await page.locator('#right > header h2').innerText()).toBe('Energy, eq. 14, b₂ alone');
  expect(await page.locator('#right').getAttribute('data-tint')).toBe('blind');
  await page.keyboard.press('Control+z');
  await settle(page);
  expect(await numbers()).toEqual(['0', '0.703', '1']);
  await page.locator('#right-b1').focus();
  await page.keyboard.type('-1');
  await page.keyboard.press('Enter');
  expect(await page.locator('#right-triangle').textContent()).toContain('outside');
});
