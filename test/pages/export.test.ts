/** What the Export panel saves: arrays equal to those of the command that it prints, pictures, settings. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { unzipSync } from 'fflate';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { linkOf, stateFrom } from '../../demo/state/link.js';
import { FIRST, type State } from '../../demo/state/state.js';
import { readNpy, type NpyArray } from '../../src/node.js';
import { BOUND_FACTOR } from '../../src/model/bound.js';
import { readModel, resolveProblem } from '../../src/index.js';
import { launch, openExplorer, pictures, settle } from './browser.js';
import { openPanel, runPrinted } from './printed.js';

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});
afterAll(async () => {
  await browser.close();
});

const WITHOUT_GPU = "Object.defineProperty(Navigator.prototype, 'gpu', { value: undefined })";

/** What a button of the panel saves. */
async function save(page: Page, kind: string): Promise<{ name: string; bytes: Buffer }> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.locator(`[data-export="${kind}"]`).click(),
  ]);
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

const QUANTITIES = ['energy', 'energy-rate', 'speed', 'blind-spot', 'dead-count'];

/** The files of an archive: arrays of numbers, and the texts of arrays of str. */
class Archive {
  readonly #files: Readonly<Record<string, Uint8Array>>;

  constructor(bytes: Uint8Array) {
    this.#files = unzipSync(bytes);
  }

  #file(name: string): Uint8Array {
    const file = this.#files[`${name}.npy`] as Uint8Array | undefined;
    if (!file) throw new Error(`no '${name}' among ${Object.keys(this.#files).join(', ')}`);
    return file;
  }

  numbers(name: string): NpyArray {
    return readNpy(this.#file(name), { nonFinite: true });
  }

  /** The only, or the first text: UTF-32 up to a zero, after a header that ends with a line feed. */
  text(name: string): string {
    const file = this.#file(name);
    const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
    let text = '';
    for (let at = file.indexOf(10, 8) + 1; at + 4 <= file.length; at += 4) {
      const code = view.getUint32(at, true);
      if (code === 0) break;
      text += String.fromCodePoint(code);
    }
    return text;
  }
}

const largestOf = ({ data }: NpyArray) => data.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
const farthest = (a: NpyArray, b: NpyArray) => largestOf({ ...a, data: a.data.map((v, k) => v - b.data[k]) });
const bitsOf = ({ data }: NpyArray) => Buffer.from(data.buffer, data.byteOffset, data.byteLength);

/** A page and two runs of the command line for each model: the quick suite takes one. */
const LONG = process.env.MEMSCAPE_LONG === '1';

describe('on the CPU', () => {
  const cases: readonly { model: string; side: string; digits?: number; state?: Partial<State> }[] = [
    // Neither sides, neurons nor signs can be exchanged.
    {
      model: 'one-way',
      side: 'right',
      state: {
        weights: [
          [0.25, -1.5],
          [0.75, -0.5],
        ],
        tied: false,
        bias: [1, -0.25],
        box: { centre: [0.3, -0.5], half: 1.7 },
      },
    },
    { model: 'winner-take-all', side: 'left' },
    { model: 'one-neuron', side: 'left' },
    { model: 'ctln-two-clique', side: 'right' },
    // Math.exp is not the same in every engine: the last digits of what it enters are those of the browser.
    { model: 'softmax-attention', side: 'left', digits: 13 },
  ];
  test.each(cases.slice(0, LONG ? undefined : 1))(
    'arrays have the bits of the printed command (13 digits where exp enters): $model',
    async ({ model, side, digits, state }) => {
      const options = { acceptDownloads: true };
      const link = state ? linkOf({ ...FIRST, name: model, ...state }) : '';
      const { page, faults } = await openExplorer(browser, options, WITHOUT_GPU, link);
      if (!state && model !== 'winner-take-all') await page.selectOption('#model', model);
      await settle(page);
      await openPanel(page, 48, side);
      const command = await page.locator('#export-command').innerText();
      expect(command).toContain('--device=cpu');
      const { name, bytes } = await save(page, 'npz');
      expect(name).toBe(`${model}-${side}.npz`);
      expect((await save(page, 'npz')).bytes.equals(bytes)).toBe(true);
      const archive = new Archive(bytes);
      expect(archive.text('command')).toBe(command);
      const folder = await runPrinted(command);
      const { hash, grid } = JSON.parse(
        await readFile(join(folder, `${model}-${side}`, 'field.json'), 'utf8'),
      ) as { hash: string; grid: Record<string, unknown> };
      // How axes were named is no part of what they are.
      delete grid.axesChosen;
      expect(JSON.parse(archive.text('facts'))).toMatchObject({ hash, grid });
      for (const quantity of QUANTITIES) {
        const computed = readNpy(await readFile(join(folder, `${model}-${side}`, `${quantity}.npy`)));
        const exported = archive.numbers(quantity);
        expect(exported.dtype).toBe('<f8');
        expect(exported.shape).toEqual(computed.shape);
        if (digits === undefined) expect(bitsOf(exported).equals(bitsOf(computed)), quantity).toBe(true);
        else
          expect(farthest(exported, computed), quantity).toBeLessThanOrEqual(
            10 ** -digits * largestOf(computed),
          );
      }
      if (LONG) expect(await exportedAgain(await page.evaluate('location.href'), side)).toEqual(bytes);
      expect(faults).toEqual([]);
      await page.context().close();
    },
  );
});

/** What a page that was opened anew by the link exports. */
async function exportedAgain(href: string, side: string): Promise<Buffer> {
  const { page } = await openExplorer(browser, { acceptDownloads: true }, WITHOUT_GPU, new URL(href).hash);
  await settle(page);
  await openPanel(page, 48, side);
  const { bytes } = await save(page, 'npz');
  await page.context().close();
  return bytes;
}

test('a deep box exports differences from its middle, and so does the printed command', async () => {
  const state: State = { ...FIRST, box: { centre: [1, -0.5], half: 1e-5 } };
  const options = { acceptDownloads: true };
  const { page, faults } = await openExplorer(browser, options, WITHOUT_GPU, linkOf(state));
  await settle(page);
  await openPanel(page, 32, 'right');
  const command = await page.locator('#export-command').innerText();
  expect(command).toMatch(/--reference=1,-0\.5 /);
  const archive = new Archive((await save(page, 'npz')).bytes);
  expect([...archive.numbers('reference').data]).toEqual([1, -0.5]);
  const energy = archive.numbers('energy');
  // At a memory: of second order in the size of the box, nowhere negative, and not nothing.
  expect(Math.min(...energy.data)).toBeGreaterThanOrEqual(0);
  expect(largestOf(energy)).toBeGreaterThan(1e-11);
  expect(largestOf(energy)).toBeLessThan(1e-9);
  const folder = await runPrinted(command);
  const computed = readNpy(await readFile(join(folder, 'winner-take-all-right', 'energy.npy')));
  expect(bitsOf(energy).equals(bitsOf(computed))).toBe(true);
  if (LONG) expect((await save(page, 'svg')).bytes.toString()).toContain('reference');
  expect(faults).toEqual([]);
  await page.context().close();
});

describe('on the GPU', () => {
  let page: Page;
  let faults: string[];

  beforeAll(async () => {
    const permissions = ['clipboard-read', 'clipboard-write'];
    ({ page, faults } = await openExplorer(browser, { acceptDownloads: true, permissions }));
    await page.selectOption('#model', 'two-attractor-sigmoid');
    await settle(page);
    await openPanel(page, 200, 'both');
  });
  afterAll(async () => {
    await page.context().close();
  });

  test('arrays of both landscapes lie within the bound of the same command in f64', async () => {
    const commands = (await page.locator('#export-command').innerText()).split(/\n(?=cat >)/);
    expect(commands).toHaveLength(2);
    const { name, bytes } = await save(page, 'npz');
    expect(name).toBe('two-attractor-sigmoid.npz');
    expect((await save(page, 'npz')).bytes.equals(bytes)).toBe(true);
    const archive = new Archive(bytes);
    for (const [k, side] of ['left', 'right'].entries()) {
      const folder = await runPrinted(commands[k], '--device cpu');
      const { fields } = JSON.parse(archive.text(`${side}.facts`)) as {
        fields: Record<string, { check: { errorBound: number; points: number } }>;
      };
      for (const quantity of QUANTITIES) {
        const computed = readNpy(
          await readFile(join(folder, `two-attractor-sigmoid-${side}`, `${quantity}.npy`)),
        );
        const exported = archive.numbers(`${side}.${quantity}`);
        expect(exported.dtype).toBe('<f4');
        expect(exported.shape).toEqual(computed.shape);
        const { errorBound, points } = fields[quantity].check;
        expect(points).toBeGreaterThan(32);
        // Twice the bound of the checked points: the others have one of their own.
        expect(farthest(exported, computed), quantity).toBeLessThanOrEqual(2 * BOUND_FACTOR * errorBound);
      }
    }
  });

  test('axes and fixed points are those of the page', async () => {
    const archive = new Archive((await save(page, 'npz')).bytes);
    const { shape, data } = archive.numbers('right.s');
    expect(shape).toEqual([200]);
    expect((data[0] + data[199]) / 2).toBeCloseTo(0, 10);
    expect([...archive.numbers('right.axes').data]).toEqual([1, 0, 0, 1]);
    const points = archive.numbers('right.points');
    const rows = await page.locator('#fixed-points tr').allInnerTexts();
    expect(points.shape).toEqual([rows.length, 2]);
    rows.forEach((row, k) => {
      const place = [points.data[2 * k], points.data[2 * k + 1]].map((v) => v.toFixed(3).replace('-', '−'));
      expect(row.replace(/\(−0\.000/, '(0.000')).toContain(
        `(${place.join(', ')})`.replace(/−0\.000/g, '0.000'),
      );
    });
  });

  test('pictures: a PNG of the asked width, and the same as SVG', async () => {
    await page.locator('#export-size').fill('640');
    const { bytes } = await save(page, 'png');
    const { width, height, data, channels } = decode(bytes);
    expect(width).toBe(640);
    expect(height).toBeGreaterThan(200);
    const colours = new Set<number>();
    for (let k = 0; k < data.length; k += channels)
      colours.add((data[k] << 16) | (data[k + 1] << 8) | data[k + 2]);
    expect(colours.size).toBeGreaterThan(1000);
    await writeFile(join(pictures, 'export.png'), bytes);
    const svg = (await save(page, 'svg')).bytes.toString();
    expect(svg.includes('<title')).toBe(true);
    expect(svg.includes('swiftshader (software)')).toBe(true);
    expect(svg.match(/data:image\/png/g)).toHaveLength(2);
  });

  test('settings: models that the library reads, and a link that opens the same state', async () => {
    await page.locator('input[name="export-side"][value="right"]').check();
    const { name, bytes } = await save(page, 'json');
    expect(name).toBe('two-attractor-sigmoid-right.json');
    const view = JSON.parse(bytes.toString()) as {
      format: string;
      link: string;
      models: { right: object };
      state: object;
    };
    expect(view.format).toBe('memscape-view/1');
    expect(JSON.parse(JSON.stringify(stateFrom(new URL(view.link).hash)))).toEqual(view.state);
    const problem = await resolveProblem(await readModel(view.models.right));
    expect(problem.energy.certified).toBe(true);
    await page.locator('#export-copy').click();
    await expect.poll(() => page.locator('#export-said').innerText()).toBe('Copied the command.');
    const copied: string = await page.evaluate('navigator.clipboard.readText()');
    expect(copied).toBe(await page.locator('#export-command').innerText());
  });

  test('Esc puts the panel away, and the focus is where it was', async () => {
    await page.keyboard.press('Escape');
    expect(await page.locator('#export-panel').isHidden()).toBe(true);
    expect(await page.evaluate('document.activeElement.id')).toBe('export');
    expect(faults).toEqual([]);
  });
});
