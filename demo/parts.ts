/** Parts of the page that a state may need and the first one does not: loaded when they are first asked for. */
import { hasMap, loadMap } from './plot/tarn.js';
import type { State } from './state/state.js';

interface Parts {
  nullclines?: typeof import('./plot/nullclines.js');
  curve?: typeof import('./plot/curve.js');
  surface?: typeof import('./plot/surface.js');
  speed?: typeof import('./speed-pane.js');
}

/** What has been loaded. */
export const parts: Parts = {};

export const isCurve = ({ bias }: Pick<State, 'bias'>): boolean => bias.length === 1;

function missing(state: State): (() => Promise<unknown>)[] {
  const { layout, map, shown } = state;
  const found: (() => Promise<unknown>)[] = [];
  if (!hasMap(map)) found.push(() => loadMap(map));
  if (shown.nullclines && !parts.nullclines)
    found.push(async () => (parts.nullclines = await import('./plot/nullclines.js')));
  if (isCurve(state) && !parts.curve) found.push(async () => (parts.curve = await import('./plot/curve.js')));
  if (layout === 'surface' && !parts.surface)
    found.push(async () => (parts.surface = await import('./plot/surface.js')));
  if (layout === 'four' && !parts.speed)
    found.push(async () => (parts.speed = await import('./speed-pane.js')));
  return found;
}

export const hasParts = (state: State): boolean => missing(state).length === 0;

export async function loadParts(state: State): Promise<void> {
  await Promise.all(missing(state).map((load) => load()));
}
