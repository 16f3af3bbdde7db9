/** The gallery: cards are HTML that the build wrote; this filters them and takes the reader's own files. */
import type { MemscapeError } from './library.js';
import { startFiles } from './page/files.js';
import { hideRefusal, showRefusal, startRefusal } from './page/refusal.js';
import { byId } from './page/text.js';
import { startTheme } from './page/theme.js';

function startFilters(): void {
  const buttons = [...document.querySelectorAll<HTMLButtonElement>('[data-filter]')];
  const cards = [...document.querySelectorAll<HTMLElement>('.card')];
  for (const button of buttons)
    button.addEventListener('click', () => {
      const kind = button.dataset.filter;
      for (const other of buttons) other.setAttribute('aria-pressed', String(other === button));
      for (const card of cards) card.hidden = kind !== '' && card.dataset.kind !== kind;
      const count = cards.filter(({ hidden }) => !hidden).length;
      byId('shown').textContent = `${String(count)} cards`;
    });
  document.querySelector('.filters')?.removeAttribute('hidden');
}

async function openFiles(files: readonly File[]): Promise<void> {
  const { addressOf } = await import('./gallery/open-files.js');
  try {
    const address = await addressOf(files);
    if (address === undefined) return;
    hideRefusal();
    location.assign(address);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    showRefusal(error);
  }
}

/** By its parts: the class would bring the library to a page that needs none of it. */
const isRefusal = (error: unknown): error is MemscapeError => error instanceof Error && 'mend' in error;

startTheme(() => undefined);
startRefusal();
startFiles((files) => {
  void openFiles(files);
});
startFilters();
