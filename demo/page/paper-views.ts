/** The explorer on paper: both landscapes as they are seen, field, ink and axes at one scale, without controls. */
import type { Explorer } from '../explorer.js';
import { whenPrinted } from './paper.js';
import { find } from './text.js';

/** Room for the landscapes on upright and on lying paper, A4 or letter, in CSS pixels; words about them take the rest. */
const UPRIGHT = [690, 790] as const;
const LYING = [950, 520] as const;
/** Between the columns, and of a plot its title and the numbers of its axis. */
const GAP = 24;
const AROUND = 90;

export function startPaper(explorer: Explorer): void {
  const views = find(document, '.views', HTMLElement);
  const strips = () => [explorer.left.stripBox, explorer.right.stripBox];
  whenPrinted(
    () => {
      // Axes, ink and strips were drawn for the screen: they keep their size there, and are scaled as a whole.
      const column = explorer.left.plot.clientWidth;
      const box = find(explorer.left.plot, '.box', HTMLElement).clientHeight;
      const rows = document.documentElement.dataset.layout === 'four' ? 2 : 1;
      const width = 2 * column + GAP;
      const height = rows * (box + AROUND) + explorer.left.stripBox.clientHeight;
      const zoom = ([w, h]: readonly [number, number]) => String(Math.min(1, w / width, h / height));
      const { style } = views;
      style.setProperty('--column', `${String(column)}px`);
      style.setProperty('--plot-height', `${String(box)}px`);
      style.setProperty('--print-zoom', zoom(UPRIGHT));
      style.setProperty('--print-zoom-lying', zoom(LYING));
      // Narrow screens leave some out: nothing was drawn there.
      for (const strip of strips()) strip.hidden = strip.clientHeight === 0;
      explorer.redraw();
    },
    () => {
      views.removeAttribute('style');
      for (const strip of strips()) strip.hidden = false;
      explorer.redraw();
    },
  );
}
