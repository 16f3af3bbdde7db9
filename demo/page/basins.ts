/**
 * The layer of basins: a canvas between field and marks and a legend in each plot, computed while the page rests and gone
 * as soon as the network or the view moves. Both columns share a map where they have one motion.
 */
import '../style/basins.css';
import { showFailure, type Explorer, type Snapshot } from '../explorer.js';
import { CpuBackend, loadAlgebra, MemscapeError, type Backend } from '../library.js';
import { computeBasins, type Basins, type Region } from '../model/basins.js';
import { sameProblems } from '../model/pair.js';
import { inkAt, paintBasins } from '../plot/basin-ink.js';
import type { View } from '../plot/view.js';
import type { Session } from '../state/session.js';
import type { State } from '../state/state.js';
import { pixelRatio } from './scale.js';
import { byId, find, fixed } from './text.js';

/** Pixels of a map: a screen of many of them is drawn with fewer. */
const MOST_PIXELS = 1e6;
/** Regions that the legend names. */
const MOST_NAMED = 6;
const SWATCH = 14;

function painted(width: number, height: number, paint: (out: Uint8ClampedArray) => void): ImageData {
  const image = new ImageData(width, height);
  paint(image.data);
  return image;
}

function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext('2d');
  if (!context) throw new Error('the canvas gives no 2D context');
  return context;
}

function swatch(label: number): HTMLCanvasElement {
  const canvas = Object.assign(document.createElement('canvas'), { width: SWATCH, height: SWATCH });
  const image = painted(SWATCH, SWATCH, (out) => {
    for (let k = 0; k < SWATCH * SWATCH; k++)
      out.set(inkAt(label, k % SWATCH, Math.floor(k / SWATCH)), 4 * k);
  });
  contextOf(canvas).putImageData(image, 0, 0);
  canvas.setAttribute('aria-hidden', 'true');
  return canvas;
}

/** A share with its error, which may be exactly 0. */
function shareText({ share, error }: Region): string {
  const value = (100 * share).toFixed(1);
  return error === undefined ? `${value} %` : `${value} ± ${fixed(100 * error, 1)} %`;
}

class Layer {
  readonly #root: HTMLElement;
  readonly #canvas = Object.assign(document.createElement('canvas'), { className: 'basins' });
  readonly #legend = Object.assign(document.createElement('ul'), { className: 'basin-legend' });

  constructor(side: 'left' | 'right') {
    this.#root = byId(side);
    const plot = find(this.#root, ':scope > .plot', HTMLElement);
    find(plot, '.ink', HTMLCanvasElement).before(this.#canvas);
    this.#legend.setAttribute('aria-label', 'Basins and their shares of this view');
    plot.append(this.#legend);
    this.hide();
  }

  hide(): void {
    this.#canvas.hidden = true;
    this.#legend.hidden = true;
    delete this.#root.dataset.basins;
  }

  wait(): void {
    this.#root.dataset.basins = 'computing';
    this.#legend.replaceChildren(item('Following the flow …'));
    this.#legend.hidden = false;
  }

  show(basins: Basins, { width, height }: View, done: boolean): void {
    const ratio = Math.min(pixelRatio(), Math.sqrt(MOST_PIXELS / (width * height)));
    const [columns, rows] = [Math.round(width * ratio), Math.round(height * ratio)];
    Object.assign(this.#canvas, { width: columns, height: rows, hidden: false });
    const image = painted(columns, rows, (out) => {
      paintBasins(out, [columns, rows], ratio, basins);
    });
    contextOf(this.#canvas).putImageData(image, 0, 0);
    const { regions } = basins;
    const more = regions.length - MOST_NAMED;
    this.#legend.replaceChildren(
      ...regions.slice(0, MOST_NAMED).map((region) => item(region.name, region)),
      ...(more > 0 ? [item(`and ${String(more)} more`)] : []),
    );
    this.#legend.hidden = false;
    this.#root.dataset.basins = done ? 'done' : 'coarse';
  }

  refuse({ what }: MemscapeError): void {
    this.#canvas.hidden = true;
    this.#legend.replaceChildren(item(what));
    this.#root.dataset.basins = 'refused';
  }
}

function item(name: string, region?: Region): HTMLLIElement {
  const element = document.createElement('li');
  if (region) element.append(swatch(region.label));
  element.append(Object.assign(document.createElement('span'), { textContent: name }));
  if (region)
    element.append(
      Object.assign(document.createElement('span'), { className: 'num', textContent: shareText(region) }),
    );
  return element;
}

/** What a map is of: a state that differs in anything else has the same. */
interface Drawn {
  readonly state: State;
  readonly view: View;
}

const samePlace = ({ state: a, view: v }: Drawn, { state: b, view: w }: Drawn): boolean =>
  sameProblems(a, b) &&
  a.plane === b.plane &&
  [v.width, v.height, ...v.x, ...v.y].join() === [w.width, w.height, ...w.x, ...w.y].join();

/** Whether the picture of a state can hold basins: a curve and a surface have no plane to colour. */
const canHold = ({ bias, layout }: State): boolean => bias.length > 1 && layout !== 'surface';

/** @returns what to call when the page has come to rest, and when the state has changed. */
export function startBasins(session: Session, explorer: Explorer): () => void {
  const layers = { left: new Layer('left'), right: new Layer('right') };
  const cpu = new CpuBackend();
  let drawn: Drawn | undefined;
  let controller = new AbortController();
  const clear = () => {
    controller.abort();
    drawn = undefined;
    layers.left.hide();
    layers.right.hide();
  };
  const compute = async ({ pair, scenes, view, gpu }: Snapshot, signal: AbortSignal): Promise<void> => {
    const algebra = await loadAlgebra();
    const one = pair.right.problem.design.kind === 'identity';
    for (const side of one ? (['left'] as const) : (['left', 'right'] as const)) {
      const shown = one ? [layers.left, layers.right] : [layers[side]];
      const { problem } = pair[side];
      const follow = (backend: Backend) =>
        computeBasins(
          { backend, problem, algebra, search: scenes[side].search, view, signal },
          (basins, done) => {
            if (signal.aborted) return;
            for (const layer of shown) layer.show(basins, view, done);
          },
        );
      try {
        await follow(gpu ?? cpu);
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof MemscapeError)) throw error;
        // Kernels of flows end at fewer neurons than those of fields: the CPU follows the rest.
        if (error.code === 'plan-flow' && gpu) await follow(cpu);
        else for (const layer of shown) layer.refuse(error);
      }
    }
  };
  return () => {
    const { state } = session;
    if (!state.shown.basins || !canHold(state)) {
      clear();
      return;
    }
    const snapshot = explorer.snapshot;
    const now = { state, view: snapshot.view };
    if (document.documentElement.hasAttribute('data-busy')) {
      // The picture of this state is still to come; what is drawn may be of another one.
      if (drawn && !(samePlace(drawn, now) && drawn.state.box === state.box)) clear();
      return;
    }
    if (drawn && samePlace(drawn, now)) return;
    clear();
    drawn = now;
    controller = new AbortController();
    layers.left.wait();
    layers.right.wait();
    const { signal } = controller;
    compute(snapshot, signal).catch((error: unknown) => {
      if (!signal.aborted) showFailure(error);
    });
  };
}
