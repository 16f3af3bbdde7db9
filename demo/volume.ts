/**
 * A volume, one slice at a time: the plane (u1, u2) of three neurons, and q along u3, moved by hand or by the clock.
 * One scale of colours for the whole volume, so that what is deep stays deep while the slice moves.
 */
import cycle from '../models/ctln-3-cycle.json?raw';
import clique from '../models/ctln-two-clique.json?raw';
import { CpuBackend, Simulator } from './library.js';
import { keepDevice, openCanvas, type DeviceHost } from './gpu.js';
import { reducedMotion } from './flow-clock.js';
import type { Point } from './model/exact.js';
import { crossings, distinct, Volume, type Orbits } from './model/volume.js';
import { showStatus } from './page/honesty.js';
import { Sweep } from './page/sweep.js';
import { byId, count, find, fixed, tag } from './page/text.js';
import { isDark, startTheme } from './page/theme.js';
import { GUTTER } from './plot/axes.js';
import { drawColourBar } from './plot/colour-bar.js';
import { CpuPainter } from './plot/cpu-painter.js';
import { cube } from './plot/cube.js';
import { drawStreaks } from './plot/flow-layer.js';
import { CASING, drawGlyph, WHITE } from './plot/glyph.js';
import { GpuPainter, type GpuCanvas } from './plot/gpu-painter.js';
import { Ink, readPalette } from './plot/ink.js';
import { buildStreaks } from './plot/streaks.js';
import { toneOf, type Tone } from './plot/tone.js';
import { fromScreen, toScreen, type View } from './plot/view.js';

const RANGE: Point = [-0.25, 1.25];
const MODELS: Readonly<Record<string, { readonly text: string; readonly orbits: Orbits }>> = {
  'ctln-3-cycle': { text: cycle, orbits: { starts: [[0.4, 0.3, 0.2]], skip: 80, time: 14 } },
  'ctln-two-clique': {
    text: clique,
    orbits: {
      starts: [
        [1, 0.2, 0.9],
        [0.1, 0.9, 0.8],
        [0.3, 0, 0.6],
      ],
      skip: 0,
      time: 20,
    },
  },
};
/** Fixed points this near to a plane are drawn in it. */
const NEAR = 0.03;
/** Samples along an axis behind the scale of colours. */
const TONE_SIDE = 24;

/** The scale of the whole volume. */
function toneOfVolume(volume: Volume): Tone {
  const place = (k: number) => RANGE[0] + ((RANGE[1] - RANGE[0]) * (k + 0.5)) / TONE_SIDE;
  const values: number[] = [];
  for (let c = 0; c < TONE_SIDE; c++) {
    const { energy } = volume.cut(place(c));
    for (let b = 0; b < TONE_SIDE; b++)
      for (let a = 0; a < TONE_SIDE; a++) values.push(energy([place(a), place(b)]));
  }
  for (const { state } of volume.points) values.push(volume.cut(state[2]).energy([state[0], state[1]]));
  const sorted = Float64Array.from(values).sort();
  return toneOf(sorted[0], sorted[sorted.length - 1], sorted[sorted.length >> 1]);
}

class SlicePage {
  readonly #box = find(document, '.box', HTMLElement);
  readonly #cpu = new CpuPainter(
    new Simulator(new CpuBackend()),
    find(document, 'canvas.cpu', HTMLCanvasElement),
  );
  readonly #ink = new Ink(find(document, 'canvas.ink', HTMLCanvasElement));
  readonly #sweep: Sweep;
  #palette = readPalette();
  #volume: Volume;
  #tone: Tone;
  #gpu: GpuPainter | undefined;
  #name = 'CPU, f64';
  #software = false;
  #points: readonly [number, number] = [0, 0];
  #busy = false;
  #asked = false;
  /** A device waits to be drawn on: a slice that plays must let it in. */
  #adopting = false;

  constructor(volume: Volume) {
    this.#volume = volume;
    this.#tone = toneOfVolume(volume);
    this.#sweep = new Sweep(() => {
      this.refresh();
    });
  }

  start(): void {
    this.#drawAxes();
    if (!reducedMotion.matches) this.#sweep.play(true);
    this.refresh();
  }

  show(volume: Volume): void {
    this.#volume = volume;
    this.#tone = toneOfVolume(volume);
    this.refresh();
  }

  redraw(): void {
    this.#palette = readPalette();
    this.#drawAxes();
    this.refresh();
  }

  /** Draws the slice as it is now asked for; while one is under way, the latest wins. */
  refresh(): void {
    this.#asked = true;
    if (!this.#busy && !this.#adopting) void this.#update().catch(fail);
  }

  get host(): DeviceHost {
    return {
      useGpu: async (gpu) => {
        await this.#adopt(gpu);
        showStatus('Every slice is computed anew and drawn straight from the buffer that the kernels wrote.');
      },
      useCpu: async (reason) => {
        await this.#adopt(undefined);
        showStatus(`${reason} The CPU computes the same slices in f64, with fewer points.`, true);
      },
      lost: (message) => {
        document.documentElement.dataset.lost = '';
        showStatus(`The GPU was lost${message === '' ? '' : ` (${message})`}. Opening it again.`, true);
      },
      failed: fail,
    };
  }

  async #adopt(gpu: GpuCanvas | undefined): Promise<void> {
    this.#adopting = true;
    while (this.#busy) await new Promise((resolve) => setTimeout(resolve, 20));
    this.#gpu?.dispose();
    this.#gpu = gpu && new GpuPainter(gpu, find(document, 'canvas.gpu', HTMLCanvasElement));
    ({ name: this.#name, software: this.#software } = gpu?.backend.info ?? {
      name: 'CPU, f64',
      software: false,
    });
    this.#adopting = false;
    await this.#compute(this.#volume, this.#view(this.#sweep.q));
    this.refresh();
    document.documentElement.dataset.painter = gpu ? 'gpu' : 'cpu';
    delete document.documentElement.dataset.lost;
  }

  async #update(): Promise<void> {
    this.#busy = true;
    try {
      do {
        this.#asked = false;
        const { q } = this.#sweep;
        const volume = this.#volume;
        const view = this.#view(q);
        await this.#compute(volume, view);
        this.#draw(volume, view, q);
        await this.#gpu?.finished();
        await new Promise((resolve) => requestAnimationFrame(resolve));
      } while (this.#isAsked());
    } finally {
      this.#busy = false;
    }
  }

  #isAsked(): boolean {
    return this.#asked && !this.#adopting;
  }

  #view(q: number): View {
    const plane = {
      origin: Float64Array.of(0, 0, q),
      axes: [Float64Array.of(1, 0, 0), Float64Array.of(0, 1, 0)],
    };
    const { clientWidth: width, clientHeight: height } = this.#box;
    return { width, height, x: RANGE, y: RANGE, plane };
  }

  async #compute({ problem }: Volume, view: View): Promise<void> {
    const moving = this.#sweep.playing;
    if (this.#gpu) {
      await this.#gpu.compute(problem, view, { coarseness: moving && this.#software ? 2 : 1 });
      this.#points = this.#gpu.size ?? this.#points;
      return;
    }
    const { points } = await this.#cpu.compute(problem, view, {
      side: moving ? 96 : 192,
      ratio: moving ? 0.75 : 1,
    });
    this.#points = points;
  }

  /** Field, flow, marks, cube and words of one slice: never two of different q. */
  #draw(volume: Volume, view: View, q: number): void {
    const dark = isDark();
    const tone = this.#tone;
    (this.#gpu ?? this.#cpu).draw({ tone, map: 'tarn', dark, isolines: true, hatch: false });
    drawColourBar(find(document, '.colourbar', HTMLElement), tone, 'tarn', dark);
    const at = (state: Point) => toScreen(view, state);
    const near = volume.points.filter(({ state }) => Math.abs(state[2] - q) < NEAR);
    const ink = this.#ink;
    ink.begin(view.width, view.height);
    const glyphs = near.map(({ state }): Point => [state[0], state[1]]);
    drawStreaks(ink, buildStreaks(volume.cut(q), view, tone, glyphs, false), undefined);
    let cut = 0;
    for (const orbit of volume.orbits) {
      ink.line(
        orbit.map(([a, b]) => at([a, b])),
        { colour: WHITE, alpha: 0.5, width: 1.4, dash: [2, 4] },
      );
      for (const { at: place, up } of distinct(crossings(orbit, q))) {
        cut++;
        ink.circle(at(place), 6, up ? WHITE : CASING, { colour: up ? CASING : WHITE, width: 2 });
      }
    }
    for (const { kind, state } of near) drawGlyph(ink, kind, at([state[0], state[1]]), this.#palette.words);
    byId('cube').innerHTML = cube(q, RANGE, volume.orbits, volume.points);
    this.#say(q, cut, near.length);
  }

  #say(q: number, cut: number, near: number): void {
    const orbits = cut === 1 ? '1 crossing' : `${String(cut)} crossings`;
    const points = near === 1 ? '1 fixed point' : `${String(near)} fixed points`;
    byId('seen').textContent = `${orbits} of the orbit, ${points} in this slice`;
    find(document, '.axes', SVGSVGElement).setAttribute(
      'aria-label',
      `Energy in the plane of u1 and u2 at u3 = ${fixed(q, 2)}: ${orbits} of the orbit, ${points}.`,
    );
    const dot = Object.assign(document.createElement('i'), {
      className: this.#software ? 'dot soft' : 'dot',
    });
    const who = document.createElement('span');
    who.append(dot, Object.assign(document.createElement('b'), { textContent: this.#name }));
    const size = document.createElement('span');
    size.textContent = `${this.#points.map(String).join(' × ')} points a slice`;
    const range = document.createElement('span');
    range.textContent = `one colour range for the volume: ${count(TONE_SIDE ** 3)} f64 samples`;
    byId('facts').replaceChildren(who, size, range);
  }

  #drawAxes(): void {
    const view = this.#view(0);
    const { width, height } = view;
    const words = [0, 0.5, 1].flatMap((v) => {
      const [x, y] = toScreen(view, [v, v]);
      return [
        tag('text', { class: 'tick', x: GUTTER + x, y: height + 15, 'text-anchor': 'middle' }, String(v)),
        tag('text', { class: 'tick', x: GUTTER - 7, y: y + 4, 'text-anchor': 'end' }, String(v)),
      ];
    });
    const [x, y] = toScreen(view, fromScreen(view, [0.67 * width, 0.33 * height]));
    const index = (k: number) => tag('tspan', { class: 'index', dy: 2.5, 'font-size': 9 }, String(k));
    words.push(
      tag('text', { class: 'axis', x: GUTTER + x, y: height + 16, 'text-anchor': 'middle' }, 'u', index(1)),
      tag('text', { class: 'axis', x: GUTTER - 7, y: y + 4, 'text-anchor': 'end' }, 'u', index(2)),
    );
    find(document, '.axes', SVGSVGElement).innerHTML = words.join('');
  }
}

function fail(error: unknown): void {
  if (document.documentElement.dataset.lost !== undefined) return;
  console.error(error);
  showStatus(
    `Something failed: ${error instanceof Error ? error.message : String(error)}. Reload the page.`,
    true,
  );
}

async function main(): Promise<void> {
  const opening = openCanvas();
  const read = (name: string) => Volume.read(MODELS[name].text, MODELS[name].orbits);
  const page = new SlicePage(await read('ctln-3-cycle'));
  startTheme(() => {
    page.redraw();
  });
  for (const input of document.querySelectorAll<HTMLInputElement>('input[name="model"]')) {
    input.checked = input.value === 'ctln-3-cycle';
    input.addEventListener('change', () => {
      void read(input.value)
        .then((volume) => {
          page.show(volume);
        })
        .catch(fail);
    });
  }
  page.start();
  new ResizeObserver(() => {
    page.redraw();
  }).observe(find(document, '.box', HTMLElement));
  await keepDevice(page.host, opening);
}

main().catch(fail);
