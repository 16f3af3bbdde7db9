/** Figure 1, live: starts the explorer and connects the controls. */
import { Explorer, showFailure } from './explorer.js';
import type { Layers } from './landscape.js';
import { startPointer } from './page/pointer.js';
import { startSheets } from './page/sheets.js';
import { startSliders } from './page/sliders.js';
import { byId } from './page/text.js';
import { startTheme } from './page/theme.js';

function startLayers(explorer: Explorer): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-layer]'))
    button.addEventListener('click', () => {
      const name = button.dataset.layer as keyof Layers;
      const on = button.getAttribute('aria-pressed') !== 'true';
      button.setAttribute('aria-pressed', String(on));
      explorer.layers = { ...explorer.layers, [name]: on };
    });
  const hold = byId('hold');
  hold.addEventListener('click', () => {
    explorer.held = !explorer.held;
    hold.setAttribute('aria-pressed', String(explorer.held));
  });
}

function startDesign(explorer: Explorer): void {
  for (const input of document.querySelectorAll<HTMLInputElement>('input[name="design"]')) {
    // Browsers restore a choice after a reload; the page starts from its own.
    input.checked = input.value === 'identity';
    input.addEventListener('change', () => {
      explorer.change({ design: input.value === 'gradient' ? 'gradient' : 'identity' }, false);
    });
  }
}

/** The plots follow the size of the window, a frame at a time. */
function watchSize(explorer: Explorer): void {
  let first = true;
  new ResizeObserver(() => {
    if (!first) explorer.resize();
    first = false;
  }).observe(explorer.left.plot);
}

async function main(): Promise<void> {
  let explorer: Explorer | undefined;
  startTheme(() => explorer?.redraw());
  explorer = await Explorer.start((early) => {
    explorer = early;
    startSliders({
      onInput: (parameters) => {
        early.change({ parameters }, true);
      },
      onRest: () => {
        early.rest();
      },
    });
    startDesign(early);
    startLayers(early);
    startPointer(early);
    watchSize(early);
    startSheets(() => {
      early.resize();
    });
  });
}

main().catch(showFailure);
