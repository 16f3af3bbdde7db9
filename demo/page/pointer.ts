/** Mouse, touch and keys on the landscapes: hover reads out, press moves the start, the wheel zooms, keys do all of it. */
import type { Explorer } from '../explorer.js';
import type { Landscape } from '../landscape.js';
import { GUTTER } from '../plot/axes.js';
import { stripTime } from '../plot/strip.js';
import { boxAround, fromScreen } from '../plot/view.js';
import { DURATION } from '../scene.js';
import type { Session } from '../state/session.js';
import type { Box, Point } from '../state/state.js';

const STEP = 0.05;
const ARROWS: Readonly<Record<string, Point>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};
/** A key's zoom, and a wheel's for each pixel that it would have scrolled. */
const ZOOM = 1.25;
const WHEEL = 0.0016;
const CLOSEST = 1e-3;
const WIDEST = 1e4;
/** Rest after which a turn of the wheel is over. */
const TURN = 250;

export function startPointer(explorer: Explorer, session: Session): void {
  for (const landscape of [explorer.left, explorer.right]) {
    watchPlot(explorer, session, landscape);
    watchWheel(session, landscape);
    watchStrip(explorer, session, landscape);
  }
}

/** The place under a pointer, undefined beside the plot. */
function placeAt({ plot, view }: Landscape, event: MouseEvent): Point | undefined {
  const { left, top } = plot.getBoundingClientRect();
  const place: Point = [event.clientX - left - GUTTER, event.clientY - top];
  const inside = place.every((v, k) => v >= 0 && v <= (k === 0 ? view.width : view.height));
  return inside ? fromScreen(view, place) : undefined;
}

/** A box `factor` times as large, in which `around` stays where it is. */
function zoomed({ centre, half }: Box, factor: number, around: Point): Box {
  const next = Math.min(WIDEST, Math.max(CLOSEST, half * factor));
  const f = next / half;
  return {
    centre: [around[0] + f * (centre[0] - around[0]), around[1] + f * (centre[1] - around[1])],
    half: next,
  };
}

function watchPlot(explorer: Explorer, session: Session, landscape: Landscape): void {
  const { plot } = landscape;
  let dragging = false;
  /** Where the plane was taken hold of, with Shift. */
  let held: Point | undefined;
  const onHandle = (event: Event) =>
    event.target instanceof Element && event.target.classList.contains('grab');
  const start = (place: Point) => {
    explorer.hover(undefined);
    session.move({ ...session.state, start: place });
  };
  plot.addEventListener('pointerdown', (event) => {
    // A finger beside the handle scrolls the page; a mouse starts a path anywhere.
    if (event.button !== 0 || (event.pointerType !== 'mouse' && !onHandle(event))) return;
    const place = placeAt(landscape, event);
    if (!place) return;
    dragging = true;
    plot.setPointerCapture(event.pointerId);
    if (event.shiftKey) held = place;
    else start(place);
  });
  plot.addEventListener('pointermove', (event) => {
    const place = placeAt(landscape, event);
    if (!dragging) {
      if (event.pointerType === 'mouse') explorer.hover(place ? { at: place } : undefined);
      return;
    }
    if (!place) return;
    if (!held) {
      start(place);
      return;
    }
    const { state } = session;
    const [a, b] = state.box.centre;
    session.move({
      ...state,
      box: { ...state.box, centre: [a + held[0] - place[0], b + held[1] - place[1]] },
    });
  });
  const release = () => {
    if (dragging) session.rest();
    dragging = false;
    held = undefined;
  };
  plot.addEventListener('pointerup', release);
  plot.addEventListener('pointercancel', release);
  plot.addEventListener('pointerleave', () => {
    if (!dragging) explorer.hover(undefined);
  });
  plot.addEventListener('dblclick', () => {
    session.set({ ...session.state, box: boxAround(explorer.places()) });
  });
  plot.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey) return;
    if (pressed(event, explorer, session, landscape)) event.preventDefault();
  });
  plot.addEventListener('keyup', (event) => {
    if (event.key in ARROWS) session.rest();
  });
}

/** What a key does on a landscape; false where it does nothing. */
function pressed(event: KeyboardEvent, explorer: Explorer, session: Session, { view }: Landscape): boolean {
  const { state } = session;
  if (event.key in ARROWS) {
    const [u, v] = ARROWS[event.key];
    const step = (STEP * state.box.half * (event.shiftKey ? 10 : 1)) / 2;
    const [a, b] = state.start;
    const inside = (value: number, [low, high]: Point) => Math.min(high, Math.max(low, value));
    const start: Point = [inside(a + u * step, view.x), inside(b + v * step, view.y)];
    session.move({ ...state, start });
    explorer.hover({ time: 0 });
    explorer.announce();
    return true;
  }
  const layer = { f: 'flow', i: 'isolines', s: 'points', d: 'hatch' }[event.key.toLowerCase()];
  if (layer !== undefined) document.querySelector<HTMLElement>(`[data-layer="${layer}"]`)?.click();
  else if (event.key === ' ') document.getElementById('hold')?.click();
  else if (event.key === '+' || event.key === '=')
    session.set({ ...state, box: zoomed(state.box, 1 / ZOOM, state.box.centre) });
  else if (event.key === '-') session.set({ ...state, box: zoomed(state.box, ZOOM, state.box.centre) });
  else if (event.key === '0') session.set({ ...state, box: boxAround(explorer.places()) });
  else return false;
  return true;
}

function watchWheel(session: Session, landscape: Landscape): void {
  let resting: ReturnType<typeof setTimeout> | undefined;
  landscape.plot.addEventListener(
    'wheel',
    (event) => {
      const place = placeAt(landscape, event);
      if (!place) return;
      event.preventDefault();
      const { state } = session;
      const factor = Math.exp(WHEEL * Math.max(-300, Math.min(300, event.deltaY)));
      session.move({ ...state, box: zoomed(state.box, factor, place) });
      clearTimeout(resting);
      resting = setTimeout(() => {
        session.rest();
      }, TURN);
    },
    { passive: false },
  );
}

/** The strip reads out the path; a press leaves the cursor where it is. */
function watchStrip(explorer: Explorer, session: Session, { stripBox }: Landscape): void {
  const timeAt = (event: PointerEvent) => {
    const { left, width } = stripBox.getBoundingClientRect();
    return { time: stripTime(width, DURATION, event.clientX - left) };
  };
  stripBox.addEventListener('pointermove', (event) => {
    explorer.hover(timeAt(event));
  });
  stripBox.addEventListener('pointerdown', (event) => {
    session.set({ ...session.state, cursor: timeAt(event) });
  });
  stripBox.addEventListener('pointerleave', () => {
    explorer.hover(undefined);
  });
}
