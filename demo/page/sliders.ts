/** The numbers of W and b as native sliders. W's twin entries share one. */
import { WINNER_TAKE_ALL, type ParameterName, type Parameters } from '../model/pair.js';
import { byId, fixed } from './text.js';

interface Row {
  readonly name: ParameterName;
  readonly symbol: string;
  readonly spoken: string;
  readonly limit: number;
}

const ROWS: readonly Row[] = [
  {
    name: 'w12',
    symbol: 'w<sub>12</sub> = w<sub>21</sub>',
    spoken: 'w12 and w21, weight between the neurons',
    limit: 2.5,
  },
  { name: 'w11', symbol: 'w<sub>11</sub>', spoken: 'w11, weight of neuron 1 on itself', limit: 2.5 },
  { name: 'w22', symbol: 'w<sub>22</sub>', spoken: 'w22, weight of neuron 2 on itself', limit: 2.5 },
  { name: 'b1', symbol: 'b<sub>1</sub>', spoken: 'b1, bias of neuron 1', limit: 2 },
  { name: 'b2', symbol: 'b<sub>2</sub>', spoken: 'b2, bias of neuron 2', limit: 2 },
];
const STEP = 0.05;

export interface SliderEvents {
  /** A number moves; more may follow. */
  readonly onInput: (parameters: Parameters) => void;
  /** It rests. */
  readonly onRest: () => void;
}

export function startSliders({ onInput, onRest }: SliderEvents): void {
  let parameters = WINNER_TAKE_ALL;
  const rows = ROWS.map((row) => createRow(row));
  const show = () => {
    ROWS.forEach(({ name }, k) => {
      rows[k].show(parameters[name]);
    });
  };
  rows.forEach(({ element, input }, k) => {
    input.addEventListener('input', () => {
      parameters = { ...parameters, [ROWS[k].name]: input.valueAsNumber };
      show();
      onInput(parameters);
    });
    input.addEventListener('change', onRest);
    byId('sliders').append(element);
  });
  byId('reset').addEventListener('click', () => {
    parameters = WINNER_TAKE_ALL;
    show();
    onInput(parameters);
    onRest();
  });
  show();
}

function createRow({ name, symbol, spoken, limit }: Row) {
  const element = Object.assign(document.createElement('div'), { className: 'slider' });
  const label = Object.assign(document.createElement('label'), { htmlFor: name, innerHTML: symbol });
  const input = document.createElement('input');
  Object.assign(input, { type: 'range', id: name, min: -limit, max: limit, step: STEP, autocomplete: 'off' });
  input.setAttribute('aria-label', spoken);
  const output = document.createElement('output');
  output.htmlFor.add(name);
  element.append(label, input, output);
  const show = (value: number) => {
    input.value = String(value);
    output.textContent = fixed(value, 2);
    // The bar from zero: its side is the sign, its length the size.
    const place = 50 + (50 * value) / limit;
    input.style.setProperty('--from', `${String(Math.min(50, place))}%`);
    input.style.setProperty('--to', `${String(Math.max(50, place))}%`);
    input.style.setProperty('--tint', value < 0 ? 'var(--below)' : 'var(--above)');
  };
  return { element, input, show };
}
