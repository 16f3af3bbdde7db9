/**
 * Controls that no other test of the pages operates, each by hand as a reader would: pressed, pulled, chosen, typed; what
 * it must change is asked of the state in the address, of the numbers, or of the picture. No page may say anything in its
 * console meanwhile.
 */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { fromScreen, viewOf, type View } from '../../demo/plot/view.js';
import { linkOf, stateFrom } from '../../demo/state/link.js';
import { FIRST, type Point, type State } from '../../demo/state/state.js';
import { writeNpy } from '../../src/node.js';
import { fieldPixels, launch, openExplorer, placeOf, pull, settle, violations, visit } from './browser.js';
import { servePage } from './server.js';

let browser: Browser;
let page: Page;
let faults: string[];

beforeAll(async () => {
  browser = await launch();
});
afterAll(async () => {
  await browser.close();
});
afterEach(() => {
  expect(faults).toEqual([]);
});

const value = (id: string) => page.locator(`#${id}`).inputValue();
const text = (id: string) => page.locator(`#${id}`).innerText();
const pressed = (id: string) => page.locator(`#${id}`).getAttribute('aria-pressed');
const shot = (selector: string) => page.locator(selector).first().screenshot();

/** The state of the address, which says nothing of the first one. */
async function stateNow(): Promise<State> {
  const hash = await page.evaluate<string>('location.hash');
  return hash === '' ? FIRST : stateFrom(hash);
}

async function goTo(state: State): Promise<void> {
  await page.evaluate(`location.hash = ${JSON.stringify(linkOf(state) || '#')}`);
  await page.locator('#reset').click();
  if (state !== FIRST) await page.evaluate(`location.hash = ${JSON.stringify(linkOf(state))}`);
  await settle(page);
}

async function viewNow(side = 'left'): Promise<{ view: View; at: { x: number; y: number } }> {
  const { x, y, width, height } = await placeOf(page.locator(`#${side} > .plot .box`));
  const { box, plane } = await stateNow();
  const [a, b] = plane.axes.map((axis) => Float64Array.from(axis));
  const view = viewOf(width, height, box, { origin: Float64Array.from(plane.origin), axes: [a, b] });
  return { view, at: { x, y } };
}

/** Arrays as .npy files in a folder of their own: rows, columns where there are some, and the numbers. */
async function arrayFiles(arrays: Readonly<Record<string, readonly number[]>>): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'memscape-drop-'));
  return Promise.all(
    Object.entries(arrays).map(async ([name, [rows, ...values]]) => {
      const shape = values.length > rows ? [rows, rows] : [rows];
      await writeFile(join(folder, name), writeNpy(shape, Float64Array.from(values.slice(shape.length - 1))));
      return join(folder, name);
    }),
  );
}

/** Drags files over the page as a hand does: events of the browser itself. */
async function drag(
  pointer: CDPSession,
  files: readonly string[],
  ...types: readonly ('dragEnter' | 'dragOver' | 'dragCancel' | 'drop')[]
): Promise<void> {
  for (const type of types)
    await pointer.send('Input.dispatchDragEvent', {
      type,
      x: 400,
      y: 400,
      data: { items: [], files: [...files], dragOperationsMask: 1 },
    });
}

/** Two places, as near to each other as a pixel. */
const near = (found: Point, expected: Point, { x, width }: View) => {
  const pixel = (x[1] - x[0]) / width;
  for (const axis of [0, 1] as const)
    expect(Math.abs(found[axis] - expected[axis])).toBeLessThan(1.01 * pixel);
};

describe('the explorer', () => {
  beforeAll(async () => {
    const permissions = ['clipboard-read', 'clipboard-write'];
    ({ page, faults } = await openExplorer(browser, { permissions }));
    await settle(page);
  });
  afterAll(async () => {
    await page.context().close();
  });

  test('entries of W by pulling: with their twin or alone, ten times and a tenth as fast, undone and redone', async () => {
    const before = await fieldPixels(page, 'right');
    await pull(page.locator('#w-1-2'), [0.5, 0.5], [-40, 0]);
    expect([await value('w-1-2'), await value('w-2-1')]).toEqual(['−1.9', '−1.9']);
    await settle(page);
    const after = await fieldPixels(page, 'right');
    const places = [0.1, 0.3, 0.5, 0.7, 0.9].flatMap((x) =>
      [0.15, 0.4, 0.65, 0.9].map((y) => [x, y] as const),
    );
    expect(places.filter(([x, y]) => before.at(x, y) !== after.at(x, y)).length).toBeGreaterThan(10);
    await page.keyboard.press('Control+z');
    expect(await value('w-2-1')).toBe('−1.5');
    await page.keyboard.press('Control+Shift+z');
    expect(await value('w-2-1')).toBe('−1.9');
    await page.locator('#undo').click();
    expect(await page.locator('#undo').getAttribute('aria-disabled')).toBe('true');
    expect(await value('w-1-2')).toBe('−1.5');
    await page.locator('#redo').click();
    expect(await page.locator('#redo').getAttribute('aria-disabled')).toBe('true');
    await page.locator('#tied').uncheck();
    await page.keyboard.down('Shift');
    await pull(page.locator('#w-2-1'), [0.5, 0.5], [10, 0]);
    await page.keyboard.up('Shift');
    await page.keyboard.down('Alt');
    await pull(page.locator('#w-1-1'), [0.5, 0.5], [20, 0]);
    await page.keyboard.up('Alt');
    expect((await stateNow()).weights).toEqual([
      [0.02, -1.9],
      [-0.9, 0],
    ]);
    await page.locator('#tied').check();
    expect((await stateNow()).weights[0][1]).toBeCloseTo(-1.4, 12);
    await page.locator('#w-2-2').dblclick();
    await page.keyboard.type('0,25');
    await page.locator('#b-2').click();
    expect((await stateNow()).weights[1][1]).toBe(0.25);
  });

  test('a landscape by the mouse: start, its handle, the view, the wheel, everything', async () => {
    await goTo(FIRST);
    const { view, at } = await viewNow();
    const [width, height] = [view.width, view.height];
    await page.mouse.click(at.x + 0.7 * width, at.y + 0.3 * height);
    const first = (await stateNow()).start;
    near(first, fromScreen(view, [0.7 * width, 0.3 * height]), view);
    await pull(page.locator('#left > .plot .grab'), [0.5, 0.5], [-60, 48]);
    near((await stateNow()).start, fromScreen(view, [0.7 * width - 60, 0.3 * height + 48]), view);
    const said = await text('state');
    await page.keyboard.press('Control+z');
    expect((await stateNow()).start).toEqual(first);
    const before = await text('state');
    expect(before).not.toBe(said);
    // What is read out after a drag is of its last place, however many places it passed without words.
    await page.keyboard.press('Control+y');
    expect(await text('state')).toBe(said);
    await page.keyboard.press('Control+z');
    expect(await text('state')).toBe(before);
    await page.keyboard.down('Shift');
    await pull(page.locator('#left > .plot .box'), [0.4, 0.4], [50, 30]);
    await page.keyboard.up('Shift');
    const moved = await stateNow();
    const unit = (view.x[1] - view.x[0]) / width;
    near(moved.box.centre, [-50 * unit, 30 * unit], view);
    expect(moved.start).toEqual(first);
    const place: Point = [0.8 * width, 0.25 * height];
    const held = fromScreen((await viewNow()).view, place);
    await page.mouse.move(at.x + place[0], at.y + place[1]);
    for (let k = 0; k < 4; k++) await page.mouse.wheel(0, -60);
    await expect.poll(async () => (await stateNow()).box.half).toBeCloseTo(2 * Math.exp(-0.0016 * 240), 9);
    near(fromScreen((await viewNow()).view, place), held, view);
    await page.mouse.dblclick(at.x + 0.5 * width, at.y + 0.5 * height);
    expect((await stateNow()).box).toEqual(FIRST.box);
    await settle(page);
  });

  test('the strip: a hand over it goes along the path, a press stays there', async () => {
    const { x: left, y, width } = await placeOf(page.locator('#right .strip'));
    // Its time begins under the plot, right of the numbers of the axis.
    const { x } = await placeOf(page.locator('#right > .plot .box'));
    const long = left + width - x;
    await page.mouse.move(x + 0.5 * long, y + 20);
    expect(await text('where')).toBe('On the path, t = 4.00');
    await page.mouse.click(x + 0.25 * long, y + 20);
    const { cursor } = await stateNow();
    expect('time' in cursor && cursor.time).toBeCloseTo(2, 2);
    await page.mouse.move(0, 0);
    expect(await text('where')).toBe('On the path, t = 2.00');
  });

  test('layers: flow and fixed points come and go with their buttons; Space and a button hold the flow', async () => {
    await page.evaluate('document.activeElement.blur()');
    const ink = '#left > .plot .box';
    const all = await shot(ink);
    for (const layer of ['flow', 'points']) {
      const button = page.locator(`[data-layer="${layer}"]`);
      await button.click();
      expect(await button.getAttribute('aria-pressed')).toBe('false');
      expect(all.equals(await shot(ink)), layer).toBe(false);
      await button.click();
      await page.evaluate('document.activeElement.blur()');
      await page.mouse.move(0, 0);
      await expect.poll(async () => all.equals(await shot(ink)), { message: layer }).toBe(true);
    }
    await page.emulateMedia({ reducedMotion: 'no-preference' });
    await page.locator('[data-layer="flow"]').click();
    await page.locator('[data-layer="flow"]').click();
    const moves = async () => {
      const one = await shot(ink);
      await page.waitForTimeout(250);
      return !one.equals(await shot(ink));
    };
    await expect.poll(moves).toBe(true);
    await page.locator('#hold').click();
    expect(await pressed('hold')).toBe('true');
    expect(await moves()).toBe(false);
    await page.locator('#left > .plot').focus();
    await page.keyboard.press(' ');
    expect(await pressed('hold')).toBe('false');
    expect(await moves()).toBe(true);
    await page.emulateMedia({ reducedMotion: 'reduce' });
  });

  test('letters and digits: layouts, colours, nullclines, the link', async () => {
    const plot = page.locator('#left > .plot');
    const { map, shown } = await stateNow();
    for (const [key, layout] of [
      ['2', 'four'],
      ['3', 'surface'],
      ['1', 'two'],
    ]) {
      await plot.focus();
      await page.keyboard.press(key);
      await page.locator(`html[data-layout="${layout}"]`).waitFor();
      await settle(page);
      expect((await stateNow()).layout).toBe(layout);
    }
    await plot.focus();
    for (const key of ['c', 'n', 'l']) await page.keyboard.press(key);
    await expect.poll(() => text('link-said')).toBe('Copied');
    const copied = stateFrom(new URL(await page.evaluate<string>('navigator.clipboard.readText()')).hash);
    expect(copied.map).not.toBe(map);
    expect(copied.shown.nullclines).toBe(!shown.nullclines);
    for (const key of ['c', 'n']) await page.keyboard.press(key);
  });

  test('panels open by their buttons, one at a time, and close by button, by Esc, by a press beside them', async () => {
    const [keys, exports] = [page.locator('#keys-panel'), page.locator('#export-panel')];
    await page.locator('#keys').click();
    expect(await keys.isVisible()).toBe(true);
    await page.locator('#export').click();
    await exports.waitFor();
    expect(await keys.isHidden()).toBe(true);
    await exports.locator('.close').click();
    expect(await exports.isHidden()).toBe(true);
    await page.locator('#keys').click();
    await page.locator('h1').click();
    expect(await keys.isHidden()).toBe(true);
    await page.locator('#export').click();
    await exports.waitFor();
    const size = page.locator('#export-size');
    for (const [typed, across] of [
      ['9000', '4096'],
      ['3', '16'],
      ['64', '64'],
    ]) {
      await size.fill(typed);
      expect(await text('export-command'), typed).toMatch(
        new RegExp(`--size=(${across}x|\\d+x${across}\\b)`),
      );
    }
    for (const side of ['left', 'right']) {
      await page.locator(`input[name="export-side"][value="${side}"]`).check();
      expect((await text('export-command')).match(/npx memscape field \S+/g)).toEqual([
        `npx memscape field winner-take-all-${side}.json`,
      ]);
    }
    await page.keyboard.press('Escape');
    expect(await exports.isHidden()).toBe(true);
  });

  test('the embed code shows this very state in a page of somebody else', async () => {
    const before = await stateNow();
    await page.locator('#export').click();
    await page.locator('#embed-copy').click();
    await expect.poll(() => text('export-said')).toBe('Copied the embed code.');
    const code = await page.evaluate<string>('navigator.clipboard.readText()');
    await page.keyboard.press('Escape');
    const somebody = await servePage(`<!doctype html><title>Somebody else</title>${code}`);
    const other = await visit(browser, '', 'iframe', { site: somebody.address });
    const frame = other.page.frameLocator('iframe');
    await frame.locator('html[data-embed][data-painter]').waitFor({ timeout: 60_000 });
    expect(await frame.locator('#left .box').isVisible()).toBe(true);
    expect(await frame.locator('.rail').isVisible()).toBe(false);
    const href = (await frame.locator('#whole').getAttribute('href')) ?? '';
    expect(stateFrom(href.slice(href.indexOf('#')))).toEqual(before);
    expect(other.faults).toEqual([]);
    await other.page.context().close();
    somebody.close();
  });

  test('a prediction begins and ends with its button', async () => {
    await page.locator('#predict').click();
    await page.locator('.predict').waitFor();
    expect(await page.locator('#table').isVisible()).toBe(false);
    await page.locator('#predict').click();
    await expect.poll(() => page.locator('.predict').isVisible()).toBe(false);
    expect(await pressed('predict')).toBe('false');
    expect(await page.locator('#table').isVisible()).toBe(true);
  });

  test('every R that this W allows makes a motion of its own, and eq. 9 has energies of its own', async () => {
    // Where both neurons are alive: where none is, M is a multiple of I.
    await goTo({
      ...FIRST,
      start: [1.5, 1.2],
      weights: [
        [0.5, -1.5],
        [-1.5, -0.75],
      ],
    });
    await page.locator('#designs-rest').evaluate((details: { open: boolean }) => {
      details.open = true;
    });
    await page.locator('input[name="equation"][value="13"]').check();
    await settle(page);
    expect((await stateNow()).equation).toBe(13);
    const motions = new Map<string, string>();
    for (const input of await page.locator('input[name="design"]:not([value="matrix"])').all()) {
      if (await input.isDisabled()) continue;
      await input.check();
      await settle(page);
      motions.set(
        (await input.getAttribute('value')) ?? '',
        `${await text('right-speed')} ${await text('right-rate')}`,
      );
    }
    expect(motions.size).toBeGreaterThanOrEqual(8);
    // The same under two names: f(W) = W, f(W) = sign W, and Q of an M that is symmetric and positive definite.
    expect(motions.get('{"spectral":"linear"}')).toBe(motions.get('weights'));
    expect(motions.get('{"spectral":"sign"}')).toBe(motions.get('polar'));
    expect(motions.get('adaptive-polar')).toBe(motions.get('identity'));
    expect(new Set(motions.values()).size).toBe(motions.size - 3);
    await page.locator('input[name="equation"][value="9"]').check();
    await settle(page);
    expect(await text('points-state')).toBe('u');
    expect(await page.locator('#right > header h2').innerText()).toContain('eq. 10');
    await page.locator('input[name="equation"][value="1"]').check();
    await settle(page);
    expect(await text('points-state')).toBe('y');
    expect((await stateNow()).design).toBe('identity');
  });

  test('energies of the left column: by equation, by button, by triangle, by number', async () => {
    await goTo({ ...FIRST, layers: [{ name: 'x', size: 2, activation: 'tanh', parameters: { beta: 1 } }] });
    const title = () => page.locator('#left > header h2').innerText();
    for (const equation of ['5', '14']) {
      await page.locator(`input[name="left-energy-choice"][value="${equation}"]`).check();
      await settle(page);
      expect(await title()).toContain(`eq. ${equation}`);
    }
    await page.locator('#left-certified').click();
    await settle(page);
    expect(await title()).toBe('Certified energy, eq. 14');
    await page.locator('#left-proposed').click();
    await settle(page);
    expect((await stateNow()).left).toEqual({ equation: 14 });
    const svg = page.locator('#left-triangle svg');
    await svg.scrollIntoViewIfNeeded();
    // From the middle of the lower side to the upper corner, where E1 is alone.
    await pull(svg, [0.5, 120 / 140], [0, (-110 / 140) * (await placeOf(svg)).height]);
    const { coefficients } = (await stateNow()).left;
    expect(Array.isArray(coefficients) && coefficients.map((v) => v > 0)).toEqual([true, false, false]);
    await page.locator('#left-b2').focus();
    await page.keyboard.type('0.5');
    await page.keyboard.press('Enter');
    expect((await stateNow()).left.coefficients).toMatchObject({ 1: 0.5 });
    await page.locator('input[name="left-energy-choice"][value="4"]').check();
    await settle(page);
    expect(await page.locator('#left-coefficients').isHidden()).toBe(true);
  });

  test('planes of five neurons: of two neurons and through three fixed points, picked from lists', async () => {
    await page.selectOption('#model', 'softmax-attention');
    await settle(page);
    await page.selectOption('#plane-kind', 'neurons');
    await settle(page);
    await page.getByLabel('Neuron across').selectOption({ label: '4' });
    await settle(page);
    expect((await stateNow()).plane.axes).toEqual([
      [0, 0, 0, 1, 0],
      [0, 1, 0, 0, 0],
    ]);
    const before = await shot('#right > .plot .box');
    await page.getByLabel('Neuron upwards').selectOption({ label: '4' });
    expect(await text('plane-why')).toBe('A plane takes two different neurons.');
    expect(await page.getByLabel('Neuron upwards').inputValue()).toBe('1');
    await page.getByLabel('Neuron upwards').selectOption({ label: '1' });
    await settle(page);
    expect(before.equals(await shot('#right > .plot .box'))).toBe(false);
    await page.selectOption('#plane-kind', 'points');
    await settle(page);
    const { how } = (await stateNow()).plane;
    expect(how).toMatch(/^through /);
    const third = page.getByLabel('Fixed point 3');
    const own = await third.inputValue();
    const [other] = (await third.locator('option').all()).slice(-1);
    await third.selectOption({ label: await other.innerText() });
    await settle(page);
    expect(own === (await third.inputValue())).toBe(false);
    expect((await stateNow()).plane.how).not.toBe(how);
  });

  test('a plane of five neurons is turned by hand towards another neuron, undone in one step, and turned back', async () => {
    await page.selectOption('#plane-kind', 'neurons');
    await settle(page);
    const before = (await stateNow()).plane;
    const [neuron] = await page.locator('#plane-towards option').all();
    const away = Number(await neuron.getAttribute('value'));
    expect(before.axes.map((axis) => axis[away])).toEqual([0, 0]);
    const field = await shot('#right > .plot .box');
    // A hundredth of a radian for each pixel.
    const across = page.locator('#plane-turn-across');
    await across.scrollIntoViewIfNeeded();
    await pull(across, [0.5, 0.5], [50, 0]);
    await settle(page);
    const { how, axes } = (await stateNow()).plane;
    expect(how).toBe(`${before.how}, turned`);
    expect(axes[0][away]).toBeCloseTo(Math.sin(0.5), 12);
    expect(axes[1]).toEqual(before.axes[1]);
    expect(await page.locator('#plane-kind').inputValue()).toBe('turned');
    expect(field.equals(await shot('#right > .plot .box'))).toBe(false);
    await page.keyboard.press('Control+z');
    await settle(page);
    expect((await stateNow()).plane).toEqual(before);
    expect(await page.locator('#plane-turn-across').getAttribute('aria-valuenow')).toBe('0');
    await page.locator('#plane-turn-up').focus();
    await page.keyboard.press('ArrowUp');
    await settle(page);
    expect((await stateNow()).plane.axes[1][away]).toBeCloseTo(Math.sin(0.05), 12);
    await page.keyboard.press('ArrowDown');
    await settle(page);
    expect((await stateNow()).plane).toEqual(before);
  });

  test('a map of W beyond six neurons: an entry by press, by its indices, pulled; a layer of several', async () => {
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.locator('#open').click()]);
    await chooser.setFiles([
      resolve('models/mlp-state-dict.json'),
      resolve('models/mlp-state-dict.safetensors'),
    ]);
    await expect.poll(() => text('model-words')).toContain('13 neurons');
    await settle(page);
    const map = page.locator('canvas.heat');
    await map.scrollIntoViewIfNeeded();
    const { x, y, width, height } = await placeOf(map);
    await page.mouse.click(x + (2.5 / 13) * width, y + (6.5 / 13) * height);
    expect(await page.getByLabel('Row: to neuron').inputValue()).toBe('7');
    expect(await page.getByLabel('Column: from neuron').inputValue()).toBe('3');
    await page.getByLabel('Row: to neuron').fill('5');
    await page.keyboard.press('Tab');
    const before = await stateNow();
    await pull(page.locator('#w-5-3'), [0.5, 0.5], [30, 0]);
    await settle(page);
    const { weights } = await stateNow();
    expect(weights[4][2] - before.weights[4][2]).toBeCloseTo(0.3, 1);
    expect(weights[2][4] - before.weights[2][4]).toBeCloseTo(before.tied ? 0.3 : 0, 1);
    await page.selectOption('#layer', { label: 'hidden: 6 neurons' });
    expect(await page.locator('.tile input[value="relu"]').isChecked()).toBe(true);
    await page.locator('.tile input[value="softplus"]').check();
    await settle(page);
    expect((await stateNow()).layers.map(({ activation }) => activation)).toEqual([
      'tanh',
      'softplus',
      'softmax',
    ]);
    await page.locator('#table summary').click();
    expect(await page.locator('#fixed-points').isVisible()).toBe(false);
    await page.locator('#table summary').click();
  });

  test('files by dragging: the page waits for them, asks which array is W, and can be told to leave it', async () => {
    await goTo(FIRST);
    const pointer = await page.context().newCDPSession(page);
    const files = await arrayFiles({
      'W.npy': [2, 2, 0, 0.5, 0.5, 0],
      'V.npy': [2, 2, 1, 0, 0, -1],
      'c.npy': [2, 0.25, 0.75],
    });
    const dragging = page.locator('html[data-dropping]');
    await drag(pointer, files, 'dragEnter', 'dragOver');
    await expect.poll(() => dragging.count()).toBe(1);
    // The browser's events of a drag that leaves the window cannot be asked for.
    await drag(pointer, files, 'dragCancel');
    await page.evaluate("document.dispatchEvent(new DragEvent('dragleave'))");
    await expect.poll(() => dragging.count()).toBe(0);
    await drag(pointer, files, 'dragEnter', 'dragOver', 'drop');
    const strip = page.locator('.array-choice');
    await strip.waitFor();
    expect(await dragging.count()).toBe(0);
    expect(await page.evaluate('document.activeElement.textContent')).toBe('W.npy (2 × 2)V.npy (2 × 2)');
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    expect(await strip.count()).toBe(0);
    await drag(pointer, files, 'dragEnter', 'dragOver', 'drop');
    await strip.getByRole('button', { name: 'Put away' }).click();
    expect(await strip.count()).toBe(0);
    expect((await stateNow()).weights).toEqual(FIRST.weights);
    await drag(pointer, files, 'dragEnter', 'dragOver', 'drop');
    await strip.getByLabel('W').selectOption({ label: 'V.npy (2 × 2)' });
    await strip.getByLabel('b').selectOption({ label: 'c.npy (2)' });
    await strip.getByRole('button', { name: 'Open' }).click();
    await expect.poll(stateNow).toMatchObject({
      weights: [
        [1, 0],
        [0, -1],
      ],
      bias: [0.25, 0.75],
    });
    await settle(page);
  });

  test('sheets of a phone: each group by its button, one at a time, closed by Esc', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    for (const [sheet, shown] of [
      ['network', '#matrix'],
      ['activation', '#tiles'],
      ['dynamics', '#designs'],
      ['energy', '#right-energies'],
      ['cursor', '.readout'],
      ['layers', '[data-layer="flow"]'],
    ]) {
      const button = page.locator(`[data-sheet="${sheet}"]`);
      await button.click();
      expect(await button.getAttribute('aria-expanded')).toBe('true');
      expect(await page.locator('[data-sheet][aria-expanded="true"]').count()).toBe(1);
      await expect.poll(() => page.locator(shown).first().isVisible(), { message: sheet }).toBe(true);
    }
    await page.keyboard.press('Escape');
    expect(await page.locator('[data-sheet][aria-expanded="true"]').count()).toBe(0);
    await page.setViewportSize({ width: 1440, height: 900 });
    await settle(page);
  });
});
