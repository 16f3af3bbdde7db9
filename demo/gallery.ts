/** The gallery: cards are HTML that the build wrote; this filters them and takes the reader's own files. */
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

startTheme(() => undefined);
startFilters();
