/**
 * Two fingers on a landscape pan and zoom it; one finger beside the handle scrolls the page. The browser's own gesture
 * of two fingers is refused on landscapes alone: elsewhere the page can be enlarged as any other.
 */
import type { Landscape } from '../landscape.js';
import { GUTTER } from '../plot/axes.js';
import { fromScreen, type View } from '../plot/view.js';
import { pinched } from '../state/box.js';
import type { Session } from '../state/session.js';
import type { Box, Point } from '../state/state.js';
import { placeIn } from './scale.js';

interface Pinch {
  readonly box: Box;
  readonly view: View;
  readonly held: Point;
  readonly distance: number;
}

/** Fingers this near to each other tell no direction. */
const LEAST_DISTANCE = 12;

/** @param began called when a second finger comes: what one finger did is over. */
export function watchTouch(session: Session, landscape: Landscape, began: () => void): void {
  const { plot } = landscape;
  const fingers = new Map<number, Point>();
  let pinch: Pinch | undefined;
  const middle = (): Point => {
    const [[a, b], [c, d]] = [...fingers.values()];
    const [x, y] = placeIn(plot, { clientX: (a + c) / 2, clientY: (b + d) / 2 });
    return [x - GUTTER, y];
  };
  /** The place under the middle; upwards from a curve there is no state. */
  const placeOf = (view: View): Point => {
    const found = fromScreen(view, middle());
    return landscape.isCurve ? [found[0], 0] : found;
  };
  const distance = (): number => {
    const [[a, b], [c, d]] = [...fingers.values()];
    return Math.max(LEAST_DISTANCE, Math.hypot(a - c, b - d));
  };
  plot.addEventListener('pointerdown', ({ pointerType, pointerId, clientX, clientY }) => {
    if (pointerType !== 'touch') return;
    fingers.set(pointerId, [clientX, clientY]);
    if (fingers.size !== 2) return;
    began();
    const { view } = landscape;
    pinch = { box: session.state.box, view, held: placeOf(view), distance: distance() };
  });
  plot.addEventListener('pointermove', ({ pointerId, clientX, clientY }) => {
    if (!fingers.has(pointerId)) return;
    fingers.set(pointerId, [clientX, clientY]);
    if (!pinch || fingers.size < 2) return;
    const { box, view, held, distance: first } = pinch;
    const now = placeOf(view);
    session.move({ ...session.state, box: pinched(box, first / distance(), held, now) });
  });
  const lift = ({ pointerId }: PointerEvent) => {
    if (!fingers.delete(pointerId) || !pinch || fingers.size >= 2) return;
    pinch = undefined;
    session.rest();
  };
  for (const end of ['pointerup', 'pointercancel'] as const) plot.addEventListener(end, lift);
  for (const kind of ['touchstart', 'touchmove'] as const)
    plot.addEventListener(
      kind,
      (event) => {
        if (event.touches.length >= 2) event.preventDefault();
      },
      { passive: false },
    );
}
