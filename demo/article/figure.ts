/**
 * A figure: from the value of its handle to a state, from there to pictures, words and a link, all of one state. It is
 * computed when it comes near; the latest value wins; long work is cut into pieces so that the page scrolls on.
 */
import type { Effort } from '../landscape.js';
import type { Scene } from '../scene.js';
import type { Simulator } from '../library.js';
import { planeOf } from '../model/plane.js';
import { loadParts } from '../parts.js';
import { titleOf } from '../page/names.js';
import { find } from '../page/text.js';
import { Ink, type Palette } from '../plot/ink.js';
import type { GpuCanvas } from '../plot/gpu-painter.js';
import { Director, type Scenes } from '../scene.js';
import { linkOf } from '../state/link.js';
import type { State } from '../state/state.js';
import { drawChart, type Chart } from './chart.js';
import type { Handle } from './handle.js';
import { landscapePane, speedPane, type Pane, type PaneKind, type PaneWords } from './panes.js';

/** What a figure has computed for one value. */
export interface Seen<V> {
  readonly value: V;
  readonly state: State;
  /** Undefined where there is a chart and no landscape. */
  readonly scenes: Scenes | undefined;
}

/** The scene of a pane; figures with panes have one. */
export function sceneOf({ scenes }: Seen<unknown>, kind: PaneKind): Scene {
  if (!scenes) throw new Error('a figure without landscapes has no scene');
  return kind === 'right' ? scenes.right : scenes.left;
}

export interface Figure<V> {
  /** The id of its element. */
  readonly id: string;
  readonly handle: Handle<V>;
  readonly panes: readonly PaneKind[];
  readonly state: (value: V) => State;
  /** The sentence under the figure: what is seen, in numbers. */
  readonly words: (seen: Seen<V>) => string;
  /** Beside the name of a pane; the share that is blind where nothing is said. */
  readonly verdict?: (seen: Seen<V>, kind: PaneKind) => string;
  readonly chart?: (seen: Seen<V>) => Chart;
  /** What is computed once, before the first picture, in pieces with a rest between them. */
  readonly prepare?: (rest: () => Promise<unknown>) => Promise<void>;
}

/** What all figures share. */
export interface Studio {
  readonly simulator: Simulator;
  gpu: GpuCanvas | undefined;
  palette: Palette;
  dark: boolean;
  /** Whether streaks drift. */
  drifting: boolean;
  readonly fail: (error: unknown) => void;
}

/** Rest after which a coarse picture is sharpened. */
const SHARPEN = 140;
/** Pixels of a plot, below which there is nothing to see. */
const LEAST = 80;
/** Milliseconds of an answer above which the next ones are coarse. */
const PATIENCE = 90;

const nap = () => new Promise((resolve) => setTimeout(resolve));

/** A figure of the page whatever its handle says. */
export interface Live {
  readonly root: HTMLElement;
  /** Computes the figure if it never was; resolves when it is drawn. */
  show: () => Promise<void>;
  redraw: () => Promise<void>;
  resize: () => void;
  adopt: () => Promise<void>;
  drift: (seconds: number | undefined) => void;
  /** Draws for paper, at once, what was computed. */
  print: () => void;
}

export class LiveFigure<V> implements Live {
  readonly root: HTMLElement;
  readonly #figure: Figure<V>;
  readonly #studio: Studio;
  #panes: readonly Pane[] = [];
  #chart: Ink | undefined;
  #director: Director | undefined;
  /** What the panes draw with. */
  #gpu: GpuCanvas | undefined;
  #seen: Seen<V> | undefined;
  #value: V;
  #moving = false;
  #asked = false;
  #slow = true;
  #effort: Effort = 'first';
  #running: Promise<void> | undefined;
  #sharpen: ReturnType<typeof setTimeout> | undefined;

  constructor(figure: Figure<V>, studio: Studio) {
    this.#figure = figure;
    this.#studio = studio;
    this.root = find(document, `#${figure.id} figure`, HTMLElement);
    this.#value = figure.handle.first;
    const template = find(document, '#pane', HTMLTemplateElement);
    // The field of the motion brings parts of its own.
    for (const [k, box] of [...this.root.querySelectorAll('.pane')].entries())
      if (figure.panes[k] !== 'speed') box.append(template.content.cloneNode(true));
    figure.handle.attach(this.root, (value, moving) => {
      this.#value = value;
      this.#moving = moving;
      void this.#refresh();
    });
    this.#link(figure.state(this.#value));
  }

  async show(): Promise<void> {
    if (!this.#started) await this.#refresh();
    else await this.#running;
  }

  get #started(): boolean {
    return this.#seen !== undefined || this.#running !== undefined;
  }

  async redraw(): Promise<void> {
    await this.#running;
    const seen = this.#seen;
    if (!seen) return;
    for (const pane of this.#panes) {
      await pane.paint(this.#studio.dark, nap);
      pane.streaks(sceneOf(seen, pane.kind), this.#studio.drifting);
    }
    // A newer picture draws itself.
    if (seen === this.#seen) this.#draw(seen);
  }

  resize(): void {
    // A page that is being laid out for a moment has no room for a plot: another size follows.
    if (!this.#started || this.#panes.some(({ plot }) => plot.clientWidth < LEAST)) return;
    for (const pane of this.#panes) pane.measure();
    void this.#refresh();
  }

  print(): void {
    if (this.#seen) this.#draw(this.#seen);
  }

  /** Draws with the device of the studio from now on. */
  async adopt(): Promise<void> {
    if (!this.#started) return;
    await this.#running;
    const { gpu } = this.#studio;
    // Made since: its picture is of this device, and would be blank until the next.
    if (this.#panes.length > 0 && this.#gpu === gpu) return;
    this.#gpu = gpu;
    for (const pane of this.#panes) pane.useGpu(gpu);
    await this.#refresh();
  }

  drift(seconds: number | undefined): void {
    if (this.#seen && !this.#running) for (const pane of this.#panes) pane.ink(seconds);
  }

  /** Computes and draws the latest value; while one is under way, the latest wins. */
  #refresh(): Promise<void> {
    this.#asked = true;
    clearTimeout(this.#sharpen);
    this.root.dataset.busy = '';
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #run(): Promise<void> {
    try {
      while (this.#isAsked()) {
        this.#asked = false;
        const asked = performance.now();
        await this.#update();
        if (this.#effort === 'full') this.#slow = performance.now() - asked > PATIENCE;
        await new Promise((resolve) => requestAnimationFrame(resolve));
      }
      if (this.#effort === 'full') delete this.root.dataset.busy;
      else
        this.#sharpen = setTimeout(() => {
          this.#moving = false;
          void this.#refresh();
        }, SHARPEN);
    } catch (error) {
      this.#studio.fail(error);
    }
  }

  #isAsked(): boolean {
    return this.#asked;
  }

  async #update(): Promise<void> {
    const value = this.#value;
    await this.#figure.prepare?.(nap);
    if (this.#figure.panes.length > 0) await this.#updateScenes(value);
    else {
      this.#effort = 'full';
      await this.#build(this.#figure.state(value));
      this.#seen = { value, state: this.#figure.state(value), scenes: undefined };
      this.#draw(this.#seen);
    }
    this.root.dataset.painter = this.#studio.gpu ? 'gpu' : 'cpu';
  }

  async #updateScenes(value: V): Promise<void> {
    const first = !this.#seen;
    const state = this.#figure.state(value);
    this.#director ??= await Director.create();
    const director = this.#director;
    const [pair] = await Promise.all([director.resolve(state), loadParts(state)]);
    await this.#build(state);
    this.#effort = this.#moving && this.#slow ? 'quick' : 'full';
    const effort = first && !this.#studio.gpu ? 'first' : this.#effort;
    this.#effort = effort;
    const plane = planeOf(state.plane);
    for (const pane of this.#panes) {
      const side = pane.kind === 'right' ? pair.right : pair.left;
      await pane.compute(side.problem, state, plane, effort);
    }
    await nap();
    const scenes = director.scenes(state, state.cursor, this.#panes[0].view);
    const seen: Seen<V> = { value, state, scenes };
    await nap();
    for (const pane of this.#panes) {
      pane.survey(sceneOf(seen, pane.kind), effort, this.#wordsOf(seen, pane));
      if (effort === 'full' && !this.#moving) pane.settle();
      await nap();
      await pane.paint(this.#studio.dark, nap);
      pane.streaks(sceneOf(seen, pane.kind), this.#studio.drifting);
      await nap();
    }
    this.#seen = seen;
    this.#draw(seen);
  }

  /** The boxes are on the page from the start; what draws in them is made with the first picture. */
  async #build(state: State): Promise<void> {
    if (this.#panes.length > 0 || this.#chart) return;
    const { simulator, gpu } = this.#studio;
    const plane = planeOf(state.plane);
    const boxes = [...this.root.querySelectorAll<HTMLElement>('.pane')];
    const panes: Pane[] = [];
    for (const [k, kind] of this.#figure.panes.entries())
      panes.push(
        kind === 'speed'
          ? await speedPane(boxes[k], simulator)
          : landscapePane(kind, boxes[k], simulator, plane),
      );
    this.#panes = panes;
    this.#gpu = gpu;
    for (const pane of this.#panes) pane.useGpu(gpu);
    const { handle, chart } = this.#figure;
    if (this.#panes.length > 0) {
      const [{ plot }] = this.#panes;
      handle.tie?.(plot, () => this.#panes[0].view);
    }
    if (chart) this.#chart = new Ink(find(this.root, '.chart canvas', HTMLCanvasElement));
  }

  #wordsOf(seen: Seen<V>, { kind }: Pane): PaneWords {
    const { verdict, words } = this.#figure;
    const { problem } = sceneOf(seen, kind).exact;
    const said = verdict?.(seen, kind) ?? '';
    const title = titleOf(problem);
    return { title, verdict: said, description: `${title}. ${said === '' ? '' : `${said}. `}${words(seen)}` };
  }

  /** Everything of one state, in one turn: never a picture and a number of two. */
  #draw(seen: Seen<V>): void {
    const { palette, dark } = this.#studio;
    const { state } = seen;
    for (const pane of this.#panes) {
      const scene = sceneOf(seen, pane.kind);
      pane.draw(dark);
      pane.mark(scene, palette);
      pane.ink(undefined);
    }
    this.#drawChart(seen);
    const said = this.#figure.words(seen);
    const element = find(this.root, '.seen', HTMLElement);
    if (element.textContent !== said) element.textContent = said;
    this.#link(state);
  }

  #drawChart(seen: Seen<V>): void {
    const chart = this.#figure.chart?.(seen);
    if (!chart || !this.#chart) return;
    const box = find(this.root, '.chart', HTMLElement);
    drawChart(this.#chart, [box.clientWidth, box.clientHeight], chart, this.#studio.palette);
    box.setAttribute('aria-label', chart.words);
  }

  #link(state: State): void {
    find(this.root, 'a.open', HTMLAnchorElement).href = `./index.html${linkOf(state)}`;
  }
}
