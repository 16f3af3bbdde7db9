/** What a printer gets: the light theme, and for every plot a picture that can be copied. */
import { isPrinting } from './theme.js';

const { documentElement } = document;

/**
 * Gets the page ready for a printer, whoever asks for it, and back again. A printer waits for nothing that is not done at
 * once.
 */
export function whenPrinted(before: () => void, after: () => void): void {
  addEventListener('beforeprint', () => {
    if (isPrinting()) return;
    const { dataset } = documentElement;
    const { theme } = dataset;
    dataset.printing = '';
    dataset.theme = 'light';
    before();
    for (const box of document.querySelectorAll('.plot .box')) copyBox(box);
    addEventListener(
      'afterprint',
      () => {
        for (const paper of document.querySelectorAll('.paper')) paper.remove();
        delete dataset.printing;
        if (theme === undefined) delete dataset.theme;
        else dataset.theme = theme;
        after();
      },
      { once: true },
    );
  });
}

/**
 * Lays over a plot what is seen of its canvases, as one picture. Printers get canvases with no transparency; and a GPU
 * canvas is empty once it was shown, but can be copied within the turn it was drawn in.
 */
function copyBox(box: Element): void {
  const seen = [...box.querySelectorAll('canvas')].filter(
    (canvas) => !canvas.hidden && getComputedStyle(canvas).visibility === 'visible',
  );
  // Uppermost lies the ink, with all pixels of the screen.
  const ink = seen.at(-1);
  if (!ink) return;
  const { width, height } = ink;
  const paper = Object.assign(document.createElement('canvas'), { className: 'paper', width, height });
  const context = paper.getContext('2d');
  if (!context) return;
  context.fillStyle = getComputedStyle(box).backgroundColor;
  context.fillRect(0, 0, width, height);
  for (const canvas of seen) context.drawImage(canvas, 0, 0, width, height);
  box.append(paper);
}
