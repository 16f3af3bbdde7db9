/** The words of figures (DESIGN.md, section 8): short, in the present, with their numbers. */
import { formatNumber } from '../figure/number.js';
import type { PointClass } from '../figure/picture.js';
import type { Problem } from '../model/problem.js';
import type { Quantity } from '../types.js';
import type { Reference } from '../wgsl/reference.js';

/** A text of the user inside figure words: letters of the markup lose their meaning. */
export function literal(text: string): string {
  return text.replace(/[\\*_^]/g, '\\$&');
}

/** A share as people write it: `25.0 %`. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** `1,024`. */
export function count(value: number): string {
  return String(value).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** The energy of a problem as a symbol: `*E*_{14}`. */
export function energySymbol({ energy }: Problem): string {
  return `*E*_${energy.equation > 9 ? `{${String(energy.equation)}}` : String(energy.equation)}`;
}

/** `certified (b_1, b_2, b_3) = (0, 0.703, 1)`, or the empty text for eqs. 4 and 5. */
export function coefficientWords({ energy }: Problem): string {
  if (energy.equation === 4 || energy.equation === 5) return '';
  const letter = energy.equation === 10 ? 'a' : 'b';
  const names = [1, 2, 3].map((k) => `${letter}_${String(k)}`).join(', ');
  const numbers = energy.coefficients.map((c) => formatNumber(c)).join(', ');
  return `${energy.certified ? 'certified ' : ''}(${names}) = (${numbers})`;
}

/** `eq. 13 with R = gradient`. */
export function dynamicsWords({ equation, designName }: Problem): string {
  return equation === 1 ? 'eq. 1' : `eq. ${String(equation)} with *R* = ${designName}`;
}

/** What a picture of a quantity shows; vectors are shown by their norm, masks by their number of ones. */
export function quantityWords(problem: Problem, quantity: Quantity, reference?: Reference): string {
  const energy = energySymbol(problem);
  const words: Readonly<Record<Quantity, string>> = {
    energy: reference ? `Energy ${energy} − ${energy}(reference)` : `Energy ${energy}`,
    residual: 'Residual |*r*|',
    speed: 'Speed |*R r*|',
    rhs: 'Right-hand side: |*R r*| and its direction',
    'energy-gradient': `Gradient of ${energy}: its norm and its direction`,
    'energy-rate': `Rate of change of ${energy} along the flow`,
    'dead-count': 'Number of dead neurons',
    'alive-mask': 'Number of alive neurons',
    certificate: 'Least eigenvalue of sym(*M*^T *R*), condition (11)',
    'blind-spot': `Blind spots of ${energy}`,
    'newton-end': 'Where Newton leads',
  };
  return words[quantity];
}

/** What the picture of a quantity is made of, for the result's JSON. */
export function pictureOf(quantity: Quantity): string {
  if (quantity === 'rhs') return 'norm |R r|, arrows along the flow projected to the slice';
  if (quantity === 'energy-gradient') return 'norm |grad E|, arrows along grad E projected to the slice';
  if (quantity === 'alive-mask') return 'number of alive neurons';
  return 'values';
}

const CLASS_WORDS: Readonly<Record<PointClass, readonly [one: string, many: string]>> = {
  stable: ['memory', 'memories'],
  saddle: ['saddle', 'saddles'],
  unstable: ['unstable point', 'unstable points'],
  undecided: ['undecided point', 'undecided points'],
};

/** `memories A, B; saddle S`, in the order given; an empty text for no points. */
export function namedPoints(
  points: readonly { readonly name: string; readonly class: PointClass }[],
): string {
  const groups = new Map<PointClass, string[]>();
  for (const { name, class: kind } of points) groups.set(kind, [...(groups.get(kind) ?? []), name]);
  return [...groups]
    .map(([kind, names]) => `${CLASS_WORDS[kind][names.length === 1 ? 0 : 1]} ${names.join(', ')}`)
    .join('; ');
}
