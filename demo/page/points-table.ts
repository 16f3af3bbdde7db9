/** Fixed points as a table: the twin of the glyphs for those who do not see them. */
import type { Exact } from '../model/exact.js';
import type { Search } from '../model/memories.js';
import { isInside, type View } from '../plot/view.js';
import { stateText } from './readout.js';
import { byId, fixed } from './text.js';

const WORDS = { stable: 'memory', saddle: 'saddle', unstable: 'unstable', undecided: 'undecided' } as const;

export function showPoints({ points, seeds, reach }: Search, left: Exact, right: Exact, view: View): void {
  const rows = points.map(({ name, kind, y }) => {
    const row = document.createElement('tr');
    const cells = [name, WORDS[kind], stateText(y), fixed(left.energy(y), 3), fixed(right.energy(y), 3)];
    row.append(...cells.map((textContent) => Object.assign(document.createElement('td'), { textContent })));
    return row;
  });
  byId('fixed-points').replaceChildren(...rows);
  const found = points.length === 0 ? 'None found' : `${String(points.length)} found`;
  const outside = points.filter(({ y }) => !isInside(view, y)).map(({ name }) => name);
  const beyond = outside.length === 0 ? '' : ` Outside this view: ${outside.join(', ')}.`;
  byId('search').textContent =
    `${found} by Newton from ${String(seeds)} seeds, |y| up to ${String(reach)}: a search, not a census.${beyond}`;
}
