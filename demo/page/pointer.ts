/** Mouse and pen on the landscapes: hover reads out, press moves the start, Shift pans, the wheel zooms. */
import type { Explorer } from '../explorer.js';
import type { Landscape } from '../landscape.js';
import { GUTTER } from '../plot/axes.js';
import { stripTime } from '../plot/strip.js';
import { boxAround, fromScreen, viewOf, type View } from '../plot/view.js';
import { DURATION } from '../scene.js';
import { zoomed } from '../state/box.js';
import type { Session } from '../state/session.js';
import type { Box, Point, Sight } from '../state/state.js';
import { turned } from './keys.js';
import { placeIn } from './scale.js';
import { watchTouch } from './touch.js';

/** Zoom of a wheel for each pixel that it would have scrolled. */
const WHEEL = 0.0016;
/** Degrees that a surface turns for each pixel. */
const DEGREES = 0.4;
/** Rest after which a turn of the wheel is over. */
const TURN = 250;

export function startPointer(explorer: Explorer, session: Session): void {
  for (const landscape of [explorer.left, explorer.right]) {
    watchPlot(explorer, session, landscape);
    watchWheel(session, landscape);
    watchStrip(explorer, session, landscape);
  }
}

/** The view of a box, which the picture may not show yet: moves of a hand build on each other, not on what is drawn. */
const asked = ({ view: { width, height, plane } }: Landscape, box: Box): View =>
  viewOf(width, height, box, plane);

/** The place under a pointer in a view, that of the picture if none is named; undefined beside the plot. */
function placeAt(landscape: Landscape, event: MouseEvent, view = landscape.view): Point | undefined {
  const { plot, isCurve } = landscape;
  const [x, y] = placeIn(plot, event);
  const place: Point = [x - GUTTER, y];
  const inside = place.every((v, k) => v >= 0 && v <= (k === 0 ? view.width : view.height));
  if (!inside) return undefined;
  const found = fromScreen(view, place);
  // Upwards from a curve there is its energy, and no state.
  return isCurve ? [found[0], 0] : found;
}

function watchPlot(explorer: Explorer, session: Session, landscape: Landscape): void {
  const { plot } = landscape;
  let dragging = false;
  /** Where the plane was taken hold of, with Shift, and what was seen then. */
  let held: { readonly box: Box; readonly view: View; readonly place: Point } | undefined;
  const hold = (event: MouseEvent) => {
    const { box } = session.state;
    const view = asked(landscape, box);
    const place = placeAt(landscape, event, view);
    if (place) held = { box, view, place };
  };
  const onHandle = (event: Event) =>
    event.target instanceof Element && event.target.classList.contains('grab');
  const start = (place: Point) => {
    explorer.hover(undefined);
    session.move({ ...session.state, start: place });
  };
  /** Where the hand took hold of a surface, and how it was seen then. */
  let turning: { readonly x: number; readonly y: number; readonly sight: Sight } | undefined;
  plot.addEventListener('pointerdown', (event) => {
    if (session.state.layout === 'surface' && !landscape.isCurve) {
      if (event.button !== 0 || (event.pointerType === 'touch' && !event.isPrimary)) return;
      turning = { x: event.clientX, y: event.clientY, sight: session.state.sight };
      dragging = true;
      plot.setPointerCapture(event.pointerId);
      return;
    }
    // A finger beside the handle scrolls the page; a mouse starts a path anywhere.
    if (event.button !== 0 || (event.pointerType !== 'mouse' && !onHandle(event))) return;
    const place = placeAt(landscape, event);
    if (!place) return;
    dragging = true;
    plot.setPointerCapture(event.pointerId);
    if (event.shiftKey) hold(event);
    else start(place);
  });
  plot.addEventListener('pointermove', (event) => {
    if (session.state.layout === 'surface' && !landscape.isCurve) {
      if (!turning) return;
      const { x, y, sight } = turning;
      const next = turned(sight, DEGREES * (event.clientX - x), DEGREES * (event.clientY - y));
      session.move({ ...session.state, sight: next });
      return;
    }
    const place = placeAt(landscape, event, held?.view);
    if (!dragging) {
      if (event.pointerType === 'mouse') explorer.hover(place ? { at: place } : undefined);
      return;
    }
    if (!place) return;
    if (!held) {
      start(place);
      return;
    }
    const [a, b] = held.box.centre;
    const centre: Point = [a + held.place[0] - place[0], b + held.place[1] - place[1]];
    session.move({ ...session.state, box: { ...held.box, centre } });
  });
  const release = () => {
    if (dragging) session.rest();
    dragging = false;
    turning = undefined;
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
  // A second finger takes over from the first.
  watchTouch(session, landscape, release);
}

function watchWheel(session: Session, landscape: Landscape): void {
  let resting: ReturnType<typeof setTimeout> | undefined;
  landscape.plot.addEventListener(
    'wheel',
    (event) => {
      const { state } = session;
      const place = placeAt(landscape, event, asked(landscape, state.box));
      if (!place) return;
      event.preventDefault();
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
    return { time: stripTime(stripBox.clientWidth, DURATION, placeIn(stripBox, event)[0]) };
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
