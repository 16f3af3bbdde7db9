/**
 * Keys: everything that a pointer does on the landscapes, and the buttons of the page by letters. They act while the
 * stage has the focus and nothing in it is typed into; `?` acts wherever nobody types. index.html lists them.
 */
import type { Explorer } from '../explorer.js';
import { boxAround } from '../plot/view.js';
import { DURATION } from '../scene.js';
import { panned, zoomed } from '../state/box.js';
import type { Session } from '../state/session.js';
import type { Layout, Point, Sight, State } from '../state/state.js';
import { byId } from './text.js';

const ARROWS: Readonly<Record<string, Point>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};
const LAYERS: Readonly<Record<string, string>> = {
  f: 'flow',
  i: 'isolines',
  s: 'points',
  d: 'hatch',
  n: 'nullclines',
  b: 'basins',
};
const BUTTONS: Readonly<Record<string, string>> = { ' ': 'hold', e: 'export', t: 'theme', l: 'link' };
const LAYOUTS: Readonly<Record<string, Layout>> = { '1': 'two', '2': 'four', '3': 'surface' };
/** What these show would tell where a prediction is asked for: layers whose buttons are hidden then, places, moments. */
const TELLING = ['s', 'd', 'n', 'b', 'm', '[', ']'];
/** Shares of half a view: a step of the view, and of the start; with Ctrl ten times that. */
const PAN = 0.1;
const STEP = 0.025;
/** Degrees of a turn, time of a step along the path. */
const TURN = 5;
const TICK = 0.1;
const ZOOM = 1.25;

const typing = ({ target }: Event) =>
  target instanceof HTMLSelectElement ||
  target instanceof HTMLTextAreaElement ||
  (target instanceof HTMLInputElement && ['text', 'number'].includes(target.type));

/** The sight turned by steps, without leaving what can be seen. */
export const turned = ({ turn, tilt }: Sight, across: number, upwards: number): Sight => ({
  turn: ((turn + across + 540) % 360) - 180,
  tilt: Math.min(90, Math.max(0, tilt + upwards)),
});

export function startKeys(explorer: Explorer, session: Session): void {
  const stage = byId('stage');
  let point = -1;
  const arrow = (event: KeyboardEvent, [u, v]: Point): void => {
    const { state } = session;
    if (event.shiftKey) {
      session.move({ ...state, start: stepped(explorer, state, [u, v], event.ctrlKey || event.metaKey) });
      explorer.hover({ time: 0 });
      explorer.announce();
    } else if (state.layout === 'surface')
      session.move({ ...state, sight: turned(state.sight, TURN * u, TURN * v) });
    else session.move({ ...state, box: panned(state.box, PAN * u, PAN * v) });
  };
  const place = (cursor: State['cursor']) => {
    // What was read out of the start before gives way.
    explorer.hover(undefined);
    session.set({ ...session.state, cursor });
    explorer.announce();
  };
  const act = (key: string): boolean => {
    if (explorer.veiled && TELLING.includes(key)) return false;
    const { state } = session;
    const zoom = (factor: number) => {
      session.set({ ...state, box: zoomed(state.box, factor, state.box.centre) });
    };
    const clicked = LAYERS[key] ? `[data-layer="${LAYERS[key]}"]` : BUTTONS[key] ? `#${BUTTONS[key]}` : '';
    if (clicked !== '') document.querySelector<HTMLElement>(clicked)?.click();
    else if (key in LAYOUTS) session.set({ ...state, layout: LAYOUTS[key] });
    else if (key === '+' || key === '=') zoom(1 / ZOOM);
    else if (key === '-') zoom(ZOOM);
    else if (key === '0') session.set({ ...state, box: boxAround(explorer.places()) });
    else if (key === 'c') session.set({ ...state, map: state.map === 'tarn' ? 'cividis' : 'tarn' });
    else if (key === '[' || key === ']') {
      const time = 'time' in state.cursor ? state.cursor.time : 0;
      place({ time: Math.min(DURATION, Math.max(0, time + (key === ']' ? TICK : -TICK))) });
    } else if (key === 'm') {
      const { points } = explorer.snapshot.scenes.right.search;
      if (points.length === 0) return false;
      point = (point + 1) % points.length;
      place({ at: points[point].y });
    } else return false;
    return true;
  };
  stage.addEventListener('keydown', (event) => {
    if (event.altKey || typing(event)) return;
    if (event.key in ARROWS) {
      arrow(event, ARROWS[event.key]);
      event.preventDefault();
      return;
    }
    // A button is pressed by Space; letters with Ctrl are the browser's.
    const pressing = event.key === ' ' && event.target instanceof HTMLButtonElement;
    if (event.ctrlKey || event.metaKey || pressing) return;
    if (act(event.key.toLowerCase())) event.preventDefault();
  });
  stage.addEventListener('keyup', (event) => {
    if (event.key in ARROWS && !typing(event)) session.rest();
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== '?' || typing(event)) return;
    event.preventDefault();
    byId('keys').click();
  });
}

/** The start a step further, inside the view. */
function stepped(explorer: Explorer, { box, start }: State, [u, v]: Point, far: boolean): Point {
  const step = STEP * box.half * (far ? 10 : 1);
  const { view } = explorer.left;
  const inside = (value: number, [low, high]: Point) => Math.min(high, Math.max(low, value));
  return [inside(start[0] + u * step, view.x), inside(start[1] + v * step, view.y)];
}
