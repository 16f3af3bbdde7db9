/** Undo, redo, the link, and the layers of the picture. */
import type { Explorer } from '../explorer.js';
import { MemscapeError } from '../library.js';
import { linkOf, stateFrom } from '../state/link.js';
import type { Session } from '../state/session.js';
import { FIRST, type Shown, type State } from '../state/state.js';
import { copyText } from './copy.js';
import { hideRefusal, showRefusal } from './refusal.js';
import { showStatus } from './honesty.js';
import { byId, find } from './text.js';

/** The state of the address, or the first one and why the address says nothing. */
export function stateOfAddress(): State {
  try {
    return stateFrom(location.hash);
  } catch (error) {
    if (!(error instanceof MemscapeError)) throw error;
    showRefusal(error);
    return FIRST;
  }
}

export function startLink(session: Session): void {
  const write = (state: State) => {
    const link = linkOf(state);
    if (link !== location.hash)
      history.replaceState(null, '', `${location.pathname}${location.search}${link}`);
  };
  session.listen((state, moving) => {
    if (!moving) write(state);
  });
  addEventListener('hashchange', () => {
    try {
      const state = stateFrom(location.hash);
      hideRefusal();
      session.set(state);
    } catch (error) {
      if (!(error instanceof MemscapeError)) throw error;
      showRefusal(error);
      write(session.state);
    }
  });
  find(document, '.skip', HTMLAnchorElement).addEventListener('click', (event) => {
    // What follows the # of this page is its state, and no place in it.
    event.preventDefault();
    byId('stage').focus();
  });
  byId('link').addEventListener('click', () => {
    write(session.state);
    const said = byId('link-said');
    void copyText(location.href).then((copied) => {
      // Those without a clipboard still have the address bar.
      said.textContent = copied ? 'Copied' : 'In the address bar';
      byId('link').dataset.said = '';
      if (!copied) showStatus('The address of this page is the link: this browser lets no page copy it.');
    });
    setTimeout(() => {
      said.textContent = 'Copy link';
      delete byId('link').dataset.said;
    }, 2000);
  });
}

export function startHistory(session: Session): void {
  const [undo, redo] = [byId('undo') as HTMLButtonElement, byId('redo') as HTMLButtonElement];
  undo.addEventListener('click', () => {
    session.undo();
  });
  redo.addEventListener('click', () => {
    session.redo();
  });
  document.addEventListener('keydown', (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const key = event.key.toLowerCase();
    if (key !== 'z' && key !== 'y') return;
    event.preventDefault();
    if (key === 'y' || event.shiftKey) session.redo();
    else session.undo();
  });
  const show = () => {
    // A disabled button would lose the focus of the one who pressed it.
    undo.setAttribute('aria-disabled', String(!session.canUndo));
    redo.setAttribute('aria-disabled', String(!session.canRedo));
  };
  session.follow(show);
  show();
  byId('reset').addEventListener('click', () => {
    session.set(FIRST);
  });
}

export function startLayers(session: Session, explorer: Explorer): void {
  const buttons = [...document.querySelectorAll<HTMLButtonElement>('[data-layer]')];
  for (const button of buttons)
    button.addEventListener('click', () => {
      const name = button.dataset.layer as keyof Shown;
      const { state } = session;
      session.set({ ...state, shown: { ...state.shown, [name]: !state.shown[name] } });
    });
  const show = (state: State) => {
    for (const button of buttons)
      button.setAttribute('aria-pressed', String(state.shown[button.dataset.layer as keyof Shown]));
    // Lines of a plane that holds all of the motion; one neuron has a curve and nothing else.
    byId('nullclines').hidden = state.bias.length !== 2;
    const curve = state.bias.length === 1;
    byId('basins').hidden = curve || state.layout === 'surface';
    for (const id of ['layout-choice', 'map-choice', 'isolines']) byId(id).hidden = curve;
    find(document, '#layout', HTMLSelectElement).value = state.layout;
    find(document, '#map', HTMLSelectElement).value = state.map;
  };
  session.follow(show);
  show(session.state);
  const layout = find(document, '#layout', HTMLSelectElement);
  const map = find(document, '#map', HTMLSelectElement);
  layout.addEventListener('change', () => {
    session.set({ ...session.state, layout: layout.value as State['layout'] });
  });
  map.addEventListener('change', () => {
    session.set({ ...session.state, map: map.value as State['map'] });
  });
  const hold = byId('hold');
  hold.addEventListener('click', () => {
    explorer.held = !explorer.held;
    hold.setAttribute('aria-pressed', String(explorer.held));
  });
}
