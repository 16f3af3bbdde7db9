/** Words of reports: numbers with U+2212, states, spectra, verdicts. Plain text with the signs of mathematics. */
import type { SampledShare } from '../analysis/blind-spots.js';
import type { Eigenvalue, FixedPointClass } from '../analysis/stability.js';
import { formatNumber } from '../figure/number.js';
import { count } from '../figures/words.js';

export { count };
export const number = formatNumber;

const MOST = 6;

/** `(1, −0.5)`, the first numbers of long ones. */
export function vector(values: readonly number[], digits = 6, most = MOST): string {
  const shown = values.slice(0, most).map((v) => number(Math.abs(v) < 5e-14 ? 0 : v, digits));
  return `(${shown.join(', ')}${values.length > most ? `, … ${String(values.length - most)} more` : ''})`;
}

/** `−1, −0.5 ± 0.2i`, by falling real part; equal ones are counted: `−1 (×3)`. */
export function spectrumWords(spectrum: readonly Eigenvalue[], most = 4): string {
  if (spectrum.length === 0) return '—';
  const groups: { text: string; times: number }[] = [];
  for (const { re, im } of spectrum) {
    if (im < 0) continue;
    const real = number(Math.abs(re) < 1e-13 ? 0 : re, 4);
    const text = im > 0 ? `${real} ± ${number(im, 3)}i` : real;
    const last = groups.at(-1);
    if (last?.text === text) last.times++;
    else groups.push({ text, times: 1 });
  }
  const shown = groups
    .slice(0, most)
    .map(({ text, times }) => (times > 1 ? `${text} (×${String(times)})` : text));
  return shown.join(', ') + (groups.length > most ? `, … ${String(groups.length - most)} more` : '');
}

/** `25.0 % ± 0.7 %`, `none in 4,096 (below 0.1 %, 95 %)`. */
export function shareWords({ share, standardError, upper, samples }: SampledShare): string {
  if (share === 0)
    return `none in ${count(samples)} states (below ${percent(upper, 2)} with 95 % confidence)`;
  return `${percent(share)} ± ${percent(standardError)} of ${count(samples)} states`;
}

export const percent = (share: number, digits = 1): string => `${(100 * share).toFixed(digits)} %`;

/** `3 memories`, `1 memory`. */
export const plural = (n: number, one: string, many = `${one}s`): string =>
  `${count(n)} ${n === 1 ? one : many}`;

/** The class of a point in the words of the report. */
export const classWords: Readonly<Record<FixedPointClass, string>> = {
  stable: 'memory',
  saddle: 'saddle',
  unstable: 'unstable',
  undecided: 'undecided',
};

/** A few names, and how many more. */
export function names(all: readonly string[], most = 4): string {
  if (all.length <= most) return all.join(', ');
  return `${all.slice(0, most).join(', ')} and ${String(all.length - most)} more`;
}

/** `[−4, 4]² ` for N = 2: the box of starts and samples. */
export function boxWords([lo, hi]: readonly [number, number], n: number): string {
  const power = String(n).replace(/\d/g, (digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]);
  return `[${number(lo)}, ${number(hi)}]${n === 1 ? '' : power}`;
}
