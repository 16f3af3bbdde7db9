/** The gallery: cards are HTML that the build wrote; this filters them and takes the reader's own files. */
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
    // Errors of the library have their parts; a class would bring the library to a page that mostly needs none of it.
    if (!(error instanceof Error) || !('mend' in error)) throw error;
    showRefusal(error as Parameters<typeof showRefusal>[0]);
  }
}

startTheme(() => undefined);
startRefusal();
startFiles((files) => {
  void openFiles(files);
});
startFilters();
