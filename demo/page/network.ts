/** W and b as numbers to touch: all of them up to six neurons, beyond that a map of W and the entry that was chosen. */
import { setBias, setTied, setWeight } from '../state/change.js';
import type { Session } from '../state/session.js';
import type { State } from '../state/state.js';
import { Heat } from './heat.js';
import { NumberCell } from './number-cell.js';
import { byId, find, write } from './text.js';

/** Networks up to this size are shown as numbers. */
const ALL = 6;

export function startNetwork(session: Session): void {
  const error = byId('cell-error');
  const tied = find(document, '#tied', HTMLInputElement);
  let grid: Grid | Heat | undefined;
  let size = 0;
  const onRest = () => {
    if (grid instanceof Grid) grid.rest();
    session.rest();
  };
  const onRefuse = (reason: string | undefined) => {
    write(error, reason ?? '');
  };
  const cells: Cells = {
    weight: (to, from) =>
      new NumberCell({
        id: `w-${String(to + 1)}-${String(from + 1)}`,
        label: `W ${String(to + 1)} ${String(from + 1)}, weight to neuron ${String(to + 1)} from neuron ${String(from + 1)}`,
        onMove: (value) => {
          session.move(setWeight(session.state, to, from, value));
          if (session.state.tied && to !== from && grid instanceof Grid) grid.pair(from, to);
        },
        onRest,
        onRefuse,
      }),
    bias: (k) =>
      new NumberCell({
        id: `b-${String(k + 1)}`,
        label: `b ${String(k + 1)}, bias of neuron ${String(k + 1)}`,
        onMove: (value) => {
          session.move(setBias(session.state, k, value));
        },
        onRest,
        onRefuse,
      }),
  };
  const show = (state: State) => {
    if (size !== state.bias.length) {
      size = state.bias.length;
      grid = size <= ALL ? new Grid(byId('matrix'), size, cells) : new Heat(byId('matrix'), size, cells);
    }
    grid?.show(state);
    tied.checked = state.tied;
  };
  tied.addEventListener('change', () => {
    session.set(setTied(session.state, tied.checked));
  });
  session.follow(show);
  show(session.state);
}

/** Makes the cells of W and b. */
export interface Cells {
  readonly weight: (to: number, from: number) => NumberCell;
  readonly bias: (neuron: number) => NumberCell;
}

export const largestOf = (numbers: readonly number[]): number =>
  numbers.reduce((most, v) => Math.max(most, Math.abs(v)), 0);

export const letter = (text: string) =>
  Object.assign(document.createElement('span'), { className: 'var', textContent: text });

class Grid {
  readonly #weights: readonly (readonly NumberCell[])[];
  readonly #bias: readonly NumberCell[];
  #twin: NumberCell | undefined;

  constructor(root: HTMLElement, size: number, cells: Cells) {
    const indices = Array.from({ length: size }, (_, k) => k);
    this.#weights = indices.map((to) => indices.map((from) => cells.weight(to, from)));
    this.#bias = indices.map(cells.bias);
    root.replaceChildren(
      letter('W'),
      block(this.#weights.flat(), size, `W, ${String(size)} by ${String(size)}`),
      letter('b'),
      block(this.#bias, 1, 'b'),
    );
    root.dataset.size = String(size);
  }

  show({ weights, bias }: State): void {
    const most = largestOf(weights.flat());
    this.#weights.forEach((row, i) => {
      row.forEach((cell, j) => {
        cell.show(weights[i][j], most);
      });
    });
    this.#bias.forEach((cell, k) => {
      cell.show(bias[k], Math.max(2, largestOf(bias)));
    });
  }

  /** An entry goes along with its twin, which is moved. */
  pair(to: number, from: number): void {
    const twin = this.#weights[to][from];
    // A class that is set anew has the cell painted anew.
    if (twin === this.#twin) return;
    this.rest();
    this.#twin = twin;
    twin.twin = true;
  }

  rest(): void {
    if (this.#twin) this.#twin.twin = false;
    this.#twin = undefined;
  }
}

export function block(cells: readonly NumberCell[], columns: number, label: string): HTMLElement {
  const element = Object.assign(document.createElement('div'), { className: 'numbers' });
  element.setAttribute('role', 'group');
  element.setAttribute('aria-label', label);
  element.style.setProperty('--columns', String(columns));
  element.append(...cells.map(({ input }) => input));
  return element;
}
