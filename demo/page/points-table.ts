/** Fixed points as a table: the twin of the glyphs for those who do not see them. */
import { fates, fatesText, twinOf } from '../model/fates.js';
import { isInside, type View } from '../plot/view.js';
import type { Scenes } from '../scene.js';
import { CLASSES, letterOf, shortName } from './names.js';
import { stateText } from './readout.js';
import { byId, fill, fixed, write } from './text.js';

/** Rows of the table; networks with a continuum of fixed points give as many as there are seeds. */
const MOST_ROWS = 40;

export function showPoints({ left: before, right: after }: Scenes, view: View): void {
  const { points, seeds, reach } = after.search;
  const [left, right] = [before.exact, after.exact];
  const rows = points.slice(0, MOST_ROWS).map((point) => {
    const { name, kind, y, state } = point;
    const twin = twinOf(point, before.search.points);
    const other = twin && twin.name !== name ? ` (left: ${CLASSES[twin.kind]} ${twin.name})` : '';
    const row = document.createElement('tr');
    const cells = [name, CLASSES[kind] + other, stateText(state, y)];
    cells.push(fixed(left.energyOf(state), 3), fixed(right.energyOf(state), 3));
    row.append(...cells.map((textContent) => Object.assign(document.createElement('td'), { textContent })));
    return row;
  });
  fill(byId('fixed-points'), rows);
  const moved = right.problem.design.kind !== 'identity';
  write(byId('design-fates'), moved ? fatesText(fates(before.search.points, points)) : '');
  const letter = letterOf(right.problem);
  write(byId('points-state'), points.some(({ state }) => state.length > 3) ? 's, t' : letter);
  write(byId('points-left'), shortName(left.problem));
  write(byId('points-right'), shortName(right.problem));
  const found = points.length === 0 ? 'None found' : `${String(points.length)} found`;
  const outside = points
    .filter(({ y, state }) => !isInside(view, state.length > 1 ? y : [y[0], view.y[0]]))
    .map(({ name }) => name);
  const off = points.filter((p) => p.off > 0.01 * (view.x[1] - view.x[0])).map(({ name }) => name);
  const some = (names: readonly string[]) =>
    names.length > 6 ? `${names.slice(0, 6).join(', ')} …` : names.join(', ');
  const beyond = outside.length === 0 ? '' : ` Outside this view: ${some(outside)}.`;
  const away = off.length === 0 ? '' : ` Off the plane, drawn faint: ${some(off)}.`;
  write(
    byId('search'),
    `${found} by Newton from ${String(seeds)} seeds, |${letter}| up to ${String(reach)}: a search, not a census.${beyond}${away}`,
  );
}
