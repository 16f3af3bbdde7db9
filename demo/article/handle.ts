/** The one handle of a figure: a slider, a choice, or the start itself. Each tells its value, and when it rests. */
import { fixed, find } from '../page/text.js';
import { placeIn } from '../page/scale.js';
import { GUTTER } from '../plot/axes.js';
import { fromScreen, type View } from '../plot/view.js';
import type { Point } from '../state/state.js';

export interface Handle<V> {
  readonly first: V;
  /** @param changed with every value; `moving` while more may follow. */
  readonly attach: (figure: HTMLElement, changed: (value: V, moving: boolean) => void) => void;
  /** Ties the handle to a plot, whose view it moves in; called when there is one. */
  readonly tie?: (plot: HTMLElement, view: () => View) => void;
}

/** Rest after which a key is no longer pressed. */
const REST = 160;

interface SliderOptions {
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly first: number;
  readonly digits?: number;
}

/** A slider that the page holds as `.handle input[type=range]` with an `output` beside it. */
export function slider({ min, max, step, first, digits = 2 }: SliderOptions): Handle<number> {
  return {
    first,
    attach: (figure, changed) => {
      const input = find(figure, '.handle input', HTMLInputElement);
      const output = find(figure, '.handle output', HTMLOutputElement);
      Object.assign(input, { min: String(min), max: String(max), step: String(step), value: String(first) });
      const show = () => (output.textContent = fixed(input.valueAsNumber, digits));
      show();
      let resting: ReturnType<typeof setTimeout> | undefined;
      input.addEventListener('input', () => {
        show();
        clearTimeout(resting);
        changed(input.valueAsNumber, true);
      });
      input.addEventListener('change', () => {
        clearTimeout(resting);
        resting = setTimeout(() => {
          changed(input.valueAsNumber, false);
        }, REST);
      });
    },
  };
}

/** Radio buttons that the page holds as `.handle input[type=radio]`. */
export function choice<T extends string>(values: readonly T[], first: T): Handle<T> {
  return {
    first,
    attach: (figure, changed) => {
      for (const input of figure.querySelectorAll<HTMLInputElement>('.handle input')) {
        input.checked = input.value === first;
        input.addEventListener('change', () => {
          const value = values.find((one) => one === input.value);
          if (value !== undefined) changed(value, false);
        });
      }
    },
  };
}

/** Steps of arrow keys, in units of the plane. */
const KEY_STEP = 0.1;
const KEYS: Readonly<Record<string, Point>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

/** The start of the path, taken hold of in the plot or moved by arrow keys. */
export function start(first: Point): Handle<Point> {
  let now = first;
  let tell: (moving: boolean) => void = () => undefined;
  return {
    first,
    attach: (_figure, changed) => {
      tell = (moving) => {
        changed(now, moving);
      };
    },
    tie: (plot, view) => {
      plot.tabIndex = 0;
      plot.setAttribute('role', 'group');
      plot.setAttribute('aria-label', 'Start of the path. Arrow keys move it.');
      const keep = (point: Point, moving: boolean) => {
        const { x, y } = view();
        const clamp = (v: number, [low, high]: Point) => Math.min(high, Math.max(low, v));
        // Numbers that a reader can repeat.
        now = [Math.round(100 * clamp(point[0], x)) / 100, Math.round(100 * clamp(point[1], y)) / 100];
        tell(moving);
      };
      watchDrag(plot, (left, top) => fromScreen(view(), [left, top]), keep);
      let resting: ReturnType<typeof setTimeout> | undefined;
      plot.addEventListener('keydown', (event) => {
        const way = KEYS[event.key] as Point | undefined;
        if (!way || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        const step = event.shiftKey ? 5 * KEY_STEP : KEY_STEP;
        keep([now[0] + step * way[0], now[1] + step * way[1]], true);
        clearTimeout(resting);
        resting = setTimeout(() => {
          tell(false);
        }, REST);
      });
    },
  };
}

function watchDrag(
  plot: HTMLElement,
  placeAt: (left: number, top: number) => Point,
  keep: (place: Point, moving: boolean) => void,
): void {
  let dragging = false;
  const place = (event: PointerEvent): Point => {
    const [x, y] = placeIn(plot, event);
    return placeAt(x - GUTTER, y);
  };
  plot.addEventListener('pointerdown', (event) => {
    const { target } = event;
    const onHandle = target instanceof Element && target.classList.contains('grab');
    // A finger beside the handle scrolls the page; a mouse starts a path anywhere.
    if (event.button !== 0 || (event.pointerType !== 'mouse' && !onHandle)) return;
    dragging = true;
    plot.setPointerCapture(event.pointerId);
    keep(place(event), true);
  });
  plot.addEventListener('pointermove', (event) => {
    if (dragging) keep(place(event), true);
  });
  const release = (event: PointerEvent) => {
    if (dragging) keep(place(event), false);
    dragging = false;
  };
  plot.addEventListener('pointerup', release);
  plot.addEventListener('pointercancel', () => {
    dragging = false;
  });
}
