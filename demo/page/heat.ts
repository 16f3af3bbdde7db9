/** W of a larger network as a map of signs and sizes; the entry that was chosen is a number beneath, as is its bias. */
import { readPalette } from '../plot/ink.js';
import type { State } from '../state/state.js';
import { largestOf, letter, type Cells } from './network.js';
import type { NumberCell } from './number-cell.js';
import { placeIn } from './scale.js';

const SIDE = 240;

export class Heat {
  readonly #canvas = Object.assign(document.createElement('canvas'), {
    className: 'heat',
    width: SIDE,
    height: SIDE,
  });
  readonly #place = document.createElement('div');
  readonly #size: number;
  readonly #cells: Cells;
  #entry: readonly [number, number] = [0, 1];
  #weight: NumberCell | undefined;
  #bias: NumberCell | undefined;
  #state: State | undefined;

  constructor(root: HTMLElement, size: number, cells: Cells) {
    this.#size = size;
    this.#cells = cells;
    this.#canvas.setAttribute('role', 'img');
    this.#place.className = 'entry';
    this.#canvas.addEventListener('pointerdown', (event) => {
      const [x, y] = placeIn(this.#canvas, event);
      const index = (v: number) =>
        Math.min(size - 1, Math.max(0, Math.floor((v / this.#canvas.clientWidth) * size)));
      this.#choose(index(y), index(x));
    });
    root.replaceChildren(this.#canvas, this.#place);
    root.dataset.size = 'map';
    this.#choose(0, 1);
  }

  show(state: State): void {
    this.#state = state;
    const { weights, bias, layers } = state;
    const [to, from] = this.#entry;
    const most = largestOf(weights.flat());
    this.#weight?.show(weights[to][from], most);
    this.#bias?.show(bias[to], Math.max(2, largestOf(bias)));
    this.#canvas.setAttribute(
      'aria-label',
      `W, ${String(bias.length)} by ${String(bias.length)}, layers ${layers.map(({ name, size }) => `${name} (${String(size)})`).join(', ')}; the largest entry is ${String(most)}`,
    );
    this.#draw(weights, most);
  }

  #choose(to: number, from: number): void {
    this.#entry = [to, from];
    this.#weight = this.#cells.weight(to, from);
    this.#bias = this.#cells.bias(to);
    const index = (value: number, name: string, chosen: (k: number) => void) => {
      const input = Object.assign(document.createElement('input'), {
        type: 'number',
        min: '1',
        max: String(this.#size),
        value: String(value + 1),
        autocomplete: 'off',
      });
      input.setAttribute('aria-label', name);
      input.addEventListener('change', () => {
        chosen(Math.min(this.#size, Math.max(1, Math.round(input.valueAsNumber) || 1)) - 1);
      });
      return input;
    };
    this.#place.replaceChildren(
      letter('W'),
      index(to, 'Row: to neuron', (k) => {
        this.#choose(k, this.#entry[1]);
      }),
      index(from, 'Column: from neuron', (k) => {
        this.#choose(this.#entry[0], k);
      }),
      this.#weight.input,
      letter('b'),
      this.#bias.input,
    );
    if (this.#state) this.show(this.#state);
  }

  #draw(weights: State['weights'], most: number): void {
    const context = this.#canvas.getContext('2d');
    if (!context) return;
    const { above, below, ink } = readPalette();
    const cell = SIDE / this.#size;
    context.clearRect(0, 0, SIDE, SIDE);
    weights.forEach((row, i) => {
      row.forEach((w, j) => {
        context.globalAlpha = most > 0 ? Math.sqrt(Math.abs(w) / most) : 0;
        context.fillStyle = w < 0 ? below : above;
        context.fillRect(j * cell, i * cell, cell - 0.5, cell - 0.5);
      });
    });
    context.globalAlpha = 1;
    context.strokeStyle = ink;
    context.lineWidth = 2;
    context.strokeRect(this.#entry[1] * cell + 0.5, this.#entry[0] * cell + 0.5, cell - 1, cell - 1);
  }
}
