/** R as numbers to touch, for networks whose matrix fits beneath the designs of the paper. Loaded with the first such R. */
import { typedOf } from '../model/typed.js';
import { setDesignEntry } from '../state/change.js';
import type { Session } from '../state/session.js';
import type { State } from '../state/state.js';
import { block, largestOf, letter } from './network.js';
import { NumberCell } from './number-cell.js';
import { byId, write } from './text.js';

export function startDesignMatrix(session: Session): void {
  let cells: readonly (readonly NumberCell[])[] = [];
  const make = (i: number, j: number) =>
    new NumberCell({
      id: `r-${String(i + 1)}-${String(j + 1)}`,
      label: `R ${String(i + 1)} ${String(j + 1)}, row ${String(i + 1)}, column ${String(j + 1)} of R`,
      onMove: (value) => {
        session.move(setDesignEntry(session.state, i, j, value));
      },
      onRest: () => {
        session.rest();
      },
      onRefuse: (reason) => {
        write(byId('design-error'), reason ?? '');
      },
    });
  const build = (size: number) => {
    const indices = Array.from({ length: size }, (_, k) => k);
    cells = indices.map((i) => indices.map((j) => make(i, j)));
    const root = byId('design-matrix');
    root.replaceChildren(letter('R'), block(cells.flat(), size, `R, ${String(size)} by ${String(size)}`));
    root.dataset.size = String(size);
  };
  const show = (state: State) => {
    const typed = typedOf(state);
    byId('design-typed').hidden = typed === undefined;
    if (!typed) return;
    if (cells.length !== typed.length) build(typed.length);
    const most = largestOf(typed.flat());
    cells.forEach((row, i) => {
      row.forEach((cell, j) => {
        cell.show(typed[i][j], most);
      });
    });
  };
  session.follow(show);
  show(session.state);
}
