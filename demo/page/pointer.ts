/** Mouse, touch and keys on the landscapes: hover reads out, press moves the start, arrows do both. */
import type { Explorer } from '../explorer.js';
import type { Landscape } from '../landscape.js';
import { GUTTER } from '../plot/axes.js';
import { stripTime } from '../plot/strip.js';
import { fromScreen } from '../plot/view.js';
import { DURATION } from '../scene.js';
import type { Point } from '../model/exact.js';

const STEP = 0.05;
const ARROWS: Readonly<Record<string, Point>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};
/** Where the clock stands while nothing points at anything. */
const RESTING = { time: 0.35 } as const;

export function startPointer(explorer: Explorer): void {
  for (const landscape of [explorer.left, explorer.right]) {
    watchPlot(explorer, landscape);
    watchStrip(explorer, landscape);
  }
}

/** The state under a pointer, undefined beside the plot. */
function stateAt({ plot, view }: Landscape, event: PointerEvent): Point | undefined {
  const { left, top } = plot.getBoundingClientRect();
  const place: Point = [event.clientX - left - GUTTER, event.clientY - top];
  const inside = place.every((v, k) => v >= 0 && v <= (k === 0 ? view.width : view.height));
  return inside ? fromScreen(view, place) : undefined;
}

function watchPlot(explorer: Explorer, landscape: Landscape): void {
  const { plot } = landscape;
  let dragging = false;
  const onHandle = (event: Event) =>
    event.target instanceof Element && event.target.classList.contains('grab');
  plot.addEventListener('pointerdown', (event) => {
    // A finger beside the handle scrolls the page; a mouse starts a path anywhere.
    if (event.button !== 0 || (event.pointerType !== 'mouse' && !onHandle(event))) return;
    const state = stateAt(landscape, event);
    if (!state) return;
    dragging = true;
    plot.setPointerCapture(event.pointerId);
    explorer.point({ start: state, cursor: RESTING });
  });
  plot.addEventListener('pointermove', (event) => {
    const state = stateAt(landscape, event);
    if (dragging && state) explorer.point({ start: state, cursor: RESTING });
    else if (!dragging && event.pointerType === 'mouse')
      explorer.point({ cursor: state ? { state } : RESTING });
  });
  const release = () => {
    dragging = false;
  };
  plot.addEventListener('pointerup', release);
  plot.addEventListener('pointercancel', release);
  plot.addEventListener('pointerleave', () => {
    if (!dragging) explorer.point({ cursor: RESTING });
  });
  plot.addEventListener('keydown', (event) => {
    if (event.key === ' ') {
      event.preventDefault();
      document.getElementById('hold')?.click();
      return;
    }
    if (!(event.key in ARROWS)) return;
    event.preventDefault();
    const [u, v] = ARROWS[event.key];
    const step = event.shiftKey ? 10 * STEP : STEP;
    const [a, b] = explorer.settings.start;
    const { x, y } = landscape.view;
    const start: Point = [
      Math.min(x[1], Math.max(x[0], a + u * step)),
      Math.min(y[1], Math.max(y[0], b + v * step)),
    ];
    explorer.point({ start, cursor: { time: 0 } }, true);
  });
}

function watchStrip(explorer: Explorer, { stripBox }: Landscape): void {
  stripBox.addEventListener('pointermove', (event) => {
    const { left, width } = stripBox.getBoundingClientRect();
    explorer.point({ cursor: { time: stripTime(width, DURATION, event.clientX - left) } });
  });
  stripBox.addEventListener('pointerleave', () => {
    explorer.point({ cursor: RESTING });
  });
}
