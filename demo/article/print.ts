/**
 * The handout: one figure to a page, with its words, in the light theme. What is printed is what is drawn, so all figures
 * that were never near are computed first; a browser's own print command prints those that are there.
 */
import { whenPrinted } from '../page/paper.js';
import { byId } from '../page/text.js';
import { readPalette } from '../plot/ink.js';
import type { Live, Studio } from './figure.js';

/** Width that the figures get on paper, in CSS pixels: A4 and letter less their margins. */
const PAPER = 620;

export function startPrinting(studio: Studio, figures: readonly Live[], redraw: () => void): void {
  byId('print').addEventListener('click', () => {
    void printAll(studio, figures);
  });
  let { dark, drifting } = studio;
  whenPrinted(
    () => {
      ({ dark, drifting } = studio);
      Object.assign(studio, { dark: false, drifting: false, palette: readPalette() });
      for (const figure of figures) {
        fit(figure.root);
        figure.print();
      }
    },
    () => {
      Object.assign(studio, { dark, drifting });
      for (const { root } of figures) root.removeAttribute('style');
      redraw();
    },
  );
}

/** Axes and ink were drawn for the screen: the figure keeps its size there, and is scaled as a whole. */
function fit(root: HTMLElement): void {
  const width = root.querySelector('.pane, .chart')?.clientWidth ?? root.clientWidth;
  const panes = root.querySelector('.panes')?.clientWidth ?? width;
  root.style.setProperty('--print-pane', `${String(width)}px`);
  root.style.setProperty('--print-panes', `${String(panes)}px`);
  root.style.setProperty('--print-zoom', String(Math.min(1, PAPER / panes)));
}

async function printAll(studio: Studio, figures: readonly Live[]): Promise<void> {
  const button = byId('print');
  button.setAttribute('aria-busy', 'true');
  try {
    // Twice: a device that came meanwhile has some drawn anew.
    for (const figure of [...figures, ...figures]) await figure.show();
    print();
  } catch (error) {
    studio.fail(error);
  } finally {
    button.removeAttribute('aria-busy');
  }
}
