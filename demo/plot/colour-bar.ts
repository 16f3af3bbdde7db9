/** The colour scale of a landscape: real values at their true places. */
import { fixed, short, write } from '../page/text.js';
import type { MapName } from '../state/state.js';
import { cssRamp } from './tarn.js';
import { toTone, toValue, type Tone } from './tone.js';

const two = (value: number, range: number) =>
  range < FINE ? short(value) : fixed(value, Math.abs(value) < 10 ? 2 : 1);

/** Ranges below this would be zeros in two decimals. */
const FINE = 0.02;

/** The value near the middle of the scale that is quickest to read. */
function middle(tone: Tone): number {
  const [low, high] = [toValue(tone, 0.35), toValue(tone, 0.65)];
  if (low <= 0 && high >= 0) return 0;
  const step = 10 ** Math.floor(Math.log10(high - low));
  return Math.round((low + high) / 2 / step) * step;
}

export function drawColourBar(element: HTMLElement, tone: Tone, map: MapName, dark: boolean): void {
  const at = middle(tone);
  const values = [
    { kind: 'first', place: 0, text: two(tone.low, tone.range) },
    {
      kind: '',
      place: toTone(tone, at),
      text: tone.range < FINE ? short(at) : String(Number(at.toPrecision(3))).replace('-', '−'),
    },
    { kind: 'last', place: 1, text: two(tone.low + tone.range, tone.range) },
  ];
  if (element.childElementCount === 0) {
    for (const className of ['ramp', ...values.map(({ kind }) => `value ${kind}`)])
      element.append(Object.assign(document.createElement('span'), { className }));
  }
  const [ramp, ...labels] = [...element.children].filter((child) => child instanceof HTMLElement);
  ramp.style.background = cssRamp(map, dark);
  values.forEach(({ place, text }, k) => {
    write(labels[k], text);
    labels[k].style.left = `${String(100 * place)}%`;
  });
}
