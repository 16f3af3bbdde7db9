/** The explorer within somebody else's page: `?embed` in the address leaves the landscapes, their words, and the way out. */
import { linkOf } from '../state/link.js';
import type { Session } from '../state/session.js';
import type { State } from '../state/state.js';
import { byId } from './text.js';

/** CSS pixels of the iframe: both landscapes beside each other, nothing to scroll. */
const SIZE = { width: 960, height: 720 } as const;

/** As early as possible: what is hidden should never be seen. */
export function markEmbedded(): void {
  if (new URLSearchParams(location.search).has('embed')) document.documentElement.dataset.embed = '';
}

/** Keeps the way to the whole page up to date. */
export function startEmbed(session: Session): void {
  const whole = byId('whole') as HTMLAnchorElement;
  const show = (state: State) => {
    whole.href = `./index.html${linkOf(state)}`;
  };
  session.listen((state, moving) => {
    if (!moving) show(state);
  });
  show(session.state);
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '"': '&quot;', '<': '&lt;' };
const escape = (text: string) => text.replace(/[&"<]/g, (sign) => ESCAPES[sign]);

/**
 * HTML that shows a state in another page.
 * @param page address of the explorer; what follows its path is left out
 */
export function embedCode(state: State, page: string): string {
  const url = new URL(page);
  url.search = '?embed';
  url.hash = linkOf(state);
  const { width, height } = SIZE;
  return `<iframe src="${escape(url.href)}" title="${escape(state.name)}: two energy landscapes, computed by memscape" width="${String(width)}" height="${String(height)}" loading="lazy" allow="clipboard-write"></iframe>`;
}
