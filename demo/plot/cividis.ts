/** The colour map cividis (Nunez, Anderton, Renslow 2018): the same to most kinds of colour vision, in both themes. */
import { colourTable } from '../figures.js';
import type { Colour } from './tarn.js';

const table = colourTable('cividis');

export function cividis(t: number): Colour {
  const at = Math.min(254.999, Math.max(0, t * 255));
  const [k, u] = [Math.floor(at), at % 1];
  const channel = (c: number) => ((1 - u) * table[3 * k + c] + u * table[3 * k + 3 + c]) / 255;
  return [channel(0), channel(1), channel(2)];
}
