/** Results at points are kept in memory (fields are not, see computed-field.ts): what does not fit is refused before it is begun. */
import { MemscapeError } from '../errors.js';
import type { Quantity } from '../types.js';
import { count } from '../figures/words.js';
import { isVector } from '../wgsl/planes.js';

/** Largest number of points, and of numbers of one array. */
const MAX_NUMBERS = 2 ** 28;

/** @throws MemscapeError `field-too-large` (exit 2) where an array of `points` states of `n` neurons is too large. */
export function refuseHuge(points: number, quantities: readonly Quantity[], n: number): void {
  const numbers = points * (quantities.some(isVector) ? n : 1);
  if (numbers <= MAX_NUMBERS) return;
  throw new MemscapeError({
    code: 'field-too-large',
    what: `${count(points)} points with up to ${count(numbers / points)} numbers each are more than ${count(MAX_NUMBERS)} numbers`,
    why: 'this version keeps a result in memory, which takes 1 GiB at this size in f32 and 2 GiB in f64.',
    mend: 'ask for fewer points, or compute parts of the slice with --extent one after the other',
    exitCode: 2,
  });
}
